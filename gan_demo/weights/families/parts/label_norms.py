"""Batch norms whose gain and shift depend on the label (Dumoulin et al. 2017; in GANs Miyato & Koyama 2018).

A label's gains and shifts are the rows of embeddings beside a norm's running statistics: one of each, or one embedding
that holds both side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from gan_demo.weights.choices import Choice, likeliest_first
from gan_demo.weights.families.parts.label_embeddings import LABEL_PARTS
from gan_demo.weights.families.parts.label_input import NormPlan
from gan_demo.weights.families.parts.layers import EMBEDDING, Layer, unknown

OPTION = "label_norm"
GAIN_FIRST, SHIFT_FIRST, GAIN_ABOUT_ZERO = "gain_first", "shift_first", "gain_about_zero"


class TakesLabels(nn.Module):
    """Base class of modules that take labels (N, K) beside features."""


class LabelNorm(TakesLabels):
    """Batch norm with a gain and a shift for each label, and mixtures of them for mixtures of labels."""

    def __init__(self, norm: nn.Module, gains: Tensor, shifts: Tensor) -> None:
        super().__init__()
        self.norm = norm
        self.gains = nn.Parameter(gains, requires_grad=False)  # (K, C)
        self.shifts = nn.Parameter(shifts, requires_grad=False)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Normalise features (N, C, …), then scale and shift them as the labels (N, K) say."""
        each = (..., *(None for _ in range(x.dim() - 2)))  # a reshape would hide the number of channels from ONNX
        normal: Tensor = self.norm(x)
        return (y @ self.gains)[each] * normal + (y @ self.shifts)[each]


class Labelled(TakesLabels):
    """Modules one after another, some of which take labels."""

    def __init__(self, modules: Sequence[nn.Module]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(modules)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Pass features through all modules."""
        for module in self.layers:
            x = module(x, y) if isinstance(module, TakesLabels) else module(x)
        return x


def sequence(modules: Sequence[nn.Module]) -> nn.Module:
    """Return modules one after another, which take labels if one of them does."""
    return Labelled(modules) if any(isinstance(module, TakesLabels) for module in modules) else nn.Sequential(*modules)


def plan(layers: Sequence[Layer], inputs: int) -> NormPlan | None:
    """Return the plan of a network whose norms depend on the label, else None.

    Raises DataError where labels enter in another way as well, and where norms have different numbers of labels.
    """
    labelled = [layer for layer in layers if layer.labels]
    if not labelled:
        return None
    counts = {layer.labels for layer in labelled}
    others = [layer for layer in layers if layer.kind == EMBEDDING]
    if len(counts) > 1 or others:
        raise unknown((others or labelled)[-1].name)
    return NormPlan(inputs, counts.pop(), _choices(labelled))


def _choices(layers: Sequence[Layer]) -> tuple[Choice, ...]:
    """Return what weights leave open: which half of an embedding are the gains, and whether these are about 0 or 1.

    The likeliest is that of which the means of both halves speak: gains begin at 1 and shifts at 0.
    """
    first, second = (float(torch.cat([layer.parts[part].flatten() for layer in layers]).mean()) for part in LABEL_PARTS)
    likeliest = GAIN_FIRST if first > 0.5 else SHIFT_FIRST if second > 0.5 else GAIN_ABOUT_ZERO
    return (likeliest_first(OPTION, (GAIN_FIRST, SHIFT_FIRST, GAIN_ABOUT_ZERO), likeliest),)


def label_norm(layer: Layer, norm: nn.Module, options: Mapping[str, str]) -> LabelNorm:
    """Return the norm of a layer with its gains and shifts; ``norm`` has its statistics."""
    first, second = (layer.parts[part] for part in LABEL_PARTS)
    if options[OPTION] == SHIFT_FIRST:
        return LabelNorm(norm, second, first)
    return LabelNorm(norm, 1 + first if options[OPTION] == GAIN_ABOUT_ZERO else first, second)
