"""The wheel: it holds every file of the package, and works in an environment without the checkout."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from gan_demo.runs import library
from tests.browser.servers import free_port
from tests.test_project import ROOT, project_files

PACKED_BELOW = {
    "gan_demo": "gan_demo",
    "pretrained": "gan_demo/top_level/pretrained",
}  # folder of the wheel by checkout's
PACKED_FILES = {name: f"gan_demo/top_level/{name}" for name in ("app.py", ".streamlit/config.toml")}
FILES_OF_THE_BUILD = ("setup.py", "pyproject.toml", "requirements.txt", "README.md", "LICENSE")
START_SECONDS = 60  # on a busy machine
STOP_SECONDS = 30


def packed_files() -> dict[str, str]:
    """Return the name in the wheel of each file that belongs into it, by its path in the checkout."""
    names = (file.relative_to(ROOT).as_posix() for file in project_files())
    folders = {
        name: PACKED_BELOW[name.partition("/")[0]] + name[name.index("/") :]
        for name in names
        if "/" in name and name.partition("/")[0] in PACKED_BELOW
    }
    return folders | PACKED_FILES


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of the project's files, as a build leaves its own files beside them."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in [*packed_files(), *FILES_OF_THE_BUILD]:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, source / name)
    pip("wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", str(out), str(source))
    (file,) = out.glob("gan_demo-*.whl")
    return file


def pip(command: str, *words: str, python: Path = Path(sys.executable)) -> None:
    """Run pip for an environment, without a network."""
    options = ["--quiet", "--disable-pip-version-check", "--no-input"]
    where = ["--python", str(python)] if python != Path(sys.executable) else []
    done = subprocess.run(
        [sys.executable, "-m", "pip", *where, *options, command, "--no-index", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@dataclass(frozen=True)
class Installation:
    """An environment that has gan_demo from the wheel, and everything else from the environment of the tests."""

    folder: Path  # holds the environment, the runs and the folder in which commands are run

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables of a command: none names the checkout."""
        own = {"GAN_DEMO_HOME": str(self.folder / "home"), "STREAMLIT_SERVER_SCRIPT_HEALTH_CHECK_ENABLED": "true"}
        return {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")} | own

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start the interpreter in a folder that is no checkout."""
        return subprocess.Popen(
            [self.python, *words],
            cwd=self.folder / "elsewhere",
            env=self.variables,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def output(self, *words: str) -> str:
        """Return what a command prints; it must succeed."""
        process = self.start(*words)
        printed, errors = process.communicate()
        assert process.returncode == 0, errors
        return printed


@pytest.fixture(scope="module")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    installation = Installation(tmp_path_factory.mktemp("installation"))
    for name in ("elsewhere", "home"):
        (installation.folder / name).mkdir()
    venv.create(installation.folder / "env", with_pip=False)
    pip("install", "--no-deps", "--no-compile", str(wheel), python=installation.python)
    packages = Path(installation.output("-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return installation


def test_the_wheel_holds_all_files_of_the_package_and_no_others(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == set(packed_files().values())


def test_an_installed_package_finds_its_shipped_models_and_trains(installation: Installation) -> None:
    run = installation.folder / "run"
    words = ["train", "digits", "--steps", "10", "--device", "cpu", "--set", "evaluate=false", "--set", "width=4"]
    code = f"""
import gan_demo
from gan_demo.cli.main import main
print(gan_demo.__file__)
assert main(["list"]) == 0
assert main({[*words, "--out", str(run)]}) == 0
"""
    file, *printed = installation.output("-c", code).splitlines()
    assert Path(file).is_relative_to(installation.folder)
    shipped = printed[printed.index("shipped models:") + 1 :]
    assert [line.split()[0] for line in shipped[:3]] == ["digits", "faces", "tutorial"]
    assert printed[-1].startswith("done at step 10")


@contextmanager
def served(installation: Installation, port: int) -> Iterator[str]:
    """Yield the address of the app, started in the environment; SIGTERM must end it with exit code 0."""
    process = installation.start("-m", "gan_demo", "serve", "--port", str(port), "--address", "127.0.0.1")
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_healthy(url, process)
        yield url
        process.terminate()
        assert process.wait(STOP_SECONDS) == 0
    finally:
        process.kill()
        process.communicate()


def wait_until_healthy(url: str, process: subprocess.Popen[str]) -> None:
    for _ in range(START_SECONDS * 10):
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):
                return
        except (urllib.error.URLError, TimeoutError):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
                break  # it has ended
    process.kill()
    pytest.fail("the app did not start:\n" + "".join(process.communicate()))


def get(url: str, **headers: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
        body: bytes = answer.read()
        return body


def test_an_installed_package_serves_the_app_from_any_folder(installation: Installation) -> None:
    static, frontend = ROOT / "gan_demo/ui/static", ROOT / "gan_demo/frontend"
    wasm = "ort-wasm-simd-threaded.wasm"
    with served(installation, free_port()) as url:
        assert b"<script" in get(url)
        # Streamlit runs the first page and answers 200 if nothing was raised. That it does so is set by a variable.
        assert get(f"{url}/_stcore/script-health-check") == b"ok"
        # these two are served because .streamlit/config.toml says so; by default Streamlit does not
        for name in ("space-grotesk.woff2", "cover-digits.png"):
            assert get(f"{url}/app/static/{name}") == (static / name).read_bytes()
        assert get(f"{url}/api/ui/explorer/explorer.mjs") == (frontend / "explorer/explorer.mjs").read_bytes()
        packed = get(f"{url}/api/runtime/{wasm}", **{"Accept-Encoding": "gzip"})
        assert packed == (frontend / f"vendor/onnxruntime/{wasm}.gz").read_bytes()
        space = get(f"{url}/api/explore/digits/{last_step('digits')}/space.json", **{"Accept-Encoding": "gzip"})
        assert "directions" in json.loads(gzip.decompress(space))
    assert list((installation.folder / "elsewhere").iterdir()) == []


def last_step(name: str) -> int:
    return library.find(name).checkpoints[-1]
