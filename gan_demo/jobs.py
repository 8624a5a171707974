"""Background work: one worker and one queue a device, watched by anyone, controlled by its owner.

A job consumes any iterator; what the iterator last gave is ``job.snapshot.progress``. One writer (the worker) replaces
the snapshot by one reference assignment, so readers need no lock.
"""

from __future__ import annotations

import hmac
import logging
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from gan_demo.errors import JobError
from gan_demo.steering import Order

log = logging.getLogger(__name__)


class Status(StrEnum):
    """Where a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


PAUSE_LIMIT = 900.0  # seconds after which a paused job is saved and ended: others wait for its device
ENDED = (Status.DONE, Status.STOPPED, Status.FAILED)


@dataclass(frozen=True)
class Snapshot:
    """A job at one moment. ``position`` counts from 1 in the queue and is 0 outside it."""

    status: Status = Status.QUEUED
    position: int = 0
    progress: Any = None
    error: BaseException | None = None


class Job:
    """One piece of work. ``make(job)`` gives its iterator, on the worker's thread."""

    def __init__(self, job_id: str, name: str, owner: str, device: str, make: Callable[[Job], Iterator[Any]]) -> None:
        self.id = job_id
        self.name = name
        self.owner = owner
        self.device = device
        self.snapshot = Snapshot()
        self._make = make
        self._changed = threading.Condition()
        self._stop = threading.Event()  # one-shot: never cleared
        self._paused = False
        self._held = False  # the worker waits, paused
        self._owed: deque[Order] = deque()  # single items still owed while paused
        self._mail: deque[Mapping[str, object]] = deque()  # the owner adds, the work takes: neither waits for a lock
        self.order: Order = "both"  # what the work shall do with its next item; the worker's alone
        self._ended = threading.Event()

    @property
    def done(self) -> bool:
        """True once the job is over, in whatever way."""
        return self._ended.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the job is over; False if ``timeout`` seconds were not enough."""
        return self._ended.wait(timeout)

    def is_stepping(self) -> bool:
        """True while the job goes one item at a time, so that the iterator may record each in full."""
        return self._paused

    def change(self, settings: Mapping[str, object]) -> None:
        """Hand changed settings to the work, which takes them before its next item, or at once while paused."""
        with self._changed:
            self._check_alive()
            self._mail.append(dict(settings))
            self._changed.notify_all()

    def waiting_changes(self) -> tuple[Mapping[str, object], ...]:
        """Settings handed over and not yet in effect, oldest first."""
        return tuple(self._mail)

    def next_change(self) -> Mapping[str, object] | None:
        """For the work: the oldest settings handed over, which wait until ``change_done``."""
        return self._mail[0] if self._mail else None

    def change_done(self) -> None:
        """For the work: what ``next_change`` gave is in effect."""
        self._mail.popleft()

    def is_held(self) -> bool:
        """True while it is paused and has done all that it was told, so that nothing will change by itself."""
        with self._changed:
            return self._held and not self._owed and not self._mail

    def pause(self) -> None:
        """Hold after the present item."""
        with self._changed:
            self._check_alive()
            self._paused = True
            if self.snapshot.status is Status.RUNNING:
                self.snapshot = replace(self.snapshot, status=Status.PAUSED)

    def resume(self) -> None:
        """Go on."""
        with self._changed:
            self._check_alive()
            self._paused = False
            self._owed.clear()
            if self.snapshot.status is Status.PAUSED:
                self.snapshot = replace(self.snapshot, status=Status.RUNNING)
            self._changed.notify_all()

    def step(self, what: Order = "both") -> None:
        """While paused: one item, then hold again. ``what`` it does is for the work to read in ``order``."""
        with self._changed:
            self._check_alive()
            if not self._paused:
                raise JobError("job", self.id, "is not paused", "Pause it first, then step")
            self._owed.append(what)
            self._changed.notify_all()

    def stop(self) -> None:
        """End soon, keeping what there is. Stopping twice is no error."""
        with self._changed:
            self._stop.set()
            self._changed.notify_all()

    def _check_alive(self) -> None:
        if self.done or self._stop.is_set():
            raise JobError("job", self.id, "is over", "Resume the run to go on")

    def _may_go_on(self) -> bool:
        """Wait here while paused; False when the job shall end."""
        with self._changed:
            self._held = self._paused
            too_long = not self._changed.wait_for(
                lambda: self._stop.is_set() or not self._paused or self._owed or self._mail, PAUSE_LIMIT
            )
            self._held = False
            if too_long:
                self._stop.set()
            if self._owed:
                self.order = self._owed.popleft()
            else:
                self.order = "" if self._paused else "both"
            return not self._stop.is_set()

    def _run(self) -> None:
        """On the worker's thread: consume the iterator."""
        end = Status.STOPPED
        error: BaseException | None = None
        try:
            if not self._stop.is_set():
                with self._changed:
                    self.snapshot = Snapshot(Status.PAUSED if self._paused else Status.RUNNING)
                iterator = self._make(self)
                with closing(iterator) if isinstance(iterator, Generator) else nullcontext():
                    end = self._consume(iterator)
        except BaseException as failure:  # whatever it is, viewers must see it
            log.exception("job %s failed", self.id)
            end, error = Status.FAILED, failure
        with self._changed:
            self.snapshot = replace(self.snapshot, status=end, position=0, error=error)
            self._ended.set()

    def _consume(self, iterator: Iterator[Any]) -> Status:
        while self._may_go_on():
            try:
                progress = next(iterator)
            except StopIteration:
                return Status.DONE
            with self._changed:
                self.snapshot = replace(self.snapshot, progress=progress)
        return Status.STOPPED


