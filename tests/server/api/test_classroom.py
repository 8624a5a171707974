"""Class mode over HTTP, and every way around its one rule that we could think of: only the teacher leads."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from gan_demo.boards import classroom as board_classroom
from gan_demo.classroom.classes import Classes
from gan_demo.classroom.place import Place
from gan_demo.i18n import text
from gan_demo.presets import PRESETS
from gan_demo.runs import library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.server import lifespan, owner_cookie, routes
from gan_demo.server.api import classroom
from gan_demo.server.state import server_state
from gan_demo.service import app_state
from gan_demo.support.rate_limit import RateLimit

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


def cast(client: TestClient, ticket: str, poll: object, choice: object, n: int = 0, **more: Any) -> int:
    """Vote as the n-th pupil, whose browser is connected."""
    token = voter(ticket, n)
    name = classes().voter_name(ticket, token) or ""
    classes().join(ticket, name)
    return post(client, f"{ticket}/vote", {"vote": poll, "choice": choice, "voter": token, **more})


# ---- the short link


def test_the_short_link_leads_to_what_the_class_sees_under_any_prefix(
    client: TestClient, run: RunDir, ticket: str
) -> None:
    code = classes().state(ticket)["code"]
    for path in (f"/c/{code}", f"/c/{code}/", f"/c/{code.lower()}", f"/c/{ticket}", f"/c/{ticket}/"):
        answer = client.get(path)
        assert answer.status_code == 302
        for base in ("https://a.example", "https://a.example/some/prefix"):
            assert urljoin(base + path, answer.headers["location"]) == f"{base}/train?run={run.id}&class={ticket}"
        assert answer.headers["cache-control"] == "no-store"
    classes().go_to(ticket, Place("explore", {"run": "digits", "step": "7"}, "#z=AA&psi=1"))
    assert client.get(f"/c/{code}").headers["location"] == f"../explore?run=digits&step=7&class={ticket}#z=AA&psi=1"


@pytest.mark.parametrize("code", ["XXXXXX", "nope", "%2e%2e", "a%0d%0aSet-Cookie:x", "%E4%B8%AD", "x" * 2000])
@pytest.mark.usefixtures("ticket")
def test_a_wrong_code_leads_to_a_page_that_asks_again(client: TestClient, code: str) -> None:
    answer = client.get(f"/c/{code}")
    assert (answer.status_code, answer.headers["location"]) == (302, "../train?class=unknown")


def test_a_right_code_enters_after_any_number_of_wrong_ones(
    client: TestClient, ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    code = classes().state(ticket)["code"]
    monkeypatch.setattr(classroom.asyncio, "sleep", sleep)
    for n in range(200):
        assert client.get(f"/c/{n:06}").headers["location"] == "../train?class=unknown"
    assert f"class={ticket}" in client.get(f"/c/{code}").headers["location"]
    assert (waits[0], waits[-1]) == (0, 3), "slowly"
    assert f"class={ticket}" in client.get(f"/c/{ticket}").headers["location"]
    assert waits[-1] == 0, "what the QR code holds cannot be guessed"


def test_the_link_without_a_code_leads_to_a_page_that_asks_for_one(client: TestClient) -> None:
    assert client.get("/c").headers["location"] == "train?class=join"


# ---- the teacher points


def test_the_teachers_key_moves_the_class(client: TestClient, ticket: str, key: str) -> None:
    assert post(client, f"{ticket}/steer", {"at": 500, "highlight": 3, "by": "tab1"}, key) == 200
    told = classes().state(ticket)
    assert (told["at"], told["highlight"], told["by"]) == (500, 3, "tab1")
    assert post(client, f"{ticket}/steer", {"at": None}, key) == 200
    assert (classes().state(ticket)["at"], classes().state(ticket)["highlight"]) == (None, 3)
    comparison = {"page": "compare", "query": {"runs": "digits,tutorial"}}
    assert post(client, f"{ticket}/steer", {"place": comparison, "at": None, "by": "tab1"}, key) == 200
    assert classes().state(ticket)["place"] == {**comparison, "hash": ""}
    assert post(client, f"{ticket}/steer", {"open": False}, key) == 200
    assert classes().state(ticket) == {"open": False}
    assert post(client, f"{ticket}/steer", {"open": True}, key) == 200
    assert classes().state(ticket)["place"] == {**comparison, "hash": ""}, "what ended by mistake goes on"


@pytest.mark.parametrize("path", ["steer", "poll"])
def test_without_the_teachers_key_nothing_moves(
    client: TestClient, ticket: str, key: str, home: Path, path: str
) -> None:
    theirs = RunDir.create(home / "theirs", PRESETS["ring"], "ring")
    classes().show(theirs, OTHER)
    ask(client, ticket, key)
    before, body = classes().state(ticket), {"steer": {"at": 7}, "poll": {"start": QUESTION}}[path]
    wrong = [
        None,
        "",
        "0" * 64,
        key[:-1],
        key + "0",
        key.upper(),
        TEACHER,
        "null",
        "undefined",
        "*",
        "\x7f",
        classes().presenter_key(classes().ticket_of(OTHER), OTHER),
        ownership.digest(TEACHER),
        before["code"],
        ticket,
        voter(ticket),
    ]
    for each in wrong:
        assert post(client, f"{ticket}/{path}", body, each) == 403, each
    cookies = {"cookie": f"{ownership.OWNER_COOKIE}={TEACHER}"}
    assert post(client, f"{ticket}/{path}", body, None, **cookies) == 403, "a cookie is no key: other sites can use it"
    assert post(client, f"{ticket}/{path}?X-Presenter-Key={key}", body) == 403
    assert post(client, f"{ticket}/{path}", {**body, "X-Presenter-Key": key}) == 403
    assert classes().state(ticket) == before


def test_a_key_of_before_the_restart_is_worth_nothing(client: TestClient, ticket: str, key: str) -> None:
    classes().close()
    with started() as client:
        assert post(client, f"{ticket}/steer", {"at": 7}, key) == 403
        assert post(client, f"{ticket}/steer", {"at": 7}, classes().presenter_key(ticket, TEACHER)) == 200


@pytest.mark.parametrize("path", ["steer", "poll", "vote"])
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_only_post_requests_are_handled(client: TestClient, ticket: str, key: str, path: str, method: str) -> None:
    before = classes().version(ticket)
    answer = client.request(method, f"/api/classes/{ticket}/{path}?at=7", headers={"X-Presenter-Key": key})
    assert answer.status_code == 405
    assert "access-control-allow-origin" not in answer.headers
    assert classes().version(ticket) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://testserver.evil.example"},
        {"origin": "file://"},
        {"origin": "http://["},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "text/plain; application/json"},
    ],
)
def test_another_site_cannot_act_for_its_visitors(
    client: TestClient, ticket: str, key: str, headers: dict[str, str]
) -> None:
    poll = ask(client, ticket, key)
    before = classes().version(ticket)
    assert post(client, f"{ticket}/steer", {"at": 7}, key, **headers) in (403, 415)
    vote = {"vote": poll, "choice": 0, "voter": voter(ticket)}
    assert post(client, f"{ticket}/vote", vote, **headers) in (403, 415)
    assert classes().version(ticket) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://testserver"},
        {"origin": "https://a.example", "x-forwarded-host": "a.example"},
        {"sec-fetch-site": "same-origin", "origin": "https://a.example"},
        {"content-type": "application/json; charset=utf-8"},
    ],
)
def test_our_own_page_may_also_behind_a_proxy(
    client: TestClient, ticket: str, key: str, headers: dict[str, str]
) -> None:
    assert post(client, f"{ticket}/steer", {"at": 7}, key, **headers) == 200


# ---- bodies


BAD_POINTING = [
    b"",
    b"{",
    b"[]",
    b"7",
    b"null",
    b"{}",
    b"\xff\xfe",
    b'{"at": 1} x',
    b'{"at": 1, "at": 2}',
    b'{"at": NaN}',
    b'{"at": Infinity}',
    b'{"at": -1}',
    b'{"at": 1.5}',
    b'{"at": 1e3}',
    b'{"at": true}',
    b'{"at": "1"}',
    b'{"at": [1]}',
    b'{"at": 9007199254740993}',
    b'{"at": 1' + b"0" * 4000 + b"}",
    b'{"highlight": -1}',
    b'{"highlight": 4096}',
    b'{"highlight": {}}',
    b'{"open": 1}',
    b'{"open": null}',
    b'{"by": "<b>"}',
    b'{"by": 1}',
    b'{"by": null}',
    b'{"by": "12345678901234567"}',
    b'{"__proto__": {"open": true}}',
    b'{"constructor": 1}',
    b'{"at": 1, "status": "x"}',
    b'{"at": 1, "teacher": "x"}',
    b'{"code": "AAAAAA"}',
    b'{"place": null}',
    b'{"place": {"page": "train", "query": {"run": "../x"}}}',
    b'{"place": {"page": "https://evil.example", "query": {}}}',
    b'{"at": 1, "place": {"page": "train", "query": {"run": "a"}, "x": 1}}',
    b"[" * 4000,
    b'{"at":' * 600,
]


@pytest.mark.parametrize("body", BAD_POINTING, ids=lambda body: repr(body[:30]))
def test_malformed_pointing_is_refused_even_from_the_owner(
    client: TestClient, ticket: str, key: str, body: bytes
) -> None:
    before = classes().version(ticket)
    headers = {"X-Presenter-Key": key, "content-type": "application/json"}
    answer = client.post(f"/api/classes/{ticket}/steer", content=body, headers=headers)
    assert answer.status_code == 400
    assert classes().version(ticket) == before


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


@pytest.mark.parametrize("path", ["steer", "poll", "vote"])
def test_a_body_is_read_no_further_than_its_limit(client: TestClient, ticket: str, key: str, path: str) -> None:
    sent = []

    def pieces() -> Iterator[bytes]:
        for _ in range(3):
            sent.append(1)
            yield b" " * 9000

    headers = {"X-Presenter-Key": key, "content-type": "application/json"}
    assert client.post(f"/api/classes/{ticket}/{path}", content=pieces(), headers=headers).status_code == 413
    lying = headers | {"content-length": "2"}
    assert client.post(f"/api/classes/{ticket}/{path}", content=b" " * 29_000, headers=lying).status_code == 413


@pytest.mark.parametrize("path", ["steer", "poll", "vote"])
@pytest.mark.parametrize("ticket", ["A" * 22, "..", "%2e%2e", "..%2fring-1", ".deleted", "x" * 200, "%00", "digits"])
@pytest.mark.usefixtures("run")
def test_unknown_classes_are_not_found(client: TestClient, ticket: str, path: str) -> None:
    assert post(client, f"{ticket}/{path}", {"at": 1}, "0" * 64) == 404


# ---- votes


def test_a_class_votes_and_the_teacher_closes(client: TestClient, ticket: str, key: str) -> None:
    poll = ask(client, ticket, key)
    for n in range(5):
        assert cast(client, ticket, poll, int(n > 2), n) == 200
    assert classes().state(ticket)["vote"]["counts"] == [3, 2]
    assert post(client, f"{ticket}/poll", {"close": poll}, key) == 200
    assert cast(client, ticket, poll, 1, 9) == 409
    told = classes().state(ticket)["vote"]
    assert (told["open"], told["winners"], told["can"]) == (False, [0], [True, False])
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
    asked = {"question": ready_made["question"], "options": ready_made["options"]}
    assert post(client, f"{ticket}/poll", {"start": asked}, key) == 200
    told = classes().state(ticket)["vote"]
    assert told["texts"]["en"] == {
        "question": "Which learning rate next?",
        "options": ["Double it", "Keep it", "Halve it"],
    }
    assert told["texts"]["zh"]["question"] == asked["question"] == told["question"]
    edited = {**asked, "question": "Faster?"}
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
