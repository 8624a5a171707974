"""Images trained in Chromium: images a second beside the server's trainer, and seconds until digits are recognised.

    python -m benchmarks.browser_training [--data-root DIR] [--seconds 10] [--rounds 3] [--budget 120] [--parts NAMES]

speed: `tutorial` and `digits` train in a page as "Train in this browser" trains them (pictures, evaluations and what is
kept included), and in turn on the server: ``trainer.train`` with everything it records, in a process of its own. Images
in a second of processor time, of Chromium as a whole, tell what an idle machine would do when others use this one.

digits: the tutorial's loop trains on full MNIST for ``--budget`` seconds; then `digits` trains in a page with that time
as its budget, on the embedded 5,000 images. Its averaged generator is copied every ``--every`` seconds, and measured
afterwards as the tutorial's is: FCD of 10,000 samples against all of MNIST. Recognised are digits of nine classes, with
half of all samples, when each of the classes has 1 % of the samples read with a probability above 0.9, and half of all
samples are read so. Seconds count from the press of the button (loading and measuring the speed included) and from the
first step. Loading counts from the server on this machine.

site: megabytes of the static page of the shipped digits, as files and as a host that compresses sends them.
Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import math
import os
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from playwright.sync_api import Page

from benchmarks import browser, common, quality
from gan_demo.boards import addresses
from gan_demo.boards.lab import browser_training
from gan_demo.data import datasets
from gan_demo.gan.compiled.layout import StateLayout
from gan_demo.presets import PRESETS

SAMPLES = 10_000  # for each FCD
ENOUGH_CLASSES, ENOUGH_READ = 9, 0.5
OPEN = """async ([frontend, data]) => {
  const { TrainingRun } = await import(`${frontend}/browser_training/training_run.mjs`);
  await window.run?.close();
  const pressed = performance.now();
  window.run = new TrainingRun(data);
  await run.load(() => {});
  const loaded = performance.now();
  await run.prepare();
  await run.measure();
  await run.begin();
  window.pressed = pressed;
  window.first = performance.now();
  await run.play();
  return [loaded - pressed, first - pressed].map((ms) => ms / 1000);
}"""
PLAY = """async (seconds) => {
  const [begin, before] = [performance.now(), run.step];
  await run.play();
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  await run.pause();
  return (1000 * (run.step - before) * run.settings.batch) / (performance.now() - begin);
}"""
COPY = """async (frontend) => {
  const now = performance.now();
  const { readState } = await import(`${frontend}/trainer/state_file.mjs`);
  const { layout, state } = readState(await run.file());
  const weights = state.g.slice(...layout.g.parts.average);
  const letters = new Uint8Array(weights.buffer).reduce((text, byte) => text + String.fromCharCode(byte), "");
  return { times: [now - pressed, now - first].map((ms) => ms / 1000), step: state.gUpdates, weights: btoa(letters),
    isOver: run.isOver };
}"""


class Copy(NamedTuple):
    """A generator of a training in the page."""

    pressed: float  # seconds since the press of the button
    first: float  # seconds since the first step
    step: int
    weights: dict[str, torch.Tensor]


def main() -> None:
    """Measure and print."""
    parser = common.parser(__doc__, seconds=10, rounds=3)
    parser.add_argument(
        "--budget", type=float, default=120, metavar="S", help="of the tutorial's loop and of digits (120)"
    )
    parser.add_argument(
        "--every", type=float, default=2.5, metavar="S", help="between two copies of the generator (2.5)"
    )
    parser.add_argument("--parts", default="speed,digits,site", metavar="NAMES", help="what to measure (all)")
    options = parser.parse_args()
    parts: dict[str, Callable[[Page, str, int, argparse.Namespace], None]]
    parts = {"speed": _speed, "digits": _digits}
    names = options.parts.split(",")
    print(f"training of images in the browser\n{common.machine()}", flush=True)
    if "site" in names:
        common.in_process(_site)
    with (
        tempfile.TemporaryDirectory() as folder,
        browser.chromium() as chromium,
        browser.served(["run", "app.py"], common.ROOT, Path(folder)) as (url, process),
    ):
        browser.wait_until_healthy(url, process)
        for name in (name for name in names if name in parts):
            page = chromium.new_page()
            page.goto(f"{url}/_stcore/health")
            parts[name](page, url, process.pid, options)
            page.close()


# ---- images a second


def _speed(page: Page, url: str, server: int, options: argparse.Namespace) -> None:
    """Train the tutorial and the digits in the page and on the server, in turn."""
    rows = []
    for preset, loop in (("tutorial", tutorial), ("digits", digits)):
        side = common.Side(loop, "")
        side.ready()
        _open(page, url, preset, 3600)
        here, there, cpu = [], [], []
        for turn in range(options.rounds):
            before = browser.cpu_seconds(os.getpid(), leave_out=server)
            here.append(page.evaluate(PLAY, options.seconds))
            used = browser.cpu_seconds(os.getpid(), leave_out=server) - before
            cpu.append(here[-1] * options.seconds / used)
            there.append(side.run(options.seconds))
            common.progress(f"{preset}, round {turn + 1}: page {here[-1]:,.0f}, server {there[-1]:,.0f}")
        side.close()
        shares = common.ratios(here, there)
        rows.append([preset, *(common.spread(values, 0) for values in (here, cpu, there)), common.spread(shares)])
    print(
        common.table(["preset", "page, images/s", "images/CPU s", "server's trainer, images/s", "page / server"], rows)
    )


def tutorial(data_root: str) -> Generator[int, None, None]:
    """Train the preset `tutorial`; yield the images of each step."""
    yield from _trained("tutorial")


def digits(data_root: str) -> Generator[int, None, None]:
    """Train the preset `digits`; yield the images of each step."""
    yield from _trained("digits")


def _trained(preset: str) -> Generator[int, None, None]:
    from gan_demo.runs.run_dir import RunDir
    from gan_demo.training import trainer

    config = PRESETS[preset].with_settings({"steps": 100_000_000})
    with tempfile.TemporaryDirectory() as folder:
        for progress in trainer.train(RunDir.create(Path(folder) / "run", config, preset)):
            if progress.phase == "training":
                yield config.train.batch if progress.step else 0


# ---- seconds until


def _digits(page: Page, url: str, server: int, options: argparse.Namespace) -> None:
    """Print when digits are recognised, and when the FCD of the tutorial's loop is reached."""
    mnist = datasets.load(PRESETS["mnist"].with_settings({"root": options.data_root}).data)
    rows = []
    for turn in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            common.progress(f"round {turn + 1}: the tutorial's loop trains for {options.budget:g} s")
            last = quality.tutorial(options.data_root, [options.budget], Path(folder), turn)[0]
        target = float(np.mean(quality.measure_tutorial(last.weights, mnist, SAMPLES)["fcd"]))
        common.progress(f"round {turn + 1}: its FCD is {target:.1f}; digits train in the page")
        loaded, copies = _copies(page, url, turn, options)
        known, good, fcd = _reached(copies, mnist, target)
        numbers = [loaded, *(known or (math.nan, math.nan))[:2], target, *(good or (math.nan, math.nan))[:2]]
        rows.append([str(turn), *(f"{number:.1f}" for number in numbers), str(copies[-1].step), f"{fcd:.1f}"])
    head = ["seed", "loaded, s", "recognised, s after the press", "after the first step", "FCD of the tutorial's loop"]
    print(common.table([*head, "reached, s after the press", "after the first step", "steps in all", "FCD then"], rows))


