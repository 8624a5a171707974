"""Fully connected generators of any widths, with or without norms, unconditional or conditional."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from torch import nn

from gan_demo.config import IMAGE_SHAPES, ModelConfig
from gan_demo.errors import DataError
from gan_demo.gan.models.base import Generator
from gan_demo.weights.choices import Choice
from gan_demo.weights.families import own
from gan_demo.weights.families.parts import label_input, label_norms
from gan_demo.weights.families.parts.arrangement import (
    Arrangement,
    activation_choice,
    is_linear,
    norm_choices,
)
from gan_demo.weights.families.parts.branches import branch_plan
from gan_demo.weights.families.parts.label_norms import sequence
from gan_demo.weights.families.parts.layers import (
    CONVOLUTION,
    EMBEDDING,
    LINEAR,
    NORM,
    PRELU,
    Layer,
    describe,
    layers_of,
    unknown,
)
from gan_demo.weights.families.parts.network import (
    ForeignGenerator,
    ImageOutput,
    clamped_width,
    fits_config,
    linear,
    output_choices,
)
from gan_demo.weights.limits import refuse_network
from gan_demo.weights.networks import StoredNetwork
from gan_demo.weights.recognised import Recognised, recognised

MLP = "mlp"
USUAL_SIZES = (28, 32, 64, 128, 256, 512, 1024)
_MAX_UNITS = 1024 * 16  # of a hidden layer
_MAX_SIZE = 1024


@dataclass(frozen=True)
class Hidden:
    """Fully connected layer, and the norms and PReLUs between it and the next."""

    layer: Layer
    between: list[Layer] = field(default_factory=list)


def recognise(network: StoredNetwork) -> Recognised | None:
    """Return an MLP with these weights, or None if they have convolutions. Raises DataError if they don't fit."""
    refusals = []
    for layers in layers_of(network):
        kinds = {layer.kind for layer in layers}
        if CONVOLUTION in kinds or LINEAR not in kinds:
            return None
        try:
            return _recognise(network, layers)
        except DataError as refusal:
            refusals.append(refusal)
    raise refusals[0]


