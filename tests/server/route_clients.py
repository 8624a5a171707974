"""A client of the routes, and a run with a picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from gan_demo.pictures import images
from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir
from gan_demo.server import lifespan, owner_cookie
from gan_demo.server import routes as server_routes


def page(request: Request) -> Response:
    return HTMLResponse("<p>a page</p>")


@pytest.fixture
def client() -> Iterator[TestClient]:
    routes = [*server_routes.ROUTES, Route("/", page), Route("/train", lambda request: Response(status_code=304))]
    app = Starlette(routes=routes, middleware=[Middleware(owner_cookie.OwnerCookie)], lifespan=lifespan.lifespan)
    with TestClient(app) as client:
        yield client


@pytest.fixture
def run(home: Path) -> RunDir:
    import numpy as np

    run = RunDir.create(home / "digits-1", PRESETS["digits"], "digits")
    run.add_grid(500, images.png(np.zeros((4, 4, 3), np.uint8)))
    return run
