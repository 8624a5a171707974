"""A server with all routes, for the tests that need no other middleware, cookie or folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gan_demo.server import lifespan, routes


@pytest.fixture
def client(home: object) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes.ROUTES, lifespan=lifespan.lifespan)) as client:
        yield client
