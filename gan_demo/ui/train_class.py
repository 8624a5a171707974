"""Class mode on the Train page: the owner's button and link, the code that followers type, and what a vote decided."""

from __future__ import annotations

import io
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import segno
import streamlit as st

from gan_demo import changes, classroom, ownership, polls
from gan_demo.errors import GanDemoError, JobError
from gan_demo.i18n.text import keys, t
from gan_demo.runs import RunDir
from gan_demo.ui import actions, session, widgets
from gan_demo.ui.train_controls import loss_settings

ENTRANCES = ("join", "unknown", "wait")  # what ?class= says when no run goes with it
LOOPBACK = ("localhost", "127.0.0.1", "::1")
QUIET = 4  # modules of white around a QR code, as ISO/IEC 18004 asks
_SHARE = widgets.component("class_share", "class_share.css")


# ---- the owner's button


def class_button(run: RunDir, mine: bool) -> None:
    """Beside the run's other controls, for its owner alone."""
    if not mine or not _is_own(run):
        return
    st.button(
        t("class.button"), icon=":material/co_present:", key="class-button", on_click=_open, args=(run,),
        help=t("class.button.help"),
    )  # fmt: skip
    if session.get("class-dialog") == run.id:  # kept while it is open: the page may be drawn again meanwhile
        st.dialog(t("class.title"), width="large", on_dismiss=lambda: session.pop("class-dialog"))(_share)(run)


def _is_own(run: RunDir) -> bool:
    """Runs of the command line belong to whoever is here; the first to show one is its teacher."""
    owner = session.owner()
    return ownership.owns(run, owner) and (
        not classroom.state(run.id)["open"] or classroom.presenter_key(run.id, owner) is not None
    )


def _open(run: RunDir) -> None:
    try:
        ownership.check_owner(run, session.owner())
        classroom.show(run, session.owner())
        session.put("class-dialog", run.id)
    except GanDemoError as error:
        session.put("problem", error)


def _share(run: RunDir) -> None:
    code = classroom.state(run.id).get("code", "")
    base, note = _reachable(_base())
    link = f"{base}c/{code}"
    words = ("qr", "type", "copy", "copied", "not_copied", "present")
    _SHARE(
        key="class-share",
        data={
            "svg": qr_svg(link), "link": link, "address": _bare(base) + "c/", "code": code, "note": note,
            "presenter": f"train?run={quote(run.id, safe='')}&view=presenter",
            "texts": {word: t(f"class.share.{word}") for word in words},
        },
    )  # fmt: skip


def qr_svg(link: str) -> str:
    """A QR code as SVG, dark on light in every theme: many readers take no other."""
    file = io.BytesIO()
    code = segno.make_qr(link, error="m")
    code.save(file, kind="svg", border=QUIET, dark="#000", light="#fff", xmldecl=False, svgns=True, omitsize=True)
    return file.getvalue().decode()


def _base() -> str:
    """Where the app is for this browser; Streamlit's address ends with this page's own."""
    return (st.context.url or "").rstrip("/").removesuffix("/train")


def _reachable(url: str) -> tuple[str, str]:
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


def _bare(base: str) -> str:
    """An address as one types it."""
    return base.partition("://")[2]


# ---- the board


def board_data(run: RunDir) -> dict[str, Any]:
    """What the board's strip needs besides the stream: ``data.classroom`` of components/live_board/classroom.mjs."""
    base, _ = _reachable(_base())
    owner = session.owner()
    return {
        "presenterKey": classroom.presenter_key(run.id, owner) if ownership.owns(run, owner) else None,
        "title": widgets.run_title(run, run.info.name),
        "join": _bare(base) + "c/",
        "templates": _templates(run),
        "texts": {key.removeprefix("class.strip."): t(key) for key in keys("class.strip.")},
    }


def _templates(run: RunDir) -> list[dict[str, Any]]:
    """Votes that fit the run, in words; the first is what the form opens with."""
    train = run.config.train
    other = {"hinge": "relativistic", "relativistic": "hinge"}.get(train.loss, "relativistic")
    needed = {"loss": other} | loss_settings(run.config, other)
    if train.label_smoothing and other == "relativistic":  # that loss takes none
        needed["label_smoothing"] = 0
    return [
        _template("lr", {"up": {"lr": {"times": 2}}, "same": {}, "down": {"lr": {"times": 0.5}}}),
        _template("loss", {"same": {}, "other": needed}, loss=t(f"loss.{other}")),
        _template("d_steps", {f"n{n}": {"d_steps": n} for n in (1, 2, 5)}),
        _template("guess", {"better": {}, "same": {}, "worse": {}}),
        _template("own", {"first": {}, "second": {}}),
    ]


def _template(name: str, options: Mapping[str, Mapping[str, Any]], **values: str) -> dict[str, Any]:
    key = f"class.vote.{name}"
    return {
        "name": t(key),
        "question": t(f"{key}.question"),
        "options": [
            {"text": t(f"{key}.{one}", **values), "settings": {**settings}} for one, settings in options.items()
        ],
    }


def apply(run: RunDir, value: object, owner: str) -> str:
    """Do what a vote decided, from the board's ("vote", {vote, index}); the id of the run to look at then.

    A training that goes on is changed on its way where that is possible. Else its newest state is forked, or where
    there is none it begins anew; the class comes along. Raises GanDemoError.
    """
    if classroom.presenter_key(run.id, owner) is None:
        raise JobError("run", run.id, "belongs to someone else", "You can watch it, or start one of your own")
    settings, alive = decided(run, value), actions.state(run).alive
    classroom.clear_poll(run, (classroom.state(run.id).get("vote") or {}).get("id", ""))  # it is done once only
    if alive and set(settings) <= set(changes.LIVE):
        actions.change(run, settings, owner)
        return run.id
    if alive:
        actions.stop_and_wait(run, owner)
    states = run.states
    if states and states[-1] >= run.config.train.steps:
        settings["steps"] = states[-1] + run.config.train.steps
    return actions.fork(run, states[-1], settings, owner) if states else actions.again(run, settings, owner)


def decided(run: RunDir, value: object) -> dict[str, object]:
    """The settings of an answer that won the closed vote, factors applied to those in effect. Raises GanDemoError."""
    told = classroom.state(run.id).get("vote") or {}
    asked = value if isinstance(value, Mapping) else {}
    index: Any = asked.get("index")
    won = isinstance(index, int) and index in told.get("winners", ())
    if not won or asked.get("vote") != told["id"] or told["open"]:
        raise JobError("vote", "", "is over")
    return polls.settled(classroom.chosen(run.id, index), actions.settings_now(run))


# ---- the followers' door


def entrance(why: str) -> None:
    """Ask for the code of a class; ``why``: one of ENTRANCES."""
    st.title(t("class.join.title"))
    if why != "join":
        st.warning(t(f"class.join.{why}"), icon=":material/search_off:")
    with st.form("class-join", border=False, width=420):
        st.text_input(t("class.join.code"), key="class-code", max_chars=12, placeholder="7KF 4QX")
        st.form_submit_button(t("class.join.go"), type="primary", icon=":material/login:", on_click=_enter)


def _enter() -> None:
    try:
        run_id = classroom.look_up(str(session.get("class-code", "")), st.context.ip_address or session.owner())
    except JobError:
        session.set_query("class", "wait")
    except GanDemoError:
        session.set_query("class", "unknown")
    else:
        session.set_query("class", "1")
        session.link_run(run_id)
