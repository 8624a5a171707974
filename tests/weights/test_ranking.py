"""The ranking of options on measures that were recorded, with three generators that people had published."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import cast

import pytest
import torch
from torch import nn

from gan_demo.weights import load, ranking
from gan_demo.weights.choices import Choice
from gan_demo.weights.signs import Judge
from tests.weights.stored import saved

pytestmark = pytest.mark.usefixtures("one_thread")

ACTIVATIONS = ("relu", "leaky_relu_0.2", "leaky_relu_0.01")
RECORDED = {  # of the measure "norms", by activation; the networks' own code has ReLU
    "gan-face-generate": (0.013417, 1.435394, 0.012539),
    "generateme": (0.010267, 0.126472, 0.010359),
    "omniart-eye-generator": (0.302024, 1.812425, 0.317656),
}


class RecordedJudge:
    """Judge of one choice, the activation, by recorded measures."""

    def __init__(self, values: tuple[float, ...]) -> None:
        self.recognised = SimpleNamespace(choices=(Choice("activation", ACTIVATIONS),))
        self.values = dict(zip(ACTIVATIONS, values, strict=True))

    def measure(self, name: str, options: Mapping[str, str]) -> float:
        return self.values[options["activation"]]


def improved(values: tuple[float, ...]) -> str:
    judge = cast(Judge, RecordedJudge(values))
    return ranking._improved(judge, {"activation": "relu"}, ("activation",), "norms")["activation"]


@pytest.mark.parametrize("package", RECORDED)
def test_what_differs_by_the_noise_of_samples_leaves_the_usual_value(package: str) -> None:
    assert improved(RECORDED[package]) == "relu"


@pytest.mark.parametrize("usual", [0.02, 0.3])
def test_a_clear_difference_decides_against_the_usual_value(usual: float) -> None:
    assert improved((usual, 0.01, 0.5)) == "leaky_relu_0.2"


@pytest.mark.parametrize(("inputs", "z_dim", "classes"), [(108, 100, 8), (134, 128, 6), (110, 100, 10), (136, 128, 8)])
def test_one_hot_classes_beside_usual_latents_are_read_off_the_width(inputs: int, z_dim: int, classes: int) -> None:
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.ConvTranspose2d(inputs, 8, 4, 1, 0, bias=False),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.ConvTranspose2d(8, 8, 4, 2, 1, bias=False),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.ConvTranspose2d(8, 3, 4, 2, 1, bias=False),
        nn.Tanh(),
    )
    recognised = load.open_weights(saved(network.state_dict())).recognise()
    assert recognised.z_dim == z_dim
    assert [len(field.values) for field in recognised.labels] == [classes]
    latents = torch.randn(3, z_dim, generator=torch.Generator().manual_seed(1))
    labels = torch.eye(classes)[:3]
    with torch.no_grad():
        expected = network.eval()(torch.cat([latents, labels], 1)[:, :, None, None])
        drawn = recognised.build().generator(latents, labels)
    torch.testing.assert_close(drawn, expected, rtol=0, atol=1e-6)
