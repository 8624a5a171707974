"""Random features and sets of images to measure, by a fixed seed."""

from __future__ import annotations

import pytest
import torch

from gan_demo.config import DataConfig
from gan_demo.data import datasets
from gan_demo.data.datasets import Dataset


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return datasets.load(DataConfig("digits"))


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)
