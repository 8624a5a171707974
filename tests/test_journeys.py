"""Journeys as films: the ways between keyframes, what is refused, and the address that makes one at a time."""

from __future__ import annotations

import dataclasses
import io
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient

from gan_demo import exploring, journey_routes, journeys, ownership, server
from gan_demo.config import DataConfig, ModelConfig, RunConfig
from gan_demo.datasets import DIGIT
from gan_demo.errors import DataError
from gan_demo.exploring import Place
from gan_demo.journeys import Journey
from gan_demo.models import build_generator
from gan_demo.runs import RunDir
from gan_demo.throttle import Throttle

pytestmark = pytest.mark.usefixtures("one_thread")
DIGITS = ModelConfig(arch="dcgan", z_dim=5, width=4, conditional=True, shape=(1, 28, 28), labels=DIGIT)
RING = ModelConfig(arch="points", z_dim=3, width=8, shape=(2,))
A, B, C = Place((1.0, 0.0)), Place((0.0, 1.0)), Place((-1.0, 0.0))


def told(model: ModelConfig, count: int = 2, **other: Any) -> dict[str, Any]:
    keys = []
    for seed in range(count):
        place = exploring.random_place(model, seed)
        keys.append({"z": list(place.z), "y": [w for field in place.labels for w in field], "psi": place.psi})
    return {"keys": keys} | other


# ---- journeys


def test_a_loop_ends_before_it_is_where_it_began_and_a_way_at_its_last_keyframe() -> None:
    loop, way = Journey((A, B, C)), Journey((A, B, C), loop=False)
    assert (loop.legs, way.legs) == (3, 2)
    assert loop.stops(3) == [A, B, C]
    assert way.stops(3) == [A, B, C]
    assert loop.at(3) == A
    assert way.at(2) == C
    assert way.at(0.5).z == pytest.approx((0.7071, 0.7071), abs=1e-4)
    assert Journey((A, B), spherical=False).at(0.5).z == pytest.approx((0.5, 0.5))


def test_a_film_has_thirty_pictures_a_second_and_never_too_many() -> None:
    assert Journey((A, B, C), seconds=1.0).frames == 90
    assert Journey((A, B, C) * 8, seconds=6.0).frames == journeys.MOST_FRAMES


def test_what_a_browser_tells_becomes_places() -> None:
    found = journeys.from_json(told(DIGITS, 3, loop=False, seconds=1), DIGITS)
    assert found.keys == tuple(exploring.random_place(DIGITS, seed) for seed in range(3))
    assert (found.loop, found.spherical, found.seconds) == (False, True, 1.0)


def without(model: ModelConfig, **changed: Any) -> dict[str, Any]:
    """A journey whose first keyframe is not as it should be."""
    whole = told(model)
    whole["keys"][0] |= changed
    return whole


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "keys"), ({"keys": []}, "keys"), (told(DIGITS, 1), "keys"), (told(DIGITS, 25), "keys"),
        ({"keys": [1, 2]}, "keys"), (without(DIGITS, other=1), "keys"), (told(RING), "z"),
        (without(DIGITS, z=[1.0] * 4), "z"), (without(DIGITS, z=[True] * 5), "z"), (without(DIGITS, z=[1e9] * 5), "z"),
        (without(DIGITS, y=[0.1]), "y"), (without(DIGITS, psi=3), "psi"), (told(DIGITS, loop=1), "loop"),
        (told(DIGITS, seconds=60), "seconds"), (told(DIGITS, seconds="2"), "seconds"), (told(DIGITS, colour=1), "journey"),
    ],
)  # fmt: skip
def test_what_is_no_journey_is_refused_with_its_field(body: dict[str, Any], field: str) -> None:
    with pytest.raises(DataError) as caught:
        journeys.from_json(body, DIGITS)
    assert caught.value.field == field


def test_the_film_shows_each_sample_enlarged_by_whole_pixels() -> None:
    generator = build_generator(DIGITS, seed=1).eval()
    journey = journeys.from_json(told(DIGITS, 2, seconds=0.5), DIGITS)
    with av.open(io.BytesIO(journeys.mp4(journey, generator, DIGITS, "digits"))) as film:
        frames = [frame.to_ndarray(format="gray") for frame in film.decode(video=0)]
    assert (len(frames), frames[0].shape) == (30, (476, 476))
    wanted = exploring.pictures(generator, [journey.keys[0], journey.at(1)])[..., 0].astype(int)
    for frame, picture in zip((frames[0], frames[15]), wanted, strict=True):
        assert np.abs(frame[8::17, 8::17] - picture).mean() < 4


