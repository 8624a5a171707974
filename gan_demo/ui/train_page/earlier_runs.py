"""The list of a visitor's earlier runs on the Train page: with pictures and notes, to open, compare and delete."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from gan_demo.boards import addresses, titles
from gan_demo.errors import GanDemoError
from gan_demo.i18n.text import t
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import run_state, trash
from gan_demo.ui import run_about, session, widgets
from gan_demo.ui.compare_page import choice
from gan_demo.ui.train_page import end, run_file

DAY = 86_400  # seconds
SHOWN_RUNS = 12  # at first, and how many each press shows more
_SHOWN, _DELETED = "earlier-shown", "deleted"  # keys of the session


def show() -> None:
    """Draw the list, with the way to open a run from a file and to delete all failed ones."""
    runs = ownership.own_runs(session.owner())
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="earlier"):
        st.header(t("earlier.title"), width="content")
        with st.container(horizontal=True, horizontal_alignment="right", width="content"):
            _delete_failed(runs)
            run_file.open_run()
    if not runs:
        st.caption(t("earlier.empty"))
    most = session.get(_SHOWN, SHOWN_RUNS)
    for run in runs[:most]:
        with st.container(border=True, key=f"run-{run.id}"):
            try:
                _run(run)
            except GanDemoError as error:  # deleted or damaged meanwhile
                widgets.show_error(error)
    if len(runs) > most:
        st.button(t("earlier.more", n=len(runs) - most), key="earlier-more", on_click=_show_more, args=(most,))


def show_undo() -> None:
    """Draw what was deleted last, with the button that brings it back."""
    deleted: list[tuple[str, str]] = session.get(_DELETED) or []
    if not deleted:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="undo"):
        if len(deleted) == 1:
            st.markdown(t("earlier.deleted", name=titles.plain(deleted[0][1])))
        else:
            st.markdown(t("earlier.deleted_several", n=len(deleted)))
        if st.button(t("earlier.undo"), key="undo-delete"):
            for run_id, _ in deleted:
                trash.restore(run_id)
            session.pop(_DELETED)
            st.rerun()


def _show_more(shown: int) -> None:
    session.put(_SHOWN, shown + SHOWN_RUNS)


def _run(run: RunDir) -> None:
    info, state = run.info, run_state.state(run)
    picture, description, buttons = st.columns([1, 4, 5], vertical_alignment="center")
    with picture:
        _thumbnail(run)
    with description:
        title = titles.plain(titles.run_title(run))
        st.markdown(f"**{title}** · {widgets.status_badge(state)}")
        st.caption(t("earlier.facts", step=f"{info.step:,}", time=titles.duration(info.seconds), when=_when(run)))
        note = titles.run_note(run)
        if note:
            run_about.show_note(note)
    with buttons.container(horizontal=True, horizontal_alignment="right"):
        if st.button(t("earlier.open"), key=f"open-{run.id}"):
            session.link_run(run.id)
            st.rerun()
        if st.button(t("earlier.compare"), key=f"compare-{run.id}"):
            session.go_to("compare.py", **choice.with_run(run.id))
        if not state.is_alive:
            end.train_on_in_list(run, state)
            if st.button(t("earlier.delete"), key=f"delete-{run.id}", type="tertiary", icon=":material/delete:"):
                _delete([run])


def _thumbnail(run: RunDir) -> None:
    """Draw the newest samples; decoration, as the title beside it says what they are."""
    grids = run.grids
    if not grids:
        st.html('<div class="thumbnail"></div>')
        return
    address = addresses.filled(addresses.GRID, run_id=run.id, step=grids[-1])
    st.html(f'<img class="thumbnail" src="{address}" alt="" loading="lazy">')


def _delete_failed(runs: Sequence[RunDir]) -> None:
    failed = [run for run in runs if run_state.state(run).status is Status.FAILED]
    if failed and st.button(
        t("earlier.delete_failed", n=len(failed)), key="delete-failed", type="tertiary", icon=":material/delete_sweep:"
    ):
        _delete(failed)


def _delete(runs: Sequence[RunDir]) -> None:
    """Move runs to the trash; what can't be moved stays, with its error."""
    named = {run.id: titles.run_title(run) for run in runs}
    deleted, error = trash.delete_all(runs, session.owner())
    session.put(_DELETED, [(run_id, named[run_id]) for run_id in deleted])
    if error is not None:
        widgets.show_error(error)
        return
    st.rerun()


def _when(run: RunDir) -> str:
    """Return when a run was created: how long ago for a day, then the date."""
    age = (datetime.now(UTC) - datetime.fromisoformat(run.info.created)).total_seconds()
    return t("earlier.ago", time=titles.rough_duration(age)) if age < DAY else titles.creation_time(run)
