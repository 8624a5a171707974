"""Small pictures of what a generator from a file draws with each value of a choice that its weights leave open."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from gan_demo.errors import DataError
from gan_demo.explorer.directions import sample_budget
from gan_demo.gan import latent
from gan_demo.pictures import images
from gan_demo.support.threads import one_thread
from gan_demo.weights.recognised import Recognised

SAMPLES = 9  # of a network that draws fast
COLUMNS = 3
MAX_SIDE = 64  # pixels of a sample; larger ones are averaged
_WORK_OF_ALL = 2_000_000_000  # multiply-adds of a picture, beyond which it has a single sample


@one_thread()
@torch.no_grad()
def preview(recognised: Recognised, options: Mapping[str, str]) -> bytes | None:
    """Return a PNG of samples of the same latents whatever the options; None where they are not finite."""
    try:
        loaded = recognised.build(options)
    except DataError:
        return None
    generator, model = loaded.generator, loaded.config
    is_fast = SAMPLES * sample_budget.multiply_adds(generator, model) <= _WORK_OF_ALL
    count = SAMPLES if is_fast else 1
    y = latent.random_labels(count, model.labels, seed=1) if model.labels else None
    x = latent.generate(generator, latent.sample_z(count, model.z_dim, seed=1), y)
    height, width = x.shape[2:]
    most = MAX_SIDE if is_fast else MAX_SIDE * COLUMNS
    if max(height, width) > most:
        scale = most / max(height, width)
        size = (max(1, round(height * scale)), max(1, round(width * scale)))
        x = torch.nn.functional.interpolate(x, size, mode="bilinear", antialias=True, align_corners=False)
    return images.png(images.grid(images.to_uint8(x), COLUMNS))
