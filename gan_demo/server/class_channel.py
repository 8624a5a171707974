"""The state of a class for its browsers: checked once for all of them, and encoded once."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

POLL_INTERVAL = 0.05  # seconds between two checks for changes
HEARTBEAT = 15.0  # seconds after which an unchanged state is sent again: class_feed.mjs takes 40 silent ones for dead

VersionOf = Callable[[str], int]  # of the class with a ticket
StateOf = Callable[[str], dict[str, Any]]


class ClassChannel:
    """The states of one class. Runs in the event loop."""

    def __init__(self, ticket: str, version_of: VersionOf, state_of: StateOf) -> None:
        self.viewers = 0
        self._ticket = ticket
        self._version_of = version_of
        self._state_of = state_of
        self._version = -1
        self._text = ""
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def states(self) -> AsyncGenerator[str, None]:
        """Yield the state as JSON: now, at each change, and as a heartbeat. A slow browser gets only the newest."""
        self.viewers += 1
        try:
            self._check()
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._watch(), name=f"class-{self._ticket[:6]}")
            while True:
                changed = self._changed
                yield self._text
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(changed.wait(), HEARTBEAT)
        finally:
            self.viewers -= 1

    async def _watch(self) -> None:
        while self.viewers:
            await asyncio.sleep(POLL_INTERVAL)
            self._check()

    def _check(self) -> None:
        version = self._version_of(self._ticket)
        if version != self._version:
            self._version, self._text = version, json.dumps(self._state_of(self._ticket), separators=(",", ":"))
            self._changed.set()
            self._changed = asyncio.Event()


class ClassChannels:
    """The channels of all classes that are watched."""

    def __init__(self, version_of: VersionOf, state_of: StateOf) -> None:
        self._version_of = version_of
        self._state_of = state_of
        self._channels: dict[str, ClassChannel] = {}

    def channel(self, ticket: str) -> ClassChannel:
        """Return the only channel of a class."""
        self._channels = {key: channel for key, channel in self._channels.items() if channel.viewers or key == ticket}
        return self._channels.setdefault(ticket, ClassChannel(ticket, self._version_of, self._state_of))
