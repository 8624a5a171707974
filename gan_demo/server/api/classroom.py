"""HTTP routes of class mode: the short link, what the teacher points at and shows, polls and votes.

The teacher proves itself by the presenter key in a header; a cookie is not enough, because another site could use it
for its visitors. Bodies are small and checked completely. Nothing here changes a run: its page applies the result of a
poll.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from gan_demo.boards import addresses
from gan_demo.boards import classroom as board_classroom
from gan_demo.classroom import page_location
from gan_demo.classroom.classes import Classes
from gan_demo.classroom.polls import Option
from gan_demo.errors import ConfigError, RunError
from gan_demo.runs import library
from gan_demo.server.api import request_body, responses
from gan_demo.server.api.request_body import Body, RequestRefusedError
from gan_demo.server.state import server_state

KEY_HEADER = "X-Presenter-Key"
MAX_BODY_BYTES = 12_000  # the explorer's state with the settings of all its tools has some 1,000
MAX_CHOICE = 100
_MAX_POINTING = {"at": 2**53, "highlight": 4095}  # a step, and the index of a sample in its sheet
_TAB = re.compile(r"[a-z0-9]{0,16}")
_NO_STORE = responses.headers(responses.NO_STORE)
_STATUS_OF_FIELD = {"vote": 409, "voter": 403, "offer": 409, "pace": 429, "address": 429}  # of an error; 400 for others


@dataclass(frozen=True)
class Sender:
    """Who sent a request about a class: its teacher, a voter of this name, or somebody unknown."""

    ticket: str
    is_teacher: bool
    voter: str | None
    address: str

    @property
    def limited_as(self) -> str:
        """The name under which requests are limited: a flood of strangers holds up neither teacher nor voters."""
        return f"teacher {self.ticket}" if self.is_teacher else f"voter {self.voter}" if self.voter else self.address


Act = Callable[[Classes, Sender, Body], None]


# ---- the short link


async def enter(request: Request) -> Response:
    """Handle GET of a class's link: redirect to what the class is shown, or to a page that asks for the code again.

    The address is relative, so that it holds under any prefix of a proxy.
    """
    classes, code, address = server_state().classes, request.path_params["code"], request_body.address(request)
    await asyncio.sleep(classes.wait_at_door(code, address))
    try:
        ticket = await run_in_threadpool(classes.look_up, code, address)
        location = classes.location(ticket)
        page = location.address({"class": ticket}) if location is not None else ""
    except RunError:
        page = ""
    up = "../../" if request.url.path.endswith("/") else "../"
    page = page or addresses.filled(addresses.CODE_PAGE, reason="unknown")
    return RedirectResponse(up + page, 302, headers=_NO_STORE)


async def ask_for_code(request: Request) -> Response:
    """Handle GET of the link without a code: redirect to a page that asks for one."""
    return RedirectResponse(addresses.filled(addresses.CODE_PAGE, reason="join"), 302, headers=_NO_STORE)


# ---- what browsers send


async def steer(request: Request) -> Response:
    """Handle the teacher's POST of {"at", "highlight", "place", "open", "by"}, any of them.

    "at" is a step or null, "highlight" an index or null, "place" what ``PageLocation.to_dict`` describes, "open"
    whether the class goes on; "by" names the teacher's tab that sent it, which need not follow itself.
    """

    def act(classes: Classes, sender: Sender, body: Body) -> None:
        check_keys(body, {"at", "highlight", "place", "open", "by"})
        for name, most in _MAX_POINTING.items():
            if body.get(name) is not None:
                _whole_number(body[name], most)
        if not isinstance(body.get("by", ""), str) or not _TAB.fullmatch(body.get("by", "")):
            raise RequestRefusedError(400, "by must be up to 16 small letters and digits")
        if not isinstance(body.get("open", True), bool):
            raise RequestRefusedError(400, "open must be true or false")
        location = page_location.from_dict(body["place"]) if "place" in body else None
        if "open" in body:
            classes.set_open(sender.ticket, body["open"])
        if location is not None:
            classes.go_to(sender.ticket, location)
        pointing: Body = {name: body[name] for name in ("at", "highlight", "by") if name in body}
        classes.point(sender.ticket, pointing)

    return await answer(request, act, teacher_only=True)


async def poll(request: Request) -> Response:
    """Handle the teacher's POST of {"start": {"question", "options"}}, {"close": id} or {"clear": id}.

    An option is {"text": str} with or without {"settings": {…}}.
    """

    def act(classes: Classes, sender: Sender, body: Body) -> None:
        if len(body) != 1:
            raise RequestRefusedError(400, "one of start, close and clear")
        ((action, value),) = body.items()
        if action == "start":
            _start_poll(classes, sender.ticket, *_question_and_options(value))
        elif action == "close" and isinstance(value, str):
            classes.close_poll(sender.ticket, value)
        elif action == "clear" and isinstance(value, str):
            classes.clear_poll(sender.ticket, value)
        else:
            raise RequestRefusedError(400, "one of start, close and clear")

    return await answer(request, act, teacher_only=True)


def _start_poll(classes: Classes, ticket: str, question: str, options: list[Option]) -> None:
    """Start a poll; a ready-made one that was not edited appears in each viewer's language."""
    location = classes.location(ticket)
    try:
        run = library.find(location.run_id) if location is not None and location.run_id else None
    except RunError:  # deleted meanwhile
        run = None
    texts = board_classroom.poll_texts(run, question, [option.text for option in options])
    classes.start_poll(ticket, question, options, run.config if run is not None else None, texts)


