"""HTTP routes of the live board: a run's updates as an event stream or by polling, and its rows in detail.

All are read-only. Whoever has the run's link may read: its id can't be guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from gan_demo.analysis.downsampling import thinned
from gan_demo.classroom import classes
from gan_demo.errors import RunError
from gan_demo.runs import library
from gan_demo.runs.ownership import OWNER_COOKIE, valid_token
from gan_demo.server.live_channel import BUCKETS, HELLO, Beside, SnapshotOf, encoded
from gan_demo.server.live_hub import Closing, Hub

NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
HEARTBEAT = 15.0  # seconds between two "hello" of a stream: feed.mjs takes 40 silent seconds for a dead connection
GRACE = 2.0  # seconds that streams have at shutdown to end by themselves before they are cancelled
_EPOCH = re.compile(r"[0-9a-f]{0,16}")

_hub: Hub | None = None


def open_hub(snapshot_of: SnapshotOf, beside: Beside) -> None:
    """Start serving streams. Call it within the event loop."""
    global _hub
    _hub = Hub(library.find, snapshot_of, beside)


def close_hub() -> None:
    """End all streams and answer new requests with 503."""
    if _hub is not None:
        _hub.close()


def _current_hub() -> Hub:
    if _hub is None:
        raise Closing
    return _hub


def _unknown() -> JSONResponse:
    return JSONResponse({"error": "no such run"}, 404, headers=NO_STORE)


def _closing() -> JSONResponse:
    """Return 503 rather than 404, at which the board would give up: it waits for the next server."""
    return JSONResponse({"error": "shutting down"}, 503, headers=NO_STORE | {"Retry-After": "1"})


def _last_update(request: Request) -> tuple[str, int]:
    """Return (epoch, number) of the viewer's last update; ("", 0) if the query holds no valid pair."""
    epoch, have = request.query_params.get("epoch", ""), request.query_params.get("have", "0")
    if not _EPOCH.fullmatch(epoch) or not have.isascii() or not have.isdigit() or len(have) > 15:
        return "", 0
    return epoch, int(have)


async def events(request: Request) -> Response:
    """Handle GET /api/runs/{run_id}/events: the updates after the viewer's last as server-sent events, without end."""
    try:
        hub = _current_hub()
        channel = await hub.channel(request.path_params["run_id"])
    except RunError:
        return _unknown()
    except Closing:
        return _closing()
    stream = _with_attendance(channel.events(*_last_update(request)), channel.run.id, _browser(request))
    return EventSourceResponse(
        stream,
        headers=NO_STORE,
        ping=HEARTBEAT,
        ping_message_factory=lambda: HELLO,  # the default is a comment, which scripts in browsers can't see
        shutdown_event=hub.shutdown,
        shutdown_grace_period=GRACE,
    )


async def _with_attendance(
    stream: AsyncGenerator[bytes, None], run_id: str, browser: str
) -> AsyncGenerator[bytes, None]:
    """Pass the stream on and count its viewer as present in the class while it is open."""
    classes.join(run_id, browser)
    try:
        async with aclosing(stream):
            async for text in stream:
                yield text
    finally:
        classes.leave(run_id, browser)


def _browser(request: Request) -> str:
    token = request.cookies.get(OWNER_COOKIE, "")
    return token if valid_token(token) else ""


async def updates(request: Request) -> Response:
    """Handle GET /api/runs/{run_id}/updates: the updates after the viewer's last as {"updates": [...]}.

    For viewers behind a proxy that holds events back.
    """
    try:
        channel = await _current_hub().channel(request.path_params["run_id"])
        texts, _, _ = await channel.catch_up(*_last_update(request))
        classes.seen(channel.run.id, _browser(request))
    except RunError:
        return _unknown()
    except Closing:
        return _closing()
    return Response(b'{"updates":[' + b",".join(texts) + b"]}", media_type="application/json", headers=NO_STORE)


async def rows(request: Request) -> Response:
    """Handle GET /api/runs/{run_id}/rows?from=STEP&to=STEP: these rows downsampled, with their minima and maxima."""
    first, last = (_number(request.query_params.get(name, "")) for name in ("from", "to"))
    try:
        text = await run_in_threadpool(_rows, request.path_params["run_id"], first, last)
    except RunError:
        return _unknown()
    return Response(text, media_type="application/json", headers=NO_STORE)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _rows(run_id: str, first: float | None, last: float | None) -> bytes:
    columns: dict[str, list[Any]] = library.find(run_id).metrics()
    return encoded({"rows": thinned(columns, BUCKETS, first, last)})


ROUTES: list[BaseRoute] = [
    Route("/api/runs/{run_id}/events", events),
    Route("/api/runs/{run_id}/updates", updates),
    Route("/api/runs/{run_id}/rows", rows),
]
