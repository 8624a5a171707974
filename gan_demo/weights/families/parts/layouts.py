"""Strides, paddings and upsampling that the shapes of a stack of convolutions leave open.

Every layout that ends in an image of a usual size is enumerated, the likeliest first: costs follow the habits of public
code, such as a kernel of 4 that doubles the size (stride 2, padding 1), and the same kind of padding in all layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST = 36  # layouts that are offered
_BEAM = 600  # partial layouts kept after each layer
_MAX_SIZE = 1024
_UNLIKELY = 6.0  # extra cost from which a layout is left out
_MIXED_PADDING = 1.2  # cost of a padded layer beside one without padding
_SIZES = {1: {28: 0.0, 32: 0.5, 64: 0.7, 128: 1.0, 256: 1.0, 512: 1.0}, 3: {64: 0.0, 32: 0.0, 128: 0.0, 256: 0.0}}
_OTHER_SIZES = {28: 1.0, 512: 0.5, 1024: 0.5, 16: 3.0, 96: 3.0, 48: 4.0, 56: 4.0, 112: 4.0, 224: 3.0, 100: 4.0}
_ODD_SIZE = 6.0
_TRANSPOSED = {  # (stride, padding, output padding): cost, by kernel
    1: {(1, 0, 0): 0.0},
    2: {(2, 0, 0): 0.0, (1, 0, 0): 3.0},
    3: {(2, 1, 1): 0.3, (1, 1, 0): 0.5, (2, 0, 0): 0.6, (1, 0, 0): 1.0, (2, 1, 0): 1.2},
    4: {(2, 1, 0): 0.0, (1, 0, 0): 0.8, (2, 0, 0): 0.8, (4, 0, 0): 2.0, (1, 1, 0): 2.0, (2, 2, 0): 2.0, (3, 1, 0): 2.5},
    5: {(2, 2, 1): 0.0, (1, 2, 0): 0.5, (1, 0, 0): 1.0, (2, 0, 0): 1.2, (2, 2, 0): 1.0, (2, 1, 0): 2.0, (3, 1, 0): 2.5},
    6: {(2, 2, 0): 0.0, (1, 0, 0): 1.0, (2, 0, 0): 1.0, (4, 1, 0): 1.0},
    7: {(1, 3, 0): 0.5, (1, 0, 0): 0.5, (2, 3, 1): 0.5, (2, 0, 0): 1.5},
    8: {(2, 3, 0): 0.0, (4, 2, 0): 0.0, (2, 0, 0): 0.5, (1, 0, 0): 1.0},
}


@dataclass(frozen=True)
class Step:
    """Convolution of a stack whose geometry is open. ``gap`` counts modules without weights before it, if known."""

    kernel: int
    transposed: bool
    shuffled: bool = False  # a pixel shuffle doubles the size before it
    gap: int | None = None
    after_linear: bool = False


@dataclass(frozen=True)
class Geometry:
    """Geometry of a convolution: upsampling before it, stride, paddings, and rows and columns cut off behind it."""

    kernel: int
    transposed: bool
    stride: int = 1
    padding: int = 0
    output_padding: int = 0
    upsampled: bool = False
    shuffled: bool = False
    cropped: int = 0

    def size(self, before: int) -> int:
        """Return the size of the feature maps behind it."""
        if not self.transposed:
            size = before * (2 if self.upsampled or self.shuffled else 1)
            return (size + 2 * self.padding - self.kernel) // self.stride + 1
        size = before * (2 if self.shuffled else 1)
        return (size - 1) * self.stride - 2 * self.padding + self.kernel + self.output_padding - self.cropped

    def __str__(self) -> str:
        text = f"k{self.kernel}s{self.stride}p{self.padding}"
        text += f"o{self.output_padding}" if self.output_padding else ""
        text += f"c{self.cropped}" if self.cropped else ""
        return f"up{text}" if self.upsampled else text


Layout = tuple[Geometry, ...]
WGAN_GP = (Geometry(5, True, cropped=1), Geometry(5, True), Geometry(8, True, 2))  # from 4 pixels, cut to 7, to 28
Partial = tuple[float, int, Layout]  # cost, size of the maps, geometry so far


def layouts(steps: Sequence[Step], start: int, channels: int) -> dict[str, Layout]:
    """Return layouts by name, likeliest first, from ``start`` pixels to a square image with ``channels``."""
    beam: list[Partial] = [(0.0, start, ())]
    for index, step in enumerate(steps):
        alone = index == len(steps) - 1 and all(other.kernel % 2 == 0 for other in steps[:-1])
        longer = [
            (cost + extra + _mixed(chosen, geometry, start), size, (*chosen, geometry))
            for cost, before, chosen in beam
            for geometry, extra in _options(step, index, before, alone)
            if 1 <= (size := geometry.size(before)) <= _MAX_SIZE
        ]
        beam = sorted(longer, key=lambda partial: partial[0])[:_BEAM]
    ranked = sorted(((cost + size_cost(size, channels), layout) for cost, size, layout in beam if size >= 8), key=_cost)
    known = [WGAN_GP] if is_wgan_gp(steps, start) else []
    likely = known + [layout for cost, layout in ranked if cost <= ranked[0][0] + _UNLIKELY][:MOST]
    return {",".join(map(str, layout)): layout for layout in likely}


def _cost(entry: tuple[float, Layout]) -> float:
    return entry[0]


def is_wgan_gp(steps: Sequence[Step], start: int) -> bool:
    """Return whether kernels are those of WGAN-GP's network for MNIST, which cuts 8×8 to 7×7 and ends in a sigmoid."""
    kernels = tuple(step.kernel for step in steps if step.transposed)
    return start == 4 and kernels == tuple(geometry.kernel for geometry in WGAN_GP)


