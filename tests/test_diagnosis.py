"""Failures are found where they were made on purpose, and nowhere else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gan_demo import runs
from gan_demo.diagnosis import KINDS, findings
from gan_demo.presets import PRESETS

SHIPPED = runs.pretrained()


def before(columns: dict[str, list[Any]], rows: int) -> dict[str, list[Any]]:
    """The first so many rows."""
    return {name: column[:rows] for name, column in columns.items()}


def prefixes(columns: dict[str, list[Any]], count: int) -> list[dict[str, list[Any]]]:
    """The columns as they were at so many moments, the last one now."""
    total = len(columns["step"])
    return [before(columns, total * k // count) for k in range(1, count + 1)]


@pytest.mark.parametrize("run", SHIPPED, ids=lambda run: run.id)
def test_no_moment_of_a_shipped_models_training_raises_an_alarm(run: runs.RunDir) -> None:
    for columns in prefixes(run.metrics(), 150):
        assert [one for one in findings(columns, run.config) if one.kind == "warning"] == []


def test_there_is_always_something_to_say() -> None:
    (one,) = findings({}, PRESETS["digits"])
    assert (one.key, one.kind) == ("starting", "neutral")
    said = {found.key for run in SHIPPED for columns in prefixes(run.metrics(), 60)
            for found in findings(columns, run.config)}  # fmt: skip
    assert said >= {"game", "improving"}


def test_a_finding_is_plain_json() -> None:
    for run in SHIPPED:
        for one in findings(run.metrics(), run.config):
            plain = json.loads(json.dumps(one.as_dict(), allow_nan=False))
            assert plain == one.as_dict()
            assert plain["kind"] in KINDS
            assert 0 <= plain["from"] <= plain["to"] <= run.info.step
