"""HTTP routes of the live board: a run's updates as an event stream or by polling, and its rows in detail.

All are read-only. Whoever has the run's link may read: its id can't be guessed.
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from typing import Any

from sse_starlette import EventSourceResponse
from sse_starlette.sse import SendTimeoutError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from gan_demo.analysis.downsampling import thinned
from gan_demo.boards import addresses
from gan_demo.errors import RunError
from gan_demo.runs import library
from gan_demo.server.api import responses
from gan_demo.server.live_channel import HELLO, SUMMARY_BUCKETS, encoded
from gan_demo.server.live_hub import HubClosedError
from gan_demo.server.state import server_state
from gan_demo.support import numbers

HEARTBEAT = 15.0  # seconds between two "hello" of a stream: run_feed.mjs takes 40 silent seconds for a dead connection
GRACE = 2.0  # seconds that streams have at shutdown to end by themselves before they are cancelled
SEND_TIMEOUT = 20.0  # seconds after which a viewer who takes nothing has left: its stream ends, a living one reconnects
_EPOCH = re.compile(r"[0-9a-f]{0,16}")


def _unknown_run() -> JSONResponse:
    return responses.not_found("no such run")


def _shutting_down() -> JSONResponse:
    """Return 503 rather than 404, at which the board would give up: it waits for the next server."""
    return responses.error(503, "shutting down", {"Retry-After": "1"})


def _last_update(request: Request) -> tuple[str, int]:
    """Return (epoch, number) of the viewer's last update; ("", 0) if the query holds no valid pair."""
    epoch, have = request.query_params.get("epoch", ""), request.query_params.get("have", "0")
    number = numbers.from_digits(have, 15)
    return ("", 0) if number is None or not _EPOCH.fullmatch(epoch) else (epoch, number)


class _EventStream(EventSourceResponse):
    """Event stream that ends without an error when its viewer reads nothing for SEND_TIMEOUT seconds."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(SendTimeoutError):
            await super().__call__(scope, receive, send)


async def events(request: Request) -> Response:
    """Handle GET of the event stream: the updates after the viewer's last as server-sent events, without end."""
    state = server_state()
    try:
        channel = await state.hub.channel(request.path_params["run_id"])
    except RunError:
        return _unknown_run()
    except HubClosedError:
        return _shutting_down()
    return _EventStream(
        channel.events(*_last_update(request)),
        headers=responses.headers(responses.NO_STORE),
        ping=HEARTBEAT,
        ping_message_factory=lambda: HELLO,  # the default is a comment, which scripts in browsers can't see
        send_timeout=SEND_TIMEOUT,
        shutdown_event=state.hub.shutdown,
        shutdown_grace_period=GRACE,
    )


async def updates(request: Request) -> Response:
    """Handle GET of updates by polling: the updates after the viewer's last as {"updates": [...]}.

    For viewers behind a proxy that holds events back.
    """
    try:
        channel = await server_state().hub.channel(request.path_params["run_id"])
        texts, _, _ = await channel.catch_up(*_last_update(request))
    except RunError:
        return _unknown_run()
    except HubClosedError:
        return _shutting_down()
    return Response(
        b'{"updates":[' + b",".join(texts) + b"]}",
        media_type="application/json",
        headers=responses.headers(responses.NO_STORE),
    )


async def rows(request: Request) -> Response:
    """Handle GET of rows with ?from=STEP&to=STEP: these rows downsampled, with their minima and maxima."""
    first, last = (_number(request.query_params.get(name, "")) for name in ("from", "to"))
    try:
        text = await run_in_threadpool(_rows, request.path_params["run_id"], first, last)
    except RunError:
        return _unknown_run()
    return Response(text, media_type="application/json", headers=responses.headers(responses.NO_STORE))


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _rows(run_id: str, first: float | None, last: float | None) -> bytes:
    columns: dict[str, list[Any]] = library.find(run_id).metrics()
    return encoded({"rows": thinned(columns, SUMMARY_BUCKETS, first, last)})


ROUTES: list[BaseRoute] = [
    responses.route(addresses.EVENTS, events),
    responses.route(addresses.UPDATES, updates),
    responses.route(addresses.ROWS, rows),
]
