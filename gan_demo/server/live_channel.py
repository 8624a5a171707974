"""The live updates of one run, each built and encoded once for all viewers.

A ``Channel`` follows one run while it has viewers. It numbers its updates; a viewer who joins late, reloads or lost the
connection sends the number of its last update and gets the later ones, or, if those are no longer in the log, a
downsampled summary of the whole run. The channel reads the run's folder and the job's snapshot, never the networks.
"""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import math
import secrets
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

from sse_starlette import ServerSentEvent

from gan_demo.analysis.diagnosis import findings
from gan_demo.analysis.downsampling import thinned
from gan_demo.errors import RunError
from gan_demo.runs import library
from gan_demo.runs.manifest import RunInfo
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import status_without_job
from gan_demo.service import remedies
from gan_demo.training.jobs.job import Snapshot

log = logging.getLogger(__name__)
POLL_INTERVAL = 0.05  # seconds between two checks for changes while a run trains
IDLE_POLL_INTERVAL = 1.0  # likewise for a finished run
UPDATE_INTERVAL = 0.5  # least seconds between two updates: nobody reads numbers faster
PICTURE_INTERVAL = 0.15  # likewise before an update with a new sample grid: they are rare and what viewers look at
LOG_LENGTH = 240  # updates kept for viewers who catch up; beyond that they get a summary
SUMMARY_MAX_AGE = 20  # updates after which a summary is rebuilt for new viewers, so that they get few updates besides
IDLE_TIMEOUT = 30.0  # seconds that a channel without open streams is kept, for viewers who poll
HELLO = ServerSentEvent("1", event="hello", retry=1000, sep="\n")  # first of all and as heartbeat, see server.api.live
SUMMARY_BUCKETS = 400  # of the rows in a summary; each becomes two rows
DIAGNOSIS_INTERVAL = 2.0  # least seconds between two diagnoses of a running training

SnapshotOf = Callable[[str], Snapshot | None]
ClassOf = Callable[[str], str]  # run id -> ticket of the class that is shown this run, or ""


