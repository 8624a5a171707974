"""Jobs: what a viewer sees, how they fail and wait for each other, who may control them, and how they end at shutdown."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator

import pytest

from gan_demo.errors import JobError
from gan_demo.runs.status import Status
from gan_demo.training.jobs.job import Job
from gan_demo.training.jobs.manager import JobLimits, JobManager
from tests.training.jobs.scripted_work import PATIENCE, Work, submit, until
from tests.training.jobs.scripted_work import manager as manager
from tests.training.jobs.test_steering import paused_after


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
    assert cancelled.yielded == 0
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
    assert queued.yielded == 0


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
