"""Diagnosis: presets that fail on purpose are diagnosed, healthy runs raise no alarm, and remedies help."""

from __future__ import annotations

import dataclasses
import functools
import math

import pytest

from gan_demo.analysis.diagnosis import findings
from gan_demo.presets import FAILURES, PRESETS
from gan_demo.runs.run_dir import RunDir
from scripts import record_trainings
from scripts.record_trainings import CURED, FAILED, HEALTHY, TRAININGS, Recording
from tests.analysis.measured_rows import SHIPPED, Columns

recorded = functools.cache(record_trainings.load)


def prefixes(columns: Columns, count: int) -> list[Columns]:
    """Return the columns as they were at so many moments of the training, the last of them at its end."""
    total = len(columns["step"])
    return [{name: column[: total * k // count] for name, column in columns.items()} for k in range(1, count + 1)]


@pytest.mark.parametrize("name", [name for name in FAILED if not name.startswith("fail-nan")])
def test_a_preset_that_fails_on_purpose_is_diagnosed(name: str) -> None:
    training = recorded(name)
    finding, failure = training.finding(), FAILURES[FAILED[name].preset]
    assert (finding.key, finding.kind) == (failure, "warning")
    assert {alarm.key for alarm in training.alarms()} == {failure}
    assert 0 < finding.begin <= finding.end <= training.step
    assert finding.remedy
    assert training.config.with_settings(finding.remedy) != training.config


@pytest.mark.parametrize("name", ["fail-nan-0", "fail-nan-1"])
def test_runaway_losses_are_noticed_before_and_after_they_end_the_run(name: str) -> None:
    training = recorded(name)
    assert training.error
    assert {alarm.evidence for alarm in training.alarms()} == {"growing"}
    finding = training.finding()
    assert (finding.key, finding.evidence) == ("nan", "")
    calmer = training.config.with_settings(finding.remedy).train
    assert calmer.g_lr < training.config.train.g_lr
    assert calmer.gp > 0


def test_every_failure_has_a_preset() -> None:
    failing = {name for name in PRESETS if name.startswith("fail-")}
    assert set(FAILURES) == failing == {training.preset for training in FAILED.values()}


@pytest.mark.parametrize("name", CURED)
def test_with_its_remedy_the_same_run_does_not_fail(name: str) -> None:
    cured = recorded(name)
    assert cured.alarms() == []
    assert cured.finding().kind != "warning"
    modes = [value for value in cured.columns["modes"] if not math.isnan(value)]
    assert modes[-1] >= 6


@pytest.mark.parametrize("run", SHIPPED, ids=lambda run: run.id)
def test_no_moment_of_a_shipped_models_training_raises_an_alarm(run: RunDir) -> None:
    training = Recording(run.config, run.metrics(), run.info.step, "")
    assert training.alarms(200) == []


@pytest.mark.parametrize("name", HEALTHY)
def test_a_shipped_preset_raises_no_alarm(name: str) -> None:
    training = recorded(name)
    assert len(training.columns["step"]) > 50
    assert training.alarms() == []


def verdict(training: Recording) -> tuple[object, ...]:
    """Return what the tests above look at."""
    finding = training.finding()
    return finding.key, finding.kind, sorted({(alarm.key, alarm.evidence) for alarm in training.alarms()})


@pytest.mark.parametrize("name", TRAININGS)
def test_a_recording_has_the_settings_of_today(name: str) -> None:
    """Compare all settings but the shape and the labels, which the training fills in from the data."""
    expected, config = record_trainings.settings(TRAININGS[name]), recorded(name).config
    assert (config.data, config.train) == (expected.data, expected.train), (
        "record it again: scripts/record_trainings.py"
    )
    assert config.model == dataclasses.replace(expected.model, shape=config.model.shape, labels=config.model.labels)


@pytest.mark.usefixtures("one_thread")
def test_a_training_of_today_is_diagnosed_as_its_recording() -> None:
    """The quickest of the trainings, in full; the soak tests train the others."""
    assert verdict(record_trainings.record(TRAININGS["fail-d-wins-0"])) == verdict(recorded("fail-d-wins-0"))


@pytest.mark.soak
@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", TRAININGS)
def test_every_training_of_today_is_diagnosed_as_its_recording(name: str) -> None:
    assert verdict(record_trainings.record(TRAININGS[name])) == verdict(recorded(name))


def test_every_run_has_a_finding() -> None:
    (finding,) = findings({}, PRESETS["digits"])
    assert (finding.key, finding.kind) == ("starting", "neutral")
    (fork,) = findings(
        {"step": [2001, 2005], "d_loss": [1.0, 1.1], "d_real": [0.7, 0.7], "d_fake": [0.3, 0.3]}, PRESETS["digits"]
    )
    assert (fork.key, fork.kind) == ("continued", "neutral")
    by_run = {
        finding.key
        for run in SHIPPED
        for columns in prefixes(run.metrics(), 60)
        for finding in findings(columns, run.config)
    }
    assert by_run >= {"game", "improving"}
