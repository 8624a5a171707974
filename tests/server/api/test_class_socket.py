"""The state of a class over a WebSocket: what viewers are sent, and who counts as present."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from gan_demo.classroom.attendance import PER_ADDRESS
from gan_demo.classroom.classes import Classes
from gan_demo.classroom.polls import Option
from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir
from gan_demo.server import class_channel, routes
from gan_demo.server.api import request_body
from gan_demo.server.api.class_socket import UNKNOWN_CLASS
from gan_demo.service import app_state

pytestmark = pytest.mark.usefixtures("client")
TEACHER, PUPIL, OTHER = (secrets.token_urlsafe(32) for _ in range(3))


def classes() -> Classes:
    return app_state.current().classes


@pytest.fixture
def ticket(home: Path) -> str:
    classes().show(RunDir.create(home / "ring-1", PRESETS["ring"], "ring"), TEACHER)
    return classes().ticket_of(TEACHER)


def test_a_viewer_is_sent_the_state_and_each_change_of_it(client: TestClient, ticket: str) -> None:
    with client.websocket_connect(f"/api/classes/{ticket}/live") as viewer:
        assert viewer.receive_json() == classes().state(ticket)
        classes().point(ticket, {"at": 120, "by": "tab"})
        assert viewer.receive_json() == classes().state(ticket)
        classes().set_open(ticket, False)
        assert viewer.receive_json() == {"open": False}
        classes().set_open(ticket, True)
        assert viewer.receive_json()["open"], "it waits for a class that ended by mistake"


def test_an_unchanged_state_is_sent_again_as_a_heartbeat(
    client: TestClient, ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(class_channel, "HEARTBEAT", 0.01)
    with client.websocket_connect(f"/api/classes/{ticket}/live") as viewer:
        assert viewer.receive_json() == viewer.receive_json() == classes().state(ticket)


def test_voters_who_are_connected_are_counted_once_and_nobody_else(client: TestClient, ticket: str) -> None:
    tokens = [classes().voter_token(ticket, browser, "school") for browser in (PUPIL, OTHER)]
    path = f"/api/classes/{ticket}/live"
    with client.websocket_connect(f"{path}?voter={tokens[0]}") as first:
        assert first.receive_json()["watching"] == 1
        with client.websocket_connect(f"{path}?voter={tokens[0]}"), client.websocket_connect(path) as unknown:
            assert unknown.receive_json()["watching"] == 1, "a second tab, and somebody without a token"
            with client.websocket_connect(f"{path}?voter={tokens[1]}") as other:
                assert other.receive_json()["watching"] == 2
            assert first.receive_json()["watching"] == 2
            assert first.receive_json()["watching"] == 1


def test_one_address_has_so_many_voters_and_another_more(client: TestClient, ticket: str) -> None:
    poll = classes().start_poll(ticket, "?", [Option("a"), Option("b")])
    for n in range(PER_ADDRESS):
        classes().join(ticket, f"voter {n}", "testclient")
    token = classes().voter_token(ticket, PUPIL, "school")
    body = {"vote": poll.id, "choice": 1, "voter": token}
    with client.websocket_connect(f"/api/classes/{ticket}/live?voter={token}") as viewer:
        assert viewer.receive_json()["watching"] == PER_ADDRESS
        assert client.post(f"/api/classes/{ticket}/vote", json=body).status_code == 429
        classes().leave(ticket, "voter 7")
        assert client.post(f"/api/classes/{ticket}/vote", json=body).status_code == 200
    classes().join(ticket, "guest", "elsewhere")
    assert classes().state(ticket)["watching"] == PER_ADDRESS


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_an_address_of_ipv6_is_its_network(host: str, address: str) -> None:
    assert request_body.address(HTTPConnection({"type": "http", "client": (host, 1)})) == address
    assert request_body.address(HTTPConnection({"type": "websocket", "client": None})) == ""


@pytest.mark.parametrize("ticket", ["A" * 22, "x", "%2e%2e"])
def test_no_class_is_closed_with_a_code_that_says_so(client: TestClient, ticket: str) -> None:
    with client.websocket_connect(f"/api/classes/{ticket}/live") as viewer, pytest.raises(WebSocketDisconnect) as end:
        viewer.receive_json()
    assert end.value.code == UNKNOWN_CLASS


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
def test_another_site_is_refused(client: TestClient, ticket: str, headers: dict[str, str]) -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(f"/api/classes/{ticket}/live", headers=headers),
    ):
        pytest.fail("it was let in")


@pytest.mark.parametrize("prefix", ["", "/gan"])
def test_it_is_served_below_a_base_path_too_and_an_unknown_address_is_refused(ticket: str, prefix: str) -> None:
    app = Starlette(routes=routes.served("/gan", b"<p>a page</p>"))
    with TestClient(app).websocket_connect(f"{prefix}/api/classes/{ticket}/live") as viewer:
        assert viewer.receive_json()["open"]
    with pytest.raises(WebSocketDisconnect), TestClient(app).websocket_connect(f"{prefix}/api/nothing/live"):
        pytest.fail("it was let in")
