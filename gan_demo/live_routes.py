"""The live board's addresses: a run's changes as events or one by one, and its rows in detail.

All are for reading only, and only for those who have the run's link: its id can't be guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from gan_demo import classroom, runs
from gan_demo.downsampling import thinned
from gan_demo.errors import RunError
from gan_demo.live import BUCKETS, Beside, Closing, Hub, SnapshotOf, encoded
from gan_demo.ownership import OWNER_COOKIE, valid_token

NEVER_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
# X-Accel-Buffering: what nginx and its kin are asked not to hold back
STREAM = NEVER_KEPT | {"X-Accel-Buffering": "no"}
_EPOCH = re.compile(r"[0-9a-f]{0,16}")


_hub: Hub | None = None


def open_hub(snapshot_of: SnapshotOf, beside: Beside) -> None:
    """Begin to serve; within the event loop."""
    global _hub
    _hub = Hub(runs.find, snapshot_of, beside)


def close_hub() -> None:
    """End all streams, so that a server that waits for its connections can end."""
    if _hub is not None:
        _hub.close()


def _channels() -> Hub:
    if _hub is None:
        raise Closing
    return _hub


def _unknown() -> JSONResponse:
    return JSONResponse({"error": "no such run"}, 404, headers=NEVER_KEPT)


def _closing() -> JSONResponse:
    """Not "no such run": whoever watches waits for the next server."""
    return JSONResponse({"error": "shutting down"}, 503, headers=NEVER_KEPT | {"Retry-After": "1"})


def _seen(request: Request) -> tuple[str, int]:
    """(epoch, number) of the last change that this viewer has; anything else than that counts as none."""
    epoch, have = request.query_params.get("epoch", ""), request.query_params.get("have", "0")
    if not _EPOCH.fullmatch(epoch) or not have.isascii() or not have.isdigit() or len(have) > 15:
        return "", 0
    return epoch, int(have)


async def events(request: Request) -> Response:
    """GET /api/runs/{run_id}/events: server-sent events, from where the viewer left off."""
    try:
        channel = await _channels().channel(request.path_params["run_id"])
    except RunError:
        return _unknown()
    except Closing:
        return _closing()
    stream = _counted(channel.events(*_seen(request)), channel.run.id, _browser(request))
    return StreamingResponse(stream, media_type="text/event-stream", headers=STREAM)


async def _counted(stream: AsyncGenerator[bytes, None], run_id: str, browser: str) -> AsyncGenerator[bytes, None]:
    """The same; its viewer is counted as one of the class while it lasts."""
    classroom.join(run_id, browser)
    try:
        async with aclosing(stream):
            async for text in stream:
                yield text
    finally:
        classroom.leave(run_id, browser)


def _browser(request: Request) -> str:
    token = request.cookies.get(OWNER_COOKIE, "")
    return token if valid_token(token) else ""


async def updates(request: Request) -> Response:
    """GET /api/runs/{run_id}/updates: the same once, as {"updates": [...]}, where events do not come through."""
    try:
        channel = await _channels().channel(request.path_params["run_id"])
        texts, _, _ = await channel.catch_up(*_seen(request))
        classroom.seen(channel.run.id, _browser(request))
    except RunError:
        return _unknown()
    except Closing:
        return _closing()
    return Response(b'{"updates":[' + b",".join(texts) + b"]}", media_type="application/json", headers=NEVER_KEPT)


async def rows(request: Request) -> Response:
    """GET /api/runs/{run_id}/rows?from=STEP&to=STEP: that stretch thinned, minima and maxima kept."""
    first, last = (_number(request.query_params.get(name, "")) for name in ("from", "to"))
    try:
        text = await run_in_threadpool(_rows, request.path_params["run_id"], first, last)
    except RunError:
        return _unknown()
    return Response(text, media_type="application/json", headers=NEVER_KEPT)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _rows(run_id: str, first: float | None, last: float | None) -> bytes:
    columns: dict[str, list[Any]] = runs.find(run_id).metrics()
    return encoded({"rows": thinned(columns, BUCKETS, first, last)})


ROUTES: list[BaseRoute] = [
    Route("/api/runs/{run_id}/events", events),
    Route("/api/runs/{run_id}/updates", updates),
    Route("/api/runs/{run_id}/rows", rows),
]
