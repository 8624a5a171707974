"""A run's folder: opened, read while it is written, damaged in many ways, and never half of anything."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import threading
from pathlib import Path

import pytest
import torch
from torch import Tensor

from gan_demo.config import DataConfig, ModelConfig, RunConfig
from gan_demo.errors import RunError
from gan_demo.gan.models.build import build_generator
from gan_demo.runs import library, metrics_log, networks
from gan_demo.runs.library import find, list_runs
from gan_demo.runs.parts import states
from gan_demo.runs.resuming import load_state
from gan_demo.runs.run_dir import RunDir
from gan_demo.support.atomic_file import replace_file

CONFIG = RunConfig(DataConfig("ring"), ModelConfig("points", 4, 8, 8, 2, shape=(2,)))


@pytest.fixture
def run(tmp_path: Path) -> RunDir:
    return RunDir.create(tmp_path / "first", CONFIG, "ring")


def weights(seed: int = 0) -> dict[str, Tensor]:
    return build_generator(CONFIG.model, seed).state_dict()


def with_checkpoints(run: RunDir, *steps: int) -> RunDir:
    for step in steps:
        run.add_checkpoint(step, weights(step))
    run.set_info(dataclasses.replace(run.info, checkpoints=steps, step=max(steps)))
    return run


# ---- create and open


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


# ---- generators


def test_a_kept_generator_comes_back_frozen_in_evaluation_mode(run: RunDir) -> None:
    with_checkpoints(run, 10, 20)
    assert run.checkpoints == [10, 20]
    for step, wanted in ((10, 10), (20, 20), (None, 20)):
        G = networks.generator(run, step)
        assert all(torch.equal(value, weights(wanted)[key]) for key, value in G.state_dict().items())
        assert not G.training
        assert not any(p.requires_grad for p in G.parameters())


def test_half_precision_weights_are_read_too(run: RunDir) -> None:
    run.add_checkpoint(5, {key: value.half() for key, value in weights(5).items()})
    run.set_info(dataclasses.replace(run.info, checkpoints=(5,)))
    assert {p.dtype for p in networks.generator(run).parameters()} == {torch.float32}


def test_a_run_without_checkpoints_says_so(run: RunDir) -> None:
    with pytest.raises(RunError) as caught:
        networks.generator(run)
    assert caught.value.problem == "has no checkpoint yet"


def test_a_step_that_is_not_kept_is_refused_and_the_kept_ones_are_named(run: RunDir) -> None:
    with pytest.raises(RunError) as caught:
        networks.generator(with_checkpoints(run, 10, 20), 15)
    assert "Saved steps: 10, 20" in str(caught.value)


def test_a_checkpoint_that_the_manifest_does_not_name_does_not_exist(run: RunDir) -> None:
    run.add_checkpoint(7, weights())
    assert run.checkpoints == []


def test_a_checkpoint_that_was_deleted_is_not_offered(run: RunDir) -> None:
    with_checkpoints(run, 10, 20)
    (run.path / "checkpoints" / "00000010.safetensors").unlink()
    assert run.checkpoints == [20]


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff" * 100, b"\x08\0\0\0\0\0\0\0{}      "])
def test_damaged_weights_are_named(run: RunDir, content: bytes) -> None:
    with_checkpoints(run, 10)
    (run.path / "checkpoints" / "00000010.safetensors").write_bytes(content)
    with pytest.raises(RunError) as caught:
        networks.generator(run)
    assert "00000010.safetensors" in str(caught.value) or "weights" in str(caught.value)


def test_truncated_weights_are_named(run: RunDir) -> None:
    with_checkpoints(run, 10)
    file = run.path / "checkpoints" / "00000010.safetensors"
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(RunError) as caught:
        networks.generator(run)
    assert caught.value.value == "00000010.safetensors"


def test_weights_of_another_network_are_refused(run: RunDir) -> None:
    with_checkpoints(run, 10)
    run.set_config(dataclasses.replace(CONFIG, model=dataclasses.replace(CONFIG.model, width=9)))
    with pytest.raises(RunError) as caught:
        networks.generator(run)
    assert caught.value.problem == "has weights that do not fit its config.json"


# ---- metrics and grids


def test_rows_become_columns_with_nan_where_a_row_lacks_a_value(run: RunDir) -> None:
    run.append({"step": 1, "d_loss": 0.5})
    run.append({"step": 2, "fcd": 30.0, "histogram": [0.5, 0.5]})
    columns = run.metrics()
    assert columns["step"] == [1, 2]
    assert columns["d_loss"][0] == 0.5
    assert math.isnan(columns["d_loss"][1])
    assert math.isnan(columns["fcd"][0])
    assert columns["histogram"][1] == [0.5, 0.5]


def test_only_what_was_added_is_read_again(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    parse = metrics_log._parsed
    monkeypatch.setattr(metrics_log, "_parsed", lambda line: parsed.append(line) or parse(line))  # type: ignore[func-returns-value]
    reader = RunDir(run.path)
    for step in range(5):
        run.append({"step": step})
        assert reader.metrics()["step"] == list(range(step + 1))
    assert len(parsed) == 5


def test_what_is_read_belongs_to_the_reader(run: RunDir) -> None:
    run.append({"step": 1})
    run.metrics()["step"].append(99)
    assert run.metrics()["step"] == [1]


def test_a_line_still_being_written_is_read_when_it_is_whole(run: RunDir) -> None:
    with open(run.path / "metrics.jsonl", "a") as file:
        file.write('{"step":1}\n{"step":2,"d_l')
        file.flush()
        assert run.metrics() == {"step": [1]}
        file.write('oss":3}\n')
        file.flush()
        assert run.metrics()["d_loss"][1] == 3


@pytest.mark.parametrize(
    "torn",
    [
        b'{"step":2,"d_loss":"low"}\n',
        b'{"step":2,"d_loss":[1]}\n',
        b'{"step":2,"histogram":1}\n',
        b'{"step":2,"d_loss":' + b"1" * 400 + b"}\n",
        b'{"step":2,"d_loss":NaN}\n',
        b'{"step":2,"seconds":-1}\n',
        b'{"step":true}\n',
        b'{"step":2,"d_loss":' + b"[" * 90_000 + b"\n",
        b'{"step":2,"d_loss":' + b" " * 200_000 + b"1}\n",
        b'{"step":2,"d_l',
        b'{"step"',
        b"\0\0\0\0",
        b"\xff\xfe",
        b"[1]\n",
        b"{}\n",
        b'{"step":"x"}\n',
    ],
)
def test_a_torn_line_is_left_out_and_a_resume_writes_on(run: RunDir, torn: bytes) -> None:
    run.append({"step": 1})
    with open(run.path / "metrics.jsonl", "ab") as file:
        file.write(torn)
    assert run.metrics() == {"step": [1]}
    run.save_state(1, {"x": torch.zeros(1)})
    run.set_info(dataclasses.replace(run.info, state=1))
    load_state(run)
    run.append({"step": 2})
    assert run.metrics()["step"] == RunDir(run.path).metrics()["step"] == [1, 2]


def test_a_reader_follows_a_file_that_a_resume_replaced_even_when_it_has_grown_again(run: RunDir) -> None:
    reader = RunDir(run.path)
    for step in (1, 2, 3):
        run.append({"step": step, "d_loss": 1.0})
    assert reader.metrics()["step"] == [1, 2, 3]
    run.save_state(1, {"x": torch.zeros(1)})
    run.set_info(dataclasses.replace(run.info, state=1))
    load_state(run)
    for step in (2, 3, 4, 5):
        run.append({"step": step, "d_loss": 22.0})
    assert reader.metrics()["step"] == [1, 2, 3, 4, 5]
    assert reader.metrics()["d_loss"] == [1.0] + [22.0] * 4


def test_numbers_that_json_does_not_have_are_left_out(run: RunDir) -> None:
    run.append({"step": 1, "d_loss": math.inf, "g_loss": math.nan, "penalty": 0.0})
    assert json.loads((run.path / "metrics.jsonl").read_text()) == {"step": 1, "penalty": 0.0}


def test_grids_are_kept_by_step(run: RunDir) -> None:
    run.add_grid(200, b"two")
    run.add_grid(5, b"five")
    (run.path / "grids" / "notes.png").write_bytes(b"?")
    assert run.grids == [5, 200]
    assert run.grid_png(200) == b"two"
    with pytest.raises(RunError) as caught:
        run.grid_png(6)
    assert caught.value.value == "00000006.png"


# ---- state


def test_the_state_is_what_was_saved_and_the_former_file_goes_after_the_manifest(run: RunDir) -> None:
    run.save_state(10, {"x": torch.tensor([1.0])})
    run.set_info(dataclasses.replace(run.info, state=10, step=10))
    run.save_state(20, {"x": torch.tensor([2.0])})
    found = load_state(run)
    assert found is not None  # the manifest is the commit point: 20 is not there yet
    assert found["x"].item() == 1
    run.set_info(dataclasses.replace(run.info, state=20, step=20))
    assert [file.name for file in run.path.glob("state-*")] == ["state-00000020.safetensors"]
    found = load_state(run)
    assert found is not None
    assert found["x"].item() == 2


def test_a_resume_forgets_rows_and_grids_after_the_state(run: RunDir) -> None:
    for step in (5, 10, 15):
        run.append({"step": step})
        run.add_grid(step, b"png")
    run.save_state(10, {"x": torch.zeros(1)})
    run.set_info(dataclasses.replace(run.info, state=10))
    load_state(run)
    assert run.metrics()["step"] == [5, 10]
    assert run.grids == [5, 10]


def test_a_run_that_never_saved_begins_afresh(run: RunDir) -> None:
    run.append({"step": 5})
    run.add_grid(0, b"png")
    assert load_state(run) is None
    assert (run.metrics(), run.grids) == ({}, [])


@pytest.mark.parametrize("damage", ["missing", "torn"])
def test_a_damaged_state_is_named(run: RunDir, damage: str) -> None:
    run.save_state(10, {"x": torch.zeros(100)})
    run.set_info(dataclasses.replace(run.info, state=10))
    file = run.path / "state-00000010.safetensors"
    if damage == "missing":
        file.unlink()
    else:
        os.truncate(file, 50)
    with pytest.raises(RunError) as caught:
        load_state(run)
    assert caught.value.value == file.name


# ---- kept states and changes


def with_states(run: RunDir, *steps: int) -> RunDir:
    for step in steps:
        run.save_state(step, {"x": torch.tensor([float(step)])})
        run.keep_state(step)
        run.add_checkpoint(step, weights(step))
        run.set_info(dataclasses.replace(run.info, state=step, step=step, checkpoints=(*run.info.checkpoints, step)))
    return run


def test_kept_states_are_listed_and_load(run: RunDir) -> None:
    with_states(run, 5, 10)
    assert run.states == [5, 10]
    assert [run.load_state_at(step)["x"].item() for step in (5, 10)] == [5, 10]


def test_a_state_that_the_manifest_does_not_name_does_not_exist(run: RunDir) -> None:
    run.save_state(5, {"x": torch.zeros(1)})
    run.keep_state(5)
    assert run.states == []


def test_a_resume_forgets_states_and_changes_after_its_own(run: RunDir) -> None:
    with_states(run, 5, 10)
    for step in (5, 7, 12):
        run.add_change(step, 1.5, {"g_lr": 0.1}, {"g_lr": 0.2})
    run.save_state(10, {"x": torch.zeros(1)})
    run._states.add(15, run.state_path(10))
    load_state(run)
    assert run.states == run._states.steps() == [5, 10]
    assert [change["step"] for change in run.changes()] == [5, 7]


def test_a_step_that_is_not_kept_whole_is_refused(run: RunDir) -> None:
    with pytest.raises(RunError) as caught:
        run.load_state_at(5)
    assert caught.value.problem == "has no saved training state, so it cannot be resumed"
    with pytest.raises(RunError) as caught:
        with_states(run, 5, 10).load_state_at(6)
    assert "Saved steps: 5, 10" in str(caught.value)


def test_changes_are_noted_with_what_was_and_what_is(run: RunDir) -> None:
    assert run.changes() == []
    wanted = CONFIG.with_settings({"g_lr": 0.5, "r1": 1.0})
    assert run.change_config(wanted, 7, 1.23456) == {"g_lr": 0.5, "r1": 1.0}
    assert run.changes() == [
        {"step": 7, "seconds": 1.235, "was": {"g_lr": 2e-4, "r1": 0.0}, "now": {"g_lr": 0.5, "r1": 1.0}}
    ]
    assert RunDir(run.path).config == run.config == wanted
    assert run.change_config(wanted, 8, 2.0) == {}
    assert len(run.changes()) == 1
    assert run.config_at(6) == CONFIG
    assert run.config_at(7) == wanted


@pytest.mark.parametrize(
    "torn",
    [b'{"step":2,"was', b"\0\0\0", b"\xff\xfe", b"[1]\n", b"{}\n", b'{"step":2}\n', b'{"step":2,"was":1,"now":{}}\n'],
)
def test_a_torn_change_is_left_out_and_the_next_one_has_its_own_line(run: RunDir, torn: bytes) -> None:
    run.add_change(1, 1.0, {"g_lr": 1}, {"g_lr": 2})
    with open(run.path / "changes.jsonl", "ab") as file:
        file.write(torn)
    assert [change["step"] for change in run.changes()] == [1]
    run.add_change(3, 1.0, {"g_lr": 2}, {"g_lr": 3})
    assert [change["step"] for change in run.changes()] == [1, 3]


@pytest.mark.parametrize("came", [True, False])
def test_a_note_whose_settings_never_came_is_forgotten(run: RunDir, came: bool) -> None:
    with_states(run, 5)
    run.change_config(run.config.with_settings({"g_lr": 0.1}), 5, 1.0)
    run.add_change(5, 1.0, {"g_lr": 0.1}, {"g_lr": 0.2})
    if came:
        run.set_config(run.config.with_settings({"g_lr": 0.2}))
    load_state(RunDir(run.path))
    assert len(run.changes()) == 1 + came


def test_a_row_after_a_torn_one_has_its_own_line(run: RunDir) -> None:
    with open(run.path / "metrics.jsonl", "ab") as file:
        file.write(b'{"step":1}\n{"step":2,"d_l')
    run.append({"step": 3})
    assert run.metrics()["step"] == [1, 3]


def test_more_states_than_there_is_room_for_are_thinned(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "MAX_STATES", 3)
    monkeypatch.setattr(states.steps_to_drop, "__defaults__", (3, 10**9))
    with_states(run, 1, 2, 3, 8, 9)
    run.thin_states()
    assert len(run.states) == 3
    assert (run.states[0], run.states[-1]) == (1, 9)
    assert run.checkpoints == [1, 2, 3, 8, 9]


# ---- writing


def test_there_is_one_writer(run: RunDir) -> None:
    with run.writing():
        with pytest.raises(RunError) as caught, RunDir(run.path).writing():
            pass
        assert caught.value.problem == "is being trained by another process"
    with RunDir(run.path).writing():
        pass


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


# ---- many runs


def test_runs_are_listed_newest_first_without_the_damaged(tmp_path: Path) -> None:
    for name, created in (("a", "2026-01-01"), ("b", "2026-03-01"), ("c", "2026-02-01"), ("broken", "2026-04-01")):
        run = RunDir.create(tmp_path / name, CONFIG, name)
        run.set_info(dataclasses.replace(run.info, created=f"{created}T00:00:00+00:00"))
    (tmp_path / "broken" / "run.json").write_text("{")
    (tmp_path / "other").mkdir()
    (tmp_path / "file").write_text("?")
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
