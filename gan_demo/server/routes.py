"""What the web server adds to the pages: the process' jobs, pictures by address, and a cookie that says who owns a run.

It knows nothing of Streamlit; ``app.py`` hands it over.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from gan_demo.boards.assets import FRONTEND
from gan_demo.errors import RunError
from gan_demo.runs import library
from gan_demo.server.api import classroom, explain, explorer, live
from gan_demo.server.owner_cookie import OwnerCookie

_FOR_EVER = "private, max-age=31536000, immutable"


async def grid(request: Request) -> Response:
    """GET /api/runs/{run_id}/grids/{step}.png: that step's sample grid. It never changes, so browsers keep it."""
    run_id, step = request.path_params["run_id"], request.path_params["step"]
    try:
        png = await run_in_threadpool(lambda: library.find(run_id).grid_png(step))
    except RunError:
        return Response("no such picture", 404, media_type="text/plain", headers={"Cache-Control": "no-store"})
    headers = {"Cache-Control": _FOR_EVER, "X-Content-Type-Options": "nosniff"}
    return Response(png, media_type="image/png", headers=headers)


ROUTES: list[BaseRoute] = [
    Route("/api/runs/{run_id}/grids/{step:int}.png", grid),
    *live.ROUTES,
    *explain.ROUTES,
    *explorer.ROUTES,
    *classroom.ROUTES,
    Mount("/api/ui", StaticFiles(directory=FRONTEND)),
]
MIDDLEWARE = [Middleware(OwnerCookie)]
