"""Steps and measurements of the browser's trainer are those of the server's: through onnxruntime-web, in node."""

from __future__ import annotations

import base64
import gzip
from typing import Any

import numpy as np
import pytest
import torch

from gan_demo.config import RunConfig
from gan_demo.data import datasets
from gan_demo.gan import metrics
from gan_demo.gan.losses import real_shares
from gan_demo.lab import image_data
from gan_demo.lab.handover import Vectors, to_vectors
from gan_demo.training.evaluator import LIVE_REFERENCE
from tests.frontend.browser_trainer import PRELUDE, RUNTIME, bundle, play, settings
from tests.frontend.node import evaluate
from tests.gan.test_compiled import PENALTIES, Pair, compare_vectors, images, points

STEPS = 50
STEPS_OF_IMAGES = 3
TOLERANCE = 1e-3
CONFIGS = [
    points(loss="relativistic", r1=0.1, r2=0.3),
    points(loss="non_saturating", **PENALTIES[1], label_smoothing=0.1, optimizer="rmsprop", beta1=0.5, penalty_every=2),
    points(loss="wasserstein", **PENALTIES[2], optimizer="sgd", beta1=0.5),
    images("digits"),
]


def floats(values: np.ndarray | torch.Tensor | None) -> str | None:
    """Return float32 values in base64."""
    return None if values is None else base64.b64encode(np.asarray(values, np.float32).tobytes()).decode()


class Trainings:
    """Steps of the trainer: what went into each, and what came out."""

    def __init__(self, config: RunConfig) -> None:
        self.pair = Pair(config)
        self.given: list[dict[str, Any]] = []
        self.wanted: list[tuple[Vectors, Vectors, Any]] = []
        for _ in range(STEPS if config.model.arch == "points" else STEPS_OF_IMAGES):
            self._step()

    def _step(self) -> None:
        pair = self.pair
        x, y = pair.batch()
        before = to_vectors(pair.state, pair.layout)
        rng = torch.Generator()
        rng.set_state(pair.state.rng.get_state())
        z = torch.randn(pair.spec.batch, pair.config.model.z_dim, generator=rng)
        positions = torch.rand(pair.spec.batch, generator=rng) if pair.spec.interpolated else None
        report = pair.trained(x, y)
        self.wanted.append((before, to_vectors(pair.state, pair.layout), report))
        vectors = {"g": floats(before.g), "d": floats(before.d)}
        counts = {"gUpdates": before.g_updates, "dUpdates": before.d_updates}
        batch = {"x": floats(x), "y": floats(y), "z": floats(z), "positions": floats(positions)}
        self.given.append(vectors | counts | {"batch": batch})


def test_each_step_in_the_browsers_runtime_is_the_trainers() -> None:
    trainings = [Trainings(config) for config in CONFIGS]
    given = {
        "runtime": RUNTIME,
        "trainings": [
            {"settings": settings(run.pair.config), "bundle": bundle(run.pair.config), "steps": run.given}
            for run in trainings
        ],
    }
    results = evaluate(
        "trainer/training.mjs",
        PRELUDE
        + """
        const { Graphs } = await import(new URL("./bundle.mjs", process.argv[1]).href);
        const all = [];
        for (const { settings, bundle, steps } of given.trainings) {
          const graphs = new Graphs(runtime, bytes(bundle).buffer);
          const training = new m.Training(fromCore(settings), graphs, { values: new Float32Array(2), size: 2 });
          const results = [];
          for (const { g, d, gUpdates, dUpdates, batch } of steps) {
            const counts = { gUpdates, dUpdates, gOptimizerSteps: gUpdates, dOptimizerSteps: dUpdates };
            training.state = { ...training.state, g: floats(g), d: floats(d), ...counts };
            const inputs = Object.fromEntries(Object.entries(batch).map(([name, values]) => [name, floats(values)]));
            const { logits, ...report } = await training.update("step", inputs);
            const { state } = training;
            results.push({ g: text(state.g), d: text(state.d), logits: text(logits), report, updates: state.gUpdates });
          }
          all.push(results);
        }
        return all;
        """,
        given,
    )
    for run, steps in zip(trainings, results, strict=True):
        for (before, after, report), result in zip(run.wanted, steps, strict=True):
            compare(run.pair, before, after, report, result)


