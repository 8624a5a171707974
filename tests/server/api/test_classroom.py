"""Class mode over HTTP, and every way around its one rule that we could think of: only the owner controls."""

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
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.server import lifespan, owner_cookie, routes
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
    made = RunDir.create(home / "ring-1", PRESETS["ring"], "ring")
    classes().show(made, TEACHER)
    return made


@pytest.fixture
def key(run: RunDir) -> str:
    return classes().presenter_key(run, TEACHER) or ""


def post(client: TestClient, path: str, body: Any, key: str | None = None, **headers: str) -> int:
    if key is not None:
        headers["X-Presenter-Key"] = key
    return client.post(f"/api/runs/{path}", json=body, headers=headers).status_code


def ask(client: TestClient, run: RunDir, key: str) -> str:
    assert post(client, f"{run.id}/poll", {"start": QUESTION}, key) == 200
    return str(classes().state(run.id)["vote"]["id"])


def as_pupil(n: int | str = 0) -> dict[str, str]:
    return {"cookie": f"{ownership.OWNER_COOKIE}=pupil-{n:0>32}"}


# ---- the short link


def test_the_short_link_leads_to_the_board_under_any_prefix(client: TestClient, run: RunDir) -> None:
    from urllib.parse import urljoin

    code = classes().state(run.id)["code"]
    for path in (f"/c/{code}", f"/c/{code}/", f"/c/{code.lower()}"):
        answer = client.get(path)
        assert answer.status_code == 302
        for base in ("https://a.example", "https://a.example/some/prefix"):
            assert urljoin(base + path, answer.headers["location"]) == f"{base}/train?run={run.id}&class=1"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("code", ["XXXXXX", "nope", "%2e%2e", "a%0d%0aSet-Cookie:x", "%E4%B8%AD", "x" * 2000])
def test_a_wrong_code_leads_to_a_page_that_asks_again(client: TestClient, run: RunDir, code: str) -> None:
    answer = client.get(f"/c/{code}")
    assert (answer.status_code, answer.headers["location"]) == (302, "../train?class=unknown")


def test_codes_cannot_be_tried_by_the_thousand(
    client: TestClient, run: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classes(), "_wrong_codes_by_address", RateLimit(rate=0, burst=30))  # as if no time passed
    places = [client.get(f"/c/{n:06}").headers["location"] for n in range(100)]
    assert places[0] == "../train?class=unknown"
    assert places[-1] == "../train?class=wait"
    assert len([place for place in places if "unknown" in place]) == 30


def test_the_link_without_a_code_leads_to_a_page_that_asks_for_one(client: TestClient) -> None:
    assert client.get("/c").headers["location"] == "train?class=join"


# ---- the teacher points


def test_the_owners_key_moves_the_class(client: TestClient, run: RunDir, key: str) -> None:
    assert post(client, f"{run.id}/class", {"at": 500, "highlight": 3, "by": "tab1"}, key) == 200
    told = classes().state(run.id)
    assert (told["at"], told["highlight"], told["by"]) == (500, 3, "tab1")
    assert post(client, f"{run.id}/class", {"at": None}, key) == 200
    assert (classes().state(run.id)["at"], classes().state(run.id)["highlight"]) == (None, 3)
    assert post(client, f"{run.id}/class", {"open": False}, key) == 200
    assert classes().state(run.id) == {"open": False}
    assert post(client, f"{run.id}/class", {"open": True}, key) == 200
    assert classes().state(run.id)["open"]


@pytest.mark.parametrize("path", ["class", "poll"])
def test_without_the_owners_key_nothing_moves(client: TestClient, run: RunDir, key: str, home: Path, path: str) -> None:
    theirs = RunDir.create(home / "theirs", PRESETS["ring"], "ring")
    mine = RunDir.create(home / "mine", PRESETS["ring"], "ring")
    classes().show(theirs, OTHER)
    classes().show(mine, TEACHER)
    ask(client, run, key)
    before, body = classes().state(run.id), {"class": {"at": 7}, "poll": {"start": QUESTION}}[path]
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
        classes().presenter_key(theirs, OTHER),
        classes().presenter_key(mine, TEACHER),
        run.path.joinpath("class").read_text()[:64],
        before["code"],
        PUPIL,
    ]
    for one in wrong:
        assert post(client, f"{run.id}/{path}", body, one) == 403, one
    cookies = {"cookie": f"{ownership.OWNER_COOKIE}={TEACHER}"}
    assert post(client, f"{run.id}/{path}", body, None, **cookies) == 403, "a cookie is no key: other sites can use it"
    assert post(client, f"{run.id}/{path}?X-Presenter-Key={key}", body) == 403
    assert post(client, f"{run.id}/{path}", {**body, "X-Presenter-Key": key}) == 403
    assert classes().state(run.id) == before


