"""Training speed in the app, with one browser tab open on the run, against the command line.

    python -m benchmarks.app_overhead [--seconds 20] [--rounds 3] [--warm 8] [PRESET ...]

A round trains each preset on its own embedded data, first from the command line and then in the app: a fresh server, a
Chromium of 1440 x 900 pixels, the card's button pressed on the Train page, the tab left open. After ``--warm`` seconds,
images are counted in the run's rows over ``--seconds`` of wall-clock time. The CPU columns are cores used in the same
time; Chromium (headless, drawing without a GPU) runs on the same cores as the training, as on a laptop.
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

PATIENCE = 120.0  # seconds without a new row after which the benchmark fails


class Window(NamedTuple):
    """Speed and CPU use over a stretch of wall-clock time."""

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
    windows: dict[tuple[str, str], list[Window]] = {(p, s): [] for p in options.presets for s in sides}
    for turn in range(options.rounds):
        for preset in options.presets:
            for name, measure in sides.items():
                measured = measure(preset, options.warm, options.seconds)
                windows[preset, name].append(measured)
                common.progress(f"round {turn + 1}, {preset}, {name}: {measured.rate:,.0f} images/s")
    rows = []
    for preset in options.presets:
        cli, app = windows[preset, "cli"], windows[preset, "app"]
        cli_rates, app_rates = [each.rate for each in cli], [each.rate for each in app]
        rows.append(
            [
                preset,
                common.spread(cli_rates, 0),
                common.spread(app_rates, 0),
                common.spread(common.ratios(app_rates, cli_rates)),
                f"{median(each.training for each in cli):.2f}",
                f"{median(each.training for each in app):.2f}",
                f"{median(each.chromium for each in app):.2f}",
            ]
        )
    head = [
        "preset",
        "command line, images/s",
        "app, images/s",
        "app / command line",
        "cores: command",
        "cores: server",
        "cores: Chromium",
    ]
    print(common.table(head, rows))
    print("aim for app / command line: at least 0.9")


def command_line(preset: str, warm: float, seconds: float, variables: Mapping[str, str] | None = None) -> Window:
    """Train the preset from the command line, with these environment variables; return its window."""
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
    """Press the preset's button on the Train page and leave the tab open; return the run's id."""
    page.set_default_timeout(1000 * PATIENCE)
    page.goto(f"{url}/train")
    page.locator(f".st-key-start-{preset} button").click()
    page.wait_for_url("**run=**", wait_until="commit")
    run_id: str = page.evaluate("new URLSearchParams(location.search).get('run')")
    return run_id


def window(run: Path, pid: int, warm: float, seconds: float, begins: Callable[[], object] = lambda: None) -> Window:
    """Measure the run that process ``pid`` trains; call ``begins`` when the warm-up is over."""
    rows = run / "metrics.jsonl"
    _next_row(rows, 0)
    time.sleep(warm)
    begins()
    begin, images_before = _next_row(rows)
    cpu, other_cpu = browser.cpu_seconds(pid), browser.cpu_seconds(os.getpid(), leave_out=pid)
    time.sleep(seconds)
    end, images = _next_row(rows)
    took = end - begin
    training = (browser.cpu_seconds(pid) - cpu) / took
    others = (browser.cpu_seconds(os.getpid(), leave_out=pid) - other_cpu) / took
    return Window((images - images_before) / took, training, others)


def _next_row(path: Path, size: int | None = None) -> tuple[float, int]:
    """Wait until the file grows beyond its present size, or ``size`` bytes; return (time, images of the last row)."""
    begin = time.perf_counter()
    size = path.stat().st_size if size is None else size
    while (now := time.perf_counter()) - begin < PATIENCE:
        if path.is_file() and path.stat().st_size > size:
            rows = path.read_bytes().rpartition(b"\n")[0]  # without a row that is half written
            if rows:
                return now, int(json.loads(rows.rpartition(b"\n")[2])["images"])
        time.sleep(0.005)
    raise SystemExit(f"no training was seen in {path.parent.name}")


if __name__ == "__main__":
    main()
