"""The owner's buttons above a run that is not over: pause, resume, stop, single updates, and its live settings."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from gan_demo.boards import titles
from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import app_state, run_control
from gan_demo.service.run_state import RunState
from gan_demo.training.jobs.job import Job
from gan_demo.ui import attempts, session
from gan_demo.ui.train_page import live_settings

SINGLE_UPDATES = {"both": ":material/skip_next:", "d": ":material/search:", "g": ":material/brush:"}


def show(run: RunDir, state: RunState) -> None:
    """Draw the buttons of a run that has a job, in one order whether it trains or is paused.

    For its owner only: call it for nobody else.
    """
    assert state.job is not None
    job, is_stopping = state.job, session.get("stopping") == state.job.id
    if state.status is Status.RUNNING:
        _button("pause", ":material/pause:", run_control.pause, job, disabled=is_stopping)
    elif state.status is Status.PAUSED:
        _button("resume", ":material/play_arrow:", run_control.unpause, job, primary=True, disabled=is_stopping)
    _button("stopping" if is_stopping else "stop", ":material/stop:", _stop, job, disabled=is_stopping)
    show_live_controls(run, state)


def show_live_controls(run: RunDir, state: RunState) -> None:
    """Draw the single updates, which only a paused run takes, and the popover of live settings; none of a queued run.

    They stand there while it trains, too, so that a pause moves nothing.
    """
    if state.job is None or state.status not in (Status.RUNNING, Status.PAUSED):
        return
    is_paused = state.status is Status.PAUSED
    for network, icon in SINGLE_UPDATES.items():
        st.button(
            t(f"control.{network}"),
            icon=icon,
            key="control-step" if network == "both" else f"control-{network}",
            help=t(f"control.{network}.help") if is_paused else t("control.pause_first"),
            on_click=attempts.call,
            args=(run_control.step, state.job.id, network),
            disabled=not is_paused,
        )
    with st.popover(t("control.change"), icon=":material/tune:", key="control-change"):
        live_settings.show(run)


def _button(
    name: str, icon: str, action: Callable[[str, str], None], job: Job, *, primary: bool = False, disabled: bool = False
) -> None:
    held = titles.rough_duration(app_state.current().jobs.limits.held)  # how long a pause stays in memory
    help_text = t(f"live.{name}.help", time=held) if text.has(f"live.{name}.help") else None
    st.button(
        t(f"live.{name}"),
        icon=icon,
        key=f"control-{name}",
        on_click=attempts.call,
        args=(action, job.id),
        disabled=disabled,
        type="primary" if primary else "secondary",
        help=help_text,
    )


def _stop(job_id: str, owner: str) -> None:
    run_control.stop(job_id, owner)
    session.put("stopping", job_id)
