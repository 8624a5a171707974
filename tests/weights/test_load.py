"""Loading of weights files: those that are read draw the same images as before, others are refused with a reason."""

from __future__ import annotations

import io
import json
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

from gan_demo.config import LabelField, ModelConfig
from gan_demo.errors import DataError
from gan_demo.gan import latent
from gan_demo.gan.models.build import build_generator
from gan_demo.weights import load, save

DIGIT = LabelField("digit", tuple("0123456789"))
HAT = LabelField("hat", ("no", "yes"))


pytestmark = pytest.mark.usefixtures("one_thread")


def saved(content: object, legacy: bool = False) -> bytes:
    file = io.BytesIO()
    torch.save(content, file, _use_new_zipfile_serialization=not legacy)
    return file.getvalue()


def tutorial_generator(seed: int = 0) -> nn.Sequential:
    """Build the tutorial's generator as its code does."""
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Linear(100, 256), nn.LeakyReLU(0.2), nn.Linear(256, 512), nn.LeakyReLU(0.2), nn.Linear(512, 784), nn.Tanh()
    )


def small_generator() -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(5, 3), nn.LeakyReLU(0.2), nn.Linear(3, 784), nn.Tanh())


def dcgan_generator(nz: int, ngf: int, nc: int) -> nn.Sequential:
    """Build the layers of examples/dcgan/main.py; its network holds them as ``main``."""
    torch.manual_seed(0)
    widths = [nz, ngf * 8, ngf * 4, ngf * 2, ngf]
    layers: list[nn.Module] = []
    for k in range(4):
        layers += [nn.ConvTranspose2d(widths[k], widths[k + 1], 4, min(k, 1) + 1, min(k, 1), bias=False)]
        layers += [nn.BatchNorm2d(widths[k + 1]), nn.ReLU(True)]
    main = nn.Sequential(*layers, nn.ConvTranspose2d(ngf, nc, 4, 2, 1, bias=False), nn.Tanh())
    for module in main.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return main.eval()


def renamed(network: nn.Module, prefix: str) -> OrderedDict[str, Tensor]:
    return OrderedDict((prefix + name, value) for name, value in network.state_dict().items())


def draws_like(loaded: load.Loaded, network: nn.Module, z: Tensor) -> bool:
    with torch.no_grad():
        wanted = network(z)
    return torch.allclose(loaded.generator(z).reshape(wanted.shape), wanted, atol=1e-5)


LEAKY = {"activation": "leaky_relu_0.2"}  # of the small generators here, which weights do not say


def refusal(data: bytes | Path, filename: str = "w.pt") -> str:
    with pytest.raises(DataError) as caught:
        load.load_weights(data, filename)
    assert caught.value.field == "file"
    assert caught.value.value == filename
    assert caught.value.remedy
    return str(caught.value)


# ---- our own files

CONFIGS = [
    ModelConfig(arch="points", z_dim=4, width=8, shape=(2,)),
    ModelConfig(arch="mlp", z_dim=6, width=2, shape=(3, 32, 32), labels=(DIGIT, HAT)),
    ModelConfig(arch="dcgan", z_dim=6, width=4, shape=(1, 28, 28), labels=(DIGIT,), mapping=2),
    ModelConfig(arch="resnet", z_dim=6, width=4, depth=1, shape=(3, 32, 32)),
    ModelConfig(arch="dcgan64", z_dim=6, width=2, shape=(3, 64, 64)),
]


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.arch)
@pytest.mark.parametrize("half", [False, True])
def test_our_own_file_brings_back_settings_and_images(tmp_path: Path, config: ModelConfig, half: bool) -> None:
    generator = build_generator(config, seed=3).eval()
    path = tmp_path / "mine.safetensors"
    path.write_bytes(save.weights_file(generator, config, half))
    loaded = load.load_weights(path)
    assert (loaded.config, loaded.source) == (config, "gan_demo")
    z = latent.sample_z(3, config.z_dim, 0)
    y = latent.random_labels(3, config.labels, 0) if config.labels else None
    same = latent.generate(loaded.generator, z, y), latent.generate(generator, z, y)
    assert torch.allclose(*same, atol=0.02 if half else 0)
    assert list(tmp_path.iterdir()) == [path]


