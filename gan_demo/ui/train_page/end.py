"""How a run ended, and the buttons that lead on from there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

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
from gan_demo.ui import attempts, session, widgets
from gan_demo.ui.train_page import browser, files, more, run_file

TRAIN_ON_MINUTES = (5, 15)


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
    if failure is not None:
        may_copy = not run_file.lacks_images(run) and ownership.may_see_images(run, session.owner())
        with st.container(horizontal=True, vertical_alignment="center", key="remedies"):
            _remedies(run, failure, may_copy)
    with st.container(horizontal=True, key="next"):
        if run.intact_checkpoints and st.button(
            t("end.explore"), icon=":material/explore:", key="explore", type="secondary" if failure else "primary"
        ):
            session.go_to("explore.py", run=run.id)
        may_go_on = is_owner and not run_file.lacks_images(run) and _can_go_on(run)
        is_done = state.status is Status.DONE
        if may_go_on and is_done:
            _train_on_menu(run)
        elif may_go_on:
            _resume_button(run, "resume")
        browser.offer_lab(run)
        files.take_away(run)
        more.show(run, is_owner, offers_browser=not (may_go_on and is_done))
    browser.say_what_the_lab_lacks(run)
    if is_owner and run_file.lacks_images(run):
        run_file.upload_images_again(run)


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


def _train_on_menu(run: RunDir) -> None:
    """Draw the owner's menu of how long a run that is done trains on, and where."""
    with st.popover(t("end.train_on"), icon=":material/more_time:"), st.container(key="train-on"):
        st.caption(t("end.train_on.help"))
        for minutes in TRAIN_ON_MINUTES:
            if st.button(t("end.minutes", n=minutes), key=f"train-on-{minutes}", width="stretch"):
                attempts.go_to_run(partial(_after, run, run_actions.train_on, 60.0 * minutes))
        if st.button(_to_the_end(run), key="longer", width="stretch"):
            attempts.go_to_run(lambda: _after(run, run_actions.train_on))
        browser.offer(run)


def train_on_in_list(run: RunDir, state: RunState) -> None:
    """Draw the owner's way to go on with a run in the list of runs: to its last step, or for a while if it is done."""
    if run_file.lacks_images(run) or not _can_go_on(run):
        return
    if state.status is not Status.DONE:
        _resume_button(run, f"resume-{run.id}")
        return
    minutes = TRAIN_ON_MINUTES[0]
    label, help_words = t("end.train_on.minutes", n=minutes), t("end.train_on.help")
    if st.button(label, icon=":material/more_time:", key=f"train-on-{minutes}-{run.id}", help=help_words):
        attempts.go_to_run(partial(_after, run, run_actions.train_on, 60.0 * minutes))


def _resume_button(run: RunDir, key: str) -> None:
    if st.button(t("live.resume"), icon=":material/play_arrow:", key=key):
        attempts.go_to_run(lambda: _after(run, run_actions.resume))


def _can_go_on(run: RunDir) -> bool:
    """Return whether the run has a training state; a shipped model has none."""
    return run.info.state is not None or not run.info.checkpoints


def _to_the_end(run: RunDir) -> str:
    """Return the label of training on to the end of the plan, with about how long that takes at the run's pace."""
    info, end = run.info, run_actions.end_of_plan(run)
    steps = end - info.step
    name = "end.to_plan" if end == info.plan else "end.longer"
    time = titles.duration(steps * info.seconds / max(1, info.step))
    return t(name, n=f"{end if end == info.plan else steps:,}", time=time)


def _after(run: RunDir, action: Callable[..., None], *arguments: float) -> str:
    action(run, session.owner(), *arguments)
    return run.id
