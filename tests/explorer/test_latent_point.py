"""Places in latent space: moving, interpolating, pictures of them, and their file."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from gan_demo.config import LabelField, ModelConfig
from gan_demo.errors import DataError
from gan_demo.explorer import latent_pictures, latent_point
from gan_demo.explorer.latent_point import LatentPoint, Origin
from gan_demo.gan.latent import Directions
from gan_demo.gan.models.base import Generator
from gan_demo.gan.models.build import build_generator

FIELDS = (LabelField("digit", tuple("0123456789")), LabelField("hat", ("no", "yes")))
MODEL = ModelConfig(arch="mlp", z_dim=12, width=2, conditional=True, shape=(1, 28, 28), labels=FIELDS)
POINTS = ModelConfig(arch="points", z_dim=4, width=16, shape=(2,))
ORIGIN = Origin("digits-1", 500)


def frame(z_dim: int, count: int = 3) -> Directions:
    """Random orthonormal directions."""
    rng = torch.Generator().manual_seed(0)
    rows = torch.linalg.qr(torch.randn(z_dim, z_dim, generator=rng))[0][:count]
    return Directions(rows, torch.ones(count), torch.ones(count) / count)


@pytest.fixture(scope="module")
def generator() -> Generator:
    return build_generator(MODEL, seed=0).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def planar() -> Generator:
    return build_generator(POINTS, seed=0).eval().requires_grad_(False)


def test_a_random_point_fits_its_model_and_is_decided_by_its_seed() -> None:
    point = latent_point.random_point(MODEL, 3)
    assert latent_point.fits(point, MODEL)
    assert not latent_point.fits(point, POINTS)
    assert point == latent_point.random_point(MODEL, 3) != latent_point.random_point(MODEL, 4)


def test_moving_along_a_direction_sets_its_coordinate_and_no_other() -> None:
    point, directions = latent_point.random_point(MODEL, 0), frame(12)
    before = latent_point.coordinates(point, directions)
    after = latent_point.coordinates(latent_point.with_coordinate(point, directions, 1, 2.5), directions)
    assert after == pytest.approx((before[0], 2.5, before[2]), abs=1e-5)


def test_moving_there_and_back_leads_home() -> None:
    point, directions = latent_point.random_point(MODEL, 0), frame(12)
    value = latent_point.coordinates(point, directions)[0]
    back = latent_point.with_coordinate(latent_point.with_coordinate(point, directions, 0, -3), directions, 0, value)
    assert back.z == pytest.approx(point.z, abs=1e-5)


def test_the_ends_of_a_way_are_exactly_its_anchors() -> None:
    a, b = latent_point.random_point(MODEL, 1), latent_point.random_point(MODEL, 2)
    assert (latent_point.between(a, b, 0), latent_point.between(a, b, 1)) == (a, b)


def test_the_middle_of_a_way_keeps_the_distance_from_the_origin_and_mixes_labels_and_truncation() -> None:
    a, b = latent_point.random_point(MODEL, 1), replace(latent_point.random_point(MODEL, 2), psi=0.5)
    middle = latent_point.between(a, b, 0.5)
    norms = [np.linalg.norm(point.z) for point in (a, b)]
    assert np.linalg.norm(middle.z) == pytest.approx(np.mean(norms), rel=1e-5)
    assert middle.labels[0] == pytest.approx(np.mean([a.labels[0], b.labels[0]], axis=0))
    assert middle.psi == 0.75


def test_another_label_replaces_the_weights_of_its_field_alone() -> None:
    point = LatentPoint((0.0,) * 12, ((0.2, 0.8, *[0.0] * 8), (1.0, 0.0)))
    assert latent_point.heaviest(point.labels[0]) == 1
    assert latent_point.with_label(point, 0, 3).labels == (latent_point.one_hot(10, 3), (1.0, 0.0))


def test_pictures_of_places_of_several_truncations_come_in_their_order(generator: Generator) -> None:
    a, b = latent_point.random_point(MODEL, 1), latent_point.random_point(MODEL, 2)
    four = [a, LatentPoint(b.z, b.labels, 0.5), LatentPoint(a.z, a.labels, 0.5), b]
    together = latent_pictures.pictures(generator, four)
    assert together.shape == (4, 28, 28, 1)
    for picture, point in zip(together, four, strict=True):
        alone = latent_pictures.pictures(generator, [point])[0].astype(int)
        assert np.abs(picture - alone).max() <= 1  # the last bit of a product depends on the batch


def test_a_marked_cloud_shows_the_place_and_the_path(planar: Generator) -> None:
    base = latent_pictures.cloud(planar, POINTS, 1.0, "ring")
    a, b = latent_point.random_point(POINTS, 1), latent_point.random_point(POINTS, 2)
    path = [latent_point.between(a, b, k / 7) for k in range(8)]
    shown = [latent_pictures.mark(planar, base, point, path) for point in (a, b)]
    shown.append(latent_pictures.mark(planar, base, a, path[:4]))
    assert all(picture.shape == base.shape for picture in shown)
    assert len({picture.tobytes() for picture in (base, *shown)}) == 4


def test_a_place_survives_its_file() -> None:
    mixed = (0.0, 0.0, 0.0, 0.75, 0.0, 0.0, 0.0, 0.0, 0.25, 0.0)
    point = LatentPoint(latent_point.random_point(MODEL, 7).z, (mixed, latent_point.one_hot(2, 1)), 0.7)
    text = latent_point.to_json(point, FIELDS, ORIGIN)
    assert json.loads(text)["labels"] == {"digit": {"3": 0.75, "8": 0.25}, "hat": {"yes": 1.0}}
    assert latent_point.from_json(text.encode(), MODEL) == point


def test_a_file_for_a_model_without_labels_fits_one_with_labels() -> None:
    point = latent_point.from_json(json.dumps({"z": [0.5] * 12}).encode(), MODEL)
    assert point == LatentPoint((0.5,) * 12, (latent_point.one_hot(10, 0), latent_point.one_hot(2, 0)))


def test_a_file_may_hold_what_a_link_may_hold() -> None:
    assert latent_point.from_json(json.dumps({"z": [1000, -1000] * 6}).encode(), MODEL).z == (1000, -1000) * 6


def changed(**values: object) -> bytes:
    """Return a good file with some entries replaced."""
    good = json.loads(latent_point.to_json(latent_point.random_point(MODEL, 0), FIELDS, ORIGIN))
    return json.dumps(good | values).encode()


@pytest.mark.parametrize(
    ("data", "field", "problem"),
    [
        (b"\x89PNG\r\n", "latent", "is not a JSON file"),
        (b"{", "latent", "is not a JSON file"),
        (b"[" * 100_000, "latent", "is not a JSON file"),
        (b"[1, 2]", "latent", "has no list z"),
        (changed(z={"0": 1}), "latent", "has no list z"),
        (changed(z=[0.0] * 11), "latent", "has {count} numbers in z, but this model takes {expected}"),
        (changed(z=[float("nan")] * 12), "z", "must be a finite number and not too large"),
        (changed(z=[float("inf")] * 12), "z", "must be a finite number and not too large"),
        (changed(z=[10**400] * 12), "latent", "is not a JSON file"),  # a number of 400 digits is none
        (changed(z=[1e30] * 12), "z", "must be a finite number and not too large"),
        (changed(z=[1000.5] * 12), "z", "must be a finite number and not too large"),
        (changed(z=["1"] * 12), "z", "must be a number"),
        (changed(z=[True] * 12), "z", "must be a number"),
        (changed(psi=-1), "psi", "must be between {low} and {high}"),
        (changed(psi=None), "psi", "must be a number"),
        (changed(labels=[3]), "labels", "must be an object of label fields"),
        (changed(labels={"digit": "ten"}), "digit", "is not known"),
        (changed(labels={"digit": {"3": -1, "4": 2}}), "digit", "must have shares of at least 0, not all of them 0"),
        (changed(labels={"digit": {"3": 0}}), "digit", "must have shares of at least 0, not all of them 0"),
        (changed(labels={"digit": [3]}), "digit", "is not readable"),
        (b" " * 1_000_001, "latent", "is far too large for a latent"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason(data: bytes, field: str, problem: str) -> None:
    with pytest.raises(DataError) as caught:
        latent_point.from_json(data, MODEL)
    assert (caught.value.field, caught.value.problem) == (field, problem)
    assert caught.value.message()


def test_directions_of_a_small_latent_space_are_all_there_are(planar: Generator) -> None:
    directions = latent_pictures.strongest_directions(planar, POINTS, 8)
    assert directions.directions.shape == (4, 4)
    assert float(directions.explained.sum()) == pytest.approx(1, abs=1e-4)
