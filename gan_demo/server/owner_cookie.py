"""The cookie that identifies the owner of a run."""

from __future__ import annotations

import secrets

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gan_demo.runs.ownership import OWNER_COOKIE, valid_token


class OwnerCookie:
    """ASGI middleware that gives each browser a random token with its first page, to recognise it later.

    The browser sends it to addresses at and below ``path`` alone, as others may serve their pages beside it.
    """

    def __init__(self, app: ASGIApp, path: str = "/") -> None:
        self.app = app
        self.path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the cookie to a page for a browser without a valid one."""
        if scope["type"] != "http" or valid_token(HTTPConnection(scope).cookies.get(OWNER_COOKIE, "")):
            await self.app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(scope, message):
                message = {
                    **message,
                    "headers": [*message["headers"], (b"set-cookie", _cookie(scope, self.path).encode())],
                }
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def _is_page(scope: Scope, message: Message) -> bool:
    """Return whether the answer is HTML, or says that the browser's copy of a page is still valid."""
    unchanged = message["status"] == 304 and "." not in scope["path"].rpartition("/")[2]
    return unchanged or any(k.lower() == b"content-type" and v.startswith(b"text/html") for k, v in message["headers"])


def _cookie(scope: Scope, path: str) -> str:
    token = secrets.token_urlsafe(32)
    forwarded = HTTPConnection(scope).headers.get("x-forwarded-proto", "").split(",")[0].strip()
    # over https another site may embed the app, as Hugging Face Spaces do: browsers accept only such a cookie there
    encrypted = scope.get("scheme") == "https" or forwarded == "https"
    site = "None; Secure; Partitioned" if encrypted else "Lax"
    return f"{OWNER_COOKIE}={token}; Path={path}; Max-Age=31536000; HttpOnly; SameSite={site}"
