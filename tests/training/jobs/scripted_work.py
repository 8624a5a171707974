"""Work that a test lets go on item by item, and a job manager of its own."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest

from gan_demo.training.jobs.job import Job
from gan_demo.training.jobs.manager import JobManager
from tests import waiting

PATIENCE = 20.0  # seconds after which a condition that should come true is taken for a failure
until = functools.partial(waiting.until, patience=PATIENCE)


class Work:
    """An iterator whose every item waits to be allowed, so that tests decide what happens when."""

    every: ClassVar[list[Work]] = []  # so that the end of a test can let go whoever still waits

    def __init__(self, items: int | None = None, fail_at: int | None = None) -> None:
        self.every.append(self)
        self.items = items
        self.fail_at = fail_at
        self.allowed = threading.Semaphore(0)
        self.begun = threading.Semaphore(0)  # released as each item is begun
        self.finished = threading.Event()  # the iterator's finally ran
        self.yielded = 0
        self.stepping: list[bool] = []

    def __call__(self, job: Job) -> Iterator[int]:
        try:
            while self.items is None or self.yielded < self.items:
                self.begun.release()
                assert self.allowed.acquire(timeout=PATIENCE)
                if self.yielded == self.fail_at:
                    raise ArithmeticError("the work broke")
                self.stepping.append(job.is_stepping())
                self.yielded += 1
                yield self.yielded
        finally:
            self.finished.set()

    def let(self, items: int) -> None:
        """Allow so many more items."""
        self.allowed.release(items)

    def wait_begun(self) -> None:
        assert self.begun.acquire(timeout=PATIENCE)


@pytest.fixture
def manager() -> Iterator[JobManager]:
    jobs = JobManager()
    yield jobs
    for job in jobs.jobs():
        job.stop()
    for work in Work.every:
        work.let(1)
    Work.every.clear()
    assert jobs.shutdown(PATIENCE)


def submit(manager: JobManager, work: Callable[[Job], Iterator[object]], name: str = "a", device: str = "cpu") -> Job:
    return manager.submit(name, name.upper(), "owner", device, work)
