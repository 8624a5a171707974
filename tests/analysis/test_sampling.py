"""Samples with labels, and the metrics of a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from gan_demo.analysis import sampling
from gan_demo.analysis.sampling import balanced_labels, draw, parse_labels
from gan_demo.config import DataConfig, LabelField, ModelConfig, RunConfig, TrainConfig
from gan_demo.data import datasets
from gan_demo.errors import ConfigError, GanDemoError
from gan_demo.gan.models.base import Generator
from gan_demo.gan.models.build import build_generator
from gan_demo.runs.run_dir import RunDir
from gan_demo.training.trainer import train

DIGIT = (LabelField("digit", tuple("0123456789")),)
FIELDS = (LabelField("smile", ("no", "yes")), LabelField("hat", ("none", "cap", "crown")))


def network(fields: tuple[LabelField, ...] = (), shape: tuple[int, ...] = (1, 28, 28)) -> Generator:
    arch = "points" if shape == (2,) else "mlp"
    model = ModelConfig(arch, 4, 2, 2, conditional=bool(fields), shape=shape, labels=fields)
    return build_generator(model).eval().requires_grad_(False)


@pytest.mark.parametrize(("shape", "drawn"), [((1, 28, 28), (5, 28, 28, 1)), ((3, 32, 32), (5, 32, 32, 3))])
def test_images_are_bytes_with_the_channel_last(shape: tuple[int, ...], drawn: tuple[int, ...]) -> None:
    images = draw(network(shape=shape), (), 5, 0)
    assert (images.samples.shape, images.samples.dtype, images.labels) == (drawn, np.uint8, None)


def test_points_are_floats() -> None:
    points = draw(network(shape=(2,)), (), 5, 0)
    assert (points.samples.shape, points.samples.dtype) == ((5, 2), np.float32)


def test_one_label_is_a_column_and_several_are_a_table() -> None:
    labels = draw(network(DIGIT), DIGIT, 20, 0).labels
    assert labels is not None
    assert labels.tolist() == [*range(10)] * 2
    several = draw(network(FIELDS), FIELDS, 20, 0).labels
    assert several is not None
    assert (several.shape, several.dtype) == ((20, 2), np.int64)


def test_given_labels_are_drawn() -> None:
    labels = torch.tensor([[1, 2], [0, 0]])
    G = network(FIELDS)
    images, other = draw(G, FIELDS, 2, 0, labels), draw(G, FIELDS, 2, 0, labels.flip(0))
    assert images.labels is not None
    assert images.labels.tolist() == labels.tolist()
    assert (images.samples != other.samples).any()


def test_the_seed_decides_and_fewer_samples_are_the_first_of_more() -> None:
    G = network(DIGIT)
    few, many, other = draw(G, DIGIT, 3, 1), draw(G, DIGIT, 9, 1), draw(G, DIGIT, 9, 2)
    assert np.abs(few.samples.astype(int) - many.samples[:3]).max() <= 1  # a batch's size may change the last bit
    assert (many.samples != other.samples).any()


@pytest.mark.parametrize(
    ("n", "seed", "field"), [(0, 0, "n"), (-1, 0, "n"), (100_001, 0, "n"), (1, -1, "seed"), (1, 2**63, "seed")]
)
def test_numbers_out_of_range_are_refused(n: int, seed: int, field: str) -> None:
    with pytest.raises(ConfigError) as caught:
        draw(network(), (), n, seed)
    assert caught.value.field == field


def test_several_fields_get_every_value() -> None:
    labels = balanced_labels(FIELDS, 300, 0)
    assert labels[:, 0].unique().tolist() == [0, 1]
    assert labels[:, 1].unique().tolist() == [0, 1, 2]
    assert torch.equal(labels, balanced_labels(FIELDS, 300, 0))


def test_labels_of_the_data_are_rows_of_the_data() -> None:
    data = datasets.load(DataConfig("faces", limit=50))
    rows = sampling.data_labels(data, 30, 0)
    assert (rows[:, None] == data.labels).all(2).any(1).all()


# ---- labels as text


@pytest.mark.parametrize(
    ("text", "fields", "wanted"),
    [
        ("3", DIGIT, [3]),
        ("digit=3", DIGIT, [3]),
        ("smile=yes", FIELDS, [1, 0]),
        ("hat=crown, smile=yes", FIELDS, [1, 2]),
        ("hat=cap,hat=crown", FIELDS, [0, 2]),
    ],
)
def test_text_names_values_and_the_rest_stays(text: str, fields: tuple[LabelField, ...], wanted: list[int]) -> None:
    otherwise = torch.zeros(4, len(fields), dtype=torch.int64)
    assert parse_labels(text, fields, 4, otherwise).tolist() == [wanted] * 4
    assert otherwise.sum() == 0


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("10", DIGIT),
        ("", DIGIT),
        ("three", DIGIT),
        ("letter=3", DIGIT),
        ("digit=", DIGIT),
        ("yes", FIELDS),
        ("smile=maybe", FIELDS),
        ("smile", FIELDS),
        ("smile=yes,", FIELDS),
        ("=", FIELDS),
        ("3", ()),
    ],
)
def test_text_that_names_no_label_is_refused(text: str, fields: tuple[LabelField, ...]) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_labels(text, fields, 1, torch.zeros(1, len(fields), dtype=torch.int64))
    assert caught.value.field == "label"


# ---- evaluate


def trained(path: Path, data: DataConfig, model: ModelConfig) -> RunDir:
    run = RunDir.create(path, RunConfig(data, model, TrainConfig(batch=8, steps=2, evaluate=False)), "test")
    for _ in train(run):
        pass
    return RunDir(path)


def test_a_2d_run_is_measured(tmp_path: Path) -> None:
    quality = sampling.evaluate(trained(tmp_path / "run", DataConfig("ring"), ModelConfig("points", 2, 8, 8, 2)), n=500)
    assert (quality["step"], quality["samples"]) == (2, 500)
    assert {"modes", "high_quality", "kl"} <= set(quality)


def test_a_run_of_digits_is_measured_at_any_checkpoint(tmp_path: Path) -> None:
    model = ModelConfig("mlp", 4, 2, 2, conditional=True)
    run = trained(tmp_path / "run", DataConfig("digits", limit=300), model)
    quality = sampling.evaluate(run, step=run.checkpoints[0], n=200)
    assert quality["step"] == run.checkpoints[0]
    assert {"fcd", "precision", "recall", "classes", "confident"} <= set(quality)
    with pytest.raises(GanDemoError):
        sampling.evaluate(run, step=999, n=200)