def _copies(page: Page, url: str, seed: int, options: argparse.Namespace) -> tuple[float, list[Copy]]:
    """Train digits in the page; return the seconds of loading, and generators every some seconds."""
    loaded, _ = _open(page, url, "digits", options.budget, seed)
    config = PRESETS["digits"]
    source = datasets.source("digits")
    layout = StateLayout.of(config.fit(source.shape, source.labels).model).g
    copies: list[Copy] = []
    is_over = False
    while not is_over:
        page.wait_for_timeout(1000 * options.every)
        copy: dict[str, Any] = page.evaluate(COPY, f"{url}/{addresses.FRONTEND}")
        weights = layout.split(torch.frombuffer(bytearray(base64.b64decode(copy["weights"])), dtype=torch.float32))
        copies.append(Copy(*copy["times"], copy["step"], weights))
        is_over = copy["isOver"]
    return loaded, copies


def _reached(copies: list[Copy], mnist: datasets.Dataset, target: float) -> tuple[Copy | None, Copy | None, float]:
    """Return the first generators with recognised digits and with an FCD of at most ``target``, and the last FCD."""
    known = good = None
    for copy in copies:
        measures = quality.measure(PRESETS["digits"], copy.weights, mnist, SAMPLES)
        fcd, classes, read = (float(np.mean(measures[name])) for name in ("fcd", "classes", "confident"))
        common.progress(
            f"  {copy.first:.1f} s, step {copy.step}: FCD {fcd:.1f}, {classes:.0f} classes, {read:.0%} read"
        )
        if classes >= ENOUGH_CLASSES and read >= ENOUGH_READ:
            known = known or copy
        if fcd <= target:
            good = good or copy
        if known and good:
            break
    return known, good, fcd


def _open(page: Page, url: str, preset: str, budget: float, seed: int = 0) -> tuple[float, float]:
    """Begin a training in the page; return the seconds until it was loaded, and until its first step."""
    data = browser_training.data(preset)
    data["urls"] = {name: address and f"{url}/{address}" for name, address in data["urls"].items()}
    data |= {"budget": budget, "settings": data["settings"] | {"seed": seed}}
    loaded, first = page.evaluate(OPEN, [f"{url}/{addresses.FRONTEND}", data])
    return loaded, first


# ---- the static page


def _site() -> None:
    """Print the sizes of the static page, of the lab and of what trains images."""
    from gan_demo.export import static_site, static_site_trainings
    from gan_demo.runs import library

    files = static_site.files(library.find("digits"))
    trainings = set(static_site_trainings.files())
    groups = {
        "all of it": set(files),
        "graphs, images and references of trainings": trainings,
        "modules of training and lab": {name for name in files if name.startswith(("api/ui/browser", "api/ui/lab"))},
        "graphs of the lab": {static_site.LAB_GRAPHS},
    }
    rows = [[name, *_megabytes({path: files[path] for path in paths})] for name, paths in groups.items()]
    print(common.table(["static page of the shipped digits", "files", "MB", "MB compressed"], rows))


def _megabytes(files: dict[str, bytes]) -> list[str]:
    packed = [
        len(content) if name.endswith((".gz", ".png", ".woff2")) else len(gzip.compress(content, 6))
        for name, content in files.items()
    ]
    return [str(len(files)), f"{sum(map(len, files.values())) / 1e6:.1f}", f"{sum(packed) / 1e6:.1f}"]


if __name__ == "__main__":
    main()
