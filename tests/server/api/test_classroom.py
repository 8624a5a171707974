"""Class mode over HTTP, and every way around its one rule that we could think of: only the teacher leads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from starlette.testclient import TestClient

from gan_demo.classroom.page_location import PageLocation
from gan_demo.presets import PRESETS
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.server.api import classroom
from tests.server.api.lesson import OTHER, QUESTION, TEACHER, ask, classes, post, started, voter
from tests.server.api.lesson import client as client
from tests.server.api.lesson import key as key
from tests.server.api.lesson import run as run
from tests.server.api.lesson import ticket as ticket


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
    classes().go_to(ticket, PageLocation("explore", {"run": "digits", "step": "7"}, "#z=AA&psi=1"))
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


def test_the_teachers_key_moves_the_class(client: TestClient, ticket: str, key: str) -> None:
    assert post(client, f"{ticket}/steer", {"at": 500, "highlight": 3, "by": "tab1"}, key) == 200
    state = classes().state(ticket)
    assert (state["at"], state["highlight"], state["by"]) == (500, 3, "tab1")
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
