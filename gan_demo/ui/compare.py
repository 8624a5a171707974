"""The Compare page: samples and curves of several runs side by side, their results, and the settings that differ."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from gan_demo.analysis import comparison
from gan_demo.boards import compare_board, titles
from gan_demo.boards.compare_board import AXES, DEFAULT_METRICS, LETTERS, METRICS
from gan_demo.errors import GanDemoError
from gan_demo.i18n import setting_words
from gan_demo.i18n.text import t
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import run_state
from gan_demo.ui import classroom, run_about, session, widgets
from gan_demo.ui.analyse_page import compared
from gan_demo.ui.compare_page import choice

RESULTS_SECONDS = 3.0  # between two updates of the results while a run trains
_BOARD = widgets.component(
    "compare_board/compare_board",
    (
        "shared/range.css",
        "film/film.css",
        "vendor/uplot/uplot.css",
        "curves/curves.css",
        "compare_board/compare_board.css",
    ),
)
COLUMNS = ("run", "status", "last", "best", "rate", "step", "time", "device")


def show() -> None:
    """Draw the page."""
    head = classroom.page_head(t("compare.title"))
    chosen = choice.show(len(LETTERS))
    if not chosen:
        _empty()
        return
    axis, metrics = _view(chosen)
    classroom.on_show("compare", runs=",".join(run.id for run in chosen), by=session.query("by"))
    with head:
        classroom.show_page_button()
    _BOARD(key="compare-board", data=compare_board.data(chosen, axis, metrics))
    if len(chosen) == 1:
        st.info(t("compare.one"), icon=":material/add:")
    is_training = any(run_state.state(run).is_alive for run in chosen)
    st.header(t("compare.results"))
    st.fragment(_results, run_every=RESULTS_SECONDS if is_training else None)([run.id for run in chosen], is_training)
    _settings(chosen)
    compared.show(chosen)
    _downloads(chosen)


def _empty() -> None:
    with st.container(border=True):
        st.header(t("compare.empty"))
        st.write(t("compare.empty.help"))
        shipped = [run.id for run in library.pretrained() if run.id in ("digits", "tutorial")]
        with st.container(horizontal=True):
            if shipped and st.button(
                t("compare.empty.example"), type="primary", icon=":material/compare:", key="compare-example"
            ):
                choice.put(shipped)
                st.rerun()
            if st.button(t("compare.empty.train"), icon=":material/play_arrow:", key="compare-train"):
                session.go_to("train.py")


# ---- samples and curves


def _view(chosen: Sequence[RunDir]) -> tuple[str, list[str]]:
    """Draw the choice of the x axis and of the charts; return both."""
    recorded = {name for run in chosen for name in run.metrics()}
    offered = [name for name in METRICS if name in recorded] or list(DEFAULT_METRICS)
    linked = session.query("by")
    left, right = st.columns([1, 2])
    axis = left.segmented_control(
        t("compare.by"),
        AXES,
        default=linked if linked in AXES else AXES[0],
        required=True,
        key="compare-by",
        format_func=lambda name: t(f"compare.by.{name}"),
        help=t("compare.by.help"),
    )
    session.set_query("by", "" if axis == AXES[0] else str(axis))
    preselected = [name for name in DEFAULT_METRICS if name in offered]
    metrics = right.pills(
        t("compare.charts"),
        offered,
        default=preselected,
        selection_mode="multi",
        key="compare-charts",
        format_func=lambda name: t(f"metric.{name}"),
    )
    return str(axis), [name for name in METRICS if name in metrics]


# ---- tables


def _results(ids: Sequence[str], was_training: bool) -> None:
    """Draw the table of results; draw the whole page again when the last run ended."""
    try:
        chosen = [session.run(run_id) for run_id in ids]
        rows = [_result_row(run, k) for k, run in enumerate(chosen)]
    except GanDemoError:  # deleted in another tab
        st.rerun()
    if any(run_state.state(run).is_alive for run in chosen) is not was_training:
        st.rerun()
    _table("results", [t(f"compare.column.{name}") for name in COLUMNS], rows)
    for k, run in enumerate(chosen):
        note = titles.run_note(run)
        if note:
            run_about.show_note(note, LETTERS[k])
    measured = {name for run in chosen for name in run.metrics()}
    notes = [name for name in ("rate", "fcd", "modes") if name == "rate" or name in measured]
    st.caption(" ".join(t(f"compare.note.{name}") for name in notes))
    _explain_fcd(chosen)


def _explain_fcd(chosen: Sequence[RunDir]) -> None:
    """Say what the FCD is measured on, and what a shipped model's card has, which was measured on more."""
    measured = [comparison.result(run).metric for run in chosen]
    if "fcd" not in measured:
        return
    cards = [(LETTERS[k], (run.card or {}).get("metrics")) for k, run in enumerate(chosen)]
    on_cards = [f"**{letter}** {titles.number(card['fcd'])}" for letter, card in cards if card and card.get("fcd")]
    st.caption(t("compare.fcd.note") + (f" {t('compare.fcd.cards', values=', '.join(on_cards))}" if on_cards else ""))


def _result_row(run: RunDir, index: int) -> list[str]:
    result = comparison.result(run)
    best = t("compare.best", value=titles.number(result.best), step=f"{result.best_step:,}") if result.metric else "–"
    last_value = t("compare.best", value=titles.number(result.last), step=f"{result.last_step:,}")
    last = f"{t(f'scalar.{result.metric}')} {last_value}" if result.metric else "–"
    return [
        _title(run, index),
        widgets.status_badge(run_state.state(run)),
        last,
        best,
        f"{result.images_per_second:,.0f}",
        f"{result.step:,}",
        titles.duration(result.seconds),
        result.device,
    ]


def _settings(chosen: Sequence[RunDir]) -> None:
    """Draw the table of the settings in which the runs differ."""
    if len(chosen) < 2:
        return
    st.header(t("compare.settings"))
    differing = comparison.differing([run.config for run in chosen])
    if not differing:
        st.caption(t("compare.settings.same"))
        return
    names = [_title(run, k) for k, run in enumerate(chosen)]
    rows = [
        [setting_words.name(name), *(titles.plain(setting_words.value(name, value)) for value in values)]
        for name, values in differing.items()
    ]
    _table("settings", (t("files.setting"), *names), rows)


def _table(name: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Draw a table in Markdown, which screen readers read and which scrolls sideways on a phone."""
    lines = [head, ["---"] * len(head), *rows]
    with st.container(key=f"wide-table-{name}"):
        st.markdown("\n".join(f"| {' | '.join(cells)} |" for cells in lines))


def _title(run: RunDir, index: int) -> str:
    return f"**{LETTERS[index]}** {titles.plain(titles.dated_title(run))}"


def _downloads(chosen: Sequence[RunDir]) -> None:
    with st.container(horizontal=True, key="compare-files"):
        widgets.download(
            t("compare.summary"),
            lambda: _summary(chosen),
            "comparison.csv",
            "text/csv",
            key="compare-summary",
            icon=":material/download:",
            help=t("compare.summary.help"),
        )
        widgets.download(
            t("compare.rows"),
            lambda: comparison.rows_csv(chosen),
            "comparison-rows.csv",
            "text/csv",
            key="compare-rows",
            icon=":material/table:",
            help=t("compare.rows.help"),
        )
    st.caption(t("compare.link"))


def _summary(chosen: Sequence[RunDir]) -> bytes:
    results = [comparison.result(run) for run in chosen]
    return comparison.summary_csv(results, comparison.differing([run.config for run in chosen]))


show()
