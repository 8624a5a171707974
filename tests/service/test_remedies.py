"""The one-click way on from a finding: a fork from before the trouble, or a new run where there is nothing to fork."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gan_demo.analysis import diagnosis
from gan_demo.analysis.findings import Finding
from gan_demo.boards import titles
from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.errors import JobError, RunError
from gan_demo.runs import library, ownership
from gan_demo.runs.parts.step_files import StepFiles
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import app_state, remedies, run_actions
from gan_demo.training.trainer import train

pytestmark = pytest.mark.usefixtures("one_thread")

OWNER = "o" * 43
RING = RunConfig(DataConfig("ring"), ModelConfig("points", 2, 8, 8, 2), TrainConfig(batch=8, steps=12, evaluate=False))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("GAN_DEMO_HOME", str(tmp_path))
    app_state.close_current()
    yield tmp_path
    app_state.close_current()


def ended(config: RunConfig = RING, name: str = "ring") -> RunDir:
    """Create a run of OWNER's with saved states at steps 5 and 12."""
    run = RunDir.create(library.home() / "old", config, name)
    ownership.claim(run, OWNER)
    steps = train(run)
    for progress in steps:
        if progress.step == 5:
            break
    steps.close()
    list(train(RunDir(run.path)))
    return RunDir(run.path)


def finds(monkeypatch: pytest.MonkeyPatch, since: int, remedy: dict[str, object]) -> None:
    finding = Finding("d_wins", "warning", since, "verdicts", since, 12, remedy)
    monkeypatch.setattr(diagnosis, "findings", lambda columns, config, error="": [finding])


@pytest.mark.parametrize(("since", "begin", "step"), [(12, 12, 12), (11, 11, 5), (5, 5, 5), (4, 4, None), (12, 7, 5)])
def test_a_remedy_begins_at_the_last_state_before_the_trouble_and_its_evidence(
    monkeypatch: pytest.MonkeyPatch, since: int, begin: int, step: int | None
) -> None:
    run = RunDir.create(library.home() / "old", RING, "ring")
    finding = Finding("d_wins", "warning", since, "verdicts", begin, 20, {"d_lr": 1e-5, "steps": 20})
    monkeypatch.setattr(diagnosis, "findings", lambda columns, config, error="": [finding])
    monkeypatch.setattr(RunDir, "states", property(lambda self: [5, 12]))
    monkeypatch.setattr(StepFiles, "intact", lambda self, steps: [*steps])
    monkeypatch.setattr(run_actions, "fork", lambda run, step, settings, owner: f"fork at {step}")
    monkeypatch.setattr(run_actions, "start_again", lambda run, settings, owner: "fork at None")
    assert remedies.apply(run, "d_wins", OWNER) == f"fork at {step}"


def test_a_remedy_is_a_fork_with_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    run = ended()
    finds(monkeypatch, 9, {"d_lr": 1e-5, "steps": 14})
    new = library.find(remedies.apply(run, "d_wins", OWNER))
    assert new.info.parent == "old@5"
    assert new.config.train.d_lr == 1e-5
    job = app_state.current().jobs.get(new.id)
    assert job is not None
    assert job.wait(60)
    assert RunDir(new.path).info.step == 14


def test_what_cures_a_fault_is_named_by_what_it_changes_and_not_by_the_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    run = ended(name="fail-collapse")
    finds(monkeypatch, 9, {"d_lr": 1e-5, "r1": 0.1, "steps": 14})
    fork = library.find(remedies.apply(run, "d_wins", OWNER))
    assert fork.id.startswith("ring-")
    assert titles.run_title(fork) == "2-D: ring of 8, from step 5 · D's rate: 0.0002 → 1e-05, R1: off → 0.1"
    finds(monkeypatch, 2, {"d_lr": 1e-5, "limit": 500})
    anew = library.find(remedies.apply(run, "d_wins", OWNER))
    assert titles.run_title(anew) == "2-D: ring of 8 · Samples: all → 500, D's rate: 0.0002 → 1e-05"


def test_a_finding_says_in_every_language_what_its_remedy_changes() -> None:
    finding = Finding("d_wins", "warning", 9, "verdicts", 9, 12, {"loss": "hinge", "r1": 0.1, "limit": 0})
    assert remedies.described(finding, RING)["changes"] == {
        "en": "Loss: Non-saturating → Hinge, R1: off → 0.1",
        "zh": "损失函数：非饱和 → 合页（Hinge），R1：关 → 0.1",
    }
    assert remedies.described(replace(finding, remedy={}), RING)["changes"] == {}


def test_a_fork_that_changes_nothing_keeps_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    fork = library.find(run_actions.fork(ended(name="fail-collapse"), 5, {"steps": 14}, OWNER))
    assert titles.run_title(fork) == "Mode collapse, from step 5"


@pytest.mark.parametrize(("since", "remedy"), [(2, {"d_lr": 1e-5}), (12, {"limit": 5_000, "steps": 12})])
def test_without_a_state_or_with_other_data_a_remedy_starts_a_new_run(
    monkeypatch: pytest.MonkeyPatch, since: int, remedy: dict[str, object]
) -> None:
    run = ended()
    finds(monkeypatch, since, remedy)
    new = library.find(remedies.apply(run, "d_wins", OWNER))
    assert new.info.parent == ""
    assert new.config.train.d_lr == remedy.get("d_lr", run.config.train.d_lr)
    assert new.config.data.limit == remedy.get("limit", 0)


def test_the_owners_running_training_is_stopped_for_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = run_actions.start(RING.with_settings({"steps": 1_000_000}), "ring", OWNER)
    job = app_state.current().jobs.get(run_id)
    assert job is not None
    finds(monkeypatch, 0, {"d_lr": 1e-5})
    new = remedies.apply(RunDir(library.home() / run_id), "d_wins", OWNER)
    assert job.wait(60)
    assert new != run_id


def test_someone_elses_training_goes_on_despite_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = run_actions.start(RING.with_settings({"steps": 1_000_000}), "ring", "x" * 43)
    finds(monkeypatch, 0, {"d_lr": 1e-5})
    remedies.apply(RunDir(library.home() / run_id), "d_wins", OWNER)
    job = app_state.current().jobs.get(run_id)
    assert job is not None
    assert not job.done


def test_a_finding_that_no_longer_holds_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    run = ended()
    finds(monkeypatch, 9, {"d_lr": 1e-5})
    with pytest.raises(RunError, match="no longer applies"):
        remedies.apply(run, "collapse", OWNER)


def test_a_remedy_does_not_train_on_someone_elses_images(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run = ended(RING.with_settings({"path": str(tmp_path / "theirs.zip")}))
    finds(monkeypatch, 2, {"d_lr": 1e-5})
    with pytest.raises(JobError, match="belongs to someone else"):
        remedies.apply(run, "d_wins", "x" * 43)
