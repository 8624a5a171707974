"""A class over HTTP: its run, its ticket, its teacher's key, and what is posted to it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from gan_demo.classroom.classes import Classes
from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir
from gan_demo.server import lifespan, owner_cookie, routes
from gan_demo.service import app_state

TEACHER, PUPIL, OTHER = (secrets.token_urlsafe(32) for _ in range(3))
QUESTION = {
    "question": "Which learning rate next?",
    "options": [{"text": "×2", "settings": {"lr": {"times": 2}}}, {"text": "same"}],
}


@pytest.fixture(autouse=True)
def client(home: Path) -> Iterator[TestClient]:
    with started() as client:
        yield client


def started() -> TestClient:
    """Return a server that runs while its client is entered."""
    middleware = [Middleware(owner_cookie.OwnerCookie)]
    app = Starlette(routes=routes.ROUTES, middleware=middleware, lifespan=lifespan.lifespan)
    return TestClient(app, follow_redirects=False)


def classes() -> Classes:
    return app_state.current().classes


@pytest.fixture
def run(home: Path) -> RunDir:
    return RunDir.create(home / "ring-1", PRESETS["ring"], "ring")


@pytest.fixture
def ticket(run: RunDir) -> str:
    classes().show(run, TEACHER)
    return classes().ticket_of(TEACHER)


@pytest.fixture
def key(ticket: str) -> str:
    return classes().presenter_key(ticket, TEACHER) or ""


def post(client: TestClient, path: str, body: Any, key: str | None = None, **headers: str) -> int:
    if key is not None:
        headers["X-Presenter-Key"] = key
    return client.post(f"/api/classes/{path}", json=body, headers=headers).status_code


def ask(client: TestClient, ticket: str, key: str) -> str:
    assert post(client, f"{ticket}/poll", {"start": QUESTION}, key) == 200
    return str(classes().state(ticket)["vote"]["id"])


def voter(ticket: str, n: int = 0) -> str:
    """Return the token that the class gave its n-th pupil."""
    return classes().voter_token(ticket, f"pupil-{n:0>32}", f"address {n}")
