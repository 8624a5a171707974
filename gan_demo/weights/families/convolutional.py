"""Convolutional generators: stacks of transposed convolutions, or upsampling and convolutions, of any depth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from gan_demo.config import ModelConfig
from gan_demo.errors import DataError
from gan_demo.gan.models.base import Generator
from gan_demo.weights.choices import Choice
from gan_demo.weights.families import own
from gan_demo.weights.families.mlp import Hidden, check_chain
from gan_demo.weights.families.parts import attention, label_input, label_norms
from gan_demo.weights.families.parts.arrangement import Arrangement, activation_choice, norm_choices
from gan_demo.weights.families.parts.branches import BranchPlan, branch_plan
from gan_demo.weights.families.parts.label_norms import sequence
from gan_demo.weights.families.parts.layers import (
    ATTENTION,
    CONVOLUTION,
    EMBEDDING,
    NORM,
    PRELU,
    Layer,
    describe,
    layers_of,
    unknown,
)
from gan_demo.weights.families.parts.layouts import WGAN_GP, Geometry, Layout, Step, layouts
from gan_demo.weights.families.parts.network import (
    Attended,
    ForeignGenerator,
    ImageOutput,
    View,
    clamped_width,
    filled,
    fits_config,
    linear,
    output_choices,
)
from gan_demo.weights.families.parts.stack import Convolution, Stack, grouped, read_stack
from gan_demo.weights.limits import refuse_network
from gan_demo.weights.networks import StoredNetwork
from gan_demo.weights.recognised import Recognised, recognised

TRANSPOSED, UPSAMPLING = "transposed", "upsampling"
_IMAGE_CHANNELS = frozenset((1, 3, 4))
_UPSAMPLINGS = ("nearest", "bilinear")


class Crop(nn.Module):
    """Feature maps without their last rows and columns."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def forward(self, x: Tensor) -> Tensor:
        """Return the maps (N, C, H - count, W - count)."""
        return x[:, :, : -self.count, : -self.count]


@dataclass(frozen=True)
class _Reading:
    """Everything read off a convolutional generator."""

    stack: Stack
    plan: label_input.Plan
    layouts: dict[str, Layout]
    family: str
    attentions: list[Layer]
    places: list[list[int]]  # of each attention: behind which convolution

    @property
    def channels(self) -> int:
        return self.stack.convolutions[-1].channels[1]


def recognise(network: StoredNetwork) -> Recognised | None:
    """Return a convolutional generator with these weights, or None if they have no convolutions. Raises DataError."""
    refusals = []
    for layers in layers_of(network):
        if CONVOLUTION not in {layer.kind for layer in layers}:
            return None
        _refuse_discriminator(layers)
        try:
            return _recognise(network, layers)
        except DataError as refusal:
            refusals.append(_image_to_image(layers) or refusal)
    raise refusals[0]


def _image_to_image(layers: Sequence[Layer]) -> DataError | None:
    """Return the error for a network that turns images into images, if the channels of both ends are an image's."""
    shapes = [layer.weight.shape for layer in layers if layer.kind == CONVOLUTION]
    ends_in_image = not _IMAGE_CHANNELS.isdisjoint(shapes[-1][:2])
    if layers[0].kind != CONVOLUTION or len(shapes) < 3 or shapes[0][1] not in _IMAGE_CHANNELS or not ends_in_image:
        return None
    remedy = "Open a generator that draws from latents alone: CycleGAN's and pix2pix's turn an image into another"
    return DataError("file", "", "takes images or sequences, not latents", remedy)


def _refuse_discriminator(layers: Sequence[Layer]) -> None:
    shapes = [layer.weight.shape for layer in layers if layer.kind == CONVOLUTION]
    if layers[0].kind == CONVOLUTION and shapes[-1][0] == 1 and shapes[0][1] in (1, 3, 4) and shapes[-1][1] != 1:
        refuse_network("", "discriminator")


