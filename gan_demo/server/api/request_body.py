"""What a browser posts: is it from our own page, not too long, and JSON to the last letter?"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request

from gan_demo.support import bounded_json
from gan_demo.support.bounded_json import InvalidJson

Body = dict[str, Any]


class Refused(Exception):
    """What a request gets instead of what it asked for."""

    def __init__(self, status: int, why: str) -> None:
        self.status = status
        self.why = why
        super().__init__(why)


def check_sender(request: Request) -> None:
    """Raise Refused unless our own page in this browser sent it, as JSON."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:  # browsers send it over https and on localhost
        ours = site == "same-origin"
    else:
        hosts = {request.headers.get("host"), request.headers.get("x-forwarded-host")}
        ours = origin is None or (origin != "null" and urlsplit(origin).netloc in hosts)
    if not ours:
        raise Refused(403, "from another site")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "must be application/json")


async def text(request: Request, most: int) -> bytes:
    """The body, read no further than the ``most`` bytes that it may have. Raises Refused."""
    read = b""
    async for piece in request.stream():
        read += piece
        if len(read) > most:
            raise Refused(413, "too large")
    return read


def parsed(text: bytes) -> Body:
    """The object in it, without NaN or a name that comes twice. Raises Refused."""
    try:
        return bounded_json.parse_strict_object(text)
    except InvalidJson as failure:
        raise Refused(400, str(failure)) from failure


def address(request: Request) -> str:
    """Where it comes from, as far as one knows; a whole class may sit behind one."""
    return request.client.host if request.client else ""