class Channel:
    """The numbered updates of one run. Runs in the event loop; files are read in worker threads."""

    def __init__(self, run: RunDir, snapshot_of: SnapshotOf, class_of: ClassOf) -> None:
        self.run = run
        self.viewers = 0
        self.closed = False
        self._snapshot_of = snapshot_of
        self._class_of = class_of
        self._reset()
        self._changed = asyncio.Event()
        self._last_request = time.monotonic()
        self._task: asyncio.Task[None] | None = None
        self._update_lock = asyncio.Lock()  # one update at a time
        self._thread_lock = threading.Lock()  # a cancelled viewer's update still runs in its thread

    def _reset(self) -> None:
        """Begin a new epoch, in which every viewer starts over from a summary."""
        self.epoch = secrets.token_hex(4)
        self.version = 0
        self._log: deque[tuple[int, bytes]] = deque(maxlen=LOG_LENGTH)
        self._summary: tuple[int, bytes] | None = None
        self._signature: tuple[object, ...] = ()  # of the run at the last update
        self._generation = 0  # of metrics.jsonl, see metrics_log.Rows
        self._row_count = 0
        self._grids: list[int] = []
        self._state: dict[str, Any] = {}
        self._findings: list[dict[str, Any]] = []
        self._diagnosed = -math.inf

    # ---- for viewers

    async def catch_up(self, epoch: str, have: int) -> tuple[list[bytes], str, int]:
        """Return the updates after number ``have`` of ``epoch``: (JSON texts, oldest first; epoch now; last number).

        The first text is a summary with ``"reset": true`` if the log does not reach back that far.
        """
        self._last_request = time.monotonic()
        async with self._update_lock:
            if self.version == 0:
                await asyncio.to_thread(self._update)
            self._start_watching()
            oldest = self._log[0][0] if self._log else self.version + 1
            if epoch == self.epoch and oldest <= have + 1 <= self.version + 1:
                return [text for version, text in self._log if version > have], self.epoch, self.version
            if self._summary is None or self._summary[0] < max(oldest - 1, self.version - SUMMARY_MAX_AGE):
                self._summary = await asyncio.to_thread(self._summarise)
            since, text = self._summary
            later = (text for version, text in self._log if version > since)
            return [text, *later], self.epoch, self.version

    async def events(self, epoch: str, have: int) -> AsyncGenerator[bytes, None]:
        """Yield server-sent events until the channel closes: the updates after ``have`` of ``epoch``, then new ones."""
        self.viewers += 1
        try:
            yield HELLO.encode()
            while not self.closed:
                changed = self._changed
                try:
                    texts, epoch, have = await self.catch_up(epoch, have)
                except (RunError, OSError):  # the run was deleted
                    return
                for text in texts:
                    yield b"event: update\ndata: " + text + b"\n\n"
                await changed.wait()
        finally:
            self.viewers -= 1

    def close(self) -> None:
        """End all streams; for good."""
        self.closed = True
        self._changed.set()

    @property
    def idle(self) -> bool:
        """Whether no stream is open and no request came for IDLE_TIMEOUT seconds."""
        return self.viewers == 0 and time.monotonic() - self._last_request > IDLE_TIMEOUT

    # ---- watching the run

    def _start_watching(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch(), name=f"live-{self.run.id}")

    async def _watch(self) -> None:
        sent = 0.0
        while not self.closed and not self.idle:
            await asyncio.sleep(POLL_INTERVAL if self._alive() else IDLE_POLL_INTERVAL)
            signature = self._current_signature()
            if signature == self._signature or time.monotonic() - sent < self._least_interval(signature):
                continue
            sent = time.monotonic()
            try:
                async with self._update_lock:
                    await asyncio.to_thread(self._update)
            except (RunError, OSError):  # the run was deleted
                self.close()
                return
            self._changed.set()
            self._changed = asyncio.Event()

    def _least_interval(self, signature: tuple[object, ...]) -> float:
        """Return the least seconds between the last update and the one that brings this signature."""
        if signature[:2] != self._signature[:2]:
            return 0.0
        return PICTURE_INTERVAL if signature[-1] != self._signature[-1] else UPDATE_INTERVAL

    def _alive(self) -> bool:
        snapshot = self._snapshot_of(self.run.id)
        return snapshot is not None and snapshot.status.is_alive

    def _current_signature(self) -> tuple[object, ...]:
        """Return a cheap fingerprint that differs whenever there is something to send.

        A change of the first two parts (job status, class) is sent at once; the last part is the newest picture's step.
        """
        snapshot = self._snapshot_of(self.run.id)
        state = None if snapshot is None else (snapshot.status, snapshot.position, snapshot.sharing)
        progress = None if snapshot is None else snapshot.progress
        loading = getattr(progress, "loading", None)
        share = None if loading is None else (loading.what, 100 * loading.done // max(1, loading.total))
        size = inode = manifest = 0
        try:
            rows = (self.run.path / "metrics.jsonl").stat()
            size, inode = rows.st_size, rows.st_ino
            manifest = (self.run.path / "run.json").stat().st_mtime_ns
        except OSError:
            manifest = int((self.run.path / "run.json").exists())
        effect, grid = getattr(progress, "effect", None), getattr(progress, "grid", None)
        return (state, self._class_of(self.run.id), size, inode, manifest, share, effect, grid)

    # ---- building updates, in worker threads

    def _update(self) -> None:
        """Append an update to the log with everything new since the last."""
        with self._thread_lock:
            self._append_update()

    def _append_update(self) -> None:
        signature, (columns, generation), grids = self._current_signature(), self.run.metrics_log.read(), self.run.grids
        rewritten = self._generation and generation != self._generation
        if rewritten or grids[: len(self._grids)] != self._grids:  # a resume deleted rows or pictures
            self._reset()
        self._signature, self._generation = signature, generation
        count = len(columns.get("step", ()))
        delta = {
            "rows": {
                name: _finite(column[self._row_count :]) for name, column in columns.items() if count > self._row_count
            },
            "grids": grids[len(self._grids) :],
        }
        self._row_count, self._grids = count, grids
        self._state = self._states(columns)
        self.version += 1
        if self.version > 1:  # no viewer can have number 0, so number 1 only ever goes out as a summary
            self._log.append((self.version, self._encoded(delta, reset=False)))

    def _summarise(self) -> tuple[int, bytes]:
        """Return (number of the last update, JSON text of the run up to it)."""
        with self._thread_lock:
            columns, generation = self.run.metrics_log.read()
            if generation != self._generation:  # the first rows, or a resume deleted some
                self._append_update()
                columns, _ = self.run.metrics_log.read()
            rows = {name: column[: self._row_count] for name, column in columns.items()}
            return self.version, self._encoded(
                {"rows": thinned(rows, SUMMARY_BUCKETS), "grids": self._grids}, reset=True
            )

    def _encoded(self, content: Mapping[str, Any], reset: bool) -> bytes:
        return encoded({"epoch": self.epoch, "seq": self.version, "reset": reset, **content, **self._state})

    def _states(self, columns: Mapping[str, list[Any]]) -> dict[str, Any]:
        """Return the short parts that every update carries in full."""
        info, snapshot = self.run.info, self._snapshot_of(self.run.id)
        if time.monotonic() - self._diagnosed > DIAGNOSIS_INTERVAL or not self._alive():
            self._diagnosed = time.monotonic()
            self._findings = self._diagnosis(columns, info.error.field if info.error else "")
        status = snapshot.status if snapshot is not None else status_without_job(info.status)
        return {
            "status": status.value,
            "position": snapshot.position if snapshot is not None else 0,
            "sharing": snapshot.sharing if snapshot is not None else 0,
            "crowded": snapshot is not None and snapshot.is_crowded,
            "fitted": bool(self.run.config.model.shape),
            "progress": _progress(snapshot, info, self.run.config.train.steps),
            "checkpoints": list(info.checkpoints),
            "states": self.run.states,
            "changes": self._changes_at_fork + self.run.changes(),
            "parent": info.parent,
            "findings": self._findings,
            "class": self._class_of(self.run.id),
        }

    @functools.cached_property
    def _changes_at_fork(self) -> list[dict[str, Any]]:
        return library.changes_at_fork(self.run)

    def _diagnosis(self, columns: Mapping[str, list[Any]], error: str) -> list[dict[str, Any]]:
        try:
            config = self.run.config
            return [remedies.described(finding, config) for finding in findings(columns, config, error)]
        except Exception:  # rows of an unexpected form must not cost viewers the whole board
            log.exception("no diagnosis of run %s", self.run.id)
            return []


def _progress(snapshot: Snapshot | None, info: RunInfo, steps: int) -> dict[str, Any]:
    """Return the progress for viewers: the job's if there is a job, else what run.json holds."""
    progress = None if snapshot is None else snapshot.progress
    if progress is None:
        return {
            "step": info.step,
            "steps": steps,
            "images": info.images,
            "seconds": info.seconds,
            "images_per_second": 0.0,
            "seconds_left": None,
            "budget": info.budget or None,
            "loading": None,
            "effect": None,
        }
    loading = progress.loading
    left = progress.seconds_left
    return {
        "step": progress.step,
        "steps": progress.steps,
        "images": progress.images,
        "seconds": round(progress.seconds, 2),
        "images_per_second": round(progress.images_per_second, 1),
        "seconds_left": None if left is None or not math.isfinite(left) else round(left, 1),
        "budget": progress.budget,
        "loading": None if loading is None else {"what": loading.what, "done": loading.done, "total": loading.total},
        "effect": progress.effect,
    }


def encoded(value: Any) -> bytes:
    """Return strict JSON, with null for NaN and infinity."""
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
    except ValueError:
        return json.dumps(_finite(value), separators=(",", ":"), allow_nan=False).encode()


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value
