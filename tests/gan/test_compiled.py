"""Compiled steps do what the trainer does: the same state, data and latents, through onnxruntime and through torch."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor

from gan_demo.config import LOSS_NAMES, OPTIMIZERS, LabelField, RunConfig
from gan_demo.gan.compiled.export import step_onnx
from gan_demo.gan.compiled.layout import StateLayout, VectorLayout
from gan_demo.gan.compiled.spec import GraphSpec, controls
from gan_demo.lab.handover import Vectors, from_vectors, to_vectors
from gan_demo.presets import PRESETS
from gan_demo.training.state import new_state
from gan_demo.training.step import StepReport, d_step, g_step, train_step

DIGIT = (LabelField("digit", tuple("0123456789")),)
SMALL = {"width": 6, "d_width": 5, "z_dim": 3, "batch": 8, "depth": 2, "ema": 0.9, "schedule": "constant"}
PLAIN = {"r1": 0.0, "r2": 0.0, "gp": 0.0}
PENALTIES: tuple[dict[str, float], ...] = (PLAIN, PLAIN | {"r1": 0.1, "r2": 0.3}, PLAIN | {"gp": 1.0})
NOISE = 1e-6  # gradients below this are the rounding of zero, which Adam and RMSprop magnify to whole steps
STEPS = {"step": train_step, "d": d_step, "g": g_step}


def points(**settings: object) -> RunConfig:
    return PRESETS["ring"].with_settings(SMALL | settings).fit((2,), ())


def images(preset: str, **settings: object) -> RunConfig:
    small = {"width": 4, "d_width": 3, "z_dim": 5, "batch": 4, "schedule": "constant", "g_lr": 1e-3, "d_lr": 1e-3}
    config = PRESETS[preset].with_settings(small | settings)
    return config.fit((3, 32, 32) if preset == "faces" else (1, 28, 28), DIGIT if config.model.conditional else ())


def session(content: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options)


class Pair:
    """A training, and the compiled step beside it, with the same random numbers; ``graph`` is compiled if not given."""

    def __init__(self, config: RunConfig, update: str = "step", graph: bytes = b"") -> None:
        self.config, self.update = config, update
        self.spec, self.layout = GraphSpec.of(config, update), StateLayout.of(config.model)
        self.graph = graph
        self.state = new_state(config, "cpu")
        self.rng = torch.Generator().manual_seed(1)

    @functools.cached_property
    def session(self) -> onnxruntime.InferenceSession:
        return session(self.graph or step_onnx(self.spec))

    def batch(self) -> tuple[Tensor, Tensor | None]:
        n, model = self.spec.batch, self.config.model
        x = torch.randn(n, *model.shape, generator=self.rng).tanh()
        classes = torch.randint(max(1, model.label_width), (n,), generator=self.rng)
        return x, torch.eye(model.label_width)[classes] if model.label_width else None

    def compiled(self, vectors: Vectors, x: Tensor, y: Tensor | None) -> dict[str, np.ndarray]:
        """Run the graph with the random numbers that the trainer is about to draw."""
        rng = torch.Generator()
        rng.set_state(self.state.rng.get_state())
        z = torch.randn(self.spec.batch, self.config.model.z_dim, generator=rng)
        if self.config.model.noise == "uniform":
            z = torch.erf(z / 2**0.5)
        numbers = controls(self.config.train, vectors.g_updates, vectors.d_updates)
        feed = {"g": vectors.g, "d": vectors.d, "controls": numbers, "x": x.numpy(), "z": z.numpy()}
        if y is not None:
            feed["y"] = y.numpy()
        if self.spec.interpolated:
            feed["positions"] = torch.rand(self.spec.batch // self.config.model.packing, generator=rng).numpy()
        names = [output.name for output in self.session.get_outputs()]
        return dict(zip(names, self.session.run(names, feed), strict=True))

    def trained(self, x: Tensor, y: Tensor | None) -> StepReport:
        return STEPS[self.update](self.state, iter([(x, y)]), self.config.train)


def compare(pair: Pair, steps: int) -> None:
    """Compare each of some steps, both from the trainer's state."""
    for _ in range(steps):
        x, y = pair.batch()
        before = to_vectors(pair.state, pair.layout)
        actual = pair.compiled(before, x, y)
        report = pair.trained(x, y)
        after = to_vectors(pair.state, pair.layout)
        logits = torch.cat([report.real_logits, report.fake_logits])
        losses = [float(report.d_loss), float(report.g_loss), float(report.penalty or 0)]
        np.testing.assert_allclose(actual["logits"], logits, rtol=1e-4, atol=1e-4)
        # G's loss is of the updated D, whose bias moves by rounding alone where its exact gradient is zero
        moved = moved_by_rounding(actual["next_d"], after.d, pair) if "next_d" in actual else 0.0
        for number, loss, most in zip(actual["report"], losses, (0.0, moved, 0.0), strict=False):
            np.testing.assert_allclose(number, loss, rtol=1e-4, atol=1e-4 + most)
        for name, layout in (("g", pair.layout.g), ("d", pair.layout.d)):
            compare_vectors(actual.get(f"next_{name}", getattr(before, name)), getattr(after, name), layout, pair.spec)


