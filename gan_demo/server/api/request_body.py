"""Checks of a POST request: sent by our own page, of limited size, and a strict JSON object."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request

from gan_demo.support import bounded_json
from gan_demo.support.bounded_json import InvalidJsonError

Body = dict[str, Any]


class RequestRefusedError(Exception):
    """A request is refused with an HTTP status and a reason."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason
        super().__init__(reason)


def check_sender(request: Request) -> None:
    """Raise RequestRefusedError unless our own page sent the request, as JSON.

    No other site may act for its visitors.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:  # browsers send it over https and on localhost
        is_own_page = site == "same-origin"
    else:
        hosts = {request.headers.get("host"), request.headers.get("x-forwarded-host")}
        is_own_page = origin is None or (origin != "null" and urlsplit(origin).netloc in hosts)
    if not is_own_page:
        raise RequestRefusedError(403, "from another site")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise RequestRefusedError(415, "must be application/json")


async def text(request: Request, max_bytes: int) -> bytes:
    """Return the body, reading no further than ``max_bytes``. Raises RequestRefusedError for a longer one."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > max_bytes:
                raise RequestRefusedError(413, "too large")
    except ClientDisconnect as failure:  # nobody is left to read the answer
        raise RequestRefusedError(400, "broke off") from failure
    return body


def parsed(text: bytes) -> Body:
    """Return the JSON object in the body.

    Raises RequestRefusedError for anything else, NaN and repeated keys included.
    """
    try:
        return bounded_json.parse_strict_object(text)
    except InvalidJsonError as failure:
        raise RequestRefusedError(400, str(failure)) from failure


def address(request: Request) -> str:
    """Return the sender's IP address, or that of the last proxy; a whole class may share it."""
    return request.client.host if request.client else ""
