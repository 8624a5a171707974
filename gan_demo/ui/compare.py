"""The Compare page: several runs, their curves in one chart each, samples at one moment, and what made them differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from gan_demo.analysis import comparison
from gan_demo.boards import compare_board, setting_choices, titles
from gan_demo.boards.compare_board import AXES, DEFAULT_METRICS, LETTERS, METRICS
from gan_demo.errors import GanDemoError
from gan_demo.i18n.text import t
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import run_state
from gan_demo.ui import compare_choice, session, widgets

TICK = 3.0  # seconds between two looks at the results of a run that trains
_BOARD = widgets.component(
    "compare_board", "film/film.css", "curves/uplot.css", "curves/curves.css", "compare_board.css"
)
COLUMNS = ("run", "status", "last", "best", "rate", "step", "time", "device")


def show() -> None:
    """Draw the page."""
    st.title(t("compare.title"))
    chosen = compare_choice.choose(len(LETTERS))
    if not chosen:
        _empty()
        return
    axis, metrics = _view(chosen)
    _BOARD(key="compare-board", data=compare_board.data(chosen, axis, metrics))
    if len(chosen) == 1:
        st.info(t("compare.one"), icon=":material/add:")
    alive = any(run_state.state(run).alive for run in chosen)
    st.subheader(t("compare.results"))
    st.fragment(_results, run_every=TICK if alive else None)([run.id for run in chosen], alive)
    _settings(chosen)
    _downloads(chosen)


def _empty() -> None:
    with st.container(border=True):
        st.subheader(t("compare.empty"))
        st.write(t("compare.empty.help"))
        shipped = [run.id for run in library.pretrained() if run.id in ("digits", "tutorial")]
        with st.container(horizontal=True):
            if shipped and st.button(
                t("compare.empty.example"), type="primary", icon=":material/compare:", key="compare-example"
            ):
                compare_choice.put(shipped)
                st.rerun()
            if st.button(t("compare.empty.train"), icon=":material/play_arrow:", key="compare-train"):
                st.switch_page("train.py")


# ---- samples and curves


def _view(chosen: Sequence[RunDir]) -> tuple[str, list[str]]:
    """What lies along the x axis, and which charts."""
    known = {name for run in chosen for name in run.metrics()}
    offered = [name for name in METRICS if name in known] or list(DEFAULT_METRICS)
    asked = session.query("by")
    left, right = st.columns([1, 2])
    axis = left.segmented_control(
        t("compare.by"), AXES, default=asked if asked in AXES else AXES[0], required=True, key="compare-by",
        format_func=lambda name: t(f"compare.by.{name}"), help=t("compare.by.help"),
    )  # fmt: skip
    session.set_query("by", "" if axis == AXES[0] else str(axis))
    usual = [name for name in DEFAULT_METRICS if name in offered]
    metrics = right.pills(
        t("compare.charts"), offered, default=usual, selection_mode="multi", key="compare-charts",
        format_func=lambda name: t(f"metric.{name}"),
    )  # fmt: skip
    return str(axis), [name for name in METRICS if name in metrics]


# ---- tables


def _results(ids: Sequence[str], alive: bool) -> None:
    try:
        chosen = [session.run(run_id) for run_id in ids]
        rows = [_result_row(run, k) for k, run in enumerate(chosen)]
    except GanDemoError:  # deleted in another tab
        st.rerun()
    if any(run_state.state(run).alive for run in chosen) is not alive:
        st.rerun()
    _table("results", [t(f"compare.column.{name}") for name in COLUMNS], rows)
    st.caption(t("compare.results.note"))


def _result_row(run: RunDir, place: int) -> list[str]:
    found = comparison.result(run)
    best = t("compare.best", value=_number(found.best), step=f"{found.best_step:,}") if found.metric else "–"
    last = f"{t(f'scalar.{found.metric}')} {_number(found.last)}" if found.metric else "–"
    return [
        _named(run, place), widgets.status_badge(run_state.state(run)), last, best, f"{found.images_per_second:,.0f}",
        f"{found.step:,}", titles.duration(found.seconds), found.device,
    ]  # fmt: skip


def _settings(chosen: Sequence[RunDir]) -> None:
    if len(chosen) < 2:
        return
    st.subheader(t("compare.settings"))
    differing = comparison.differing([run.config for run in chosen])
    if not differing:
        st.caption(t("compare.settings.same"))
        return
    names = [_named(run, k) for k, run in enumerate(chosen)]
    rows = [[t(f"setting.{name}"), *(_value(name, value) for value in values)] for name, values in differing.items()]
    _table("settings", (t("files.setting"), *names), rows)


def _table(name: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """In Markdown: it can be read aloud, selected, and scrolled sideways on a phone."""
    lines = [head, ["---"] * len(head), *rows]
    with st.container(key=f"wide-table-{name}"):
        st.markdown("\n".join(f"| {' | '.join(cells)} |" for cells in lines))


def _named(run: RunDir, place: int) -> str:
    return f"**{LETTERS[place]}** {titles.plain(titles.dated_title(run))}"


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, (int, float)) and name not in ("seed", "size"):
        return f"{value:,}" if isinstance(value, int) else f"{value:g}"
    return titles.plain(setting_choices.choice_label(name, value))


def _number(value: float) -> str:
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _downloads(chosen: Sequence[RunDir]) -> None:
    with st.container(horizontal=True, key="compare-files"):
        st.download_button(
            t("compare.summary"), lambda: _summary(chosen), "comparison.csv", "text/csv", key="compare-summary",
            icon=":material/download:", on_click="ignore", help=t("compare.summary.help"),
        )  # fmt: skip
        st.download_button(
            t("compare.rows"), lambda: comparison.rows_csv(chosen), "comparison-rows.csv", "text/csv",
            key="compare-rows", icon=":material/table:", on_click="ignore", help=t("compare.rows.help"),
        )  # fmt: skip
    st.caption(t("compare.link"))


def _summary(chosen: Sequence[RunDir]) -> bytes:
    found = [comparison.result(run) for run in chosen]
    return comparison.summary_csv(found, comparison.differing([run.config for run in chosen]))


show()
