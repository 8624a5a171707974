"""Calls to the service that may fail: the page shows the error instead of the result."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import streamlit as st

from gan_demo.errors import GanDemoError
from gan_demo.ui import session, widgets

_ERROR = "problem"  # the session's key of an error that is shown with the next drawing of the page


def call(action: Callable[..., None], run_id: str, *arguments: Any) -> None:
    """Call ``action(run_id, owner, *arguments)`` in a widget's callback; keep its error to be shown."""
    try:
        action(run_id, session.owner(), *arguments)
    except GanDemoError as error:  # for example: the run ended before the click arrived
        keep_error(error)


def keep_error(error: GanDemoError) -> None:
    """Keep an error of a callback until the page is drawn."""
    session.put(_ERROR, error)


def show_kept_error() -> None:
    """Draw the error of the callback that ran before this drawing of the page, if there was one."""
    error = session.pop(_ERROR)
    if isinstance(error, GanDemoError):
        widgets.show_error(error)


def go_to_run(start: Callable[[], str], waiting: str = "") -> None:
    """Call ``start``, which returns the id of a run, and go to that run; where it fails, show its error and stay.

    ``waiting`` is shown with a spinner meanwhile.
    """
    with st.container(key="attempt"):  # on a line of its own below a row of buttons, see widgets.STYLE
        try:
            with st.spinner(waiting) if waiting else nullcontext():
                run_id = start()
        except GanDemoError as error:
            widgets.show_error(error)
            return
    session.link_run(run_id)
    st.rerun()
