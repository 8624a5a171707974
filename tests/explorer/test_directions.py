"""Directions of z: what is found in generators whose directions are known, and that effects are those of the samples."""

from __future__ import annotations

import functools
import json
import math

import pytest
import torch
from torch import Tensor, nn

from gan_demo.config import LabelField, ModelConfig
from gan_demo.explorer.directions import digit_strokes, find, sample_budget
from gan_demo.explorer.directions.effects import SampleSet, attributes, residuals, variance_explained
from gan_demo.explorer.directions.find import Direction
from gan_demo.explorer.directions.sample_budget import SampleBudget, multiply_adds
from gan_demo.gan import latent
from gan_demo.gan.models.base import Generator
from gan_demo.gan.models.build import build_generator
from gan_demo.runs import library, networks

pytestmark = pytest.mark.usefixtures("one_thread")
COLOURS = (LabelField("colour", ("red", "green", "blue")),)
Z = 6


class Plain(Generator):
    """x = W·[z, 3y], through an activation that changes nothing."""

    def __init__(self, weights: Tensor, labels: tuple[LabelField, ...] = ()) -> None:
        super().__init__(plain(labels))
        layer = nn.Linear(weights.shape[1], len(weights), bias=False)
        layer.weight = nn.Parameter(weights)
        self.net = nn.Sequential(layer, nn.LeakyReLU(1.0))
        self.eval().requires_grad_(False)

    def synthesise(self, w: Tensor) -> Tensor:
        x: Tensor = self.net(w)
        return x


def plain(labels: tuple[LabelField, ...] = ()) -> ModelConfig:
    return ModelConfig(arch="points", z_dim=Z, conditional=bool(labels), shape=(2,), labels=labels)


def turned(n: int, seed: int) -> Tensor:
    """(n, n), orthogonal."""
    q: Tensor = torch.linalg.qr(torch.randn(n, n, generator=torch.Generator().manual_seed(seed))).Q
    return q


def known(strengths: tuple[float, ...]) -> tuple[Tensor, Tensor]:
    """Weights (8, Z) of known strengths, and the directions of z that they belong to (Z, Z), the strongest first."""
    V = turned(Z, 1)
    scaled = torch.tensor([*strengths, *[0.0] * (Z - len(strengths))])
    return turned(8, 2)[:, :Z] @ torch.diag(scaled) @ V, V


def assert_same_lines(found: Tensor, wanted: Tensor, least: float = 0.99999) -> None:
    assert (found * wanted).sum(1).abs().min() > least
    torch.testing.assert_close(found.norm(dim=1), torch.ones(len(found)))


def test_sefa_finds_the_strongest_directions_of_a_linear_generator() -> None:
    weights, V = known((8.0, 4.0, 2.0, 1.0))
    assert_same_lines(find.sefa(Plain(weights), 4), V[:4])


def test_ganspace_finds_them_too_from_samples_alone() -> None:
    weights, V = known((8.0, 4.0, 2.0))
    assert_same_lines(find.ganspace(Plain(weights), plain(), 3), V[:3], 0.98)


def test_labels_turn_no_direction_of_z() -> None:
    weights, V = known((8.0, 4.0))
    loud = 50 * torch.randn(8, 3, generator=torch.Generator().manual_seed(0))
    generator = Plain(torch.cat([weights, loud], 1), COLOURS)
    assert_same_lines(find.sefa(generator, 2), V[:2])
    assert_same_lines(find.ganspace(generator, plain(COLOURS), 2), V[:2], 0.98)


def test_a_transposed_convolution_is_factorised_by_what_it_does_to_z() -> None:
    model = ModelConfig(arch="dcgan64", z_dim=Z, width=4, d_width=4, conditional=False, shape=(3, 64, 64))
    generator = build_generator(model)
    u = find.sefa(generator, 2)
    first = next(each for each in generator.modules() if isinstance(each, nn.ConvTranspose2d))
    moved = [first(each[None, :, None, None]).norm() for each in [*u, *turned(Z, 5)]]
    assert moved[0] >= max(moved)


# ---- regression and effects


def test_a_regression_finds_the_direction_under_noise_and_labels() -> None:
    rng = torch.Generator().manual_seed(0)
    z, y = torch.randn(2_000, Z, generator=rng), torch.eye(3)[torch.randint(3, (2_000,), generator=rng)]
    u = turned(Z, 3)[0]
    values = 2 * z @ u + y @ torch.tensor([0.0, 40.0, -30.0]) + torch.randn(2_000, generator=rng)
    found = find.regression(z, values, y)
    assert float(found @ u) > 0.995


def test_the_share_that_is_explained_is_that_of_the_variance() -> None:
    rng = torch.Generator().manual_seed(0)
    coordinate, noise = torch.randn(2, 50_000, generator=rng)
    y = torch.eye(3)[torch.randint(3, (50_000,), generator=rng)]
    values = 3 * coordinate + 4 * noise + 100 * y[:, 0]
    assert variance_explained(coordinate, values[:, None], y) == pytest.approx(9 / 25, abs=0.01)
    assert variance_explained(coordinate, torch.ones(50_000, 1), y) < 1e-9


