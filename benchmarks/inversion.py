"""How near the explorer's search comes to digits that the generator never saw, and how long it takes in the browser.

Held-out MNIST digits, every hundredth of its test part, are searched for with the shipped digits in Chromium, by the
component's own modules (``explorer/find/search.mjs`` and what it uses): labels as the classifier reads them, 256 random
places, Levenberg-Marquardt. Beside it, in the same browser with the same labels: the nearest of 100 random samples. And
on the server: ``_invert`` (Adam, eight starts, 200 steps), which is told the right label, on one thread and after the
browser has closed. Images are in [-1, 1].
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import browser, common

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from torch import Tensor

    from gan_demo.data.datasets import Dataset
    from gan_demo.gan.models.base import Generator

MODEL = "digits"
STARTS, STEPS = 8, 200  # of the search by Adam on the server
RESTARTS = 100  # random samples, the nearest of which is what a search has to beat
PATIENCE = 120_000  # ms for a digit
# The engine and the networks as the page has them, without the page; what is timed is what somebody waits for.
OPEN = """async ([base, runtime, classifier]) => {
  const at = (path) => new URL(path, location.origin).href;
  const load = (path) => import(at(`api/ui/explorer/${path}`));
  const [{ Engine }, { search, readingsOf }, { Reader }, { rng, random }, { distance }] = await Promise.all(
    ["engine.mjs", "find/search.mjs", "reading.mjs", "space.mjs", "find/solve.mjs"].map(load));
  const space = await (await fetch(at(`${base}/space.json`))).json();
  const engine = await Engine.open({ runtime: at(runtime), generator: at(`${base}/generator.onnx`) });
  const reader = new Reader({ space, engine, url: (name) => (name === "classifier" ? at(classifier) : "") });
  const sample = (states) => {
    const flat = (name) => Float32Array.from(states.flatMap((one) => [...one[name]]));
    return engine.samples(flat("z"), flat("y"), 1);
  };
  const read = async (target) => readingsOf((await reader.read(target.slice(), 1))[0], space);
  window.find = async (pixels, seed) => {
    const target = Float32Array.from(pixels, (value) => value / 127.5 - 1);
    const begin = performance.now();
    let [best, steps] = [null, 0];
    for await (const one of search({ space, sample, target, readings: await read(target), seed, rng })) {
      best = one.best;
      steps += one.step > 0;
    }
    return { error: best.error, steps, seconds: (performance.now() - begin) / 1000,
      label: best.state.y.indexOf(Math.max(...best.state.y)),
      norm: best.state.z.reduce((sum, value) => sum + value * value, 0) / space.z_dim };
  };
  window.nearest = async (pixels, seed, count) => {
    const target = Float32Array.from(pixels, (value) => value / 127.5 - 1);
    const begin = performance.now();
    const [y] = await read(target);
    const x = await sample(Array.from({ length: count }, (_, k) => random(space, 1000 * seed + k, y)));
    const errors = Array.from({ length: count }, (_, k) => distance(x, target, k));
    return { error: Math.min(...errors), seconds: (performance.now() - begin) / 1000 };
  };
}"""


def main() -> None:
    """Measure and print."""
    options = common.with_data_root(__doc__)
    options.add_argument("--digits", type=int, default=100, metavar="N", help="test digits (100)")
    options.add_argument("--no-server", action="store_true", help="without the search by Adam")
    told = options.parse_args()
    print(f"{told.digits} held-out test digits\n{common.machine()}")
    data = _held_out(told.data_root, told.digits)
    targets = [image.flatten().tolist() for image in data.samples]
    with browser.chromium() as chromium, tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        with browser.served(["run", "app.py"], common.ROOT, home) as (url, process):
            browser.wait_until_healthy(url, process)
            page = _opened(chromium, url)
            found, nearest = [], []
            for k, target in enumerate(targets):
                found.append(page.evaluate("([x, seed]) => find(x, seed)", [target, k + 1]))
                nearest.append(page.evaluate("([x, seed, n]) => nearest(x, seed, n)", [target, k + 1, RESTARTS]))
    rows = [
        _row("the explorer's search, in the browser", found),
        _row(f"nearest of {RESTARTS} random samples, in the browser", nearest),
    ]
    if not told.no_server:
        rows.append(_row("Adam on the server, told the label", _on_server(data)))
    print(common.table(["way", "mean squared error", "median", "95th percentile", "seconds", "95th percentile"], rows))
    _more(data, found, nearest)


def _held_out(root: str, count: int) -> Dataset:
    """Every so manieth of MNIST's 10,000 test digits."""
    import dataclasses

    from gan_demo.data import datasets

    data = datasets.test_split("mnist", root)
    chosen = slice(0, None, max(1, len(data.samples) // count))
    return dataclasses.replace(data, samples=data.samples[chosen][:count], labels=data.labels[chosen][:count])


def _opened(chromium: Browser, url: str) -> Page:
    from gan_demo.boards import assets
    from gan_demo.runs import library

    page = chromium.new_context().new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{url}/api/ui/explorer/words.mjs")  # a page of this origin with nothing on it
    step = library.find(MODEL).checkpoints[-1]
    runtime = f"api/runtime/{assets.runtime_version()}/"
    page.evaluate(OPEN, [f"api/explore/{MODEL}/{step}", runtime, "api/explore/classifiers/digits.onnx"])
    page.evaluate("x => find(x, 1)", [0.0] * 784)  # compiled, and warm
    return page


def _on_server(data: Dataset) -> list[dict[str, float]]:
    """Return error and seconds of the same digits by ``_invert``."""
    import torch

    from gan_demo.data import datasets
    from gan_demo.runs import library

    torch.set_num_threads(1)
    run = library.find(MODEL)
    generator = run.generator(run.checkpoints[-1])
    y = datasets.multi_hot(data.labels, run.config.model.labels)
    rows = []
    for k, target in enumerate(datasets.to_float(data.samples)):
        begin = time.perf_counter()
        error = _invert(generator, target, y[k : k + 1], seed=k)
        rows.append({"error": error, "seconds": time.perf_counter() - begin})
    return rows


def _invert(generator: Generator, target: Tensor, y: Tensor, seed: int) -> float:
    """Return the smallest mean squared error to ``target`` (C, H, W) that Adam finds from the best of 256 random z.

    As in Zhu et al. 2016, section 3.1; norms beyond a normal's are discouraged. ``y`` is (1, K).
    """
    import torch

    from gan_demo.gan import latent

    candidates = latent.sample_z(256, generator.z_dim, seed)
    errors = (latent.generate(generator, candidates, y) - target).square().flatten(1).mean(1)
    best = float(errors.min())
    z = candidates[errors.argsort()[:STARTS]].requires_grad_(True)  # (R, Z)
    optimiser = torch.optim.Adam([z], lr=0.1, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    for _ in range(STEPS):
        errors = (generator(z, y.expand(len(z), -1)) - target).square().flatten(1).mean(1)
        best = min(best, float(errors.detach().min()))
        excess = (z.square().mean(1) - 1.2).clamp_min(0).square()
        (z.grad,) = torch.autograd.grad((errors + 0.01 * excess).sum(), [z])
        optimiser.step()
        schedule.step()
    return best


def _row(name: str, rows: list[dict[str, float]]) -> list[str]:
    errors, seconds = ([one[key] for one in rows] for key in ("error", "seconds"))
    return [name, f"{statistics.mean(errors):.4f}", f"{statistics.median(errors):.4f}", f"{_high(errors):.4f}",
            f"{statistics.mean(seconds):.2f}", f"{_high(seconds):.2f}"]  # fmt: skip


def _high(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


def _more(data: Dataset, found: list[dict[str, Any]], nearest: list[dict[str, float]]) -> None:
    shares = [a["error"] / b["error"] for a, b in zip(found, nearest, strict=True)]
    labels = [int(one) for one in data.labels.flatten().tolist()]
    right = sum(one["label"] == label for one, label in zip(found, labels, strict=True))
    norms = [one["norm"] for one in found]
    print(
        f"search / nearest of {RESTARTS}, digit by digit: {common.spread(shares)}; "
        f"nearer in {sum(one < 1 for one in shares)} of {len(shares)}\n"
        f"found under the right label {right} of {len(found)}; "
        f"steps {statistics.mean(one['steps'] for one in found):.1f}; |z|²/Z {common.spread(norms)}"
    )


if __name__ == "__main__":
    main()
