"""Points of latent space as frozen values: moving them, and saving them as JSON files.

Pages hold a ``LatentPoint`` and compute the next one with these functions; they never see a tensor.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gan_demo.config import LabelField, ModelConfig
from gan_demo.errors import DataError
from gan_demo.gan import latent
from gan_demo.gan.latent import Directions
from gan_demo.support import bounded_json
from gan_demo.support.bounded_json import InvalidJsonError

Weights = tuple[float, ...]  # of the values of one label field; they sum to 1

FILE_LIMIT = 1_000_000  # bytes of a latent file; typical ones have a few thousand
LATENT_LIMIT = 1000.0  # largest |z_k| of a file; explorer/space.mjs has the same limit for files and links
PSI_LIMIT = 2.0  # largest truncation


@dataclass(frozen=True)
class LatentPoint:
    """Everything that determines one sample of a given generator."""

    z: tuple[float, ...]  # (Z,)
    labels: tuple[Weights, ...] = ()  # one entry per label field
    psi: float = 1.0  # truncation


@dataclass(frozen=True)
class Origin:
    """The model that a latent file was saved from."""

    model: str
    step: int | None


def random_point(model: ModelConfig, seed: int) -> LatentPoint:
    """Return a random latent with random labels, both determined by ``seed``."""
    rng = np.random.default_rng(seed)
    labels = tuple(one_hot(len(field.values), int(rng.integers(len(field.values)))) for field in model.labels)
    return LatentPoint(_to_tuple(latent.sample_z(1, model.z_dim, seed)[0]), labels)


def fits(point: LatentPoint, model: ModelConfig) -> bool:
    """Return whether the point has the sizes of z and labels that the model takes."""
    widths = tuple(len(field.values) for field in model.labels)
    return len(point.z) == model.z_dim and tuple(map(len, point.labels)) == widths


def one_hot(count: int, value: int) -> Weights:
    """Return ``count`` weights: 1 for ``value``, 0 for the others."""
    return tuple(float(k == value) for k in range(count))


def heaviest(weights: Weights) -> int:
    """Return the index of the largest weight."""
    return max(range(len(weights)), key=lambda k: weights[k])


def with_label(point: LatentPoint, field: int, value: int) -> LatentPoint:
    """Return the point with another value of one label field."""
    weights = one_hot(len(point.labels[field]), value)
    return replace(point, labels=(*point.labels[:field], weights, *point.labels[field + 1 :]))


def coordinates(point: LatentPoint, directions: Directions) -> tuple[float, ...]:
    """Return the coordinate of z along each direction, in standard deviations."""
    return _to_tuple(directions.directions @ _to_tensor(point))


def with_coordinate(point: LatentPoint, directions: Directions, k: int, value: float) -> LatentPoint:
    """Return the point with another coordinate along direction ``k``; the other coordinates stay."""
    direction, z = directions.directions[k], _to_tensor(point)
    return replace(point, z=_to_tuple(z + (value - z @ direction) * direction))


def between(a: LatentPoint, b: LatentPoint, t: float) -> LatentPoint:
    """Interpolate from ``a`` (t = 0) to ``b`` (t = 1): z by slerp, labels and truncation linearly."""
    if t <= 0 or t >= 1:
        return a if t <= 0 else b
    labels = tuple(
        tuple((1 - t) * x + t * y for x, y in zip(weights_a, weights_b, strict=True))
        for weights_a, weights_b in zip(a.labels, b.labels, strict=True)
    )
    return LatentPoint(_to_tuple(latent.slerp(_to_tensor(a), _to_tensor(b), t)), labels, (1 - t) * a.psi + t * b.psi)


# ---- files


def to_json(point: LatentPoint, fields: tuple[LabelField, ...], origin: Origin) -> str:
    """Return the text of a latent file: z, labels by name, psi, and the model it was saved from."""
    labels = {
        field.name: {value: round(w, 6) for value, w in zip(field.values, weights, strict=True) if w}
        for field, weights in zip(fields, point.labels, strict=True)
    }
    content = {"model": origin.model, "step": origin.step, "psi": point.psi, "labels": labels, "z": list(point.z)}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def from_json(data: bytes, model: ModelConfig) -> LatentPoint:
    """Read a latent file for a model of the same z size; label fields missing from it get their first value.

    Raises DataError for anything else.
    """
    content = _parse(data)
    if len(content["z"]) != model.z_dim:
        raise DataError(
            "latent",
            content.get("model", ""),
            "has {count} numbers in z, but this model takes {expected}",
            "Choose the model it was saved from first",
            count=len(content["z"]),
            expected=model.z_dim,
        )
    z = tuple(_number("z", value, LATENT_LIMIT) for value in content["z"])
    psi = _number("psi", content.get("psi", 1.0), PSI_LIMIT)
    if psi < 0:
        raise DataError("psi", psi, "must be between {low} and {high}", low=0, high=2)
    labels = content.get("labels", {})
    if not isinstance(labels, dict):
        raise DataError("labels", type(labels).__name__, "must be an object of label fields")
    weights = tuple(_weights(field, labels.get(field.name, {field.values[0]: 1})) for field in model.labels)
    return LatentPoint(z, weights, psi)


def _parse(data: bytes) -> dict[str, Any]:
    """Return the object in a latent file, which has a list ``z``."""
    if len(data) > FILE_LIMIT:
        raise DataError("latent", len(data), "is far too large for a latent", "Choose a file saved on this page")
    try:
        content = bounded_json.parse(data)
    except InvalidJsonError:
        raise DataError("latent", "", "is not a JSON file", "Choose a file saved on this page") from None
    if not isinstance(content, dict) or not isinstance(content.get("z"), list):
        raise DataError("latent", "", "has no list z", "Choose a file saved on this page")
    return content


def _weights(field: LabelField, entry: Any) -> Weights:
    """Read {"3": 0.7, "8": 0.3}, or just "3", as weights that sum to 1."""
    shares = {str(entry): 1.0} if isinstance(entry, str | int) else entry
    if not isinstance(shares, dict) or not shares:
        raise DataError(field.name, type(entry).__name__, "is not readable", "Choose a file saved on this page")
    for value in shares:
        if value not in field.values:
            raise DataError(field.name, value, "is not known", "Known: {known}", known=", ".join(field.values))
    weights = [_number(field.name, shares.get(value, 0.0), LATENT_LIMIT) for value in field.values]
    if min(weights) < 0 or sum(weights) <= 0:
        raise DataError(field.name, sum(weights), "must have shares of at least 0, not all of them 0")
    return tuple(w / sum(weights) for w in weights)


def _number(field: str, value: Any, limit: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(field, value, "must be a number")
    if not abs(value) <= limit:  # NaN is refused too
        raise DataError(field, value, "must be a finite number and not too large")
    return float(value)


def _to_tensor(point: LatentPoint) -> Tensor:
    return torch.tensor(point.z)  # (Z,)


def _to_tuple(row: Tensor) -> tuple[float, ...]:
    return tuple(float(x) for x in row.tolist())
