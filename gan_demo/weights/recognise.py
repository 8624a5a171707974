"""Recognition of foreign generators by the shapes of their weights alone.

It knows MLPs as in the tutorial (any widths, with or without batch normalisation) and the generator of PyTorch's DCGAN
example (64×64 pixels, any nz, ngf and nc).
"""

from __future__ import annotations

import re

import torch
from torch import Tensor, nn

from gan_demo.config import IMAGE_SHAPES, ModelConfig
from gan_demo.errors import DataError
from gan_demo.gan.models.base import Generator
from gan_demo.gan.models.build import outline_generator
from gan_demo.gan.models.mapping import SLOPE
from gan_demo.weights.limits import SUPPORTED, refuse_network

MLP = "mlp state dict"
DCGAN = "pytorch dcgan example"
_MAX_UNITS = 1024 * 16  # of a hidden layer
_PARTS = ("weight", "bias", "running_mean", "running_var")
Layers = list[tuple[str, dict[str, Tensor]]]  # (name, weights) of each layer, first to last


class ForeignMLP(Generator):
    """MLP of any widths: Linear, perhaps BatchNorm1d, LeakyReLU 0.2 between the layers and Tanh at the end."""

    def __init__(self, model: ModelConfig, layers: list[nn.Module]) -> None:
        super().__init__(model)
        self.net = nn.Sequential(*layers)

    def synthesise(self, w: Tensor) -> Tensor:
        """Draw images (N, C, H, W) from w (N, W)."""
        x: Tensor = self.net(w)  # (N, C·H·W)
        return x.view(w.shape[0], *self.shape)


def recognise(tensors: dict[str, Tensor], ordered: bool, filename: str) -> tuple[ModelConfig, Generator, str]:
    """Return settings, generator and kind (``MLP`` or ``DCGAN``) for float32 weights by name. Raises DataError.

    ``ordered`` says that the weights come in the network's order; otherwise the numbers in their names give it.
    """
    layers = _layers(tensors, ordered, filename)
    kinds = {_kind(parts, name, filename) for name, parts in layers}
    if "linear" in kinds and "convolution" not in kinds:
        return *_mlp(layers, filename), MLP
    if "convolution" in kinds and "linear" not in kinds:
        return *_dcgan(layers, filename), DCGAN
    raise _unknown(filename, layers[0][0])


def fill(model: ModelConfig, tensors: dict[str, Tensor], filename: str) -> Generator:
    """Return the generator of ``model`` with these weights. Raises DataError unless all names and shapes fit."""
    generator = outline_generator(model)
    expected = generator.state_dict()
    counters = {name for name in expected if name.endswith("num_batches_tracked")}
    for name, value in expected.items():
        if name not in tensors and name not in counters:
            raise DataError("file", filename, "lacks the weights {name}", SUPPORTED, name=name)
        if name in tensors and tensors[name].shape != value.shape:
            problem = "has {name} of shape {shape}, not {expected}"
            details = {"name": name, "shape": tuple(tensors[name].shape), "expected": tuple(value.shape)}
            raise DataError("file", filename, problem, SUPPORTED, **details)
    for name in tensors:
        if name not in expected:
            raise DataError(
                "file", filename, "has weights that this network does not have: {name}", SUPPORTED, name=name
            )
    counts = {name: torch.zeros((), dtype=torch.int64) for name in counters}
    generator.load_state_dict(tensors | counts, assign=True)
    return generator.to(memory_format=torch.channels_last) if model.arch in ("dcgan", "resnet") else generator


def _layers(tensors: dict[str, Tensor], ordered: bool, filename: str) -> Layers:
    """Group weights by layer, first to last: in the file's order, or sorted by name with its numbers as numbers."""
    names = list(tensors) if ordered else sorted(tensors, key=_natural_order)
    layers: dict[str, dict[str, Tensor]] = {}
    for name in names:
        layer, _, part = name.rpartition(".")
        if part not in _PARTS:
            raise _unknown(filename, name)
        layers.setdefault(layer, {})[part] = tensors[name]
    return list(layers.items())


