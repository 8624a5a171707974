"""Values that the explorer computes in the browser against those of the core, each by one node process."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from gan_demo.gan import latent
from tests.frontend.node import evaluate

WAYS = """
  const [x, y, w] = [given.a, given.b, given.c].map((z) => Float32Array.from(z));
  const list = (z) => [...z];
  const u = x.map((value) => value / m.norm(x));
  const moved = m.withCoordinate(m.latentState(y), u, 1.5);
  return {
    slerp: [0, 0.3, 1].map((t) => list(m.slerp(x, y, t))),
    lerp: list(m.lerp(x, y, 0.3)),
    opposite: list(m.slerp(x, x.map((value) => -value), 0.25)),
    zero: list(m.slerp(x, new Float32Array(16), 0.25)),
    sum: list(m.arithmetic([x], [y], [w])),
    many: list(m.arithmetic([x, y], [y], [w, x])),
    moved: list(moved.z),
  };
"""


def sum_of_means(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """Return latent arithmetic a - b + c -> (Z,) of the means of (M, Z), at a's mean norm (Radford et al. 2016, 6.3.2)."""
    result = a.mean(0) - b.mean(0) + c.mean(0)
    typical: Tensor = a.norm(dim=1).mean()
    return result * typical / result.norm()


def test_ways_through_latent_space_are_those_of_the_core() -> None:
    a, b, c = (latent.sample_z(1, 16, seed)[0] for seed in (1, 2, 3))
    computed = evaluate("explorer/latent.mjs", WAYS, {"a": a.tolist(), "b": b.tolist(), "c": c.tolist()})
    u = a / a.norm()
    expected = {
        "slerp": [latent.slerp(a, b, t).tolist() for t in (0, 0.3, 1)],
        "lerp": latent.lerp(a, b, 0.3).tolist(),
        "opposite": latent.slerp(a, -a, 0.25).tolist(),
        "zero": latent.slerp(a, torch.zeros(16), 0.25).tolist(),
        "sum": sum_of_means(a[None], b[None], c[None]).tolist(),
        "many": sum_of_means(torch.stack([a, b]), b[None], torch.stack([c, a])).tolist(),
        "moved": (b + (1.5 - b @ u) * u).tolist(),
    }
    for name, value in expected.items():
        assert np.array(computed[name]) == pytest.approx(np.array(value), abs=2e-5), name


def test_random_numbers_are_those_of_another_implementation() -> None:
    numbers = evaluate("explorer/rng.mjs", "return [...m.rng(7).normals(50)];")
    assert np.array(numbers, np.float32) == pytest.approx(np.array(normals(7, 50), np.float32), rel=1e-6)


def normals(seed: int, count: int) -> list[float]:
    """Return normals by mulberry32 and Marsaglia's polar method, with the logarithm of the C library."""
    state = seed

    def uniform() -> float:
        nonlocal state
        state = (state + 0x6D2B79F5) % 2**32
        t = (state ^ state >> 15) * (state | 1) % 2**32
        t ^= (t + (t ^ t >> 7) * (t | 61)) % 2**32
        return (t ^ t >> 14) / 2**32

    numbers: list[float] = []
    while len(numbers) < count:
        u, v = 2 * uniform() - 1, 2 * uniform() - 1
        if 0 < (r := u * u + v * v) < 1:
            numbers.append(u * math.sqrt(-2 * math.log(r) / r))
    return numbers
