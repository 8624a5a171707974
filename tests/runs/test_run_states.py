"""Checkpoints, states and noted changes of a run: what is kept, what a resume forgets, and what damage is named."""

from __future__ import annotations

import dataclasses
import os

import pytest
import torch

from gan_demo.errors import RunError
from gan_demo.runs import networks
from gan_demo.runs.parts import states
from gan_demo.runs.resuming import load_state
from gan_demo.runs.run_dir import RunDir
from tests.runs.run_folders import CONFIG, weights, with_checkpoints
from tests.runs.run_folders import run as run


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


def test_the_state_is_what_was_saved_and_the_former_file_goes_after_the_manifest(run: RunDir) -> None:
    run.save_state(10, {"x": torch.tensor([1.0])})
    run.set_info(dataclasses.replace(run.info, state=10, step=10))
    run.save_state(20, {"x": torch.tensor([2.0])})
    state = load_state(run)
    assert state is not None  # the manifest is the commit point: 20 is not there yet
    assert state["x"].item() == 1
    run.set_info(dataclasses.replace(run.info, state=20, step=20))
    assert [file.name for file in run.path.glob("state-*")] == ["state-00000020.safetensors"]
    state = load_state(run)
    assert state is not None
    assert state["x"].item() == 2


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


def test_more_states_than_there_is_room_for_are_thinned(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "MAX_STATES", 3)
    monkeypatch.setattr(states.steps_to_drop, "__defaults__", (3, 10**9))
    with_states(run, 1, 2, 3, 8, 9)
    run.thin_states()
    assert len(run.states) == 3
    assert (run.states[0], run.states[-1]) == (1, 9)
    assert run.checkpoints == [1, 2, 3, 8, 9]
