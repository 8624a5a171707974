"""Jobs: what a viewer sees, what the owner may do, and that every way to end runs the work's own ``finally``."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest

from gan_demo.errors import JobError
from gan_demo.runs.status import Status
from gan_demo.training.jobs.job import Job
from gan_demo.training.jobs.manager import JobLimits, JobManager

PATIENCE = 20.0  # seconds after which a condition that should come true is taken for a failure


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
        self.made = 0
        self.stepping: list[bool] = []

    def __call__(self, job: Job) -> Iterator[int]:
        try:
            while self.items is None or self.made < self.items:
                self.begun.release()
                assert self.allowed.acquire(timeout=PATIENCE)
                if self.made == self.fail_at:
                    raise ArithmeticError("the work broke")
                self.stepping.append(job.is_stepping())
                self.made += 1
                yield self.made
        finally:
            self.finished.set()

    def let(self, items: int) -> None:
        """Allow so many more items."""
        self.allowed.release(items)

    def wait_begun(self) -> None:
        assert self.begun.acquire(timeout=PATIENCE)


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another thread is about to do, by yielding to it; fails after PATIENCE."""
    pulse = threading.Event()
    for _ in range(int(PATIENCE / 0.002)):
        if condition():
            return
        pulse.wait(0.002)
    raise AssertionError("the condition never came true")


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


def test_a_job_runs_to_its_end_and_keeps_the_last_item(manager: JobManager) -> None:
    work = Work(3)
    work.let(3)
    job = submit(manager, work)
    assert job.wait(PATIENCE)
    assert (job.snapshot.status, job.snapshot.progress, job.snapshot.error) == (Status.DONE, 3, None)
    assert job.done
    assert work.finished.is_set()


@pytest.mark.parametrize("items", [[1, 2], (1, 2), range(1, 3), map(int, "12")])
def test_any_iterator_is_work(manager: JobManager, items: object) -> None:
    job = submit(manager, lambda job: iter(items))  # type: ignore[call-overload]
    assert job.wait(PATIENCE)
    assert (job.snapshot.status, job.snapshot.progress) == (Status.DONE, 2)


def test_work_that_gives_nothing_is_done(manager: JobManager) -> None:
    job = submit(manager, Work(0))
    assert job.wait(PATIENCE)
    assert (job.snapshot.status, job.snapshot.progress) == (Status.DONE, None)


def test_progress_is_seen_while_the_job_runs(manager: JobManager) -> None:
    work = Work()
    job = submit(manager, work)
    for item in (1, 2):
        work.let(1)
        until(lambda item=item: job.snapshot.progress == item)  # type: ignore[misc]
        assert job.snapshot.status is Status.RUNNING
    assert not job.wait(0)


# ---- pause, step, resume


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
    assert (job.snapshot.status, job.snapshot.progress, work.made) == (Status.PAUSED, 3, 3)


def test_step_advances_exactly_one(manager: JobManager) -> None:
    work = Work()
    job = paused_after(manager, work, 0)
    work.let(100)
    for item in (2, 3, 4):
        job.step()
        work.wait_begun()
        until(lambda item=item: job.snapshot.progress == item)  # type: ignore[misc]
        assert not work.begun.acquire(timeout=0.02)
        assert (work.made, job.snapshot.status) == (item, Status.PAUSED)


def test_steps_asked_for_at_once_are_all_made(manager: JobManager) -> None:
    work = Work()
    job = paused_after(manager, work, 0)
    for _ in range(5):
        job.step()
    work.let(100)
    until(lambda: job.snapshot.progress == 6)
    assert not work.begun.acquire(blocking=False) or work.made == 6


def test_resume_goes_on_and_forgets_steps_still_owed(manager: JobManager) -> None:
    work = Work()
    job = paused_after(manager, work, 0)
    job.step()
    work.wait_begun()
    job.step()
    job.resume()
    assert job.snapshot.status is Status.RUNNING
    work.let(3)
    until(lambda: work.made >= 4)
    until(lambda: work.begun.acquire(blocking=False) or work.made == 4)
    job.pause()
    work.let(1)
    until(lambda: job.snapshot.progress == 5)
    assert not work.begun.acquire(timeout=0.05) or work.made == 5


def test_the_work_is_told_that_it_goes_step_by_step(manager: JobManager) -> None:
    work = Work()
    job = paused_after(manager, work, 1)
    work.let(1)
    job.step()
    until(lambda: work.made == 3)
    job.resume()
    work.let(1)
    until(lambda: work.made == 4)
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


