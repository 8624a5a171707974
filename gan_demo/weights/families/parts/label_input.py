"""Ways in which labels enter a generator beside its latents: one-hot or embedded, joined or multiplied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from gan_demo.config import LabelField
from gan_demo.weights.choices import Choice

_USUAL_LATENTS = {2**k for k in range(1, 11)} | {
    3,
    5,
    10,
    20,
    25,
    30,
    40,
    48,
    50,
    60,
    62,
    75,
    80,
    90,
    96,
    100,
    120,
    150,
}
_USUAL_LATENTS |= {200, 250, 300, 400, 500, 1000}
_USUAL_CLASSES = (10, 2, 3, 4, 5, 26, 40, 47)  # digits, two kinds of anything, …, letters, attributes of faces
_OTHER_CLASSES = (6, 7, 8, 9)  # beside the two most usual numbers of latents
_CODES = 2  # continuous codes of InfoGAN (Chen et al. 2016), behind the label
_LABELLED_LATENTS = (100, 128, 64, 62, 50, 32, 16, 256, 512)


class Inputs(nn.Module):
    """Base class of the ways in which latents (N, Z) and labels (N, K) become the first vector of a network."""

    z_dim: int
    z_columns: list[int]  # columns of the first layer's weights that belong to latents, in their order


class LatentInput(Inputs):
    """Network's first vector (N, inputs) from latents (N, Z) and labels (N, K)."""

    def __init__(self, z_dim: int, order: str = "", embedding: Tensor | None = None) -> None:
        super().__init__()
        self.z_dim = z_dim
        self.order = order  # "" without labels
        before = z_dim - _CODES if order == "before_codes" else 0
        behind = range(before - z_dim, 0)  # columns behind a label's
        self.z_columns = [*range(before), *behind] if order in ("label_first", "before_codes") else [*range(z_dim)]
        self.embedding = None if embedding is None else nn.Parameter(embedding, requires_grad=False)

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        """Join latents and labels, or a mixture of labels."""
        if not self.order:
            return z
        labels = y if self.embedding is None else y @ self.embedding
        if self.order == "multiply":
            return z * labels
        if self.order == "add":
            return z + labels
        if self.order == "before_codes":
            return torch.cat([z[:, :-_CODES], labels, z[:, -_CODES:]], 1)
        return torch.cat([labels, z] if self.order == "label_first" else [z, labels], 1)


class Plan(Protocol):
    """Ways in which labels enter a network, as far as its weights say."""

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What the weights leave open."""

    def build(self, options: Mapping[str, str]) -> tuple[Inputs, tuple[LabelField, ...]]:
        """Return the input for a value of each choice, and the label fields."""


@dataclass(frozen=True)
class LabelPlan:
    """Ways in which a first layer of ``inputs`` may get its labels, as far as the weights say."""

    inputs: int
    embedding: Tensor | None
    choices: tuple[Choice, ...]

    def build(self, options: Mapping[str, str]) -> tuple[Inputs, tuple[LabelField, ...]]:
        """Return the input for a value of each choice, and the label fields."""
        if self.embedding is not None:
            classes, width = self.embedding.shape
            order = options["label_order"]
            if order == "ignored":
                return LatentInput(self.inputs), ()
            z_dim = self.inputs if order in ("multiply", "add") else self.inputs - width
            return LatentInput(z_dim, order, self.embedding), class_field(classes)
        labels = options.get("labels", "none")
        if labels == "none":
            return LatentInput(self.inputs), ()
        return LatentInput(self.inputs - int(labels), options["label_order"]), class_field(int(labels))


@dataclass(frozen=True)
class NormPlan:
    """Labels that enter by norms alone: all inputs are latents."""

    inputs: int
    classes: int
    choices: tuple[Choice, ...]

    def build(self, options: Mapping[str, str]) -> tuple[Inputs, tuple[LabelField, ...]]:
        """Return the input and the label field."""
        return LatentInput(self.inputs), class_field(self.classes)


def plan(inputs: int, embedding: Tensor | None, first: str = "latent_first") -> LabelPlan | None:
    """Return the ways in which labels may enter ``inputs`` features; None if the embedding does not fit.

    ``first`` is the order that is assumed.
    """
    if embedding is None:
        return LabelPlan(inputs, None, _one_hot_choices(inputs, first))
    width = embedding.shape[1]
    if width > inputs:
        return None
    if width == inputs:
        return LabelPlan(inputs, embedding, (Choice("label_order", ("multiply", "add", "ignored")),))
    other = "label_first" if first == "latent_first" else "latent_first"
    return LabelPlan(inputs, embedding, (Choice("label_order", (first, other)),))


def class_field(classes: int) -> tuple[LabelField, ...]:
    """Return a label field of numbered classes."""
    return (LabelField("class", tuple(str(k) for k in range(classes))),)


def _one_hot_choices(inputs: int, first: str) -> tuple[Choice, ...]:
    """Return the numbers of classes that leave a usual number of latents, unless ``inputs`` itself is a usual one."""
    if inputs in _USUAL_LATENTS:
        return ()
    classes = [k for k in _USUAL_CLASSES if inputs - k in _LABELLED_LATENTS]
    classes = classes or [k for k in _OTHER_CLASSES if inputs - k in _LABELLED_LATENTS[:2]]
    if not classes:
        return ()
    orders = [first, "label_first" if first == "latent_first" else "latent_first"]
    if inputs - 10 - _CODES in _LABELLED_LATENTS:
        orders.append("before_codes")
    return (Choice("labels", (*map(str, classes), "none")), Choice("label_order", tuple(orders)))
