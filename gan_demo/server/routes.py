"""All routes and middleware of the web server beside Streamlit's pages."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from gan_demo.boards import addresses, assets
from gan_demo.errors import RunError
from gan_demo.runs import library
from gan_demo.server.api import classroom, explain, explorer, live, responses
from gan_demo.server.owner_cookie import OwnerCookie


async def grid(request: Request) -> Response:
    """Handle GET of a sample grid, which never changes: the PNG of that step."""
    run_id, step = request.path_params["run_id"], request.path_params["step"]
    try:
        png = await run_in_threadpool(lambda: library.find(run_id).grid_png(step))
    except RunError:
        return responses.not_found("no such picture")
    return Response(png, media_type="image/png", headers=responses.headers(responses.IMMUTABLE))


ROUTES: list[BaseRoute] = [
    responses.route(addresses.GRID, grid),
    *live.ROUTES,
    *explain.ROUTES,
    *explorer.ROUTES,
    *classroom.ROUTES,
    Mount(f"/{addresses.FRONTEND}", StaticFiles(directory=assets.FRONTEND)),
]
MIDDLEWARE = [Middleware(OwnerCookie)]
