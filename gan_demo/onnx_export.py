"""Networks as ONNX files, which run without torch: in a browser, in Python, anywhere.

Torch's exporter of traced graphs (``dynamo=False``) takes a tenth of a second and needs no other package; the newer one
takes seconds, the first time much longer, and makes the same nodes of networks as plain as these.
"""

from __future__ import annotations

import tempfile
import threading
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from gan_demo import latent
from gan_demo.classifier import Classifier
from gan_demo.config import ModelConfig
from gan_demo.models import Discriminator, Generator

OPSET = 20
_exporting = threading.Lock()  # the exporter keeps settings of its own for the whole process


def generator_onnx(generator: Generator, model: ModelConfig) -> bytes:
    """Inputs ``z`` (N, Z), ``y`` (N, K) where there are labels, ``psi`` (1,), all float32; output ``x``.

    ``x`` is (N, C, H, W) in [-1, 1], or (N, 2). It does what ``latent.generate`` does, truncation included. The
    generator is in eval mode.
    """
    assert not generator.training, "a generator to export is in eval mode"
    z, psi = torch.zeros(2, model.z_dim), torch.ones(1)
    y = torch.zeros(2, model.label_width) if model.label_width else None
    told = {} if y is None else {"y": y}
    return _exported(_Drawing(generator, model), {"z": z, **told, "psi": psi}, "x")


def discriminator_onnx(discriminator: Discriminator, model: ModelConfig) -> bytes:
    """Inputs ``x`` as the generator draws it, ``y`` (N, K) where there are labels; output ``logit`` (N,)."""
    x = torch.zeros(2, *model.shape)
    told = {"y": torch.zeros(2, model.label_width)} if model.label_width else {}
    return _exported(_Judging(discriminator), {"x": x, **told}, "logit")


def classifier_onnx(classifier: Classifier) -> bytes:
    """Input ``x`` (N, C, H, W) in [-1, 1]; output ``p`` (N, K): the probabilities of each field's values, in turn."""
    return _exported(_Reading(classifier), {"x": torch.zeros(2, *classifier.shape)}, "p")


class _Drawing(nn.Module):
    """``latent.generate`` with the truncation as an input."""

    def __init__(self, generator: Generator, model: ModelConfig) -> None:
        super().__init__()
        self.generator = generator
        self.labelled = bool(model.label_width)
        self.mapped = len(generator.mapping.layers) > 0
        many = latent.sample_z(latent.MEAN_SAMPLES, model.z_dim, seed=0) if self.mapped else torch.zeros(0)
        self.register_buffer("many", many)  # (M, Z)

    def forward(self, z: Tensor, *rest: Tensor) -> Tensor:
        y, psi = (rest[0] if self.labelled else None), rest[-1]
        if not self.mapped:
            return self.generator.synthesise(self.generator.map(psi * z, y))
        mean = self._mean(y, psi)
        return self.generator.synthesise(mean + psi * (self.generator.map(z, y) - mean))

    def _mean(self, y: Tensor | None, psi: Tensor) -> Tensor:
        """The mean w of each row's label (N, W), or of all (1, W): once for each label that is among them.

        At ``psi`` 1 it does not matter, and is that of a single latent: most pictures are drawn so.
        """
        many = self.many
        assert isinstance(many, Tensor)
        many = many[: 1 + (psi[0] != 1).long() * (len(many) - 1)]  # (M, Z); traced, so that it depends on the input
        if y is None:
            return self.generator.map(many).mean(0, keepdim=True)
        kinds, place = torch.unique(y, dim=0, return_inverse=True)  # (L, K), (N,)
        shape = kinds.shape[0], many.shape[0]
        z = many.unsqueeze(0).expand(*shape, -1).reshape(-1, many.shape[1])  # (L·M, Z)
        told = kinds.unsqueeze(1).expand(*shape, -1).reshape(-1, kinds.shape[1])  # (L·M, K)
        w = self.generator.map(z, told)
        return w.view(*shape, w.shape[1]).mean(1)[place]


class _Judging(nn.Module):
    def __init__(self, discriminator: Discriminator) -> None:
        super().__init__()
        self.discriminator = discriminator

    def forward(self, x: Tensor, *y: Tensor) -> Tensor:
        logits: Tensor = self.discriminator(x, *y)
        return logits


class _Reading(nn.Module):
    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([one.softmax(1) for one in self.classifier(x).split(self.classifier.sizes, dim=1)], 1)


def _exported(network: nn.Module, inputs: dict[str, Tensor], output: str) -> bytes:
    """The network with any number of rows N; inputs of a single number have no N."""
    rows = {name: {0: "n"} for name, value in inputs.items() if len(value) == 2} | {output: {0: "n"}}
    with _exporting, torch.no_grad(), warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.onnx"
        warnings.simplefilter("ignore")  # that a newer exporter exists, and what tracing can't follow in general
        torch.onnx.export(
            network.eval().cpu(), tuple(inputs.values()), file, input_names=list(inputs), output_names=[output],
            dynamic_axes=rows, opset_version=OPSET, dynamo=False,
        )  # fmt: skip
        return file.read_bytes()
