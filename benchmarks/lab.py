"""Training in Chromium: iterations a second of a small GAN in the plane, and the page's own frames meanwhile.

    python -m benchmarks.lab [--seconds 10] [--rounds 3] [--labs 30] [--page]

Two hidden layers of 32 units on both sides, batch 256, relativistic loss with R1 and R2, Adam: WebAssembly on one
thread in a worker. Alone, nothing is shown; with views, each of 20 frames a second holds 1,500 samples, D over 50 × 50
nodes and the slopes of G's loss at 15 × 15. The page counts its animation frames (at most 60 a second here). Iterations
in a second of processor time, of Chromium as a whole, tell what an idle machine would do when others use this one.
The tutorial's and the digits' networks train on the embedded digits, without views: images a second, beside the
server's own trainer on one thread, in turn. The lab's page is opened with an empty and with a filled cache: seconds
until it has its first picture (a shipped moment), the engine's first frame, and one step after that. Then it trains
with all its layers drawn, and many labs are open at once (``benchmarks/lab_page.py``). Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import tempfile
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from benchmarks import browser, common, lab_page
from gan_demo.boards import addresses
from gan_demo.presets import PRESETS

SETTINGS = {
    "data": "ring",
    "noiseDim": 2,
    "noiseKind": "gaussian",
    "activation": "leaky_relu",
    "pack": 1,
    "gLayers": 2,
    "gWidth": 32,
    "dLayers": 2,
    "dWidth": 32,
    "dSteps": 1,
    "gSteps": 1,
    "loss": "relativistic",
    "r1": 0.05,
    "r2": 0.05,
    "gp": 0,
    "labelSmoothing": 0,
    "optimizer": "adam",
    "gLr": 1e-3,
    "dLr": 1e-3,
    "beta1": 0,
    "beta2": 0.99,
    "ema": 0.99,
    "batch": 256,
    "seed": 0,
}
LARGE = {"gLayers": 3, "dLayers": 3, "gWidth": 128, "dWidth": 128}
VIEWS = {"latents": 1500, "surface": 50, "arrows": 15}
NO_VIEWS = {"latents": 0, "surface": 0, "arrows": 0}
OPEN = """async ([frontend, runtime, graphs, settings, images]) => {
  const load = (name) => import(`${frontend}/trainer/${name}.mjs`);
  const [{ Trainer }, { serverGraphs }] = await Promise.all([load("trainer"), load("graphs")]);
  const [{ fromCore }, { fetchImages }] = await Promise.all([load("core_settings"), load("data/images")]);
  window.trainer ??= await Trainer.create({ runtime, graphs: serverGraphs(graphs) });
  const known = settings.name ? fromCore(settings) : settings;
  await trainer.watch({ latents: new Float32Array(), surface: 0, arrows: 0 });
  await trainer.open(known, { data: images && await fetchImages(images) });
  await trainer.step("both", 5);
}"""
MARKS = """() => ["lab-preview", "lab-first-frame"].flatMap((name) =>
  performance.getEntriesByName(name).map(({ startTime }) => startTime / 1000))"""
STEP = """(lab) => new Promise((done) => {
  const line = lab.querySelector(".iteration");
  const [begin, before] = [performance.now(), line.textContent];
  new MutationObserver(() => line.textContent !== before && done((performance.now() - begin) / 1000))
    .observe(line, { childList: true, characterData: true, subtree: true });
  lab.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
})"""
PLAY = """async ([seconds, { latents, surface, arrows }]) => {
  let [iterations, frames, shown, on] = [0, 0, 0, true];
  trainer.onhistory = (rows) => { iterations += rows.iterations.length; };
  trainer.onframe = () => { shown++; };
  await trainer.watch({ latents: new Float32Array(2 * latents).map((_, k) => 2 * Math.sin(k)), surface, arrows });
  const frame = () => { frames++; if (on) requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  const begin = performance.now();
  await trainer.play();
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  await trainer.pause();
  on = false;
  const took = (performance.now() - begin) / 1000;
  return { iterations, rate: iterations / took, frames: frames / took, shown: shown / took };
}"""


def main() -> None:
    """Measure and print."""
    parser = common.parser(__doc__, seconds=10, rounds=3)
    parser.add_argument("--labs", type=int, default=30, metavar="N", help="labs at once (30); 0 leaves them out")
    parser.add_argument("--page", action="store_true", help="measure the lab's own page alone")
    options = parser.parse_args()
    print(common.machine())
    with tempfile.TemporaryDirectory() as folder, browser.chromium() as chromium:
        home = Path(folder) / "home"
        home.mkdir()
        with browser.served(["run", "app.py"], common.ROOT, home) as (url, process):
            browser.wait_until_healthy(url, process)
            page = chromium.new_page()
            _openings(chromium, url, options.rounds)
            lab_page.measure(chromium, url, process.pid, options.seconds, options.rounds, options.labs)
            if options.page:
                return
            page.goto(f"{url}/_stcore/health")
            _points(page, url, process.pid, options)
            _images(page, url, process.pid, options)


def _openings(chromium: Browser, url: str, rounds: int) -> None:
    """Open the lab's page with an empty cache, and again in the same browser."""
    results: dict[str, list[list[float]]] = {"cold": [], "warm": []}
    for _ in range(rounds):
        context = chromium.new_context(base_url=url)
        for name in results:
            page = context.new_page()
            results[name].append(_opening(page))
            page.close()
        context.close()
    rows = [
        [name, *(common.spread(values, 2) for values in zip(*times, strict=True))] for name, times in results.items()
    ]
    print(common.table(["cache", "first picture, s", "engine's first frame, s", "step after it, s"], rows))


def _opening(page: Page) -> list[float]:
    page.goto("lab")
    page.wait_for_function(f"({MARKS})().length === 2", timeout=120_000)
    picture, frame = page.evaluate(MARKS)
    page.locator(".lab .numbers dd").first.wait_for()
    return [picture, frame, page.locator(".lab").evaluate(STEP)]


def _points(page: Page, url: str, server: int, options: argparse.Namespace) -> None:
    rows = []
    for name, changes, views in (
        ("2 × 32, alone", {}, NO_VIEWS),
        ("2 × 32, with views", {}, VIEWS),
        ("3 × 128, alone", LARGE, NO_VIEWS),
    ):
        _open(page, url, SETTINGS | changes)
        results = [_play(page, server, options.seconds, views) for _ in range(options.rounds)]
        digits = {"rate": 0, "per_cpu": 0, "frames": 0, "shown": 1}
        rows.append([name, *(common.spread([r[key] for r in results], n) for key, n in digits.items())])
    print(common.table(["networks", "iterations/s", "iterations/CPU s", "page's frames/s", "shown/s"], rows))


def _images(page: Page, url: str, server: int, options: argparse.Namespace) -> None:
    """Train the tutorial and the digits in the page and on the server, in turn."""
    rows = []
    for preset, side in (("tutorial", common.Side(tutorial, "")), ("digits", common.Side(digits, ""))):
        config = PRESETS[preset]
        settings = {**vars(config.model), **vars(config.train), "name": "digits", "shape": None, "labels": None}
        side.ready()
        _open(page, url, settings, "digits")
        here, there, cpu = [], [], []
        for _ in range(options.rounds):
            result = _play(page, server, options.seconds, NO_VIEWS)
            here.append(config.train.batch * result["rate"])
            cpu.append(config.train.batch * result["per_cpu"])
            there.append(side.run(options.seconds))
        side.close()
        rows.append([preset, *(common.spread(values, 0) for values in (here, cpu, there))])
    print(common.table(["preset", "page, images/s", "images/CPU s", "server's trainer, images/s"], rows))


def tutorial(data_root: str) -> Generator[int, None, None]:
    """Train the tutorial's networks; yield the images of each step."""
    yield from _trained("tutorial")


def digits(data_root: str) -> Generator[int, None, None]:
    """Train the digits' networks; yield the images of each step."""
    yield from _trained("digits")


def _trained(preset: str) -> Generator[int, None, None]:
    import torch

    from gan_demo.data import datasets
    from gan_demo.training.state import new_state
    from gan_demo.training.step import train_step

    torch.set_num_threads(1)
    data = datasets.load(PRESETS[preset].data)
    config = PRESETS[preset].fit(data.shape, data.fields)
    state = new_state(config, "cpu")
    data = data if config.model.conditional else dataclasses.replace(data, fields=())
    real = datasets.batches(data, config.train.batch, state.rng)
    while True:
        train_step(state, real, config.train)
        yield config.train.batch


def _open(page: Page, url: str, settings: Mapping[str, Any], images: str = "") -> None:
    address = f"{url}/{addresses.filled(addresses.LAB_DATA, name=images)}" if images else None
    runtime, graphs = f"{url}/{addresses.RUNTIME_UNVERSIONED}/", f"{url}/{addresses.LAB_GRAPHS}"
    page.evaluate(OPEN, [f"{url}/{addresses.FRONTEND}", runtime, graphs, settings, address])


def _play(page: Page, server: int, seconds: float, views: dict[str, int]) -> dict[str, float]:
    """Train for some seconds; return rates."""
    before = browser.cpu_seconds(os.getpid(), leave_out=server)
    result: dict[str, float] = page.evaluate(PLAY, [seconds, views])
    used = browser.cpu_seconds(os.getpid(), leave_out=server) - before
    return result | {"per_cpu": result["iterations"] / used}


if __name__ == "__main__":
    main()
