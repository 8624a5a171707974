"""Own images that a visitor uploads are saved as one zip file."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from gan_demo.errors import DataError
from gan_demo.service import run_files


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_DEMO_HOME", str(tmp_path))


def test_pictures_are_limited_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_files, "MAX_PICTURES_BYTES", 10)
    assert run_files.save_images([("a.png", bytes(5)), ("b.png", bytes(5))]).is_file()
    with pytest.raises(DataError, match="is more than 64 MB together"):
        run_files.save_images([("a.png", bytes(5)), ("b.png", bytes(6))])


def test_folders_of_a_picture_are_dropped() -> None:
    path = run_files.save_images([("x/a.png", b"1"), ("..\\a.png", b"2")])
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["a.png", "1-a.png"]
