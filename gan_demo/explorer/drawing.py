"""Drawing of uploaded generators by the server, for browsers in which they would be too slow or too large."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gan_demo.errors import ConfigError

if TYPE_CHECKING:  # torch takes seconds to load
    from torch import Tensor

    from gan_demo.config import ModelConfig
    from gan_demo.gan.models.base import Generator
    from gan_demo.pictures.images import Picture

MAX_SAMPLES = 8  # of a request
PREVIEW_SIDE = 256  # pixels; larger images are averaged down to it, as thirty may be on their way
MAX_BROWSER_BYTES = 200 * 1024**2  # of a network that a browser can hold
MAX_BROWSER_WORK = 20_000_000_000  # multiply-adds of a sample: about 2 s in WebAssembly on one thread
MAX_PSI = 2.0
FIXED_NOISE, NO_NOISE = -1, -2


def suits_browser(network_bytes: int, multiply_adds: int) -> bool:
    """Return whether a browser can draw with a network of this size and work."""
    return network_bytes <= MAX_BROWSER_BYTES and multiply_adds <= MAX_BROWSER_WORK


def preview_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape (C, H, W) in which the server sends images: halved until they fit ``PREVIEW_SIDE``."""
    if len(shape) < 3:
        return shape
    channels, height, width = shape
    while max(height, width) > PREVIEW_SIDE and height % 2 == width % 2 == 0:
        height, width = height // 2, width // 2
    return channels, height, width


def row_width(generator: Generator, model: ModelConfig) -> int:
    """Return how many numbers a row has: latents, labels and, of style-based networks, the styles to mix in."""
    from gan_demo.gan.models.stylegan.base import StyleGenerator
    from gan_demo.gan.models.stylegan.exporting import style_width

    own = model.z_dim + model.label_width
    return own + (style_width(model.z_dim, model.label_width) if isinstance(generator, StyleGenerator) else 0)


def draw(
    generator: Generator, model: ModelConfig, rows: NDArray[np.float32], psi: float, noise: int = FIXED_NOISE
) -> Picture:
    """Draw samples uint8 (N, H, W, C) of the preview's size; ``rows`` are of ``row_width``.

    ``noise`` of style-based networks is ``FIXED_NOISE``, ``NO_NOISE`` or the seed of random noise. Raises ConfigError
    for too many rows, for numbers that are not finite, and for a psi out of range.
    """
    import torch

    from gan_demo.pictures import images

    if not 1 <= len(rows) <= MAX_SAMPLES:
        raise ConfigError("n", len(rows), "must be between {low} and {high}", low=1, high=MAX_SAMPLES)
    if not np.isfinite(rows).all() or not 0 <= psi <= MAX_PSI:
        raise ConfigError("z", "", "must be a finite number")
    height, width = preview_shape(model.shape)[1:]
    pictures = []
    for row in torch.from_numpy(rows)[:, None]:  # one at a time: the layers of large images take much memory
        x = _sample(generator, model, row, psi, noise)
        pictures.append(images.to_uint8(torch.nn.functional.adaptive_avg_pool2d(x, (height, width))))
    return np.concatenate(pictures)


def _sample(generator: Generator, model: ModelConfig, row: Tensor, psi: float, noise: int) -> Tensor:
    """Draw a sample (1, C, H, W) of a row (1, numbers)."""
    import torch

    from gan_demo.gan import latent
    from gan_demo.gan.models.stylegan.base import StyleGenerator
    from gan_demo.gan.models.stylegan.exporting import ExportedStyles

    own = model.z_dim + model.label_width
    z, y, style = row[:, : model.z_dim], row[:, model.z_dim : own], row[:, own:]
    if not isinstance(generator, StyleGenerator):
        return latent.generate(generator, z, y if model.label_width else None, psi)
    with torch.no_grad():
        inputs = {"z": z, "y": y, "psi": torch.tensor([psi]), "style": style}
        styles = ExportedStyles(generator, model).styles(inputs)
        mode = {FIXED_NOISE: "fixed", NO_NOISE: "off"}.get(noise, "random")
        return generator.draw(styles, generator.noise_maps(mode, max(0, noise)))
