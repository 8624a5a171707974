"""Images in a generator's raw output: which dimension holds the channels, and which range the values have."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import GraphProto

from gan_demo.errors import DataError
from gan_demo.weights.onnx_models.interface import ONE_LATENT

MAX_SIDE = 2048
TO_OURS = {"-1_to_1": (1.0, 0.0), "0_to_1": (2.0, -1.0), "0_to_255": (1 / 127.5, -1.0)}  # factor, shift to [-1, 1]
RANGES = tuple(TO_OURS)
_CHANNELS = (1, 3, 4)
_OUTPUT_RANGES = {"Tanh": RANGES[0], "Sigmoid": RANGES[1]}  # by the operator that makes the pixels
_MOVES = ("Cast", "DepthToSpace", "Flatten", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze")


@dataclass(frozen=True)
class ImageLayout:
    """Layout of one raw sample and its conversion to (C, H, W) in [-1, 1]; the fourth channel is left out."""

    shape: tuple[int, int, int]  # (C, H, W), with C 1 or 3
    channels: int  # of the raw output
    last: bool  # channels come last (TensorFlow's order)
    value_range: str  # of RANGES


def between(start: str, end: str) -> tuple[float, float]:
    """Return factor and shift that turn images read as of the range ``start`` into the same, read as of ``end``."""
    (old_factor, old_shift), (factor, shift) = TO_OURS[start], TO_OURS[end]
    return factor / old_factor, shift - old_shift * factor / old_factor


def layout(samples: NDArray[np.float32], value_range: str = "") -> ImageLayout:
    """Return the layout of raw samples (N, …). Raises DataError for what are no images.

    Without ``value_range`` it follows from the values: negative ones mean [-1, 1], those above 1.5 mean [0, 255].
    """
    if not np.isfinite(samples).all():
        raise DataError("file", "", "makes images with NaN or infinite values", "Its weights are damaged")
    channels, height, width, last = _sides(samples.shape[1:])
    if not value_range:
        lowest, highest = float(samples.min()), float(samples.max())
        value_range = RANGES[0] if lowest < -0.05 else RANGES[2] if highest > 1.5 else RANGES[1]
    return ImageLayout((min(channels, 3), height, width), channels, last, value_range)


def stated_range(graph: GraphProto, output: str) -> str:
    """Return the range of RANGES that a graph's last operator gives; "" where others than tanh and sigmoid end it."""
    makers = {name: node for node in graph.node for name in node.output}
    while output in makers:
        node = makers.pop(output)
        if node.op_type not in _MOVES:
            return _OUTPUT_RANGES.get(node.op_type, "")
        output = node.input[0]
    return ""


def _sides(dims: tuple[int, ...]) -> tuple[int, int, int, bool]:
    """Return channels, height, width and whether the channels come last."""
    if len(dims) == 3 and dims[0] in _CHANNELS and max(dims[1:]) <= MAX_SIDE and min(dims[1:]) > 1:
        return *dims, False
    if len(dims) == 3 and dims[2] in _CHANNELS and max(dims[:2]) <= MAX_SIDE and min(dims[:2]) > 1:
        return dims[2], dims[0], dims[1], True
    if len(dims) == 2 and min(dims) > 1 and max(dims) <= MAX_SIDE:
        return 1, *dims, False
    for channels in (1, 3) if len(dims) == 1 else ():
        side = math.isqrt(dims[0] // channels)
        if side > 1 and channels * side * side == dims[0] and side <= MAX_SIDE:
            return channels, side, side, False
    if math.prod(dims) <= 1:
        raise DataError("file", "", "is a discriminator, which judges images but does not make any", ONE_LATENT)
    raise DataError("file", "", "makes arrays of the shape {shape}, which are no images", ONE_LATENT, shape=dims)
