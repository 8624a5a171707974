"""Division of a state dict that holds several networks under one list of names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from torch import Tensor

from gan_demo.weights.reading import roles

_MAX_DEPTH = 24  # of a network's path
_WRAPPERS = ("module.", "_orig_mod.")  # DataParallel's and torch.compile's
_PLAIN = {"state_dict", "model_state_dict", "module", "params"}  # keys that say nothing of the network below them
_PAIRS = {"G": "S", "GE": "SE"}  # lucidrains' StyleGAN2: synthesis network and the mapping that belongs to it


@dataclass(frozen=True)
class Part:
    """Group of tensors by name, at a path in the file."""

    path: tuple[str, ...]
    tensors: dict[str, Tensor]
    averaged: bool = False  # by something else than the words of its path
    class_name: str = ""  # of a pickled module
    settings: dict[str, Any] = field(default_factory=dict)  # of a pickled module


def spoken(path: tuple[str, ...]) -> str:
    """Return a path as a person would say it, without keys such as state_dict."""
    return ".".join(name for name in path if name not in _PLAIN)


def split(part: Part) -> Iterator[Part]:
    """Yield the networks in a group of tensors, their names without the prefixes that told them apart.

    Names are divided at their first component where the components say so: a discriminator beside something else, an
    average beside what is averaged, or nothing but generators.
    """
    if len(part.path) > _MAX_DEPTH:  # names of countless components
        yield part
        return
    averaged = part.averaged or "n_averaged" in part.tensors  # torch.optim.swa_utils.AveragedModel
    tensors = {_unwrapped(name): value for name, value in part.tensors.items()}
    groups = _by_component(tensors)
    if len(groups) == 1 and "" not in groups:
        yield from _single(replace(part, tensors=tensors, averaged=averaged), *groups)
    elif _are_networks([name for name in groups if name]):
        for name, group in _paired(groups).items():
            if name:
                yield from split(Part((*part.path, name), group, averaged))
    else:
        yield replace(part, tensors=tensors, averaged=averaged)


def _single(part: Part, name: str) -> Iterator[Part]:
    """Yield the networks in a group whose names all begin with one component."""
    inner = {key.partition(".")[2]: value for key, value in part.tensors.items()}
    below = replace(part, path=(*part.path, name), tensors=inner)
    if roles.by_name(name) or roles.is_averaged(name):
        yield from split(below)
        return
    parts = list(split(below))
    yield from parts if len(parts) > 1 or len(parts[0].path) > len(part.path) + 1 else [part]


def _unwrapped(name: str) -> str:
    for _ in range(_MAX_DEPTH):
        if not name.startswith(_WRAPPERS):
            break
        name = name.partition(".")[2]
    return name


def _by_component(tensors: dict[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    """Group tensors by the first component of their names, and drop it; "" has those with fewer than three."""
    deeper = {name.partition(".")[0] for name in tensors if name.count(".") > 1}
    groups: dict[str, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        first, _, rest = name.partition(".")
        if "." in rest or (rest and first in deeper):  # the latter is a network's own, such as a constant input
            groups.setdefault(first, {})[rest] = value
        elif value.dim() or value.is_floating_point():  # counters belong to no network
            groups.setdefault("", {})[name] = value
    return groups


def _are_networks(names: list[str]) -> bool:
    """Return whether components of names divide networks rather than the layers of one."""
    stated = [roles.by_name(name) for name in names]
    averages = {roles.is_averaged(name) for name in names}
    return len(names) > 1 and (roles.DISCRIMINATOR in stated or averages == {True, False} or all(stated))


def _paired(groups: dict[str, dict[str, Tensor]]) -> dict[str, dict[str, Tensor]]:
    """Join a synthesis network with its mapping; their names then begin with G and S."""
    joined = dict(groups)
    for synthesis, mapping in _PAIRS.items():
        if synthesis in joined and mapping in joined:
            both = {f"S.{name}": value for name, value in joined.pop(mapping).items()}
            joined[synthesis] = both | {f"G.{name}": value for name, value in joined[synthesis].items()}
    return joined