def test_a_key_of_before_the_restart_is_worth_nothing(run: RunDir, key: str) -> None:
    with started() as client:
        assert post(client, f"{run.id}/class", {"at": 7}, key) == 403
        assert post(client, f"{run.id}/class", {"at": 7}, classes().presenter_key(run, TEACHER)) == 200


@pytest.mark.parametrize("path", ["class", "poll", "vote"])
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_only_post_requests_are_handled(client: TestClient, run: RunDir, key: str, path: str, method: str) -> None:
    before = classes().version(run.id)
    answer = client.request(method, f"/api/runs/{run.id}/{path}?at=7", headers={"X-Presenter-Key": key})
    assert answer.status_code == 405
    assert "access-control-allow-origin" not in answer.headers
    assert classes().version(run.id) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://testserver.evil.example"},
        {"origin": "file://"},
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
    client: TestClient, run: RunDir, key: str, headers: dict[str, str]
) -> None:
    poll = ask(client, run, key)
    before = classes().version(run.id)
    assert post(client, f"{run.id}/class", {"at": 7}, key, **headers) in (403, 415)
    assert post(client, f"{run.id}/vote", {"vote": poll, "choice": 0}, **headers, **as_pupil()) in (403, 415)
    assert classes().version(run.id) == before


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
    client: TestClient, run: RunDir, key: str, headers: dict[str, str]
) -> None:
    assert post(client, f"{run.id}/class", {"at": 7}, key, **headers) == 200


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
    b"[" * 4000,
    b'{"at":' * 600,
]


@pytest.mark.parametrize("body", BAD_POINTING, ids=lambda body: repr(body[:30]))
def test_malformed_pointing_is_refused_even_from_the_owner(
    client: TestClient, run: RunDir, key: str, body: bytes
) -> None:
    before = classes().version(run.id)
    headers = {"X-Presenter-Key": key, "content-type": "application/json"}
    answer = client.post(f"/api/runs/{run.id}/class", content=body, headers=headers)
    assert answer.status_code == 400
    assert classes().version(run.id) == before


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
def test_malformed_polls_are_not_started(client: TestClient, run: RunDir, key: str, body: Any) -> None:
    assert post(client, f"{run.id}/poll", body, key) == 400
    assert classes().state(run.id)["vote"] is None


@pytest.mark.parametrize("path", ["class", "poll", "vote"])
def test_a_body_is_read_no_further_than_its_limit(client: TestClient, run: RunDir, key: str, path: str) -> None:
    sent = []

    def pieces() -> Iterator[bytes]:
        for _ in range(3):
            sent.append(1)
            yield b" " * 3000

    headers = {"X-Presenter-Key": key, "content-type": "application/json"}
    assert client.post(f"/api/runs/{run.id}/{path}", content=pieces(), headers=headers).status_code == 413
    lying = headers | {"content-length": "2"}
    assert client.post(f"/api/runs/{run.id}/{path}", content=b" " * 9000, headers=lying).status_code == 413


@pytest.mark.parametrize("path", ["class", "poll", "vote"])
@pytest.mark.parametrize(
    "run_id", ["ring-2", "..", "%2e%2e", "..%2fring-1", "ring-1%2f..%2fring-1", ".deleted", "x" * 200, "%00", "digits "]
)
@pytest.mark.usefixtures("run")
def test_unknown_run_ids_are_not_found(client: TestClient, key: str, run_id: str, path: str) -> None:
    assert post(client, f"{run_id}/{path}", {"at": 1}, key) == 404


def test_a_shipped_model_has_no_owner_to_pose_as(client: TestClient) -> None:
    for key in ("", classes()._key("digits", ""), classes()._key("digits", "0" * 64)):
        assert post(client, "digits/class", {"at": 1}, key) == 403


# ---- votes


def test_a_class_votes_and_the_owner_closes(client: TestClient, run: RunDir, key: str) -> None:
    poll = ask(client, run, key)
    for n in range(5):
        assert post(client, f"{run.id}/vote", {"vote": poll, "choice": int(n > 2)}, **as_pupil(n)) == 200
    assert classes().state(run.id)["vote"]["counts"] == [3, 2]
    assert post(client, f"{run.id}/poll", {"close": poll}, key) == 200
    assert post(client, f"{run.id}/vote", {"vote": poll, "choice": 1}, **as_pupil(9)) == 409
    told = classes().state(run.id)["vote"]
    assert (told["open"], told["winners"], told["can"]) == (False, [0], [True, False])
    assert post(client, f"{run.id}/poll", {"clear": poll}, key) == 200
    assert classes().state(run.id)["vote"] is None


