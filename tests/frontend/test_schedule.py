"""Schedules of trainings in the browser: those of ``schedule.py``."""

from __future__ import annotations

import dataclasses

import pytest

from gan_demo.config import TrainConfig
from gan_demo.presets import PRESETS
from gan_demo.schedule import fitted, rate_factor, restarted
from tests.frontend.node import evaluate

NAMES = ("steps", "schedule_from", "final_factor", "restart", "restart_factor")
STEPS = (0, 1, 7, 60, 99, 100, 140, 199, 250, 399, 400)


def chains(train: TrainConfig) -> list[TrainConfig]:
    """Return settings that end with a time budget, then go on twice, and to the end of their plan."""
    first = fitted(train, 0, 100)
    second = fitted(restarted(first, 100, 250), 100, 250)
    return [first, second, restarted(second, 250, 400), restarted(first, 40, 400), restarted(first, 0, 400)]


@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine"])
def test_a_training_ends_after_its_time_and_goes_on_as_on_the_server(schedule: str) -> None:
    train = dataclasses.replace(PRESETS["digits"].train, schedule=schedule, warmup=5)
    wanted = chains(train)
    code = """
    const { fromCore, toCore } = await import(new URL("./core_settings.mjs", process.argv[1]).href);
    const { fitted, restarted, rateFactor } = m;
    const start = fromCore(given.settings);
    const first = fitted(start, 0, 100);
    const second = fitted(restarted(first, 100, 250), 100, 250);
    const all = [first, second, restarted(second, 250, 400), restarted(first, 40, 400), restarted(first, 0, 400)];
    return all.map((settings) => {
      const core = toCore(settings);
      return [given.names.map((name) => core[name]), given.steps.map((step) => rateFactor(settings, step))];
    });
    """
    given = {"settings": vars(train), "names": NAMES, "steps": STEPS}
    for config, (values, factors) in zip(wanted, evaluate("trainer/schedule.mjs", code, given), strict=True):
        assert values == pytest.approx([getattr(config, name) for name in NAMES])
        assert factors == pytest.approx([rate_factor(config, step) for step in STEPS])
