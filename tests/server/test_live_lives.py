"""Epochs of a live channel: rows deleted, runs deleted and restored, hubs closed, viewers who leave."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gan_demo.errors import RunError
from gan_demo.presets import PRESETS
from gan_demo.runs import resuming
from gan_demo.runs.run_dir import RunDir
from gan_demo.server import live_channel
from gan_demo.server.live_hub import HubClosedError
from tests.server.channel_scene import PATIENCE, RUNNING, Desk, add, row, scene, until
from tests.server.channel_scene import clock as clock
from tests.server.channel_scene import quick as quick
from tests.server.channel_scene import run as run


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