def image_shapes(outputs: int) -> list[tuple[int, int, int]]:
    """Return the shapes (C, n, n) that a number of values may have, usual sizes and few channels first."""
    shapes = []
    for channels in (1, 3, 4):
        size = math.isqrt(outputs // channels)
        if channels * size * size == outputs and 8 <= size <= _MAX_SIZE:
            shapes.append((channels, size, size))
    shapes.sort(key=lambda shape: shape[1] not in USUAL_SIZES)
    return shapes[:1] + [shape for shape in shapes[1:] if shape[1] in USUAL_SIZES]


def chained(layers: Sequence[Layer]) -> list[Hidden]:
    """Group layers into fully connected ones and those between. Raises DataError for a norm at the beginning or end."""
    chain: list[Hidden] = []
    for layer in layers:
        if layer.kind in (NORM, PRELU) and chain:
            if layer.kind == NORM and layer.width != chain[-1].layer.weight.shape[0]:
                raise misfit(layer, layer.width, chain[-1].layer.weight.shape[0])
            chain[-1].between.append(layer)
        elif layer.kind == LINEAR:
            chain.append(Hidden(layer))
        else:
            raise unknown(layer.name)
    return chain


def misfit(layer: Layer, inputs: int, outputs: int) -> DataError:
    """Return the error for a layer that takes other inputs than it gets."""
    remedy = "Layer {name} takes {inputs} inputs, but gets {outputs}"
    details = {"name": layer.name, "inputs": inputs, "outputs": outputs}
    return DataError("file", "", "has layers that do not fit together", remedy, **details)


def check_chain(chain: Sequence[Hidden]) -> None:
    """Raise DataError where a layer takes other inputs than the layer before it gives."""
    for before, after in pairwise(chain):
        outputs, inputs = before.layer.weight.shape[0], after.layer.weight.shape[1]
        if outputs != inputs:
            raise misfit(after.layer, inputs, outputs)


def _recognise(network: StoredNetwork, layers: list[Layer]) -> Recognised:
    embeddings = [layer for layer in layers if layer.kind == EMBEDDING]
    chain = chained([layer for layer in layers if layer.kind != EMBEDDING])
    first, last = chain[0].layer, chain[-1].layer
    inputs, outputs = first.weight.shape[1], last.weight.shape[0]
    if outputs == 1 or (outputs not in IMAGE_SHAPES and inputs in IMAGE_SHAPES):
        refuse_network("", "discriminator")
    embedding = embeddings[0].weight if embeddings else None
    branches = branch_plan([(part.layer, part.between) for part in chain])
    by_norms = label_norms.plan(layers, inputs)
    plan = by_norms or branches or label_input.plan(inputs, embedding, "label_first" if embeddings else "latent_first")
    if len(embeddings) > 1 or plan is None or (branches and (embeddings or by_norms)):
        raise unknown(embeddings[-1].name if embeddings else first.name)
    chain = chain[2:] if branches else chain
    check_chain(chain)
    shapes = image_shapes(outputs)
    _check_sizes(chain, shapes, outputs)
    choices = (*_choices(chain, shapes, bool(embeddings), bool(branches)), *plan.choices)

    def build(options: Mapping[str, str]) -> tuple[ModelConfig, Generator]:
        model, generator = _build(chain, plan, shapes, options)
        return own.tutorial(model, layers, options) or (model, generator)

    return recognised(MLP, network, tuple(map(describe, layers)), choices, build)


def _check_sizes(chain: Sequence[Hidden], shapes: Sequence[tuple[int, ...]], outputs: int) -> None:
    if chain[-1].between:
        raise misfit(chain[-1].between[0], chain[-1].between[0].width, outputs)
    if not shapes:
        problem = "makes {count} numbers, which do not form a square image"
        remedy = "Images have 1, 3 or 4 channels and are 8 to 1024 pixels wide and high"
        raise DataError("file", "", problem, remedy, count=outputs)
    widest = max((hidden.layer.weight.shape[0] for hidden in chain[:-1]), default=0)
    if not fits_config(chain[0].layer.weight.shape[1]) or widest > _MAX_UNITS:
        remedy = "Use at most 1024 latent dimensions and 16384 units per layer"
        raise DataError("file", "", "has layers of unusual sizes", remedy)


def _choices(
    chain: Sequence[Hidden], shapes: Sequence[tuple[int, ...]], embedded: bool, branched: bool
) -> list[Choice]:
    """Return what is open, with the habits of public code first.

    Widths that double from at least 128 are those of the tutorials whose layers are LeakyReLU 0.2, and so are embedded
    labels; BatchNorm in all hidden layers but the first, beside such widths, is of the collection whose eps is 0.8.
    """
    hidden = [(part.layer, part.between) for part in chain[:-1]]
    widths = [layer.weight.shape[0] for layer, _ in hidden]
    doubling = bool(widths) and min(widths) >= 128 and all(b == 2 * a for a, b in pairwise(widths))
    norms = [any(layer.kind == NORM for layer in between) for _, between in hidden]
    all_but_first = len(norms) > 1 and not norms[0] and all(norms[1:])
    leaky = not branched and (doubling or all_but_first or embedded)
    choices: list[Choice] = []
    if any(not is_linear(layer, between) and PRELU not in {b.kind for b in between} for layer, between in hidden):
        choices.append(activation_choice("leaky_relu_0.2" if leaky else "relu"))
    choices += norm_choices(hidden, "0.8" if doubling and all_but_first else "1e-5")
    if len(shapes) > 1:
        choices.append(Choice("shape", tuple("x".join(map(str, shape)) for shape in shapes)))
    if shapes[0][0] > 1 or len(shapes) > 1:
        choices.append(Choice("pixel_order", ("channels_first", "channels_last")))
    return [*choices, *output_choices(max(shape[0] for shape in shapes))]


def _build(
    chain: Sequence[Hidden],
    plan: label_input.Plan,
    shapes: Sequence[tuple[int, int, int]],
    options: Mapping[str, str],
) -> tuple[ModelConfig, Generator]:
    inputs, labels = plan.build(options)
    shape = next((s for s in shapes if "x".join(map(str, s)) == options.get("shape")), shapes[0])
    arrangement = Arrangement(options)
    modules: list[nn.Module] = []
    for hidden in chain[:-1]:
        modules += [linear(hidden.layer), *arrangement.after(hidden.layer, hidden.between)]
    body = sequence([*modules, linear(chain[-1].layer)])
    width = clamped_width(chain[-1].layer.weight.shape[1] // 16)
    model = ModelConfig(arch="mlp", z_dim=inputs.z_dim, width=width, shape=shape, labels=labels)
    return model, ForeignGenerator(model, inputs, body, ImageOutput(shape, options))
