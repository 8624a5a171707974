"""Half an hour of viewers who come and go while one training follows another: errors, and growth of memory.

    python -m benchmarks.soak [--minutes 30] [--viewers 30] [--seed 0] [--preset tutorial] [--warm 3] [--every 10]

The app runs in a fresh server. Each of ``--viewers`` viewers (see ``benchmarks/tabs.py``) stays for 5 to 60 seconds,
then another takes its place. One tab of Chromium stays all the time. The training is started again when it is over.
Every ``--every`` seconds the server's memory, threads and open files and the tab's JavaScript heap (after a collection)
are read. Growth compares the mean of the last fifth with that of an equal stretch after the first ``--warm`` minutes,
or the first tenth of a short soak; both include trainings that start again. Streamlit keeps up to 128 sessions of
viewers who left, with three open files each, so these grow until then. The exit code is 1 if anything failed.
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

ERROR_LINE = re.compile(r"\b(Traceback|ERROR|CRITICAL|Exception|\w+Error)\b")  # in the server's log
AIM = 5.0  # % of growth at most


@dataclass(frozen=True)
class Sample:
    """The server and the tab at one moment; memory in MB."""

    seconds: float
    rss: float
    threads: int
    files: int
    heap: float
    nodes: int  # of the tab's documents, detached nodes included


def main() -> None:
    """Measure and print."""
    options = _options()
    print(f"{options.minutes:g} minutes, {options.viewers} viewers coming and going\n{common.machine()}")
    with tempfile.TemporaryDirectory() as folder:
        home, log = Path(folder) / "home", Path(folder) / "server.log"
        home.mkdir()
        with browser.served(["run", "app.py"], common.ROOT, home, log=log) as (url, process):
            browser.wait_until_healthy(url, process)
            with audience(url, home) as people, browser.chromium() as chromium:
                page = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US").new_page()
                samples, counts, errors = _soak(options, url, process.pid, home, people, page)
        errors.update(f"server: {line}" for line in _error_lines(log))
    _report(options, samples, counts)
    for message, times in errors.items():
        print(f"{times} times: {message}")
    print("no error" if not errors else f"{sum(errors.values())} errors")
    raise SystemExit(1 if errors else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=30, metavar="M", help="length of the soak (30)")
    parser.add_argument("--viewers", type=int, default=30, metavar="N", help="viewers at a time (30)")
    parser.add_argument("--seed", type=int, default=0, help="of the times that viewers stay (0)")
    parser.add_argument("--preset", default="tutorial", help="preset to train (tutorial)")
    parser.add_argument("--warm", type=float, default=3, metavar="M", help="minutes that do not count (3)")
    parser.add_argument("--every", type=float, default=10, metavar="S", help="seconds between two readings (10)")
    return parser.parse_args()


def _soak(
    options: argparse.Namespace, url: str, pid: int, home: Path, people: Audience, page: Page
) -> tuple[list[Sample], Counter[str], Counter[str]]:
    errors: Counter[str] = Counter()
    page.on("pageerror", lambda error: errors.update([f"tab: {error}"]))
    page.on("response", lambda answer: errors.update(_bad_statuses(answer.status, answer.url)))
    begin, end = time.monotonic(), time.monotonic() + 60 * options.minutes
    run, samples, counts = "", [], Counter[str]()
    devtools: CDPSession | None = None
    while time.monotonic() < end:
        if not run or _is_over(home / run):
            run = people.start(options.preset)
            people.come_and_go(run, options.viewers, options.seed + counts["trainings"])
            counts["trainings"] += 1
            devtools = _follow(page, f"{url}/train?run={run}", devtools)
        page.wait_for_timeout(1000 * max(0.0, min(options.every, end - time.monotonic())))
        assert devtools is not None
        samples.append(_read(time.monotonic() - begin, pid, devtools))
        _add(counts, errors, people.traffic())
    return samples, counts, errors


def _follow(page: Page, address: str, devtools: CDPSession | None) -> CDPSession:
    """Open another run in the same tab, as a teacher who presses New and Train."""
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
    except RunError:  # its manifest is being replaced
        return False


def _bad_statuses(status: int, url: str) -> list[str]:
    """Return an error's text for an answer to the tab, or []."""
    if "/train/_stcore/" in url:  # Streamlit's frontend tries a page's own path before the root's
        return []
    return [f"tab: status {status} of {url.partition('?')[0]}"] if status >= 400 else []


def _add(counts: Counter[str], errors: Counter[str], traffic: dict[str, Any]) -> None:
    """Add the viewers' traffic to the counts and the errors."""
    for name in ("events", "event_bytes", "pictures", "picture_bytes", "reruns"):
        counts[name] += traffic[name]
    for status, times in traffic["statuses"].items():
        counts[f"status {status}"] += times
        if int(status) >= 400:
            errors[f"viewer: status {status}"] += times
    for message, times in traffic["errors"].items():
        errors[f"viewer: {message}"] += times


def _read(seconds: float, pid: int, devtools: CDPSession) -> Sample:
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    files = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    devtools.send("HeapProfiler.collectGarbage")
    heap = devtools.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    nodes = int(devtools.send("Memory.getDOMCounters")["nodes"])
    return Sample(seconds, int(status["VmRSS"].split()[0]) / 1e3, int(status["Threads"]), files, heap, nodes)


def _error_lines(log: Path) -> list[str]:
    return [line.strip()[:200] for line in log.read_text("utf-8", "replace").splitlines() if ERROR_LINE.search(line)]


def _report(options: argparse.Namespace, samples: list[Sample], counts: Counter[str]) -> None:
    shown = samples[:: max(1, len(samples) // 12)]
    head = ["minutes", "server, MB", "threads", "open files", "tab's heap, MB", "nodes"]
    print(
        common.table(
            head,
            [
                [
                    f"{sample.seconds / 60:.1f}",
                    f"{sample.rss:.0f}",
                    str(sample.threads),
                    str(sample.files),
                    f"{sample.heap:.1f}",
                    str(sample.nodes),
                ]
                for sample in shown
            ],
        )
    )
    warm = min(60 * options.warm, 6 * options.minutes)
    rest = [sample for sample in samples if sample.seconds >= warm]
    for name, value in _READINGS.items():
        if len(rest) < 10:
            print(f"{name}: too few readings to measure growth")
            continue
        part = len(rest) // 5
        first, last = mean(map(value, rest[:part])), mean(map(value, rest[-part:]))
        print(f"{name}: {first:.1f} -> {last:.1f}, growth {100 * (last / first - 1):+.1f} % (aim: below {AIM:g} %)")
    print(", ".join(f"{name} {count:,}" for name, count in counts.items()))


_READINGS: dict[str, Callable[[Sample], float]] = {
    "server's memory, MB": lambda sample: sample.rss,
    "server's threads": lambda sample: sample.threads,
    "server's open files": lambda sample: sample.files,
    "tab's heap, MB": lambda sample: sample.heap,
    "tab's nodes": lambda sample: sample.nodes,
}


if __name__ == "__main__":
    main()
