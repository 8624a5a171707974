"""Class mode on the Train page: the owner's button and share dialog, and the form for a class code."""

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
from gan_demo.ui import attempts, session, widgets

ENTRANCES = ("join", "unknown", "wait")  # values of ?class= that ask for a code; the last two follow a refused one
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SHARE = widgets.component("classroom/share", ("classroom/share.css",))


def show_button(run: RunDir, is_owner: bool) -> None:
    """Draw the button that opens the class dialog, for the owner of the run only."""
    if not is_owner or not _may_present(run):
        return
    st.button(
        t("class.button"),
        icon=":material/co_present:",
        key="class-button",
        on_click=attempts.call,
        args=(_open, run.id),
        help=t("class.button.help"),
    )
    if session.get("class-dialog") == run.id:  # set while it is open, as the page may be drawn again meanwhile
        st.dialog(t("class.title"), width="large", on_dismiss=lambda: session.pop("class-dialog"))(_share)(run)


def _may_present(run: RunDir) -> bool:
    """Return whether this visitor owns the run and nobody else presents it, which is possible without an owner file."""
    owner, classes = session.owner(), app_state.current().classes
    is_free = not classes.state(run.id)["open"] or classes.presenter_key(run, owner) is not None
    return is_free and ownership.owns(run, owner)


def _open(run_id: str, owner: str) -> None:
    app_state.current().classes.show(session.run(run_id), owner)
    session.put("class-dialog", run_id)


def _share(run: RunDir) -> None:
    address, note = reachable(app_address())
    _SHARE(key="class-share", data=share_data(run, address, note))


def app_address() -> str:
    """Return the app's address in this browser: Streamlit's address without the page's own part."""
    return (st.context.url or "").rstrip("/").removesuffix("/train")


def reachable(url: str) -> tuple[str, str]:
    """Return (the address at which other devices reach the app, with a slash at its end; a note or "").

    An address of this computer alone becomes its address in the local network, if the server listens there.
    """
    parts = urlsplit(url.rstrip("/") + "/")
    if parts.hostname not in LOOPBACK:
        return urlunsplit(parts), ""
    lan = _lan_address()
    if lan is None or st.get_option("server.address") in LOOPBACK:
        return urlunsplit(parts), t("class.share.local", host=parts.hostname)
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit(parts._replace(netloc=f"{lan}{port}")), t("class.share.lan", host=parts.hostname, address=lan)


def _lan_address() -> str | None:
    """Return this computer's address in the local network, or None. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # an address reserved for documentation (RFC 5737): connecting a UDP socket only chooses a route
            probe.connect(("192.0.2.1", 9))
            address = str(probe.getsockname()[0])
        except OSError:
            return None
    return None if address in (*LOOPBACK, "0.0.0.0") else address


def show_entrance(reason: str) -> None:
    """Draw the form for a class code. ``reason``, one of ENTRANCES: why it is shown."""
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