def _recognise(network: StoredNetwork, layers: list[Layer]) -> Recognised:
    embeddings = [layer for layer in layers if layer.kind == EMBEDDING]
    linears, convolutions = grouped([layer for layer in layers if layer.kind not in (EMBEDDING, ATTENTION)])
    branches = branch_plan(linears or convolutions)
    if branches is None:
        stack = read_stack(linears, convolutions)
    elif linears:
        stack = read_stack(linears[2:], convolutions)
    else:
        stack = read_stack([], convolutions[2:], branches.outputs)
    check_chain([Hidden(*group) for group in stack.linears])
    reading = _read(stack, embeddings, branches, layers)
    choices = (*_choices(reading), *reading.plan.choices)

    def build(options: Mapping[str, str]) -> tuple[ModelConfig, Generator]:
        model, generator = _build(reading, options)
        return own.example(model, layers, options) or (model, generator)

    return recognised(reading.family, network, tuple(map(describe, layers)), choices, build)


def _read(stack: Stack, embeddings: Sequence[Layer], branches: BranchPlan | None, layers: Sequence[Layer]) -> _Reading:
    first, last = stack.convolutions[0], stack.convolutions[-1]
    inputs = stack.linears[0][0].weight.shape[1] if stack.linears else first.channels[0]
    upsampling = not any(convolution.transposed for convolution in stack.convolutions)
    order = "label_first" if stack.linears and embeddings else "latent_first"
    embedding = embeddings[0].weight if embeddings else None
    by_norms = label_norms.plan(layers, inputs)
    plan = by_norms or branches or label_input.plan(inputs, embedding, order)
    if (
        len(embeddings) > 1
        or (branches and (embeddings or by_norms))
        or plan is None
        or last.channels[1] not in (1, 3, 4)
        or not fits_config(inputs)
    ):
        raise unknown((embeddings[-1:] or [last.layer])[0].name)
    steps = [
        Step(c.kernel, c.transposed, c.shuffled, _gap_before(stack, k), bool(stack.linears) and k == 0)
        for k, c in enumerate(stack.convolutions)
    ]
    names = layouts(steps, stack.start, last.channels[1])
    attentions = [layer for layer in layers if layer.kind == ATTENTION]
    places = attention.places([layer.parts for layer in attentions], [c.channels[1] for c in stack.convolutions[:-1]])
    if not names or places is None:
        raise unknown((attentions or layers)[-1].name)
    return _Reading(stack, plan, names, UPSAMPLING if upsampling else TRANSPOSED, attentions, places)


def _gap_before(stack: Stack, index: int) -> int | None:
    """Return how many modules without weights stand before a convolution, if the names say so."""
    before = stack.linears[-1:] if index == 0 else [(c.layer, c.between) for c in stack.convolutions[index - 1 : index]]
    if not before:
        return None
    layer, between = before[0]
    gaps = [part.gap for part in (layer, *between)]
    return None if gaps[-1] is None else sum(gap or 0 for gap in gaps)


def _choices(reading: _Reading) -> list[Choice]:
    """Return what is open, with the habits of public code first.

    Stacks of transposed convolutions are DCGAN's, with ReLU. Those with upsampling are of a collection whose layers
    are LeakyReLU 0.2, and whose norms have eps 0.8 except the first.
    """
    stack = reading.stack
    upsampling = reading.family == UPSAMPLING
    hidden = [(c.layer, c.between) for c in stack.convolutions[:-1]]
    choices: list[Choice] = []
    if len(reading.layouts) > 1:
        choices.append(Choice("layout", tuple(reading.layouts)))
    if any(PRELU not in {part.kind for part in between} for _, between in (*stack.linears, *hidden)):
        choices.append(activation_choice("leaky_relu_0.2" if upsampling else "relu"))
    first_norm = bool(stack.linears) and any(part.kind == NORM for part in stack.linears[-1][1])
    choices += norm_choices([*stack.linears, *hidden], "1e-5_then_0.8" if upsampling and first_norm else "1e-5")
    if stack.linears and not _first_is_said(stack):
        values = ("none", "same") if upsampling and first_norm else ("same", "none")
        choices.append(Choice("first_activation", values))
    if any(geometry.upsampled for layout in reading.layouts.values() for geometry in layout):
        choices.append(Choice("upsampling", _UPSAMPLINGS))
    choices += attention.choices(reading.places)
    likeliest = next(iter(reading.layouts.values()))
    return [*choices, *output_choices(reading.channels, "sigmoid" if likeliest == WGAN_GP else "tanh")]