def test_a_loaded_generator_is_frozen_and_in_eval_mode() -> None:
    loaded = load.load_weights(saved(small_generator().state_dict()))
    assert not loaded.generator.training
    assert not any(weight.requires_grad for weight in loaded.generator.parameters())


def test_a_foreign_generator_can_be_saved_as_our_own_file() -> None:
    network = nn.Sequential(*[layer for k in range(11) for layer in (nn.Linear(5, 5), nn.LeakyReLU(0.2))])
    network = nn.Sequential(*network, nn.Linear(5, 784), nn.Tanh())  # more than ten layers: order is not alphabetical
    foreign = load.load_weights(saved(network.state_dict()), options=LEAKY)
    again = load.load_weights(save.loaded_file(foreign))
    assert again.config == foreign.config
    assert draws_like(again, network, latent.sample_z(2, 5, 0))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": "discriminator"}, "is a discriminator"),
        ({"kind": "optimizer"}, "state of a training"),
        ({"kind": "banana"}, "holds banana"),
        ({"model": {"arch": "mlp", "z_dim": 10**9}}, "z_dim = 1000000000: must be between 1 and 1024"),
        ({"model": {"arch": "mlp", "shape": [2, 28, 28]}}, "makes samples of the shape (2, 28, 28)"),
        (
            {"model": {"arch": "mlp", "shape": [3, 64, 64], "width": 1024}},
            "net.0.weight of shape (3, 5), not (8192, 64)",
        ),
        ({"model": {"arch": "dcgan", "shape": [1, 28, 28]}}, "lacks the weights linear.weight"),
        ({"model": {"arch": "warp"}}, "is not known"),
        ({"model": 3}, "can't be used"),
        ({"model": {"surprise": 1}}, "is not a setting of this version"),
    ],
)
def test_wrong_settings_in_our_header_are_refused(changes: dict[str, Any], reason: str) -> None:
    model = {"arch": "mlp", "z_dim": 5, "width": 1, "shape": [1, 28, 28]}
    entry = {"format": 1, "kind": "generator", "model": model} | changes
    tensors = dict(renamed(small_generator(), "net."))
    assert reason in refusal(safetensors.torch.save(tensors, {"gan_demo": json.dumps(entry)}))


def test_a_header_that_is_no_json_is_refused() -> None:
    tensors = dict(small_generator().state_dict())
    assert "can't be used" in refusal(safetensors.torch.save(tensors, {"gan_demo": "[" * 5_000}))


# ---- the two foreign kinds


@pytest.mark.parametrize("legacy", [False, True])
def test_the_tutorials_generator_draws_the_same_images(legacy: bool) -> None:
    network = tutorial_generator()
    loaded = load.load_weights(saved(network.state_dict(), legacy))
    assert loaded.source == "mlp"
    assert (loaded.config.z_dim, loaded.config.shape, loaded.config.width) == (100, (1, 28, 28), 32)
    assert draws_like(loaded, network, latent.sample_z(5, 100, 0))


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: state,
        lambda state: {"state_dict": state, "epoch": 3, "loss": 0.5},
        lambda state: {"generator": state, "discriminator": {"0.weight": torch.ones(1, 784)}},
        lambda state: {"netG": state, "netD": {}, "optimizerG": {"state": {}, "param_groups": []}},
        lambda state: {
            "D": {"0.weight": torch.ones(1, 784)},
            "G": {k: v + 9 for k, v in state.items()},
            "G_ema": state,
        },
        lambda state: {"model": {"generator": state}},
        lambda state: {f"module.{name}": value for name, value in state.items()},
        lambda state: {f"main.{name}": value for name, value in state.items()},
        lambda state: {f"module.net.layers.{name}": value for name, value in state.items()},
        lambda state: {f"generator.{k}": v for k, v in state.items()} | {"discriminator.0.weight": torch.ones(1, 784)},
        lambda state: {name: nn.Parameter(value) for name, value in state.items()},
        lambda state: {name: value.double() for name, value in state.items()},
        lambda state: dict(zip(["fc1.weight", "fc1.bias", "out.weight", "out.bias"], state.values(), strict=True)),
    ],
)
def test_wrappers_and_prefixes_around_the_weights_do_not_matter(wrap: Callable[[Any], Any]) -> None:
    network = small_generator()
    assert draws_like(
        load.load_weights(saved(wrap(network.state_dict())), options=LEAKY), network, latent.sample_z(3, 5, 0)
    )


