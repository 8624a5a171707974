"""Latents and labels that pass a first layer each, whose outputs are joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gan_demo.config import LabelField
from gan_demo.weights.choices import Choice
from gan_demo.weights.families.parts.arrangement import Arrangement
from gan_demo.weights.families.parts.label_input import Inputs, class_field
from gan_demo.weights.families.parts.layers import CONVOLUTION, Layer
from gan_demo.weights.families.parts.network import View, filled, linear
from gan_demo.weights.families.parts.stack import Group


class BranchInput(Inputs):
    """First features of latents and of labels, side by side."""

    def __init__(self, z_branch: nn.Module, y_branch: nn.Module, z_dim: int, labels_first: bool) -> None:
        super().__init__()
        self.z_branch = z_branch
        self.y_branch = y_branch
        self.z_dim = z_dim
        self.z_columns = list(range(z_dim))
        self.labels_first = labels_first

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        """Return features (N, C) or maps (N, C, k, k) of latents and labels."""
        branches = [self.z_branch(z), self.y_branch(y)]
        return torch.cat(branches[::-1] if self.labels_first else branches, 1)


@dataclass(frozen=True)
class BranchPlan:
    """Two parallel first layers, of which the narrower takes the labels."""

    groups: tuple[Group, Group]

    @property
    def outputs(self) -> tuple[int, int]:
        """Channels that both give together, and the size of their maps."""
        (first, _), (second, _) = self.groups
        size = first.weight.shape[2] if first.kind == CONVOLUTION else 1
        return _outputs(first) + _outputs(second), size

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Order in which the branches are joined; that of the file is likelier."""
        first, second = (_inputs(layer) for layer, _ in self.groups)
        orders = ("latent_first", "label_first")
        return (Choice("label_order", orders if first >= second else orders[::-1]),)

    def build(self, options: Mapping[str, str]) -> tuple[Inputs, tuple[LabelField, ...]]:
        """Return the input for a value of each choice, and the label fields."""
        latents, labels = sorted(self.groups, key=lambda group: -_inputs(group[0]))
        arrangement = Arrangement(options, dims=2 if latents[0].kind == CONVOLUTION else 0)
        branches = [
            nn.Sequential(*_first(layer), *arrangement.after(layer, between)) for layer, between in (latents, labels)
        ]
        z_dim, classes = _inputs(latents[0]), _inputs(labels[0])
        inputs = BranchInput(branches[0], branches[1], z_dim, options["label_order"] == "label_first")
        return inputs, class_field(classes)


def branch_plan(groups: Sequence[Group]) -> BranchPlan | None:
    """Return the plan of a network whose third layer takes the outputs of the first and of the second, else None."""
    if len(groups) < 3:
        return None
    (first, _), (second, _), (third, _) = groups[:3]
    if len({first.kind, second.kind, third.kind}) > 1 or first.weight.shape[2:] != second.weight.shape[2:]:
        return None
    joined = _outputs(first) + _outputs(second)
    takes_joined = third.weight.shape[0 if third.kind == CONVOLUTION else 1] == joined
    if not takes_joined or _outputs(first) == _inputs(second):
        return None
    return BranchPlan((groups[0], groups[1]))


def _inputs(layer: Layer) -> int:
    return layer.weight.shape[0 if layer.kind == CONVOLUTION else 1]


def _outputs(layer: Layer) -> int:
    return layer.weight.shape[1 if layer.kind == CONVOLUTION else 0]


def _first(layer: Layer) -> list[nn.Module]:
    """Return a fully connected layer, or a transposed convolution of single pixels."""
    if layer.kind != CONVOLUTION:
        return [linear(layer)]
    into, out, kernel, _ = layer.weight.shape
    module = nn.ConvTranspose2d(into, out, kernel, bias="bias" in layer.parts, device="meta")
    return [View(into, 1), filled(module, layer)]
