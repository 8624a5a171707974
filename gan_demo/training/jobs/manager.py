"""The manager of all jobs: one worker thread for each device, on which its jobs take turns."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from gan_demo.errors import JobError
from gan_demo.training.jobs.job import Job
from gan_demo.training.jobs.turns import FIRST_TURN, Candidate, Turns, turn_seconds

LOOK_AROUND = 0.05  # seconds between two looks at who else wants a turn


@dataclass(frozen=True)
class JobLimits:
    """Limits of a manager."""

    resident: int = 8  # jobs in memory at once; others are saved and wait for their turn on disk
    per_owner: int = 8  # jobs of one owner that are not over
    remembered: int = 200  # ended jobs
    held: float = 600.0  # seconds for which a paused job stays in memory; then it is saved, and made again for its turn


class JobManager:
    """All jobs of the process. ``is_class(job_id)``: whether a class follows a job, which then has every other turn."""

    def __init__(self, limits: JobLimits = JobLimits(), is_class: Callable[[str], bool] = lambda job_id: False) -> None:
        self.limits = limits
        self.is_class = is_class
        self._changed = threading.Condition()  # its lock is taken before a job's, never after
        self._jobs: dict[str, Job] = {}
        self._turns: dict[str, Turns] = defaultdict(Turns)  # by device
        self._workers: dict[str, threading.Thread] = {}
        self._closed = False

    def submit(self, job_id: str, name: str, owner: str, device: str, make: Callable[[Job], Iterator[Any]]) -> Job:
        """Add a job, which has its first turn at once.

        Raises JobError if one with this id is alive, if the owner has too many, or if the process is shutting down.
        """
        job = Job(job_id, name, owner, device, make, self._wake)
        with self._changed:
            if self._closed:
                raise JobError("job", job_id, "cannot start: the server is shutting down", "Start it again later")
            if job_id in self._jobs and not self._jobs[job_id].done:
                raise JobError("job", job_id, "is already running", "Stop it first")
            self._check_owner(owner)
            self._forget_old()
            self._turns[device].enter(job_id, owner, [other.owner for other in self._alive(device)])
            self._jobs.pop(job_id, None)
            self._jobs[job_id] = job
            self._show(device)
            if device not in self._workers:
                worker = threading.Thread(target=self._work, args=(device,), name=f"worker-{device}", daemon=True)
                self._workers[device] = worker
                worker.start()
            self._changed.notify_all()
        return job

    def check_owner(self, owner: str) -> None:
        """Raise JobError if ``owner`` has as many jobs as one may have, before anything is made for another."""
        with self._changed:
            self._check_owner(owner)

    def _check_owner(self, owner: str) -> None:
        count = sum(not job.done and job.belongs_to(owner) for job in self._jobs.values())
        if count >= self.limits.per_owner:
            problem = "cannot start: {count} trainings of yours are not over yet"
            raise JobError("training", "", problem, "Stop one of them first, or wait until it is done", count=count)

    def get(self, job_id: str) -> Job | None:
        """Return the newest job with this id, ended or not; None if there is none."""
        return self._jobs.get(job_id)

    def jobs(self) -> list[Job]:
        """Return all jobs still remembered, oldest first."""
        with self._changed:
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
        """Stop a job; one that never had a turn ends at once. Raises JobError as ``control`` does."""
        job = self.control(job_id, owner)
        job.stop()
        if job.end_unbegun():
            self._wake()

    def shutdown(self, timeout: float = 20.0) -> bool:
        """Stop all jobs and wait up to ``timeout`` seconds; return whether all have ended and so saved."""
        with self._changed:
            self._closed = True
            alive = [job for job in self._jobs.values() if not job.done]
            workers = list(self._workers.values())
        for job in alive:
            job.stop()
        for worker in workers:
            worker.join(timeout / len(workers))
        return all(job.done for job in alive)

    # ---- the workers

    def _wake(self) -> None:
        """Let the workers look again: a job has changed."""
        with self._changed:
            for device in self._workers:
                self._show(device)
            self._changed.notify_all()

    def _work(self, device: str) -> None:
        """Give turns to the jobs of a device until none is left. This is the body of a worker thread."""
        while self._wait(device):
            self._suspend_held(device)
            chosen = self._choose(device)
            if chosen is None:
                continue
            job, candidate = chosen
            self._make_room(job)
            begin = time.perf_counter()
            job.take_turn(self._end_of_turn(job, candidate.is_new), may_reopen=not self._closed)
            with self._changed:
                self._turns[device].charge(candidate, time.perf_counter() - begin)
                self._show(device)

    def _wait(self, device: str) -> bool:
        """Wait until a job wants a turn or was held too long; return False, for the worker's end, if all are over."""
        with self._changed:
            while True:
                alive = self._alive(device)
                if not alive:
                    del self._workers[device]
                    return False
                held = [seconds for job in alive if (seconds := job.held_seconds()) is not None]
                left = self.limits.held - max(held) if held else None
                if self._candidates(device) or (left is not None and left <= 0):
                    return True
                self._changed.wait(left)

    def _choose(self, device: str) -> tuple[Job, Candidate] | None:
        """Return the job whose turn it is, and what it was chosen as; None if there is none now."""
        with self._changed:
            chosen = self._turns[device].choose(self._candidates(device))
            if chosen is None:
                return None
            job = self._jobs[chosen.id]
            job.began = True
            self._show(device)
            return job, chosen

    def _suspend_held(self, device: str) -> None:
        """Suspend the jobs of a device that were paused long ago: a pause holds no memory."""
        with self._changed:
            alive = self._alive(device)
        for job in alive:
            if (job.held_seconds() or 0.0) >= self.limits.held:
                job.suspend()

    def _end_of_turn(self, job: Job, is_first: bool) -> Callable[[Any], bool]:
        """Return the test of whether a turn is over after an item: others want theirs, and this one was long enough."""
        begin = time.perf_counter()
        look_at = begin + LOOK_AROUND

        def is_over(progress: Any) -> bool:
            nonlocal look_at
            now = time.perf_counter()
            if is_first and not _has_picture(progress) and now < begin + FIRST_TURN:
                return False
            if not is_first and now < look_at:
                return False
            look_at = now + LOOK_AROUND
            return self._has_rival(job, 0.0 if is_first else begin, now)

        return is_over

    def _has_rival(self, job: Job, begin: float, now: float) -> bool:
        """Return whether another job is to have the turn that ``job`` has had since ``begin``."""
        with self._changed:
            candidates = self._candidates(job.device)
            others = [candidate for candidate in candidates if candidate.id != job.id]
            owners = len({candidate.owner for candidate in candidates})
            turns = self._turns[job.device]
            is_long = now - begin > turn_seconds(owners)
            return any(is_long or turns.is_urgent(other, candidates) for other in others)

    def _make_room(self, job: Job) -> None:
        """Suspend jobs of its device until ``job`` may be in memory, too.

        Paused ones come first, then the one that had the last turn, as its next is the farthest off. One that reads its
        data stays: it would begin anew at every turn.
        """
        with self._changed:
            resident = [other for other in self._jobs.values() if other.is_resident and other.device == job.device]
        if job in resident:
            return
        excess = max(0, len(resident) + 1 - self.limits.resident)
        others = [other for other in resident if not other.is_loading]
        others.sort(key=lambda other: (other.is_held(), other.idle_since), reverse=True)
        for other in others[:excess]:
            other.suspend()

    def _alive(self, device: str) -> list[Job]:
        return [job for job in self._jobs.values() if job.device == device and not job.done]

    def _candidates(self, device: str) -> list[Candidate]:
        return [self._candidate(job) for job in self._alive(device) if job.wants_turn()]

    def _candidate(self, job: Job) -> Candidate:
        return Candidate(job.id, job.owner, not job.began, job.is_ordered(), self.is_class(job.id))

    def _show(self, device: str) -> None:
        """Write into each job's snapshot how many others take turns, and its place among those not begun."""
        sharing = [job for job in self._alive(device) if job.wants_turn()]
        position = 0
        for job in self._alive(device):
            position += not job.began
            job.show(0 if job.began else position, sum(other is not job for other in sharing))

    def _forget_old(self) -> None:
        """Forget the oldest ended jobs, so that not too many are left."""
        over = [job_id for job_id, job in self._jobs.items() if job.done]
        for job_id in over[: max(0, len(self._jobs) - self.limits.remembered)]:
            self._turns[self._jobs[job_id].device].forget(job_id, [job.owner for job in self._jobs.values()])
            del self._jobs[job_id]


def _has_picture(progress: Any) -> bool:
    """Return whether an item shows a picture of a step that was trained."""
    step = getattr(progress, "step", 0)
    return bool(step) and getattr(progress, "grid", None) == step
