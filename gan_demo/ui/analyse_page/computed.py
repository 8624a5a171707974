"""A part's result: from the cache, or computed beside everything else, with its progress and a way to stop."""

from __future__ import annotations

from typing import Any

import streamlit as st

from gan_demo.errors import GanDemoError
from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import analyses
from gan_demo.support.background_tasks import StoppedError
from gan_demo.ui import session, widgets

REFRESH_SECONDS = 0.5
AT_ONCE_SECONDS = 0.3  # what takes no longer shows no progress
_STOPPED = "analyse-stopped"  # the part that this visitor stopped


def value(run: RunDir, part: str, step: int) -> dict[str, Any] | None:
    """Return a part's result; or begin to compute it, draw how far that is, and return None."""
    key = (run.id, part, step)
    result = analyses.result(run, part, step)
    if result is not None:
        return result
    if session.get(_STOPPED) == key:
        _again(run, t("analyse.stopped"), t("analyse.compute"))
        return None
    task = analyses.task(run, part, step)
    if task is not None and task.over.is_set() and task.error is not None:
        _failed(task.error, run)
        return None
    task = analyses.start(run, part, step, session.owner())
    if task is None:
        _again(run, t("analyse.busy"), t("analyse.again"))
        return None
    if task.over.wait(AT_ONCE_SECONDS) and task.error is None:
        return analyses.result(run, part, step)
    st.fragment(_progress, run_every=REFRESH_SECONDS)(*key)
    return None


def _progress(run_id: str, part: str, step: int) -> None:
    """Draw how far the computation is; draw the whole page again when it is over."""
    try:
        task = analyses.task(session.run(run_id), part, step)
    except GanDemoError:  # deleted in another tab
        st.rerun()
    if task is None or task.over.is_set():
        st.rerun()
    st.progress(task.share, t("analyse.computing", percent=f"{task.share:.0%}"))
    st.button(
        t("analyse.stop"), icon=":material/stop:", key="analyse-stop", on_click=_stop, args=((run_id, part, step),)
    )


def _stop(key: tuple[str, str, int]) -> None:
    session.put(_STOPPED, key)
    task = analyses.task(session.run(key[0]), key[1], key[2])
    if task is not None:
        task.leave(session.owner())


def _failed(error: BaseException, run: RunDir) -> None:
    """Draw why a computation failed. It begins again when the button is pressed."""
    if isinstance(error, StoppedError):
        _again(run, t("analyse.too_long"), t("analyse.again"))
        return
    if isinstance(error, GanDemoError):
        widgets.show_error(error)
    else:
        st.error(t("analyse.failed"), icon=":material/error:")
        widgets.help_link(run.id, t("help.diagnostics"), ":material/bug_report:")
    _again_button(run, t("analyse.again"))


def _again(run: RunDir, sentence: str, label: str) -> None:
    st.info(sentence, icon=":material/info:")
    _again_button(run, label)


def _again_button(run: RunDir, label: str) -> None:
    st.button(label, icon=":material/refresh:", key="analyse-again", on_click=_forget, args=(run.id,))


def _forget(run_id: str) -> None:
    session.pop(_STOPPED)
    analyses.forget_errors(session.run(run_id))
