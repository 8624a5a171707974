"""Weights files that are refused: contents of other kinds, discriminators, weights that make no generator."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gan_demo.config import ModelConfig
from gan_demo.gan.models.build import build_discriminator
from tests.weights.test_load import dcgan_generator, refusal, renamed, saved, small_generator

pytestmark = pytest.mark.usefixtures("one_thread")


def test_other_contents_of_pytorch_files_are_refused_with_the_reason() -> None:
    network = small_generator()
    optimizer = torch.optim.Adam(network.parameters())
    assert "the state of a training" in refusal(saved(optimizer.state_dict()))
    assert "the state of a training" in refusal(saved({"rng": torch.zeros(3), "counts": torch.zeros(2)}))
    assert "holds a tensor instead" in refusal(saved(torch.zeros(3)))
    assert "holds no weights" in refusal(saved({}))
    assert "holds list" in refusal(saved([1, 2]))
    assert "holds no weights" in refusal(saved({"epoch": 3}))


def test_discriminators_and_networks_from_images_to_images_are_refused_as_such() -> None:
    mlp = nn.Sequential(nn.Linear(784, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1), nn.Sigmoid())
    convolutions = nn.Sequential(nn.Conv2d(3, 2, 4), nn.Conv2d(2, 4, 4), nn.BatchNorm2d(4), nn.Conv2d(4, 1, 4))
    for content in (mlp.state_dict(), convolutions.state_dict(), {"netD": mlp.state_dict()}):
        assert "is a discriminator" in refusal(saved(content))
    config = ModelConfig(arch="mlp", width=2, d_width=2, shape=(1, 28, 28))
    assert "is a discriminator" in refusal(saved({"D.0.weight": torch.ones(3, 3)}))
    layers = (nn.Conv2d(3, 8, 7), nn.Conv2d(8, 16, 3), nn.ConvTranspose2d(16, 8, 3), nn.Conv2d(8, 3, 7))
    assert "takes images" in refusal(saved(nn.Sequential(*layers).state_dict())), "such as CycleGAN's"
    assert "is a discriminator" in refusal(saved(build_discriminator(ModelConfig(shape=(1, 28, 28))).state_dict()))
    assert "is a discriminator" in refusal(
        saved(renamed(build_discriminator(config).net, "net.") | {"head.weight": torch.ones(1, 16)})
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"3.weight": torch.zeros(784, 784), "3.bias": torch.zeros(784), "5.weight": torch.zeros(784, 3)},
            "do not fit together",
        ),
        ({"2.weight": torch.zeros(784, 4)}, "Layer 2 takes 4 inputs, but gets 3"),
        ({"2.weight": torch.zeros(785, 3), "2.bias": torch.zeros(785)}, "makes 785 numbers"),
        ({"0.bias": torch.zeros(4)}, "at its layer 0"),
        ({"0.weight": torch.zeros(3, 0)}, "at its layer 0"),
        ({"0.weight": torch.zeros(3, 5, 1)}, "at its layer 0"),
        ({"0.weight": torch.zeros(3, 5, 1, 1)}, "unknown kind"),
        ({"0.weight": torch.zeros(3, 2_000)}, "unusual sizes"),
        ({"0.weight_orig": torch.zeros(3, 5)}, "at its layer 0.weight_orig"),
        ({"0.weight": torch.zeros(3, 5, dtype=torch.int64)}, "0.weight in whole numbers"),
        ({"2.bias": torch.full((784,), float("nan"))}, "NaN or infinite numbers in 2.bias"),
        ({"2.bias": torch.full((784,), float("inf"))}, "NaN or infinite numbers in 2.bias"),
        ({"2.bias": torch.full((784,), 1e300, dtype=torch.float64)}, "NaN or infinite"),
        ({"0.bias": 3}, "not a weight: 0.bias"),
        ({"0.bias": torch.zeros(3, dtype=torch.complex64)}, "complex64"),
        ({"0.bias": torch.zeros(3).to_sparse()}, "unsupported kind: sparse"),
        ({"0.bias": torch.zeros(3, device="meta")}, "unsupported kind: meta"),
        ({"0.bias": torch.zeros(3).to(torch.float8_e4m3fn)}, "unsupported kind"),
    ],
)
def test_weights_that_make_no_generator_are_refused(change: dict[str, Any], reason: str) -> None:
    assert reason in refusal(saved(dict(small_generator().state_dict()) | change))


@pytest.mark.filterwarnings("ignore")
def test_quantised_weights_are_refused() -> None:
    weights = torch.quantize_per_tensor(torch.zeros(3), 0.1, 0, torch.qint8)
    assert "unsupported kind: quantised" in refusal(saved({"0.bias": weights}))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"main.7.running_mean": torch.ones(5)}, "at its layer main.7"),
        ({"main.12.bias": torch.ones(4)}, "unknown kind"),
        ({"main.12.weight": torch.ones(2, 5, 4, 4)}, "unknown kind"),
        ({"main.15.weight": torch.ones(5, 3, 4, 4)}, "unknown kind"),
    ],
)
def test_other_convolutional_generators_are_refused(change: dict[str, Tensor], reason: str) -> None:
    assert reason in refusal(saved(renamed(dcgan_generator(6, 2, 3), "main.") | change))


def test_weights_that_draw_nan_are_refused() -> None:
    state = renamed(dcgan_generator(6, 2, 3), "main.")
    state["main.1.running_var"] -= 5  # the root of it is no number
    assert "makes images with NaN or infinite values" in refusal(saved(state))
