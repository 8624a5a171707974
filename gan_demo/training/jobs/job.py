"""A job: the consumer of one iterator, in turns. Anyone may watch a job, only its owner controls it.

The last item is ``job.snapshot.progress``. Snapshots are immutable and replaced by a single assignment, so readers need
no lock.
"""

from __future__ import annotations

import hmac
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gan_demo.errors import JobError
from gan_demo.runs.status import Status
from gan_demo.training.control import Order, Suspended

log = logging.getLogger(__name__)
MANY = 3  # other jobs that take turns


@dataclass(frozen=True)
class Snapshot:
    """State of a job at one moment. ``position`` among those not begun counts from 1; 0 means that it has begun."""

    status: Status = Status.QUEUED
    position: int = 0
    progress: Any = None
    error: BaseException | None = None
    sharing: int = 0  # other jobs that take turns with this one

    @property
    def is_crowded(self) -> bool:
        """Whether it runs with so many others that the wait between two turns is long enough to do something else."""
        return self.status is Status.RUNNING and self.sharing >= MANY


class Job:
    """Background consumer of the iterator that ``make(job)`` creates on the worker's thread.

    A generator can be suspended: it is closed by ``Suspended``, and ``make`` has to go on where it was.
    """

    def __init__(
        self,
        job_id: str,
        name: str,
        owner: str,
        device: str,
        make: Callable[[Job], Iterator[Any]],
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self.id = job_id
        self.name = name
        self.owner = owner
        self.device = device
        self.snapshot = Snapshot()
        self.began = False  # whether it had a turn, or has its first; the manager writes it
        self.order: Order = "both"  # the update that the iterator takes next; only the worker writes it
        self._make = make
        self._wake = wake  # called when the job may want a turn, without its lock
        self._iterator: Iterator[Any] | None = None  # only the worker touches it
        self._lock = threading.Lock()
        self._stop = threading.Event()  # never cleared
        self._paused = False
        self._busy = False  # whether it has its turn
        self.idle_since = time.monotonic()  # since it was paused, or had its last turn
        self._single_steps: deque[Order] = deque()  # steps requested while paused and not yet taken
        self._changes: deque[Mapping[str, object]] = deque()  # the owner appends, the iterator removes; no lock
        self._ended = threading.Event()

    @property
    def done(self) -> bool:
        """Whether the job has ended: done, stopped or failed."""
        return self._ended.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the job has ended; return False if it has not after ``timeout`` seconds."""
        return self._ended.wait(timeout)

    def belongs_to(self, owner: str) -> bool:
        """Return whether the visitor with this token started the job."""
        return hmac.compare_digest(self.owner.encode(), owner.encode())

    # ---- for its owner

    def change(self, settings: Mapping[str, object]) -> None:
        """Pass changed settings to the iterator, which applies them before its next item, or soon while paused."""
        with self._lock:
            self._check_alive()
            self._changes.append(dict(settings))
        self._wake()

    def waiting_changes(self) -> tuple[Mapping[str, object], ...]:
        """Return changed settings that are not yet in effect, oldest first."""
        return tuple(self._changes)

    def is_held(self) -> bool:
        """Return whether the job is paused and has nothing left to do, so that its state no longer changes."""
        with self._lock:
            return self._paused and not self._busy and not self._has_orders()

    def held_seconds(self) -> float | None:
        """Return for how long a job that could be suspended has been held; None for others."""
        is_suspendable = isinstance(self._iterator, Generator)
        return time.monotonic() - self.idle_since if is_suspendable and not self.done and self.is_held() else None

    def pause(self) -> None:
        """Pause after the current item, which gives its turn to others. Raises JobError if the job has ended."""
        with self._lock:
            self._check_alive()
            self._paused = True
            self.idle_since = time.monotonic()
            self.snapshot = replace(self.snapshot, status=Status.PAUSED)
        self._wake()

    def resume(self) -> None:
        """Resume a paused job. Raises JobError if the job has ended."""
        with self._lock:
            self._check_alive()
            self._paused = False
            self._single_steps.clear()
            self.snapshot = replace(self.snapshot, status=Status.RUNNING if self.began else Status.QUEUED)
        self._wake()

    def step(self, order: Order = "both") -> None:
        """Let a paused job produce one item; the iterator reads ``order``. Raises JobError unless it is paused."""
        with self._lock:
            self._check_alive()
            if not self._paused:
                raise JobError("job", self.id, "is not paused", "Pause it first, then step")
            self._single_steps.append(order)
        self._wake()

    def stop(self) -> None:
        """End the job after its current item; the iterator saves in its ``finally``. Stopping again has no effect."""
        self._stop.set()
        self._wake()

    def _check_alive(self) -> None:
        if self.done or self._stop.is_set():
            raise JobError("job", self.id, "is over", "Resume the run to go on")

    # ---- for its iterator

    def is_stepping(self) -> bool:
        """Return whether the job advances item by item, so that the iterator records each in full."""
        return self._paused

    def next_change(self) -> Mapping[str, object] | None:
        """Return the oldest pending change, which stays pending until ``change_done``."""
        return self._changes[0] if self._changes else None

    def change_done(self) -> None:
        """Remove the oldest pending change, which is now in effect."""
        self._changes.popleft()

    # ---- for its manager

    @property
    def is_resident(self) -> bool:
        """Whether its iterator is in memory."""
        return self._iterator is not None

    @property
    def is_loading(self) -> bool:
        """Whether it reads its data, which would begin anew after a suspension."""
        return is_loading(self.snapshot.progress)

    def is_ordered(self) -> bool:
        """Return whether it is paused and has something to do all the same."""
        with self._lock:
            return self._paused and self._has_orders()

    def wants_turn(self) -> bool:
        """Return whether a turn would do anything."""
        with self._lock:
            return not self.done and (self._stop.is_set() or not self._paused or self._has_orders())

    def _has_orders(self) -> bool:
        return bool(self._single_steps or self._changes)

    def show(self, position: int, sharing: int) -> None:
        """Write the place among those not begun, and how many others take turns, into the snapshot."""
        with self._lock:
            if (self.snapshot.position, self.snapshot.sharing) != (position, sharing) and not self.done:
                self.snapshot = replace(self.snapshot, position=position, sharing=sharing)

    def end_unbegun(self) -> bool:
        """End the job if it never had a turn; return whether it has ended."""
        with self._lock:
            if not self.began and not self.done:
                self._end(Status.STOPPED)
            return self.done

    def take_turn(self, is_over: Callable[[Any], bool], may_reopen: bool = True) -> None:
        """Produce items until ``is_over(item)``, or the job is paused, stopped or done. On the worker's thread.

        A job that is stopped while it is suspended is reopened, to end in order, unless ``may_reopen`` is False.
        """
        with self._lock:
            if self.done:
                return
            self._busy = True
            self.snapshot = replace(self.snapshot, status=Status.PAUSED if self._paused else Status.RUNNING, position=0)
        status: Status | None = Status.FAILED
        error: BaseException | None = None
        try:
            status = self._produce(is_over, may_reopen)
        except BaseException as failure:  # viewers must see every failure
            log.exception("job %s failed", self.id)
            error = failure
        with self._lock:
            self._busy = False
            self.idle_since = time.monotonic()
            if status is not None:
                self._iterator = None
                self._end(status, error)

    def suspend(self) -> None:
        """Let the iterator save, and release it. On the worker's thread, between two turns."""
        if not isinstance(self._iterator, Generator):
            return
        iterator, self._iterator = self._iterator, None
        try:
            iterator.throw(Suspended())
        except (Suspended, StopIteration):
            return
        except BaseException as failure:
            log.exception("job %s failed", self.id)
            with self._lock:
                self._end(Status.FAILED, failure)

    def _end(self, status: Status, error: BaseException | None = None) -> None:
        self.snapshot = replace(self.snapshot, status=status, position=0, sharing=0, error=error)
        self._ended.set()

    def _produce(self, is_over: Callable[[Any], bool], may_reopen: bool) -> Status | None:
        """Return the status at the end of the job, or None at the end of the turn."""
        if self._stop.is_set() and self._iterator is None and (not may_reopen or self.snapshot.progress is None):
            return Status.STOPPED
        is_reopened = self._iterator is None
        iterator = self._iterator = self._make(self) if self._iterator is None else self._iterator
        # what comes until a reopened iterator is where it was takes no order, such as a single step
        while (is_reopened and self.snapshot.progress is not None) or self._next_order():
            try:
                progress = next(iterator)
            except StopIteration:
                return Status.DONE
            with self._lock:
                self.snapshot = replace(self.snapshot, progress=progress)
            loads = is_loading(progress)
            may_end = not is_reopened or loads  # the first item after that is where the last turn ended
            is_reopened = is_reopened and loads
            if may_end and is_over(progress) and not self._stop.is_set():
                return None
        if not self._stop.is_set():
            return None  # paused
        if isinstance(iterator, Generator):
            iterator.close()
        return Status.STOPPED

    def _next_order(self) -> bool:
        """Set the order of the next item; return False if there is none now."""
        with self._lock:
            if self._stop.is_set() or (self._paused and not self._has_orders()):
                return False
            self.order = self._single_steps.popleft() if self._single_steps else "" if self._paused else "both"
            return True


def is_loading(progress: Any) -> bool:
    """Return whether an item is of reading the data."""
    return getattr(progress, "phase", "") == "loading"
