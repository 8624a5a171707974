"""What viewers of a run see, as a stream of changes: each is put together and encoded once, however many look on.

A ``Channel`` follows one run while anyone watches it. It numbers its changes; a viewer who comes late, reloads or lost
the network says which one it had last and gets the rest, or, where that is too long ago, a thinned summary of all.
Nothing here touches the networks that train: it reads the run's folder and the job's last progress.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import secrets
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

from gan_demo.diagnosis import findings
from gan_demo.downsampling import thinned
from gan_demo.errors import RunError
from gan_demo.jobs import Snapshot
from gan_demo.rows import Tail
from gan_demo.run_status import status_without_job
from gan_demo.runs import RunDir

log = logging.getLogger(__name__)
LOOK = 0.05  # seconds between two looks at a run that is at work
REST = 1.0  # at one that is over
PACE = 0.5  # seconds between two changes sent: twice a second is as often as anyone reads a number
PICTURE_PACE = 0.15  # before one with a new picture: they come seldom, and are what everyone looks at
KEPT = 240  # changes that a viewer may have missed without starting over
STALE = 20  # changes after which who joins gets a newer summary, instead of the old one and all changes since
PATIENCE = 30.0  # seconds that a channel without viewers is kept, for those who poll
HEARTBEAT = 15.0  # seconds after which a silent stream says that it is still there; see feed.mjs
HELLO = b"event: hello\ndata: 1\n\n"  # at first and then: where nothing changes, silence is not a broken line's
BUCKETS = 400  # of a summary: two rows each
DIAGNOSED = 2.0  # seconds between two diagnoses

SnapshotOf = Callable[[str], Snapshot | None]
Beside = Callable[[str], tuple[int, Mapping[str, Any]]]  # run id -> version and state of what else is shown with it


class Channel:
    """One run, as its viewers see it. Lives in the event loop; only reading files is left to threads."""

    def __init__(self, run: RunDir, snapshot_of: SnapshotOf, beside: Beside) -> None:
        self.run = run
        self.viewers = 0
        self.closed = False
        self._snapshot_of = snapshot_of
        self._beside = beside
        self._tail = Tail(run.path / "metrics.jsonl")
        self._begin()
        self._changed = asyncio.Event()
        self._used = time.monotonic()
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()  # one look at a time
        self._reading = threading.Lock()  # also after a viewer left, whose look can't be called back

    def _begin(self) -> None:
        """Nothing seen yet; what viewers have is of no use any more."""
        self.epoch = secrets.token_hex(4)
        self.version = 0
        self._log: deque[tuple[int, bytes]] = deque(maxlen=KEPT)
        self._summary: tuple[int, bytes] | None = None
        self._seen: tuple[object, ...] = ()
        self._file = 0  # the generation of rows that were told
        self._rows = 0
        self._grids: list[int] = []
        self._said: dict[str, Any] = {}
        self._findings: list[dict[str, Any]] = []
        self._written = 0
        self._diagnosed = -math.inf

    # ---- for viewers

    async def catch_up(self, epoch: str, have: int) -> tuple[list[bytes], str, int]:
        """What a viewer lacks who has seen change ``have`` of ``epoch``: (JSON texts, oldest first; epoch and number of
        the last change, to come back with)."""
        self._used = time.monotonic()
        async with self._turn:
            if self.version == 0:
                await asyncio.to_thread(self._look)
            self._start()
            oldest = self._log[0][0] if self._log else self.version + 1
            if epoch == self.epoch and oldest <= have + 1 <= self.version + 1:
                return [text for version, text in self._log if version > have], self.epoch, self.version
            if self._summary is None or self._summary[0] < max(oldest - 1, self.version - STALE):
                self._summary = await asyncio.to_thread(self._summarise)
            since, text = self._summary
            later = (text for version, text in self._log if version > since)
            return [text, *later], self.epoch, self.version

    async def events(self, epoch: str, have: int) -> AsyncGenerator[bytes, None]:
        """Server-sent events without end; ``id`` is what to come back with."""
        self.viewers += 1
        try:
            yield b"retry: 1000\n" + HELLO
            while not self.closed:
                changed = self._changed
                try:
                    texts, epoch, have = await self.catch_up(epoch, have)
                except (RunError, OSError):  # deleted just now
                    return
                for text in texts:
                    yield b"event: update\ndata: " + text + b"\n\n"
                if not await _happens(changed, HEARTBEAT):
                    yield HELLO
        finally:
            self.viewers -= 1

    def close(self) -> None:
        """End all streams, as when the server shuts down."""
        self.closed = True
        self._changed.set()

    @property
    def idle(self) -> bool:
        """Has nobody asked for a while?"""
        return self.viewers == 0 and time.monotonic() - self._used > PATIENCE

    # ---- looking

    def _start(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch(), name=f"live-{self.run.id}")

    async def _watch(self) -> None:
        sent = 0.0
        while not self.closed and not self.idle:
            busy = self._alive() or self._beside(self.run.id)[1].get("open", False)  # a class moves about finished runs
            await asyncio.sleep(LOOK if busy else REST)
            seen = self._signature()
            if seen == self._seen or time.monotonic() - sent < self._pace(seen):
                continue
            sent = time.monotonic()
            try:
                async with self._turn:
                    await asyncio.to_thread(self._look)
            except (RunError, OSError):  # deleted: its link is old now
                self.close()
                return
            self._changed.set()
            self._changed = asyncio.Event()

    def _pace(self, seen: tuple[object, ...]) -> float:
        """Seconds after the last change that what is seen now may wait."""
        if seen[:2] != self._seen[:2]:
            return 0.0
        return PICTURE_PACE if seen[-1] != self._seen[-1] else PACE

    def _alive(self) -> bool:
        now = self._snapshot_of(self.run.id)
        return now is not None and now.status.is_alive

    def _signature(self) -> tuple[object, ...]:
        """Cheap to get, and another one whenever there is something to say. The first two parts can't wait; the last is
        the newest picture."""
        now = self._snapshot_of(self.run.id)
        state = None if now is None else (now.status, now.position)
        progress = None if now is None else now.progress
        loading = getattr(progress, "loading", None)
        share = None if loading is None else (loading.what, 100 * loading.done // max(1, loading.total))
        size = inode = manifest = 0
        try:
            rows = (self.run.path / "metrics.jsonl").stat()
            size, inode = rows.st_size, rows.st_ino
            manifest = (self.run.path / "run.json").stat().st_mtime_ns
        except OSError:
            manifest = int((self.run.path / "run.json").exists())
        return (state, self._beside(self.run.id)[0], size, inode, manifest, share, getattr(progress, "grid", None))

    def _look(self) -> None:
        """See what is new, and put it into the log as one more change."""
        with self._reading:
            self._see()

    def _see(self) -> None:
        seen, columns, grids = self._signature(), self._tail.columns(), self.run.grids
        rewritten = self._file and self._tail.generation != self._file
        if rewritten or grids[: len(self._grids)] != self._grids:  # a resume took something back
            self._begin()
        self._seen, self._file = seen, self._tail.generation
        count = len(columns.get("step", ()))
        told = {
            "rows": {name: _clean(column[self._rows :]) for name, column in columns.items() if count > self._rows},
            "grids": grids[len(self._grids) :],
        }
        self._rows, self._grids = count, grids
        self._said = self._states(columns)
        self.version += 1
        if self.version > 1:  # nobody has change 0 of an epoch
            self._log.append((self.version, self._encoded(told, reset=False)))

    def _summarise(self) -> tuple[int, bytes]:
        with self._reading:
            columns = self._tail.columns()
            if self._tail.generation != self._file:  # first rows, or some taken back: all of it is news
                self._see()
                columns = self._tail.columns()
            rows = {name: column[: self._rows] for name, column in columns.items()}
            told = {"rows": thinned(rows, BUCKETS), "grids": self._grids}
            return self.version, self._encoded(told, reset=True)

    def _encoded(self, told: Mapping[str, Any], reset: bool) -> bytes:
        update = {"epoch": self.epoch, "seq": self.version, "reset": reset, **told, **self._said}
        return encoded(update)

    def _reread(self) -> None:
        """Settings follow from the data when training begins, and may change while it goes on."""
        written = (self.run.path / "config.json").stat().st_mtime_ns
        if written != self._written:
            self.run, self._written = RunDir(self.run.path), written

    def _states(self, columns: Mapping[str, list[Any]]) -> dict[str, Any]:
        """What an update says in whole each time: it is short."""
        self._reread()
        info, now = self.run.info, self._snapshot_of(self.run.id)
        if time.monotonic() - self._diagnosed > DIAGNOSED or not self._alive():
            self._diagnosed = time.monotonic()
            self._findings = self._diagnosis(columns, info.error.field if info.error else "")
        status = now.status if now is not None else status_without_job(info.status)
        return {
            "status": status.value,
            "position": now.position if now is not None else 0,
            "fitted": bool(self.run.config.model.shape),
            "progress": _progress(now, info.step, self.run.config.train.steps, info.images, info.seconds),
            "checkpoints": list(info.checkpoints),
            "states": self.run.states,
            "changes": self.run.changes(),
            "parent": info.parent,
            "findings": self._findings,
            "class": dict(self._beside(self.run.id)[1]),
        }

    def _diagnosis(self, columns: Mapping[str, list[Any]], error: str) -> list[dict[str, Any]]:
        try:
            return [one.as_dict() for one in findings(columns, self.run.config, error)]
        except Exception:  # rows of another make: a board without a word on them is better than none
            log.exception("no diagnosis of run %s", self.run.id)
            return []


def _progress(now: Snapshot | None, step: int, steps: int, images: int, seconds: float) -> dict[str, Any]:
    """The job's word while there is one, else the folder's."""
    progress = None if now is None else now.progress
    if progress is None:
        return {"step": step, "steps": steps, "images": images, "seconds": seconds, "images_per_second": 0.0,
                "seconds_left": None, "loading": None}  # fmt: skip
    loading = progress.loading
    left = progress.seconds_left
    return {
        "step": progress.step, "steps": progress.steps, "images": progress.images,
        "seconds": round(progress.seconds, 2), "images_per_second": round(progress.images_per_second, 1),
        "seconds_left": None if left is None or not math.isfinite(left) else round(left, 1),
        "loading": None if loading is None else {"what": loading.what, "done": loading.done, "total": loading.total},
    }  # fmt: skip


def encoded(value: Any) -> bytes:
    """JSON that browsers can read: what is no number becomes null."""
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
    except ValueError:
        return json.dumps(_clean(value), separators=(",", ":"), allow_nan=False).encode()


def _clean(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _clean(one) for key, one in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list | tuple) else value


async def _happens(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


class Closing(Exception):
    """The server is shutting down; another may soon be there in its place."""


class Hub:
    """The channels of all runs that are watched."""

    def __init__(self, find: Callable[[str], RunDir], snapshot_of: SnapshotOf, beside: Beside) -> None:
        self._find = find
        self._snapshot_of = snapshot_of
        self._beside = beside
        self._channels: dict[str, Channel] = {}
        self._closed = False

    async def channel(self, run_id: str) -> Channel:
        """The run's one channel. Raises RunError for an id that is none, or no more; Closing when all is over."""
        if self._closed:
            raise Closing
        for other, one in list(self._channels.items()):
            if one.closed or one.idle:
                del self._channels[other]
        if run_id not in self._channels:
            run = await asyncio.to_thread(self._find, run_id)
            if self._closed:
                raise Closing
            self._channels.setdefault(run_id, Channel(run, self._snapshot_of, self._beside))
        return self._channels[run_id]

    def close(self) -> None:
        """End all streams: a server that shuts down waits for them."""
        self._closed = True
        for one in self._channels.values():
            one.close()
