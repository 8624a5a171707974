"""Background tasks: one at a time, shared by key, bounded, with progress, and stopped when nobody waits."""

from __future__ import annotations

import threading
from collections.abc import Callable

from gan_demo.support.background_tasks import BackgroundTasks, Report, StoppedError, Task

PATIENCE = 30.0


class Held:
    """Work that reports half, then waits until it is let go, then reports again."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()
        self.is_finished = False

    def __call__(self, report: Report) -> None:
        report(0.5)
        self.begun.set()
        self.go.wait(PATIENCE)
        report(0.9)
        self.is_finished = True


def started(tasks: BackgroundTasks, key: str, token: str, work: Callable[[Report], None]) -> Task:
    task = tasks.start(key, token, work)
    assert task is not None
    return task


def test_two_visitors_share_a_task_and_each_sees_its_progress() -> None:
    tasks, work = BackgroundTasks("test", 4, PATIENCE), Held()
    task = started(tasks, "a", "one", work)
    assert work.begun.wait(PATIENCE)
    assert tasks.start("a", "two", work) is task
    assert task.share == 0.5
    work.go.set()
    assert task.over.wait(PATIENCE)
    assert (task.share, task.error, work.is_finished) == (1.0, None, True)
    tasks.close()


def test_a_task_ends_when_the_last_visitor_leaves_and_can_begin_again() -> None:
    tasks, work = BackgroundTasks("test", 4, PATIENCE), Held()
    task = started(tasks, "a", "one", work)
    started(tasks, "a", "two", work)
    assert work.begun.wait(PATIENCE)
    task.leave("one")
    assert not task._stop.is_set(), "another still waits"
    task.leave("two")
    work.go.set()
    assert task.over.wait(PATIENCE)
    assert (isinstance(task.error, StoppedError), work.is_finished) == (True, False)
    again = started(tasks, "a", "one", work)
    assert again is not task
    assert again.over.wait(PATIENCE)
    assert again.error is None
    tasks.close()


def test_whoever_comes_after_the_last_has_left_keeps_the_task_going() -> None:
    tasks, work = BackgroundTasks("test", 4, PATIENCE), Held()
    task = started(tasks, "a", "one", work)
    assert work.begun.wait(PATIENCE)
    task.leave("one")
    assert tasks.start("a", "two", work) is task
    work.go.set()
    assert task.over.wait(PATIENCE)
    assert (task.error, work.is_finished) == (None, True)
    tasks.close()


def test_no_more_than_the_limit_wait_and_none_after_the_end() -> None:
    tasks, work = BackgroundTasks("test", 2, PATIENCE), Held()
    first, second = started(tasks, "a", "one", work), started(tasks, "b", "one", work)
    assert tasks.start("c", "one", work) is None
    work.go.set()
    assert first.over.wait(PATIENCE)
    assert second.over.wait(PATIENCE)
    started(tasks, "c", "one", work)
    tasks.close()
    assert tasks.start("d", "one", work) is None


def test_an_error_is_kept_for_whoever_waits() -> None:
    def fail(report: Report) -> None:
        raise ValueError("bad")

    tasks = BackgroundTasks("test", 2, PATIENCE)
    task = started(tasks, "a", "one", fail)
    assert task.over.wait(PATIENCE)
    assert str(task.error) == "bad"
    assert tasks.get("a") is task
    tasks.close()


def test_a_task_that_takes_too_long_is_stopped_at_its_next_report() -> None:
    tasks = BackgroundTasks("test", 2, -1.0)
    task = started(tasks, "a", "one", lambda report: None)
    assert task.over.wait(PATIENCE)
    assert isinstance(task.error, StoppedError)
    tasks.close()
