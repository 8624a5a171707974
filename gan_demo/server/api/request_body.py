"""Checks of a POST request: sent by our own page, of limited size, and a strict JSON object."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, HTTPConnection, Request

from gan_demo.support import bounded_json
from gan_demo.support.bounded_json import InvalidJsonError

Body = dict[str, Any]


class RequestRefusedError(Exception):
    """A request is refused with an HTTP status and a reason."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason
        super().__init__(reason)


def check_sender(request: Request, content_type: str = "application/json") -> None:
    """Raise RequestRefusedError unless our own page sent the request, with a body of this type.

    No other site may act for its visitors.
    """
    if not is_from_own_page(request.headers):
        raise RequestRefusedError(403, "from another site")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != content_type:
        raise RequestRefusedError(415, f"must be {content_type}")


def is_from_own_page(headers: Headers) -> bool:
    """Return whether a request came from a page of this site, as far as the browser says."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:  # browsers send it over https and on localhost
        return site == "same-origin"
    hosts = {headers.get("host"), headers.get("x-forwarded-host")}
    return origin is None or (origin != "null" and _host(origin) in hosts)


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # such as "http://["
        return ""


async def text(request: Request, max_bytes: int) -> bytes:
    """Return the body, reading no further than ``max_bytes``. Raises RequestRefusedError for a longer one."""
    body = bytearray()  # a large body has a thousand chunks, and bytes would be copied for each
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > max_bytes:
                raise RequestRefusedError(413, "too large")
    except ClientDisconnect as failure:  # nobody is left to read the answer
        raise RequestRefusedError(400, "broke off") from failure
    return bytes(body)


def parsed(text: bytes) -> Body:
    """Return the JSON object in the body.

    Raises RequestRefusedError for anything else, NaN and repeated keys included.
    """
    try:
        return bounded_json.parse_strict_object(text)
    except InvalidJsonError as failure:
        raise RequestRefusedError(400, str(failure)) from failure


def address(connection: HTTPConnection) -> str:
    """Return the sender's IP address, or that of the last proxy; a whole class may share it.

    Of IPv6 it is the /64 network, all of whose addresses one home or one computer has.
    """
    host = connection.client.host if connection.client else ""
    try:
        parsed_host = ipaddress.IPv6Address(host)
    except ValueError:
        return host
    return str(parsed_host.ipv4_mapped or ipaddress.IPv6Network((int(parsed_host) >> 64 << 64, 64)))
