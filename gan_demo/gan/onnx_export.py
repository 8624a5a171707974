"""Export of generators, discriminators and classifiers as ONNX files, which run without torch, as in a browser.

Torch's tracing exporter (``dynamo=False``) takes a tenth of a second and needs no other package; the newer one takes
seconds, the first time much longer, and produces the same nodes for networks as simple as these.
"""

from __future__ import annotations

import tempfile
import threading
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from gan_demo import ranges
from gan_demo.config import ModelConfig
from gan_demo.gan import latent
from gan_demo.gan.classifier import Classifier
from gan_demo.gan.models.base import Discriminator, Generator
from gan_demo.gan.models.stylegan.base import StyleGenerator
from gan_demo.gan.models.stylegan.exporting import ExportedStyles

OPSET = 17  # what runtimes of 2022 read
OLDEST_OPSET, NEWEST_OPSET = 11, 20  # below, labels of a mapping and residual networks have no operators
_exporter_lock = threading.Lock()  # the exporter has process-wide settings


def generator_onnx(generator: Generator, model: ModelConfig, opset: int = OPSET) -> bytes:
    """Export a generator in eval mode, with the truncation of ``latent.generate``.

    Inputs ``z`` (N, Z), ``y`` (N, K) if it is conditional, ``psi`` (1,), all float32; output ``x``, (N, C, H, W) in
    [-1, 1] or (N, 2). The file's IR version is the one that came with ``opset``. Raises ConfigError for another opset.
    A generator that came as an ONNX file keeps that file's opset.
    """
    ranges.between("opset", opset, OLDEST_OPSET, NEWEST_OPSET)
    if generator.onnx:
        return generator.onnx
    assert not generator.training, "a generator to export is in eval mode"
    z, psi = torch.zeros(2, model.z_dim), torch.ones(1)
    y = torch.zeros(2, model.label_width) if model.label_width else None
    labels = {} if y is None else {"y": y}
    return _exported(_TruncatedGenerator(generator, model), {"z": z, **labels, "psi": psi}, "x", opset=opset)


def explorer_onnx(generator: Generator, model: ModelConfig) -> bytes:
    """Export a generator as the explorer draws with it.

    Style-based generators have the further inputs, and perhaps the preview, of ``ExportedStyles``.
    """
    if not isinstance(generator, StyleGenerator):
        return generator_onnx(generator, model)
    styles = ExportedStyles(generator, model)
    return _exported(styles, styles.inputs(), *styles.outputs)


def discriminator_onnx(discriminator: Discriminator, model: ModelConfig) -> bytes:
    """Export a discriminator: inputs ``x`` (N, ...), ``y`` (N, K) if it is conditional; output ``logit`` (N,)."""
    x = torch.zeros(2, *model.shape)
    labels = {"y": torch.zeros(2, model.label_width)} if model.label_width else {}
    return _exported(_LogitOutput(discriminator), {"x": x, **labels}, "logit")


def classifier_onnx(classifier: Classifier) -> bytes:
    """Export a classifier: input ``x`` (N, C, H, W) in [-1, 1]; output ``p`` (N, K), probabilities field by field."""
    return _exported(_ProbabilityOutput(classifier), {"x": torch.zeros(2, *classifier.shape)}, "p")


def features_onnx(classifier: Classifier) -> bytes:
    """Export a classifier's features: input ``x`` (N, C, H, W) in [-1, 1]; output ``features`` (N, D)."""
    return _exported(classifier.trunk, {"x": torch.zeros(2, *classifier.shape)}, "features")


class _TruncatedGenerator(nn.Module):
    """``latent.generate`` as a module, with the truncation psi as an input."""

    def __init__(self, generator: Generator, model: ModelConfig) -> None:
        super().__init__()
        self.generator = generator
        self.has_labels = bool(model.label_width)
        self.has_mapping = len(generator.mapping.layers) > 0
        samples = latent.sample_z(latent.MEAN_SAMPLES, model.z_dim, seed=0) if self.has_mapping else torch.zeros(0)
        self.register_buffer("mean_samples", samples)  # (M, Z): latents whose mean w is taken

    def forward(self, z: Tensor, *rest: Tensor) -> Tensor:
        y, psi = (rest[0] if self.has_labels else None), rest[-1]
        if not self.has_mapping:
            return self.generator.synthesise(self.generator.map(psi * z, y))
        mean = self._mean(y, psi)
        return self.generator.synthesise(mean + psi * (self.generator.map(z, y) - mean))

    def _mean(self, y: Tensor | None, psi: Tensor) -> Tensor:
        """Return the mean w that the generator states (1, W), that of all latents (1, W) or of each row's label (N, W).

        Each distinct label is computed once. At ``psi`` 1 the mean has no effect, so a single latent is enough.
        """
        stated = self.generator.mean_w()
        if stated is not None:
            return stated
        samples = self.mean_samples
        assert isinstance(samples, Tensor)
        samples = samples[: 1 + (psi[0] != 1).long() * (len(samples) - 1)]  # (M, Z); no `if`: tracing would fix it
        if y is None:
            return self.generator.map(samples).mean(0, keepdim=True)
        distinct, index = torch.unique(y, dim=0, return_inverse=True)  # (L, K), (N,)
        shape = distinct.shape[0], samples.shape[0]
        z = samples.unsqueeze(0).expand(*shape, -1).reshape(-1, samples.shape[1])  # (L·M, Z)
        labels = distinct.unsqueeze(1).expand(*shape, -1).reshape(-1, distinct.shape[1])  # (L·M, K)
        w = self.generator.map(z, labels)
        return w.view(*shape, w.shape[1]).mean(1)[index]


class _LogitOutput(nn.Module):
    """A discriminator that is called without labels if it has none."""

    def __init__(self, discriminator: Discriminator) -> None:
        super().__init__()
        self.discriminator = discriminator

    def forward(self, x: Tensor, *y: Tensor) -> Tensor:
        logits: Tensor = self.discriminator(x, *y)
        return logits


class _ProbabilityOutput(nn.Module):
    """A classifier with probabilities instead of logits."""

    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(self, x: Tensor) -> Tensor:
        fields = self.classifier(x).split(self.classifier.sizes, dim=1)
        return torch.cat([logits.softmax(1) for logits in fields], 1)


def _exported(network: nn.Module, inputs: dict[str, Tensor], *outputs: str, opset: int = OPSET) -> bytes:
    """Export a network with a variable number of rows N; inputs of a single number or row have no N."""
    rows = {name: {0: "n"} for name, value in inputs.items() if len(value) == 2} | {name: {0: "n"} for name in outputs}
    with _exporter_lock, torch.no_grad(), warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.onnx"
        warnings.simplefilter("ignore")  # about the newer exporter, and about code that tracing cannot follow
        torch.onnx.export(
            network.eval().cpu(),
            tuple(inputs.values()),
            file,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=rows,
            opset_version=opset,
            dynamo=False,
        )
        return file.read_bytes()
