"""Pictures: conversions to uint8, grids and PNG files keep every pixel, and points are drawn where they are."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image

from gan_demo.data import datasets
from gan_demo.pictures import images


def noise(*shape: int) -> images.Picture:
    return np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)


@pytest.mark.parametrize("channels", [1, 3])
def test_uint8_is_the_exact_inverse_of_to_float(channels: int) -> None:
    levels = torch.arange(256, dtype=torch.uint8).repeat(channels).reshape(1, channels, 16, 16)
    assert np.array_equal(images.to_uint8(datasets.to_float(levels)), levels.permute(0, 2, 3, 1).numpy())


def test_uint8_clamps_and_shows_nan_as_black() -> None:
    x = torch.tensor([-9.0, 9.0, float("nan"), float("inf"), float("-inf"), 0.0]).reshape(1, 1, 1, 6)
    assert images.to_uint8(x).ravel().tolist() == [0, 255, 0, 255, 0, 128]


def test_a_grid_places_each_image_row_by_row() -> None:
    pictures = noise(5, 3, 4, 3)
    sheet = images.grid(pictures, columns=2, gap=1, background=7)
    assert sheet.shape == (3 * 3 + 2, 2 * 4 + 1, 3)
    for k in range(5):
        top, left = k // 2 * 4, k % 2 * 5
        assert np.array_equal(sheet[top : top + 3, left : left + 4], pictures[k])
    assert (sheet[3] == 7).all()  # between the rows
    assert (sheet[:, 4] == 7).all()  # between the columns
    assert (sheet[8:, 5:] == 7).all()  # the place without an image


def test_a_scaled_grid_repeats_whole_pixels() -> None:
    pictures = noise(4, 2, 2, 1)
    sheet = images.grid(pictures, columns=2, scale=3, gap=0)
    plain = images.grid(pictures, columns=2, gap=0)
    assert np.array_equal(sheet, plain.repeat(3, 0).repeat(3, 1))


def test_a_grid_is_no_wider_than_its_images() -> None:
    assert images.grid(noise(2, 4, 4, 1), columns=10, gap=1).shape == (4, 9, 3)


@pytest.mark.parametrize("shape", [(9, 7, 3), (9, 7, 1), (9, 7)])
def test_png_keeps_every_pixel(shape: tuple[int, ...]) -> None:
    picture = noise(*shape)
    with Image.open(io.BytesIO(images.png(picture))) as file:
        assert file.format == "PNG"
        assert np.array_equal(np.asarray(file), picture.reshape(shape[:2]) if shape[-1] == 1 else picture)


def test_a_gray_picture_takes_one_channel_in_its_png() -> None:
    gray = noise(20, 20, 1).repeat(3, 2)
    with Image.open(io.BytesIO(images.png(gray))) as file:
        assert file.mode == "L"
        assert np.array_equal(np.asarray(file.convert("RGB")), gray)


def brightness(picture: images.Picture) -> np.ndarray:
    return picture.astype(int).sum(2)


def test_points_appear_where_they_are_with_y_upwards() -> None:
    picture = images.points_picture(np.array([[1.0, 1.0]]), size=200, extent=2.0)
    row, column = np.unravel_index(brightness(picture).argmax(), (200, 200))
    assert abs(int(row) - 49.5) <= 1  # a quarter from the top
    assert abs(int(column) - 149.5) <= 1


def test_a_dot_is_antialiased_and_moves_by_less_than_a_pixel() -> None:
    def centre(x: float) -> float:
        shine = brightness(images.points_picture(np.array([[x, 0.0]]), size=200)).astype(float)
        shine -= shine.min()
        return float((shine.sum(0) * np.arange(200)).sum() / shine.sum())

    assert centre(0.005) - centre(0.0) == pytest.approx(0.25, abs=0.1)


def test_generated_points_cover_real_ones() -> None:
    here, there = np.array([[0.5, 0.0]]), np.array([[-0.5, 0.0]])
    picture = images.points_picture(here, real=np.concatenate([here, there]), size=200).astype(int)
    fake, real = picture[100, 125], picture[100, 75]
    assert fake[0] > fake[2]  # amber
    assert real[2] > real[0]  # blue-gray
    assert real.sum() > picture[0, 0].sum()  # above the ground


def test_points_beyond_the_picture_and_nan_are_left_out() -> None:
    empty = images.points_picture(np.zeros((0, 2)), size=64)
    lost = np.array([[9.0, 0.0], [np.nan, 0.0], [np.inf, 1.0], [0.0, -2.5]])
    assert np.array_equal(images.points_picture(lost, real=lost, size=64), empty)


def test_points_at_the_edge_do_not_wrap_around() -> None:
    picture = images.points_picture(np.array([[1.999, 0.0]]), size=64)
    assert np.array_equal(picture[:, :32], images.points_picture(np.zeros((0, 2)), size=64)[:, :32])
