"""Residual generators: a fully connected layer, residual blocks with upsampling, and a last convolution.

The blocks are those of SNGAN (Miyato et al. 2018) and of WGAN-GP's residual network (Gulrajani et al. 2017): norm,
activation, upsampling, convolution, norm, activation, convolution, beside a shortcut.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from gan_demo.config import ModelConfig
from gan_demo.errors import DataError
from gan_demo.gan.models.base import Generator
from gan_demo.weights.choices import Choice, likeliest_first
from gan_demo.weights.families.parts import attention, label_input, label_norms
from gan_demo.weights.families.parts.arrangement import Arrangement, activation_choice
from gan_demo.weights.families.parts.blocks import Block, blocks_of
from gan_demo.weights.families.parts.label_norms import Labelled, TakesLabels
from gan_demo.weights.families.parts.layers import (
    ATTENTION,
    CONVOLUTION,
    EMBEDDING,
    LINEAR,
    NORM,
    Layer,
    describe,
    layers_of,
    unknown,
)
from gan_demo.weights.families.parts.layouts import size_cost
from gan_demo.weights.families.parts.network import (
    Attended,
    ForeignGenerator,
    ImageOutput,
    View,
    activation,
    clamped_width,
    convolution,
    fits_config,
    linear,
    output_choices,
)
from gan_demo.weights.networks import StoredNetwork
from gan_demo.weights.recognised import Recognised, recognised

RESIDUAL = "residual"
_UP, _SAME = "up", "same"
_MOST_LAYOUTS = 24
_BILINEAR_NAME = ".c_sc"  # of shortcuts in a library that upsamples bilinearly


class ForeignBlock(TakesLabels):
    """Residual block with the norm and activation before each convolution, or after it."""

    def __init__(self, block: Block, up: bool, arrangement: Arrangement) -> None:
        super().__init__()
        self.up: nn.Module = nn.Identity()
        if up:
            self.up = nn.Upsample(scale_factor=2.0, mode=arrangement.options.get("upsampling", "nearest"))
        norms = [arrangement.module(part) for part in block.norms] or [nn.Identity(), nn.Identity()]
        first, second = convolution(block.first), convolution(block.second)
        function = activation(arrangement.options["activation"])
        if block.norms_follow:
            layers = [self.up, first, norms[0], function, second, norms[1]]
        else:
            layers = [norms[0], function, self.up, first, norms[1], function, second]
        self.residual = Labelled(layers)
        self.shortcut: nn.Module = nn.Identity() if block.shortcut is None else convolution(block.shortcut)
        self.last: nn.Module = function if block.norms_follow else nn.Identity()

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Map feature maps (N, C, s, s) to (N, C', s, s) or (N, C', 2s, 2s); norms may depend on labels (N, K)."""
        maps: Tensor = self.last(self.residual(x, y) + self.shortcut(self.up(x)))
        return maps


@dataclass(frozen=True)
class _Reading:
    """Everything read off a residual generator."""

    linear: Layer
    blocks: list[Block]
    norm: Layer | None  # before the last convolution
    last: Layer
    plan: label_input.Plan
    start: int
    layouts: dict[str, tuple[bool, ...]]  # which blocks upsample
    attentions: list[Layer]
    places: list[list[int]]  # of each attention: behind which block


def recognise(network: StoredNetwork) -> Recognised | None:
    """Return a residual generator with these weights, or None if they have no residual blocks."""
    try:
        candidates = list(layers_of(network))
    except DataError:
        return None
    for layers in candidates:
        if {LINEAR, CONVOLUTION} <= {layer.kind for layer in layers}:
            reading = _read(layers)
            if reading is not None:
                return _recognised(network, layers, reading)
    return None


