"""Own images of any folder or archive, read in a process of its own: the same images, within limits, stopped at once."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gan_demo.config import DataConfig
from gan_demo.data import datasets
from gan_demo.data.images import process, reading
from gan_demo.errors import DataError
from gan_demo.presets import OWN_SIZE, own_images
from gan_demo.runs.run_dir import RunDir
from gan_demo.training.trainer import train

COUNT = 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of two classes and a file that is no picture."""
    for k in range(COUNT):
        path = tmp_path / "pets" / ("cat" if k % 2 else "dog") / f"{k}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((9, 9, 3), 10 * k, np.uint8)).save(path)
    (tmp_path / "pets" / "notes.txt").write_text("?")
    return tmp_path / "pets"


def bounded(config: DataConfig) -> datasets.Dataset:
    return datasets._result(datasets.loading(config, bounded=True))


def not_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where this process decodes images."""
    monkeypatch.setattr(reading, "read", lambda *given: pytest.fail("it was read in this process"))


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_a_process_reads_the_same_images_and_leaves_nothing(
    kind: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder
    if kind == "zip":
        path = tmp_path / "pets.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for file in sorted(folder.rglob("*.*")):
                archive.write(file, file.relative_to(folder))
    config = DataConfig("images", path=str(path), size=28)
    before = datasets.load(config)
    not_here(monkeypatch)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    listed = sorted(path.parent.rglob("*"))
    after = bounded(config)
    assert after.samples.equal(before.samples)
    assert after.labels.equal(before.labels)
    assert (after.fields, after.refused) == (before.fields, before.refused)
    assert sorted(path.parent.rglob("*")) == listed
    assert list(temporary.iterdir()) == []


def test_a_set_that_cannot_be_used_is_refused_as_in_this_process(folder: Path, tmp_path: Path) -> None:
    for file in list(folder.rglob("*.png"))[:10]:
        file.unlink()
    for path in (folder, tmp_path / "nothing"):
        config, messages = DataConfig("images", path=str(path), size=28), []
        for load in (datasets.load, bounded):
            with pytest.raises(DataError) as error:
                load(config)
            messages.append(str(error.value))
        assert messages[0] == messages[1]


def test_a_training_reads_with_progress_and_stops_at_once_while_nothing_is_said(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[str]] = []

    def silent(wanted: dict[str, Any]) -> subprocess.Popen[str]:
        script = 'import sys; print(\'{"done": 3, "total": 20}\', flush=True); sys.stdin.read()'
        command = [sys.executable, "-c", script]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        return started[0]

    monkeypatch.setattr(process, "_started", silent)
    run = RunDir.create(tmp_path / "run", own_images(str(folder), OWN_SIZE), "pets")
    steps = train(run, bounded=True)
    while (progress := next(steps)).loading.done != 3:
        assert progress.phase == "loading"
    next(steps)  # and goes on to yield
    assert started[0].poll() is None
    steps.close()
    assert started[0].poll() is not None


def test_a_process_that_is_killed_says_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(wanted: dict[str, Any]) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", "print('noise')"], stdout=subprocess.PIPE, text=True)

    monkeypatch.setattr(process, "_started", killed)
    with pytest.raises(DataError, match="take too long or too much memory to read"):
        bounded(DataConfig("images", path=str(folder), size=28))