def test_among_points_the_film_shows_the_way() -> None:
    journey = journeys.from_json(told(RING, seconds=0.5), RING)
    with av.open(io.BytesIO(journeys.mp4(journey, build_generator(RING, seed=1).eval(), RING, "ring"))) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(frames) == 30
    assert np.any(frames[0] != frames[10])


def test_a_film_that_nobody_waits_for_is_not_made() -> None:
    journey = journeys.from_json(told(DIGITS), DIGITS)
    with pytest.raises(journeys.Stopped):
        journeys.mp4(journey, build_generator(DIGITS, seed=1).eval(), DIGITS, "digits", lambda: True)


# ---- the address

PATH = "/api/explore/mine/3/journey.mp4"


@pytest.fixture
def client(home: Path) -> Iterator[TestClient]:
    run = RunDir.create(home / "mine", RunConfig(DataConfig("digits"), DIGITS), "mine")
    run.add_checkpoint(3, build_generator(DIGITS, seed=3).state_dict())
    run.set_info(dataclasses.replace(run.info, status="done", step=3, checkpoints=(3,)))
    journey_routes.forget()
    with TestClient(Starlette(routes=server.ROUTES)) as one:
        yield one
    journey_routes.forget()


def test_a_film_is_posted_for(client: TestClient) -> None:
    answer = client.post(PATH, json=told(DIGITS, seconds=0.5))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4")
    assert answer.headers["cache-control"] == "no-store"
    with av.open(io.BytesIO(answer.content)) as film:
        assert sum(1 for _ in film.decode(video=0)) == 30


def test_what_is_wrong_is_said_as_json(client: TestClient) -> None:
    wrong = client.post(PATH, json={"keys": []})
    assert (wrong.status_code, wrong.json()) == (400, {"error": "keys = list: must be a list of 2 to 24 keyframes."})
    assert client.post("/api/explore/mine/4/journey.mp4", json=told(DIGITS)).status_code == 404
    assert client.post("/api/explore/nobody/3/journey.mp4", json=told(DIGITS)).status_code == 404
    assert client.post(PATH, content=b"{", headers={"content-type": "application/json"}).status_code == 400
    assert client.post(PATH, content=b" " * 700_000, headers={"content-type": "application/json"}).status_code == 413
    assert client.get(PATH).status_code == 405


def test_another_site_cannot_make_films_with_its_visitors(client: TestClient) -> None:
    assert client.post(PATH, json=told(DIGITS), headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post(PATH, json=told(DIGITS), headers={"origin": "https://elsewhere.example"}).status_code == 403
    assert client.post(PATH, content=b"{}", headers={"content-type": "text/plain"}).status_code == 415


def test_who_asks_too_often_waits_and_others_do_not(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journey_routes, "_films", Throttle(rate=0, burst=1))
    first, second = ({"cookie": f"{ownership.OWNER_COOKIE}={secrets.token_urlsafe(32)}"} for _ in range(2))
    body = {"keys": []}
    assert [client.post(PATH, json=body, headers=one).status_code for one in (first, first, second)] == [400, 429, 400]


def test_one_film_is_made_at_a_time(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, end = threading.Event(), threading.Event()

    def slow(*_: object) -> bytes:
        begun.set()
        assert end.wait(30)
        return b"film"

    monkeypatch.setattr(journeys, "mp4", slow)
    answers: list[int] = []
    other = threading.Thread(target=lambda: answers.append(client.post(PATH, json=told(DIGITS)).status_code))
    other.start()
    assert begun.wait(30)
    assert client.post(PATH, json=told(DIGITS)).status_code == 429
    end.set()
    other.join(30)
    assert answers == [200]
    assert client.post(PATH, json=told(DIGITS)).content == b"film"


def test_who_goes_away_ends_the_work(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone(self: Request) -> bool:
        return True

    def endless(*given: Any) -> bytes:
        stopped = given[-1]
        while not stopped():
            threading.Event().wait(0.01)
        raise journeys.Stopped

    monkeypatch.setattr(Request, "is_disconnected", gone)
    monkeypatch.setattr(journey_routes, "LOOK", 0.01)
    monkeypatch.setattr(journeys, "mp4", endless)
    assert client.post(PATH, json=told(DIGITS)).json() == {"error": "stopped"}
