"""Class mode: the strip above the pages, the owner's button and share dialog, and the form for a class code."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gan_demo.boards import addresses
from gan_demo.boards.classroom import Visit, data, share_data
from gan_demo.classroom import page_location
from gan_demo.errors import ConfigError, GanDemoError
from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import app_state
from gan_demo.ui import attempts, session, widgets

ENTRANCES = ("join", "unknown")  # values of ?class= that ask for a code; the last follows a refused one
PAGES = ("train", "compare", "explore", "lab", "learn", "analyse", "help", "home")  # as the last part of an address
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SHARE = widgets.component("classroom/share", ("classroom/share.css",))
_BAR = widgets.component("classroom/class_bar", ("classroom/class_strip.css",))


# ---- the strip


def begin_page() -> None:
    """Forget what the last page showed, and note the class in the address. To be called before each page."""
    session.pop("class-place")
    session.pop("class-strip")
    ticket()


def on_show(page: str, **query: str) -> None:
    """Note what this page shows, so that a class can follow its teacher there; empty parameters are left out."""
    shown = {"page": page, "query": {name: value for name, value in query.items() if value}}
    with suppress(ConfigError):  # an address of somebody's own making
        session.put("class-place", page_location.from_dict(shown))


def end_page(bar: DeltaGenerator) -> None:
    """Draw the strip of the visitor's class into ``bar``, unless the live board has it. To be called after a page."""
    visiting = visit()
    if not visiting.ticket:
        return
    _keep_in_address(visiting.ticket)
    if not session.get("class-strip"):
        with bar:
            _BAR(key="class-strip-bar", data=data(visiting, _linked_run()), on_key_change=lambda: None)


def visit() -> Visit:
    """Return the visitor with their class and what the page shows them."""
    location = session.get("class-place")
    address = st.context.ip_address or ""
    return Visit(session.owner(), address, reachable(app_address())[0], ticket(), location)


def ticket() -> str:
    """Return the ticket of the visitor's class: their own if it is open, else the one that they entered; or "".

    One that ended is returned as long as the session lasts, so that the strip can say so and undo it.
    """
    classes = app_state.current().classes
    own = classes.ticket_of(session.owner())
    if own:
        session.put("class-own", own)
        return own
    linked = session.query("class")
    if linked != session.get("class") and classes.exists(linked):
        session.put("class", linked)
    known = (str(session.get(name, "")) for name in ("class", "class-own"))
    return next((known_ticket for known_ticket in known if classes.exists(known_ticket)), "")


def _keep_in_address(entered: str) -> None:
    """Keep a follower's class in the address of every page, so that a reload does not lose it."""
    classes = app_state.current().classes
    if session.get("class") == entered and classes.location(entered) and session.query("class") != entered:
        session.set_query("class", entered)


def _linked_run() -> RunDir | None:
    """Return the run whose training this page shows."""
    location = session.get("class-place")
    try:
        return session.run(location.run_id) if location is not None and location.run_id else None
    except GanDemoError:
        return None


# ---- the teacher's button and dialog


def show_button(run: RunDir, is_owner: bool) -> None:
    """Draw the button that opens the class dialog, for the owner of the run who is in nobody else's class."""
    if is_owner:
        _button(run.id, _open, addresses.filled(addresses.PRESENTER_PAGE, run_id=run.id))


def page_head(title: str) -> DeltaGenerator:
    """Draw a page's title; return the container beside it, for ``show_page_button``."""
    row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="page-head")
    row.title(title, width="content")
    return row.container(width="content")


def show_page_button(presenter: str = "") -> None:
    """Draw the button that shows this page to a class, for whoever is in nobody else's class.

    ``presenter`` is the address of the page's presenter view. Call it after ``on_show``: a page that shows nothing that
    others could see has no button.
    """
    location = session.get("class-place")
    if location is not None:
        _button(location.page, _open_page, presenter)


def _button(subject: str, show: Callable[[str, str], None], presenter: str) -> None:
    """Draw the button that calls ``show(subject, owner)``, and the dialog while it is open for the subject."""
    classes, own = app_state.current().classes, app_state.current().classes.ticket_of(session.owner())
    if not own and classes.location(str(session.get("class", ""))) is not None:  # attends another class
        return
    st.button(
        t("class.button"),
        icon=":material/co_present:",
        key="class-button",
        on_click=attempts.call,
        args=(show, subject),
        help=t("class.button.help"),
    )
    if own and session.get("class-dialog") == subject:  # set while it is open, as the page may be drawn again meanwhile
        st.dialog(t("class.title"), width="large", on_dismiss=lambda: session.pop("class-dialog"))(_share)(presenter)


def _open(run_id: str, owner: str) -> None:
    app_state.current().classes.show(session.run(run_id), owner)
    session.put("class-dialog", run_id)


def _open_page(page: str, owner: str) -> None:
    """Show the page as it was drawn last; this runs before the page is drawn again."""
    app_state.current().classes.show_location(session.get("class-place"), owner)
    session.put("class-dialog", page)


def _share(presenter: str) -> None:
    address, note = reachable(app_address())
    own = app_state.current().classes.ticket_of(session.owner())
    _SHARE(key="class-share", data=share_data(own, address, note, presenter))


# ---- addresses


def app_address() -> str:
    """Return the app's address in this browser: Streamlit's address without the page's own part."""
    url = (st.context.url or "").rstrip("/")
    page = next((name for name in PAGES if url.endswith(f"/{name}")), "")
    return url.removesuffix(f"/{page}") if page else url


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


# ---- the follower's form


def show_entrance(reason: str) -> None:
    """Draw the form for a class code. ``reason``, one of ENTRANCES: why it is shown."""
    st.title(t("class.join.title"))
    if reason != "join":
        st.warning(t(f"class.join.{reason}"), icon=":material/search_off:")
    with st.form("class-join", border=False, width=420):
        st.text_input(t("class.join.code"), key="class-code", max_chars=12, placeholder="7KF 4QX")
        st.form_submit_button(t("class.join.go"), type="primary", icon=":material/login:", on_click=_enter)


def _enter() -> None:
    classes, code = app_state.current().classes, str(session.get("class-code", ""))
    address = st.context.ip_address or session.owner()
    time.sleep(classes.wait_at_door(code, address))
    try:
        entered = classes.look_up(code, address)
    except GanDemoError:
        session.set_query("class", "unknown")
        return
    session.set_query("class", entered)
    location = classes.location(entered)
    session.link_run(location.run_id if location is not None else "")  # the strip leads on to other pages
