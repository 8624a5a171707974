"""Layers of a stored network: weights grouped by layer, first to last, and what the names say between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from gan_demo.errors import DataError
from gan_demo.weights.families.parts import attention
from gan_demo.weights.families.parts.folding import folded
from gan_demo.weights.families.parts.label_embeddings import LABEL_PARTS, with_label_norms
from gan_demo.weights.limits import SUPPORTED
from gan_demo.weights.networks import StoredNetwork
from gan_demo.weights.reading.roles import natural_order

LINEAR, CONVOLUTION, NORM, PRELU, EMBEDDING = "linear", "convolution", "norm", "prelu", "embedding"
ATTENTION = "attention"
_PARTS = {"weight", "bias", "running_mean", "running_var"}
_EMBEDDING = re.compile(r"emb|label|class|(^|[._])[cy]_?\d*$", re.I)


@dataclass(frozen=True)
class Layer:
    """Weights of one layer. ``gap`` counts the modules without weights up to the next layer; None if unknown."""

    name: str
    kind: str
    parts: dict[str, Tensor]
    gap: int | None = None

    @property
    def weight(self) -> Tensor:
        """The layer's weight."""
        return self.parts["weight"]

    @property
    def width(self) -> int:
        """Number of channels or units of a norm."""
        return len(next(iter(self.parts.values())))

    @property
    def labels(self) -> int:
        """Number of labels that a norm's gains and shifts depend on; 0 for all other layers."""
        return len(self.parts.get(LABEL_PARTS[0], ()))


def layers_of(network: StoredNetwork) -> Iterator[list[Layer]]:
    """Yield the layers in each order in which they may be meant, the likeliest first.

    Raises DataError for a weight of no known kind of layer.
    """
    attentions, tensors = attention.split_off(folded(network.tensors))
    grouped: dict[str, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        layer, _, part = name.rpartition(".")
        if part not in _PARTS:
            raise unknown(name)
        grouped.setdefault(layer, {})[part] = value
    grouped = with_label_norms(grouped) | attentions
    by_name = sorted(grouped, key=natural_order)
    by_number = sorted(by_name, key=lambda name: [int(part) for part in re.findall(r"\d{1,9}", name)])
    orders = ([list(grouped)] if network.ordered else []) + [by_name, by_number]
    for k, order in enumerate(orders):
        if order not in orders[:k]:
            kinds = {name: ATTENTION if name in attentions else _kind(name, grouped[name]) for name in order}
            yield _with_gaps([Layer(name, kinds[name], grouped[name]) for name in order])


def unknown(layer: str) -> DataError:
    """Return the error for a network of no known family."""
    return DataError("file", "", "is an unknown kind of network, at its layer {layer}", SUPPORTED, layer=layer)


def describe(layer: Layer) -> str:
    """Return a layer in words: "Linear 100 → 256"."""
    shape = tuple(layer.parts.get("weight", next(iter(layer.parts.values()))).shape)
    if layer.kind == LINEAR:
        return f"Linear {shape[1]} → {shape[0]}"
    if layer.kind == EMBEDDING:
        return f"Embedding {shape[0]} × {shape[1]}"
    if layer.kind == CONVOLUTION:
        return f"Convolution {shape[2]}×{shape[3]}, {shape[0]} × {shape[1]}"
    if layer.kind == ATTENTION:
        return f"Self-attention {attention.channels_of(layer.parts)}"
    if layer.labels:
        return f"Norm {shape[0]}, {layer.labels} labels"
    return f"PReLU {shape[0]}" if layer.kind == PRELU else f"Norm {shape[0]}"


def _kind(name: str, parts: dict[str, Tensor]) -> str:
    """Return the kind of a layer. Raises DataError if its weights form none."""
    weight = parts.get("weight")
    if LABEL_PARTS[0] in parts:
        return NORM
    if any(0 in value.shape for value in parts.values()):
        raise unknown(name)
    if weight is None or weight.dim() == 1:
        return _narrow_kind(name, parts)
    if not parts.keys() <= {"weight", "bias"} or weight.dim() not in (2, 4):
        raise unknown(name)
    bias = parts.get("bias")
    outputs = weight.shape[:2] if weight.dim() == 4 else weight.shape[:1]
    if bias is not None and (bias.dim() != 1 or len(bias) not in outputs):
        raise unknown(name)
    if weight.dim() == 4:
        return CONVOLUTION
    return EMBEDDING if bias is None and _EMBEDDING.search(name) else LINEAR


def _narrow_kind(name: str, parts: dict[str, Tensor]) -> str:
    """Return the kind of a layer with a number for each channel: a norm, or a PReLU."""
    sizes = {value.shape for value in parts.values()}
    if len(sizes) > 1 or len(next(iter(sizes))) != 1 or ("running_mean" in parts) != ("running_var" in parts):
        raise unknown(name)
    if parts.keys() == {"weight"}:
        return PRELU
    if ("weight" in parts) != ("bias" in parts):
        raise unknown(name)
    return NORM


def _with_gaps(layers: list[Layer]) -> list[Layer]:
    following = [*layers[1:], None]
    return [
        Layer(layer.name, layer.kind, layer.parts, None if after is None else _gap(layer.name, after.name))
        for layer, after in zip(layers, following, strict=True)
    ]


def _gap(name: str, after: str) -> int | None:
    """Return how many modules of an nn.Sequential lie between two of its layers; None if the names don't say."""
    parent, _, number = name.rpartition(".")
    parent_after, _, number_after = after.rpartition(".")
    if parent != parent_after or not (number.isdecimal() and number_after.isdecimal()):
        return None
    gap = int(number_after) - int(number) - 1
    return gap if gap >= 0 else None
