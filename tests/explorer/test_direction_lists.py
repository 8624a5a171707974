"""Whole lists of directions: of every architecture, true of new samples, and affordable for large models."""

from __future__ import annotations

import functools
import json
import math

import pytest
import torch
from torch import Tensor, nn

from gan_demo.config import LabelField, ModelConfig
from gan_demo.explorer.directions import digit_strokes, find, sample_budget
from gan_demo.explorer.directions.effects import attributes
from gan_demo.explorer.directions.find import Direction
from gan_demo.explorer.directions.sample_budget import SampleBudget, multiply_adds
from gan_demo.gan import latent
from gan_demo.gan.models.base import Generator
from gan_demo.gan.models.build import build_generator
from gan_demo.runs import library, networks
from tests.explorer.plain_generators import COLOURS, Plain, assert_same_lines, known, plain
from tests.gan.architectures import KINDS

pytestmark = pytest.mark.usefixtures("one_thread")


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
    directions = find.directions_as_json(build_generator(model).eval(), model, "")
    assert {each["family"] for each in directions} == {"change", "ganspace", "sefa"}
    assert len({each["key"] for each in directions}) == len(directions)
    for each in directions:
        assert math.hypot(*each["u"]) == pytest.approx(1, abs=1e-4)
    json.dumps(directions, allow_nan=False)


@functools.cache
def learned(name: str) -> dict[str, Direction]:
    run = library.find(name)
    return {each.name: each for each in find.learned(networks.generator(run), run.config.model, run.config.data.name)}


def test_digits_get_thicker_lean_and_grow_along_their_directions() -> None:
    directions = learned("digits")
    assert set(directions) == {"thickness", "slant", "size"}, "their class is decided by the label"
    low, _, high = directions["slant"].effect.values
    assert high - low > 30, "degrees"
    low, _, high = directions["thickness"].effect.values
    assert high > 1.8 * low
    assert directions["thickness"].effect.r2 > 0.6


def test_a_direction_does_to_new_samples_what_it_says() -> None:
    run, slant = library.find("digits"), learned("digits")["slant"]
    z, y = latent.sample_z(200, 64, seed=99), latent.random_labels(200, run.config.model.labels, seed=99)
    moved = z + (2 - z @ slant.u)[:, None] * slant.u
    leaning = digit_strokes.slant(latent.generate(networks.generator(run), moved, y)).mean()
    assert float(leaning) == pytest.approx(slant.effect.values[2], abs=3)


def test_a_model_without_labels_has_directions_towards_classes() -> None:
    directions = learned("tutorial")
    assert {"thickness", "slant", "digit.1", "digit.7"} <= set(directions)
    low, _, high = directions["digit.7"].effect.values
    assert low < 0.05 < 0.5 < high


def test_faces_keep_only_what_z_still_decides() -> None:
    directions = learned("faces")
    assert "beard.yes" in directions
    assert not any(name.startswith(("hat", "background")) for name in directions), "the label decides these alone"
    assert "smile.no" not in directions, "of two values one is enough"


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
