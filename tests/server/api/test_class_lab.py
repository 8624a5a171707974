"""The lab of a class over HTTP: who may hand out, offer and see what."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from starlette.testclient import TestClient

from gan_demo.classroom.classes import Classes
from gan_demo.classroom.page_location import PageLocation
from gan_demo.lab.page import GRAPHS
from gan_demo.server.api import class_lab
from gan_demo.service import app_state
from tests.classroom.test_offers import picture

pytestmark = pytest.mark.usefixtures("client")
NOTHING: dict[str, Any] = {"offers": [], "shown": None}
TEACHER, PUPIL = (secrets.token_urlsafe(32) for _ in range(2))


def classes() -> Classes:
    return app_state.current().classes


@pytest.fixture
def ticket(client: TestClient) -> str:
    classes().show_location(PageLocation("lab"), TEACHER)
    return classes().ticket_of(TEACHER)


@pytest.fixture
def key(ticket: str) -> str:
    return classes().presenter_key(ticket, TEACHER) or ""


@pytest.fixture
def voter(ticket: str) -> str:
    """Return the token of a pupil whose browser is connected."""
    token = classes().voter_token(ticket, PUPIL, "school")
    classes().join(ticket, classes().voter_name(ticket, token) or "")
    return token


def teach(client: TestClient, ticket: str, key: str, body: Any, **headers: str) -> int:
    sent = {"X-Presenter-Key": key, **headers}
    return client.post(f"/api/classes/{ticket}/lab", json=body, headers=sent).status_code


def offer(client: TestClient, ticket: str, voter: object, **changes: Any) -> int:
    body = {"hash": "#seed=1", "picture": picture(), "name": "", "voter": voter, **changes}
    return client.post(f"/api/classes/{ticket}/offer", json=body).status_code


def seen(client: TestClient, ticket: str, key: str = "") -> dict[str, Any]:
    answer = client.get(f"/api/classes/{ticket}/lab", headers={"X-Presenter-Key": key})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    content: dict[str, Any] = answer.json()
    return content


def test_the_teacher_hands_out_and_puts_an_offer_on_the_board(
    client: TestClient, ticket: str, key: str, voter: str
) -> None:
    assert teach(client, ticket, key, {"hand_out": "#seed=7&at=100"}) == 200
    assert classes().location(ticket) == PageLocation("lab", {}, "#seed=7&at=100")
    assert offer(client, ticket, voter, name="Ada") == 200
    (offered,) = seen(client, ticket, key)["offers"]
    assert {**offered, "id": ""} == {"id": "", "name": "Ada", "hash": "#seed=1", "picture": picture()}
    assert seen(client, ticket) == seen(client, ticket, "wrong") == NOTHING
    assert teach(client, ticket, key, {"show": offered["id"]}) == 200
    assert seen(client, ticket) == {"offers": [], "shown": offered}
    assert teach(client, ticket, key, {"show": None}) == 200
    assert seen(client, ticket) == NOTHING
    assert teach(client, ticket, key, {"change": "refuse"}) == 200
    assert offer(client, ticket, voter) == 409
    assert teach(client, ticket, key, {"change": "allow"}) == 200
    assert teach(client, ticket, key, {"remove": offered["id"]}) == 200
    assert seen(client, ticket, key) == NOTHING


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"show": 1}, 400),
        ({"show": "unknown"}, 409),
        ({"remove": None}, 400),
        ({"change": "all"}, 400),
        ({"change": ["clear"]}, 400),
        ({"hand_out": "seed=1"}, 400),
        ({"hand_out": 5}, 400),
        ({"hand_out": "#" + "a" * 9000}, 400),
        ({"change": "clear", "show": None}, 400),
        ({"open": True}, 400),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_other_requests_of_the_teacher_are_refused(
    client: TestClient, ticket: str, key: str, body: Any, status: int
) -> None:
    before = classes().state(ticket)
    assert teach(client, ticket, key, body) == status
    assert classes().state(ticket) == before


def test_nobody_else_hands_out_or_changes_offers(client: TestClient, ticket: str, key: str, voter: str) -> None:
    for wrong in ("", "0" * 64, voter):
        assert teach(client, ticket, wrong, {"change": "clear"}) == 403
    assert teach(client, ticket, key, {"change": "clear"}, **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert teach(client, "A" * 22, key, {"change": "clear"}) == 404


def test_only_connected_pupils_of_the_class_offer_labs_slowly(client: TestClient, ticket: str, voter: str) -> None:
    absent = classes().voter_token(ticket, "absent" * 8, "school")
    for wrong in (absent, "", "a.b", 1, None):
        assert offer(client, ticket, wrong) == 403
    assert offer(client, ticket, voter, picture="x") == 400
    assert offer(client, ticket, voter, more=1) == 400
    assert offer(client, ticket, voter, name="a" * class_lab.MAX_OFFER_BYTES) == 413
    assert [offer(client, ticket, voter) for _ in range(4)] == [200, 200, 200, 429]


def test_the_shipped_graphs_are_served(client: TestClient) -> None:
    answer = client.get("/api/lab/shipped.bin?v")
    assert answer.content == GRAPHS.read_bytes()
    assert "immutable" in answer.headers["cache-control"]
