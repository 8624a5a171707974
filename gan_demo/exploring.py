"""A place in latent space as a frozen value: ways to move it, pictures of it, and its file.

Pages keep a ``Place`` and ask for the next one; they never see a tensor.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan_demo import datasets, images, latent
from gan_demo.config import DataConfig, LabelField, ModelConfig
from gan_demo.errors import DataError
from gan_demo.images import Picture
from gan_demo.latent import Directions
from gan_demo.models import Generator
from gan_demo.threads import one_thread

Weights = tuple[float, ...]  # of the values of one label field; they sum to 1

FILE_LIMIT = 1_000_000  # bytes of a latent file; a real one has some thousand
CLOUD = 2_000  # points of a picture of a model of points
STAGE = 448  # its pixels a side
STRIDE = 4  # of a board drawn as a net, every so many lines are seen; the others keep its curves smooth
NET, WAY = (95.0, 176.0, 245.0), (79.0, 227.0, 189.0)  # blue and green beside the amber of the samples
SURVEYED = 24  # random places whose surroundings decide the directions
Z_LIMIT = 100.0  # no sensible component of z is beyond this


@dataclass(frozen=True)
class Place:
    """Everything that decides one sample of a given generator."""

    z: tuple[float, ...]  # (Z,)
    labels: tuple[Weights, ...] = ()  # one entry a label field
    psi: float = 1.0  # truncation


@dataclass(frozen=True)
class Origin:
    """Which model a latent file was made with."""

    model: str
    step: int | None


def random_place(model: ModelConfig, seed: int) -> Place:
    """A place drawn from ``seed``, labels included."""
    rng = np.random.default_rng(seed)
    labels = tuple(pure(len(one.values), int(rng.integers(len(one.values)))) for one in model.labels)
    return Place(_numbers(latent.sample_z(1, model.z_dim, seed)[0]), labels)


def fits(place: Place, model: ModelConfig) -> bool:
    """Has the place as many z and labels as the model takes?"""
    widths = tuple(len(one.values) for one in model.labels)
    return len(place.z) == model.z_dim and tuple(map(len, place.labels)) == widths


def pure(count: int, value: int) -> Weights:
    """One value of ``count``, unmixed."""
    return tuple(float(k == value) for k in range(count))


def mixed(count: int, first: int, second: int, share: float) -> Weights:
    """``first`` and ``share`` (0 to 1) of ``second``."""
    a, b = np.array(pure(count, first)), np.array(pure(count, second))
    return tuple(float(w) for w in (1 - share) * a + share * b)


def strongest(weights: Weights) -> tuple[int, int, float]:
    """The two heaviest values, and the second's share of both: the inverse of ``mixed`` with a share of at most 1/2."""
    order = sorted(range(len(weights)), key=lambda k: -weights[k])
    first, second = order[0], order[1] if len(order) > 1 else order[0]
    both = weights[first] + weights[second]
    return first, second, weights[second] / both if both and second != first else 0.0


def labelled(place: Place, field: int, weights: Weights) -> Place:
    """The same place with other weights of one label field."""
    return replace(place, labels=(*place.labels[:field], weights, *place.labels[field + 1 :]))


def component(place: Place, k: int, value: float) -> Place:
    """The same place with another k-th component of z."""
    return replace(place, z=(*place.z[:k], float(value), *place.z[k + 1 :]))


def coordinates(place: Place, directions: Directions) -> tuple[float, ...]:
    """Where the place is along each direction, in standard deviations."""
    return _numbers(directions.directions @ _tensor(place))


def moved(place: Place, directions: Directions, k: int, value: float) -> Place:
    """The place whose k-th coordinate is ``value``, the others unchanged."""
    u, z = directions.directions[k], _tensor(place)
    return replace(place, z=_numbers(z + (value - z @ u) * u))


