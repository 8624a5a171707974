"""Viewers of one run in a process of their own, controlled over a pipe.

``Audience`` is the controlling side. The process is ``python -m benchmarks.audience URL HOME``; it reads one JSON
command a line and answers each with one line.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks import common
from benchmarks.tabs import Page, RowClock, Tab, Traffic

STAY = (5.0, 60.0)  # seconds that a viewer of a changing audience stays


class Audience:
    """Commands to the process of viewers; every method returns when its command is done."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def start(self, preset: str) -> str:
        """Press the preset's button on the Train page; return the run's id."""
        return str(self._ask(do="start", preset=preset))

    def press(self, key: str) -> None:
        """Press another button of the page that started the run."""
        self._ask(do="press", key=key)

    def join(self, run: str, viewers: int) -> None:
        """Open ``viewers`` tabs on the run; return when each has its stream."""
        self._ask(do="join", run=run, viewers=viewers)

    def come_and_go(self, run: str, viewers: int, seed: int) -> None:
        """Open tabs like ``join``, but replace each after 5 to 60 seconds; ``seed`` draws these times."""
        self._ask(do="come_and_go", run=run, viewers=viewers, seed=seed)

    def traffic(self) -> dict[str, Any]:
        """Return the fields of ``tabs.Traffic`` since the last call, and the ``seconds`` since then."""
        traffic: dict[str, Any] = self._ask(do="traffic")
        return traffic

    def _ask(self, **command: object) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline() or '{"error": "the audience ended"}')
        if "error" in answer:
            raise SystemExit(f"{command['do']}: {answer['error']}")
        return answer["value"]


@contextmanager
def audience(url: str, home: Path) -> Iterator[Audience]:
    """Start the process of viewers; end it with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.audience", url, str(home)],
        cwd=common.ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield Audience(process)
    finally:
        process.kill()
        process.wait()


class _Seats:
    """The viewers, in their process."""

    def __init__(self, url: str, home: Path) -> None:
        self.url, self.home = url, home
        self.traffic = Traffic()
        self.since = time.perf_counter()  # of the last ``take_traffic``
        self.owner: Page | None = None
        self.clock: asyncio.Task[None] | None = None
        self.seats: list[asyncio.Task[None]] = []

    async def start(self, preset: str) -> str:
        """See ``Audience.start``."""
        if self.owner is None:
            self.owner = Page(self.url, self.traffic)
            await self.owner.open("")
        else:
            self.owner.query = ""
            await self.owner.run()
        await self.owner.run(pressed=f"start-{preset}")
        return self.owner.run_id

    async def press(self, key: str) -> None:
        """See ``Audience.press``; the page is run first, so that its list of buttons is up to date."""
        assert self.owner is not None
        await self.owner.run()
        await self.owner.run(pressed=key)

    async def join(self, run: str, viewers: int) -> None:
        """See ``Audience.join``. The session that started the run is the first viewer, and has its page already."""
        clock = await self._clear(run)
        started = []
        for k in range(viewers):
            ready = asyncio.Event()
            tab = Tab(self.url, self.traffic, clock, self.home / run)
            is_owner = k == 0 and self.owner is not None and self.owner.run_id == run
            if is_owner and self.owner is not None:
                tab.page = self.owner
            self.seats.append(asyncio.create_task(self._watch(tab, ready, open_page=not is_owner)))
            started.append(ready)
        async with asyncio.timeout(120):
            for ready in started:
                await ready.wait()

    async def come_and_go(self, run: str, viewers: int, seed: int) -> None:
        """See ``Audience.come_and_go``."""
        clock = await self._clear(run)
        for k in range(viewers):
            self.seats.append(asyncio.create_task(self._seat(run, clock, random.Random(f"{seed} {k}"))))

    async def _clear(self, run: str) -> RowClock:
        """Remove all viewers; return the clock of the next run."""
        for task in [*self.seats, *([self.clock] if self.clock else [])]:
            task.cancel()
        await asyncio.gather(*self.seats, return_exceptions=True)
        self.seats.clear()
        clock = RowClock(self.home / run)
        self.clock = asyncio.create_task(clock.keep_reading())
        return clock

    async def _watch(self, tab: Tab, ready: asyncio.Event, open_page: bool) -> None:
        try:
            await tab.watch(open_page, ready.set)
        except Exception as failure:
            self.traffic.errors[f"{type(failure).__name__}: {failure}"] += 1
            ready.set()

    async def _seat(self, run: str, clock: RowClock, rng: random.Random) -> None:
        while True:
            tab = Tab(self.url, self.traffic, clock, self.home / run)
            with suppress(TimeoutError):
                async with asyncio.timeout(rng.uniform(*STAY)):
                    await self._watch(tab, asyncio.Event(), open_page=True)
                    await asyncio.sleep(1)  # the viewer failed: do not try again at once

    async def take_traffic(self) -> dict[str, Any]:
        """See ``Audience.traffic``."""
        before, self.since = self.since, time.perf_counter()
        return self.traffic.take_all() | {"seconds": self.since - before}


async def _serve(url: str, home: Path) -> None:
    seats = _Seats(url, home)
    commands: dict[str, Callable[..., Awaitable[Any]]] = {
        "start": seats.start,
        "press": seats.press,
        "join": seats.join,
        "come_and_go": seats.come_and_go,
        "traffic": seats.take_traffic,
    }
    while line := await asyncio.to_thread(sys.stdin.readline):
        command = json.loads(line)
        try:
            answer = {"value": await commands[command.pop("do")](**command)}
        except Exception as failure:
            answer = {"error": f"{type(failure).__name__}: {failure}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], Path(sys.argv[2])))
    os._exit(0)