def test_half_precision_is_read_as_float32() -> None:
    network = small_generator().half()
    loaded = load.load_weights(saved(network.state_dict()), options=LEAKY)
    assert {value.dtype for value in loaded.generator.parameters()} == {torch.float32}
    assert draws_like(loaded, network.float(), latent.sample_z(3, 5, 0))


def test_transposed_weights_are_read_by_their_strides() -> None:
    network = small_generator()
    state = {name: value.t().contiguous().t() for name, value in network.state_dict().items()}
    assert not state["0.weight"].is_contiguous()
    assert draws_like(load.load_weights(saved(state), options=LEAKY), network, latent.sample_z(3, 5, 0))


def test_an_mlp_with_batch_normalisation_draws_the_same_images() -> None:
    network = nn.Sequential(
        nn.Linear(7, 9),
        nn.LeakyReLU(0.2),
        nn.Linear(9, 11),
        nn.BatchNorm1d(11),
        nn.LeakyReLU(0.2),
        nn.Linear(11, 3 * 32 * 32),
        nn.Tanh(),
    )
    network(torch.randn(64, 7))  # moves the batch statistics
    loaded = load.load_weights(saved(network.eval().state_dict()), options=LEAKY)
    assert loaded.config.shape == (3, 32, 32)
    assert draws_like(loaded, network, latent.sample_z(3, 7, 0))


@pytest.mark.parametrize(
    ("outputs", "shape"),
    [(784, (1, 28, 28)), (1024, (1, 32, 32)), (3072, (3, 32, 32)), (4096, (1, 64, 64)), (12288, (3, 64, 64))],
)
def test_the_number_of_outputs_says_the_image_shape(outputs: int, shape: tuple[int, ...]) -> None:
    network = nn.Sequential(nn.Linear(2, 2), nn.LeakyReLU(0.2), nn.Linear(2, outputs), nn.Tanh())
    assert load.load_weights(saved(network.state_dict()), options=LEAKY).config.shape == shape


@pytest.mark.parametrize(("nz", "ngf", "nc"), [(100, 4, 3), (7, 2, 1), (3, 1, 3)])
@pytest.mark.parametrize("prefix", ["main.", "module.main.", ""])
def test_pytorchs_dcgan_example_draws_the_same_images(nz: int, ngf: int, nc: int, prefix: str) -> None:
    network = dcgan_generator(nz, ngf, nc)
    loaded = load.load_weights(saved(renamed(network, prefix)))
    assert loaded.source == "transposed"
    assert (loaded.config.arch, loaded.config.z_dim, loaded.config.width) == ("dcgan64", nz, ngf)
    assert loaded.config.shape == (nc, 64, 64)
    z = latent.sample_z(2, nz, 0)
    with torch.no_grad():
        assert torch.allclose(loaded.generator(z), network(z[:, :, None, None]), atol=1e-5)


def test_a_foreign_safetensors_file_is_read_by_its_shapes() -> None:
    network = dcgan_generator(6, 2, 3)
    loaded = load.load_weights(safetensors.torch.save(dict(renamed(network, "main."))))
    assert loaded.source == "transposed"
