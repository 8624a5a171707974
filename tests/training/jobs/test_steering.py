"""Jobs in the hand of their owner: pause, single steps, changed settings, and stop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gan_demo.errors import JobError
from gan_demo.runs.status import Status
from gan_demo.training.jobs.job import Job
from gan_demo.training.jobs.manager import JobManager
from tests.training.jobs.scripted_work import PATIENCE, Work, submit, until
from tests.training.jobs.scripted_work import manager as manager


def paused_after(manager: JobManager, work: Work, items: int) -> Job:
    """Return a job that holds after ``items``."""
    job = submit(manager, work)
    for _ in range(items):
        work.wait_begun()
        work.let(1)
    work.wait_begun()
    job.pause()
    work.let(1)  # the item that was under way when pause was called still arrives
    until(lambda: job.snapshot.progress == items + 1)
    return job


def test_pause_stops_at_once(manager: JobManager) -> None:
    work = Work()
    job = paused_after(manager, work, 2)
    work.let(100)
    assert not work.begun.acquire(timeout=0.05)  # however much is allowed, nothing more is begun
    assert (job.snapshot.status, job.snapshot.progress, work.yielded) == (Status.PAUSED, 3, 3)


def test_step_advances_exactly_one(manager: JobManager) -> None:
    work = Work()
    job = paused_after(manager, work, 0)
    work.let(100)
    for item in (2, 3, 4):
        job.step()
        work.wait_begun()
        until(lambda item=item: job.snapshot.progress == item)  # type: ignore[misc]
        assert not work.begun.acquire(timeout=0.02)
        assert (work.yielded, job.snapshot.status) == (item, Status.PAUSED)


def test_steps_asked_for_at_once_are_all_made(manager: JobManager) -> None:
    work = Work()
    job = paused_after(manager, work, 0)
    for _ in range(5):
        job.step()
    work.let(100)
    until(lambda: job.snapshot.progress == 6)
    assert not work.begun.acquire(blocking=False) or work.yielded == 6


def test_resume_goes_on_and_forgets_steps_still_owed(manager: JobManager) -> None:
    work = Work()
    job = paused_after(manager, work, 0)
    job.step()
    work.wait_begun()
    job.step()
    job.resume()
    assert job.snapshot.status is Status.RUNNING
    work.let(3)
    until(lambda: work.yielded >= 4)
    until(lambda: work.begun.acquire(blocking=False) or work.yielded == 4)
    job.pause()
    work.let(1)
    until(lambda: job.snapshot.progress == 5)
    assert not work.begun.acquire(timeout=0.05) or work.yielded == 5


def test_the_work_is_told_that_it_goes_step_by_step(manager: JobManager) -> None:
    work = Work()
    job = paused_after(manager, work, 1)
    work.let(1)
    job.step()
    until(lambda: work.yielded == 3)
    job.resume()
    work.let(1)
    until(lambda: work.yielded == 4)
    assert work.stepping == [False, True, True, False]


def test_the_work_is_told_what_each_single_item_shall_be(manager: JobManager) -> None:
    orders: list[str] = []

    def make(job: Job) -> Iterator[str]:
        while True:
            orders.append(job.order)
            yield job.order

    job = submit(manager, make)
    job.pause()
    until(job.is_held)
    assert set(orders) <= {"both"}
    orders.clear()
    for what in ("d", "g", "both", "d"):
        job.step(what)  # type: ignore[arg-type]
    until(job.is_held)
    assert orders == ["d", "g", "both", "d"]
    job.resume()
    until(lambda: len(orders) > 9)
    assert set(orders[4:]) == {"both"}


def test_a_paused_job_is_held_only_when_all_it_was_told_is_done(manager: JobManager) -> None:
    work = Work()
    job = submit(manager, work)
    work.wait_begun()
    job.pause()
    assert not job.is_held()  # an item is still under way
    work.let(1)
    until(job.is_held)
    job.step()
    work.wait_begun()
    assert not job.is_held()
    work.let(1)
    until(job.is_held)
    job.resume()
    work.wait_begun()
    assert not job.is_held()


class Changeable:
    """Work that takes changes before each item, and lists what it did."""

    def __init__(self) -> None:
        self.done: list[object] = []

    def __call__(self, job: Job) -> Iterator[int]:
        while True:
            while (settings := job.next_change()) is not None:
                assert job.waiting_changes()[0] == settings
                self.done.append(settings)
                job.change_done()
            if job.order:
                self.done.append(job.order)
            yield len(self.done)


def test_a_paused_job_takes_changes_in_order_and_stays_where_it_is(manager: JobManager) -> None:
    work = Changeable()
    job = submit(manager, work)
    job.pause()
    until(job.is_held)
    count = len(work.done)
    changes = [{"a": k} for k in range(5)]
    for settings in changes:
        job.change(settings)
    until(job.is_held)
    assert work.done[count:] == changes
    assert (job.waiting_changes(), job.snapshot.status) == ((), Status.PAUSED)


def test_a_running_job_takes_changes_before_its_next_item(manager: JobManager) -> None:
    work = Changeable()
    job = submit(manager, work)
    job.change({"a": 1})
    until(lambda: {"a": 1} in work.done)
    assert job.snapshot.status is Status.RUNNING


def test_a_change_handed_over_belongs_to_the_job(manager: JobManager) -> None:
    first, work = Work(), Changeable()
    submit(manager, first)
    job = submit(manager, work, "b")
    settings = {"a": 1}
    job.change(settings)
    settings["a"] = 2
    assert job.waiting_changes() == ({"a": 1},)


def test_a_change_that_comes_after_the_end_is_refused(manager: JobManager) -> None:
    job = submit(manager, Work(0))
    assert job.wait(PATIENCE)
    with pytest.raises(JobError) as caught:
        job.change({"a": 1})
    assert caught.value.problem == "is over"


def test_step_needs_a_paused_job(manager: JobManager) -> None:
    job = submit(manager, Work())
    with pytest.raises(JobError) as caught:
        job.step()
    assert caught.value.problem == "is not paused"


def test_a_job_paused_while_it_waits_begins_paused(manager: JobManager) -> None:
    first, second = Work(1), Work()
    job = submit(manager, first)
    waiting = submit(manager, second, "b")
    waiting.pause()
    assert waiting.snapshot.status is Status.PAUSED
    first.let(1)
    assert job.wait(PATIENCE)
    assert not second.begun.acquire(timeout=0.05)
    waiting.step()
    second.let(1)
    until(lambda: waiting.snapshot.progress == 1)


def test_stop_closes_the_iterator(manager: JobManager) -> None:
    work = Work()
    job = submit(manager, work)
    work.wait_begun()
    job.stop()
    work.let(1)
    assert job.wait(PATIENCE)
    assert work.finished.is_set()
    assert (job.snapshot.status, job.snapshot.progress, work.yielded) == (Status.STOPPED, 1, 1)


def test_a_paused_job_stops_at_once(manager: JobManager) -> None:
    work = Work()
    job = paused_after(manager, work, 0)
    job.stop()
    assert job.wait(PATIENCE)
    assert work.finished.is_set()
    assert (job.snapshot.status, work.yielded) == (Status.STOPPED, 1)


def test_stop_is_one_shot(manager: JobManager) -> None:
    work = Work()
    job = submit(manager, work)
    work.wait_begun()
    job.stop()
    for control in (job.resume, job.pause, job.step):
        with pytest.raises(JobError) as caught:
            control()
        assert caught.value.problem == "is over"
    work.let(100)
    assert job.wait(PATIENCE)
    assert work.yielded == 1
    job.stop()  # once more is no error, and changes nothing
    assert job.snapshot.status is Status.STOPPED


def test_a_stop_that_comes_after_the_end_changes_nothing(manager: JobManager) -> None:
    job = submit(manager, Work(0))
    assert job.wait(PATIENCE)
    job.stop()
    assert job.snapshot.status is Status.DONE