def _natural_order(name: str) -> list[tuple[int, str]]:
    """Return a key that sorts names by their numbers: layer 2 before layer 10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d{1,9})", name)]


def _kind(parts: dict[str, Tensor], layer: str, filename: str) -> str:
    """Return "norm", "linear" or "convolution". Raises DataError for a layer of another kind."""
    weight = parts.get("weight")
    kinds = {1: "norm", 2: "linear", 4: "convolution"}
    if weight is None or weight.dim() not in kinds or 0 in weight.shape:
        raise _unknown(filename, layer)
    kind = kinds[weight.dim()]
    allowed = {"norm": {"weight", "bias", "running_mean", "running_var"}, "linear": {"weight", "bias"}}
    if kind == "norm" and (parts.keys() != allowed["norm"] or len({value.shape for value in parts.values()}) > 1):
        raise _unknown(filename, layer)
    if kind == "linear" and not (parts.keys() <= allowed["linear"] and _bias_fits(parts)):
        raise _unknown(filename, layer)
    return kind


def _bias_fits(parts: dict[str, Tensor]) -> bool:
    return "bias" not in parts or parts["bias"].shape == parts["weight"].shape[:1]


def _mlp(layers: Layers, filename: str) -> tuple[ModelConfig, Generator]:
    """Build an MLP; the number of its outputs gives the shape of the images."""
    linears = [parts["weight"].shape for _, parts in layers if parts["weight"].dim() == 2]  # (out, in)
    outputs, z_dim = linears[-1][0], linears[0][1]
    if outputs == 1 or (outputs not in IMAGE_SHAPES and z_dim in IMAGE_SHAPES):
        refuse_network(filename, "discriminator")
    if outputs not in IMAGE_SHAPES:
        remedy = "Images have 1 or 3 channels and are 28, 32 or 64 pixels wide and high"
        raise DataError(
            "file", filename, "makes {count} numbers, which do not form a square image", remedy, count=outputs
        )
    if len(linears) < 2 or z_dim > 1024 or max(out for out, _ in linears[:-1]) > _MAX_UNITS:
        remedy = "Use at least one hidden layer, and at most 1024 latent dimensions and 16384 units per layer"
        raise DataError("file", filename, "has layers of unusual sizes", remedy)
    width = min(1024, max(1, linears[-2][0] // 16))
    model = ModelConfig(arch="mlp", z_dim=z_dim, width=width, shape=IMAGE_SHAPES[outputs])
    return model, ForeignMLP(model, _chain(layers, z_dim, filename))


def _chain(layers: Layers, width: int, filename: str) -> list[nn.Module]:
    """Build the modules Linear (BatchNorm1d) LeakyReLU … Linear Tanh, for ``width`` inputs."""
    modules: list[nn.Module] = []
    for index, (name, parts) in enumerate(layers):
        weight = parts["weight"]
        misplaced = weight.dim() == 1 and index in (0, len(layers) - 1)
        if misplaced or weight.shape[-1] != width:
            remedy = "Layer {name} takes {inputs} inputs, but gets {outputs}"
            details = {"name": name, "inputs": weight.shape[-1], "outputs": width}
            raise DataError("file", filename, "has layers that do not fit together", remedy, **details)
        if weight.dim() == 2:
            modules += [nn.LeakyReLU(SLOPE)] if modules else []
            width = weight.shape[0]
        modules.append(_linear(parts) if weight.dim() == 2 else _norm(parts))
    return [*modules, nn.Tanh()]


def _linear(parts: dict[str, Tensor]) -> nn.Linear:
    out, into = parts["weight"].shape
    layer = nn.Linear(into, out, bias="bias" in parts, device="meta")
    layer.load_state_dict(parts, assign=True)
    return layer


def _norm(parts: dict[str, Tensor]) -> nn.BatchNorm1d:
    layer = nn.BatchNorm1d(len(parts["weight"]), device="meta")
    layer.load_state_dict(parts | {"num_batches_tracked": torch.zeros((), dtype=torch.int64)}, assign=True)
    return layer


def _dcgan(layers: Layers, filename: str) -> tuple[ModelConfig, Generator]:
    """Build PyTorch's DCGAN example. Only the order of its layers counts, so that renamed copies pass."""
    convolutions = [parts["weight"].shape for _, parts in layers if parts["weight"].dim() == 4]
    if convolutions[-1][0] == 1 and convolutions[0][1] in (1, 3) and convolutions[-1][1] != 1:
        refuse_network(filename, "discriminator")
    numbers = [0, 1, 3, 4, 6, 7, 9, 10, 12]  # of the layers with weights, in the example's ``main``
    z_dim, ngf, channels = convolutions[0][0], convolutions[-1][0], convolutions[-1][1]
    if len(layers) != len(numbers) or channels not in (1, 3) or z_dim > 1024 or ngf > 1024:
        raise _unknown(filename, layers[-1][0])
    model = ModelConfig(arch="dcgan64", z_dim=z_dim, width=ngf, d_width=ngf, shape=(channels, 64, 64))
    tensors = {
        f"main.{number}.{part}": value
        for number, (_, parts) in zip(numbers, layers, strict=True)
        for part, value in parts.items()
    }
    return model, fill(model, tensors, filename)


def _unknown(filename: str, layer: str) -> DataError:
    problem = "is an unknown kind of network, at its layer {layer}"
    return DataError("file", filename, problem, SUPPORTED, layer=layer)
