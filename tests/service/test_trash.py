"""Deleted runs: they can be restored for an hour, and then own images leave the disk with the last run on them."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.errors import RunError
from gan_demo.runs import disk_space, library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import trash
from gan_demo.service.own_images import uploads
from gan_demo.support import atomic_file

pytestmark = pytest.mark.usefixtures("fresh_state")
ME = "m" * 43


def run_on(images: Path) -> RunDir:
    config = RunConfig(DataConfig("images", path=str(images), size=32), ModelConfig("mlp"), TrainConfig())
    return RunDir.create(library.home() / library.new_id("mine"), config, "mine")


def expire(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an hour pass, and empty the trash."""
    later = trash.time.time() + trash.RESTORE_SECONDS + 1
    for module in (trash, uploads):
        monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: later))
    trash.empty_trash()


def test_own_images_are_deleted_with_the_only_run_on_them(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    images = uploads.save([("me.zip", b"zip")], "me.zip")
    run = run_on(images)
    trash.delete(run, ME)
    assert images.exists(), "the run can still be restored"
    expire(monkeypatch)
    assert not images.exists()
    assert [path for path in home.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("where", ["in the library", "in the trash"])
def test_own_images_stay_while_another_run_needs_them(where: str, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    images = uploads.save([("me.zip", b"zip")], "me.zip")
    first, second = run_on(images), run_on(images)
    trash.delete(first, ME)
    later = trash.time.time() + trash.RESTORE_SECONDS + 1
    for module in (trash, uploads):
        monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: later))
    if where == "in the trash":
        trash.delete(second, ME)  # which empties the trash of the first
    trash.empty_trash()
    assert images.exists()
    if where == "in the trash":
        assert trash.restore(second.id)
    assert RunDir(home / second.id).config.data.path == str(images)


def test_an_upload_without_a_run_is_gone_after_an_hour(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    images = uploads.save([("me.zip", b"zip")], "me.zip")
    old = home / "uploads" / "me-0123456789ab.zip"  # of versions before 0.2
    old.write_bytes(b"zip")
    used = run_on(images.with_name("other.zip"))  # of the same upload: its folder is what counts
    expire(monkeypatch)
    assert (images.exists(), old.exists()) == (True, False)
    shutil.rmtree(used.path)
    trash.empty_trash()
    assert list((home / "uploads").iterdir()) == []


@pytest.mark.parametrize("name", ["run@²", "run@", "run@yesterday", "run@٣"])
def test_a_folder_of_another_name_in_the_trash_is_left_alone(name: str, home: Path) -> None:
    (home / disk_space.TRASH / name).mkdir(parents=True)
    (home / disk_space.TRASH / "run@7").mkdir()
    trash.empty_trash()
    assert [path.name for path in (home / disk_space.TRASH).iterdir()] == [name]


def test_images_outside_the_folder_of_uploads_are_nobodys_to_delete(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    images = tmp_path / "holiday.zip"
    images.write_bytes(b"zip")
    trash.delete(run_on(images), ME)
    expire(monkeypatch)
    assert images.exists()


def test_a_run_is_moved_only_after_its_lock_is_closed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run = run_on(tmp_path / "holiday.zip")
    with run.writing(), pytest.raises(RunError, match="another process"):
        trash.delete(run, ME)
    moved: list[bool] = []

    def move(source: Path, target: Path) -> None:
        with run.writing():  # as Windows, which moves no folder with an open file
            moved.append(True)

    monkeypatch.setattr(atomic_file, "move", move)
    trash.delete(run, ME)
    assert moved == [True]


def test_a_run_that_another_program_reads_is_not_deleted_on_windows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = run_on(tmp_path / "holiday.zip")

    def refuse(source: Path, target: Path) -> None:
        raise PermissionError(13, "the file is open in another program")

    monkeypatch.setattr(atomic_file, "move", refuse)
    with pytest.raises(RunError, match="is open in another program"):
        trash.delete(run, ME)
    assert run.path.is_dir()


def test_of_several_runs_those_that_can_be_deleted_are_and_the_first_error_is_told(home: Path) -> None:
    mine, theirs, also_mine = (run_on(home / "images.zip") for _ in range(3))
    ownership.claim(theirs, "o" * 43)
    deleted, error = trash.delete_all([theirs, mine, also_mine], ME)
    assert deleted == [mine.id, also_mine.id]
    assert "belongs to someone else" in str(error)
    assert theirs.path.is_dir()
    assert all(trash.restore(run_id) for run_id in deleted)
