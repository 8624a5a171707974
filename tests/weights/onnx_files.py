"""ONNX files of small generators, as people export them, and what our adaptation of them draws."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from gan_demo.weights.onnx_models.adapt import adapted
from gan_demo.weights.onnx_models.images import layout, stated_range
from gan_demo.weights.onnx_models.interface import interface, parse

Z = 16
LATENTS = torch.randn(5, Z, generator=torch.Generator().manual_seed(1))


def dcgan() -> nn.Module:
    layers = nn.Sequential(
        nn.ConvTranspose2d(Z, 8, 4, 1, 0),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.ConvTranspose2d(8, 3, 4, 2, 1),
        nn.Tanh(),
    )
    return layers.eval()


def onnx_file(
    network: nn.Module, inputs: dict[str, Tensor], free: bool = True, opset: int = 17, training: bool = False
) -> bytes:
    """Export as people do: ``free`` leaves the number of rows open, ``training`` keeps training mode."""
    file = io.BytesIO()
    axes = {name: {0: "batch"} for name in (*inputs, "image")} if free else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.train(training),
            tuple(inputs.values()),
            file,
            input_names=list(inputs),
            output_names=["image"],
            dynamic_axes=axes,
            opset_version=opset,
            dynamo=False,
            training=torch.onnx.TrainingMode.PRESERVE,
            do_constant_folding=not training,
        )
    return file.getvalue()


def seeded(build: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(0)
    return build().eval()


def run_adapted(data: bytes, z: Tensor, y: Tensor | None = None, psi: float = 1.0) -> Tensor:
    """Draw with the adapted file as a browser does, without a process."""
    model = parse(data)
    inputs = interface(model)
    raw = run(adapted(model, inputs, None), z, y, psi).numpy()
    images = layout(raw, stated_range(model.graph, inputs.output))
    return run(adapted(model, inputs, images), z, y, psi)


def run(adapted_file: bytes, z: Tensor, y: Tensor | None = None, psi: float = 1.0) -> Tensor:
    """Draw with a file that is adapted already."""
    import onnxruntime

    session = onnxruntime.InferenceSession(adapted_file, providers=["CPUExecutionProvider"])
    feeds = {"z": z.numpy(), "psi": np.full(1, psi, np.float32)} | ({} if y is None else {"y": y.numpy()})
    (x,) = session.run(["x"], feeds)
    return torch.from_numpy(np.asarray(x))
