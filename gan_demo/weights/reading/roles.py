"""Roles of the networks in a checkpoint, by the words in their names and by the shapes of their weights."""

from __future__ import annotations

import re

from torch import Tensor

GENERATOR, DISCRIMINATOR, OPTIMIZER, UNKNOWN = "generator", "discriminator", "optimizer", "unknown"

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_JOINED = re.compile(r"(net|model|avg|ema)?([gd])(net|model|ema|s)?", re.I)
_AVERAGED = {
    "ema",
    "avg",
    "average",
    "averaged",
    "shadow",
    "moving",
    "swa",
    "gs",
    "ge",
    "gema",
    "emag",
    "avgg",
    "polyak",
}
_SPELLED = {
    OPTIMIZER: {"opt", "optim", "optimizer", "optimiser", "optimizers", "optimisers", "scheduler", "sched", "scaler"},
    DISCRIMINATOR: {"disc", "dis", "discriminator", "discr", "critic"},
    GENERATOR: {"gen", "generator", "decoder", "ge"},
}
_SIDES = (1, 3, 4)  # channels of images
_FEWEST_PIXELS = 64


def words(name: str) -> list[str]:
    """Return the words of a name in lower case: net, g, a for netG_A."""
    return [word.lower() for word in _WORD.findall(name)]


def is_averaged(name: str) -> bool:
    """Return whether a name says that weights are a moving average."""
    return not _AVERAGED.isdisjoint(words(name))


def by_name(name: str) -> str:
    """Return the role that a name states, or ""; a word that is spelled out counts more than a letter.

    A letter with a number, such as d1, is a layer.
    """
    parts = words(name)
    for role, spelled in _SPELLED.items():
        if not spelled.isdisjoint(parts):
            return role
    for part, following in zip(parts, [*parts[1:], ""], strict=False):
        letter = _JOINED.fullmatch(part)
        if letter and not following.isdigit():
            return DISCRIMINATOR if letter[2].lower() == "d" else GENERATOR
    return ""


def by_path(path: tuple[str, ...]) -> str:
    """Return the role of a network by its path in a file: the last that is stated, but an optimizer's before others."""
    roles = [role for role in map(by_name, path) if role]
    return OPTIMIZER if OPTIMIZER in roles else roles[-1] if roles else ""


def by_shapes(tensors: dict[str, Tensor]) -> str:
    """Return ``DISCRIMINATOR`` for weights that lead from images to one number, else ``UNKNOWN``."""
    shapes = [tuple(value.shape) for name, value in tensors.items() if value.dim() in (2, 4) and 0 not in value.shape]
    if len(shapes) < 2:
        return UNKNOWN
    first, last = shapes[0], shapes[-1]
    takes_images = first[1] in _SIDES if len(first) == 4 else _is_image(first[1])
    gives_number = any(shape[0] == 1 for shape in shapes[-2:]) and not (len(last) == 4 and last[1] == 1)
    return DISCRIMINATOR if takes_images and gives_number else UNKNOWN


def _is_image(count: int) -> bool:
    """Return whether so many numbers may be a square image, alone or beside labels in ten classes."""
    sizes = {count, count - 10}
    return any(
        size % side == 0 and size // side >= _FEWEST_PIXELS and (round((size // side) ** 0.5) ** 2) * side == size
        for size in sizes
        for side in _SIDES
    )
