"""How a run ended, and the buttons that lead on from there."""

from __future__ import annotations

import streamlit as st

from gan_demo.analysis.diagnosis import DIVERGED_FIELDS
from gan_demo.boards import titles
from gan_demo.errors import GanDemoError
from gan_demo.i18n import setting_words, text
from gan_demo.i18n.text import t
from gan_demo.runs import ownership, setting_changes
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import run_actions
from gan_demo.service.run_state import RunState
from gan_demo.ui import attempts, run_file, session, widgets
from gan_demo.ui.customise import form


def show(run: RunDir, state: RunState, is_owner: bool) -> None:
    """Draw how the run ended, a failure with its cause and remedy, and buttons for the next steps."""
    if state.status is Status.FAILED and state.error is not None:
        widgets.show_failure(ownership.visible_error(run, session.owner(), state.error), run.id)
    elif state.status is Status.DONE:
        info = run.info
        st.success(
            t("end.done", step=f"{info.step:,}", time=titles.duration(info.seconds)), icon=":material/check_circle:"
        )
    elif state.status is Status.INTERRUPTED and is_owner:
        st.warning(t("end.interrupted"), icon=":material/power_off:")
    if is_owner and run_file.lacks_images(run):
        st.info(t("run_file.no_images"), icon=":material/image_not_supported:")
    failure = state.error if state.status is Status.FAILED and isinstance(state.error, GanDemoError) else None
    may_copy = not run_file.lacks_images(run) and ownership.may_see_images(run, session.owner())
    with st.container(horizontal=True, key="next"):
        if failure is not None:
            _remedies(run, failure, may_copy)
        if run.checkpoints and st.button(
            t("end.explore"), icon=":material/explore:", key="explore", type="secondary" if failure else "primary"
        ):
            st.switch_page("explore.py", query_params={"run": run.id})
        if is_owner:
            train_on(run, state)
        if may_copy and st.button(t("end.again"), icon=":material/tune:", key="again", help=t("end.again.help")):
            form.fill(run.info.name, run_actions.unfitted(run.config))
            session.put("wanted-settings", True)
            session.link_run("")
            st.rerun()


def _remedies(run: RunDir, failure: GanDemoError, may_copy: bool) -> None:
    """Draw the button of a calmer run after a divergence, and of built-in data where a download failed."""
    if failure.field in DIVERGED_FIELDS and may_copy:
        settings = run_actions.calmer_settings(run.config)
        if st.button(t("end.calmer"), type="primary", key="calmer", help=t("end.calmer.help")):
            attempts.go_to_run(lambda: run_actions.start_again(run, settings, session.owner()))
        changes = setting_words.changes(setting_changes.comparable(run.config), settings)
        st.caption(titles.plain(changes), width="content")
    fallback = str(failure.details.get("fallback", ""))
    if fallback and st.button(t("end.fallback", name=text.named("data", fallback)), type="primary", key="fallback"):
        attempts.go_to_run(lambda: run_actions.start_on_built_in(run, fallback, session.owner()))


def train_on(run: RunDir, state: RunState, in_list: bool = False) -> None:
    """Draw the owner's way to train on: longer than planned, or on to the plan's end. The same in the list of runs."""
    if run_file.lacks_images(run):
        if not in_list:
            run_file.upload_images_again(run)
        return
    suffix = f"-{run.id}" if in_list else ""
    if run.info.state is None and run.info.checkpoints:  # a shipped model has no saved training state
        return
    if state.status is Status.DONE:
        planned = run.config.train.steps
        if st.button(t("end.longer", n=f"{planned:,}"), icon=":material/more_time:", key=f"longer{suffix}"):
            attempts.go_to_run(lambda: _resumed(run, planned))
    elif st.button(t("live.resume"), icon=":material/play_arrow:", key=f"resume{suffix}"):
        attempts.go_to_run(lambda: _resumed(run))


def _resumed(run: RunDir, more_steps: int = 0) -> str:
    run_actions.resume(run, session.owner(), more_steps)
    return run.id