def _read(layers: Sequence[Layer]) -> _Reading | None:
    """Return what the layers say, or None if they are no residual generator."""
    blocks, others = blocks_of(layers)
    linears = [layer for layer in others if layer.kind == LINEAR]
    ends = [layer for layer in others if layer.kind == CONVOLUTION]
    norms = [layer for layer in others if layer.kind == NORM]
    embeddings = [layer for layer in others if layer.kind == EMBEDDING]
    attentions = [layer for layer in others if layer.kind == ATTENTION]
    if not blocks or (len(linears), len(ends)) != (1, 1) or len(norms) > 1 or len(embeddings) > 1:
        return None
    last, into = ends[0], blocks[0].channels[0]
    chained = all(a.channels[1] == b.channels[0] for a, b in itertools.pairwise(blocks))
    outputs, inputs = linears[0].weight.shape
    start = math.isqrt(outputs // into)
    plan = label_norms.plan(layers, inputs) or label_input.plan(inputs, embeddings[0].weight if embeddings else None)
    fits = chained and last.weight.shape[1] == blocks[-1].channels[1] and start * start * into == outputs
    if not fits or last.weight.shape[0] not in (1, 3, 4) or plan is None or not fits_config(inputs):
        return None
    layouts = _layouts(blocks, start, last.weight.shape[0])
    places = attention.places([layer.parts for layer in attentions], [block.channels[1] for block in blocks[:-1]])
    if places is None:
        return None
    return _Reading(linears[0], blocks, norms[0] if norms else None, last, plan, start, layouts, attentions, places)


def _layouts(blocks: Sequence[Block], start: int, channels: int) -> dict[str, tuple[bool, ...]]:
    """Return which blocks may upsample, the likeliest first: all of them, else those with a shortcut of their own."""
    costs: dict[tuple[bool, ...], float] = {}
    for ups in itertools.product((True, False), repeat=len(blocks)):
        size = start << sum(ups)
        if not 8 <= size <= 1024:
            continue
        stays = sum((0.5 if block.shortcut is None else 1.5) for block, up in zip(blocks, ups, strict=True) if not up)
        costs[ups] = size_cost(size, channels) + stays
    best = min(costs.values(), default=0.0)
    ranked = sorted((ups for ups in costs if costs[ups] <= best + 3), key=costs.__getitem__)
    return {",".join(_UP if up else _SAME for up in ups): ups for ups in ranked[:_MOST_LAYOUTS]}


def _recognised(network: StoredNetwork, layers: Sequence[Layer], reading: _Reading) -> Recognised:
    if not reading.layouts:
        raise unknown(reading.last.name)
    choices = [Choice("layout", tuple(reading.layouts))] if len(reading.layouts) > 1 else []
    choices.append(activation_choice("relu"))
    if any("running_mean" in layer.parts for layer in layers):
        choices.append(Choice("norm_eps", ("1e-5", "0.8")))
    bilinear = any(layer.name.endswith(_BILINEAR_NAME) for layer in layers)
    choices.append(likeliest_first("upsampling", ("nearest", "bilinear"), "bilinear" if bilinear else "nearest"))
    choices += [*attention.choices(reading.places), *output_choices(reading.last.weight.shape[0])]

    def build(options: Mapping[str, str]) -> tuple[ModelConfig, Generator]:
        return _build(reading, options)

    described = tuple(map(describe, layers))
    return recognised(RESIDUAL, network, described, (*choices, *reading.plan.choices), build)


def _build(reading: _Reading, options: Mapping[str, str]) -> tuple[ModelConfig, Generator]:
    inputs, labels = reading.plan.build(options)
    ups = reading.layouts[options.get("layout", next(iter(reading.layouts)))]
    arrangement = Arrangement(options, dims=2)
    modules: list[nn.Module] = [linear(reading.linear), View(reading.blocks[0].channels[0], reading.start)]
    blocks: list[nn.Module] = [
        ForeignBlock(block, up, arrangement) for block, up in zip(reading.blocks, ups, strict=True)
    ]
    sizes = [reading.start << sum(ups[: k + 1]) for k in range(len(blocks))]
    attended = Attended(reading.attentions, attention.chosen(reading.places, options), sizes)
    for k, block in enumerate(blocks):
        modules += [block, *attended.behind(k)]
    modules += [arrangement.module(reading.norm)] if reading.norm is not None else []
    if not reading.blocks[-1].norms_follow:
        modules.append(activation(options["activation"]))
    modules.append(convolution(reading.last))
    size, channels = reading.start << sum(ups), reading.last.weight.shape[0]
    shape = (channels, size, size)
    width = clamped_width(reading.blocks[-1].channels[1])
    model = ModelConfig(arch="resnet", z_dim=inputs.z_dim, width=width, shape=shape, labels=labels)
    generator = ForeignGenerator(model, inputs, Labelled(modules), ImageOutput(shape, options))
    return model, attended.bounded(generator)
