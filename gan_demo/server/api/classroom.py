"""The addresses of class mode: a short link for followers, and what the owner's and the followers' browsers send.

Who controls shows the owner's key in a header; a cookie alone moves nothing, so no other site can act for its visitors.
Bodies are small, and checked to the last key. Nothing here changes a run: settings that won a vote go through its page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gan_demo.classroom import classes
from gan_demo.classroom.polls import Option
from gan_demo.errors import ConfigError, JobError, RunError
from gan_demo.runs import library
from gan_demo.runs.ownership import OWNER_COOKIE, valid_token
from gan_demo.runs.run_dir import RunDir
from gan_demo.server.api import request_body
from gan_demo.server.api.request_body import Body, Refused
from gan_demo.support.rate_limit import Throttle

KEY_HEADER = "X-Presenter-Key"
MOST_BYTES = 4096
_NEVER_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_VOTER = re.compile(r"[A-Za-z0-9_-]{16,64}")
_TAB = re.compile(r"[a-z0-9]{0,16}")
_MOST = {"at": 2**53, "highlight": 4095}

_posts = Throttle(rate=50, burst=300)  # by address, behind which a whole class may sit


def forget() -> None:
    """Nobody has asked for anything yet."""
    global _posts
    _posts = Throttle(rate=50, burst=300)


# ---- the short link


async def enter(request: Request) -> Response:
    """GET /c/{code}: to the run's page, or to one that asks for the code again.

    The address is relative, and so holds whatever a proxy puts before ours.
    """
    try:
        run_id = await run_in_threadpool(classes.look_up, request.path_params["code"], request_body.address(request))
        target = f"train?run={quote(run_id, safe='')}&class=1"
    except RunError:
        target = "train?class=unknown"
    except JobError:
        target = "train?class=wait"
    up = "../../" if request.url.path.endswith("/") else "../"
    return RedirectResponse(up + target, 302, headers=_NEVER_KEPT)


async def door(request: Request) -> Response:
    """GET /c: a page that asks for the code."""
    return RedirectResponse("train?class=join", 302, headers=_NEVER_KEPT)


# ---- what browsers send


async def steer(request: Request) -> Response:
    """POST /api/runs/{run_id}/class, the owner's: {"at": step|null, "highlight": index|null, "open": bool, "by": tab}.

    Any of the keys; "by" says which of the owner's tabs it comes from, so that it need not follow itself.
    """

    def act(run: RunDir, body: Body) -> None:
        _only(body, {"at", "highlight", "open", "by"})
        for name, most in _MOST.items():
            if body.get(name) is not None:
                _whole(body[name], most)
        if not isinstance(body.get("by", ""), str) or not _TAB.fullmatch(body.get("by", "")):
            raise Refused(400, "by must be up to 16 small letters and digits")
        if not isinstance(body.get("open", True), bool):
            raise Refused(400, "open must be true or false")
        if "open" in body:
            classes.set_open(run, body["open"])
        classes.point(run.id, {name: value for name, value in body.items() if name != "open"})

    return await _answer(request, act, owner_only=True)


async def poll(request: Request) -> Response:
    """POST /api/runs/{run_id}/poll, the owner's: {"start": {"question", "options"}}, {"close": id} or {"clear": id}.

    An option is {"text": str} with or without {"settings": {…}}.
    """

    def act(run: RunDir, body: Body) -> None:
        if len(body) != 1:
            raise Refused(400, "one of start, close and clear")
        ((what, value),) = body.items()
        if what == "start":
            question, options = _asked(value)
            classes.start_poll(run, question, options)
        elif what in ("close", "clear") and isinstance(value, str):
            (classes.close_poll if what == "close" else classes.clear_poll)(run, value)
        else:
            raise Refused(400, "one of start, close and clear")

    return await _answer(request, act, owner_only=True)


async def vote(request: Request) -> Response:
    """POST /api/runs/{run_id}/vote, anyone's: {"vote": id, "choice": index}, and "voter" where cookies are refused."""
    cookie = request.cookies.get(OWNER_COOKIE, "")

    def act(run: RunDir, body: Body) -> None:
        _only(body, {"vote", "choice", "voter"})
        voter = body.get("voter", "")
        if not isinstance(body.get("vote"), str) or not isinstance(voter, str):
            raise Refused(400, "vote and voter must be text")
        choice = _whole(body.get("choice"), 100)
        if not valid_token(cookie) and not _VOTER.fullmatch(voter):
            raise Refused(400, "no cookie, and no voter of 16 to 64 letters and digits")
        voice = f"cookie {cookie}" if valid_token(cookie) else f"voter {voter}"
        classes.vote(run, body["vote"], voice, choice)

    return await _answer(request, act, owner_only=False)


async def _answer(request: Request, act: Callable[[RunDir, Body], None], owner_only: bool) -> Response:
    try:
        if not _posts.take(request_body.address(request)):
            raise Refused(429, "too many requests")
        request_body.check_sender(request)
        text = await request_body.text(request, MOST_BYTES)
        await run_in_threadpool(_act, request, text, act, owner_only)
    except Refused as refused:
        return JSONResponse({"error": refused.why}, refused.status, headers=_NEVER_KEPT)
    except RunError:
        return JSONResponse({"error": "no such run"}, 404, headers=_NEVER_KEPT)
    except ConfigError as wrong:
        status = 409 if wrong.field == "vote" else 400
        return JSONResponse({"error": str(wrong)}, status, headers=_NEVER_KEPT)
    return JSONResponse({"ok": True}, headers=_NEVER_KEPT)


def _act(request: Request, text: bytes, act: Callable[[RunDir, Body], None], owner_only: bool) -> None:
    run = library.find(request.path_params["run_id"])
    if owner_only and not classes.is_presenter(run.id, request.headers.get(KEY_HEADER, "")):
        raise Refused(403, "only the owner of the run may do this")
    act(run, request_body.parsed(text))


# ---- checks


def _only(body: Body, names: set[str]) -> None:
    if not body or set(body) - names:
        raise Refused(400, "unknown keys")


def _whole(value: object, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise Refused(400, "must be a whole number in range")
    return value


def _asked(value: object) -> tuple[str, list[Option]]:
    if not isinstance(value, dict) or set(value) != {"question", "options"} or not isinstance(value["options"], list):
        raise Refused(400, "a vote has a question and options")
    options = []
    for one in value["options"]:
        if not isinstance(one, dict) or not {"text"} <= set(one) <= {"text", "settings"}:
            raise Refused(400, "an option has a text, and perhaps settings")
        settings = one.get("settings", {})
        if not isinstance(one["text"], str) or not isinstance(settings, dict):
            raise Refused(400, "an option has a text, and perhaps settings")
        options.append(Option(one["text"], settings))
    if not isinstance(value["question"], str):
        raise Refused(400, "a vote has a question and options")
    return value["question"], options


ROUTES: list[BaseRoute] = [
    Route("/c", door),
    Route("/c/{code}", enter),
    Route("/c/{code}/", enter),
    Route("/api/runs/{run_id}/class", steer, methods=["POST"]),
    Route("/api/runs/{run_id}/poll", poll, methods=["POST"]),
    Route("/api/runs/{run_id}/vote", vote, methods=["POST"]),
]