def size_cost(size: int, channels: int) -> float:
    """Return how unusual a size is for images with so many channels."""
    usual = _SIZES[1 if channels == 1 else 3]
    return usual.get(size, _OTHER_SIZES.get(size, _ODD_SIZE))


def _mixed(chosen: Layout, geometry: Geometry, start: int) -> float:
    """Return the cost of a transposed convolution that is padded where the one before is not, or the other way round.

    The first one of a stack that begins with single pixels has no padding in any case.
    """
    before = chosen[1:] if start == 1 else chosen
    if not before or not geometry.transposed or not before[-1].transposed:
        return 0.0
    return _MIXED_PADDING if bool(before[-1].padding) != bool(geometry.padding) else 0.0


def _options(step: Step, index: int, before: int, alone: bool) -> list[tuple[Geometry, float]]:
    if step.transposed:
        return _transposed(step, index, before, alone)
    kernel, same = step.kernel, step.kernel // 2
    paddings = {same: 0.0, 0: 1.5} if kernel % 2 else {same: 2.0, same - 1: 2.0, 0: 2.5}
    if kernel == 1:
        paddings = {0: 0.0}
    upsampled = [False] if step.shuffled else [False, True]
    return [
        (Geometry(kernel, False, 1, padding, 0, up, step.shuffled), cost + _upsampling_cost(step, up))
        for padding, cost in paddings.items()
        for up in upsampled
        if padding >= 0
    ]


def _upsampling_cost(step: Step, upsampled: bool) -> float:
    """Return the cost of an upsampling before a convolution, or of none, by the modules that names leave room for."""
    if step.gap is None:
        return 0.3 if upsampled or not step.after_linear else 0.5
    if step.gap == 0:
        return 50.0 if upsampled else 0.0
    if step.gap == 1:  # an activation, or the upsampling
        return 0.7 * (upsampled != step.after_linear)
    return 0.0 if upsampled else 1.0


def _transposed(step: Step, index: int, before: int, alone: bool) -> list[tuple[Geometry, float]]:
    """Return geometries and their costs; an odd kernel behind even ones, ``alone``, rather keeps the size."""
    kernel = step.kernel
    if before == 1 and index == 0:  # stride does not matter, and padding is unusual
        known = {(1, 0, 0): 0.0} | ({(1, 1, 0): 3.0} if kernel > 3 else {})
    else:
        known = _TRANSPOSED.get(kernel) or _unusual(kernel)
    if alone and kernel % 2:
        known = known | {(1, kernel // 2, 0): 0.0}
    return [
        (Geometry(kernel, True, *geometry, shuffled=step.shuffled), cost + (0.05 * index if geometry[0] == 1 else 0.0))
        for geometry, cost in known.items()
    ]


def _unusual(kernel: int) -> dict[tuple[int, int, int], float]:
    """Return geometries for a kernel that is not in the table: sizes kept or doubled, or no padding."""
    half = {(2, (kernel - 2) // 2, 0): 0.5} if kernel % 2 == 0 else {(2, kernel // 2, 1): 0.5, (1, kernel // 2, 0): 0.7}
    return half | {(1, 0, 0): 1.0, (2, 0, 0): 1.5}
