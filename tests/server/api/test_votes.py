"""Polls of a class over HTTP: malformed ones, votes, voters, floods, and what no answer tells."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from gan_demo.boards import classroom as board_classroom
from gan_demo.i18n import text
from gan_demo.presets import PRESETS
from gan_demo.runs import library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.server.state import server_state
from gan_demo.support.rate_limit import RateLimit
from tests.server.api.lesson import OTHER, PUPIL, QUESTION, ask, classes, post, voter
from tests.server.api.lesson import client as client
from tests.server.api.lesson import key as key
from tests.server.api.lesson import run as run
from tests.server.api.lesson import ticket as ticket


def cast(client: TestClient, ticket: str, poll: object, choice: object, n: int = 0, **more: Any) -> int:
    """Vote as the n-th pupil, whose browser is connected."""
    token = voter(ticket, n)
    name = classes().voter_name(ticket, token) or ""
    classes().join(ticket, name)
    return post(client, f"{ticket}/vote", {"vote": poll, "choice": choice, "voter": token, **more})


def start(question: Any = "?", options: Any = ({"text": "a"}, {"text": "b"}), **more: Any) -> dict[str, Any]:
    return {"start": {"question": question, "options": options, **more}}


BAD_POLLS: list[Any] = [
    {},
    [],
    7,
    {"start": None},
    {"start": {}},
    {"start": QUESTION, "close": "x"},
    {"finish": "x"},
    {"close": 1},
    {"clear": None},
    {"__proto__": {"start": QUESTION}},
    start(1),
    start(""),
    start("x" * 141),
    start(extra=1),
    start(options="ab"),
    start(options=[{"text": "a"}]),
    start(options=[{"text": c} for c in "abcdefg"]),
    start(options=[{"text": "a"}, {"text": "a"}]),
    start(options=[{"text": "a"}, {"text": 2}]),
    start(options=["a", "b"]),
    start(options=[{"text": "a"}, {"text": "b", "settings": []}]),
    start(options=[{"text": "a"}, {"text": "b", "x": 1}]),
    start(options=[{"text": "a"}, {"text": "b", "settings": {"path": "/etc/passwd"}}]),
    start(options=[{"text": "a"}, {"text": "b", "settings": {"__proto__": 1}}]),
    start(options=[{"text": "a"}, {"text": "b", "settings": {"lr": {"times": 1e308}}}]),
]


@pytest.mark.parametrize("body", BAD_POLLS, ids=repr)
def test_malformed_polls_are_not_started(client: TestClient, ticket: str, key: str, body: Any) -> None:
    assert post(client, f"{ticket}/poll", body, key) == 400
    assert classes().state(ticket)["vote"] is None


def test_a_class_votes_and_the_teacher_closes(client: TestClient, ticket: str, key: str) -> None:
    poll = ask(client, ticket, key)
    for n in range(5):
        assert cast(client, ticket, poll, int(n > 2), n) == 200
    assert classes().state(ticket)["vote"]["counts"] == [3, 2]
    assert post(client, f"{ticket}/poll", {"close": poll}, key) == 200
    assert cast(client, ticket, poll, 1, 9) == 409
    vote = classes().state(ticket)["vote"]
    assert (vote["open"], vote["winners"], vote["can"]) == (False, [0], [True, False])
    assert post(client, f"{ticket}/poll", {"clear": poll}, key) == 200
    assert classes().state(ticket)["vote"] is None


def test_a_browser_has_one_vote_and_may_change_it(client: TestClient, ticket: str, key: str) -> None:
    poll = ask(client, ticket, key)
    for choice in (0, 0, 1, 0, 1):
        assert cast(client, ticket, poll, choice) == 200
    assert classes().state(ticket)["vote"]["counts"] == [0, 1]


def test_a_ready_made_poll_is_asked_in_each_viewers_language(client: TestClient, ticket: str, key: str) -> None:
    with text.use_language("zh"):
        ready_made = board_classroom.poll_templates(library.find("ring-1"))[0]
    poll = {"question": ready_made["question"], "options": ready_made["options"]}
    assert post(client, f"{ticket}/poll", {"start": poll}, key) == 200
    vote = classes().state(ticket)["vote"]
    assert vote["texts"]["en"] == {
        "question": "Which learning rate next?",
        "options": ["Double it", "Keep it", "Halve it"],
    }
    assert vote["texts"]["zh"]["question"] == poll["question"] == vote["question"]
    edited = {**poll, "question": "Faster?"}
    assert post(client, f"{ticket}/poll", {"start": edited}, key) == 200
    assert classes().state(ticket)["vote"]["texts"] == {}, "the teacher's own words"


INVENTED = ["", "short", "x" * 64, 7, None, "ü" * 20, "a" * 32 + "." + "b" * 32, ["x"]]


@pytest.mark.parametrize("invented", INVENTED, ids=repr)
def test_nobody_votes_without_a_token_of_the_server(
    client: TestClient, ticket: str, key: str, invented: object
) -> None:
    poll = ask(client, ticket, key)
    body = {"vote": poll, "choice": 0, "voter": invented}
    for headers in ({}, {"cookie": f"{ownership.OWNER_COOKIE}={PUPIL}"}):
        assert post(client, f"{ticket}/vote", body, **headers) == 403
    assert post(client, f"{ticket}/vote", {"vote": poll, "choice": 0}) == 403
    assert classes().state(ticket)["vote"]["total"] == 0


def test_a_class_behind_one_address_votes_and_sessions_without_a_connection_do_not(
    client: TestClient, ticket: str, key: str
) -> None:
    poll = ask(client, ticket, key)
    for n in range(280):  # each page gives a session without a cookie another token
        token = classes().voter_token(ticket, f"no cookie {n}", "testclient")
        assert post(client, f"{ticket}/vote", {"vote": poll, "choice": 0, "voter": token}) == 403
    assert classes().state(ticket)["vote"]["total"] == 0
    pupils = [classes().voter_token(ticket, f"pupil {n}", "testclient") for n in range(20)]
    with ExitStack() as connections:
        for token in pupils:
            socket = connections.enter_context(client.websocket_connect(f"/api/classes/{ticket}/live?voter={token}"))
            socket.receive_json()
        for token in pupils:
            assert post(client, f"{ticket}/vote", {"vote": poll, "choice": 1, "voter": token}) == 200
    assert classes().state(ticket)["vote"]["counts"] == [0, 20], "who has voted may leave"


def test_a_flood_of_invented_voters_keeps_nobody_out(client: TestClient, ticket: str, key: str) -> None:
    poll = ask(client, ticket, key)
    for n in range(1200):
        body = {"vote": poll, "choice": 0, "voter": f"{n:032x}.{n:032x}"}
        assert post(client, f"{ticket}/vote", body) in (403, 429)
    for n in range(30):
        assert cast(client, ticket, poll, 1, n) == 200, "from the same address"
    assert classes().state(ticket)["vote"]["counts"] == [0, 30]
    assert post(client, f"{ticket}/poll", {"close": poll}, key) == 200, "nor the teacher"


@pytest.mark.parametrize("choice", [-1, 2, 99, 10**9, 0.5, True, "0", None, [0], {}])
def test_an_invalid_choice_is_refused(client: TestClient, ticket: str, key: str, choice: Any) -> None:
    poll = ask(client, ticket, key)
    assert cast(client, ticket, poll, choice) in (400, 409)
    assert classes().state(ticket)["vote"]["total"] == 0


def test_followers_cannot_start_close_or_clear_a_poll_nor_add_keys(client: TestClient, ticket: str, key: str) -> None:
    poll = ask(client, ticket, key)
    assert cast(client, ticket, poll, 0) == 200
    before = classes().version(ticket)
    for body in ({"start": QUESTION}, {"close": poll}, {"clear": poll}):
        assert post(client, f"{ticket}/poll", body) == 403
    for more in ({"open": False}, {"weight": 9}, {"__proto__": {"choice": 0}}, {"at": 1}):
        assert cast(client, ticket, poll, 0, **more) == 400
    assert classes().version(ticket) == before


def test_votes_in_another_class_or_a_former_poll_are_refused(
    client: TestClient, ticket: str, key: str, home: Path
) -> None:
    classes().show(RunDir.create(home / "other", PRESETS["ring"], "ring"), OTHER)
    theirs = classes().ticket_of(OTHER)
    foreign = ask(client, theirs, classes().presenter_key(theirs, OTHER) or "")
    former = ask(client, ticket, key)
    present = ask(client, ticket, key)
    for poll in (foreign, former, "", "__proto__", "constructor"):
        assert cast(client, ticket, poll, 0) == 409
    assert cast(client, ticket, None, 0) == 400
    elsewhere = {"vote": present, "choice": 0, "voter": voter(theirs)}
    assert post(client, f"{ticket}/vote", elsewhere) == 403, "a voter of another class"
    assert classes().state(ticket)["vote"]["total"] == classes().state(theirs)["vote"]["total"] == 0


def test_a_voter_who_floods_is_turned_away_alone(
    client: TestClient, ticket: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_state(), "post_limit", RateLimit(rate=0, burst=20))
    poll = ask(client, ticket, key)
    answers = [cast(client, ticket, poll, 0) for _ in range(30)]
    assert answers == [200] * 20 + [429] * 10
    assert cast(client, ticket, poll, 0, 1) == 200


def test_no_answer_says_who_owns_or_which_key_would_fit(client: TestClient, ticket: str, key: str) -> None:
    answer = client.post(f"/api/classes/{ticket}/steer", json={"at": 1}, headers={"X-Presenter-Key": "wrong"})
    assert answer.json() == {"error": "only the teacher of the class may do this"}
    assert key not in str(answer.headers)
    assert answer.headers["cache-control"] == "no-store"
