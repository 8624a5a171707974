"""The Train page with a run: its live board, its owner's controls, and what to do when it is over."""

from __future__ import annotations

from typing import Any

import streamlit as st

from gan_demo.boards import titles
from gan_demo.i18n.text import t
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import app_state, remedies, run_control, run_state, votes
from gan_demo.service.run_state import RunState
from gan_demo.ui import attempts, classroom, run_about, session, widgets
from gan_demo.ui.analyse_page import entry as analyse_entry
from gan_demo.ui.train_page import board, controls, end, files, fork_dialog

_CONTROLS = {"pause": run_control.pause, "resume": run_control.unpause}
QUEUE_SECONDS = 2.0  # between two looks at whether a run has its first turn


def show(run: RunDir) -> None:
    """Draw the page. The board updates itself; this runs again when the page around the board must change."""
    state = run_state.state(run)
    is_owner = ownership.owns(run, session.owner())
    classroom.on_show("train", run=run.id)
    _header(run, state, is_owner)
    run_about.show(run)
    attempts.show_kept_error()
    fork = session.get("fork-step")  # (run id, step) while the dialog is open, as the page may be drawn again meanwhile
    if fork and fork[0] == run.id:
        fork_dialog.show(run, fork[1], on_dismiss=lambda: session.pop("fork-step"))
    if (set_back := run.info.set_back) is not None:
        lost, step = (f"{number:,}" for number in set_back)
        st.warning(t("end.set_back", lost=lost, step=step), icon=":material/history:")
    if not state.is_alive:
        widgets.damaged_checkpoints(run)
        session.pop("stopping")
        end.show(run, state, is_owner)
    if is_owner and state.job is not None and state.job.snapshot.is_crowded:
        _offer_meanwhile()
    if state.status is Status.QUEUED:
        st.fragment(_queue, run_every=QUEUE_SECONDS)(run.id)
    else:
        board.show(run, state, lambda event, value: _on_board_event(run.id, event, value))
    analyse_entry.show(run, state)
    files.show(run, with_menus=state.is_alive, is_owner=is_owner)


def _on_board_event(run_id: str, event: str, value: Any) -> None:
    """Do what the viewer chose on the board; a "status" event needs only the drawing of the page that follows."""
    if event == "remedy" and value:
        attempts.call(_apply_remedy, run_id, str(value))
    elif event == "vote" and value:
        attempts.call(_apply_vote, run_id, value)
    elif event == "control" and value in _CONTROLS:
        attempts.call(_CONTROLS[value], run_id)
    elif event == "fork" and isinstance(value, int):
        session.put("fork-step", (run_id, value))


def _apply_remedy(run_id: str, owner: str, finding: str) -> None:
    session.link_run(remedies.apply(session.run(run_id), finding, owner))


def _apply_vote(run_id: str, owner: str, answer: object) -> None:
    session.link_run(votes.apply(session.run(run_id), answer, owner))


def _header(run: RunDir, state: RunState, is_owner: bool) -> None:
    row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", key="heading")
    with row:
        title = titles.plain(titles.heading(run))
        st.markdown(f"# {title} {widgets.status_badge(state)}", width="content")
    with row.container(horizontal=True, horizontal_alignment="right", gap="xsmall", width="content", key="controls"):
        classroom.show_button(run, is_owner)
        if state.is_alive and state.job is not None and is_owner:
            controls.show(run, state)
        elif state.is_alive:
            st.markdown(f":gray[:material/visibility: {t('live.watching')}]", help=t("live.watching.help"))
        else:
            st.button(t("live.new"), icon=":material/add:", key="new-run", on_click=session.link_run, args=("",))


# ---- while it waits for its first turn


def _queue(run_id: str) -> None:
    job = app_state.current().jobs.get(run_id)
    if job is None or job.snapshot.status is not Status.QUEUED:
        st.rerun()
    first = job.snapshot.position - 1
    st.info(t("queue.place", n=first) if first > 0 else t("queue.next"), icon=":material/hourglass_top:")
    if job.snapshot.sharing:
        st.caption(t("queue.sharing", n=job.snapshot.sharing))
    _offer_meanwhile()


def _offer_meanwhile() -> None:
    """Draw links to the explorer and the lab, for whoever waits for a turn."""
    with st.container(horizontal=True, key="meanwhile"):
        widgets.page_link("explore.py", t("queue.explore"), ":material/explore:")
        widgets.page_link("lab.py", t("queue.lab"), ":material/experiment:")
