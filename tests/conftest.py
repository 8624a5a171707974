"""What all tests share: a home of their own for runs, few threads, bytecode, and the full MNIST where it lies beside us."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# Read when torch loads, here and in the processes that tests start: tiny networks gain nothing from many cores, and
# threads that wait for each other by spinning rob the worker beside us. Workers inherit what this line set before them.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["OMP_NUM_THREADS"] = "1"
else:
    os.environ.setdefault("OMP_NUM_THREADS", str(min(2, os.cpu_count() or 1)))

# Memory that a tensor has left is kept for the next: giving it back and zeroing it anew is half of the kernel's work here.
# glibc reads this when a process starts, so it holds for workers, servers and commands.
os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(2**30))
os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(2**30))
os.environ.setdefault("MALLOC_TOP_PAD_", str(2**26))

# Bytecode is kept, whatever the machine's setting: each worker would rewrite all assertions anew, and each server and
# command that a test starts would compile the package again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Networks this small only wait for a second thread, above all when the machine is busy."""
    import torch  # here, so that the quick tests do without it

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create the folder of a file's homes: to name one, pytest lists all those that are beside it."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def home(_homes: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use an empty folder as the user's runs, so that no test sees or leaves any."""
    folder = Path(tempfile.mkdtemp(dir=_homes))
    monkeypatch.setenv("GAN_DEMO_HOME", str(folder))
    return folder


@pytest.fixture
def fresh_state(home: Path) -> Iterator[None]:
    """Give the test a process state of its own: no job, class or worker before it, and none left after it."""
    from gan_demo.service import app_state  # here, so that the quick tests do without it

    app_state.close_current()
    yield
    app_state.close_current()


@pytest.fixture(scope="session")
def mnist_root() -> Path:
    """Return torchvision's root folder of the full MNIST; skip the test where there is none."""
    root = ROOT.parent / "shared" / "data"
    if not (root / "MNIST" / "raw").is_dir():
        pytest.skip("the full MNIST is not beside the repository")
    return root


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: the quick ones fail first, and Playwright's event loop is not there while they run.

    Of those the files marked as long first, the longest before the others, so that no worker is left alone at the end.
    """
    for item in items:
        if "browser" in item.path.relative_to(ROOT).parts:
            item.add_marker(pytest.mark.browser)
        if "mnist_root" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.mnist)
    items.sort(key=_turn)


def pytest_collection_finish() -> None:
    """Leave the modules loaded so far out of the search for garbage, which follows every run of a page."""
    gc.collect()
    gc.freeze()


def _turn(item: pytest.Item) -> tuple[bool, float]:
    long = item.get_closest_marker("long")
    return item.get_closest_marker("browser") is not None, -long.args[0] if long else 0
