"""An audience in a process of its own: some tabs on one run, told over a pipe what to do.

``Audience`` is the side that tells; the process itself is ``python -m benchmarks.audience URL HOME``, which reads one
JSON command a line and answers each with one.
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
from benchmarks.tabs import Heard, Page, RowClock, Tab

STAY = (5.0, 60.0)  # seconds that one of a changing audience stays


class Audience:
    """Tells the process; every method returns when it is done."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def start(self, preset: str) -> str:
        """Press the preset's button on the Train page; returns the run's id."""
        return str(self._ask(do="start", preset=preset))

    def press(self, key: str) -> None:
        """Press another button of the page that started the run."""
        self._ask(do="press", key=key)

    def join(self, run: str, viewers: int) -> None:
        """Have so many tabs on that run; returns when each has its stream."""
        self._ask(do="join", run=run, viewers=viewers)

    def come_and_go(self, run: str, viewers: int, seed: int) -> None:
        """Like ``join``, but each stays for a while and another takes its place."""
        self._ask(do="come_and_go", run=run, viewers=viewers, seed=seed)

    def heard(self) -> dict[str, Any]:
        """What ``tabs.Heard`` has since the last call, and the ``seconds`` that this was."""
        found: dict[str, Any] = self._ask(do="heard")
        return found

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
    """A process for them, ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.audience", url, str(home)], cwd=common.ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Audience(process)
    finally:
        process.kill()
        process.wait()


class _Seats:
    """The process' side."""

    def __init__(self, url: str, home: Path) -> None:
        self.url, self.home = url, home
        self.heard = Heard()
        self.since = time.perf_counter()
        self.owner: Page | None = None
        self.clock: asyncio.Task[None] | None = None
        self.seats: list[asyncio.Task[None]] = []

    async def start(self, preset: str) -> str:
        """See Audience."""
        if self.owner is None:
            self.owner = Page(self.url, self.heard)
            await self.owner.open("")
        else:
            self.owner.query = ""
            await self.owner.run()
        await self.owner.run(pressed=f"start-{preset}")
        return self.owner.run_id

    async def press(self, key: str) -> None:
        """See Audience; the page is run first, so that it shows the buttons of now."""
        assert self.owner is not None
        await self.owner.run()
        await self.owner.run(pressed=key)

    async def join(self, run: str, viewers: int) -> None:
        """See Audience. Who started the run is one of them, and has its page already."""
        clock = await self._clear(run)
        seated = []
        for k in range(viewers):
            ready = asyncio.Event()
            tab = Tab(self.url, self.heard, clock, self.home / run)
            mine = k == 0 and self.owner is not None and self.owner.run_id == run
            if mine and self.owner is not None:
                tab.page = self.owner
            self.seats.append(asyncio.create_task(self._sit(tab, ready, open_page=not mine)))
            seated.append(ready)
        async with asyncio.timeout(120):
            for ready in seated:
                await ready.wait()

    async def come_and_go(self, run: str, viewers: int, seed: int) -> None:
        """See Audience."""
        clock = await self._clear(run)
        for k in range(viewers):
            self.seats.append(asyncio.create_task(self._seat(run, clock, random.Random(f"{seed} {k}"))))

    async def _clear(self, run: str) -> RowClock:
        for one in [*self.seats, *([self.clock] if self.clock else [])]:
            one.cancel()
        await asyncio.gather(*self.seats, return_exceptions=True)
        self.seats.clear()
        clock = RowClock(self.home / run)
        self.clock = asyncio.create_task(clock.keep_looking())
        return clock

    async def _sit(self, tab: Tab, ready: asyncio.Event, open_page: bool) -> None:
        try:
            await tab.watch(open_page, ready.set)
        except Exception as failure:
            self.heard.errors[f"{type(failure).__name__}: {failure}"] += 1
            ready.set()

    async def _seat(self, run: str, clock: RowClock, rng: random.Random) -> None:
        while True:
            tab = Tab(self.url, self.heard, clock, self.home / run)
            with suppress(TimeoutError):
                async with asyncio.timeout(rng.uniform(*STAY)):
                    await self._sit(tab, asyncio.Event(), open_page=True)
                    await asyncio.sleep(1)  # it failed: no storm of tries

    async def get_heard(self) -> dict[str, Any]:
        """See Audience."""
        before, self.since = self.since, time.perf_counter()
        return self.heard.taken() | {"seconds": self.since - before}


async def _serve(url: str, home: Path) -> None:
    seats = _Seats(url, home)
    commands: dict[str, Callable[..., Awaitable[Any]]] = {
        "start": seats.start,
        "press": seats.press,
        "join": seats.join,
        "come_and_go": seats.come_and_go,
        "heard": seats.get_heard,
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