class JobManager:
    """All jobs of the process: one worker thread and one queue for each device."""

    def __init__(self, keep: int = 200) -> None:
        self._keep = keep
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._queues: dict[str, deque[Job]] = {}
        self._workers: dict[str, threading.Thread] = {}
        self._closed = False

    def submit(self, job_id: str, name: str, owner: str, device: str, make: Callable[[Job], Iterator[Any]]) -> Job:
        """Queue a job on ``device``. Raises JobError if one of that id is alive or the process is shutting down."""
        job = Job(job_id, name, owner, device, make)
        with self._lock:
            if self._closed:
                raise JobError("job", job_id, "cannot start: the server is shutting down", "Start it again later")
            if job_id in self._jobs and not self._jobs[job_id].done:
                raise JobError("job", job_id, "is already running", "Stop it first")
            self._forget_old()
            self._jobs.pop(job_id, None)
            self._jobs[job_id] = job
            self._queues.setdefault(device, deque()).append(job)
            self._number(device)
            if device not in self._workers:
                worker = threading.Thread(target=self._work, args=(device,), name=f"worker-{device}", daemon=True)
                self._workers[device] = worker
                worker.start()
        return job

    def get(self, job_id: str) -> Job | None:
        """The newest job of that id, over or not."""
        return self._jobs.get(job_id)

    def jobs(self) -> list[Job]:
        """All jobs still remembered, oldest first."""
        with self._lock:
            return list(self._jobs.values())

    def control(self, job_id: str, owner: str) -> Job:
        """The job, for its owner only. Raises JobError for anyone else."""
        job = self._jobs.get(job_id)
        if job is None:
            raise JobError("job", job_id, "is not known", "It may have ended before the server was restarted")
        if not hmac.compare_digest(job.owner.encode(), owner.encode()):
            raise JobError("job", job_id, "belongs to someone else", "You can watch it, or start one of your own")
        return job

    def cancel(self, job_id: str, owner: str) -> None:
        """Stop a job; one still queued ends at once."""
        job = self.control(job_id, owner)
        job.stop()
        with self._lock:
            queue = self._queues.get(job.device, deque())
            if job in queue:
                queue.remove(job)
                job._run()
                self._number(job.device)

    def shutdown(self, timeout: float = 20.0) -> bool:
        """Stop every job and wait, ``timeout`` seconds in all; True if all ended (and so saved)."""
        with self._lock:
            self._closed = True
            alive = [job for job in self._jobs.values() if not job.done]
            for job in alive:
                job.stop()
            workers = list(self._workers.values())
        for worker in workers:
            worker.join(timeout / len(workers))
        return all(job.done for job in alive)

    def _work(self, device: str) -> None:
        while True:
            with self._lock:
                queue = self._queues[device]
                if not queue:
                    del self._workers[device]
                    return
                job = queue.popleft()
                job.snapshot = Snapshot(Status.RUNNING)
                self._number(device)
            job._run()

    def _number(self, device: str) -> None:
        for place, job in enumerate(self._queues[device], start=1):
            job.snapshot = Snapshot(Status.QUEUED, position=place)

    def _forget_old(self) -> None:
        over = [job_id for job_id, job in self._jobs.items() if job.done]
        for job_id in over[: max(0, len(self._jobs) - self._keep)]:
            del self._jobs[job_id]
