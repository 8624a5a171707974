"""Files that are replaced whole and locked, on Linux and, with its modules and errors imitated, on Windows."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from gan_demo.support import atomic_file
from gan_demo.support.atomic_file import delete, held_lock, lock, move, replace_file


def test_a_locked_file_is_free_again_once_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with open(path, "a", encoding="utf-8") as first, open(path, "a", encoding="utf-8") as second:
        assert lock(first)
        assert not lock(second)
        first.close()
        assert lock(second)


def test_a_lock_is_released_although_a_process_that_is_being_started_has_the_file_open(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with open(path, "a", encoding="utf-8") as first, open(path, "a", encoding="utf-8") as second:
        with held_lock(first) as is_held:
            assert is_held
            childs = os.dup(first.fileno())  # what a fork gives a child until its program begins
        first.close()
        with held_lock(second) as is_held:
            assert is_held
        os.close(childs)


def test_a_lock_that_was_not_free_stays_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with open(path, "a", encoding="utf-8") as first, open(path, "a", encoding="utf-8") as second:
        assert lock(first)
        with held_lock(second) as is_held:
            assert not is_held
        assert not lock(second)


class Msvcrt(SimpleNamespace):
    """What the lock needs of Windows' module: a byte that one open file at a time can lock."""

    LK_NBLCK = 2

    def __init__(self) -> None:
        super().__init__(holder=None)

    def locking(self, descriptor: int, mode: int, count: int) -> None:
        assert (mode, count) == (self.LK_NBLCK, 1)
        assert os.lseek(descriptor, 0, os.SEEK_CUR) == 0, "all must lock the same byte"
        if self.holder is not None:
            raise PermissionError(13, "Permission denied")
        self.holder = descriptor


def test_without_fcntl_the_lock_is_that_of_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    windows = Msvcrt()
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", windows)
    path = tmp_path / ".lock"
    path.write_text("what an older version wrote", "utf-8")
    with open(path, "a", encoding="utf-8") as first, open(path, "a", encoding="utf-8") as second:
        assert lock(first)
        assert windows.holder == first.fileno()
        assert not lock(second)


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the module believe that it is on Windows, and be asked again without delay."""
    monkeypatch.setattr(atomic_file, "WINDOWS", True)
    monkeypatch.setattr(atomic_file, "PAUSE_SECONDS", 0.0)


def refuse(monkeypatch: pytest.MonkeyPatch, module: object, name: str, times: float) -> list[object]:
    """Let a function fail as if a program had the file open, the first ``times`` times; return its calls."""
    calls: list[object] = []
    original = getattr(module, name)

    def refusing(*arguments: object, **options: object) -> object:
        calls.append(arguments)
        if len(calls) <= times:
            raise PermissionError(13, "the file is open in another program")
        return original(*arguments, **options)

    monkeypatch.setattr(module, name, refusing)
    return calls


@pytest.mark.usefixtures("windows")
def test_on_windows_a_file_is_replaced_once_its_reader_has_closed_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = refuse(monkeypatch, os, "replace", 3)
    (tmp_path / "run.json").write_bytes(b"old")
    replace_file(tmp_path / "run.json", b"new")
    assert (tmp_path / "run.json").read_bytes() == b"new"
    assert len(calls) == 4
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.usefixtures("windows")
def test_on_windows_a_file_that_stays_open_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic_file, "RETRY_SECONDS", 0.0)
    refuse(monkeypatch, os, "replace", float("inf"))
    (tmp_path / "run.json").write_bytes(b"old")
    with pytest.raises(PermissionError):
        replace_file(tmp_path / "run.json", b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"run.json": b"old"}


@pytest.mark.usefixtures("windows")
def test_on_windows_delete_says_whether_the_file_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"")
    with monkeypatch.context() as patch:
        patch.setattr(atomic_file, "RETRY_SECONDS", 0.0)
        refuse(patch, Path, "unlink", float("inf"))
        assert not delete(tmp_path / "a")
    assert (tmp_path / "a").exists()
    assert delete(tmp_path / "a")
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("act", ["move", "delete"])
def test_elsewhere_a_refusal_is_an_error_at_once(act: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic_file, "WINDOWS", False)
    calls = refuse(monkeypatch, *((os, "replace") if act == "move" else (Path, "unlink")), float("inf"))
    with pytest.raises(PermissionError):
        move(tmp_path / "a", tmp_path / "b") if act == "move" else delete(tmp_path / "a")
    assert len(calls) == 1


def test_a_file_that_is_not_there_counts_as_deleted(tmp_path: Path) -> None:
    assert delete(tmp_path / "nothing")


def test_a_full_disk_leaves_nothing_beside_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        replace_file(tmp_path / "run.json", b"new")
    assert list(tmp_path.iterdir()) == []
