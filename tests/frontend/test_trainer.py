"""The trainer in the browser does what the trainer on the server does: compiled steps through onnxruntime-web, in node."""

from __future__ import annotations

import base64
import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gan_demo.config import RunConfig
from gan_demo.data import datasets
from gan_demo.gan import metrics
from gan_demo.gan.compiled.layout import StateLayout
from gan_demo.gan.losses import real_shares
from gan_demo.lab import image_data, training_file
from gan_demo.lab.bundle import graph_bundle
from gan_demo.lab.handover import Vectors, to_vectors
from gan_demo.lab.training_file import SavedTraining
from gan_demo.training.evaluator import LIVE_REFERENCE
from gan_demo.training.state import new_state
from gan_demo.training.step import train_step
from tests.frontend.node import evaluate
from tests.gan.test_compiled import PENALTIES, Pair, compare_vectors, images, points

RUNTIME = (Path(__file__).parent / "trainer" / "runtime.mjs").as_uri()
STEPS = 50
STEPS_OF_IMAGES = 3
TOLERANCE = 1e-3
CONFIGS = [
    points(loss="relativistic", r1=0.1, r2=0.3),
    points(loss="non_saturating", **PENALTIES[1], label_smoothing=0.1, optimizer="rmsprop", beta1=0.5, penalty_every=2),
    points(loss="wasserstein", **PENALTIES[2], optimizer="sgd", beta1=0.5),
    images("digits"),
]


def settings(config: RunConfig) -> dict[str, Any]:
    """Return all settings by their names."""
    return {**vars(config.model), **vars(config.train), "name": config.data.name, "shape": None, "labels": None}


def bundle(config: RunConfig) -> str:
    """Return the file of graphs, in base64."""
    return base64.b64encode(graph_bundle(config)).decode()


def floats(values: np.ndarray | torch.Tensor | None) -> str | None:
    """Return float32 values in base64."""
    return None if values is None else base64.b64encode(np.asarray(values, np.float32).tobytes()).decode()


# Arrays are in base64.
PRELUDE = """
const { openRuntime } = await import(given.runtime);
const { fromCore } = await import(new URL("./core_settings.mjs", process.argv[1]).href);
const runtime = await openRuntime();
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const floats = (text) => (text === null ? undefined : new Float32Array(bytes(text).buffer));
const text = (values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
"""


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


# A player whose frames are at once taken; `end(rate)` plays until something is shown at least at iteration `rate`.
PLAYER = """
const frames = [], gone = [];
let rows = 0;
const player = new m.Player(runtime, {
  onframe: (frame) => { frames.push(frame); player.isFrameTaken = true; },
  onhistory: ({ iterations }) => { rows += iterations.length; },
  ondiverged: (what) => gone.push(what),
  onerror: (error) => { throw error; },
});
const [settings, other] = given.settings.map(fromCore);
[settings, other].forEach((known, k) => known && player.graphs.add(known, bytes(given.bundles[k]).buffer));
await player.watch({ latents: new Float32Array(3000).map((_, k) => Math.sin(k)), surface: 10, arrows: 5 });
const same = (a, b) => ["dLoss", "gLoss", "dReal", "samples", "logits", "slopes"].every(
  (name) => String(a[name]) === String(b[name]));
"""


def play(code: str, *configs: RunConfig, extra: str = "") -> Any:
    """Return what code returns that has a ``player`` and the settings of one or two configurations."""
    given = {
        "runtime": RUNTIME,
        "settings": [settings(config) for config in configs],
        "bundles": [bundle(config) for config in configs],
        "extra": extra,
    }
    return evaluate("trainer/player.mjs", PRELUDE + PLAYER + code, given)


def test_a_training_repeats_goes_back_and_goes_on_from_its_file() -> None:
    results = play(
        """
        await player.open(settings, {});
        const first = await player.step("both", 12);
        await player.step("d", 1);
        const last = await player.step("both", 40);
        const back = await player.back(41);
        await player.step("d", 1);
        const again = await player.step("both", 40);
        const sought = await player.seek(12);
        const state = await player.exportState();
        await player.step("d", 1);
        const resumed = await player.open(settings, { state });
        await player.step("d", 1);
        const fromFile = await player.step("both", 40);
        await player.open(settings, {});
        await player.step("both", 12);
        await player.step("d", 1);
        const repeated = await player.step("both", 40);
        const { iteration, gUpdates, dUpdates } = last;
        return {
          counts: [iteration, gUpdates, dUpdates], rows, span: player.span, finite: last.samples.every(Number.isFinite),
          sizes: [last.samples.length, last.logits.length, last.slopes.length], differs: !same(first, last),
          same: [same(back, first), same(again, last), same(sought, first), same(resumed, first) || "no report",
                 same(fromFile, last), same(repeated, last)],
        };
        """,
        points(loss="relativistic", r1=0.1, r2=0.3, ema=0.9),
    )
    assert results["same"] == [True, True, True, "no report", True, True]
    assert results["counts"] == [53, 52, 53]
    assert results["rows"] == 53 + 41 + 1 + 41 + 53
    assert results["span"] == [0, 53]
    assert results["sizes"] == [2 * 1000, 100, 50]
    assert results["differs"]
    assert results["finite"]


