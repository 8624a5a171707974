"""What a page draws of the networks, as graphs of weights and points: samples, logits, slopes, activations."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gan_demo.config import LOSS_NAMES, ModelConfig, TrainConfig
from gan_demo.gan.compiled.export import Shape, function_onnx
from gan_demo.gan.compiled.layout import StateLayout
from gan_demo.gan.compiled.updates import Network, out_of_place
from gan_demo.gan.losses import LOSSES
from gan_demo.gan.models.build import outline_discriminator, outline_generator
from gan_demo.gan.step import generator_loss

VIEWS = ("samples", "logits", "slopes", "g_units", "d_units")


@dataclass(frozen=True)
class ViewSpec:
    """Everything that changes the graph of a view."""

    model: ModelConfig
    view: str
    rows: int  # points N of one call
    loss: str = "non_saturating"  # of which slopes are taken

    def __post_init__(self) -> None:
        assert self.view in VIEWS
        assert self.loss in LOSS_NAMES
        assert self.model.arch == "points" or not self.view.endswith("_units"), "units are drawn in the plane"


def view_onnx(spec: ViewSpec) -> bytes:
    """Compile a view; docs/compiled-step.md describes inputs and outputs. Batch norm uses its running statistics."""
    of_generator = spec.view in ("samples", "g_units")
    module = out_of_place((outline_generator if of_generator else outline_discriminator)(spec.model)).eval()
    layout = StateLayout.of(spec.model).g if of_generator else StateLayout.of(spec.model).d
    inputs = _inputs(spec, layout.weights, of_generator)
    names = list(inputs)

    def outputs(*tensors: Tensor) -> dict[str, Tensor]:
        given = dict(zip(names, tensors, strict=True))
        network = Network(module, layout, given["weights"])
        points, y = given["z" if of_generator else "x"], given.get("y")
        if spec.view == "slopes":
            return {"slopes": _slopes(spec, network, points, given.get("real"), y)}
        if spec.view.endswith("_units"):
            return {"units": _units(network, points, y)}
        return {"samples" if of_generator else "logits": network(points, y).detach()}

    return function_onnx(outputs, inputs)


def unit_counts(model: ModelConfig, network: str) -> list[int]:
    """Return the numbers of units of each layer of "g" or "d" in the output of its view "units", in order."""
    if network == "g":
        return [model.width] * model.depth + [model.shape[0]]
    return [model.d_width] * model.discriminator_depth + [1]


def _inputs(spec: ViewSpec, weights: int, of_generator: bool) -> dict[str, Shape]:
    model, n = spec.model, spec.rows
    inputs: dict[str, Shape] = {"weights": (weights,)}
    if of_generator:
        inputs["z"] = (n, model.z_dim)
    else:
        inputs["x"] = (n, *model.shape)
    if spec.view == "slopes" and LOSSES[spec.loss].g_needs_real:
        inputs["real"] = (n, *model.shape)
    if model.label_width:
        inputs["y"] = (n, model.label_width)
    return inputs


def _slopes(spec: ViewSpec, network: Network, x: Tensor, real: Tensor | None, y: Tensor | None) -> Tensor:
    """Return the gradient of G's loss at each point times N, as if the points were G's samples."""
    x = x.detach().requires_grad_()
    loss = generator_loss(network, TrainConfig(loss=spec.loss), x if real is None else real, x, y)
    (slope,) = torch.autograd.grad(loss, x)
    return slope * spec.rows


def _units(network: Network, points: Tensor, y: Tensor | None) -> Tensor:
    """Return the activations of all hidden layers, then the output, side by side: (N, units)."""
    activations: list[Tensor] = []
    layers = [layer for layer in network.module.modules() if not isinstance(layer, nn.Linear | nn.Sequential)]
    hidden = [layer for layer in layers if not list(layer.children()) and not list(layer.parameters())]
    hooks = [layer.register_forward_hook(lambda _, __, output: activations.append(output)) for layer in hidden]
    output = network(points, y)
    for hook in hooks:
        hook.remove()
    return torch.cat([*activations, output.reshape(len(points), -1)], 1).detach()