def test_what_labels_explain_is_taken_out_and_nothing_else() -> None:
    y = torch.eye(3).repeat(4, 1)
    rest = torch.randn(12, 2, generator=torch.Generator().manual_seed(0))
    values = rest + y @ torch.tensor([[5.0, 1.0], [0.0, 2.0], [9.0, 3.0]])
    means = torch.stack([values[k::3].mean(0) for k in range(3)]).repeat(4, 1)
    torch.testing.assert_close(residuals(values, y), (values - means).double(), rtol=0, atol=1e-5)


def test_pixels_move_as_far_as_a_linear_generator_says() -> None:
    weights, V = known((8.0, 4.0))
    samples = SampleSet.draw(Plain(weights), plain(), 50)
    effect = samples.pixel_effect(V[0], 50)
    assert effect.measure == "pixels"
    step = 2 * 8 / math.sqrt(8) / 2  # two deviations, strength 8, over 8 "pixels", as a share of black to white
    assert effect.values == pytest.approx((step, 0, step), rel=1e-4)
    assert samples.pixel_effect(V[1], 50).r2 < effect.r2
    assert samples.pixel_effect(V[5], 50).values == pytest.approx((0, 0, 0), abs=1e-5)


# ---- strokes


def bar(width: float, lean: float = 0.0) -> Tensor:
    """(1, 1, 28, 28): an upright bar, which leans by so many pixels to the right over its 20 of height."""
    x, y = torch.arange(28.0), torch.arange(28.0)
    middle = 13.5 + lean * (13.5 - y[:, None]) / 20
    ink = (width / 2 + 0.5 - (x[None, :] - middle).abs()).clamp(0, 1) * ((y >= 4) & (y < 24))[:, None]
    return (2 * ink - 1)[None, None]


@pytest.mark.parametrize("width", [2.0, 3.0, 5.0])
def test_a_bar_is_as_thick_as_it_is(width: float) -> None:
    # the outline has two ends as well, so that thick bars come out a little thinner
    assert float(digit_strokes.thickness(bar(width))) == pytest.approx(width * 20 / (20 + width), rel=0.06)


@pytest.mark.parametrize("lean", [-8.0, 0.0, 8.0])
def test_a_bar_leans_as_it_leans(lean: float) -> None:
    wanted = math.degrees(math.atan(lean / 20))
    assert float(digit_strokes.slant(bar(3, lean))) == pytest.approx(wanted, abs=0.5)


def test_a_square_is_as_large_as_it_is_and_its_place_does_not_matter() -> None:
    x = -torch.ones(2, 1, 28, 28)
    x[0, 0, 4:14, 4:14] = 1
    x[1, 0, 12:22, 15:25] = 1
    wanted = math.sqrt(2 * (10**2 - 1) / 12)
    assert digit_strokes.size(x).tolist() == pytest.approx([wanted, wanted], rel=1e-4)
    assert digit_strokes.slant(x).tolist() == pytest.approx([0, 0], abs=1e-3)


@pytest.mark.parametrize("measure", digit_strokes.MEASURES.values(), ids=digit_strokes.MEASURES)
def test_a_blank_picture_has_a_measure_too(measure: digit_strokes.Measure) -> None:
    assert measure(-torch.ones(1, 1, 28, 28)).isfinite().all()


# ---- whole lists

KINDS = [
    ("mlp", (1, 28, 28)),
    ("dcgan", (1, 28, 28)),
    ("dcgan", (3, 64, 64)),
    ("resnet", (3, 32, 32)),
    ("dcgan64", (3, 64, 64)),
    ("points", (2,)),
]