async def vote(request: Request) -> Response:
    """Handle a voter's POST of {"vote": poll id, "choice": index, "voter": token}."""

    def act(classes: Classes, sender: Sender, body: Body) -> None:
        check_keys(body, {"vote", "choice", "voter"})
        if not isinstance(body.get("vote"), str):
            raise RequestRefusedError(400, "vote must be text")
        choice = _whole_number(body.get("choice"), MAX_CHOICE)
        if sender.voter is None:
            raise RequestRefusedError(403, "no voter of this class")
        classes.vote(sender.ticket, body["vote"], sender.voter, choice)

    return await answer(request, act, teacher_only=False)


async def answer(request: Request, act: Act, teacher_only: bool, max_bytes: int = MAX_BODY_BYTES) -> Response:
    """Check the sender and the body's size, let ``act`` do what the body says, and answer {"ok": true} or an error."""
    try:
        request_body.check_sender(request)
        text = await request_body.text(request, max_bytes)
        await run_in_threadpool(_act, request, text, act, teacher_only)
    except RequestRefusedError as refused:
        return responses.error(refused.status, refused.reason)
    except RunError:
        return responses.not_found("no such run")
    except ConfigError as wrong:
        return responses.error(_STATUS_OF_FIELD.get(wrong.field, 400), str(wrong))
    return JSONResponse({"ok": True}, headers=_NO_STORE)


def _act(request: Request, text: bytes, act: Act, teacher_only: bool) -> None:
    classes, ticket = server_state().classes, request.path_params["ticket"]
    is_teacher = classes.is_presenter(ticket, request.headers.get(KEY_HEADER, ""))
    body = request_body.parsed(text) if is_teacher or not teacher_only else {}
    token = body.get("voter", "")
    voter = classes.voter_name(ticket, token) if isinstance(token, str) else None
    sender = Sender(ticket, is_teacher, voter, request_body.address(request))
    if not server_state().post_limit.take(sender.limited_as):
        raise RequestRefusedError(429, "too many requests")
    if not classes.exists(ticket):
        raise RequestRefusedError(404, "no such class")
    if teacher_only and not is_teacher:
        raise RequestRefusedError(403, "only the teacher of the class may do this")
    act(classes, sender, body)


# ---- checks


def check_keys(body: Body, names: set[str]) -> None:
    """Raise RequestRefusedError unless the body has some of these keys and no other."""
    if not body or set(body) - names:
        raise RequestRefusedError(400, "unknown keys")


def _whole_number(value: object, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise RequestRefusedError(400, "must be a whole number in range")
    return value


def _question_and_options(value: object) -> tuple[str, list[Option]]:
    if not isinstance(value, dict) or set(value) != {"question", "options"} or not isinstance(value["options"], list):
        raise RequestRefusedError(400, "a vote has a question and options")
    options = []
    for option in value["options"]:
        if not isinstance(option, dict) or not {"text"} <= set(option) <= {"text", "settings"}:
            raise RequestRefusedError(400, "an option has a text, and perhaps settings")
        settings = option.get("settings", {})
        if not isinstance(option["text"], str) or not isinstance(settings, dict):
            raise RequestRefusedError(400, "an option has a text, and perhaps settings")
        options.append(Option(option["text"], settings))
    if not isinstance(value["question"], str):
        raise RequestRefusedError(400, "a vote has a question and options")
    return value["question"], options


ROUTES: list[BaseRoute] = [
    responses.route(addresses.CLASS_ENTRANCE, ask_for_code),
    responses.route(addresses.CLASS, enter),
    responses.route(f"{addresses.CLASS}/", enter),
    responses.route(addresses.STEER_CLASS, steer, "POST"),
    responses.route(addresses.POLL, poll, "POST"),
    responses.route(addresses.VOTE, vote, "POST"),
]
