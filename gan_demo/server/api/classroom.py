"""Routes of class mode: the short link for followers, and the requests of teachers and followers.

The teacher's browser sends its key in a header; a cookie alone is not enough, so that no other site can act for its
visitors. Bodies are small and checked completely. Nothing here changes a run: its page applies the result of a poll.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from gan_demo.boards import addresses
from gan_demo.classroom.classes import Classes
from gan_demo.classroom.polls import Option
from gan_demo.errors import ConfigError, JobError, RunError
from gan_demo.runs import library
from gan_demo.runs.ownership import OWNER_COOKIE, valid_token
from gan_demo.runs.run_dir import RunDir
from gan_demo.server.api import request_body, responses
from gan_demo.server.api.request_body import Body, RequestRefusedError
from gan_demo.server.state import server_state

Act = Callable[[Classes, RunDir, Body], None]

KEY_HEADER = "X-Presenter-Key"
MAX_BODY_BYTES = 4096
MAX_CHOICE = 100
_MAX_POINTING = {"at": 2**53, "highlight": 4095}  # a step, and the index of a sample in its sheet
_VOTER = re.compile(r"[A-Za-z0-9_-]{16,64}")
_TAB = re.compile(r"[a-z0-9]{0,16}")
_NO_STORE = responses.headers(responses.NO_STORE)


# ---- the short link


async def enter(request: Request) -> Response:
    """Handle GET of a class's link: redirect to its run, or to a page that asks for the code again.

    The address is relative, so that it holds under any prefix of a proxy.
    """
    code, address = request.path_params["code"], request_body.address(request)
    try:
        run_id = await run_in_threadpool(server_state().classes.look_up, code, address)
        page = addresses.filled(addresses.FOLLOWER_PAGE, run_id=run_id)
    except RunError:
        page = addresses.filled(addresses.CODE_PAGE, reason="unknown")
    except JobError:
        page = addresses.filled(addresses.CODE_PAGE, reason="wait")
    up = "../../" if request.url.path.endswith("/") else "../"
    return RedirectResponse(up + page, 302, headers=_NO_STORE)


async def ask_for_code(request: Request) -> Response:
    """Handle GET of the link without a code: redirect to a page that asks for one."""
    return RedirectResponse(addresses.filled(addresses.CODE_PAGE, reason="join"), 302, headers=_NO_STORE)


# ---- what browsers send


async def steer(request: Request) -> Response:
    """Handle the teacher's POST of {"at": step|null, "highlight": index|null, "open": bool, "by": tab}, any of them.

    "by" names the teacher's tab that sent it, which need not follow itself.
    """

    def act(classes: Classes, run: RunDir, body: Body) -> None:
        _check_keys(body, {"at", "highlight", "open", "by"})
        for name, most in _MAX_POINTING.items():
            if body.get(name) is not None:
                _whole_number(body[name], most)
        if not isinstance(body.get("by", ""), str) or not _TAB.fullmatch(body.get("by", "")):
            raise RequestRefusedError(400, "by must be up to 16 small letters and digits")
        if not isinstance(body.get("open", True), bool):
            raise RequestRefusedError(400, "open must be true or false")
        if "open" in body:
            classes.set_open(run, body["open"])
        classes.point(run.id, {name: value for name, value in body.items() if name != "open"})

    return await _answer(request, act, teacher_only=True)


async def poll(request: Request) -> Response:
    """Handle the teacher's POST of {"start": {"question", "options"}}, {"close": id} or {"clear": id}.

    An option is {"text": str} with or without {"settings": {…}}.
    """

    def act(classes: Classes, run: RunDir, body: Body) -> None:
        if len(body) != 1:
            raise RequestRefusedError(400, "one of start, close and clear")
        ((action, value),) = body.items()
        if action == "start":
            question, options = _question_and_options(value)
            classes.start_poll(run, question, options)
        elif action == "close" and isinstance(value, str):
            classes.close_poll(run, value)
        elif action == "clear" and isinstance(value, str):
            classes.clear_poll(run, value)
        else:
            raise RequestRefusedError(400, "one of start, close and clear")

    return await _answer(request, act, teacher_only=True)


async def vote(request: Request) -> Response:
    """Handle anyone's POST of {"vote": poll id, "choice": index}, and "voter" where cookies are refused."""
    cookie = request.cookies.get(OWNER_COOKIE, "")

    def act(classes: Classes, run: RunDir, body: Body) -> None:
        _check_keys(body, {"vote", "choice", "voter"})
        voter = body.get("voter", "")
        if not isinstance(body.get("vote"), str) or not isinstance(voter, str):
            raise RequestRefusedError(400, "vote and voter must be text")
        choice = _whole_number(body.get("choice"), MAX_CHOICE)
        if not valid_token(cookie) and not _VOTER.fullmatch(voter):
            raise RequestRefusedError(400, "no cookie, and no voter of 16 to 64 letters and digits")
        classes.vote(run, body["vote"], f"cookie {cookie}" if valid_token(cookie) else f"voter {voter}", choice)

    return await _answer(request, act, teacher_only=False)


async def _answer(request: Request, act: Act, teacher_only: bool) -> Response:
    """Check the sender and the body's size, let ``act`` do what the body says, and answer {"ok": true} or an error."""
    try:
        if not server_state().post_limit.take(request_body.address(request)):
            raise RequestRefusedError(429, "too many requests")
        request_body.check_sender(request)
        text = await request_body.text(request, MAX_BODY_BYTES)
        await run_in_threadpool(_act, request, text, act, teacher_only)
    except RequestRefusedError as refused:
        return responses.error(refused.status, refused.reason)
    except RunError:
        return responses.not_found("no such run")
    except ConfigError as wrong:
        return responses.error(409 if wrong.field == "vote" else 400, str(wrong))
    return JSONResponse({"ok": True}, headers=_NO_STORE)


def _act(request: Request, text: bytes, act: Act, teacher_only: bool) -> None:
    classes, run = server_state().classes, library.find(request.path_params["run_id"])
    if teacher_only and not classes.is_presenter(run.id, request.headers.get(KEY_HEADER, "")):
        raise RequestRefusedError(403, "only the owner of the run may do this")
    act(classes, run, request_body.parsed(text))


# ---- checks


def _check_keys(body: Body, names: set[str]) -> None:
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
