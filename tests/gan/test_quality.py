"""The shipped classifiers against data they must read, and the quality of constructed sets of samples."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import math
import sys
from pathlib import Path

import pytest
import torch

from gan_demo.config import DataConfig
from gan_demo.data import datasets
from gan_demo.data import points as data_points
from gan_demo.data.datasets import Dataset
from gan_demo.gan import classifier, metrics
from gan_demo.gan.classifier import load_classifier
from gan_demo.gan.metrics import (
    Quality,
    frechet_distance,
    points_quality,
    quality_for,
)
from tests.gan.measured_sets import digits as digits
from tests.gan.measured_sets import rng

DATA = Path(classifier.__file__).parent / "classifiers"


@pytest.fixture(scope="module")
def quality(digits: Dataset) -> Quality:
    quality = quality_for(digits)
    assert quality is not None
    return quality


def number(values: dict[str, float | list[float]], key: str) -> float:
    value = values[key]
    assert isinstance(value, float)
    return value


def plain(data: Dataset, name: str) -> Dataset:
    """Return the same samples under another name."""
    return dataclasses.replace(data, name=name)


def test_the_digit_classifier_reads_the_embedded_digits(digits: Dataset) -> None:
    net = load_classifier((1, 28, 28))
    assert net is not None
    reading = metrics.read(net, digits.samples)
    assert (reading.values == digits.labels).double().mean() > 0.99


def test_the_face_classifier_reads_every_attribute() -> None:
    faces = datasets.load(DataConfig("faces"))
    net = load_classifier((3, 32, 32))
    assert net is not None
    reading = metrics.read(net, faces.samples[:2_000])
    right = (reading.values == faces.labels[:2_000]).double().mean(0)
    accuracy = dict(zip([field.name for field in net.fields], right.tolist(), strict=True))
    hair = accuracy.pop("hair_color")  # may be hidden under a hat
    assert hair > 0.9
    assert min(accuracy.values()) > 0.97, accuracy


def test_the_digit_classifier_is_as_good_as_its_card_says(mnist_root: Path) -> None:
    held_out = datasets.held_out("mnist", str(mnist_root))
    net = load_classifier((1, 28, 28))
    assert net is not None
    reading = metrics.read(net, held_out.samples)
    accuracy = float((reading.values == held_out.labels).double().mean())
    card = json.loads((DATA / "digits.json").read_text(encoding="utf-8"))
    assert accuracy == pytest.approx(card["held_out"]["accuracy"]["digit"], abs=2e-4)
    assert accuracy > 0.993
    assert float(reading.confidence.mean()) == pytest.approx(accuracy, abs=0.01)  # calibrated


def test_the_digit_classifier_is_not_sure_of_noise() -> None:
    net = load_classifier((1, 28, 28))
    assert net is not None
    noise = torch.rand(500, 1, 28, 28, generator=rng()) * 2 - 1
    assert (metrics.read(net, noise).confidence > classifier.SURE).double().mean() < 0.02


def test_classifiers_are_frozen_shared_and_know_their_fields() -> None:
    net = load_classifier((3, 32, 32))
    assert net is not None
    assert net is load_classifier(torch.Size([3, 32, 32]))
    assert not net.training
    assert not any(p.requires_grad for p in net.parameters())
    assert net.fields == datasets.DATASETS["faces"].labels
    assert load_classifier((3, 64, 64)) is None


def test_a_saved_classifier_opens_as_it_was(tmp_path: Path) -> None:
    net = load_classifier((1, 28, 28))
    assert net is not None
    classifier.save_classifier(net, tmp_path / "copy.safetensors")
    again = classifier.open_classifier(tmp_path / "copy.safetensors")
    x = torch.rand(3, 1, 28, 28, generator=rng()) * 2 - 1
    assert torch.equal(net(x), again(x))
    assert again.fields == net.fields


@pytest.mark.parametrize("name", ["digits", "faces"])
def test_every_classifier_has_a_card(name: str) -> None:
    card = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    assert {"data", "held_out", "training_seconds", "settings", "licence"} <= set(card)
    assert card["bytes"] == (DATA / f"{name}.safetensors").stat().st_size


def test_the_training_script_learns_digits_and_scales_the_features(digits: Dataset) -> None:
    path = Path(__file__).resolve().parents[2] / "scripts" / "train_classifiers.py"
    spec = importlib.util.spec_from_file_location("train_classifiers", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    sys.modules["train_classifiers"] = script  # dataclasses look their module up
    spec.loader.exec_module(script)
    images, labels = digits.samples, digits.labels
    split = script.Split(images[:1_000], labels[:1_000], images[4_500:], labels[4_500:])
    net = script.train(split, list(digits.fields), script.Settings(epochs=4, batch=64, ema=0.9))
    assert script.judge(net, split)["accuracy"]["digit"] > 0.8
    assert metrics.read(net, split.images).features.var(0).sum() == pytest.approx(100, rel=0.01)


def test_real_digits_measure_as_good(quality: Quality, digits: Dataset) -> None:
    values = quality.measure(datasets.to_float(digits.samples[:1_000]), digits.labels[:1_000])
    assert number(values, "fcd") < 2
    assert number(values, "classes") == 10
    assert number(values, "confident") > 0.95
    assert number(values, "label_accuracy") > 0.99
    assert number(values, "precision") > 0.7
    assert number(values, "recall") > 0.7


def test_noise_measures_as_bad(quality: Quality) -> None:
    values = quality.measure(torch.rand(1_000, 1, 28, 28, generator=rng()) * 2 - 1)
    assert number(values, "fcd") > 50
    assert number(values, "classes") == 0
    assert number(values, "precision") < 0.01
    assert "label_accuracy" not in values


def test_a_generator_that_draws_one_digit_covers_one_class(quality: Quality, digits: Dataset) -> None:
    sevens = digits.samples[digits.labels[:, 0] == 7]
    values = quality.measure(datasets.to_float(sevens))
    histogram = values["histogram"]
    assert isinstance(histogram, list)
    assert number(values, "classes") == 1
    assert histogram[7] > 0.98
    assert number(values, "fcd") > 20
    assert number(values, "recall") < 0.3


def test_training_images_are_varied_and_not_new(quality: Quality, digits: Dataset) -> None:
    values = quality.measure(datasets.to_float(digits.samples[:1_000]))
    assert number(values, "diversity") == pytest.approx(1, abs=0.1)
    assert number(values, "novelty") < 0.9  # some of them are among the neighbours, at no distance
    few = quality_for(dataclasses.replace(digits, samples=digits.samples[:20], labels=digits.labels[:20]))
    assert few is not None
    copies = few.measure(datasets.to_float(digits.samples[:20].repeat(5, 1, 1, 1)))
    assert number(copies, "novelty") == pytest.approx(0, abs=1e-3)
    others = few.measure(datasets.to_float(digits.samples[20:120]))
    assert number(others, "novelty") == pytest.approx(1, abs=0.25)


@pytest.mark.soak  # a property of the data and the shipped classifier; the distances of few samples are tested above
def test_held_out_digits_are_as_new_and_as_varied_as_the_training_digits(mnist_root: Path) -> None:
    quality = quality_for(datasets.load(DataConfig("mnist", root=str(mnist_root))))
    assert quality is not None
    measured = quality.measure(datasets.to_float(datasets.held_out("mnist", str(mnist_root)).samples[:2_000]))
    assert number(measured, "diversity") == pytest.approx(1, abs=0.1)
    assert number(measured, "novelty") == pytest.approx(1, abs=0.1)


def test_one_image_over_and_over_has_no_diversity(quality: Quality, digits: Dataset) -> None:
    values = quality.measure(datasets.to_float(digits.samples[:1].repeat(50, 1, 1, 1)))
    assert number(values, "diversity") == pytest.approx(0, abs=1e-3)


def test_labels_that_were_not_obeyed_are_noticed(quality: Quality, digits: Dataset) -> None:
    wrong = (digits.labels[:500] + 1) % 10
    assert number(quality.measure(datasets.to_float(digits.samples[:500]), wrong), "label_accuracy") < 0.02


def test_the_distance_grows_with_noise(quality: Quality, digits: Dataset) -> None:
    real = datasets.to_float(digits.samples[:1_000])
    disturbance = torch.randn(real.shape, generator=rng())
    rising = [number(quality.measure((real + s * disturbance).clamp(-1, 1)), "fcd") for s in (0, 0.2, 0.4, 0.8)]
    assert rising == sorted(rising)


@pytest.fixture(scope="module")
def mnist_quality(mnist_root: Path) -> Quality:
    """Measure against a third of MNIST, which is classified in a third of the time."""
    quality = quality_for(datasets.load(DataConfig("mnist", root=str(mnist_root))), limit=20_000)
    assert quality is not None
    return quality


def test_average_features_alone_are_at_a_distance_of_about_a_hundred(mnist_quality: Quality) -> None:
    reference = mnist_quality.reference
    constant = reference._replace(covariance=torch.zeros(128, 128).double())
    assert frechet_distance(reference, constant) == pytest.approx(100, abs=1)


def test_held_out_digits_are_close_to_the_training_digits(mnist_quality: Quality, mnist_root: Path) -> None:
    held_out = datasets.held_out("mnist", str(mnist_root))
    assert number(mnist_quality.measure(datasets.to_float(held_out.samples)), "fcd") < 0.3


def test_quality_of_the_same_data_is_built_once(quality: Quality, digits: Dataset) -> None:
    again = datasets.load(DataConfig("digits"))
    assert quality_for(again) is quality
    assert quality_for(digits, limit=1_000) is not quality
    assert quality_for(dataclasses.replace(digits, samples=255 - digits.samples)) is not quality


def test_data_that_the_classifier_does_not_know_has_no_classes(digits: Dataset) -> None:
    quality = quality_for(plain(digits, "fashion"))
    assert quality is not None
    measured = quality.measure(datasets.to_float(digits.samples[:500]), digits.labels[:500])
    assert set(measured) == {"fcd", "precision", "recall", "diversity", "novelty"}


def test_data_of_another_shape_has_no_quality() -> None:
    big = Dataset("images", torch.zeros(10, 3, 64, 64, dtype=torch.uint8), torch.zeros(10, 0).long(), ())
    assert quality_for(big) is None


def test_a_small_set_of_own_images_can_be_measured() -> None:
    images = torch.randint(0, 256, (12, 3, 32, 32), generator=rng()).to(torch.uint8)
    quality = quality_for(Dataset("images", images, torch.zeros(12, 0).long(), ()))
    assert quality is not None
    assert number(quality.measure(datasets.to_float(images)), "fcd") == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", sorted(data_points.SIGMA))
def test_real_points_measure_as_good(name: str) -> None:
    data = datasets.load(DataConfig(name))
    values = points_quality(data.samples[:4_000], name)
    histogram = values["histogram"]
    assert isinstance(histogram, list)
    assert number(values, "modes") == len(histogram)
    assert number(values, "high_quality") > 0.97
    assert number(values, "kl") < 0.01
    assert number(values, "diversity") == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("name", sorted(data_points.SIGMA))
def test_points_far_away_measure_as_bad(name: str) -> None:
    values = points_quality(torch.full((500, 2), 9.0), name)
    assert number(values, "modes") == 0
    assert number(values, "high_quality") == 0


def test_collapsed_points_cover_one_mode_of_the_ring() -> None:
    values = points_quality(data_points.modes("ring")[3].expand(800, 2), "ring")
    assert number(values, "modes") == 1
    assert number(values, "high_quality") == 1
    assert number(values, "kl") == pytest.approx(math.log(8), abs=1e-5)
    assert number(values, "diversity") == 0


def test_a_mode_with_a_few_stray_points_is_not_covered() -> None:
    centres = data_points.modes("ring")
    counts = torch.tensor([1_000, 2, 100, 100, 100, 100, 100, 100])  # a tenth of the fair share is 20
    assert number(points_quality(centres.repeat_interleave(counts, dim=0), "ring"), "modes") == 7


def test_half_a_spiral_covers_half_of_its_pieces() -> None:
    curve = data_points.modes("spiral")
    values = points_quality(curve[: len(curve) // 2].repeat(4, 1), "spiral")
    assert number(values, "modes") == 8
    assert number(values, "high_quality") == 1
    assert number(values, "kl") == pytest.approx(math.log(2), abs=0.01)


def test_of_own_points_the_diversity_is_measured() -> None:
    real = torch.randn(3_000, 2, generator=torch.Generator().manual_seed(0))
    values = points_quality(real[1_000:], "own_points", real)
    assert set(values) == {"diversity"}
    assert number(values, "diversity") == pytest.approx(1, abs=0.1)


def test_points_that_are_not_numbers_are_no_good() -> None:
    values = points_quality(torch.full((10, 2), float("nan")), "ring")
    assert (number(values, "modes"), number(values, "high_quality")) == (0, 0)