def compare_vectors(actual: np.ndarray, wanted: np.ndarray, layout: VectorLayout, spec: GraphSpec) -> None:
    """Compare to 1e-4, without weights whose gradients are the rounding of zero, and without counts."""
    compared = np.ones(layout.length, bool)
    tensors = {entry.name: slice(entry.offset, entry.offset + entry.size) for entry in layout.tensors}
    for first, _ in (layout.parts[part] for part in ("weights", "average") if part in layout.parts):
        for name, span in tensors.items():
            if name.endswith("num_batches_tracked"):
                compared[first + span.start : first + span.stop] = False
    if spec.optimizer != "sgd":
        quiet = quiet_weights(actual, wanted, layout)
        assert quiet.mean() < 0.9
        for start in (first for name, (first, _) in layout.parts.items() if name != "moment2"):
            compared[start : start + layout.parameters] &= ~quiet
    tolerances = np.full(layout.length, 1e-4)
    if spec.optimizer == "rmsprop":
        tolerances[slice(*layout.parts["moment1"])] = 1e-3  # gradients by their size: the rate comes afterwards
    differences = np.abs(actual - wanted) - tolerances - 1e-4 * np.abs(wanted)
    assert differences[compared].max() <= 0


def quiet_weights(actual: np.ndarray, wanted: np.ndarray, layout: VectorLayout) -> np.ndarray:
    """Return which weights have gradients that are the rounding of zero, (P,)."""
    first, end = layout.parts["moment2"]
    most = np.maximum(actual[first:end], wanted[first:end])
    return (most > 0) & (np.sqrt(most) < NOISE)


def moved_by_rounding(actual: np.ndarray, wanted: np.ndarray, pair: Pair) -> float:
    """Return the sum of the differences of D's quiet weights, which G's loss may differ by."""
    if pair.spec.optimizer == "sgd":
        return 0.0
    layout = pair.layout.d
    differences = np.abs(actual - wanted)[: layout.parameters]
    return float(differences[quiet_weights(actual, wanted, layout)].sum())


CASES = [  # each loss, penalty, optimiser and kind of update, in few graphs
    (points(loss="relativistic", r1=0.1, r2=0.3), "step"),
    (points(loss="non_saturating", **PENALTIES[1], label_smoothing=0.1, optimizer="rmsprop", beta1=0.5), "step"),
    (points(loss="wasserstein", **PENALTIES[2], optimizer="sgd", beta1=0.5, depth=1), "step"),
    (points(loss="minimax", **PLAIN, depth=3), "d"),
    (points(loss="hinge", **PLAIN, ema=0.0, mapping=1), "g"),
    (points(depth=0, d_depth=2, activation="tanh", noise="uniform", z_dim=1, packing=2, gp=0.5), "step"),
    (points(depth=1, d_depth=0, activation="sigmoid", packing=4), "step"),
    (points(activation="tanh"), "step"),
    (points(activation="sigmoid", gp=0.5), "step"),
    (points(loss="non_saturating", activation="relu", r2=0.0), "d"),
    (points(loss="least_squares", r1=1.0, r2=0.0, gp=1.0, penalty_every=1, beta1=0.5), "step"),
]


@pytest.mark.parametrize(("config", "update"), CASES, ids=lambda value: str(getattr(value, "train", value))[18:48])
def test_each_of_50_steps_is_the_trainers(config: RunConfig, update: str) -> None:
    compare(Pair(config, update), 50)


@pytest.mark.parametrize(
    ("config", "update"), [(images("tutorial"), "step"), (images("faces", conditional=False), "d")]
)
def test_steps_of_images_are_the_trainers(config: RunConfig, update: str) -> None:
    compare(Pair(config, update), 3)


def test_a_state_goes_to_vectors_and_back() -> None:
    pair = Pair(images("digits"))
    for _ in range(2):
        pair.trained(*pair.batch())
    vectors = to_vectors(pair.state, pair.layout)
    other = new_state(pair.config, "cpu")
    other.rng.set_state(pair.state.rng.get_state())
    from_vectors(other, pair.layout, vectors)
    wanted, actual = pair.state.tensors(), other.tensors()
    assert actual.keys() == wanted.keys()
    assert all(torch.equal(actual[name].float(), value.float()) for name, value in wanted.items())
    x, y = pair.batch()
    assert torch.equal(pair.trained(x, y).g_loss, train_step(other, iter([(x, y)]), pair.config.train).g_loss)


def test_networks_of_one_kind_share_the_layout_of_the_state() -> None:
    layout = StateLayout.of(points().model)
    assert StateLayout.of(points(loss="hinge", optimizer="sgd", batch=16).model) == layout
    assert StateLayout.of(points(width=7).model) != layout


def test_free_steps_of_a_stable_preset_stay_together() -> None:
    pair = Pair(points(width=16, d_width=16, batch=32))
    vectors = to_vectors(pair.state, pair.layout)
    for _ in range(50):
        x, y = pair.batch()
        actual = pair.compiled(vectors, x, y)
        report = pair.trained(x, y)
        vectors = Vectors(actual["next_g"], actual["next_d"], vectors.g_updates + 1, vectors.d_updates + 1)
    np.testing.assert_allclose(actual["report"][:2], [float(report.d_loss), float(report.g_loss)], atol=1e-3)


@pytest.mark.soak
@pytest.mark.parametrize("depth", range(5))
@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_every_loss_penalty_and_optimizer_is_the_trainers(loss: str, depth: int) -> None:
    for penalties, optimizer, update in itertools.product(PENALTIES, OPTIMIZERS, STEPS):
        compare(Pair(points(loss=loss, **penalties, optimizer=optimizer, beta1=0.5, depth=depth), update), 50)
