"""Error and time of the explorer's GAN inversion of digits that the generator never saw.

    python -m benchmarks.inversion [--data-root DIR] [--digits 100] [--no-server]

Held-out MNIST digits, every hundredth of the test part, are searched for with the shipped digits in Chromium, by the
component's own modules (``explorer/find/search.mjs`` and its imports): labels from the classifier, 256 random latents,
Levenberg-Marquardt. For comparison, in the same browser with the same labels: the nearest of 100 random samples; and on
the server, on one thread and after the browser has closed: ``_invert`` (Adam, eight starts, 200 steps), which is given
the right label. Images are in [-1, 1].
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
RANDOM_SAMPLES = 100  # a search has to beat the nearest of them
PATIENCE = 120_000  # ms that a digit may take
# The engine and the networks of the page, without the page; timed from a digit's pixels to the end of the search.
OPEN = """async ([base, runtime, classifier]) => {
  const at = (path) => new URL(path, location.origin).href;
  const load = (path) => import(at(`api/ui/explorer/${path}`));
  const { Engine } = await load("engine/engine.mjs");
  const { SampleReader } = await load("engine/classifiers.mjs");
  const { search, readingsOf } = await load("find/search.mjs");
  const { meanSquaredError } = await load("find/levenberg_marquardt.mjs");
  const { rng, randomState } = await load("latent.mjs");
  const space = await (await fetch(at(`${base}/space.json`))).json();
  const engine = await Engine.open({ runtime: at(runtime), generator: at(`${base}/generator.onnx`) });
  const reader = new SampleReader({ space, engine, url: (name) => (name === "classifier" ? at(classifier) : "") });
  const sample = (states) => {
    const flat = (name) => Float32Array.from(states.flatMap((state) => [...state[name]]));
    return engine.samples(flat("z"), flat("y"), 1);
  };
  const read = async (target) => readingsOf((await reader.read(target.slice(), 1))[0], space);
  window.find = async (pixels, seed) => {
    const target = Float32Array.from(pixels, (value) => value / 127.5 - 1);
    const begin = performance.now();
    let [best, steps] = [null, 0];
    for await (const progress of search({ space, sample, target, readings: await read(target), seed, rng })) {
      best = progress.best;
      steps += progress.step > 0;
    }
    return { error: best.error, steps, seconds: (performance.now() - begin) / 1000,
      label: best.state.y.indexOf(Math.max(...best.state.y)),
      norm: best.state.z.reduce((sum, value) => sum + value * value, 0) / space.z_dim };
  };
  window.nearest = async (pixels, seed, count) => {
    const target = Float32Array.from(pixels, (value) => value / 127.5 - 1);
    const begin = performance.now();
    const [y] = await read(target);
    const x = await sample(Array.from({ length: count }, (_, k) => randomState(space, 1000 * seed + k, y)));
    const errors = Array.from({ length: count }, (_, k) => meanSquaredError(x, target, k));
    return { error: Math.min(...errors), seconds: (performance.now() - begin) / 1000 };
  };
}"""


def main() -> None:
    """Measure and print."""
    parser = common.with_data_root(__doc__)
    parser.add_argument("--digits", type=int, default=100, metavar="N", help="test digits (100)")
    parser.add_argument("--no-server", action="store_true", help="without the search by Adam")
    options = parser.parse_args()
    print(f"{options.digits} held-out test digits\n{common.machine()}")
    data = _held_out(options.data_root, options.digits)
    targets = [image.flatten().tolist() for image in data.samples]
    with browser.chromium() as chromium, tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        with browser.served(["run", "app.py"], common.ROOT, home) as (url, process):
            browser.wait_until_healthy(url, process)
            page = _opened(chromium, url)
            searches, nearest = [], []
            for k, target in enumerate(targets):
                searches.append(page.evaluate("([x, seed]) => find(x, seed)", [target, k + 1]))
                nearest.append(page.evaluate("([x, seed, n]) => nearest(x, seed, n)", [target, k + 1, RANDOM_SAMPLES]))
    rows = [
        _row("the explorer's search, in the browser", searches),
        _row(f"nearest of {RANDOM_SAMPLES} random samples, in the browser", nearest),
    ]
    if not options.no_server:
        rows.append(_row("Adam on the server, label given", _on_server(data)))
    print(common.table(["way", "mean squared error", "median", "95th percentile", "seconds", "95th percentile"], rows))
    _print_details(data, searches, nearest)


def _held_out(root: str, count: int) -> Dataset:
    """Return ``count`` of MNIST's 10,000 test digits, evenly spaced."""
    import dataclasses

    from gan_demo.data import datasets

    data = datasets.held_out("mnist", root)
    chosen = slice(0, None, max(1, len(data.samples) // count))
    return dataclasses.replace(data, samples=data.samples[chosen][:count], labels=data.labels[chosen][:count])


def _opened(chromium: Browser, url: str) -> Page:
    """Open an empty page of the app's origin with the engine, ``find`` and ``nearest``."""
    from gan_demo.boards import assets
    from gan_demo.runs import library

    page = chromium.new_context().new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{url}/api/ui/shared/dom.mjs")  # an empty page of this origin
    step = library.find(MODEL).checkpoints[-1]
    runtime = f"api/runtime/{assets.runtime_version()}/"
    page.evaluate(OPEN, [f"api/explore/{MODEL}/{step}", runtime, "api/explore/classifiers/digits.onnx"])
    page.evaluate("x => find(x, 1)", [0.0] * 784)  # compiles the runtime
    return page


def _on_server(data: Dataset) -> list[dict[str, float]]:
    """Return error and seconds of the same digits by ``_invert``."""
    import torch

    from gan_demo.data import datasets
    from gan_demo.runs import library, networks

    torch.set_num_threads(1)
    run = library.find(MODEL)
    generator = networks.generator(run)
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
    errors, seconds = ([row[key] for row in rows] for key in ("error", "seconds"))
    return [
        name,
        f"{statistics.mean(errors):.4f}",
        f"{statistics.median(errors):.4f}",
        f"{_high(errors):.4f}",
        f"{statistics.mean(seconds):.2f}",
        f"{_high(seconds):.2f}",
    ]


def _high(values: list[float]) -> float:
    """Return the 95th percentile."""
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


def _print_details(data: Dataset, searches: list[dict[str, Any]], nearest: list[dict[str, float]]) -> None:
    """Print how often the search beats the nearest sample and finds the label, its steps, and the norm of z."""
    shares = [a["error"] / b["error"] for a, b in zip(searches, nearest, strict=True)]
    labels = [int(label) for label in data.labels.flatten().tolist()]
    right = sum(search["label"] == label for search, label in zip(searches, labels, strict=True))
    norms = [search["norm"] for search in searches]
    print(
        f"search / nearest of {RANDOM_SAMPLES}, digit by digit: {common.spread(shares)}; "
        f"nearer in {sum(share < 1 for share in shares)} of {len(shares)}\n"
        f"the right label in {right} of {len(searches)}; "
        f"steps {statistics.mean(search['steps'] for search in searches):.1f}; |z|²/Z {common.spread(norms)}"
    )


if __name__ == "__main__":
    main()
