"""Background jobs: one worker thread and one queue per device. Anyone may watch a job, only its owner controls it.

A job consumes any iterator; the last item is ``job.snapshot.progress``. Snapshots are immutable and replaced by a
single assignment, so readers need no lock.
"""

from __future__ import annotations

import hmac
import logging
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from gan_demo.errors import JobError
from gan_demo.runs.status import Status
from gan_demo.training.control import Order

log = logging.getLogger(__name__)
PAUSE_LIMIT = 900.0  # seconds after which a paused job is stopped, because others wait for its device


@dataclass(frozen=True)
class Snapshot:
    """State of a job at one moment. ``position`` in the queue counts from 1; 0 means that the job is not queued."""

    status: Status = Status.QUEUED
    position: int = 0
    progress: Any = None
    error: BaseException | None = None


class Job:
    """Background consumer of one iterator, which ``make(job)`` creates on the worker's thread."""

    def __init__(self, job_id: str, name: str, owner: str, device: str, make: Callable[[Job], Iterator[Any]]) -> None:
        self.id = job_id
        self.name = name
        self.owner = owner
        self.device = device
        self.snapshot = Snapshot()
        self._make = make
        self._changed = threading.Condition()
        self._stop = threading.Event()  # never cleared
        self._paused = False
        self._held = False  # whether the worker is waiting because the job is paused
        self._single_steps: deque[Order] = deque()  # steps requested while paused and not yet taken
        self._changes: deque[Mapping[str, object]] = (
            deque()
        )  # the owner appends and the iterator removes, without a lock
        self.order: Order = "both"  # the update that the iterator takes next; only the worker writes it
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

    def is_stepping(self) -> bool:
        """Return whether the job advances item by item, so that the iterator records each in full."""
        return self._paused

    def change(self, settings: Mapping[str, object]) -> None:
        """Pass changed settings to the iterator, which applies them before its next item, or at once while paused."""
        with self._changed:
            self._check_alive()
            self._changes.append(dict(settings))
            self._changed.notify_all()

    def waiting_changes(self) -> tuple[Mapping[str, object], ...]:
        """Return changed settings that are not yet in effect, oldest first."""
        return tuple(self._changes)

    def next_change(self) -> Mapping[str, object] | None:
        """Return the oldest pending change, which stays pending until ``change_done``. The iterator calls this."""
        return self._changes[0] if self._changes else None

    def change_done(self) -> None:
        """Remove the oldest pending change, which is now in effect. The iterator calls this."""
        self._changes.popleft()

    def is_held(self) -> bool:
        """Return whether the job is paused and has nothing left to do, so that its state no longer changes."""
        with self._changed:
            return self._held and not self._single_steps and not self._changes

    def pause(self) -> None:
        """Pause after the current item. Raises JobError if the job has ended."""
        with self._changed:
            self._check_alive()
            self._paused = True
            if self.snapshot.status is Status.RUNNING:
                self.snapshot = replace(self.snapshot, status=Status.PAUSED)

    def resume(self) -> None:
        """Resume a paused job. Raises JobError if the job has ended."""
        with self._changed:
            self._check_alive()
            self._paused = False
            self._single_steps.clear()
            if self.snapshot.status is Status.PAUSED:
                self.snapshot = replace(self.snapshot, status=Status.RUNNING)
            self._changed.notify_all()

    def step(self, order: Order = "both") -> None:
        """Let a paused job produce one item; the iterator reads ``order``. Raises JobError unless it is paused."""
        with self._changed:
            self._check_alive()
            if not self._paused:
                raise JobError("job", self.id, "is not paused", "Pause it first, then step")
            self._single_steps.append(order)
            self._changed.notify_all()

    def stop(self) -> None:
        """End the job after its current item; the iterator saves in its ``finally``. Stopping again has no effect."""
        with self._changed:
            self._stop.set()
            self._changed.notify_all()

    def _check_alive(self) -> None:
        if self.done or self._stop.is_set():
            raise JobError("job", self.id, "is over", "Resume the run to go on")

    def _wait_for_turn(self) -> bool:
        """Wait while paused; return whether to produce another item."""
        with self._changed:
            self._held = self._paused
            too_long = not self._changed.wait_for(
                lambda: self._stop.is_set() or not self._paused or self._single_steps or self._changes, PAUSE_LIMIT
            )
            self._held = False
            if too_long:
                self._stop.set()
            if self._single_steps:
                self.order = self._single_steps.popleft()
            else:
                self.order = "" if self._paused else "both"
            return not self._stop.is_set()

    def _run(self) -> None:
        """Consume the iterator, on the worker's thread."""
        status = Status.STOPPED
        error: BaseException | None = None
        try:
            if not self._stop.is_set():
                with self._changed:
                    self.snapshot = Snapshot(Status.PAUSED if self._paused else Status.RUNNING)
                iterator = self._make(self)
                with closing(iterator) if isinstance(iterator, Generator) else nullcontext():
                    status = self._consume(iterator)
        except BaseException as failure:  # viewers must see every failure
            log.exception("job %s failed", self.id)
            status, error = Status.FAILED, failure
        with self._changed:
            self.snapshot = replace(self.snapshot, status=status, position=0, error=error)
            self._ended.set()

    def _consume(self, iterator: Iterator[Any]) -> Status:
        while self._wait_for_turn():
            try:
                progress = next(iterator)
            except StopIteration:
                return Status.DONE
            with self._changed:
                self.snapshot = replace(self.snapshot, progress=progress)
        return Status.STOPPED


