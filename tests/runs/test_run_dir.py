"""A run's folder: created, opened, damaged in many ways, written by one writer at a time, and found among many."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import threading
from pathlib import Path

import pytest

from gan_demo.config import RunConfig
from gan_demo.errors import RunError
from gan_demo.runs import library
from gan_demo.runs.library import find, list_runs
from gan_demo.runs.run_dir import RunDir
from gan_demo.support.atomic_file import replace_file
from tests.runs.run_folders import CONFIG, with_checkpoints
from tests.runs.run_folders import run as run


def test_a_new_run_opens_with_what_it_was_made_of(run: RunDir) -> None:
    again = RunDir(run.path)
    assert (again.id, again.config, again.info) == ("first", CONFIG, run.info)
    assert (again.info.name, again.info.status, again.info.step, again.info.state) == ("ring", "new", 0, None)
    assert (again.checkpoints, again.grids, again.metrics(), again.card) == ([], [], {}, None)


def test_a_folder_in_use_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RunError) as caught:
        RunDir.create(tmp_path, CONFIG, "ring")
    assert caught.value.problem == "already exists"
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(RunError):
        RunDir.create(tmp_path / "file", CONFIG, "ring")
    with pytest.raises(RunError) as caught:
        RunDir.create(tmp_path / "file" / "below", CONFIG, "ring")
    assert caught.value.problem == "cannot be written"


def test_an_empty_folder_may_become_a_run(tmp_path: Path) -> None:
    assert RunDir.create(tmp_path, CONFIG, "ring").info.status == "new"


@pytest.mark.parametrize("inside", ["", "something.txt"])
def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, inside: str) -> None:
    if inside:
        (tmp_path / inside).write_text("?")
    with pytest.raises(RunError) as caught:
        RunDir(tmp_path)
    assert caught.value.problem == "is not a run folder"


DAMAGE = [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b'"text"']


@pytest.mark.parametrize("content", [*DAMAGE, b'{"train": {"batch": "x"}}', b'{"model": {"warp": 9}}'])
def test_a_damaged_config_is_named(run: RunDir, content: bytes) -> None:
    (run.path / "config.json").write_bytes(content)
    with pytest.raises(RunError) as caught:
        RunDir(run.path)
    assert "config.json" in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        *DAMAGE,
        b"{}",
        b'{"name": "a"}',
        b'{"name": 3, "created": "x"}',
        b'{"name": "a", "created": 5}',
        b'{"name": "a", "created": "gestern"}',
        b'{"name": "a", "created": "0001-01-01T00:00:00+14:00"}',
        b"[" * 200_000,
        *(
            b'{"name": "a", "created": "2026-01-01T00:00:00+00:00", ' + part + b"}"
            for part in (
                b'"step": "many"',
                b'"step": true',
                b'"step": 1e3',
                b'"step": -1',
                b'"images": ' + b"9" * 400,
                b'"checkpoints": 5',
                b'"checkpoints": ["x"]',
                b'"seconds": null',
                b'"seconds": NaN',
                b'"seconds": 1e999',
                b'"device": "<b>"',
                b'"state": [400]',
                b'"error": {"field": "a"}',
                b'"error": {"field": "a", "value": "", "problem": "{why:>9999999}", "remedy": ""}',
                b'"set_back": [400]',
            )
        ),
    ],
)
def test_a_damaged_manifest_is_named(run: RunDir, content: bytes) -> None:
    (run.path / "run.json").write_bytes(content)
    with pytest.raises(RunError) as caught:
        _ = RunDir(run.path).info
    assert "run.json" in str(caught.value)


def test_settings_are_those_of_the_file_whoever_wrote_it(run: RunDir) -> None:
    reader = RunDir(run.path)
    wanted = CONFIG.with_settings({"g_lr": 0.5})
    run.set_config(wanted)
    assert reader.config == run.config == wanted


def test_settings_are_parsed_again_only_when_the_file_changed(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    config = run.config
    monkeypatch.setattr(RunConfig, "from_dict", None)
    assert run.config is config


@pytest.mark.parametrize("damage", ["missing", "torn"])
def test_a_config_that_is_lost_after_opening_is_named(run: RunDir, damage: str) -> None:
    file = run.path / "config.json"
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(b"{")
    with pytest.raises(RunError) as caught:
        _ = run.config
    assert caught.value.value == "config.json"


def test_a_manifest_of_a_newer_version_is_read_as_far_as_it_is_known(run: RunDir) -> None:
    raw = json.loads((run.path / "run.json").read_text()) | {"mood": "good"}
    (run.path / "run.json").write_text(json.dumps(raw))
    assert RunDir(run.path).info == run.info


def test_a_card_is_read(run: RunDir) -> None:
    (run.path / "card.json").write_text('{"licence": "MIT"}')
    assert run.card == {"licence": "MIT"}


def test_there_is_one_writer(run: RunDir) -> None:
    with run.writing():
        with pytest.raises(RunError) as caught, RunDir(run.path).writing():
            pass
        assert caught.value.problem == "is being trained by another process"
    with RunDir(run.path).writing():
        pass


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="names the open files of a process")
def test_a_run_is_free_although_a_process_that_is_being_started_has_its_lock_open(run: RunDir) -> None:
    with run.writing():
        lock = str((run.path / ".lock").resolve())
        (held,) = (int(each.name) for each in Path("/proc/self/fd").iterdir() if os.path.realpath(each) == lock)
        childs = os.dup(held)  # what a fork gives a child until its program begins
    with RunDir(run.path).writing():
        os.close(childs)


def test_a_writer_that_failed_lets_go(run: RunDir) -> None:
    with pytest.raises(ZeroDivisionError), run.writing():
        raise ZeroDivisionError
    with run.writing():
        pass


def test_what_a_killed_writer_left_beside_is_swept_away(run: RunDir) -> None:
    with_checkpoints(run, 10)
    torn = [run.path / ".state-00000099.safetensors.12.34", run.path / "grids" / ".00000001.png.12.34"]
    for file in torn:
        file.write_bytes(b"half")
    with run.writing():
        assert not any(file.exists() for file in torn)
    assert run.checkpoints == [10]


def test_readers_see_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    file = tmp_path / "data"
    versions = [bytes([k]) * 200_000 for k in range(2)]
    replace_file(file, versions[0])
    over = threading.Event()
    seen: set[bytes] = set()

    def look() -> None:
        while not over.is_set():
            seen.add(file.read_bytes())

    reader = threading.Thread(target=look)
    reader.start()
    for k in range(60):
        replace_file(file, versions[k % 2], sync=False)
    over.set()
    reader.join()
    assert seen <= set(versions)
    assert list(tmp_path.iterdir()) == [file]


def test_a_failed_write_leaves_the_old_file(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(fd: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", full)
    before = run.info
    with pytest.raises(OSError):
        run.set_info(dataclasses.replace(before, step=99))
    assert RunDir(run.path).info == before


def test_runs_are_listed_newest_first_without_the_damaged(tmp_path: Path) -> None:
    for name, created in (("a", "2026-01-01"), ("b", "2026-03-01"), ("c", "2026-02-01"), ("broken", "2026-04-01")):
        run = RunDir.create(tmp_path / name, CONFIG, name)
        run.set_info(dataclasses.replace(run.info, created=f"{created}T00:00:00+00:00"))
    (tmp_path / "broken" / "run.json").write_text("{")
    (tmp_path / "other").mkdir()
    (tmp_path / "file").write_text("?")
    shutil.copytree(tmp_path / "c", tmp_path / "c (1)")  # no id: it could not be opened
    assert [run.id for run in list_runs(tmp_path)] == ["b", "c", "a"]
    assert list_runs(tmp_path / "nowhere") == []


def test_find_takes_ids_of_own_runs(home: Path) -> None:
    RunDir.create(home / "mine", CONFIG, "ring")
    assert find("mine").path == home / "mine"


@pytest.mark.parametrize(
    "run_id",
    ["", ".", "..", "../outside", "/etc", "a/b", "a\\b", "mine/../outside", "mine\n", ".hidden", "x" * 500, "mine\0"],
)
def test_find_takes_no_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_id: str) -> None:
    home = tmp_path / "runs"
    monkeypatch.setenv("GAN_DEMO_HOME", str(home))
    RunDir.create(home / "mine", CONFIG, "ring")
    RunDir.create(tmp_path / "outside", CONFIG, "ring")
    RunDir.create(home / ".hidden", CONFIG, "ring")
    with pytest.raises(RunError):
        find(run_id)


def test_new_ids_are_ids_and_differ(home: Path) -> None:
    ids = {library.new_id("digits") for _ in range(20)}
    assert len(ids) == 20
    for each in ids:
        RunDir.create(home / each, CONFIG, "digits")
        assert find(each).id == each