def test_a_change_keeps_the_weights_and_what_goes_wrong_is_told() -> None:
    results = play(
        """
        await player.open(settings, {});
        const before = await player.step("both", 20);
        const changed = await player.change({ ...settings, gLr: 5e-3, dSteps: 2, gSteps: 3 }, null);
        const stepped = await player.step("both", 2);
        const swapped = await player.change(other, null);
        const learned = await player.step("both", 5);
        const back = await player.seek(20);
        const moved = await player.step("both", 2);
        await player.change({ ...settings, dLr: 1e30, gLr: 1e30 }, null);
        const end = await player.step("both", 2000);
        return {
          kept: String(before.samples) === String(changed.samples) && String(stepped.samples) === String(swapped.samples),
          updates: [stepped.gUpdates - before.gUpdates, stepped.dUpdates - before.dUpdates],
          optimizer: [learned.settings.optimizer, back.settings.optimizer, back.settings.gLr], again: same(moved, stepped),
          finite: learned.samples.every(Number.isFinite), gone, end: end.iteration,
        };
        """,
        points(loss="wasserstein", **PENALTIES[0], ema=0.0),
        points(loss="hinge", **PENALTIES[1], optimizer="sgd", ema=0.0),
    )
    assert results["kept"]
    assert results["updates"] == [2 * 3, 2 * 2]
    assert results["optimizer"] == ["sgd", "adam", 5e-3]
    assert results["again"]
    assert results["finite"]
    (gone,) = results["gone"]
    assert gone["back"] == 22
    assert gone["setting"] == "gLr"
    assert gone["iteration"] == results["end"] + 1


def test_an_iteration_taken_apart_is_the_next_one() -> None:
    results = play(
        """
        await player.open(settings, {});
        await player.step("both", 5);
        const trace = await player.trace();
        const next = await player.step("both", 1);
        const norm = (tensors) => Math.hypot(...tensors.flatMap(({ gradient }) => [...gradient]));
        const { surfaceBefore, surfaceAfter, fakes, movedFakes } = trace;
        const units = await player.units("g");
        return {
          same: ["dLoss", "gLoss", "penalty", "gradNormD"].map((name) => trace[name] === next[name]),
          norms: [norm(trace.tensors.d) / next.gradNormD, norm(trace.tensors.g) / next.gradNormG],
          after: String(surfaceAfter) === String(next.logits), moved: String(surfaceBefore) !== String(surfaceAfter),
          fakes: String(fakes) !== String(movedFakes) && fakes.length === 2 * settings.batch,
          logits: trace.realLogits.length, units: [units.counts, units.values.length, units.weights.map((w) => w.length)],
        };
        """,
        points(loss="relativistic", r1=0.1, r2=0.3, d_steps=2),
    )
    assert results["same"] == [True, True, False, True]  # the penalty is the mean of both updates of D
    assert results["norms"] == pytest.approx([1, 1], abs=1e-3)
    assert results["after"]
    assert results["moved"]
    assert results["fakes"]
    assert results["logits"] == 8
    assert results["units"] == [[6, 6, 2], 32 * 32 * 14, [18, 36, 12]]


def test_it_plays_until_it_is_paused_as_fast_as_it_may() -> None:
    results = play(
        """
        await player.open(settings, {});
        const until = async (condition) => { while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5)); };
        player.play(Infinity);
        await until(() => frames.length > 3);
        const paused = await player.pause();
        const shown = frames.length;
        const still = await player.watch({ latents: new Float32Array(3), surface: 0, arrows: 0 });
        player.isFrameTaken = false;
        player.play(Infinity);
        await until(() => player.span[1] > paused.iteration + 50); // it goes on while the page does not draw
        const hidden = await player.pause();
        return {
          rising: frames.every((frame, k) => !k || frame.iteration > frames[k - 1].iteration), rows,
          stopped: still.iteration === paused.iteration, rates: [frames.at(-1).rate > 0, paused.rate],
          last: hidden.iteration, unseen: frames.length - shown,
        };
        """,
        points(loss="hinge", **PENALTIES[0]),
    )
    assert results["rising"]
    assert results["stopped"]
    assert results["rates"] == [True, 0]
    assert results["rows"] == results["last"]
    assert results["unseen"] == 0


def test_a_training_goes_to_the_server_and_back() -> None:
    config = points(loss="hinge", **PENALTIES[1], ema=0.9, schedule="linear", steps=100, d_depth=2)
    state = new_state(config, "cpu")
    real = iter(lambda: (torch.randn(8, 2, generator=state.rng), None), None)
    for _ in range(3):
        train_step(state, real, config.train)
    here = to_vectors(state, StateLayout.of(config.model))
    given = training_file.write(SavedTraining(config, here, 1.5), seed=2)
    results = play(
        """
        const file = bytes(given.extra);
        const { readState } = await import(new URL("./state_file.mjs", process.argv[1]).href);
        const saved = readState(file);
        await player.open(saved.settings, { state: file });
        const unchanged = await player.exportState();
        await player.step("d", 2);
        const { gUpdates, dUpdates } = await player.step("both", 4);
        return { same: text(unchanged), last: text(await player.exportState()), settings: saved.settings, updates: [gUpdates, dUpdates] };
        """,
        config,
        extra=base64.b64encode(given).decode(),
    )
    assert results["settings"]["schedule"] == "linear"
    same = training_file.read(base64.b64decode(results["same"]))
    assert same.config == config
    assert np.array_equal(same.vectors.g, here.g)
    assert np.array_equal(same.vectors.d, here.d)
    assert same.vectors[2:] == (3, 3, 3, 3)
    last = training_file.read(base64.b64decode(results["last"]))
    assert last.vectors[2:] == (7, 9, 7, 9)
    assert results["updates"] == [7, 9]
    assert [row["step"] for row in last.rows] == [3, 3, 4, 5, 6, 7]
    assert last.rows[-1]["d_loss"] > 0
    assert last.seconds > 1.5