def between(a: Place, b: Place, t: float, spherical: bool = True) -> Place:
    """The place at ``t`` of the way from a (0) to b (1); labels and truncation go straight."""
    if t <= 0 or t >= 1:
        return a if t <= 0 else b
    walk = latent.slerp if spherical else latent.lerp
    labels = tuple(
        tuple((1 - t) * one + t * other for one, other in zip(x, y, strict=True))
        for x, y in zip(a.labels, b.labels, strict=True)
    )
    return Place(_numbers(walk(_tensor(a), _tensor(b), t)), labels, (1 - t) * a.psi + t * b.psi)


def route(a: Place, b: Place, steps: int, spherical: bool = True) -> list[Place]:
    """``steps`` places from a to b, both included."""
    return [between(a, b, float(t), spherical) for t in np.linspace(0, 1, steps)]


def neighbours(place: Place, count: int, seed: int, distance: float = 0.3) -> list[Place]:
    """``count`` places close by, ``distance`` of the way along the sphere to random ones; labels and psi stay."""
    others = latent.sample_z(count, len(place.z), seed)
    z = _tensor(place)
    if not float(z.norm()) > 1e-6:  # from the origin every way is the same length
        return [replace(place, z=_numbers(distance * other)) for other in others]
    near = latent.slerp(z.expand(count, -1), others, distance)
    return [replace(place, z=_numbers(one)) for one in near]


def board(place: Place, directions: Directions, i: int, j: int, side: int, extent: float = 2.5) -> list[Place]:
    """``side``² places in the order of a picture's rows.

    Coordinate i runs from -extent (left) to extent, j from extent (top) to -extent; all else is as at ``place``.
    """
    u, v, z = directions.directions[i], directions.directions[j], _tensor(place)
    centre = z - (z @ u) * u - (z @ v) * v
    return [replace(place, z=_numbers(one)) for one in latent.plane(centre, u, v, side, extent)]


def nearest(place: Place, places: Sequence[Place]) -> int:
    """The index of the closest of ``places`` to ``place``, by z."""
    all_z = torch.tensor([one.z for one in places])
    return int((all_z - _tensor(place)).square().sum(1).argmin())


def pictures(generator: Generator, places: Sequence[Place]) -> Picture:
    """uint8 (N, H, W, C)."""
    return images.to_uint8(_samples(generator, places))


def points(generator: Generator, places: Sequence[Place]) -> NDArray[np.floating]:
    """Where the places land in the plane: float (N, 2)."""
    landed: NDArray[np.floating] = _samples(generator, places).cpu().numpy()
    return landed


def cloud(generator: Generator, model: ModelConfig, psi: float, data: str) -> Picture:
    """2,000 random samples of a model of points, over as many real ones where ``data`` is a set of points."""
    z = latent.sample_z(CLOUD, model.z_dim, seed=0)
    y = latent.random_labels(CLOUD, model.labels, seed=0) if model.labels else None
    many = latent.generate(generator, z, y, psi, batch=CLOUD).cpu().numpy()
    known = data in datasets.DATASETS and datasets.DATASETS[data].kind == "points"
    real = datasets.load(DataConfig(data, limit=CLOUD)).samples.numpy() if known else None
    return images.points_picture(many, real, size=STAGE)


def chart(
    generator: Generator, base: Picture, place: Place, way: Sequence[Place] = (), mesh: Sequence[Place] = ()
) -> Picture:
    """A cloud with the place as a dot on it; ``way`` becomes a line, ``mesh`` (a board) a bent net."""
    side = math.isqrt(len(mesh))
    if mesh:
        net = points(generator, mesh).reshape(side, side, 2)
        for line in (*net[::STRIDE], *net.swapaxes(0, 1)[::STRIDE]):
            base = images.draw_line(base, line, NET, 1.25)
    if way:
        line = points(generator, way)
        base = images.draw_dots(images.draw_line(base, line, WAY, 2.5), line[[0, -1]], WAY, 9)
    here = points(generator, [place])
    return images.draw_dots(images.draw_dots(base, here, (20, 20, 30), 17), here, (255, 255, 255), 12)


