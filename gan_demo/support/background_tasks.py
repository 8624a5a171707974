"""Computations of some seconds in one thread beside everything else: bounded, with progress, and stoppable."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor

Report = Callable[[float], None]  # takes the share that is done, 0..1; raises StoppedError where the task must end

REMEMBERED = 64  # tasks that are over, to report their errors


class StoppedError(Exception):
    """End of a task that nobody waits for any more, or that took too long."""


class Task:
    """A computation that waits, runs or is over. ``share`` is how much is done, 0..1."""

    def __init__(self, seconds: float) -> None:
        self.share = 0.0
        self.error: BaseException | None = None
        self.over = threading.Event()
        self._stop = threading.Event()
        self._seconds = seconds
        self._deadline = float("inf")
        self._watchers: set[str] = set()

    def report(self, share: float) -> None:
        """Note how much is done. Raises StoppedError where the task must end."""
        self.share = share
        if self._stop.is_set() or time.monotonic() > self._deadline:
            raise StoppedError

    def watch(self, token: str) -> None:
        """Note that the visitor with this token waits for the task, even if all others have just left."""
        self._watchers.add(token)
        self._stop.clear()

    def leave(self, token: str) -> None:
        """Note that this visitor no longer waits; stop the task when nobody does."""
        self._watchers.discard(token)
        if not self._watchers:
            self.stop()

    def stop(self) -> None:
        """Stop the task at its next report."""
        self._stop.set()

    def run(self, work: Callable[[Report], None]) -> None:
        """Do the work; errors go to ``error``."""
        self._deadline = time.monotonic() + self._seconds
        try:
            self.report(0.0)
            work(self.report)
            self.share = 1.0
        except Exception as error:  # shown to whoever waits
            self.error = error
        finally:
            self.over.set()


class BackgroundTasks:
    """Tasks by key, done one after the other in a thread of their own; at most ``most`` wait or run at a time."""

    def __init__(self, name: str, most: int, seconds: float) -> None:
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._most = most
        self._seconds = seconds  # that a task may take
        self._lock = threading.Lock()
        self._tasks: OrderedDict[Hashable, Task] = OrderedDict()
        self._closed = False

    def start(self, key: Hashable, token: str, work: Callable[[Report], None]) -> Task | None:
        """Return the task of this key that waits or runs, else begin one; None if there are too many, or once closed.

        The visitor with this token waits for it from now on.
        """
        with self._lock:
            task = self._tasks.get(key)
            if task is None or task.over.is_set():
                if self._closed or sum(not other.over.is_set() for other in self._tasks.values()) >= self._most:
                    return None
                task = self._tasks[key] = Task(self._seconds)
                self._tasks.move_to_end(key)
                self._forget_old()
                self._worker.submit(task.run, work)
            task.watch(token)
            return task

    def get(self, key: Hashable) -> Task | None:
        """Return the newest task of this key, which may be over, or None."""
        with self._lock:
            return self._tasks.get(key)

    def forget(self, which: Callable[[Hashable], bool]) -> None:
        """Forget the tasks that are over whose key ``which`` accepts."""
        with self._lock:
            for key in [key for key, task in self._tasks.items() if task.over.is_set() and which(key)]:
                del self._tasks[key]

    def close(self) -> None:
        """Stop all tasks at their next report, without waiting, and start no others."""
        with self._lock:
            self._closed = True
            for task in self._tasks.values():
                task.stop()
            self._worker.shutdown(wait=False, cancel_futures=True)

    def _forget_old(self) -> None:
        over = [key for key, task in self._tasks.items() if task.over.is_set()]
        for key in over[: max(0, len(over) - REMEMBERED)]:
            del self._tasks[key]
