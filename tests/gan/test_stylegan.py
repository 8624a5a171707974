"""Layers of style-based generators: closed forms."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from gan_demo.gan.models.stylegan import layers, stylegan3

FIR = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=torch.float64) / 8
rng = torch.Generator().manual_seed(0)


def random(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=rng, dtype=torch.float64)


def test_modulating_activations_is_modulating_weights() -> None:
    x, weight, style = random(3, 4, 5, 5), random(6, 4, 3, 3), random(3, 4)
    y = layers.modulated_convolution(x, weight, style)
    each = [F.conv2d(x[[n]], weight * style[n, :, None, None], padding=1) for n in range(3)]
    torch.testing.assert_close(y, torch.cat(each))


def test_demodulated_weights_have_unit_energy() -> None:
    weight, style = random(6, 4, 3, 3), random(3, 4)
    factors = layers.demodulation(layers.energy_of(weight), style)  # (N, O)
    weights = weight * style[:, None, :, None, None] * factors[:, :, None, None, None]  # (N, O, I, k, k)
    energy = weights.square().sum((2, 3, 4))
    torch.testing.assert_close(energy, torch.ones_like(energy), atol=1e-6, rtol=0)


def test_upsampling_keeps_a_constant_and_spreads_a_point() -> None:
    constant = layers.upsample(torch.full((1, 2, 6, 6), 3.0, dtype=torch.float64), FIR)
    inside = constant[:, :, 2:-2, 2:-2]
    assert constant.shape == (1, 2, 12, 12)
    torch.testing.assert_close(inside, torch.full_like(inside, 3.0))
    point = torch.zeros(1, 1, 5, 5, dtype=torch.float64)
    point[0, 0, 2, 2] = 1
    torch.testing.assert_close(layers.upsample(point, FIR)[0, 0, 3:7, 3:7], 4 * torch.outer(FIR, FIR))


def test_an_upsampling_convolution_with_a_point_kernel_is_upsampling() -> None:
    x, weight = random(2, 3, 4, 4), torch.zeros(3, 3, 3, 3, dtype=torch.float64)
    weight[range(3), range(3), 1, 1] = 1  # keeps channels apart
    y = layers.modulated_convolution(x, weight, torch.ones(2, 3, dtype=torch.float64), FIR)
    torch.testing.assert_close(y, layers.upsample(x, FIR))


def test_stylegan3s_filters_are_a_convolution_between_inserted_zeros_and_left_out_samples() -> None:
    x, taps = random(1, 2, 5, 5), random(6)
    before, after = 7, 3
    wide = torch.zeros(1, 2, 10, 10, dtype=torch.float64)
    wide[:, :, ::2, ::2] = x
    kernel = torch.outer(taps, taps).flip(0, 1).expand(2, 1, 6, 6)
    expected = F.conv2d(F.pad(wide, (before, after, before, after)), kernel, groups=2)
    y = stylegan3._upsampled(x, taps, 2, before, after)
    torch.testing.assert_close(y, expected)
    separable = stylegan3._downsampled(y, taps, 2)
    torch.testing.assert_close(separable, F.conv2d(y, kernel, stride=2, groups=2))
    torch.testing.assert_close(separable, stylegan3._downsampled(y, torch.outer(taps, taps), 2))
