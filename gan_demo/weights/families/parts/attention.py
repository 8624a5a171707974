"""Self-attention between the layers of a generator (Zhang et al. 2018, SAGAN, arXiv 1805.08318).

Two forms are known by their names: queries, keys and values of every pixel, and those of BigGAN's code, which takes the
largest keys and values of each four pixels and has a convolution behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_demo.weights.choices import Choice

CHOICE = "attention"  # after which layer or block, counted from 1
_FORMS = (  # names of the query's, the key's and the value's convolution, and of the one behind
    ("query_conv", "key_conv", "value_conv", ""),
    ("query", "key", "value", ""),
    ("theta", "phi", "g", "o"),
)
_ROLES = ("query", "key", "value", "out")
_NUMBERS_AT_ONCE = 2**26  # attention weights of all samples in a batch

Parts = dict[str, Tensor]  # "query.weight" …, "gamma"


def split_off(tensors: Mapping[str, Tensor]) -> tuple[dict[str, Parts], dict[str, Tensor]]:
    """Return the weights of attention by the names of its modules, and all other tensors."""
    attentions: dict[str, Parts] = {}
    used: set[str] = set()
    for name, value in tensors.items():
        prefix, _, last = name.rpartition(".")
        if last != "gamma" or value.numel() != 1:
            continue
        for form in _FORMS:
            names = _names(f"{prefix}." if prefix else "", form, tensors)
            parts = {part: tensors[stored] for part, stored in names.items()}
            if _fits(parts, bool(form[-1])):
                attentions[prefix] = parts | {"gamma": value}
                used |= {name, *names.values()}
    return attentions, {name: value for name, value in tensors.items() if name not in used}


def _names(prefix: str, form: Sequence[str], tensors: Mapping[str, Tensor]) -> dict[str, str]:
    names = {
        f"{role}.{part}": f"{prefix}{name}.{part}"
        for role, name in zip(_ROLES, form, strict=True)
        for part in ("weight", "bias")
    }
    return {part: name for part, name in names.items() if name in tensors}


def _fits(parts: Parts, has_out: bool) -> bool:
    """Return whether weights are those of 1×1 convolutions whose channels fit together."""
    roles = _ROLES if has_out else _ROLES[:3]
    weights = [parts.get(f"{role}.weight") for role in roles]
    shapes = [tuple(weight.shape) for weight in weights if weight is not None]
    if len(shapes) < len(roles) or any(len(shape) != 4 or shape[2:] != (1, 1) for shape in shapes):
        return False
    (queries, channels), (keys, _), (values, _) = (shape[:2] for shape in shapes[:3])
    out = shapes[3][:2] if has_out else (channels, values)
    return keys == queries and all(shape[1] == channels for shape in shapes[:3]) and out == (channels, values)


def channels_of(parts: Mapping[str, Tensor]) -> int:
    """Return the channels of the maps that attention takes and gives."""
    return parts["query.weight"].shape[1]


def places(attentions: Iterable[Mapping[str, Tensor]], outputs: Sequence[int]) -> list[list[int]] | None:
    """Return where each attention may stand: the indices of layers with its channels, the likeliest first.

    ``outputs`` are the layers' channels without the last one's. None where one fits nowhere.
    """
    possible = [[k for k, out in enumerate(outputs) if out == channels_of(parts)][::-1] for parts in attentions]
    return possible if all(possible) else None


def choices(possible: Sequence[Sequence[int]]) -> list[Choice]:
    """Return the choice of the place of a single attention that may stand in several."""
    if len(possible) != 1 or len(possible[0]) < 2:
        return []
    return [Choice(CHOICE, tuple(str(index + 1) for index in possible[0]))]


def chosen(possible: Sequence[Sequence[int]], options: Mapping[str, str]) -> list[int]:
    """Return the place of each attention by the options."""
    return [int(options[CHOICE]) - 1] if CHOICE in options else [places[0] for places in possible]


def samples_at_once(parts: Mapping[str, Tensor], size: int) -> int:
    """Return how many samples fit into memory with maps of ``size`` pixels a side."""
    keys = size**2 // (4 if "out.weight" in parts else 1)
    return max(1, _NUMBERS_AT_ONCE // (size**2 * keys))


class SelfAttention(nn.Module):
    """Attention over the pixels of feature maps, added to them times gamma."""

    def __init__(self, parts: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.values = nn.ParameterDict({name.replace(".", "_"): nn.Parameter(part) for name, part in parts.items()})

    def forward(self, x: Tensor) -> Tensor:
        """Return maps of the same shape (N, C, H, W)."""
        query, key, value = (self._convolved(role, x) for role in _ROLES[:3])
        if "out_weight" in self.values:
            key, value = (F.max_pool2d(maps, 2) for maps in (key, value))
        weights = torch.softmax(query.flatten(2).transpose(1, 2) @ key.flatten(2), -1)  # (N, P, P')
        read = value.flatten(2) @ weights.transpose(1, 2)  # (N, V, P)
        read = read.reshape(x.shape[0], -1, x.shape[2], x.shape[3])
        if "out_weight" in self.values:
            read = self._convolved("out", read)
        attended: Tensor = x + self.values["gamma"] * read
        return attended

    def _convolved(self, role: str, x: Tensor) -> Tensor:
        return F.conv2d(x, self.values[f"{role}_weight"], self.values.get(f"{role}_bias", None))
