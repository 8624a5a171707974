"""2-D data sets, drawn by formula: clusters or curves with Gaussian noise."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

# Standard deviation of the noise.
SIGMA = {"ring": 0.05, "grid": 0.05, "gaussians": 0.2, "blobs": 0.2, "spiral": 0.05, "moons": 0.08, "line": 0.05}
POINT_COUNT = 20_000  # of a 2-D set


def modes(name: str) -> Tensor:
    """Return (M, 2): the cluster centres of ring, grid, gaussians and blobs, points along the curve of the others."""
    return torch.from_numpy(_CURVES[name]()).float()


def draw_points(name: str, seed: int) -> np.ndarray:
    """Draw float32 (POINT_COUNT, 2): cluster centres or points of the curve, plus Gaussian noise."""
    rng = np.random.default_rng(seed)
    centres = _CURVES[name]()
    chosen = centres[rng.integers(len(centres), size=POINT_COUNT)]
    return (chosen + SIGMA[name] * rng.standard_normal((POINT_COUNT, 2))).astype(np.float32)


def _ring() -> np.ndarray:
    """Return eight cluster centres on a circle."""
    angle = 2 * math.pi * np.arange(8) / 8
    return 1.5 * np.stack([np.cos(angle), np.sin(angle)], 1)


def _grid() -> NDArray[np.float64]:
    """Return 5 × 5 cluster centres."""
    side = np.linspace(-1.5, 1.5, 5)
    return np.array([(x, y) for y in side for x in side], dtype=np.float64)


def _blobs() -> np.ndarray:
    """Return three cluster centres on a circle, the first at its top."""
    angle = 2 * math.pi * np.arange(3) / 3
    return np.stack([np.sin(angle), np.cos(angle)], 1)


def _spiral() -> np.ndarray:
    """Return points along two turns of a spiral, about evenly spaced."""
    t: NDArray[np.float64] = np.linspace(0.1, 1, 512) ** 0.5
    turn = 4 * math.pi * t
    return 1.6 * np.stack([t * np.cos(turn), t * np.sin(turn)], 1)


def _moons() -> np.ndarray:
    """Return points along two half circles that reach into each other."""
    t = np.linspace(0, math.pi, 256)
    upper = np.stack([np.cos(t) - 0.5, np.sin(t) - 0.25], 1)
    lower = np.stack([0.5 - np.cos(t), 0.25 - np.sin(t)], 1)
    return np.concatenate([upper, lower])


def _line() -> np.ndarray:
    """Return points along a straight line."""
    t = np.linspace(-1.5, 1.5, 256)
    return np.stack([t, 0.6 * t], 1)


_CURVES: dict[str, Callable[[], np.ndarray]] = {
    "ring": _ring,
    "grid": _grid,
    "spiral": _spiral,
    "moons": _moons,
    "gaussians": lambda: np.array([[-1.0, -0.5], [1.0, 0.5]]),
    "blobs": _blobs,
    "line": _line,
}