# ---- changed settings


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
    made = len(work.done)
    changes = [{"a": k} for k in range(5)]
    for settings in changes:
        job.change(settings)
    until(job.is_held)
    assert work.done[made:] == changes
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


# ---- stop


def test_stop_closes_the_iterator(manager: JobManager) -> None:
    work = Work()
    job = submit(manager, work)
    work.wait_begun()
    job.stop()
    work.let(1)
    assert job.wait(PATIENCE)
    assert work.finished.is_set()
    assert (job.snapshot.status, job.snapshot.progress, work.made) == (Status.STOPPED, 1, 1)


def test_a_paused_job_stops_at_once(manager: JobManager) -> None:
    work = Work()
    job = paused_after(manager, work, 0)
    job.stop()
    assert job.wait(PATIENCE)
    assert work.finished.is_set()
    assert (job.snapshot.status, work.made) == (Status.STOPPED, 1)


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
    assert work.made == 1
    job.stop()  # once more is no error, and changes nothing
    assert job.snapshot.status is Status.STOPPED


def test_a_stop_that_comes_after_the_end_changes_nothing(manager: JobManager) -> None:
    job = submit(manager, Work(0))
    assert job.wait(PATIENCE)
    job.stop()
    assert job.snapshot.status is Status.DONE


# ---- failures


def test_a_failure_is_visible_and_the_next_job_runs(manager: JobManager) -> None:
    broken, fine = Work(fail_at=1), Work(1)
    broken.let(2)
    fine.let(1)
    job, after = submit(manager, broken), submit(manager, fine, "b")
    assert job.wait(PATIENCE)
    assert after.wait(PATIENCE)
    assert (job.snapshot.status, job.snapshot.progress) == (Status.FAILED, 1)
    assert isinstance(job.snapshot.error, ArithmeticError)
    assert broken.finished.is_set()
    assert after.snapshot.status is Status.DONE


def test_work_that_cannot_even_begin_fails(manager: JobManager) -> None:
    def make(job: Job) -> Iterator[int]:
        raise LookupError("no such data")

    job = submit(manager, make)
    assert job.wait(PATIENCE)
    assert isinstance(job.snapshot.error, LookupError)


def test_a_failure_while_saving_is_visible(manager: JobManager) -> None:
    begun = threading.Event()

    def make(job: Job) -> Iterator[int]:
        try:
            for item in itertools.count():
                begun.set()
                yield item
        finally:
            raise OSError("disk full")

    job = submit(manager, make)
    assert begun.wait(PATIENCE)
    job.stop()
    assert job.wait(PATIENCE)
    assert job.snapshot.status is Status.FAILED
    assert isinstance(job.snapshot.error, OSError)


def test_even_an_exit_in_the_work_leaves_the_worker_alive(manager: JobManager) -> None:
    def make(job: Job) -> Iterator[int]:
        raise SystemExit(3)
        yield 0

    job, after = submit(manager, make), submit(manager, Work(0), "b")
    assert job.wait(PATIENCE)
    assert after.wait(PATIENCE)
    assert (job.snapshot.status, after.snapshot.status) == (Status.FAILED, Status.DONE)


# ---- the queue


def test_jobs_of_a_device_run_one_after_another_in_order(manager: JobManager) -> None:
    works = [Work(1) for _ in range(4)]
    jobs = [submit(manager, work, name) for work, name in zip(works, "abcd", strict=True)]
    for k, work in enumerate(works):
        work.wait_begun()
        statuses = [job.snapshot.status for job in jobs]
        assert statuses == [Status.DONE] * k + [Status.RUNNING] + [Status.QUEUED] * (3 - k)
        assert [job.snapshot.position for job in jobs] == [0] * (k + 1) + list(range(1, 4 - k))
        work.let(1)
        assert jobs[k].wait(PATIENCE)
        if k < 3:
            until(lambda k=k: jobs[k + 1].snapshot.status is Status.RUNNING)  # type: ignore[misc]


def test_devices_work_side_by_side(manager: JobManager) -> None:
    works = [Work(1), Work(1)]
    jobs = [submit(manager, work, device, device) for work, device in zip(works, ("cpu", "cuda"), strict=True)]
    for work in works:
        work.wait_begun()  # both have begun before either may end
    assert [job.snapshot.status for job in jobs] == [Status.RUNNING, Status.RUNNING]
    for work in works:
        work.let(1)
    assert all(job.wait(PATIENCE) for job in jobs)


