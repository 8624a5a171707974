"""Folders that come to be whole or not at all, and what a killed process left of one."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from gan_demo.support import atomic_file, atomic_folder


def fill(folder: Path) -> None:
    (folder / "a").write_text("whole")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_appears_whole(tmp_path: Path) -> None:
    atomic_folder.create(tmp_path / "new", fill)
    assert (tmp_path / "new" / "a").read_text() == "whole"
    assert names(tmp_path) == ["new"]


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        fill(folder)
        raise KeyError

    with pytest.raises(KeyError):
        atomic_folder.create(tmp_path / "new", fail)
    assert names(tmp_path) == []


@pytest.mark.parametrize("name", ["x" * 250, "像" * 80])
def test_a_name_may_be_as_long_as_the_file_system_allows(name: str, tmp_path: Path) -> None:
    atomic_folder.create(tmp_path / name, fill)
    assert names(tmp_path) == [name]


def test_what_a_killed_process_left_goes_and_what_is_being_filled_stays(tmp_path: Path) -> None:
    for name in (".run.0123abcd", ".other.0123abcd", ".filling.0123abcd", ".fresh.0123abcd", ".mine", "run.0123abcd"):
        (tmp_path / name).mkdir()
    for name in (".run.0123abcd", ".other.0123abcd"):
        (tmp_path / name / atomic_folder.LOCK).touch()  # nobody holds it
    old = tmp_path / ".older.0123abcd"  # of a version that locked nothing
    old.mkdir()
    os.utime(old, (time.time() - 7200,) * 2)
    with open(tmp_path / ".filling.0123abcd" / atomic_folder.LOCK, "a") as file:
        assert atomic_file.lock(file)
        atomic_folder.create(tmp_path / "run", fill)
        assert ".run.0123abcd" not in names(tmp_path)
        assert ".other.0123abcd" in names(tmp_path)
        atomic_folder.remove_unfinished(tmp_path)
        assert names(tmp_path) == [".filling.0123abcd", ".fresh.0123abcd", ".mine", "run", "run.0123abcd"]
    atomic_folder.remove_unfinished(tmp_path / "nowhere")
