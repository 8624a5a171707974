"""Architectures of generators, each with a shape of its samples."""

from __future__ import annotations

KINDS = [
    ("mlp", (1, 28, 28)),
    ("dcgan", (1, 28, 28)),
    ("dcgan", (3, 64, 64)),
    ("resnet", (3, 32, 32)),
    ("dcgan64", (3, 64, 64)),
    ("points", (2,)),
]
