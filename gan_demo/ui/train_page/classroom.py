"""Class mode on the Train page: the owner's button and link, the code that followers type, and what a vote decided."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from gan_demo.boards.classroom import share_data
from gan_demo.classroom import classes, polls
from gan_demo.errors import GanDemoError, JobError
from gan_demo.i18n.text import t
from gan_demo.runs import ownership, setting_changes
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import run_actions, run_control, run_state
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
    """Runs of the command line belong to whoever is here; the first to show one is its teacher."""
    owner = session.owner()
    return ownership.owns(run, owner) and (
        not classes.state(run.id)["open"] or classes.presenter_key(run.id, owner) is not None
    )


def _open(run: RunDir) -> None:
    try:
        ownership.check_owner(run, session.owner())
        classes.show(run, session.owner())
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


def apply(run: RunDir, value: object, owner: str) -> str:
    """Do what a vote decided, from the board's ("vote", {vote, index}); the id of the run to look at then.

    A training that goes on is changed on its way where that is possible. Else its newest state is forked, or where
    there is none it begins anew; the class comes along. Raises GanDemoError.
    """
    if classes.presenter_key(run.id, owner) is None:
        raise JobError("run", run.id, "belongs to someone else", "You can watch it, or start one of your own")
    settings, alive = decided(run, value), run_state.state(run).alive
    classes.clear_poll(run, (classes.state(run.id).get("vote") or {}).get("id", ""))  # it is done once only
    if alive and set(settings) <= set(setting_changes.LIVE):
        run_control.change(run, settings, owner)
        return run.id
    if alive:
        run_control.stop_and_wait(run, owner)
    states = run.states
    if states and states[-1] >= run.config.train.steps:
        settings["steps"] = states[-1] + run.config.train.steps
    return run_actions.fork(run, states[-1], settings, owner) if states else run_actions.again(run, settings, owner)


def decided(run: RunDir, value: object) -> dict[str, object]:
    """The settings of an answer that won the closed vote, factors applied to those in effect. Raises GanDemoError."""
    told = classes.state(run.id).get("vote") or {}
    asked = value if isinstance(value, Mapping) else {}
    index: Any = asked.get("index")
    won = isinstance(index, int) and index in told.get("winners", ())
    if not won or asked.get("vote") != told["id"] or told["open"]:
        raise JobError("vote", "", "is over")
    return polls.settled(classes.chosen(run.id, index), run_control.settings_now(run))


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
        run_id = classes.look_up(str(session.get("class-code", "")), st.context.ip_address or session.owner())
    except JobError:
        session.set_query("class", "wait")
    except GanDemoError:
        session.set_query("class", "unknown")
    else:
        session.set_query("class", "1")
        session.link_run(run_id)
