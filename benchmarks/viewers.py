"""Training speed with one viewer and with many, against the command line; the server's load without training.

    python -m benchmarks.viewers [--seconds 20] [--rounds 3] [--viewers 30] [--warm 8] [--policy NAME ...]
                                 [--only training|idle] [--no-chromium] [PRESET ...]

A round trains each preset on its own embedded data: from the command line, and in the app (a fresh server each time)
with one viewer, with ``--viewers``, and with one real tab of Chromium. A viewer has the connections of a browser tab: a
Streamlit session on the run's page and the run's event stream, and it fetches every new picture. All viewers are in one
process, whose share of the same cores is printed as well. Images are counted in the run's rows.

"late" is the time from the writing of a row to the arrival of its event (in Chromium: to the frame that draws its
curve, or its picture), 50th / 95th percentile.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import app_overhead, browser, common, page_probe, threads
from benchmarks.app_overhead import Window
from benchmarks.audience import audience
from benchmarks.tabs import RowClock

AIMS = {"1 viewer": 0.95, "Chromium tab": 0.95}
MANY_AIM, LATE_AIM, IDLE_AIM = 0.85, 0.3, 0.1
FINISHED = "digits"  # a shipped model, which is a finished run
QUIET = 0.03  # cores, below which a server has loaded everything


@dataclass(frozen=True)
class Measurement:
    """One measurement of one side."""

    window: Window
    events: float = 0.0  # for each viewer and second
    event_bytes: float = 0.0  # likewise
    picture_bytes: float = 0.0
    late: tuple[float, ...] = ()  # seconds
    pictures_late: tuple[float, ...] = ()
    errors: int = 0


def main() -> None:
    """Measure and print."""
    options = _options()
    for name in threads.VARIABLES:
        os.environ.pop(name, None)  # the policy alone decides
    print(f"training and its viewers\n{common.machine()}")
    if options.only != "idle":
        _training(options)
    if options.only != "training":
        _idle(options)


def _options() -> argparse.Namespace:
    parser = common.parser(__doc__, seconds=20, rounds=3)
    parser.add_argument("presets", nargs="*", default=["digits", "tutorial"], metavar="PRESET")
    parser.add_argument(
        "--viewers", type=int, default=30, metavar="N", help="number of viewers of the side with many (30)"
    )
    parser.add_argument("--warm", type=float, default=8, metavar="S", help="seconds before the first row counted (8)")
    parser.add_argument(
        "--policy",
        action="append",
        choices=list(threads.POLICIES),
        metavar="NAME",
        help="thread policy, may be given more than once: " + ", ".join(threads.POLICIES),
    )
    parser.add_argument("--only", choices=("training", "idle"))
    parser.add_argument("--no-chromium", dest="chromium", action="store_false", help="leave the real tab out")
    options = parser.parse_args()
    options.policy = options.policy or ["default"]
    return options


# ---- while it trains


def _training(options: argparse.Namespace) -> None:
    sides = ["command line", "1 viewer", f"{options.viewers} viewers", *(["Chromium tab"] if options.chromium else [])]
    measured: dict[tuple[str, str, str], list[Measurement]] = {}
    for turn in range(options.rounds):
        for preset in options.presets:
            for side in sides:
                for policy in options.policy:
                    new = _measure(side, preset, threads.POLICIES[policy], options)
                    measured.setdefault((preset, policy, side), []).append(new)
                    common.progress(f"round {turn + 1}, {preset}, {policy}, {side}: {new.window.rate:,.0f} images/s")
    head = [
        "preset",
        "policy",
        "side",
        "images/s",
        "/ command line",
        f"/ that with {options.policy[0]}",
        "aim",
        "cores: trainer",
        "cores: viewers",
        "events",
        "KB events",
        "KB pictures",
        "late, ms",
        "pictures late, ms",
        "errors",
    ]
    rows = []
    for (preset, policy, side), measurements in measured.items():
        cli, first = measured[preset, policy, sides[0]], measured[preset, options.policy[0], sides[0]]
        aim = "" if side == sides[0] else f"{AIMS.get(side, MANY_AIM)}"
        rows.append([preset, policy, side, *_speed(measurements, cli, first), aim, *_columns(measurements)])
    print(common.table(head, rows))
    print("events, KB: for each viewer and second. Aim for late: 300 ms at the 95th percentile")


def _speed(measurements: list[Measurement], cli: list[Measurement], first: list[Measurement]) -> list[str]:
    rates, cli_rates, first_rates = ([each.window.rate for each in side] for side in (measurements, cli, first))
    return [
        common.spread(rates, 0),
        common.spread(common.ratios(rates, cli_rates)),
        f"{median(common.ratios(rates, first_rates)):.2f}",
    ]


def _columns(measurements: list[Measurement]) -> list[str]:
    def middle(values: Iterator[float], digits: int = 2) -> str:
        return f"{median(values):.{digits}f}"

    late = [seconds for each in measurements for seconds in each.late]
    pictures_late = [seconds for each in measurements for seconds in each.pictures_late]
    return [
        middle(each.window.training for each in measurements),
        middle(each.window.chromium for each in measurements),
        middle((each.events for each in measurements), 1),
        middle((each.event_bytes / 1e3 for each in measurements), 1),
        middle((each.picture_bytes / 1e3 for each in measurements), 1),
        _late(late),
        _late(pictures_late),
        str(sum(each.errors for each in measurements)),
    ]


def _late(values: list[float]) -> str:
    """Return the 50th / 95th percentile of seconds, in milliseconds."""
    if not values:
        return "–"
    ordered = sorted(values)
    return f"{1e3 * ordered[len(ordered) // 2]:.0f} / {1e3 * ordered[int(0.95 * (len(ordered) - 1))]:.0f}"


def _measure(side: str, preset: str, variables: Mapping[str, str], options: argparse.Namespace) -> Measurement:
    if side == "command line":
        return Measurement(app_overhead.command_line(preset, options.warm, options.seconds, variables))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with browser.served(["run", "app.py"], common.ROOT, home, variables) as (url, process):
            browser.wait_until_healthy(url, process)
            if side == "Chromium tab":
                return _in_chromium(url, process.pid, home, preset, options)
            return _with_audience(url, process.pid, home, preset, 1 if side == "1 viewer" else options.viewers, options)


def _with_audience(
    url: str, pid: int, home: Path, preset: str, viewers: int, options: argparse.Namespace
) -> Measurement:
    with audience(url, home) as people:
        run = people.start(preset)
        people.join(run, viewers)
        window = app_overhead.window(home / run, pid, options.warm, options.seconds, begins=people.traffic)
        traffic = people.traffic()
        share = 1 / (viewers * traffic["seconds"])
        for message, times in traffic["errors"].items():
            common.progress(f"{times} times: {message}")
        return Measurement(
            window,
            traffic["events"] * share,
            traffic["event_bytes"] * share,
            traffic["picture_bytes"] * share,
            tuple(traffic["late"]),
            tuple(traffic["pictures_late"]),
            sum(traffic["errors"].values()),
        )


# ---- a real tab


def _in_chromium(url: str, pid: int, home: Path, preset: str, options: argparse.Namespace) -> Measurement:
    with browser.chromium() as chromium:
        page = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US").new_page()
        page.add_init_script(page_probe.SCRIPT)
        run = home / app_overhead.press(page, url, preset)
        with ExitStack() as stack:
            clock = stack.enter_context(_clock(run))
            began: list[float] = []

            def begin() -> None:
                began.append(time.time())
                page_probe.take(page)

            window = app_overhead.window(run, pid, options.warm, options.seconds, begins=begin)
            seconds = time.time() - began[0]
            probe = page_probe.take(page)
        written = [(clock.wall(seconds_trained), at / 1e3) for seconds_trained, _, at in probe["rows"]]
        drawn = [at / 1e3 - (run / "grids" / f"{step:08d}.png").stat().st_mtime for step, at in probe["pictures"]]
        late = tuple(at - wall for wall, at in written if wall is not None)
        return Measurement(window, len(probe["rows"]) / seconds, 0.0, 0.0, late, tuple(drawn))


@contextmanager
def _clock(run: Path) -> Iterator[RowClock]:
    """Yield a RowClock that a thread keeps up to date."""
    clock, over = RowClock(run), threading.Event()

    def read() -> None:
        while not over.wait(0.04):
            clock.read()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield clock
    finally:
        over.set()
        reader.join()


# ---- while nothing trains


def _idle(options: argparse.Namespace) -> None:
    rows = []
    for policy in options.policy:
        for kind in ("finished", "paused"):
            used = [_watched(kind, threads.POLICIES[policy], options) for _ in range(options.rounds)]
            rows.append([kind, policy, common.spread(used, 3), f"{IDLE_AIM}"])
            common.progress(f"{kind}, {policy}: {used[-1]:.3f} cores")
    print(f"{options.viewers} viewers of a run that does not train")
    print(common.table(["run", "policy", "cores: server", "aim, at most"], rows))


def _watched(kind: str, variables: Mapping[str, str], options: argparse.Namespace) -> float:
    """Return the cores that the server uses for viewers of a finished or paused run."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with (
            browser.served(["run", "app.py"], common.ROOT, home, variables) as (url, process),
            audience(url, home) as people,
        ):
            browser.wait_until_healthy(url, process)
            run = FINISHED
            if kind == "paused":
                run = people.start("digits")
                people.join(run, 1)
                while not (home / run / "metrics.jsonl").is_file():
                    time.sleep(0.05)
                people.press("control-pause")
            people.join(run, options.viewers)
            _until_quiet(process.pid)
            begin, before = time.perf_counter(), browser.cpu_seconds(process.pid)
            time.sleep(options.seconds)
            return (browser.cpu_seconds(process.pid) - before) / (time.perf_counter() - begin)


def _until_quiet(pid: int) -> None:
    """Wait until the server has loaded torch in the background, half a minute at most."""
    for _ in range(30):
        before = browser.cpu_seconds(pid)
        time.sleep(1)
        if browser.cpu_seconds(pid) - before < QUIET:
            return


if __name__ == "__main__":
    main()
