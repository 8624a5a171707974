"""Helpers of all routes: cache headers, errors as JSON, compressed content, and routes from addresses."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Awaitable, Callable, Mapping

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

# Values of Cache-Control. "private" keeps a proxy from sharing what only those with the link may see.
NO_STORE = "no-store"
REVALIDATE = "private, no-cache"  # stored, and checked by its ETag at each use
ONE_DAY = "private, max-age=86400"
ONE_DAY_SHARED = "public, max-age=86400"
IMMUTABLE = "private, max-age=31536000, immutable"
IMMUTABLE_SHARED = "public, max-age=31536000, immutable"


class _NumberConvertor(Convertor[int]):
    """Whole numbers of up to nine digits in an address; Python refuses to parse some that are thousands long."""

    regex = "[0-9]{1,9}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("number", _NumberConvertor())


def headers(cache_control: str, others: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the headers that every answer has, and ``others``."""
    return {"Cache-Control": cache_control, "X-Content-Type-Options": "nosniff", **(others or {})}


def error(status: int, message: str, others: Mapping[str, str] | None = None) -> JSONResponse:
    """Return {"error": message}, which is not stored."""
    return JSONResponse({"error": message}, status, headers=headers(NO_STORE, others))


def not_found(message: str) -> JSONResponse:
    """Return status 404 with a message."""
    return error(404, message)


def packed(request: Request, content: bytes, media_type: str, cache_control: str) -> Response:
    """Return gzipped content with its ETag: 304 if the browser has it, unpacked if the browser refuses gzip."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    shared = headers(cache_control, {"ETag": tag, "Vary": "Accept-Encoding"})
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=shared)
    if accepts(request, "gzip"):
        return Response(content, media_type=media_type, headers=shared | {"Content-Encoding": "gzip"})
    return Response(gzip.decompress(content), media_type=media_type, headers=shared)


def accepts(request: Request, coding: str) -> bool:
    """Return whether Accept-Encoding names a content coding or "*" without a weight of 0."""
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in (coding, "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def route(pattern: str, handler: Callable[[Request], Awaitable[Response]], method: str = "GET") -> Route:
    """Return the route of a pattern of ``boards.addresses``."""
    return Route(f"/{pattern}", handler, methods=[method])
