"""Class mode on the Train page: the owner's button and link, and the code that followers type."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from gan_demo.boards.classroom import share_data
from gan_demo.errors import GanDemoError, JobError
from gan_demo.i18n.text import t
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import app_state
from gan_demo.ui import session, widgets

ENTRANCES = ("join", "unknown", "wait")  # what ?class= says when no run goes with it
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SHARE = widgets.component("class_share", "class_share.css")


def show_button(run: RunDir, is_owner: bool) -> None:
    """Draw the button that opens the class dialog, for the owner of the run only."""
    if not is_owner or not _may_present(run):
        return
    st.button(
        t("class.button"), icon=":material/co_present:", key="class-button", on_click=_open, args=(run,),
        help=t("class.button.help"),
    )  # fmt: skip
    if session.get("class-dialog") == run.id:  # kept while it is open: the page may be drawn again meanwhile
        st.dialog(t("class.title"), width="large", on_dismiss=lambda: session.pop("class-dialog"))(_share)(run)


def _may_present(run: RunDir) -> bool:
    """Return whether this visitor owns the run and nobody else presents it, as may be with runs of the command line."""
    owner, classes = session.owner(), app_state.current().classes
    is_free = not classes.state(run.id)["open"] or classes.presenter_key(run, owner) is not None
    return is_free and ownership.owns(run, owner)


def _open(run: RunDir) -> None:
    try:
        app_state.current().classes.show(run, session.owner())
        session.put("class-dialog", run.id)
    except GanDemoError as error:
        session.put("problem", error)


def _share(run: RunDir) -> None:
    address, note = reachable(app_address())
    _SHARE(key="class-share", data=share_data(run, address, note))


def app_address() -> str:
    """Where the app is for this browser; Streamlit's address ends with this page's own."""
    return (st.context.url or "").rstrip("/").removesuffix("/train")


def reachable(url: str) -> tuple[str, str]:
    """(where the app is, as others reach it, with a slash at its end; a word of warning or "")."""
    parts = urlsplit(url.rstrip("/") + "/")
    if parts.hostname not in LOOPBACK:
        return urlunsplit(parts), ""
    lan = _lan_address()
    if lan is None or st.get_option("server.address") in LOOPBACK:
        return urlunsplit(parts), t("class.share.local", host=parts.hostname)
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit(parts._replace(netloc=f"{lan}{port}")), t("class.share.lan", host=parts.hostname, address=lan)


def _lan_address() -> str | None:
    """This computer's address in its network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address that is nobody's, RFC 5737: only the way there matters
            found = str(probe.getsockname()[0])
        except OSError:
            return None
    return None if found in (*LOOPBACK, "0.0.0.0") else found


def show_entrance(reason: str) -> None:
    """Ask for the code of a class; ``reason``: one of ENTRANCES."""
    st.title(t("class.join.title"))
    if reason != "join":
        st.warning(t(f"class.join.{reason}"), icon=":material/search_off:")
    with st.form("class-join", border=False, width=420):
        st.text_input(t("class.join.code"), key="class-code", max_chars=12, placeholder="7KF 4QX")
        st.form_submit_button(t("class.join.go"), type="primary", icon=":material/login:", on_click=_enter)


def _enter() -> None:
    try:
        address = st.context.ip_address or session.owner()
        run_id = app_state.current().classes.look_up(str(session.get("class-code", "")), address)
    except JobError:
        session.set_query("class", "wait")
    except GanDemoError:
        session.set_query("class", "unknown")
    else:
        session.set_query("class", "1")
        session.link_run(run_id)
