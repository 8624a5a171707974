"""Seconds until each of many owners who start at once sees a first picture, and how fairly they share the device.

    python -m benchmarks.fair_turns [--seconds 60] [--owners 6 30]

Each owner starts ``digits`` at the same moment, through the service as the pages do, in one process without pages or
browsers. The first picture is the first file in a run's folder; shares are of the steps that all took in ``--seconds``.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks import common


def main() -> None:
    """Measure and print."""
    parser = common.parser(__doc__, seconds=60, rounds=1)
    parser.add_argument("--owners", type=int, nargs="+", default=[6, 30], metavar="N", help="how many (6 30)")
    options = parser.parse_args()
    print(f"fair turns, digits, {options.seconds:g} s\n{common.machine()}", flush=True)
    for count in options.owners:
        for _ in range(options.rounds):
            common.in_process(measure, count, options.seconds)


def measure(count: int, seconds: float) -> None:
    """Let ``count`` owners start at once; print when each saw its first picture, and what each took of the steps."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GAN_DEMO_HOME"] = folder
        from gan_demo.presets import PRESETS, time_budget
        from gan_demo.service import app_state, run_actions

        app_state.current().warm_up().join()
        begin = time.perf_counter()

        def start(owner: str) -> str:
            return run_actions.start(PRESETS["digits"], "digits", owner, time_budget("digits"))

        with ThreadPoolExecutor(count) as owners:
            ids = list(owners.map(start, [f"{k:043d}" for k in range(count)]))
        seen = _first_pictures([Path(folder) / run_id for run_id in ids], begin, seconds)
        while time.perf_counter() - begin < seconds:
            threading.Event().wait(0.1)
        jobs = [app_state.current().jobs.get(run_id) for run_id in ids]
        steps = [getattr(job.snapshot.progress, "step", 0) if job is not None else 0 for job in jobs]
        _print(count, seen, steps)
        app_state.close_current()


def _first_pictures(runs: list[Path], begin: float, seconds: float) -> list[float]:
    """Return when each run had its first picture of a trained step, in seconds since ``begin``; inf for never."""
    seen: dict[Path, float] = {}
    while len(seen) < len(runs) and time.perf_counter() - begin < seconds:
        for run in runs:
            if run not in seen and any(path.stem.strip("0") for path in (run / "grids").glob("*.png")):
                seen[run] = time.perf_counter() - begin
        threading.Event().wait(0.02)
    return [seen.get(run, float("inf")) for run in runs]


def _print(count: int, seen: list[float], steps: list[int]) -> None:
    total = max(1, sum(steps))
    shares = [100 * value / total for value in steps]
    row = [
        str(count),
        f"{min(seen):.1f}",
        f"{statistics.median(seen):.1f}",
        f"{max(seen):.1f}",
        f"{total:,}",
        f"{min(shares):.1f} to {max(shares):.1f} %",
        f"{100 / count:.1f} %",
    ]
    head = ["owners", "first picture, s", "median", "last", "steps of all", "share of each", "fair"]
    print(common.table(head, [row]), flush=True)


if __name__ == "__main__":
    main()
