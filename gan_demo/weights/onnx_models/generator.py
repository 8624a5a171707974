"""Foreign ONNX generators behind the interface of our own."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gan_demo.config import LabelField, ModelConfig
from gan_demo.gan.models.base import Generator
from gan_demo.gan.models.mapping import Mapping
from gan_demo.weights.onnx_models.files import OnnxFiles
from gan_demo.weights.onnx_models.images import between
from gan_demo.weights.onnx_models.process import OnnxProcess

FAMILY = "onnx"
_WORK_PER_MILLISECOND = 50_000_000  # multiply-adds of one core, as explorer.directions.sample_budget counts them


class OnnxGenerator(Generator):
    """Generator that a process draws with. It has no layers here, so nothing can be read off them or trained.

    Several share a process, each with its own range of values.
    """

    def __init__(self, model: ModelConfig, process: OnnxProcess, value_range: str) -> None:
        super().__init__(model)
        self.mapping = _Joined(model)
        self.process, self.value_range = process, value_range
        self._onnx = b""
        self.multiply_adds = max(1, round(process.description["milliseconds"] * _WORK_PER_MILLISECOND))

    @property
    def onnx(self) -> bytes:
        """The file as ``adapt.adapted`` makes it, read when it is needed. Raises DataError if the process fails."""
        self._onnx = self._onnx or self.process.adapted(self.value_range)
        return self._onnx

    def synthesise(self, w: Tensor) -> Tensor:
        """Draw images (N, C, H, W) from w (N, Z + K). Raises DataError if the process fails."""
        values = np.ascontiguousarray(w.detach().cpu().float().numpy())
        z, y = values[:, : self.z_dim], values[:, self.z_dim :]
        images = self.process.draw(np.ascontiguousarray(z), np.ascontiguousarray(y))
        factor, shift = between(self.process.description["value_range"], self.value_range)
        return torch.from_numpy(images.copy()).mul_(factor).add_(shift)


class _Joined(Mapping):
    """Mapping without layers: latents (N, Z) and labels (N, K) side by side, as they are."""

    def __init__(self, model: ModelConfig) -> None:
        super().__init__(model.z_dim, model.label_width, layers=0)

    def forward(self, z: Tensor, y: Tensor | None) -> Tensor:
        """Return w (N, Z + K)."""
        return z if y is None else torch.cat([z, y], 1)


def read_onnx(files: OnnxFiles, filename: str) -> tuple[ModelConfig, OnnxGenerator]:
    """Return settings and generator of an ONNX file. Raises DataError, which says why it is none for us.

    The range of its values follows from the graph, or from some images.
    """
    process = OnnxProcess(files, filename)
    description = process.description
    classes = int(description["classes"])
    labels = (LabelField("class", tuple(str(k) for k in range(classes))),) if classes else ()
    model = ModelConfig(
        arch="dcgan",
        z_dim=int(description["z_dim"]),
        conditional=bool(classes),
        shape=tuple(description["shape"]),
        labels=labels,
    )
    return model, OnnxGenerator(model, process, description["value_range"])
