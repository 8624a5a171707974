"""Residual blocks among the layers of a network, by the prefixes of their names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from gan_demo.weights.families.parts.layers import CONVOLUTION, NORM, Layer

_SHORTCUT = re.compile(r"short|(^|[._])sc\b|skip|bypass|downsample|proj", re.I)
_DEPTHS = (1, 2, 3)  # parts of a name that a block's prefix may have


@dataclass(frozen=True)
class Block:
    """Two convolutions beside a shortcut, which is None where the input is added as it is."""

    first: Layer
    second: Layer
    shortcut: Layer | None
    norms: list[Layer]  # none, or one for each convolution

    @property
    def channels(self) -> tuple[int, int]:
        """Channels that it takes, and that it gives."""
        return self.first.weight.shape[1], self.second.weight.shape[0]

    @property
    def norms_follow(self) -> bool:
        """Whether each norm stands behind its convolution instead of before it."""
        widths = [norm.width for norm in self.norms]
        before = [self.first.weight.shape[1], self.second.weight.shape[1]]
        return bool(widths) and widths != before


def blocks_of(layers: Sequence[Layer]) -> tuple[list[Block], list[Layer]]:
    """Return the residual blocks and the other layers; no blocks if the names form none."""
    for depth in _DEPTHS:
        groups: dict[str, list[Layer]] = {}
        for layer in layers:
            parts = layer.name.split(".")
            groups.setdefault(".".join(parts[:depth]) if len(parts) > depth else layer.name, []).append(layer)
        many = {prefix: group for prefix, group in groups.items() if sum(map(_is_convolution, group)) > 1}
        blocks = {prefix: block for prefix, group in many.items() if (block := _block(group)) is not None}
        if blocks and len(blocks) == len(many):
            others = [layer for prefix, group in groups.items() if prefix not in blocks for layer in group]
            return list(blocks.values()), _distinct(others)
    return [], list(layers)


def _is_convolution(layer: Layer) -> bool:
    return layer.kind == CONVOLUTION


def _block(group: Sequence[Layer]) -> Block | None:
    """Return the block that layers form, or None."""
    layers = _distinct(group)
    convolutions = [layer for layer in layers if layer.kind == CONVOLUTION]
    shortcuts = [layer for layer in convolutions if _is_shortcut(layer, convolutions)]
    main = [layer for layer in convolutions if layer not in shortcuts]
    norms = [layer for layer in layers if layer.kind == NORM]
    if (
        len(main) != 2
        or len(shortcuts) > 1
        or len(norms) not in (0, 2)
        or len(layers) != len(convolutions) + len(norms)
    ):
        return None
    for first, second in (main, main[::-1]):
        block = Block(first, second, shortcuts[0] if shortcuts else None, norms)
        if _fits(block):
            return block
    return None


def _fits(block: Block) -> bool:
    into, out = block.channels
    if block.first.weight.shape[0] != block.second.weight.shape[1]:
        return False
    if block.shortcut is None and into != out:
        return False
    if block.shortcut is not None and tuple(block.shortcut.weight.shape[:2]) != (out, into):
        return False
    widths = [norm.width for norm in block.norms]
    hidden = block.second.weight.shape[1]
    return widths in ([], [into, hidden], [hidden, out])


def _is_shortcut(layer: Layer, convolutions: Sequence[Layer]) -> bool:
    if _SHORTCUT.search(layer.name):
        return True
    return layer.weight.shape[2] == 1 and any(other.weight.shape[2] > 1 for other in convolutions)


def _distinct(layers: Sequence[Layer]) -> list[Layer]:
    """Leave out layers that the file holds again under another name, as modules with two names are.

    Norms may be equal by chance, as they begin alike, so only those in the same memory count.
    """
    distinct: list[Layer] = []
    for layer in layers:
        if not any(_is_copy(layer, other) for other in distinct):
            distinct.append(layer)
    return distinct


def _is_copy(layer: Layer, other: Layer) -> bool:
    if layer.parts.keys() != other.parts.keys():
        return False
    pairs = [(value, other.parts[name]) for name, value in layer.parts.items()]
    if layer.kind != CONVOLUTION:
        return all(a.data_ptr() == b.data_ptr() for a, b in pairs)
    return all(torch.equal(a, b) for a, b in pairs)