def _first_is_said(stack: Stack) -> bool:
    """Return whether names say what follows the fully connected layer."""
    layer, between = stack.linears[-1]
    return (between[-1] if between else layer).gap is not None


def _build(reading: _Reading, options: Mapping[str, str]) -> tuple[ModelConfig, Generator]:
    inputs, labels = reading.plan.build(options)
    layout = reading.layouts[options.get("layout", next(iter(reading.layouts)))]
    attended = _attended(reading, layout, options)
    body, size = _body(reading.stack, layout, options, attended)
    shape = (reading.channels, size, size)
    width = clamped_width(reading.stack.convolutions[-1].channels[0])
    model = ModelConfig(arch="dcgan", z_dim=inputs.z_dim, width=width, shape=shape, labels=labels)
    return model, attended.bounded(ForeignGenerator(model, inputs, body, ImageOutput(shape, options)))


def _attended(reading: _Reading, layout: Layout, options: Mapping[str, str]) -> Attended:
    sizes = [reading.stack.start]
    for geometry in layout:
        sizes.append(geometry.size(sizes[-1]))
    return Attended(reading.attentions, attention.chosen(reading.places, options), sizes[1:])


def _body(stack: Stack, layout: Layout, options: Mapping[str, str], attended: Attended) -> tuple[nn.Module, int]:
    """Return the layers of a stack in a layout, and the size of the images."""
    modules, size, following = _first(stack, layout, options), stack.start, [*layout[1:], None]
    arrangement = Arrangement(options, dims=2)
    arrangement.norms = sum(part.kind == NORM for _, between in stack.linears for part in between)
    for index, (convolution, geometry, after) in enumerate(zip(stack.convolutions, layout, following, strict=True)):
        modules += _convolution(convolution, geometry, options.get("upsampling", "nearest"))
        size = geometry.size(size)
        if after is not None:
            others = int(after.upsampled or after.shuffled)
            modules += arrangement.after(convolution.layer, convolution.between, others) + attended.behind(index)
    return sequence(modules), size


def _first(stack: Stack, layout: Layout, options: Mapping[str, str]) -> list[nn.Module]:
    """Return the fully connected layers, and the view of their output as feature maps."""
    channels = stack.convolutions[0].channels[0]
    view = View(channels, stack.start)
    if not stack.linears:
        return [view]
    modules: list[nn.Module] = []
    rows = Arrangement(options)
    for layer, between in stack.linears[:-1]:
        modules += [linear(layer), *rows.after(layer, between)]
    layer, between = stack.linears[-1]
    maps = any(part.kind == NORM and part.width == channels for part in between) and stack.start > 1
    last = Arrangement(options, dims=2 if maps else 0)
    last.norms = rows.norms
    if options.get("first_activation", "same") == "none":
        behind = [last.module(part) for part in between]
    else:
        behind = last.after(layer, between, int(layout[0].upsampled or layout[0].shuffled))
    return [*modules, linear(layer), *([view, *behind] if maps else [*behind, view])]


def _convolution(convolution: Convolution, geometry: Geometry, upsampling: str) -> list[nn.Module]:
    modules: list[nn.Module] = []
    if geometry.shuffled:
        modules.append(nn.PixelShuffle(2))
    if geometry.upsampled:
        modules.append(nn.Upsample(scale_factor=2.0, mode=upsampling))
    into, out = convolution.channels
    kernel, stride, padding = convolution.kernel, geometry.stride, geometry.padding
    bias = "bias" in convolution.layer.parts
    module = (
        nn.ConvTranspose2d(into, out, kernel, stride, padding, geometry.output_padding, bias=bias, device="meta")
        if geometry.transposed
        else nn.Conv2d(into, out, kernel, stride, padding, bias=bias, device="meta")
    )
    modules.append(filled(module, convolution.layer))
    return [*modules, Crop(geometry.cropped)] if geometry.cropped else modules
