"""Training images of a run, if its data is on this machine."""

from __future__ import annotations

import json
import math
from functools import lru_cache

import numpy as np
import torch

from gan_demo.config import DataConfig, RunConfig
from gan_demo.data import datasets
from gan_demo.data.datasets import Dataset
from gan_demo.errors import RunError
from gan_demo.pictures import images
from gan_demo.runs.run_dir import RunDir


def real_images(run: RunDir, n: int, seed: int) -> tuple[bytes, str]:
    """Return ``n`` random training images as the PNG of a square, row by row, and their labels as JSON.

    The JSON is a list per image with the index of its value in each label field of the model. Raises RunError if the
    data is not on this machine, and for point models.
    """
    data = training_data(run.config)
    if data is None or data.samples.dim() != 4:
        raise RunError(
            "run", run.id, "has no training images on this machine", "Its data may have to be downloaded first"
        )
    rows = torch.from_numpy(np.random.default_rng(seed).integers(len(data.samples), size=n))
    pictures = data.samples[rows].permute(0, 2, 3, 1).contiguous().numpy()  # (n, H, W, C)
    side = math.ceil(math.sqrt(n))
    labels = data.labels[rows].tolist() if run.config.model.labels else [[] for _ in rows]
    return images.png(images.grid(pictures, side, gap=0)), json.dumps(labels, separators=(",", ":"))


def training_data(config: RunConfig) -> Dataset | None:
    """Return the data a run was trained on; None if it is not on this machine, or of another shape."""
    data = local_data(config.data, config.train.seed)
    return data if data is not None and data.shape == config.model.shape else None


@lru_cache(maxsize=2)  # MNIST has 47 MB, SVHN 225
def local_data(config: DataConfig, seed: int) -> Dataset | None:
    """Return a data set without downloading it, cached in memory; None if it is not on this machine."""
    return datasets.at_hand(config, seed)
