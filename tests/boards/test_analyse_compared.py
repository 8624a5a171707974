"""The charts of a comparison: where values lie on their axes, which runs are drawn, and what files hold."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from plotly import graph_objects as go

from gan_demo.analysis.comparison import Result
from gan_demo.boards import titles
from gan_demo.boards.analyse import compared
from gan_demo.boards.analyse.chart import FILE, PAGE
from gan_demo.boards.analyse.compared import Axis
from gan_demo.export import analysis_files

BASE = Result("a", "A", "done", "cpu", 100, 3200, 10.0, 320.0, "fcd", 9.0, 4.0, 90)
RESULTS = [BASE, replace(BASE, run="b", last=5.0, best=5.0), replace(BASE, run="c", metric="modes", last=7, best=8)]
DIFFERING: dict[str, list[Any]] = {"g_lr": [1e-4, 1e-2, 1e-4], "loss": ["hinge", "wasserstein", "hinge"]}
NAMES = ["one", "two", "three"]


@pytest.mark.parametrize(
    ("values", "positions"),
    [
        ((1, 2, 3), [0, 0.5, 1]),
        ((1e-4, 1e-3, 1e-2), [0, 0.5, 1]),
        ((0.0, 1e-4, 1.0), [0, 1e-4, 1]),
        ((4, 4), [0.5, 0.5]),
        (("b", "a", "c"), [0.5, 0, 1]),
        ((False, True), [0, 1]),
        ((2.0, None, 6.0), [0, None, 1]),
    ],
)
def test_a_value_lies_on_its_axis(values: tuple[Any, ...], positions: list[float | None]) -> None:
    assert Axis("", values, ("",) * len(values)).positions() == pytest.approx(positions)


def test_axes_are_settings_that_differ_and_each_measured_result() -> None:
    names = [axis.name for axis in compared.axes(RESULTS, DIFFERING)]
    assert len(names) == 2 + 4 + 2
    by_name = {axis.name: axis for axis in compared.axes(RESULTS, DIFFERING)}
    assert by_name["best FCD"].values == (4.0, 5.0, None)
    assert by_name["last Clusters"].words == ("", "", "7")


def test_a_run_has_a_line_through_the_axes_on_which_it_has_a_value() -> None:
    axes = compared.axes(RESULTS, DIFFERING)
    figure = compared.parallel(axes, NAMES, PAGE)
    first, _, third = figure["data"]
    assert len(first["x"]) == len(third["x"]) == len(axes) - 2
    assert third["y"][0] == pytest.approx(compared.APART), "beside the first run, which has the same learning rate"
    assert len({trace["line"]["dash"] for trace in figure["data"]}) == 3


def test_numbers_have_no_powers_of_ten_where_people_count() -> None:
    assert [titles.number(value) for value in (7563.2, 58.04, 0.00012)] == ["7,563", "58", "0.00012"]


def test_the_best_result_so_far_only_improves_and_reaches_to_the_end() -> None:
    columns = {"seconds": [1, 2, 3, 4, 5], "fcd": [9.0, 12.0, math.nan, 5.0, 6.0], "modes": [1.0, 3.0, 2.0, 3.0, 8.0]}
    assert compared.best_course(columns, "fcd") == {"seconds": [1, 4, 5], "best": [9.0, 5.0, 5.0]}
    assert compared.best_course(columns, "modes") == {"seconds": [1, 2, 5], "best": [1.0, 3.0, 8.0]}
    assert compared.best_course({"seconds": [1]}, "fcd") == {"seconds": [], "best": []}


def test_plotly_accepts_the_figures_and_tables_hold_every_run() -> None:
    courses = [{"seconds": [1.0, 3.0], "best": [9.0, 4.0]}, {"seconds": [], "best": []}]
    axes = compared.axes(RESULTS, DIFFERING)
    for colours in (PAGE, FILE):
        assert len(go.Figure(compared.parallel(axes, NAMES, colours)).data) == 3
        assert len(go.Figure(compared.against_time(courses, NAMES[:2], "fcd", colours)).data) == 1
    assert len(analysis_files.table(compared.parallel_table(axes, NAMES)).splitlines()) == 4
    assert len(analysis_files.table(compared.time_table(courses, NAMES[:2], "fcd")).splitlines()) == 3