def test_a_browser_has_one_vote_and_may_change_it(client: TestClient, run: RunDir, key: str) -> None:
    poll = ask(client, run, key)
    for choice in (0, 0, 1, 0, 1):
        body = {"vote": poll, "choice": choice, "voter": secrets.token_hex(16)}
        assert post(client, f"{run.id}/vote", body, **as_pupil()) == 200, (
            "with a cookie, a made-up voter counts for nothing"
        )
    assert classes().state(run.id)["vote"]["counts"] == [0, 1]


def test_without_cookies_a_random_name_has_one_vote(client: TestClient, run: RunDir, key: str) -> None:
    poll, name = ask(client, run, key), secrets.token_hex(16)
    for choice in (0, 1):
        assert post(client, f"{run.id}/vote", {"vote": poll, "choice": choice, "voter": name}) == 200
    assert classes().state(run.id)["vote"]["counts"] == [0, 1]


@pytest.mark.parametrize(
    "voter", [{}, {"voter": ""}, {"voter": "short"}, {"voter": "x" * 65}, {"voter": 7}, {"voter": "ü" * 20}]
)
def test_nobody_votes_without_a_name(client: TestClient, run: RunDir, key: str, voter: dict[str, Any]) -> None:
    poll = ask(client, run, key)
    assert post(client, f"{run.id}/vote", {"vote": poll, "choice": 0, **voter}) == 400
    assert (
        post(client, f"{run.id}/vote", {"vote": poll, "choice": 0, **voter}, cookie=f"{ownership.OWNER_COOKIE}=short")
        == 400
    )
    assert classes().state(run.id)["vote"]["total"] == 0


@pytest.mark.parametrize("choice", [-1, 2, 99, 10**9, 0.5, True, "0", None, [0], {}])
def test_an_invalid_choice_is_refused(client: TestClient, run: RunDir, key: str, choice: Any) -> None:
    poll = ask(client, run, key)
    assert post(client, f"{run.id}/vote", {"vote": poll, "choice": choice}, **as_pupil()) in (400, 409)
    assert classes().state(run.id)["vote"]["total"] == 0


def test_followers_cannot_start_close_or_clear_a_poll_nor_add_keys(client: TestClient, run: RunDir, key: str) -> None:
    poll = ask(client, run, key)
    before = classes().version(run.id)
    for body in ({"start": QUESTION}, {"close": poll}, {"clear": poll}):
        assert post(client, f"{run.id}/poll", body, **as_pupil()) == 403
    for more in ({"open": False}, {"weight": 9}, {"__proto__": {"choice": 0}}, {"at": 1}):
        assert post(client, f"{run.id}/vote", {"vote": poll, "choice": 0, **more}, **as_pupil()) == 400
    assert classes().version(run.id) == before


def test_votes_in_another_runs_or_a_former_poll_are_refused(
    client: TestClient, run: RunDir, key: str, home: Path
) -> None:
    other = RunDir.create(home / "other", PRESETS["ring"], "ring")
    classes().show(other, OTHER)
    foreign = ask(client, other, classes().presenter_key(other, OTHER) or "")
    former = ask(client, run, key)
    ask(client, run, key)
    for poll in (foreign, former, "", "__proto__", "constructor"):
        assert post(client, f"{run.id}/vote", {"vote": poll, "choice": 0}, **as_pupil()) == 409
    assert post(client, f"{run.id}/vote", {"vote": None, "choice": 0}, **as_pupil()) == 400
    assert classes().state(run.id)["vote"]["total"] == classes().state(other.id)["vote"]["total"] == 0


def test_a_flood_is_turned_away_and_a_class_is_not(
    client: TestClient, run: RunDir, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_state(), "post_limit", RateLimit(rate=0, burst=300))
    poll = ask(client, run, key)
    answers = [post(client, f"{run.id}/vote", {"vote": poll, "choice": 0}, **as_pupil(n % 40)) for n in range(400)]
    assert answers[:120] == [200] * 120, "forty who change their minds twice"
    assert answers[-1] == 429
    assert classes().state(run.id)["vote"]["total"] == 40


def test_no_answer_says_who_owns_or_which_key_would_fit(client: TestClient, run: RunDir, key: str) -> None:
    answer = client.post(f"/api/runs/{run.id}/class", json={"at": 1}, headers={"X-Presenter-Key": "wrong"})
    assert answer.json() == {"error": "only the owner of the run may do this"}
    assert key not in str(answer.headers)
    assert answer.headers["cache-control"] == "no-store"