def directions_of(generator: Generator, model: ModelConfig, count: int) -> Directions:
    """The strongest directions of z, over all labels alike."""
    y = latent.random_labels(32, model.labels, seed=0) if model.labels else None
    return latent.pca_directions(generator, min(count, model.z_dim), seed=0, samples=SURVEYED, y=y)


def to_json(place: Place, fields: tuple[LabelField, ...], origin: Origin) -> str:
    """The place as a file to keep: z, labels by name, psi, and the model it is for."""
    labels = {
        one.name: {value: round(w, 6) for value, w in zip(one.values, weights, strict=True) if w}
        for one, weights in zip(fields, place.labels, strict=True)
    }
    whole = {"model": origin.model, "step": origin.step, "psi": place.psi, "labels": labels, "z": list(place.z)}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def from_json(data: bytes, model: ModelConfig) -> Place:
    """The inverse of ``to_json``, for a model that takes as many z; labels it lacks keep their first value.

    Raises DataError for anything else.
    """
    if len(data) > FILE_LIMIT:
        raise DataError("latent", len(data), "is far too large for a latent", "Choose a file saved on this page")
    try:
        raw = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise DataError("latent", "", "is not a JSON file", "Choose a file saved on this page") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("z"), list):
        raise DataError("latent", "", "has no list z", "Choose a file saved on this page")
    if len(raw["z"]) != model.z_dim:
        problem = "has {found} numbers in z, this model takes {wanted}"
        raise DataError("latent", raw.get("model", ""), problem, "Choose the model it was saved from first",
                        found=len(raw["z"]), wanted=model.z_dim)  # fmt: skip
    z = tuple(_number("z", one, Z_LIMIT) for one in raw["z"])
    psi = _number("psi", raw.get("psi", 1.0), 2.0)
    if psi < 0:
        raise DataError("psi", psi, "must be between {low} and {high}", low=0, high=2)
    told = raw.get("labels", {})
    if not isinstance(told, dict):
        raise DataError("labels", type(told).__name__, "must be an object of label fields")
    return Place(z, tuple(_weights(one, told.get(one.name, {one.values[0]: 1})) for one in model.labels), psi)


def _weights(field: LabelField, told: Any) -> Weights:
    """{"3": 0.7, "8": 0.3}, or just "3" -> weights that sum to 1."""
    shares = {str(told): 1.0} if isinstance(told, str | int) else told
    if not isinstance(shares, dict) or not shares:
        raise DataError(field.name, type(told).__name__, "is not readable", "Choose a file saved on this page")
    for value in shares:
        if value not in field.values:
            raise DataError(field.name, value, "is not known", "Known: {known}", known=", ".join(field.values))
    weights = [_number(field.name, shares.get(value, 0.0), Z_LIMIT) for value in field.values]
    if min(weights) < 0 or sum(weights) <= 0:
        raise DataError(field.name, sum(weights), "must have shares of at least 0, not all of them 0")
    return tuple(w / sum(weights) for w in weights)


def _number(field: str, value: Any, limit: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(field, value, "must be a number")
    if not abs(value) <= limit:  # NaN is refused too
        raise DataError(field, value, "must be a finite number of ordinary size")
    return float(value)


@one_thread()
def _samples(generator: Generator, places: Sequence[Place]) -> Tensor:
    """(N, C, H, W) or (N, 2); places of one truncation at a time."""
    parts = []
    for psi, same in groupby(places, key=lambda place: place.psi):
        some = list(same)
        y = torch.tensor([[w for field in place.labels for w in field] for place in some]) if some[0].labels else None
        parts.append(latent.generate(generator, torch.tensor([place.z for place in some]), y, psi))
    return torch.cat(parts)


def _tensor(place: Place) -> Tensor:
    return torch.tensor(place.z)


def _numbers(row: Tensor) -> tuple[float, ...]:
    return tuple(float(x) for x in row.tolist())
