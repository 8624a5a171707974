"""Panels of a run: which there are, and their values."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gan_demo.boards import curves
from gan_demo.runs.run_dir import RunDir
from gan_demo.ui import session


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "language", lambda: "en")


def columns(rows: int = 100) -> dict[str, list[Any]]:
    """As a run of images has them: an evaluation in each tenth row."""
    late = [k % 10 == 9 for k in range(rows)]
    return {
        "step": list(range(1, rows + 1)),
        "g_loss": [math.nan if each else 1.0 + k for k, each in enumerate(late)],
        "d_loss": [math.nan if each else 0.5 for each in late],
        "fcd": [100.0 / (k + 1) if each else math.nan for k, each in enumerate(late)],
        "histogram": [[3.0, 1.0] if each else math.nan for each in late],
    }


def named(panels: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {panel["id"]: panel for panel in panels}


def test_specifications_hold_no_values_and_are_json() -> None:
    for spec in json.loads(json.dumps(curves.panel_specs(False, ("cat", "dog")))):
        assert {"x", "values"}.isdisjoint(spec)
        assert all("values" not in each for each in spec.get("series", []))


@pytest.mark.parametrize("is_points", [True, False])
def test_every_panel_that_may_come_is_there_before_the_first_row(is_points: bool) -> None:
    specs = named(curves.panel_specs(is_points))
    assert {"verdicts", "losses", "gradients", "rates", "speed", "classes"} <= specs.keys()
    assert ("modes" in specs) is is_points
    assert ("quality" in specs and "variety" in specs) is not is_points


def test_known_columns_leave_out_what_will_not_come() -> None:
    specs = named(curves.panel_specs(False, (), columns().keys()))
    assert {"losses", "quality", "classes"} <= specs.keys()
    assert {"precision", "variety"}.isdisjoint(specs)
    assert "gradients" in specs, "a panel of every run stays, empty"
    assert [each["column"] for each in specs["losses"]["series"]] == ["g_loss", "d_loss"]


def test_generator_and_discriminator_differ_by_more_than_colour() -> None:
    for spec in curves.panel_specs(False):
        tags = [each["tag"] for each in spec.get("series", [])]
        assert len(tags) < 2 or len(set(tags) - {""}) == len(tags), spec["id"]


def test_a_panel_holds_the_rows_that_have_any_of_its_curves() -> None:
    panels = named(curves.main_panels(columns(), False))
    assert panels["quality"]["x"] == list(range(10, 101, 10))
    assert panels["quality"]["series"][0]["values"][0] == pytest.approx(10.0)
    assert 10 not in panels["losses"]["x"]
    assert None not in panels["losses"]["series"][0]["values"]


def test_a_long_run_is_sent_short_with_its_highest_peak() -> None:
    long = columns(50_000)
    long["d_loss"][30_000] = 77.0
    losses = named(curves.main_panels(long, False))["losses"]
    assert len(losses["x"]) <= 2 * curves.CHART_BUCKETS + 8
    assert max(value for value in losses["series"][1]["values"] if value is not None) == 77.0


def test_bars_are_shares_named_by_the_classes() -> None:
    panels = named(curves.more_panels(columns(), False, ("cat", "dog")))
    assert (panels["classes"]["names"], panels["classes"]["values"]) == (["cat", "dog"], [0.75, 0.25])
    assert named(curves.more_panels(columns(), False, ()))["classes"]["names"] == ["0", "1"]


def test_no_rows_are_empty_panels_and_no_error() -> None:
    panels = curves.main_panels({}, False)
    assert [panel["x"] for panel in panels] == [[]] * len(panels)
    assert json.dumps(panels, allow_nan=False)


def test_the_newest_number_is_found_below_rows_that_lack_it() -> None:
    assert curves.newest(columns(99), "fcd") == pytest.approx(100 / 90)
    assert curves.newest({}, "fcd") is None


def changed(step: int, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {"step": step, "seconds": 1.0, "was": before, "now": after}


def test_changes_at_one_step_are_one_mark_that_says_all_values_the_one_in_effect_last() -> None:
    changes = [
        changed(1200, {"r1": 0.0, "r2": 0.0}, {"r1": 0.5, "r2": 0.5}),
        changed(1200, {"r1": 0.5, "r2": 0.5}, {"r1": 1.0, "r2": 1.0}),
        changed(900, {"d_steps": 1}, {"d_steps": 2}),
    ]
    run = SimpleNamespace(changes=lambda: changes, info=SimpleNamespace(forked_at=900, parent="gone@900"))
    assert curves.setting_marks(cast(RunDir, run)) == [
        {"number": 1, "step": 900, "text": "forked here, D steps: 1 → 2"},
        {"number": 2, "step": 1200, "text": "R1 = R2: off → 0.5 → 1"},
    ]
