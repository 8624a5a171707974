"""The addresses of class mode: a short link for followers, and what the owner's and the followers' browsers send.

Who controls shows the owner's key in a header; a cookie alone moves nothing, so no other site can act for its visitors.
Bodies are small, and checked to the last key. Nothing here changes a run: settings that won a vote go through its page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gan_demo import classroom, runs
from gan_demo.errors import ConfigError, JobError, RunError
from gan_demo.owners import OWNER_COOKIE, valid_token
from gan_demo.polls import Option
from gan_demo.runs import RunDir
from gan_demo.throttle import Throttle

KEY_HEADER = "X-Presenter-Key"
MOST_BYTES = 4096
_NEVER_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_VOTER = re.compile(r"[A-Za-z0-9_-]{16,64}")
_TAB = re.compile(r"[a-z0-9]{0,16}")
_MOST = {"at": 2**53, "highlight": 4095}

_posts = Throttle(rate=50, burst=300)  # by address, behind which a whole class may sit

Body = dict[str, Any]


class _Refused(Exception):
    """What a request gets instead of what it asked for."""

    def __init__(self, status: int, why: str) -> None:
        self.status = status
        self.why = why
        super().__init__(why)


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
        run_id = await run_in_threadpool(classroom.look_up, request.path_params["code"], _address(request))
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
            raise _Refused(400, "by must be up to 16 small letters and digits")
        if not isinstance(body.get("open", True), bool):
            raise _Refused(400, "open must be true or false")
        if "open" in body:
            classroom.set_open(run, body["open"])
        classroom.point(run.id, {name: value for name, value in body.items() if name != "open"})

    return await _answer(request, act, owner_only=True)


async def poll(request: Request) -> Response:
    """POST /api/runs/{run_id}/poll, the owner's: {"start": {"question", "options"}}, {"close": id} or {"clear": id}.

    An option is {"text": str} with or without {"settings": {…}}.
    """

    def act(run: RunDir, body: Body) -> None:
        if len(body) != 1:
            raise _Refused(400, "one of start, close and clear")
        ((what, value),) = body.items()
        if what == "start":
            question, options = _asked(value)
            classroom.start_poll(run, question, options)
        elif what in ("close", "clear") and isinstance(value, str):
            (classroom.close_poll if what == "close" else classroom.clear_poll)(run, value)
        else:
            raise _Refused(400, "one of start, close and clear")

    return await _answer(request, act, owner_only=True)


async def vote(request: Request) -> Response:
    """POST /api/runs/{run_id}/vote, anyone's: {"vote": id, "choice": index}, and "voter" where cookies are refused."""
    cookie = request.cookies.get(OWNER_COOKIE, "")

    def act(run: RunDir, body: Body) -> None:
        _only(body, {"vote", "choice", "voter"})
        voter = body.get("voter", "")
        if not isinstance(body.get("vote"), str) or not isinstance(voter, str):
            raise _Refused(400, "vote and voter must be text")
        choice = _whole(body.get("choice"), 100)
        if not valid_token(cookie) and not _VOTER.fullmatch(voter):
            raise _Refused(400, "no cookie, and no voter of 16 to 64 letters and digits")
        voice = f"cookie {cookie}" if valid_token(cookie) else f"voter {voter}"
        classroom.vote(run, body["vote"], voice, choice)

    return await _answer(request, act, owner_only=False)


async def _answer(request: Request, act: Callable[[RunDir, Body], None], owner_only: bool) -> Response:
    try:
        _check_sender(request)
        text = await _text(request)
        await run_in_threadpool(_act, request, text, act, owner_only)
    except _Refused as refused:
        return JSONResponse({"error": refused.why}, refused.status, headers=_NEVER_KEPT)
    except RunError:
        return JSONResponse({"error": "no such run"}, 404, headers=_NEVER_KEPT)
    except ConfigError as wrong:
        status = 409 if wrong.field == "vote" else 400
        return JSONResponse({"error": str(wrong)}, status, headers=_NEVER_KEPT)
    return JSONResponse({"ok": True}, headers=_NEVER_KEPT)


def _act(request: Request, text: bytes, act: Callable[[RunDir, Body], None], owner_only: bool) -> None:
    run = runs.find(request.path_params["run_id"])
    if owner_only and not classroom.is_presenter(run.id, request.headers.get(KEY_HEADER, "")):
        raise _Refused(403, "only the owner of the run may do this")
    act(run, _parsed(text))


# ---- checks


def _check_sender(request: Request) -> None:
    """Our own page in this browser sent it, as JSON, and not too often."""
    if not _posts.take(_address(request)):
        raise _Refused(429, "too many requests")
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:  # browsers send it over https and on localhost
        ours = site == "same-origin"
    else:
        hosts = {request.headers.get("host"), request.headers.get("x-forwarded-host")}
        ours = origin is None or (origin != "null" and urlsplit(origin).netloc in hosts)
    if not ours:
        raise _Refused(403, "from another site")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise _Refused(415, "must be application/json")


async def _text(request: Request) -> bytes:
    """The body, read no further than it may be long."""
    text = b""
    async for piece in request.stream():
        text += piece
        if len(text) > MOST_BYTES:
            raise _Refused(413, "too large")
    return text


def _parsed(text: bytes) -> Body:
    try:
        body = json.loads(text.decode("utf-8"), object_pairs_hook=_distinct, parse_constant=_no_constant)
    except (ValueError, RecursionError) as failure:
        raise _Refused(400, "not JSON") from failure
    if not isinstance(body, dict):
        raise _Refused(400, "must be an object")
    return body


def _distinct(pairs: list[tuple[str, Any]]) -> Body:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _no_constant(name: str) -> None:
    raise ValueError  # NaN and Infinity are no JSON


def _only(body: Body, names: set[str]) -> None:
    if not body or set(body) - names:
        raise _Refused(400, "unknown keys")


def _whole(value: object, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise _Refused(400, "must be a whole number in range")
    return value


def _asked(value: object) -> tuple[str, list[Option]]:
    if not isinstance(value, dict) or set(value) != {"question", "options"} or not isinstance(value["options"], list):
        raise _Refused(400, "a vote has a question and options")
    options = []
    for one in value["options"]:
        if not isinstance(one, dict) or not {"text"} <= set(one) <= {"text", "settings"}:
            raise _Refused(400, "an option has a text, and perhaps settings")
        settings = one.get("settings", {})
        if not isinstance(one["text"], str) or not isinstance(settings, dict):
            raise _Refused(400, "an option has a text, and perhaps settings")
        options.append(Option(one["text"], settings))
    if not isinstance(value["question"], str):
        raise _Refused(400, "a vote has a question and options")
    return value["question"], options


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


ROUTES: list[BaseRoute] = [
    Route("/c", door),
    Route("/c/{code}", enter),
    Route("/c/{code}/", enter),
    Route("/api/runs/{run_id}/class", steer, methods=["POST"]),
    Route("/api/runs/{run_id}/poll", poll, methods=["POST"]),
    Route("/api/runs/{run_id}/vote", vote, methods=["POST"]),
]
