"""All routes and middleware of the web server beside Streamlit's pages."""

from __future__ import annotations

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router, WebSocketRoute, request_response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from gan_demo.boards import addresses, assets
from gan_demo.errors import RunError
from gan_demo.runs import library
from gan_demo.server import pages
from gan_demo.server.api import (
    class_lab,
    class_socket,
    classroom,
    explain,
    explorer,
    lab,
    live,
    responses,
    trainings,
    upload_samples,
)
from gan_demo.server.owner_cookie import OwnerCookie
from gan_demo.server.streamlit_files import CompressedFiles


async def grid(request: Request) -> Response:
    """Handle GET of a sample grid, which never changes: the PNG of that step."""
    run_id, step = request.path_params["run_id"], request.path_params["step"]
    try:
        png = await run_in_threadpool(lambda: library.find(run_id).grid_png(step))
    except RunError:
        return responses.not_found("no such picture")
    return Response(png, media_type="image/png", headers=responses.headers(responses.IMMUTABLE))


async def unknown(request: Request) -> Response:
    """Handle a request for an address below api/ that no route has: never with a page, as Streamlit would."""
    return responses.not_found("no such address")


async def _unknown(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer whatever no route below api/ has."""
    if scope["type"] == "websocket":
        await WebSocketClose()(scope, receive, send)
    else:
        await request_response(unknown)(scope, receive, send)


ROUTES: list[BaseRoute] = [
    responses.route(addresses.GRID, grid),
    *live.ROUTES,
    *explain.ROUTES,
    *upload_samples.ROUTES,
    *explorer.ROUTES,
    *lab.ROUTES,
    *trainings.ROUTES,
    *classroom.ROUTES,
    *class_lab.ROUTES,
    *class_socket.ROUTES,
    Mount(f"/{addresses.FRONTEND}", pages.Modules(directory=assets.FRONTEND)),
]
_API = f"/{addresses.API}"


def served(base_path: str, index: bytes) -> list[BaseRoute]:
    """Return the routes of the app: at its root and, with a ``server.baseUrlPath``, below that path, too.

    ``index`` is Streamlit's page. Proxies differ in whether they take the path off before they pass a request on.
    """
    api = Router(
        [_below_api(route) for route in ROUTES if _is_api(route)],
        redirect_slashes=False,  # such a redirect would lead to a page
        default=_unknown,
    )
    others = [route for route in ROUTES if isinstance(route, Route) and not _is_api(route)]
    roots = ("", base_path) if base_path else ("",)
    return [
        *(Mount(f"{root}{_API}", app=api) for root in roots),
        *(Route(f"{root}{_API}", api) for root in roots),
        *(Route(f"{root}{route.path}", route.endpoint, methods=_methods(route)) for root in roots for route in others),
        Route(f"{base_path}/{{page:page}}", pages.page(index)),
    ]


def _is_api(route: BaseRoute) -> bool:
    return isinstance(route, Route | WebSocketRoute | Mount) and route.path.startswith(f"{_API}/")


def _below_api(route: BaseRoute) -> BaseRoute:
    if isinstance(route, Route):
        return Route(route.path.removeprefix(_API), route.endpoint, methods=_methods(route))
    if isinstance(route, WebSocketRoute):
        return WebSocketRoute(route.path.removeprefix(_API), route.endpoint)
    assert isinstance(route, Mount)
    return Mount(route.path.removeprefix(_API), route.app)


def _methods(route: Route) -> list[str]:
    return sorted(route.methods or ())


def middleware(base_path: str, streamlit_folder: Path) -> list[Middleware]:
    """Return the middleware of the app, whose cookies are sent to ``base_path`` alone.

    ``streamlit_folder`` has Streamlit's page, scripts and stylesheets.
    """
    return [
        Middleware(CompressedFiles, folder=streamlit_folder, base_path=base_path),
        Middleware(OwnerCookie, path=base_path or "/"),
    ]
