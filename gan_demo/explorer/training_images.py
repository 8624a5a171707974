"""Training images of a run, where its data is at hand."""

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
    """``n`` training images drawn by ``seed``, as the PNG of a square; and which value of each field they have (JSON).

    Raises RunError where the data is not at hand, and for points.
    """
    data = training_data(run.config)
    if data is None or data.samples.dim() != 4:
        raise RunError("run", run.id, "has no training images at hand", "Its data may have to be downloaded first")
    rows = np.random.default_rng(seed).integers(len(data.samples), size=n)
    chosen = data.samples[torch.from_numpy(rows)].permute(0, 2, 3, 1).contiguous().numpy()
    side = math.ceil(math.sqrt(n))
    labels = data.labels[torch.from_numpy(rows)].tolist() if run.config.model.labels else [[] for _ in rows]
    return images.png(images.grid(chosen, side, gap=0)), json.dumps(labels, separators=(",", ":"))


def training_data(config: RunConfig) -> Dataset | None:
    """The data a run was trained on, where it is at hand; not what its folder may hold instead by now."""
    data = data_at_hand(config.data, config.train.seed)
    return data if data is not None and data.shape == config.model.shape else None


@lru_cache(maxsize=2)  # MNIST has 47 MB, SVHN 225
def data_at_hand(config: DataConfig, seed: int) -> Dataset | None:
    return datasets.at_hand(config, seed)