class JobManager:
    """All jobs of the process, one worker thread and queue per device. ``keep``: number of ended jobs to remember."""

    def __init__(self, keep: int = 200) -> None:
        self._keep = keep
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._queues: dict[str, deque[Job]] = {}
        self._workers: dict[str, threading.Thread] = {}
        self._closed = False

    def submit(self, job_id: str, name: str, owner: str, device: str, make: Callable[[Job], Iterator[Any]]) -> Job:
        """Queue a job on ``device``. Raises JobError if one with this id is alive or the process is shutting down."""
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
            self._number_queue(device)
            if device not in self._workers:
                worker = threading.Thread(target=self._work, args=(device,), name=f"worker-{device}", daemon=True)
                self._workers[device] = worker
                worker.start()
        return job

    def get(self, job_id: str) -> Job | None:
        """Return the newest job with this id, ended or not; None if there is none."""
        return self._jobs.get(job_id)

    def jobs(self) -> list[Job]:
        """Return all jobs still remembered, oldest first."""
        with self._lock:
            return list(self._jobs.values())

    def control(self, job_id: str, owner: str) -> Job:
        """Return the job, for its owner. Raises JobError for anyone else, and if there is no such job."""
        job = self._jobs.get(job_id)
        if job is None:
            raise JobError("job", job_id, "is not known", "It may have ended before the server was restarted")
        if not job.belongs_to(owner):
            raise JobError("job", job_id, "belongs to someone else", "You can watch it, or start one of your own")
        return job

    def cancel(self, job_id: str, owner: str) -> None:
        """Stop a job; one that is still queued ends at once. Raises JobError as ``control`` does."""
        job = self.control(job_id, owner)
        job.stop()
        with self._lock:
            queue = self._queues.get(job.device, deque())
            if job in queue:
                queue.remove(job)
                job._run()
                self._number_queue(job.device)

    def shutdown(self, timeout: float = 20.0) -> bool:
        """Stop all jobs and wait up to ``timeout`` seconds; return whether all have ended and so saved."""
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
        """Run the jobs of a device until its queue is empty. This is the body of a worker thread."""
        while True:
            with self._lock:
                queue = self._queues[device]
                if not queue:
                    del self._workers[device]
                    return
                job = queue.popleft()
                job.snapshot = Snapshot(Status.RUNNING)
                self._number_queue(device)
            job._run()

    def _number_queue(self, device: str) -> None:
        """Write each queued job's position into its snapshot."""
        for position, job in enumerate(self._queues[device], start=1):
            job.snapshot = Snapshot(Status.QUEUED, position=position)

    def _forget_old(self) -> None:
        """Forget the oldest ended jobs, so that at most ``keep`` are left."""
        over = [job_id for job_id, job in self._jobs.items() if job.done]
        for job_id in over[: max(0, len(self._jobs) - self._keep)]:
            del self._jobs[job_id]
