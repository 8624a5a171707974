"""DiffAugment in closed forms: identities, shifts, holes, gradients."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gan_demo.config import AUGMENTATIONS
from gan_demo.gan import augment

POLICIES = [policy for policy in AUGMENTATIONS if policy]


def images(n: int = 4, channels: int = 3, height: int = 8, width: int = 16) -> Tensor:
    return torch.rand(n, channels, height, width, generator=torch.Generator().manual_seed(1)) * 2 - 1


def strengths(**columns: float) -> Tensor:
    """Return strengths of one sample that change nothing but what ``columns`` say."""
    names = ("brightness", "saturation", "contrast", "down", "right", "top", "left")
    return torch.tensor([[columns.get(name, 0.5) for name in names]])


@pytest.mark.parametrize("policy", ["color", "translation", "color-translation"])
def test_strengths_of_a_half_change_nothing(policy: str) -> None:
    x = images()
    torch.testing.assert_close(augment.apply(x, policy, torch.full((4, 7), 0.5)), x)


def test_brightness_is_added_to_every_pixel() -> None:
    x = images(1)
    torch.testing.assert_close(augment.apply(x, "color", strengths(brightness=0.9)), x + 0.4)


def test_without_saturation_an_image_is_gray_and_with_twice_of_it_twice_as_colourful() -> None:
    x = images(1)
    gray = x.mean(1, keepdim=True)
    torch.testing.assert_close(augment.apply(x, "color", strengths(saturation=0.0)), gray.expand_as(x))
    torch.testing.assert_close(augment.apply(x, "color", strengths(saturation=1.0)), 2 * x - gray)


def test_contrast_scales_the_distance_from_the_mean() -> None:
    x = images(1)
    torch.testing.assert_close(augment.apply(x, "color", strengths(contrast=0.0)), (x + x.mean()) / 2)


def test_a_shift_brings_in_zeros_and_keeps_the_rest_exactly() -> None:
    x = images(1)  # at most 1 row and 2 columns
    moved = augment.apply(x, "translation", strengths(down=0.999, right=0.0))
    assert torch.equal(moved[:, :, 1:, :-2], x[:, :, :-1, 2:])
    assert moved[:, :, 0].abs().sum() == 0
    assert moved[:, :, :, -2:].abs().sum() == 0


def test_every_shift_up_to_an_eighth_is_drawn() -> None:
    x = torch.zeros(2_000, 1, 16, 16)
    x[:, :, 8, 8] = 1.0
    moved = augment.apply(x, "translation", augment.draw(len(x), torch.Generator().manual_seed(0)))
    _, _, rows, columns = moved.nonzero().unbind(1)
    assert sorted(set(rows.tolist())) == sorted(set(columns.tolist())) == [6, 7, 8, 9, 10]
    assert (rows.float().mean() - 8).abs() < 0.1


def test_a_hole_in_the_middle_is_half_as_high_and_as_wide() -> None:
    x = torch.ones(1, 3, 8, 16)
    holed = augment.apply(x, "cutout", strengths())
    assert (holed == 0).sum() == 3 * 4 * 8
    assert holed[:, :, 2:6, 4:12].abs().sum() == 0


def test_a_hole_at_the_edge_lies_partly_outside() -> None:
    holed = augment.apply(torch.ones(1, 1, 8, 16), "cutout", strengths(top=0.0, left=0.0))
    assert (holed == 0).sum() == 2 * 4


@pytest.mark.parametrize("policy", POLICIES)
def test_the_gradient_flows_through_where_pixels_are_left(policy: str) -> None:
    x = images(6).requires_grad_()
    y = augment.apply(x, policy, augment.draw(6, torch.Generator().manual_seed(3)))
    (gradient,) = torch.autograd.grad(y.square().sum(), x)
    assert gradient.isfinite().all()
    assert (gradient.flatten(1).abs().sum(1) > 0).all()


@pytest.mark.parametrize("channels", [1, 3])
def test_every_policy_keeps_shapes_and_depends_on_the_strengths_alone(channels: int) -> None:
    x = images(5, channels)
    for policy in POLICIES:
        drawn = [augment.draw(5, torch.Generator().manual_seed(2)) for _ in range(2)]
        first, again = (augment.apply(x, policy, numbers) for numbers in drawn)
        assert first.shape == x.shape
        assert torch.equal(first, again)
        assert not torch.equal(first, x)
