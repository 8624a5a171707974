"""Data sets: their contents and limits, and batches that depend on the random state alone."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch

from gan_demo import own_points
from gan_demo.config import DataConfig, LabelField
from gan_demo.data import datasets, points
from gan_demo.data.datasets import DATASETS, Dataset, batches, load, multi_hot, to_float
from gan_demo.data.points import modes
from gan_demo.errors import ConfigError, DataError

POINT_SETS = [name for name, each in DATASETS.items() if each.kind == "points" and each.count]
EMBEDDED = ["digits", "faces"]


@pytest.fixture(scope="module", params=EMBEDDED)
def embedded(request: pytest.FixtureRequest) -> Dataset:
    return load(DataConfig(request.param))


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_an_embedded_set_is_what_its_entry_says(embedded: Dataset) -> None:
    known = DATASETS[embedded.name]
    assert embedded.samples.shape == (known.count, *known.shape)
    assert embedded.samples.dtype == torch.uint8
    assert (int(embedded.samples.min()), int(embedded.samples.max())) == (0, 255)
    assert embedded.fields == known.labels
    assert embedded.labels.shape == (known.count, len(known.labels))
    assert embedded.labels.dtype == torch.int64
    for column, each in enumerate(known.labels):
        assert embedded.labels[:, column].unique().tolist() == list(range(len(each.values)))


def test_the_digits_are_five_hundred_of_each() -> None:
    assert torch.bincount(load(DataConfig("digits")).labels[:, 0]).tolist() == [500] * 10


@pytest.mark.parametrize("name", POINT_SETS)
def test_a_2d_set_lies_within_its_picture(name: str) -> None:
    data = load(DataConfig(name), seed=3)
    assert data.samples.shape == (DATASETS[name].count, 2)
    assert data.samples.dtype == torch.float32
    assert data.labels.shape == (len(data.samples), 0)
    assert data.samples.abs().max() < 2.5
    assert data.samples.std(0).min() > 0.3


@pytest.mark.parametrize("name", POINT_SETS)
def test_a_2d_set_depends_on_its_seed(name: str) -> None:
    first, again, other = (load(DataConfig(name), seed).samples for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize(("name", "count"), [("ring", 8), ("grid", 25), ("gaussians", 2), ("blobs", 3)])
def test_points_lie_evenly_at_the_modes(name: str, count: int) -> None:
    samples, centres = load(DataConfig(name)).samples, modes(name)
    assert centres.shape == (count, 2)
    distance, nearest = torch.cdist(samples, centres).min(1)
    fair = len(samples) / count
    assert torch.bincount(nearest, minlength=count).float().sub(fair).abs().max() < 6 * fair**0.5
    # Rayleigh: the share within two deviations of a mode is 1 - exp(-2) = 0.865
    assert float((distance < 2 * points.SIGMA[name]).float().mean()) == pytest.approx(0.865, abs=0.01)


@pytest.mark.parametrize("name", ["spiral", "moons", "line"])
def test_points_lie_along_the_curve(name: str) -> None:
    distance = torch.cdist(load(DataConfig(name)).samples, modes(name)).min(1).values
    assert float((distance < 3 * points.SIGMA[name]).float().mean()) > 0.98


def test_own_points_are_those_of_the_settings() -> None:
    wanted = np.arange(20, dtype="<f4").reshape(10, 2)
    data = load(DataConfig("own_points", points=own_points.pack(wanted.tobytes())), seed=3)
    assert data.samples.tolist() == wanted.tolist()
    assert data.labels.shape == (10, 0)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (np.zeros(0), "between 8 and 20000"),
        (np.zeros(14), "between 8 and 20000"),
        (np.zeros(40_002), "between 8 and 20000"),
        (np.zeros(17), "not readable"),
        (np.full(16, np.nan), "not readable"),
        (np.full(16, 1e30), "not readable"),
    ],
)
def test_own_points_of_no_use_make_no_settings(values: np.ndarray, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        DataConfig("own_points", points=own_points.pack(values.astype("<f4").tobytes()))


def test_a_text_that_holds_no_points_is_refused() -> None:
    with pytest.raises(ConfigError, match="not readable"):
        DataConfig("own_points", points="no points, but text")


def test_every_set_names_a_shape_a_kind_and_a_licence() -> None:
    for name, each in DATASETS.items():
        assert each.name == name
        assert each.licence
        assert (each.kind == "points") == (each.shape == (2,))
        assert each.embedded or name == "images" or DATASETS[each.fallback].embedded
        assert not each.fallback or DATASETS[each.fallback].shape == each.shape


def test_an_unknown_set_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(DataError) as caught:
        load(DataConfig("imagenet"))
    assert (caught.value.field, caught.value.value) == ("data", "imagenet")
    assert all(name in str(caught.value) for name in DATASETS)


# ---- limit


@pytest.mark.parametrize("name", [*EMBEDDED, "ring"])
def test_limit_takes_the_first(name: str) -> None:
    whole, part = load(DataConfig(name)), load(DataConfig(name, limit=300))
    assert torch.equal(part.samples, whole.samples[:300])
    assert torch.equal(part.labels, whole.labels[:300])


@pytest.mark.parametrize("name", EMBEDDED)
def test_a_limited_set_still_has_every_class(name: str) -> None:
    part = load(DataConfig(name, limit=500))
    assert part.labels[:, 0].unique().tolist() == list(range(len(part.fields[0].values)))


def test_a_limit_above_the_count_is_all() -> None:
    assert len(load(DataConfig("digits", limit=10**6)).samples) == 5_000


# ---- batches


def test_batches_have_their_shapes_and_ranges(embedded: Dataset) -> None:
    x, y = next(batches(embedded, 64, rng()))
    assert x.shape == (64, *embedded.shape)
    assert x.dtype == torch.float32
    assert -1 <= x.min() < -0.9
    assert 0.9 < x.max() <= 1
    assert y is not None
    assert y.shape == (64, sum(len(each.values) for each in embedded.fields))
    assert (y.sum(1) == len(embedded.fields)).all()


def test_a_batch_keeps_samples_and_labels_together() -> None:
    data = Dataset(
        "own",
        torch.arange(10, dtype=torch.uint8)[:, None, None, None].expand(10, 1, 2, 2).clone(),
        torch.arange(10)[:, None],
        (LabelField("n", tuple("0123456789")),),
    )
    x, y = next(batches(data, 200, rng()))
    assert y is not None
    assert torch.equal(x[:, 0, 0, 0].mul(127.5).add(127.5).round().long(), y.argmax(1))
    assert len(y.argmax(1).unique()) == 10  # drawn from all of them


def test_sets_without_labels_give_none() -> None:
    x, y = next(batches(load(DataConfig("ring")), 16, rng()))
    assert (x.shape, y) == ((16, 2), None)


@pytest.mark.parametrize("flip", [False, True])
def test_the_random_state_alone_decides_the_batches(flip: bool) -> None:
    data = load(DataConfig("faces", limit=100))
    state = rng(5)
    stream = batches(data, 8, state, flip)
    for _ in range(3):
        next(stream)
    rng_state = state.get_state()
    wanted = [next(stream) for _ in range(3)]
    state = rng()
    state.set_state(rng_state)
    for (x, y), (again, labels) in zip(wanted, batches(data, 8, state, flip), strict=False):
        assert torch.equal(x, again)
        assert y is not None
        assert labels is not None
        assert torch.equal(y, labels)


def test_batches_do_not_touch_the_global_generator() -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    list(itertools.islice(batches(load(DataConfig("faces", limit=50)), 8, rng(), flip=True), 3))
    assert torch.equal(torch.get_rng_state(), before)


def test_flip_mirrors_about_half_of_the_images_left_to_right() -> None:
    image = torch.arange(12, dtype=torch.uint8).view(1, 1, 3, 4)
    data = Dataset("own", image, torch.zeros(1, 0, dtype=torch.int64), ())
    x, _ = next(batches(data, 1_000, rng(), flip=True))
    straight = (x == to_float(image)).flatten(1).all(1)
    mirrored = (x == to_float(image).flip(3)).flatten(1).all(1)
    assert (straight | mirrored).all()
    assert 400 < int(mirrored.sum()) < 600


def test_points_are_not_mirrored() -> None:
    data = load(DataConfig("ring", flip=True))
    x, _ = next(batches(data, 32, rng(), flip=True))
    assert (x[:, None] == data.samples).all(2).any(1).all()


def test_a_batch_may_be_larger_than_the_set() -> None:
    x, _ = next(batches(load(DataConfig("digits", limit=3)), 64, rng()))
    assert len(x) == 64


# ---- conversions


def test_bytes_become_the_range_from_minus_one_to_one() -> None:
    assert to_float(torch.tensor([0, 255], dtype=torch.uint8)).tolist() == [-1, 1]
    levels = to_float(torch.arange(256, dtype=torch.uint8))
    assert torch.allclose(levels.diff(), torch.tensor(2 / 255), atol=1e-6)
    floats = torch.tensor([0.3, -2.0])
    assert torch.equal(to_float(floats), floats)


def test_to_float_leaves_the_bytes_alone() -> None:
    indices = torch.tensor([1, 2], dtype=torch.uint8)
    to_float(indices)
    assert indices.tolist() == [1, 2]


def test_multi_hot_puts_one_hots_side_by_side() -> None:
    fields = (LabelField("a", ("x", "y")), LabelField("b", ("p", "q", "r")))
    assert multi_hot(torch.tensor([[0, 2], [1, 0]]), fields).tolist() == [[1, 0, 0, 0, 1], [0, 1, 1, 0, 0]]


# ---- the full MNIST, where it lies beside the repository


def test_the_full_mnist_is_read_without_a_download(mnist_root: Path) -> None:
    data = load(DataConfig("mnist", root=str(mnist_root), limit=2_000))
    assert data.samples.shape == (2_000, 1, 28, 28)
    assert data.samples.dtype == torch.uint8
    assert data.fields == DATASETS["digits"].labels
    counts = torch.bincount(load(DataConfig("mnist", root=str(mnist_root))).labels[:, 0]).tolist()
    assert counts == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]


def test_the_test_split_is_the_held_out_ten_thousand(mnist_root: Path) -> None:
    held_out = datasets.held_out("digits", str(mnist_root))
    assert held_out.samples.shape == (10_000, 1, 28, 28)
    assert torch.bincount(held_out.labels[:, 0]).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def test_an_embedded_set_that_torchvision_lacks_has_no_test_split() -> None:
    with pytest.raises(DataError) as caught:
        datasets.held_out("faces")
    assert caught.value.value == "faces"
