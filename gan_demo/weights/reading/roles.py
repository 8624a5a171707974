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
_MATRICES = ("weight", "weight_orig", "weight_v", "original", "original1", "weight_bar")  # with spectral or weight norm


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


def by_shapes(tensors: dict[str, Tensor], ordered: bool) -> str:
    """Return ``DISCRIMINATOR`` for weights that lead to one number, or from images to one channel, else ``UNKNOWN``.

    ``ordered`` says that names come in the network's order; otherwise the numbers in them give it.
    """
    names = [name for name in tensors if name.endswith(_MATRICES) and "emb" not in name.lower()]
    names = names if ordered else sorted(names, key=natural_order)
    shapes = [tuple(tensors[name].shape) for name in names if tensors[name].dim() in (2, 4)]
    if len(shapes) < 2:
        return UNKNOWN
    gives_number = any(len(shape) == 2 and shape[0] == 1 and shape[1] > 1 for shape in shapes)
    takes_images = len(shapes[0]) == 4 and shapes[0][1] in _SIDES
    gives_channel = len(shapes[-1]) == 4 and shapes[-1][0] == 1 and shapes[-1][1] > 1
    return DISCRIMINATOR if gives_number or (takes_images and gives_channel) else UNKNOWN


def natural_order(name: str) -> list[tuple[int, str]]:
    """Return a key that sorts names by their numbers: layer 2 before layer 10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d{1,9})", name)]