@pytest.mark.parametrize("labels", [(), COLOURS], ids=["free", "labelled"])
@pytest.mark.parametrize("mapping", [0, 2], ids=["direct", "mapped"])
@pytest.mark.parametrize(("arch", "shape"), KINDS)
def test_every_architecture_has_directions(
    arch: str, shape: tuple[int, ...], mapping: int, labels: tuple[LabelField, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "GANSPACE_SAMPLES", 64)
    monkeypatch.setattr(sample_budget, "FULL_BUDGET_WORK", 1)
    model = ModelConfig(
        arch=arch, z_dim=16, width=4, d_width=4, mapping=mapping, conditional=bool(labels), shape=shape, labels=labels
    )
    found = find.directions_as_json(build_generator(model).eval(), model, "")
    assert {each["family"] for each in found} == {"change", "ganspace", "sefa"}
    assert len({each["key"] for each in found}) == len(found)
    for each in found:
        assert math.hypot(*each["u"]) == pytest.approx(1, abs=1e-4)
    json.dumps(found, allow_nan=False)


@functools.cache
def learned(name: str) -> dict[str, Direction]:
    run = library.find(name)
    return {each.name: each for each in find.learned(networks.generator(run), run.config.model, run.config.data.name)}


def test_digits_get_thicker_lean_and_grow_along_their_directions() -> None:
    found = learned("digits")
    assert set(found) == {"thickness", "slant", "size"}, "their class is decided by the label"
    low, _, high = found["slant"].effect.values
    assert high - low > 30, "degrees"
    low, _, high = found["thickness"].effect.values
    assert high > 1.8 * low
    assert found["thickness"].effect.r2 > 0.6


def test_a_direction_does_to_new_samples_what_it_says() -> None:
    run, slant = library.find("digits"), learned("digits")["slant"]
    z, y = latent.sample_z(200, 64, seed=99), latent.random_labels(200, run.config.model.labels, seed=99)
    moved = z + (2 - z @ slant.u)[:, None] * slant.u
    leaning = digit_strokes.slant(latent.generate(networks.generator(run), moved, y)).mean()
    assert float(leaning) == pytest.approx(slant.effect.values[2], abs=3)


def test_a_model_without_labels_has_directions_towards_classes() -> None:
    found = learned("tutorial")
    assert {"thickness", "slant", "digit.1", "digit.7"} <= set(found)
    low, _, high = found["digit.7"].effect.values
    assert low < 0.05 < 0.5 < high


def test_faces_keep_only_what_z_still_decides() -> None:
    found = learned("faces")
    assert "beard.yes" in found
    assert not any(name.startswith(("hat", "background")) for name in found), "the label decides these alone"
    assert "smile.no" not in found, "of two values one is enough"


def test_a_generator_that_ignores_z_has_nothing_learned() -> None:
    run = library.find("digits")
    generator = networks.generator(run)
    for each in generator.modules():
        if isinstance(each, nn.Linear):
            each.weight[:, :64] = 0
    assert list(find.learned(generator, run.config.model, "mnist")) == []


def test_what_no_classifier_reads_has_nothing_learned() -> None:
    run = library.find("digits")
    assert list(find.learned(networks.generator(run), run.config.model, "fashion")) == []


def test_attributes_are_probabilities_in_the_order_of_its_names() -> None:
    from gan_demo.gan.classifier import load_classifier

    reader = load_classifier((3, 32, 32))
    assert reader is not None
    model = library.find("faces").config.model
    measured = attributes(model, reader, is_digits=False)
    x = torch.rand(5, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1
    values = dict(zip(measured.names, measured.measure(x).T, strict=True))
    logits = reader(x).split(reader.sizes, dim=1)
    torch.testing.assert_close(values["smile.yes"], logits[0].softmax(1)[:, 1])
    torch.testing.assert_close(values["background.4"], logits[7].softmax(1)[:, 4])


# ---- what large models cost


def resnet64(width: int, labels: tuple[LabelField, ...] = ()) -> tuple[Generator, ModelConfig]:
    model = ModelConfig("resnet", 8, width, 4, depth=1, conditional=bool(labels), shape=(3, 64, 64), labels=labels)
    return build_generator(model).eval().requires_grad_(False), model


def test_multiply_adds_are_those_of_its_layers() -> None:
    generator = build_generator(ModelConfig("dcgan", 8, 4, 4, shape=(1, 28, 28))).eval()
    wanted = 8 * 8 * 49 + 8 * 4 * 16 * 49 + 4 * 1 * 16 * 14 * 14  # z to 7×7×8, to 14×14×4, to 28×28×1
    assert multiply_adds(generator, ModelConfig("dcgan", 8, 4, 4, shape=(1, 28, 28))) == wanted


@pytest.mark.parametrize("name", ["digits", "faces", "tutorial"])
def test_nothing_is_spared_of_the_shipped_models(name: str) -> None:
    run = library.find(name)
    assert SampleBudget.of(networks.generator(run), run.config.model) == SampleBudget(64, 96, 96, 2_000, 512, 128)


def test_a_network_of_a_hundred_times_the_work_is_drawn_from_much_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = 0

    def counted(self: nn.Module, w: Tensor) -> Tensor:
        nonlocal drawn
        drawn += len(w)
        return draw(self, w)

    generator, model = resnet64(4)
    draw = type(generator).synthesise
    monkeypatch.setattr(type(generator), "synthesise", counted)
    monkeypatch.setattr(sample_budget, "FULL_BUDGET_WORK", multiply_adds(generator, model) // 100)
    assert len(find.directions_as_json(generator, model, "")) == 20
    # three times 4 for each of 20 directions, 24 for their variance, 24 gradients, 600 without images, one for the multiply-adds
    assert drawn <= 20 * 3 * 4 + 24 + 24 + 600 + 2


def test_with_labels_there_are_more_samples_than_labels_explain() -> None:
    many = (LabelField("kind", tuple(map(str, range(40)))),)
    generator, model = resnet64(32, many)
    assert SampleBudget.of(generator, model).variance == 80


def test_a_regression_has_more_samples_than_it_finds_numbers() -> None:
    model = ModelConfig("resnet", 512, 32, 4, depth=1, shape=(3, 64, 64))
    assert SampleBudget.of(build_generator(model).eval(), model).fit >= 3 * 512


def test_components_of_the_first_activations_need_no_picture() -> None:
    class Blind(Plain):
        def synthesise(self, w: Tensor) -> Tensor:
            super().synthesise(w)
            raise AssertionError("a picture was drawn")

    weights, V = known((4.0, 2.0))
    assert_same_lines(find.ganspace(Blind(weights), plain(), 2), V[:2], least=0.99)
