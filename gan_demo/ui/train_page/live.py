"""The Train page with a run: what it does, live; its controls; and what to do when it is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from gan_demo.boards import titles
from gan_demo.errors import GanDemoError
from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import job_manager, remedies, run_control, run_state
from gan_demo.service.run_state import State
from gan_demo.training.jobs import Job
from gan_demo.ui import session, widgets
from gan_demo.ui.train_page import board, classroom, controls, end

QUEUE_TICK = 3.0  # seconds between two looks at those ahead in the queue


def show(run: RunDir) -> None:
    """Draw it. The board in it goes on by itself; this runs again when the page around it must change."""
    now = run_state.state(run)
    mine = ownership.owns(run, session.owner())
    _header(run, now, mine)
    problem = session.pop("problem")
    if isinstance(problem, GanDemoError):
        widgets.show_error(problem)
    wanted = session.get("fork-step")  # kept while the dialog is open: the page may be drawn again meanwhile
    if wanted and wanted[0] == run.id:
        controls.fork_dialog(run, wanted[1], on_dismiss=lambda: session.pop("fork-step"))
    if not now.alive:
        session.pop("stopping")
        end.notice(run, now, mine)
    if now.status is Status.QUEUED:
        st.fragment(_queue, run_every=QUEUE_TICK)(run.id)
    else:
        board.board(run, now, lambda name, value: _asked(run.id, name, value))
    end.footer(run, mine)


def _asked(run_id: str, name: str, value: Any) -> None:
    """What the board asked for; a change of status needs nothing but the drawing that follows."""
    if name == "remedy" and value:
        _try(lambda run_id, owner: session.link_run(remedies.apply(session.run(run_id), str(value), owner)), run_id)
    elif name == "vote" and value:
        _try(lambda run_id, owner: session.link_run(classroom.apply(session.run(run_id), value, owner)), run_id)
    elif name == "fork" and isinstance(value, int):
        session.put("fork-step", (run_id, value))


def _header(run: RunDir, now: State, mine: bool) -> None:
    words, buttons = st.columns([4, 5], vertical_alignment="bottom")
    with words:
        title = titles.plain(titles.run_title(run, run.info.name))
        st.markdown(f"## {title} {widgets.status_badge(now)}")
    with buttons.container(horizontal=True, horizontal_alignment="right", key="controls"):
        classroom.class_button(run, mine)
        if now.alive and now.job is not None and mine:
            controls.live_controls(run, now)
            _controls(now)
        elif now.alive:
            st.markdown(f":gray[:material/visibility: {t('live.watching')}]", help=t("live.watching.help"))
        else:
            st.button(t("live.new"), icon=":material/add:", key="new-run", on_click=session.link_run, args=("",))


def _controls(now: State) -> None:
    assert now.job is not None
    job, stopping = now.job, session.get("stopping") == now.job.id
    if now.status is Status.RUNNING:
        _button("pause", ":material/pause:", run_control.pause, job, disabled=stopping)
    elif now.status is Status.PAUSED:
        _button("resume", ":material/play_arrow:", run_control.unpause, job, primary=True, disabled=stopping)
    _button("stopping" if stopping else "stop", ":material/stop:", _stop, job, disabled=stopping)


def _button(
    name: str, icon: str, act: Callable[[str, str], None], job: Job, *, primary: bool = False, disabled: bool = False
) -> None:
    words = t(f"live.{name}.help") if text.has(f"live.{name}.help") else None
    st.button(
        t(f"live.{name}"), icon=icon, key=f"control-{name}", on_click=_try, args=(act, job.id), disabled=disabled,
        type="primary" if primary else "secondary", help=words,
    )  # fmt: skip


def _try(act: Callable[[str, str], None], job_id: str) -> None:
    try:
        act(job_id, session.owner())
    except GanDemoError as error:  # such as: it ended while the button was on its way
        session.put("problem", error)


def _stop(job_id: str, owner: str) -> None:
    run_control.stop(job_id, owner)
    session.put("stopping", job_id)


# ---- while it waits


def _queue(run_id: str) -> None:
    job = job_manager.manager().get(run_id)
    if job is None or job.snapshot.status is not Status.QUEUED:
        st.rerun()
    ahead = run_control.ahead_of(job)
    st.info(t("queue.place", n=job.snapshot.position), icon=":material/hourglass_top:")
    for one in ahead:
        progress = one.snapshot.progress
        left = getattr(progress, "seconds_left", None)
        name = text.named("preset", one.name) if one.owner == session.owner() else t("queue.someone")
        st.markdown(f"- {name}: " + (t("queue.left", time=titles.duration(left)) if left else t("queue.unknown")))
    mine = [one for one in ahead if one.owner == session.owner() and one.snapshot.position == 0]
    if mine and job.owner == session.owner():
        st.button(
            t("queue.jump", name=text.named("preset", mine[0].name)), type="primary", key="queue-jump", on_click=_try,
            args=(run_control.stop, mine[0].id),
        )  # fmt: skip
