"""A live channel without a server: runs written by hand, viewers that collect what they are sent, and a clock that the test moves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gan_demo.presets import PRESETS
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.server import live_channel
from gan_demo.server.live_channel import Channel
from gan_demo.server.live_hub import Hub
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
    clock = [1000.0]
    monkeypatch.setattr(live_channel, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(live_channel, "UPDATE_INTERVAL", 0.5)
    monkeypatch.setattr(live_channel, "PICTURE_INTERVAL", 0.15)
    return clock


@pytest.fixture
def run(home: Path) -> RunDir:
    return RunDir.create(home / "digits-1", PRESETS["digits"], "digits")


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
