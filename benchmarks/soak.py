"""Half an hour of viewers who come and go while one training follows another: what goes wrong, and what grows.

    python -m benchmarks.soak [--minutes 30] [--viewers 30] [--seed 0] [--preset tutorial] [--warm 3] [--every 10]

The app runs in a fresh server. Each of ``--viewers`` seats holds a viewer (see ``benchmarks/tabs.py``) for 5 to 60
seconds, then the next. One tab of Chromium stays all the time. The training is started again when it is over. Every
``--every`` seconds the server's memory, threads and open files and the tab's JavaScript heap (after a collection) are
read. Growth is the mean of the last fifth against the mean of as long a stretch after the first ``--warm`` minutes, or
the first tenth of a short soak; a training that starts again is part of both. Streamlit keeps up to 128 sessions of
viewers who left, with three open files each, so these grow until then. Ends with exit code 1 if anything failed.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from playwright.sync_api import CDPSession, Page

from benchmarks import browser, common
from benchmarks.audience import Audience, audience
from gan_demo.errors import RunError
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import status_without_job

TROUBLE = re.compile(r"\b(Traceback|ERROR|CRITICAL|Exception|\w+Error)\b")  # in the server's log
AIM = 5.0  # % of growth, at most


@dataclass(frozen=True)
class Sample:
    """The server and the tab at one moment; memory in MB."""

    seconds: float
    rss: float
    threads: int
    files: int
    heap: float
    nodes: int  # of the tab's document, the detached ones too


def main() -> None:
    """Soak and print."""
    options = _options()
    print(f"{options.minutes:g} minutes, {options.viewers} viewers coming and going\n{common.machine()}")
    with tempfile.TemporaryDirectory() as folder:
        home, log = Path(folder) / "home", Path(folder) / "server.log"
        home.mkdir()
        with browser.served(["run", "app.py"], common.ROOT, home, log=log) as (url, process):
            browser.wait_until_healthy(url, process)
            with audience(url, home) as people, browser.chromium() as chromium:
                page = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US").new_page()
                samples, heard, trouble = _soak(options, url, process.pid, home, people, page)
        trouble.update(f"server: {line}" for line in _troubles(log))
    _report(options, samples, heard)
    for words, times in trouble.items():
        print(f"{times} times: {words}")
    print("no error" if not trouble else f"{sum(trouble.values())} errors")
    raise SystemExit(1 if trouble else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=30, metavar="M", help="in all (30)")
    parser.add_argument("--viewers", type=int, default=30, metavar="N", help="at a time (30)")
    parser.add_argument("--seed", type=int, default=0, help="of how long each stays (0)")
    parser.add_argument("--preset", default="tutorial", help="what is trained (tutorial)")
    parser.add_argument("--warm", type=float, default=3, metavar="M", help="minutes that do not count (3)")
    parser.add_argument("--every", type=float, default=10, metavar="S", help="seconds between two readings (10)")
    return parser.parse_args()


def _soak(
    options: argparse.Namespace, url: str, pid: int, home: Path, people: Audience, page: Page
) -> tuple[list[Sample], Counter[str], Counter[str]]:
    trouble: Counter[str] = Counter()
    page.on("pageerror", lambda error: trouble.update([f"tab: {error}"]))
    page.on("response", lambda answer: trouble.update(_bad(answer.status, answer.url)))
    begin, end = time.monotonic(), time.monotonic() + 60 * options.minutes
    run, samples, heard = "", [], Counter[str]()
    devtools: CDPSession | None = None
    while time.monotonic() < end:
        if not run or _is_over(home / run):
            run = people.start(options.preset)
            people.come_and_go(run, options.viewers, options.seed + heard["trainings"])
            heard["trainings"] += 1
            devtools = _follow(page, f"{url}/train?run={run}", devtools)
        page.wait_for_timeout(1000 * max(0.0, min(options.every, end - time.monotonic())))
        assert devtools is not None
        samples.append(_read(time.monotonic() - begin, pid, devtools))
        _add(heard, trouble, people.heard())
    return samples, heard, trouble


def _follow(page: Page, address: str, devtools: CDPSession | None) -> CDPSession:
    """Go on in the same tab with another run, as a teacher does who presses New and Train."""
    if devtools is None:
        page.goto(address)
        devtools = page.context.new_cdp_session(page)
        devtools.send("HeapProfiler.enable")
    else:
        page.goto(address)
    page.locator(".live-board").wait_for()
    return devtools


def _is_over(run: Path) -> bool:
    try:
        return status_without_job(RunDir(run).info.status).is_over
    except RunError:  # being replaced
        return False


def _bad(status: int, url: str) -> list[str]:
    if "/train/_stcore/" in url:  # Streamlit's frontend tries a page's own path before the root's
        return []
    return [f"tab: status {status} of {url.partition('?')[0]}"] if status >= 400 else []


def _add(heard: Counter[str], trouble: Counter[str], now: dict[str, Any]) -> None:
    for name in ("events", "event_bytes", "pictures", "picture_bytes", "reruns"):
        heard[name] += now[name]
    for status, times in now["statuses"].items():
        heard[f"status {status}"] += times
        if int(status) >= 400:
            trouble[f"viewer: status {status}"] += times
    for words, times in now["errors"].items():
        trouble[f"viewer: {words}"] += times


def _read(seconds: float, pid: int, devtools: CDPSession) -> Sample:
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    files = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    devtools.send("HeapProfiler.collectGarbage")
    heap = devtools.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    nodes = int(devtools.send("Memory.getDOMCounters")["nodes"])
    return Sample(seconds, int(status["VmRSS"].split()[0]) / 1e3, int(status["Threads"]), files, heap, nodes)


def _troubles(log: Path) -> list[str]:
    return [line.strip()[:200] for line in log.read_text("utf-8", "replace").splitlines() if TROUBLE.search(line)]


def _report(options: argparse.Namespace, samples: list[Sample], heard: Counter[str]) -> None:
    shown = samples[:: max(1, len(samples) // 12)]
    head = ["minutes", "server, MB", "threads", "open files", "tab's heap, MB", "nodes"]
    print(common.table(head, [
        [f"{one.seconds / 60:.1f}", f"{one.rss:.0f}", str(one.threads), str(one.files), f"{one.heap:.1f}",
         str(one.nodes)] for one in shown
    ]))  # fmt: skip
    warm = min(60 * options.warm, 6 * options.minutes)
    rest = [one for one in samples if one.seconds >= warm]
    for name, value in _READINGS.items():
        if len(rest) < 10:
            print(f"{name}: too few readings to speak of growth")
            continue
        part = len(rest) // 5
        first, last = (mean(map(value, some)) for some in (rest[:part], rest[-part:]))
        print(f"{name}: {first:.1f} -> {last:.1f}, growth {100 * (last / first - 1):+.1f} % (aim: below {AIM:g} %)")
    print(", ".join(f"{name} {count:,}" for name, count in heard.items()))


_READINGS: dict[str, Callable[[Sample], float]] = {
    "server's memory, MB": lambda one: one.rss,
    "server's threads": lambda one: one.threads,
    "server's open files": lambda one: one.files,
    "tab's heap, MB": lambda one: one.heap,
    "tab's nodes": lambda one: one.nodes,
}


if __name__ == "__main__":
    main()
