"""Training speed in the app, with one browser tab open on the run, against the command line.

    python -m benchmarks.app_overhead [--seconds 20] [--rounds 3] [--warm 8] [PRESET ...]

A round trains each preset, on its own embedded data, first from the command line and then in the app: a fresh server, a
Chromium of 1440 x 900 pixels, the card's button pressed on the Train page, the tab left open. After ``--warm`` seconds
the images of the run's rows are counted over ``--seconds`` of wall-clock time. The CPU columns are cores used over the
same time; Chromium (headless, drawing without a GPU) runs on the same cores as the training, as it does on a laptop.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import NamedTuple

from playwright.sync_api import Page

from benchmarks import browser, common

PATIENCE = 120.0  # seconds without a new row after which something is wrong


class Window(NamedTuple):
    """What happened in a stretch of wall-clock time."""

    rate: float  # images a second
    training: float  # cores used by the process that trains: the command, or the server
    chromium: float  # cores used by Chromium and what drives it


def main() -> None:
    """Measure and print."""
    parser = common.parser(__doc__, seconds=20, rounds=3)
    parser.add_argument("presets", nargs="*", default=["digits", "tutorial"], metavar="PRESET")
    parser.add_argument("--warm", type=float, default=8, metavar="S", help="seconds before the first row counted (8)")
    options = parser.parse_args()
    print(f"training in the app, one tab open, against the command line\n{common.machine()}")
    sides: dict[str, Callable[[str, float, float], Window]] = {"cli": command_line, "app": _app}
    found: dict[tuple[str, str], list[Window]] = {(p, s): [] for p in options.presets for s in sides}
    for turn in range(options.rounds):
        for preset in options.presets:
            for name, measure in sides.items():
                now = measure(preset, options.warm, options.seconds)
                found[preset, name].append(now)
                common.progress(f"round {turn + 1}, {preset}, {name}: {now.rate:,.0f} images/s")
    rows = []
    for preset in options.presets:
        cli, app = found[preset, "cli"], found[preset, "app"]
        times = common.ratios([one.rate for one in app], [one.rate for one in cli])
        rows.append([
            preset, common.spread([one.rate for one in cli], 0), common.spread([one.rate for one in app], 0),
            common.spread(times), f"{median(one.training for one in cli):.2f}",
            f"{median(one.training for one in app):.2f}", f"{median(one.chromium for one in app):.2f}",
        ])  # fmt: skip
    head = ["preset", "command line, images/s", "app, images/s", "app / command line", "cores: command",
            "cores: server", "cores: Chromium"]  # fmt: skip
    print(common.table(head, rows))
    print("aim for app / command line: at least 0.9")


def command_line(preset: str, warm: float, seconds: float, variables: Mapping[str, str] | None = None) -> Window:
    """Train the preset in a process of its own, with these environment variables."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["gan_demo", "train", preset, "--out", f"{folder}/run", "--set", "steps=100000000"]
        with browser.running(command, common.ROOT, variables or {}) as process:
            return window(Path(folder) / "run", process.pid, warm, seconds)


def _app(preset: str, warm: float, seconds: float) -> Window:
    with tempfile.TemporaryDirectory() as folder, browser.chromium() as chromium:
        home = Path(folder)
        with browser.served(["run", "app.py"], common.ROOT, home) as (url, process):
            browser.wait_until_healthy(url, process)
            page = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US").new_page()
            run_id = press(page, url, preset)
            return window(home / run_id, process.pid, warm, seconds)


def press(page: Page, url: str, preset: str) -> str:
    """Start the preset as a person does; the tab stays open. Returns the run's id."""
    page.set_default_timeout(1000 * PATIENCE)
    page.goto(f"{url}/train")
    page.locator(f".st-key-start-{preset} button").click()
    page.wait_for_url("**run=**", wait_until="commit")
    run_id: str = page.evaluate("new URLSearchParams(location.search).get('run')")
    return run_id


def window(run: Path, pid: int, warm: float, seconds: float, begins: Callable[[], object] = lambda: None) -> Window:
    """What happens to the run that process ``pid`` trains; ``begins`` is called when the warm-up is over."""
    rows = run / "metrics.jsonl"
    _next_row(rows, 0)
    time.sleep(warm)
    begins()
    begin, images = _next_row(rows)
    cpu, ours = browser.cpu_seconds(pid), browser.cpu_seconds(os.getpid(), leave_out=pid)
    time.sleep(seconds)
    end, more = _next_row(rows)
    took = end - begin
    training = (browser.cpu_seconds(pid) - cpu) / took
    others = (browser.cpu_seconds(os.getpid(), leave_out=pid) - ours) / took
    return Window((more - images) / took, training, others)


def _next_row(path: Path, size: int | None = None) -> tuple[float, int]:
    """(time, images) when a row is added to what the file holds now, or to its first ``size`` bytes."""
    begin = time.perf_counter()
    size = path.stat().st_size if size is None else size
    while (now := time.perf_counter()) - begin < PATIENCE:
        if path.is_file() and path.stat().st_size > size:
            whole = path.read_bytes().rpartition(b"\n")[0]
            if whole:
                return now, int(json.loads(whole.rpartition(b"\n")[2])["images"])
        time.sleep(0.005)
    raise SystemExit(f"no training was seen in {path.parent.name}")


if __name__ == "__main__":
    main()