def test_a_queued_job_is_cancelled_without_being_begun(manager: JobManager) -> None:
    running, cancelled, last = Work(1), Work(), Work()
    first = submit(manager, running)
    running.wait_begun()
    job, after = submit(manager, cancelled, "b"), submit(manager, last, "c")
    assert after.snapshot.position == 2
    manager.cancel("b", "owner")
    assert (job.done, job.snapshot.status, job.snapshot.position) == (True, Status.STOPPED, 0)
    assert after.snapshot.position == 1
    assert not first.done
    running.let(1)
    until(lambda: after.snapshot.status is Status.RUNNING)
    assert cancelled.made == 0
    assert not cancelled.begun.acquire(blocking=False)


def test_a_running_job_is_cancelled_by_its_owner(manager: JobManager) -> None:
    work = Work()
    job = submit(manager, work)
    work.wait_begun()
    manager.cancel("a", "owner")
    work.let(1)
    assert job.wait(PATIENCE)
    assert job.snapshot.status is Status.STOPPED


def test_an_id_can_be_used_again_only_after_its_job_is_over(manager: JobManager) -> None:
    work = Work(1)
    job = submit(manager, work)
    with pytest.raises(JobError) as caught:
        submit(manager, Work())
    assert caught.value.problem == "is already running"
    work.let(1)
    assert job.wait(PATIENCE)
    again = submit(manager, Work(0))
    assert again.wait(PATIENCE)
    assert manager.get("a") is again
    assert again is not job
    assert manager.jobs() == [again]


def test_the_worker_comes_back_for_a_job_after_an_idle_time(manager: JobManager) -> None:
    for name in "abcdefgh":
        assert submit(manager, Work(0), name).wait(PATIENCE)


def test_only_so_many_ended_jobs_are_remembered() -> None:
    manager = JobManager(JobLimits(remembered=3))
    for name in "abcdefgh":
        assert submit(manager, Work(0), name).wait(PATIENCE)
    assert [job.id for job in manager.jobs()][-1] == "h"
    assert len(manager.jobs()) <= 4
    assert manager.get("a") is None


# ---- owners


def test_only_the_owner_controls_a_job(manager: JobManager) -> None:
    job = submit(manager, Work())
    assert manager.control("a", "owner") is job
    for stranger in ("", "Owner", "owner ", "所有者"):
        with pytest.raises(JobError) as caught:
            manager.control("a", stranger)
        assert caught.value.problem == "belongs to someone else"
        with pytest.raises(JobError):
            manager.cancel("a", stranger)
    assert not job.done


def test_an_unknown_job_cannot_be_controlled(manager: JobManager) -> None:
    assert manager.get("nobody") is None
    with pytest.raises(JobError) as caught:
        manager.control("nobody", "owner")
    assert caught.value.problem == "is not known"


# ---- shutdown


def test_shutdown_stops_and_waits_for_all() -> None:
    manager = JobManager()
    running, paused, queued, elsewhere = Work(), Work(), Work(), Work()
    held = paused_after(manager, paused, 0)
    third = submit(manager, running, "b")
    held_queue = submit(manager, queued, "c")
    other = submit(manager, elsewhere, "d", "cuda")
    elsewhere.wait_begun()
    running.wait_begun()
    threading.Timer(0.05, lambda: [work.let(1) for work in (running, elsewhere)]).start()
    assert manager.shutdown(PATIENCE)
    assert [job.snapshot.status for job in (held, held_queue, other, third)] == [Status.STOPPED] * 4
    assert all(work.finished.is_set() for work in (running, paused, elsewhere))
    assert queued.made == 0


def test_shutdown_says_when_a_job_did_not_end_in_time() -> None:
    manager = JobManager()
    work = Work()
    job = submit(manager, work)
    work.wait_begun()
    assert not manager.shutdown(0.01)
    work.let(1)
    assert job.wait(PATIENCE)


def test_nothing_starts_after_shutdown() -> None:
    manager = JobManager()
    assert manager.shutdown(PATIENCE)
    with pytest.raises(JobError) as caught:
        submit(manager, Work(0))
    assert caught.value.problem == "cannot start: the server is shutting down"


def test_readers_always_see_a_whole_snapshot(manager: JobManager) -> None:
    """Many controls and many items at once: no status outside the life cycle, no progress that goes back."""
    work = Work()
    work.let(100_000)
    job = submit(manager, work)
    seen: list[int] = []
    for _ in range(300):
        job.pause()
        snapshot = job.snapshot
        assert snapshot.status in (Status.QUEUED, Status.RUNNING, Status.PAUSED)
        seen.append(snapshot.progress or 0)
        job.resume()
    assert seen == sorted(seen)
    job.stop()
    assert job.wait(PATIENCE)
    assert job.snapshot.status is Status.STOPPED
