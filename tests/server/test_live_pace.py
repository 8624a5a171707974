"""When viewers of a run are sent something: rows twice a second at most, a status at once, pictures sooner."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.server import live_channel
from gan_demo.server.live_channel import Channel
from gan_demo.training.jobs.job import Snapshot
from tests.server.channel_scene import RUNNING, Desk, Viewer, add, row, scene, until
from tests.server.channel_scene import clock as clock
from tests.server.channel_scene import quick as quick
from tests.server.channel_scene import run as run


def looks(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Count how often the channel looks for something new."""
    counted = [0]
    look = channel._current_signature

    def one_more() -> tuple[object, ...]:
        counted[0] += 1
        return look()

    monkeypatch.setattr(channel, "_current_signature", one_more)
    return lambda: counted[0]


async def viewer_at_step_3(desk: Desk, run: RunDir, clock: list[float]) -> Viewer:
    """Return a viewer of a training that was sent its third row just now."""
    desk.jobs[run.id] = RUNNING
    add(run, range(1, 3))
    viewer = await desk.join(run)
    await until(lambda: viewer.updates)
    clock[0] += 1.0
    run.append(row(3))
    await until(lambda: viewer.steps[-1] == 3)
    return viewer


async def some_looks(count: Callable[[], int]) -> None:
    before = count()
    await until(lambda: count() >= before + 5)


@scene
async def test_rows_are_sent_twice_a_second_at_most(
    desk: Desk, run: RunDir, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = await viewer_at_step_3(desk, run, clock)
    count = looks(viewer.channel, monkeypatch)
    for step in (4, 5):
        clock[0] += 0.2
        run.append(row(step))
        await some_looks(count)
        assert viewer.steps[-1] == 3
    clock[0] += 0.2
    await until(lambda: viewer.steps[-1] == 5)
    assert viewer.last["rows"]["step"] == [4, 5]


@scene
async def test_a_change_of_status_is_sent_at_once(desk: Desk, run: RunDir, clock: list[float]) -> None:
    viewer = await viewer_at_step_3(desk, run, clock)
    desk.jobs[run.id] = Snapshot(Status.PAUSED)  # the clock stands still
    await until(lambda: viewer.last["status"] == "paused")


@scene
async def test_a_new_picture_is_sent_sooner_than_rows(
    desk: Desk, run: RunDir, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = await viewer_at_step_3(desk, run, clock)
    count = looks(viewer.channel, monkeypatch)
    clock[0] += 0.1
    run.add_grid(4, b"png")
    desk.jobs[run.id] = replace(RUNNING, progress=progress(4, grid=4))
    await some_looks(count)
    assert viewer.grids == []
    clock[0] += 0.1
    await until(lambda: viewer.grids == [4])


def progress(step: int, **more: Any) -> SimpleNamespace:
    messages = {
        "step": step,
        "steps": 100,
        "images": 64 * step,
        "seconds": 1.0,
        "images_per_second": 500.0,
        "seconds_left": 3.0,
        "effect": None,
        "budget": None,
        "loading": None,
        "grid": None,
    }
    return SimpleNamespace(**(messages | more))


@scene
async def test_nan_and_infinity_never_break_the_json(desk: Desk, run: RunDir) -> None:
    desk.jobs[run.id] = replace(RUNNING, progress=progress(3, images_per_second=math.inf, seconds_left=math.nan))
    odd = '{"step":%d,"images":64,"seconds":1,"d_loss":NaN,"g_loss":Infinity,"histogram":[1,NaN,-Infinity]}\n'
    run.append({"step": 1, "images": 64, "seconds": 1, "d_loss": math.nan, "g_loss": 2.0})
    viewer = await desk.join(run)  # whoever reads NaN fails the test
    await until(lambda: viewer.updates)
    with open(run.path / "metrics.jsonl", "a", encoding="utf-8") as file:
        file.write(odd % 2)  # no row of ours, so it is skipped
    run.append({"step": 3, "images": 64, "seconds": 1, "d_loss": 1.0, "g_loss": math.inf})
    await until(lambda: viewer.steps[-1] == 3)
    assert viewer.steps == [1, 3]
    assert viewer.updates[0]["rows"]["g_loss"] == [2]
    assert viewer.last["rows"]["d_loss"] == [1]
    assert viewer.last["rows"]["g_loss"] == [None]
    assert viewer.last["progress"]["images_per_second"] is None


@scene
async def test_a_failing_diagnosis_does_not_stop_the_updates(
    desk: Desk, run: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> list[Any]:
        raise ZeroDivisionError

    monkeypatch.setattr(live_channel, "findings", fails)
    add(run, range(1, 4))
    viewer = await desk.join(run)
    await until(lambda: viewer.updates)
    assert viewer.last["findings"] == []


@scene
async def test_a_column_that_appears_late_is_sent_for_its_own_rows_only(desk: Desk, run: RunDir) -> None:
    desk.jobs[run.id] = RUNNING
    add(run, range(1, 4))
    viewer = await desk.join(run)
    await until(lambda: viewer.updates)
    run.append(row(4, fcd=12.5))
    await until(lambda: viewer.steps[-1] == 4)
    assert viewer.last["rows"]["fcd"] == [12.5]


@scene
async def test_a_class_that_is_shown_the_run_is_offered_at_once(desk: Desk, run: RunDir, clock: list[float]) -> None:
    viewer = await desk.join(run)
    await until(lambda: viewer.updates)
    assert viewer.last["class"] == ""
    desk.classes[run.id] = "ticket"
    await until(lambda: viewer.last["class"] == "ticket")
