"""What viewers of a run are sent, and when: with runs written by hand, no training, and a clock that the test moves."""

from __future__ import annotations

import asyncio
import json
import math
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gan_demo.errors import RunError
from gan_demo.presets import PRESETS
from gan_demo.runs import library, resuming
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.server import live_channel
from gan_demo.server.live_channel import Channel
from gan_demo.server.live_hub import Hub, HubClosedError
from gan_demo.training.jobs.job import Snapshot

PATIENCE = 20.0  # seconds after which a condition is taken never to come true
RUNNING = Snapshot(Status.RUNNING)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """All as in life, only sooner."""
    monkeypatch.setattr(live_channel, "POLL_INTERVAL", 0.002)
    monkeypatch.setattr(live_channel, "IDLE_POLL_INTERVAL", 0.005)
    monkeypatch.setattr(live_channel, "UPDATE_INTERVAL", 0.01)
    monkeypatch.setattr(live_channel, "PICTURE_INTERVAL", 0.005)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds, moved by hand, at life's own pace."""
    now = [1000.0]
    monkeypatch.setattr(live_channel, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(live_channel, "UPDATE_INTERVAL", 0.5)
    monkeypatch.setattr(live_channel, "PICTURE_INTERVAL", 0.15)
    return now


@pytest.fixture
def run(home: Path) -> RunDir:
    return RunDir.create(home / "digits-1", PRESETS["digits"], "digits")


@pytest.fixture
def encodings(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Record every value that is turned into JSON."""
    done: list[dict[str, Any]] = []
    encode = live_channel.encoded

    def counted(value: Any) -> bytes:
        done.append(value)
        return encode(value)

    monkeypatch.setattr(live_channel, "encoded", counted)
    return done


class Desk:
    """A hub over the runs of the test's home, with jobs and a class that the test makes up."""

    def __init__(self) -> None:
        self.jobs: dict[str, Snapshot] = {}
        self.classes: dict[str, str] = {}
        self.hub = Hub(library.find, self.jobs.get, lambda run_id: self.classes.get(run_id, ""))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Desk]:
        async with asyncio.TaskGroup() as self.viewers:  # a viewer that fails ends the scene
            yield self
            self.hub.close()

    async def join(self, run: RunDir, epoch: str = "", have: int = 0) -> Viewer:
        channel = await self.hub.channel(run.id)
        viewer = Viewer(channel)
        viewer.task = self.viewers.create_task(viewer.read(epoch, have))
        return viewer


class Viewer:
    """Takes changes in as the board in the browser does."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.updates: list[dict[str, Any]] = []
        self.steps: list[int] = []
        self.grids: list[int] = []
        self.hellos = 0
        self.task: asyncio.Task[None] | None = None

    async def read(self, epoch: str, have: int) -> None:
        async for event in self.channel.events(epoch, have):
            self.take(event)

    def take(self, event: bytes) -> None:
        assert event.endswith(b"\n\n")
        if event == live_channel.HELLO.encode():
            self.hellos += 1
            return
        text = event.removeprefix(b"event: update\ndata: ").removesuffix(b"\n\n")
        assert b"\n" not in text
        update = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
        if update["reset"]:
            self.steps, self.grids = [], []
        elif self.updates:
            assert update["epoch"] == self.updates[-1]["epoch"]
            assert update["seq"] == self.updates[-1]["seq"] + 1, "a change was lost, or told twice"
        self.updates.append(update)
        self.steps += update["rows"].get("step", [])
        self.grids += update["grids"]

    @property
    def last(self) -> dict[str, Any]:
        return self.updates[-1]

    @property
    def ended(self) -> bool:
        return self.task is not None and self.task.done()


async def until(condition: Callable[[], object]) -> None:
    """Wait for it, not for time to pass."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.001)


def row(step: int, **more: Any) -> dict[str, Any]:
    return {"step": step, "images": 64 * step, "seconds": step / 10, "d_loss": 1.0} | more


def add(run: RunDir, steps: range) -> None:
    for step in steps:
        run.append(row(step))


def play(scene: Callable[[Desk], Awaitable[None]]) -> None:
    """Run one scene with a desk of its own."""

    async def whole() -> None:
        async with Desk().open() as desk:
            await scene(desk)

    asyncio.run(whole())


def scene(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test that is a coroutine; its first parameter is the desk."""
    import functools
    import inspect

    @functools.wraps(test)
    def sync(**fixtures: Any) -> None:
        play(lambda desk: test(desk, **fixtures))

    wanted = list(inspect.signature(test).parameters.values())[1:]
    sync.__signature__ = inspect.Signature(wanted)  # type: ignore[attr-defined]
    return sync


# ---- what a viewer gets


@scene
async def test_a_late_viewer_gets_a_thinned_summary_and_then_exactly_the_rest(desk: Desk, run: RunDir) -> None:
    add(run, range(1, 5001))
    run.add_grid(0, b"png")
    run.add_grid(4000, b"png")
    desk.jobs[run.id] = RUNNING
    late = await desk.join(run)
    await until(lambda: late.updates)
    assert late.updates[0]["reset"]
    assert len(late.steps) <= 2 * live_channel.SUMMARY_BUCKETS + 8
    assert (late.steps[0], late.steps[-1]) == (1, 5000)
    assert late.grids == [0, 4000]
    summary = len(late.steps)
    add(run, range(5001, 5031))
    await until(lambda: late.steps[-1] == 5030)
    assert late.steps[summary:] == list(range(5001, 5031))


@scene
async def test_a_viewer_who_says_what_it_has_gets_only_what_is_missing(desk: Desk, run: RunDir) -> None:
    add(run, range(1, 11))
    desk.jobs[run.id] = RUNNING
    viewer = await desk.join(run)
    await until(lambda: viewer.updates)
    had = viewer.last
    assert viewer.task is not None
    viewer.task.cancel()
    keeper = await desk.join(run)
    for step in range(11, 14):
        run.append(row(step))
        await until(lambda now=step: keeper.updates and keeper.steps[-1] == now)
    back = await desk.join(run, had["epoch"], had["seq"])
    await until(lambda: back.steps and back.steps[-1] == 13)
    assert back.steps == [11, 12, 13]
    assert not any(update["reset"] for update in back.updates)


@scene
async def test_a_viewer_who_has_everything_gets_nothing_but_a_hello(desk: Desk, run: RunDir) -> None:
    add(run, range(1, 11))
    first = await desk.join(run)
    await until(lambda: first.updates)
    again = await desk.join(run, first.last["epoch"], first.last["seq"])
    await until(lambda: again.hellos)
    add(run, range(11, 12))
    await until(lambda: again.updates)
    assert again.steps == [11]


@pytest.mark.parametrize(("epoch", "ahead"), [("ffffffff", 0), ("", 0), (None, 1), (None, 10**14), (None, -1)])
@scene
async def test_a_viewer_of_another_epoch_or_with_an_impossible_number_starts_over(
    desk: Desk, run: RunDir, epoch: str | None, ahead: int
) -> None:
    add(run, range(1, 11))
    channel = await desk.hub.channel(run.id)
    _, mine, version = await channel.catch_up("", 0)
    texts, _, _ = await channel.catch_up(mine if epoch is None else epoch, version + ahead)
    update = json.loads(texts[0])
    assert update["reset"]
    assert update["rows"]["step"] == list(range(1, 11))


@scene
async def test_a_viewer_away_for_longer_than_the_log_starts_over_with_a_newer_summary(desk: Desk, run: RunDir) -> None:
    add(run, range(1, 3))
    desk.jobs[run.id] = RUNNING
    channel = await desk.hub.channel(run.id)
    _, epoch, old = await channel.catch_up("", 0)
    channel._log = type(channel._log)(maxlen=3)
    watching = await desk.join(run)
    for step in range(3, 10):
        run.append(row(step))
        await until(lambda now=step: watching.updates and watching.steps[-1] == now)
    texts, _, _ = await channel.catch_up(epoch, old)
    told = [json.loads(text) for text in texts]
    assert told[0]["reset"]
    assert [step for each in told for step in each["rows"].get("step", ())] == list(range(1, 10))


@scene
async def test_a_run_without_rows_sends_its_status(desk: Desk, run: RunDir) -> None:
    desk.jobs[run.id] = Snapshot(Status.QUEUED, position=2)
    viewer = await desk.join(run)
    await until(lambda: viewer.updates)
    assert (viewer.last["status"], viewer.last["position"]) == ("queued", 2)
    assert viewer.last["rows"] == {}
    desk.jobs[run.id] = RUNNING
    add(run, range(1, 2))
    await until(lambda: viewer.steps)
    assert viewer.steps == [1]


@scene
async def test_a_run_that_outlived_its_server_is_interrupted(desk: Desk, run: RunDir) -> None:
    run.set_info(replace(run.info, status="training", step=7))
    viewer = await desk.join(run)
    await until(lambda: viewer.updates)
    assert viewer.last["status"] == "interrupted"
    assert viewer.last["progress"]["step"] == 7


@scene
async def test_slow_and_quick_viewers_all_get_every_row_in_order(desk: Desk, run: RunDir) -> None:
    desk.jobs[run.id] = RUNNING
    add(run, range(1, 2))
    quick = [await desk.join(run) for _ in range(3)]
    slow = Viewer(quick[0].channel)

    async def read_slowly() -> None:
        async for event in slow.channel.events("", 0):
            slow.take(event)
            then = slow.channel.version + 2
            await until(lambda then=then: slow.channel.version >= then or quick[0].steps[-1:] == [60])

    desk.viewers.create_task(read_slowly())
    for step in range(2, 61):
        run.append(row(step))
        await until(lambda now=step: quick[0].updates and quick[0].steps[-1] == now)
    await until(lambda: slow.steps[-1:] == [60])
    assert all(each.steps == list(range(1, 61)) for each in (*quick, slow))


# ---- work is done once


@scene
async def test_each_change_is_encoded_once_for_thirty_viewers(
    desk: Desk, run: RunDir, encodings: list[dict[str, Any]]
) -> None:
    desk.jobs[run.id] = RUNNING
    add(run, range(1, 3))
    class_of_30 = [await desk.join(run) for _ in range(30)]
    await until(lambda: all(each.updates for each in class_of_30))
    for step in range(3, 10):
        run.append(row(step))
        await until(lambda now=step: all(each.steps[-1] == now for each in class_of_30))
    changes = [each["seq"] for each in encodings if not each["reset"]]
    assert len(changes) >= 7
    assert len(changes) == len(set(changes))


@scene
async def test_viewers_who_join_at_about_the_same_time_share_a_summary(
    desk: Desk, run: RunDir, encodings: list[dict[str, Any]]
) -> None:
    desk.jobs[run.id] = RUNNING
    add(run, range(1, 50))
    viewers = [await desk.join(run) for _ in range(10)]
    await until(lambda: all(each.updates for each in viewers))
    run.append(row(50))
    await until(lambda: all(each.steps[-1] == 50 for each in viewers))
    later = await desk.join(run)
    await until(lambda: later.steps and later.steps[-1] == 50)
    assert later.steps == list(range(1, 51))
    assert sum(each["reset"] for each in encodings) == 1


@scene
async def test_a_viewer_who_joins_much_later_gets_a_newer_summary_and_few_updates(desk: Desk, run: RunDir) -> None:
    desk.jobs[run.id] = RUNNING
    add(run, range(1, 3))
    viewer = await desk.join(run)
    await until(lambda: viewer.updates)
    for step in range(3, 3 + 2 * live_channel.SUMMARY_MAX_AGE):
        run.append(row(step))
        await until(lambda now=step: viewer.steps[-1] == now)
    later = await desk.join(run)
    await until(lambda: later.steps == viewer.steps)
    assert len(later.updates) <= 1 + live_channel.SUMMARY_MAX_AGE


# ---- pace


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
    told = {
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
    return SimpleNamespace(**(told | more))


# ---- a life ends, another begins


@scene
async def test_deleted_rows_begin_a_new_epoch(desk: Desk, run: RunDir) -> None:
    desk.jobs[run.id] = RUNNING
    add(run, range(1, 21))
    for step in (0, 10, 20):
        run.add_grid(step, b"png")
    viewer = await desk.join(run)
    await until(lambda: viewer.updates)
    before = viewer.last["epoch"]
    resuming._delete_after(run, 10)
    run.append(row(11))
    run.add_grid(15, b"png")
    run.append(row(15))
    await until(lambda: viewer.last["epoch"] != before and viewer.steps[-1] == 15)
    assert viewer.steps == [*range(1, 11), 11, 15]
    await until(lambda: viewer.grids == [0, 10, 15])


@scene
async def test_pictures_deleted_after_the_rows_begin_a_new_epoch_too(desk: Desk, run: RunDir) -> None:
    """A resume takes rows back first, then pictures one by one; someone may look in between."""
    desk.jobs[run.id] = RUNNING
    add(run, range(1, 11))
    for step in (0, 10, 20):
        run.add_grid(step, b"png")
    viewer = await desk.join(run)
    await until(lambda: viewer.grids == [0, 10, 20])
    (run.path / "grids" / "00000020.png").unlink()
    run.add_grid(12, b"png")
    run.append(row(12))
    await until(lambda: viewer.grids == [0, 10, 12])
    assert viewer.steps == [*range(1, 11), 12]


@scene
async def test_a_viewer_who_joins_right_after_rows_were_deleted_gets_the_new_rows(desk: Desk, run: RunDir) -> None:
    add(run, range(1, 21))
    channel = await desk.hub.channel(run.id)
    channel._start_watching = lambda: None  # type: ignore[method-assign]  # nobody looks in between
    await channel.catch_up("", 0)
    channel._summary = None
    resuming._delete_after(run, 5)
    add(run, range(6, 9))
    texts, epoch, version = await channel.catch_up("", 0)
    assert json.loads(texts[0])["rows"]["step"] == list(range(1, 9))
    run.append(row(9))
    channel._update()
    texts, _, _ = await channel.catch_up(epoch, version)
    assert [json.loads(text)["rows"]["step"] for text in texts] == [[9]]


@scene
async def test_a_deleted_run_ends_its_streams_and_is_not_found(desk: Desk, run: RunDir) -> None:
    add(run, range(1, 5))
    viewers = [await desk.join(run) for _ in range(3)]
    await until(lambda: all(each.updates for each in viewers))
    shutil.rmtree(run.path)
    await until(lambda: all(each.ended for each in viewers))
    assert viewers[0].channel.viewers == 0
    with pytest.raises(RunError):
        await desk.hub.channel(run.id)


@scene
async def test_a_restored_run_is_streamed_again(desk: Desk, run: RunDir, tmp_path: Path) -> None:
    add(run, range(1, 5))
    viewer = await desk.join(run)
    await until(lambda: viewer.updates)
    run.path.rename(tmp_path / "away")
    await until(lambda: viewer.ended)
    (tmp_path / "away").rename(run.path)
    again = await desk.join(run)
    await until(lambda: again.steps == [1, 2, 3, 4])


@scene
async def test_a_closed_hub_ends_all_streams_and_takes_no_more(desk: Desk, run: RunDir, home: Path) -> None:
    other = RunDir.create(home / "ring-1", PRESETS["ring"], "ring")
    viewers = [await desk.join(run), await desk.join(other), await desk.join(run)]
    await until(lambda: all(each.updates for each in viewers))
    desk.hub.close()
    await until(lambda: all(each.ended for each in viewers))
    with pytest.raises(HubClosedError):
        await desk.hub.channel(run.id)


@scene
async def test_a_channel_without_viewers_is_dropped_after_a_while(desk: Desk, run: RunDir, clock: list[float]) -> None:
    viewer = await desk.join(run)
    await until(lambda: viewer.updates)
    clock[0] += live_channel.IDLE_TIMEOUT + 1
    assert await desk.hub.channel(run.id) is viewer.channel, "someone is still there"
    assert viewer.task is not None
    viewer.task.cancel()
    await until(lambda: viewer.ended and viewer.channel.viewers == 0)
    watcher = viewer.channel._task
    assert watcher is not None
    await until(watcher.done)
    assert await desk.hub.channel(run.id) is not viewer.channel


@scene
async def test_polling_keeps_the_channel_open(desk: Desk, run: RunDir, clock: list[float]) -> None:
    channel = await desk.hub.channel(run.id)
    for _ in range(5):
        clock[0] += live_channel.IDLE_TIMEOUT - 1
        assert await desk.hub.channel(run.id) is channel
        await channel.catch_up("", 0)


@scene
async def test_a_viewer_who_leaves_during_the_first_update_leaves_the_channel_whole(
    desk: Desk, run: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    add(run, range(1, 11))
    desk.jobs[run.id] = RUNNING
    channel = await desk.hub.channel(run.id)
    inside, go_on, see = threading.Event(), threading.Event(), channel._append_update

    def slowly() -> None:
        inside.set()
        assert go_on.wait(PATIENCE)
        see()

    monkeypatch.setattr(channel, "_append_update", slowly)
    hasty = await desk.join(run)
    await until(inside.is_set)
    assert hasty.task is not None
    hasty.task.cancel()
    await until(lambda: hasty.ended)
    patient = await desk.join(run)
    go_on.set()
    await until(lambda: patient.updates)
    run.append(row(11))
    await until(lambda: patient.steps[-1] == 11)
    assert patient.steps == list(range(1, 12))
    assert channel.viewers == 1


# ---- odd data


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