def compare(pair: Pair, before: Vectors, after: Vectors, report: Any, result: dict[str, Any]) -> None:
    """Compare a step with the trainer's."""
    assert result["updates"] == after.g_updates
    logits = torch.cat([report.real_logits, report.fake_logits])
    np.testing.assert_allclose(array(result["logits"]), logits, rtol=TOLERANCE, atol=TOLERANCE)
    losses = [float(report.d_loss), float(report.g_loss), float(report.penalty or 0)]
    numbers = [result["report"][name] for name in ("dLoss", "gLoss", "penalty")]
    np.testing.assert_allclose(numbers, losses, rtol=TOLERANCE, atol=TOLERANCE)
    shares = [float(share.mean()) for share in real_shares(pair.spec.loss, report.real_logits, report.fake_logits)]
    assert [result["report"][name] for name in ("realShare", "fakeShare")] == pytest.approx(shares, abs=TOLERANCE)
    assert result["report"]["dReal"] == pytest.approx(float(report.real_logits.mean()), abs=TOLERANCE)
    for name, layout in (("g", pair.layout.g), ("d", pair.layout.d)):
        compare_vectors(array(result[name]), getattr(after, name), layout, pair.spec)


def test_the_frechet_distance_is_the_trainers() -> None:
    rng = np.random.default_rng(0)
    real = rng.normal(size=(400, 12)) @ rng.normal(size=(12, 12))
    fake = rng.normal(0.3, size=(300, 12)) @ rng.normal(size=(12, 12))
    fake[:, 3] = fake[:, 4]  # a singular covariance
    reference = metrics.statistics(torch.from_numpy(real))
    values, vectors = torch.linalg.eigh(reference.covariance)
    root = (vectors * values.sqrt()) @ vectors.T
    given = {"mean": reference.mean.tolist(), "root": root.flatten().tolist(), "features": fake.flatten().tolist()}
    distance = evaluate(
        "trainer/frechet.mjs",
        """
        const [mean, root, features] = [given.mean, given.root, given.features].map((values) => Float32Array.from(values));
        return m.frechetDistance({ mean, root }, features);
        """,
        given,
    )
    wanted = metrics.frechet_distance(reference, metrics.statistics(torch.from_numpy(fake)))
    assert distance == pytest.approx(wanted, rel=1e-5)


def test_samples_are_measured_as_on_the_server() -> None:
    config = images("tutorial")
    data = datasets.load(config.data)
    results = play(
        """
        const latents = new Float32Array(150 * settings.noiseDim).map((_, k) => Math.sin(k * k));
        await player.watch({ latents, surface: 0, arrows: 0 });
        await player.open(settings, { data: { values: floats(given.extra.split(" ")[0]), size: 784, labels: null, labelWidth: 0 } });
        const { samples } = await player.step("both", 2);
        const fcd = await player.evaluate(bytes(given.extra.split(" ")[1]).buffer, latents);
        return { fcd, again: await player.evaluate(null, latents), samples: text(samples) };
        """,
        config,
        extra=" ".join(
            (
                floats(datasets.to_float(data.samples[:50])) or "",
                base64.b64encode(gzip.decompress(image_data.packed_reference("digits"))).decode(),
            )
        ),
    )
    quality = metrics.quality_for(data, LIVE_REFERENCE)
    assert quality is not None
    samples = torch.from_numpy(array(results["samples"]).copy()).view(150, 1, 28, 28)
    assert results["fcd"] == pytest.approx(quality.measure(samples)["fcd"], rel=1e-3)
    assert results["again"] == results["fcd"]


def array(text: str) -> np.ndarray:
    """Return float32 values from base64."""
    return np.frombuffer(base64.b64decode(text), np.float32)
