"""What viewers of a run are sent: a summary, what is missing, and each change encoded once for all."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.server import live_channel
from gan_demo.training.jobs.job import Snapshot
from tests.server.channel_scene import RUNNING, Desk, Viewer, add, row, scene, until
from tests.server.channel_scene import quick as quick
from tests.server.channel_scene import run as run


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
        await until(lambda expected=step: keeper.updates and keeper.steps[-1] == expected)
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
        await until(lambda expected=step: watching.updates and watching.steps[-1] == expected)
    texts, _, _ = await channel.catch_up(epoch, old)
    messages = [json.loads(text) for text in texts]
    assert messages[0]["reset"]
    assert [step for each in messages for step in each["rows"].get("step", ())] == list(range(1, 10))


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
        await until(lambda expected=step: quick[0].updates and quick[0].steps[-1] == expected)
    await until(lambda: slow.steps[-1:] == [60])
    assert all(each.steps == list(range(1, 61)) for each in (*quick, slow))


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
        await until(lambda expected=step: all(each.steps[-1] == expected for each in class_of_30))
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
        await until(lambda expected=step: viewer.steps[-1] == expected)
    later = await desk.join(run)
    await until(lambda: later.steps == viewer.steps)
    assert len(later.updates) <= 1 + live_channel.SUMMARY_MAX_AGE
