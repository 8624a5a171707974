"""Places in latent space: moving, mixing, and their file."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from gan_demo import exploring
from gan_demo.config import LabelField, ModelConfig
from gan_demo.errors import DataError
from gan_demo.exploring import Origin, Place
from gan_demo.latent import Directions
from gan_demo.models import Generator, build_generator

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


def test_a_random_place_fits_its_model_and_is_decided_by_its_seed() -> None:
    place = exploring.random_place(MODEL, 3)
    assert exploring.fits(place, MODEL)
    assert not exploring.fits(place, POINTS)
    assert place == exploring.random_place(MODEL, 3) != exploring.random_place(MODEL, 4)


def test_moving_along_a_direction_sets_its_coordinate_and_no_other() -> None:
    place, directions = exploring.random_place(MODEL, 0), frame(12)
    before = exploring.coordinates(place, directions)
    after = exploring.coordinates(exploring.moved(place, directions, 1, 2.5), directions)
    assert after == pytest.approx((before[0], 2.5, before[2]), abs=1e-5)


def test_moving_there_and_back_leads_home() -> None:
    place, directions = exploring.random_place(MODEL, 0), frame(12)
    value = exploring.coordinates(place, directions)[0]
    back = exploring.moved(exploring.moved(place, directions, 0, -3), directions, 0, value)
    assert back.z == pytest.approx(place.z, abs=1e-5)


@pytest.mark.parametrize("spherical", [True, False])
def test_the_ends_of_a_route_are_exactly_its_anchors(spherical: bool) -> None:
    a, b = exploring.random_place(MODEL, 1), exploring.random_place(MODEL, 2)
    places = exploring.route(a, b, 5, spherical)
    assert (places[0], places[-1], len(places)) == (a, b, 5)
    assert all(sum(weights) == pytest.approx(1) for place in places for weights in place.labels)


def test_the_spherical_middle_keeps_its_distance_from_the_origin_and_the_straight_one_does_not() -> None:
    a, b = exploring.random_place(MODEL, 1), exploring.random_place(MODEL, 2)
    norms = [np.linalg.norm(one.z) for one in (a, b)]
    arc, line = (np.linalg.norm(exploring.between(a, b, 0.5, way).z) for way in (True, False))
    assert arc == pytest.approx(np.mean(norms), rel=1e-5)
    assert line < min(norms)


def test_neighbours_are_nearer_than_random_places_and_keep_the_labels() -> None:
    place = exploring.random_place(MODEL, 1)
    near = exploring.neighbours(place, 16, seed=5)
    far = np.linalg.norm(np.array(exploring.random_place(MODEL, 9).z) - place.z)
    assert all(np.linalg.norm(np.array(one.z) - place.z) < far for one in near)
    assert {one.labels for one in near} == {place.labels}


def test_the_middle_of_latent_space_has_neighbours_too() -> None:
    near = exploring.neighbours(Place((0.0,) * 12, exploring.random_place(MODEL, 0).labels), 4, seed=0)
    assert len({one.z for one in near}) == 4


def test_a_board_goes_from_left_to_right_and_from_bottom_to_top_and_keeps_all_else() -> None:
    place, directions = exploring.random_place(MODEL, 1), frame(12)
    cells = exploring.board(place, directions, 0, 1, 3, extent=2)
    along = [exploring.coordinates(cell, directions) for cell in cells]
    assert [one[0] for one in along] == pytest.approx([-2, 0, 2] * 3, abs=1e-5)
    assert [one[1] for one in along] == pytest.approx([2, 2, 2, 0, 0, 0, -2, -2, -2], abs=1e-5)
    assert [one[2] for one in along] == pytest.approx([exploring.coordinates(place, directions)[2]] * 9, abs=1e-5)


def test_the_nearest_cell_of_a_board_is_the_one_that_was_clicked() -> None:
    cells = exploring.board(exploring.random_place(MODEL, 1), frame(12), 0, 1, 5)
    assert exploring.nearest(cells[17], cells) == 17


def test_mixed_and_strongest_are_inverse() -> None:
    assert exploring.strongest(exploring.mixed(10, 3, 8, 0.25)) == (3, 8, pytest.approx(0.25))
    assert exploring.strongest(exploring.pure(1, 0)) == (0, 0, 0.0)


def test_pictures_of_places_of_several_truncations_come_in_their_order(generator: Generator) -> None:
    a, b = exploring.random_place(MODEL, 1), exploring.random_place(MODEL, 2)
    places = [a, Place(b.z, b.labels, 0.5), Place(a.z, a.labels, 0.5), b]
    together = exploring.pictures(generator, places)
    assert together.shape == (4, 28, 28, 1)
    for picture, place in zip(together, places, strict=True):
        alone = exploring.pictures(generator, [place])[0].astype(int)
        assert np.abs(picture - alone).max() <= 1  # the last bit of a product depends on the batch


def test_a_chart_shows_the_place_the_way_and_the_net(planar: Generator) -> None:
    base = exploring.cloud(planar, POINTS, 1.0, "ring")
    a, b = exploring.random_place(POINTS, 1), exploring.random_place(POINTS, 2)
    mesh = exploring.board(a, frame(4), 0, 1, 9)
    seen = [exploring.chart(planar, base, a), exploring.chart(planar, base, a, exploring.route(a, b, 8)),
            exploring.chart(planar, base, a, mesh=mesh)]  # fmt: skip
    assert all(one.shape == base.shape for one in seen)
    assert len({one.tobytes() for one in (base, *seen)}) == 4


def test_a_place_survives_its_file() -> None:
    place = Place(exploring.random_place(MODEL, 7).z, (exploring.mixed(10, 3, 8, 0.25), exploring.pure(2, 1)), 0.7)
    text = exploring.to_json(place, FIELDS, ORIGIN)
    assert json.loads(text)["labels"] == {"digit": {"3": 0.75, "8": 0.25}, "hat": {"yes": 1.0}}
    assert exploring.from_json(text.encode(), MODEL) == place


def test_a_file_for_a_model_without_labels_fits_one_with_labels() -> None:
    place = exploring.from_json(json.dumps({"z": [0.5] * 12}).encode(), MODEL)
    assert place == Place((0.5,) * 12, (exploring.pure(10, 0), exploring.pure(2, 0)))


def changed(**values: object) -> bytes:
    """A good file with some entries replaced."""
    good = json.loads(exploring.to_json(exploring.random_place(MODEL, 0), FIELDS, ORIGIN))
    return json.dumps(good | values).encode()


@pytest.mark.parametrize(
    ("data", "field", "problem"),
    [
        (b"\x89PNG\r\n", "latent", "is not a JSON file"),
        (b"{", "latent", "is not a JSON file"),
        (b"[" * 100_000, "latent", "is not a JSON file"),
        (b"[1, 2]", "latent", "has no list z"),
        (changed(z={"0": 1}), "latent", "has no list z"),
        (changed(z=[0.0] * 11), "latent", "has {found} numbers in z, this model takes {wanted}"),
        (changed(z=[float("nan")] * 12), "z", "must be a finite number of ordinary size"),
        (changed(z=[float("inf")] * 12), "z", "must be a finite number of ordinary size"),
        (changed(z=[10**400] * 12), "z", "must be a finite number of ordinary size"),
        (changed(z=[1e30] * 12), "z", "must be a finite number of ordinary size"),
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
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_reason(data: bytes, field: str, problem: str) -> None:
    with pytest.raises(DataError) as caught:
        exploring.from_json(data, MODEL)
    assert (caught.value.field, caught.value.problem) == (field, problem)
    assert caught.value.message()


def test_directions_of_a_small_latent_space_are_all_there_are(planar: Generator) -> None:
    directions = exploring.directions_of(planar, POINTS, 8)
    assert directions.directions.shape == (4, 4)
    assert float(directions.explained.sum()) == pytest.approx(1, abs=1e-4)
