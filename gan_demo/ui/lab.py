"""The Lab page: a GAN of points in the plane, trained in the viewer's own browser."""

from __future__ import annotations

from typing import Any

import streamlit as st

from gan_demo.boards import addresses
from gan_demo.boards.lab import page
from gan_demo.boards.titles import plain
from gan_demo.errors import GanDemoError
from gan_demo.export import lab_script
from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir
from gan_demo.ui import attempts, classroom, session, widgets
from gan_demo.ui.train_page import browser

KEY = "lab"
SCRIPT = "lab.script"  # the session's answer to its last request for a script
_LAB = widgets.component(
    "lab/lab",
    (
        "shared/range.css",
        "vendor/uplot/uplot.css",
        "curves/curves.css",
        "shared/controls.css",
        "lab/lab.css",
        "shared/presenter.css",
    ),
)


def show() -> None:
    """Draw the page."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", key="heading"):
        st.title(t("lab.title"), width="content")
        classroom.on_show("lab")
        classroom.show_page_button(addresses.LAB_PRESENTER_PAGE)
    attempts.show_kept_error()
    _LAB(key=KEY, data=page.data(session.get(SCRIPT), _linked_run()), on_script_change=_write_script)


def _linked_run() -> RunDir | None:
    """Return the run in the address that the lab goes on with; where it can't, say why and return None."""
    if not session.linked_run():
        return None
    try:
        run = session.run(session.linked_run())
    except GanDemoError as error:
        widgets.show_error(error)
        return None
    obstacle = browser.why_not_in_lab(run)
    if not obstacle:
        return run
    st.info(obstacle, icon=":material/experiment:")
    return None


def _write_script() -> None:
    """Answer the component's request for a script."""
    request = getattr(session.get(KEY), "script", None)
    if isinstance(request, dict) and isinstance(request.get("settings"), dict):
        session.put(SCRIPT, {"request": request.get("request"), **_script(request["settings"])})


def _script(settings: dict[str, Any]) -> dict[str, str]:
    try:
        return {"name": lab_script.NAME, "text": lab_script.lab_script(settings), "trouble": ""}
    except GanDemoError as error:
        return {"name": "", "text": "", "trouble": " ".join(plain(part) for part in text.error_message(error) if part)}


show()
