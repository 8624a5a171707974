"""Reading of a stack of convolutions: which are transposed, from how many pixels it begins, what stands between."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gan_demo.weights.families.parts.layers import CONVOLUTION, LINEAR, NORM, PRELU, Layer, unknown

_TRANSPOSED_NAME = re.compile(r"deconv|conv_?t|transpose|up_?conv|tconv", re.I)


Group = tuple[Layer, list[Layer]]  # a layer, and the norms and PReLUs behind it


@dataclass(frozen=True)
class Convolution:
    """Convolution with its direction, and the norms and PReLUs between it and the next."""

    layer: Layer
    transposed: bool
    shuffled: bool = False  # a pixel shuffle stands before it
    between: list[Layer] = field(default_factory=list)

    @property
    def channels(self) -> tuple[int, int]:
        """Channels that it takes, and that it gives."""
        a, b = self.layer.weight.shape[:2]
        return (a, b) if self.transposed else (b, a)

    @property
    def kernel(self) -> int:
        """Size of its square kernel."""
        return self.layer.weight.shape[2]


@dataclass(frozen=True)
class Stack:
    """Fully connected layers, perhaps none, and then convolutions. ``start`` is the size of the first feature maps."""

    linears: list[Group]
    convolutions: list[Convolution]
    start: int


def read_stack(linears: list[Group], convolutions: list[Group], joined: tuple[int, int] | None = None) -> Stack:
    """Return the stack that these layers form. Raises DataError if their channels do not fit together.

    ``joined`` are channels and size of the feature maps that branches before it give.
    """
    if convolutions[-1][1] or any(layer.weight.shape[2] != layer.weight.shape[3] for layer, _ in convolutions):
        raise unknown(convolutions[-1][0].name)
    outputs = linears[-1][0].weight.shape[0] if linears else 0
    if joined is not None:
        outputs = joined[0] * joined[1] ** 2
    readings = [
        reading
        for odd_transposed in (False, True)
        if (reading := next(_readings(convolutions, linears, outputs, odd_transposed), None)) is not None
    ]
    if not readings:
        raise unknown(convolutions[0][0].name)
    reading = readings[-1] if _odd_ones_are_transposed(readings[0]) else readings[0]
    start = math.isqrt(outputs // reading[0].channels[0]) if outputs else 1
    return Stack(linears, reading, start)


def grouped(layers: Sequence[Layer]) -> tuple[list[Group], list[Group]]:
    """Return fully connected layers and convolutions, each with the norms and PReLUs behind it.

    Fully connected ones come first in a generator, wherever the file has them. Raises DataError for others.
    """
    groups: list[Group] = []
    for layer in layers:
        if layer.kind in (LINEAR, CONVOLUTION):
            groups.append((layer, []))
        elif layer.kind in (NORM, PRELU) and groups:
            groups[-1][1].append(layer)
        else:
            raise unknown(layer.name)
    linears = [group for group in groups if group[0].kind == LINEAR]
    return linears, [group for group in groups if group[0].kind == CONVOLUTION]


def _readings(
    groups: Sequence[Group],
    linears: Sequence[Group],
    outputs: int,
    odd_transposed: bool,
) -> Iterator[list[Convolution]]:
    """Yield the directions of all convolutions in which their channels fit, the likeliest first.

    ``outputs`` are those of the fully connected layer before, 0 if there is none; ``odd_transposed`` says what odd
    kernels are where both would fit.
    """
    for convolution in _directions(*groups[0], odd_transposed):
        into, _ = convolution.channels
        if not outputs and not convolution.transposed:
            continue
        norms = [part.width for part in linears[-1][1] if part.kind == NORM] if linears else []
        if outputs and (outputs % into or math.isqrt(outputs // into) ** 2 * into != outputs):
            continue
        if all(width in (into, outputs) for width in norms):
            yield from _continued([convolution], groups[1:], odd_transposed)


def _continued(chosen: list[Convolution], groups: Sequence[Group], odd_transposed: bool) -> Iterator[list[Convolution]]:
    if not groups:
        yield chosen
        return
    channels = chosen[-1].channels[1]
    for convolution in _directions(*groups[0], odd_transposed):
        into = convolution.channels[0]
        if channels in (into, 4 * into):
            shuffled = Convolution(convolution.layer, convolution.transposed, channels == 4 * into, convolution.between)
            yield from _continued([*chosen, shuffled], groups[1:], odd_transposed)


def _directions(layer: Layer, between: list[Layer], odd_transposed: bool) -> list[Convolution]:
    """Return a layer as a convolution, transposed or not, where bias and norm fit; the likelier first."""
    transposed_first = odd_transposed or layer.weight.shape[2] % 2 == 0 or bool(_TRANSPOSED_NAME.search(layer.name))
    fitting = []
    for transposed in (transposed_first, not transposed_first):
        convolution = Convolution(layer, transposed, between=between)
        out = convolution.channels[1]
        widths = {part.width for part in between if part.kind == NORM} | {len(layer.parts.get("bias", [0] * out))}
        if widths == {out}:
            fitting.append(convolution)
    return fitting


def _odd_ones_are_transposed(reading: Sequence[Convolution]) -> bool:
    """Return whether most odd kernels whose direction is certain are transposed."""
    certain = [c.transposed for c in reading if c.kernel % 2 and len(set(c.layer.weight.shape[:2])) == 2]
    return 2 * sum(certain) > len(certain)
