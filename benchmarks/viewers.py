"""Training speed with one viewer and with many, against the command line; and what viewers cost without training.

    python -m benchmarks.viewers [--seconds 20] [--rounds 3] [--viewers 30] [--warm 8] [--policy NAME ...]
                                 [--only training|idle] [--no-chromium] [PRESET ...]

A round trains each preset, on its own embedded data: from the command line, and in the app (a fresh server each time)
with one viewer, with ``--viewers``, and with one real tab of Chromium. A viewer is what a browser tab holds: a session
of Streamlit's on the run's page and the run's event stream, and it fetches every new picture. All of them are in one
process, whose share of the same cores is printed as well. Images are counted in the run's rows.

"late" is the time from a row's being written to the arrival of the event that brings it (in Chromium: to the frame that
draws its curve, or its picture), 50th / 95th percentile.
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
from typing import Any

from playwright.sync_api import Page

from benchmarks import app_overhead, browser, common, threads
from benchmarks.app_overhead import Window
from benchmarks.audience import audience
from benchmarks.tabs import RowClock

AIMS = {"1 viewer": 0.95, "Chromium tab": 0.95}
MANY_AIM, LATE_AIM, IDLE_AIM = 0.85, 0.3, 0.1
FINISHED = "digits"  # a shipped model: a finished run that is always there
QUIET = 0.03  # cores, below which a server has nothing left to load

# In the page: when events came, and when what they brought was drawn (the frame after the next has it on screen).
PROBE = """
(() => {
  const seen = window.__seen = { rows: [], pictures: [] };
  const wall = () => performance.timeOrigin + performance.now();
  const drawn = (then) => requestAnimationFrame(() => requestAnimationFrame(() => then(wall())));
  const Source = window.EventSource;
  window.EventSource = class extends Source {
    constructor(...all) {
      super(...all);
      this.addEventListener("update", (event) => {
        const came = wall(), update = JSON.parse(event.data), seconds = update.rows.seconds?.at(-1);
        if (seconds !== undefined && !update.reset) drawn((at) => seen.rows.push([seconds, came, at]));
      });
    }
  };
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    let last;
    new MutationObserver(() => {
      const step = root.querySelector(".film [data-step]")?.dataset.step;
      if (step === undefined || step === last) return;
      last = step;
      drawn((at) => seen.pictures.push([Number(step), at]));
    }).observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-step"] });
    return root;
  };
})();
"""


@dataclass(frozen=True)
class Seen:
    """One measurement of one side."""

    window: Window
    events: float = 0.0  # a viewer and second
    event_bytes: float = 0.0  # likewise
    picture_bytes: float = 0.0
    late: tuple[float, ...] = ()  # seconds
    pictures_late: tuple[float, ...] = ()
    errors: int = 0


def main() -> None:
    """Measure and print."""
    options = _options()
    for name in threads.VARIABLES:
        os.environ.pop(name, None)  # a policy says all there is to say
    print(f"training and its viewers\n{common.machine()}")
    if options.only != "idle":
        _training(options)
    if options.only != "training":
        _idle(options)


def _options() -> argparse.Namespace:
    parser = common.parser(__doc__, seconds=20, rounds=3)
    parser.add_argument("presets", nargs="*", default=["digits", "tutorial"], metavar="PRESET")
    parser.add_argument("--viewers", type=int, default=30, metavar="N", help="of the side with many (30)")
    parser.add_argument("--warm", type=float, default=8, metavar="S", help="seconds before the first row counted (8)")
    parser.add_argument("--policy", action="append", choices=list(threads.POLICIES), metavar="NAME",
                        help="thread policy, may be given more than once: " + ", ".join(threads.POLICIES))  # fmt: skip
    parser.add_argument("--only", choices=("training", "idle"))
    parser.add_argument("--no-chromium", dest="chromium", action="store_false", help="leave the real tab out")
    options = parser.parse_args()
    options.policy = options.policy or ["default"]
    return options


# ---- while it trains


def _training(options: argparse.Namespace) -> None:
    sides = ["command line", "1 viewer", f"{options.viewers} viewers", *(["Chromium tab"] if options.chromium else [])]
    found: dict[tuple[str, str, str], list[Seen]] = {}
    for turn in range(options.rounds):
        for preset in options.presets:
            for side in sides:
                for policy in options.policy:
                    one = _measure(side, preset, threads.POLICIES[policy], options)
                    found.setdefault((preset, policy, side), []).append(one)
                    common.progress(f"round {turn + 1}, {preset}, {policy}, {side}: {one.window.rate:,.0f} images/s")
    head = ["preset", "policy", "side", "images/s", "/ command line", f"/ that with {options.policy[0]}", "aim",
            "cores: trainer", "cores: viewers", "events", "KB events", "KB pictures", "late, ms", "pictures late, ms",
            "errors"]  # fmt: skip
    rows = []
    for (preset, policy, side), seen in found.items():
        cli, first = found[preset, policy, sides[0]], found[preset, options.policy[0], sides[0]]
        aim = "" if side == sides[0] else f"{AIMS.get(side, MANY_AIM)}"
        rows.append([preset, policy, side, *_speed(seen, cli, first), aim, *_columns(seen)])
    print(common.table(head, rows))
    print("events, KB: for each viewer and second. Aim for late: 300 ms at the 95th percentile")


def _speed(seen: list[Seen], cli: list[Seen], first: list[Seen]) -> list[str]:
    rates, alone, best = ([one.window.rate for one in side] for side in (seen, cli, first))
    return [
        common.spread(rates, 0), common.spread(common.ratios(rates, alone)), f"{median(common.ratios(rates, best)):.2f}"
    ]  # fmt: skip


def _columns(seen: list[Seen]) -> list[str]:
    def middle(values: Iterator[float], digits: int = 2) -> str:
        return f"{median(values):.{digits}f}"

    return [
        middle(one.window.training for one in seen), middle(one.window.chromium for one in seen),
        middle((one.events for one in seen), 1), middle((one.event_bytes / 1e3 for one in seen), 1),
        middle((one.picture_bytes / 1e3 for one in seen), 1), _late([late for one in seen for late in one.late]),
        _late([late for one in seen for late in one.pictures_late]), str(sum(one.errors for one in seen)),
    ]  # fmt: skip


def _late(values: list[float]) -> str:
    if not values:
        return "–"
    ordered = sorted(values)
    return f"{1e3 * ordered[len(ordered) // 2]:.0f} / {1e3 * ordered[int(0.95 * (len(ordered) - 1))]:.0f}"


def _measure(side: str, preset: str, variables: Mapping[str, str], options: argparse.Namespace) -> Seen:
    if side == "command line":
        return Seen(app_overhead.command_line(preset, options.warm, options.seconds, variables))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with browser.served(["run", "app.py"], common.ROOT, home, variables) as (url, process):
            browser.wait_until_healthy(url, process)
            if side == "Chromium tab":
                return _in_chromium(url, process.pid, home, preset, options)
            return _with_audience(url, process.pid, home, preset, 1 if side == "1 viewer" else options.viewers, options)


def _with_audience(url: str, pid: int, home: Path, preset: str, viewers: int, options: argparse.Namespace) -> Seen:
    with audience(url, home) as people:
        run = people.start(preset)
        people.join(run, viewers)
        window = app_overhead.window(home / run, pid, options.warm, options.seconds, begins=people.heard)
        heard = people.heard()
        share = 1 / (viewers * heard["seconds"])
        for words, times in heard["errors"].items():
            common.progress(f"{times} times: {words}")
        return Seen(
            window, heard["events"] * share, heard["event_bytes"] * share, heard["picture_bytes"] * share,
            tuple(heard["late"]), tuple(heard["pictures_late"]), sum(heard["errors"].values()),
        )  # fmt: skip


# ---- a real tab


def _in_chromium(url: str, pid: int, home: Path, preset: str, options: argparse.Namespace) -> Seen:
    with browser.chromium() as chromium:
        page = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US").new_page()
        page.add_init_script(PROBE)
        run = home / app_overhead.press(page, url, preset)
        with ExitStack() as until_read:
            clock = until_read.enter_context(_looked_at(run))
            began: list[float] = []

            def begin() -> None:
                began.append(time.time())
                _emptied(page)

            window = app_overhead.window(run, pid, options.warm, options.seconds, begins=begin)
            seconds = time.time() - began[0]
            seen = _emptied(page)
        written = [(clock.wall(one[0]), one[2] / 1e3) for one in seen["rows"]]
        drawn = [at / 1e3 - (run / "grids" / f"{step:08d}.png").stat().st_mtime for step, at in seen["pictures"]]
        late = tuple(at - wall for wall, at in written if wall is not None)
        return Seen(window, len(seen["rows"]) / seconds, 0.0, 0.0, late, tuple(drawn))


def _emptied(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(
        "() => { const s = window.__seen, f = { ...s }; s.rows = []; s.pictures = []; return f; }"
    )
    return found


@contextmanager
def _looked_at(run: Path) -> Iterator[RowClock]:
    clock, over = RowClock(run), threading.Event()

    def look() -> None:
        while not over.wait(0.04):
            clock.look()

    looker = threading.Thread(target=look, daemon=True)
    looker.start()
    try:
        yield clock
    finally:
        over.set()
        looker.join()


# ---- while nothing trains


def _idle(options: argparse.Namespace) -> None:
    rows = []
    for policy in options.policy:
        for what in ("finished", "paused"):
            used = [_watched(what, threads.POLICIES[policy], options) for _ in range(options.rounds)]
            rows.append([what, policy, common.spread(used, 3), f"{IDLE_AIM}"])
            common.progress(f"{what}, {policy}: {used[-1]:.3f} cores")
    print(f"{options.viewers} viewers of a run that does not train")
    print(common.table(["run", "policy", "cores: server", "aim, at most"], rows))


def _watched(what: str, variables: Mapping[str, str], options: argparse.Namespace) -> float:
    """Cores that the server uses."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with (
            browser.served(["run", "app.py"], common.ROOT, home, variables) as (url, process),
            audience(url, home) as people,
        ):
            browser.wait_until_healthy(url, process)
            run = FINISHED
            if what == "paused":
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
    """Wait until the server has loaded what it loads in the background, half a minute at most."""
    for _ in range(30):
        before = browser.cpu_seconds(pid)
        time.sleep(1)
        if browser.cpu_seconds(pid) - before < QUIET:
            return


if __name__ == "__main__":
    main()
