"""The live channels of all runs that have viewers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import anyio

from gan_demo.runs.run_dir import RunDir
from gan_demo.server.live_channel import Channel, ClassOf, SnapshotOf


class HubClosedError(Exception):
    """The server is shutting down."""


class Hub:
    """Opens a channel for each run at its first viewer and drops it when it is idle. Lives in the event loop."""

    def __init__(self, find: Callable[[str], RunDir], snapshot_of: SnapshotOf, class_of: ClassOf) -> None:
        self._find = find
        self._snapshot_of = snapshot_of
        self._class_of = class_of
        self._channels: dict[str, Channel] = {}
        self._closed = False
        self.shutdown = anyio.Event()  # set by EventSourceResponse at SIGTERM and SIGINT
        self._closer = asyncio.create_task(self._close_at_shutdown())

    async def channel(self, run_id: str) -> Channel:
        """Return the run's only channel.

        Raises RunError for an unknown or deleted run, HubClosedError after ``close``.
        """
        if self._closed:
            raise HubClosedError
        self._drop_idle()
        if run_id not in self._channels:
            run = await asyncio.to_thread(self._find, run_id)
            if self._closed:
                raise HubClosedError
            self._channels.setdefault(run_id, Channel(run, self._snapshot_of, self._class_of))
        return self._channels[run_id]

    def close(self) -> None:
        """End all streams and open no more, as the server waits for them before it shuts down."""
        self._closed = True
        self.shutdown.set()
        for channel in self._channels.values():
            channel.close()

    async def _close_at_shutdown(self) -> None:
        await self.shutdown.wait()
        self.close()

    def _drop_idle(self) -> None:
        self._channels = {
            run_id: channel for run_id, channel in self._channels.items() if not (channel.closed or channel.idle)
        }
