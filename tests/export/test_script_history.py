"""Scripts of changed and forked runs: they repeat what can be repeated, and say what cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gan_demo.config import DataConfig, RunConfig
from gan_demo.errors import RunError
from gan_demo.export.script import build
from gan_demo.export.script.history import history
from gan_demo.export.script.options import ScriptOptions
from gan_demo.runs.run_dir import RunDir
from gan_demo.training import fork as training_fork
from gan_demo.training.control import Order
from tests.export.scripts import RING, STEPS, go_on, trained

CONSTANT = RING.with_settings({"schedule": "constant"})


def body(source: str) -> str:
    """Return a script without its header."""
    return source.split('"""', 2)[2]


def test_a_script_uses_the_final_settings_of_a_changed_run_and_says_so(tmp_path: Path) -> None:
    run = RunDir.create(tmp_path / "run", RING.with_settings({"steps": 3}), "test")
    run = go_on(run, settings={1: {"r1": 0.0, "gp": 1.0, "d_steps": 2}})
    final = RunDir.create(tmp_path / "final", run.config, "test")
    source = build.script(run)
    assert body(source) == body(build.script(final))
    assert "Its losses are not the run's" in source
    assert "the run's own losses" not in source
    assert "the run's own losses" in build.script(final)
    notes = build.notebook(run, ScriptOptions("train.ipynb", "zh")).decode()
    assert "损失与原训练不同" in notes
    assert "完全一致" not in notes


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        ({"step": 2, "was": {"g_lr": 1.0}, "now": {"g_lr": 2e-4}}, True),
        ({"step": 0, "was": {"g_lr": 1.0}, "now": {"g_lr": 2e-4}}, False),  # before the first step
        ({"step": 2, "was": {"steps": 2}, "now": {"steps": STEPS}}, False),  # a resume for longer
        ({"step": 2, "was": {"evaluate": True}, "now": {"evaluate": False}}, False),
        ({"step": 2, "was": {"schedule": "linear", "steps": 2}, "now": {"schedule": "constant", "steps": STEPS}}, True),
    ],
)
def test_only_changes_that_reach_the_weights_count(tmp_path: Path, change: dict[str, Any], counts: bool) -> None:
    run = RunDir.create(tmp_path / "run", CONSTANT.with_settings(change["now"]), "test")
    with run.writing():
        run.add_change(change["step"], 1.0, change["was"], change["now"])
    assert history(run).changed == counts


def test_a_longer_run_under_a_schedule_counts_as_changed(tmp_path: Path) -> None:
    run = RunDir.create(tmp_path / "run", CONSTANT.with_settings({"schedule": "linear"}), "test")
    with run.writing():
        run.add_change(2, 1.0, {"steps": 2}, {"steps": STEPS})
    assert history(run).changed


def test_a_fork_with_other_settings_or_of_a_changed_run_counts_as_changed(tmp_path: Path) -> None:
    parent = trained(tmp_path / "parent", CONSTANT.with_settings({"steps": 2}))
    assert not history(training_fork.fork(parent, 2, {"steps": 4}, tmp_path / "same")).changed
    other = training_fork.fork(parent, 2, {"steps": 4, "loss": "hinge"}, tmp_path / "other")
    assert history(other).changed
    with other.writing():  # its own change, back to the parent's loss, comes too late
        other.change_config(other.config.with_settings({"loss": parent.config.train.loss}), 3, 1.0)
    assert history(RunDir(other.path)).changed
    with parent.writing():
        parent.add_change(1, 1.0, {"g_lr": 1.0}, {"g_lr": parent.config.train.g_lr})
    assert history(RunDir(tmp_path / "same")).changed


def test_a_script_of_a_fork_says_that_its_parent_was_deleted(tmp_path: Path) -> None:
    parent = trained(tmp_path / "parent", CONSTANT.with_settings({"steps": 1}))
    fork = training_fork.fork(parent, 1, {"steps": 20}, tmp_path / "fork")
    assert history(fork).repeatable
    parent.path.rename(tmp_path / "elsewhere")
    assert not history(fork).repeatable
    assert "the run was forked from the run parent, which was deleted" in " ".join(build.script(fork).split())


@pytest.mark.parametrize(("order", "at"), [("d", 0), ("d", 2), ("g", 2)])
def test_a_script_says_that_updates_by_hand_are_not_repeated(tmp_path: Path, order: Order, at: int) -> None:
    run = trained(tmp_path / "run", RING.with_settings({"steps": 3}), {at: order})
    assert history(run).manual_update is not None
    assert "Not repeated" in build.script(run)


def test_several_updates_of_d_in_a_step_are_not_updates_by_hand(tmp_path: Path) -> None:
    run = trained(tmp_path / "run", RING.with_settings({"d_steps": 2, "steps": 3}))
    assert history(run).manual_update is None
    assert "Not repeated" not in build.script(run)


def test_a_run_on_own_images_that_has_not_begun_is_refused(tmp_path: Path) -> None:
    run = RunDir.create(tmp_path / "run", RunConfig(DataConfig("images", path="x.zip")), "test")
    with pytest.raises(RunError):
        build.script(run)
