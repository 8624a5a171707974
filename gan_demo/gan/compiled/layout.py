"""Flat vectors that hold the state of a training: which values stand where."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gan_demo.config import ModelConfig
from gan_demo.gan.models.build import outline_discriminator, outline_generator


@dataclass(frozen=True)
class TensorSlice:
    """Name, shape and offset of a tensor within ``weights`` (or ``average``, which is laid out alike)."""

    name: str  # as in ``state_dict``
    shape: tuple[int, ...]
    offset: int
    learned: bool  # False: a buffer of batch norm; counts of batches are kept as float32, too

    @property
    def size(self) -> int:
        """Number of values."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class VectorLayout:
    """Layout of a network's vector: weights, the optimiser's two moments, and G's moving average.

    ``weights`` are the parameters, then the buffers; the moments have a value for each parameter.
    """

    tensors: tuple[TensorSlice, ...]
    averaged: bool

    @property
    def parameters(self) -> int:
        """Number of learned values P."""
        return sum(entry.size for entry in self.tensors if entry.learned)

    @property
    def weights(self) -> int:
        """Number of values of all tensors W: P and the buffers'."""
        return sum(entry.size for entry in self.tensors)

    @property
    def parts(self) -> dict[str, tuple[int, int]]:
        """(first, end) of each part of the vector."""
        lengths = {"weights": self.weights, "moment1": self.parameters, "moment2": self.parameters}
        if self.averaged:
            lengths["average"] = self.weights
        ends = np.cumsum(list(lengths.values())).tolist()
        return {name: (end - length, end) for (name, length), end in zip(lengths.items(), ends, strict=True)}

    @property
    def length(self) -> int:
        """Number of values of the vector."""
        return max(end for _, end in self.parts.values())

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON types, as docs/compiled-step.md describes them."""
        tensors = [
            {"name": entry.name, "shape": list(entry.shape), "offset": entry.offset, "learned": entry.learned}
            for entry in self.tensors
        ]
        parts = {name: list(ends) for name, ends in self.parts.items()}
        return {"length": self.length, "parameters": self.parameters, "parts": parts, "tensors": tensors}

    def split(self, weights: Tensor) -> dict[str, Tensor]:
        """Return views of ``weights`` (W,), by name."""
        parts = torch.split(weights, [entry.size for entry in self.tensors])
        return {entry.name: part.view(entry.shape) for entry, part in zip(self.tensors, parts, strict=True)}

    def flatten(self, tensors: Mapping[str, Tensor]) -> np.ndarray:
        """Return the float32 values (W,) of named tensors."""
        parts = [tensors[entry.name].detach().cpu().contiguous().reshape(-1).float() for entry in self.tensors]
        return torch.cat(parts).numpy() if parts else np.zeros(0, np.float32)


@dataclass(frozen=True)
class StateLayout:
    """Layout of the vectors ``g`` and ``d`` that all graphs of two networks share."""

    g: VectorLayout
    d: VectorLayout

    @staticmethod
    def of(model: ModelConfig) -> StateLayout:
        """Return the layout of the networks that settings describe."""
        return StateLayout(
            VectorLayout(_slices(outline_generator(model)), averaged=True),
            VectorLayout(_slices(outline_discriminator(model)), averaged=False),
        )

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {"g": self.g.as_json(), "d": self.d.as_json()}


def _slices(network: nn.Module) -> tuple[TensorSlice, ...]:
    slices: list[TensorSlice] = []
    offset = 0
    for learned, named in ((True, network.named_parameters()), (False, network.named_buffers())):
        for name, tensor in named:
            slices.append(TensorSlice(name, tuple(tensor.shape), offset, learned))
            offset += tensor.numel()
    return tuple(slices)
