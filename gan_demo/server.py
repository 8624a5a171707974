"""What the web server adds to the pages: the process' jobs, pictures by address, and a cookie that says who owns a run.

It knows nothing of Streamlit; ``app.py`` hands it over.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gan_demo import class_routes, classroom, explain_routes, explore_routes, live_routes, runs
from gan_demo.errors import RunError
from gan_demo.jobs import JobManager, Snapshot
from gan_demo.ownership import OWNER_COOKIE, valid_token

COMPONENTS = Path(__file__).parent / "ui" / "components"
_FOR_EVER = "private, max-age=31536000, immutable"

_lock = threading.Lock()
_manager: JobManager | None = None
_warm: threading.Thread | None = None


def manager() -> JobManager:
    """The process' one JobManager, made at first use."""
    global _manager
    with _lock:
        if _manager is None:
            _manager = JobManager()
        return _manager


def shutdown() -> None:
    """Stop and save all jobs; the next ``manager()`` is a new one."""
    global _manager
    with _lock:
        old, _manager = _manager, None
    if old is not None:
        old.shutdown()


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[dict[str, Any]]:
    """From the server's start to SIGTERM, when whatever trains is saved."""
    manager()
    live_routes.open_hub(_snapshot, _beside)
    explore_routes.open_up()
    try:
        yield {}
    finally:
        live_routes.close_hub()
        explore_routes.close()
        await asyncio.to_thread(shutdown)


def _snapshot(run_id: str) -> Snapshot | None:
    job = manager().get(run_id)
    return None if job is None else job.snapshot


def _beside(run_id: str) -> tuple[int, Mapping[str, Any]]:
    """What is shown with a run besides its training: its class."""
    return classroom.version(run_id), classroom.state(run_id)


def warm_up() -> threading.Thread:
    """Load torch in the background, once: seconds that then nobody waits for when they press Train."""
    global _warm
    with _lock:
        if _warm is None:
            _warm = threading.Thread(target=_load_trainer, name="warm-up", daemon=True)
            _warm.start()
        return _warm


def _load_trainer() -> None:
    # imported here, not above: torch takes seconds that no page shall wait for; its first optimiser imports _dynamo
    import torch._dynamo  # noqa: F401

    import gan_demo.trainer  # noqa: F401


class OwnerCookie:
    """Gives each browser a random token with its first page, so that a reload still controls the run it started."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; add the cookie to a page for a browser without one."""
        if scope["type"] != "http" or valid_token(HTTPConnection(scope).cookies.get(OWNER_COOKIE, "")):
            await self.app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(scope, message):
                message = {**message, "headers": [*message["headers"], (b"set-cookie", _cookie(scope).encode())]}
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def _is_page(scope: Scope, message: Message) -> bool:
    """HTML, or the news that the browser's copy of it still holds."""
    unchanged = message["status"] == 304 and "." not in scope["path"].rpartition("/")[2]
    return unchanged or any(k.lower() == b"content-type" and v.startswith(b"text/html") for k, v in message["headers"])


def _cookie(scope: Scope) -> str:
    token = secrets.token_urlsafe(32)
    forwarded = HTTPConnection(scope).headers.get("x-forwarded-proto", "").split(",")[0].strip()
    # over https the app may sit in another site's frame, as on a Hugging Face Space: there only such a cookie is kept
    encrypted = scope.get("scheme") == "https" or forwarded == "https"
    site = "None; Secure; Partitioned" if encrypted else "Lax"
    return f"{OWNER_COOKIE}={token}; Path=/; Max-Age=31536000; HttpOnly; SameSite={site}"


async def grid(request: Request) -> Response:
    """GET /api/runs/{run_id}/grids/{step}.png: that step's sample grid. It never changes, so browsers keep it."""
    run_id, step = request.path_params["run_id"], request.path_params["step"]
    try:
        png = await run_in_threadpool(lambda: runs.find(run_id).grid_png(step))
    except RunError:
        return Response("no such picture", 404, media_type="text/plain", headers={"Cache-Control": "no-store"})
    headers = {"Cache-Control": _FOR_EVER, "X-Content-Type-Options": "nosniff"}
    return Response(png, media_type="image/png", headers=headers)


ROUTES: list[BaseRoute] = [
    Route("/api/runs/{run_id}/grids/{step:int}.png", grid),
    *live_routes.ROUTES,
    *explain_routes.ROUTES,
    *explore_routes.ROUTES,
    *class_routes.ROUTES,
    Mount("/api/ui", StaticFiles(directory=COMPONENTS)),
]
MIDDLEWARE = [Middleware(OwnerCookie)]
