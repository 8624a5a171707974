"""Pictures of samples as uint8 arrays (H, W, C): grids of images, drawings of points, and PNG files of both."""

from __future__ import annotations

import base64
import io
import math

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from torch import Tensor

Picture = NDArray[np.uint8]

LINE_GRAY = 40  # between the images of a grid: visible between black digits, quiet on light and on dark pages
POINTS_EXTENT = 2.0  # a picture of points shows [-POINTS_EXTENT, POINTS_EXTENT] on both axes
BACKGROUND_COLOUR = (22.0, 24.0, 33.0)  # of a picture of points: dark, as that of digits
REAL_COLOUR = (112.0, 128.0, 158.0)  # of real points: a quiet blue-gray
FAKE_COLOUR = (255.0, 176.0, 64.0)  # of generated points: amber
CORE_COLOUR = (255.0, 246.0, 222.0)  # where many generated points coincide


def to_uint8(samples: Tensor) -> Picture:
    """Turn floats (N, C, H, W) in [-1, 1] into uint8 (N, H, W, C), rounded and clamped; NaN becomes black.

    This is the exact inverse of ``datasets.to_float``.
    """
    levels = samples.detach().float().mul(127.5).add(127.5).nan_to_num(0.0, 255.0, 0.0).clamp(0, 255).round()
    pixels: Picture = levels.to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu().numpy()
    return pixels


def grid(images: Picture, columns: int, scale: int = 1, gap: int = 1, background: int = LINE_GRAY) -> Picture:
    """Lay images uint8 (N, H, W, C), C 1, 3 or 4, row by row into one picture uint8 (H', W', 3); alpha is left out.

    Every pixel becomes ``scale`` × ``scale`` equal ones. ``gap`` pixels, not scaled, lie between the images; there is
    no gap around the outside. Cells without an image have the gray level ``background``.
    """
    count, height, width, _ = images.shape
    columns = min(columns, count)
    rows = math.ceil(count / columns)
    tall, wide = height * scale, width * scale
    sheet = np.full((rows * (tall + gap), columns * (wide + gap), 3), background, np.uint8)
    cells = sheet.reshape(rows, tall + gap, columns, wide + gap, 3).swapaxes(1, 2)  # (rows, columns, h, w, 3), a view
    big = images.repeat(scale, 1).repeat(scale, 2) if scale > 1 else images
    for k in range(rows):
        row = big[k * columns : (k + 1) * columns, :, :, :3]
        cells[k, : len(row), :tall, :wide] = row
    return np.ascontiguousarray(sheet[: sheet.shape[0] - gap, : sheet.shape[1] - gap])


def points_picture(
    points: NDArray[np.floating],
    real: NDArray[np.floating] | None = None,
    size: int = 384,
    extent: float = POINTS_EXTENT,
) -> Picture:
    """Draw generated points (N, 2) in amber over real ones (M, 2) in gray: uint8 (size, size, 3), y upwards.

    Points are anti-aliased dots that add up to a density. Those beyond ±``extent``, and NaN, are left out.
    """
    colour = np.empty((3, size, size), np.float32)
    colour[:] = np.array(BACKGROUND_COLOUR, np.float32)[:, None, None]
    if real is not None and len(real):
        _blend(colour, _density(real, size, extent, 2), REAL_COLOUR, 0.55, min(1.2, 3000 / len(real)))
    if len(points):
        dots = _density(points, size, extent, 1)
        strength = min(1.0, 4000 / len(points))
        _blend(colour, dots, FAKE_COLOUR, 0.92, 1.6 * strength)
        _blend(colour, dots, CORE_COLOUR, 0.9, 0.16 * strength)
    return np.ascontiguousarray((colour + 0.5).astype(np.uint8).transpose(1, 2, 0))


def draw_line(picture: Picture, points: NDArray[np.floating], ink: tuple[float, float, float], width: float) -> Picture:
    """Draw an anti-aliased line, ``width`` pixels wide, through ``points`` (N, 2) on a picture of points."""
    return _draw(picture, points, ink, width, "line")


def draw_dots(picture: Picture, points: NDArray[np.floating], ink: tuple[float, float, float], width: float) -> Picture:
    """Draw a filled disc, ``width`` pixels across, at each of ``points`` (N, 2) on a picture of points."""
    return _draw(picture, points, ink, width, "dots")


def png(picture: Picture) -> bytes:
    """Return the PNG file of a picture uint8 (H, W, 3), (H, W, 1) or (H, W); all-gray ones take one channel in it."""
    file = io.BytesIO()
    _gray_or_colour(picture).save(file, "PNG", compress_level=3)
    return file.getvalue()


def data_url(picture: Picture) -> str:
    """Return the PNG file of a picture as a data URL (RFC 2397), which a browser shows without a request."""
    return f"data:image/png;base64,{base64.b64encode(png(picture)).decode()}"


def _draw(
    picture: Picture, points: NDArray[np.floating], ink: tuple[float, float, float], width: float, shape: str
) -> Picture:
    """Draw at four times the size into a mask, then blend. Points beyond the picture, and NaN, are left out."""
    fine, size = 4, picture.shape[0]
    visible = points[np.isfinite(points).all(1)].clip(-4 * POINTS_EXTENT, 4 * POINTS_EXTENT)
    x = (visible[:, 0] / POINTS_EXTENT + 1) * (size * fine / 2)
    y = (1 - visible[:, 1] / POINTS_EXTENT) * (size * fine / 2)
    mask = Image.new("L", (size * fine, size * fine))
    pen, centres = ImageDraw.Draw(mask), list(zip(x.tolist(), y.tolist(), strict=True))
    if shape == "line" and len(centres) > 1:
        pen.line(centres, fill=255, width=max(1, round(width * fine)), joint="curve")
    radius = width * fine / 2
    for across, down in centres if shape == "dots" else ():
        pen.ellipse((across - radius, down - radius, across + radius, down + radius), fill=255)
    cover = np.asarray(mask.reduce(fine), np.float32)[:, :, None] / 255
    blended: Picture = (picture + cover * (np.array(ink, np.float32) - picture) + 0.5).astype(np.uint8)
    return blended


def _density(points: NDArray[np.floating], size: int, extent: float, radius: int) -> NDArray[np.float32]:
    """Return the density of dots (size, size), about 1 at the centre of a single one.

    ``radius`` is in pixels of a picture of 384 pixels; other sizes are scaled.
    """
    visible = points[np.isfinite(points).all(1) & (np.abs(points) < extent).all(1)].astype(np.float32)
    across = (visible[:, 0] / extent + 1) * (size / 2) - 0.5
    down = (1 - visible[:, 1] / extent) * (size / 2) - 0.5
    left, top = np.floor(across), np.floor(down)
    dx, dy = across - left, down - top
    stride = size + 2  # a margin of one pixel, for the halves of dots at the edge
    corner = ((top + 1) * stride + left + 1).astype(np.int64)
    cells = np.concatenate([corner, corner + 1, corner + stride, corner + stride + 1])
    shares = np.concatenate([(1 - dx) * (1 - dy), dx * (1 - dy), (1 - dx) * dy, dx * dy])
    counts = np.bincount(cells, shares, minlength=stride * stride).astype(np.float32)
    width = max(0.5, 0.95 * radius * size / 384)  # standard deviation of a dot, in pixels
    return _blur(counts.reshape(stride, stride)[1:-1, 1:-1], width)


def _blur(dots: NDArray[np.float32], width: float) -> NDArray[np.float32]:
    """Blur along both axes with a Gaussian of standard deviation ``width`` whose centre weighs 1."""
    for axis in (0, 1):
        total = dots.copy()
        for k in range(1, min(math.ceil(2.2 * width), len(dots) - 1) + 1):
            part = dots * np.float32(math.exp(-0.5 * (k / width) ** 2))
            if axis == 0:
                total[k:] += part[:-k]
                total[:-k] += part[k:]
            else:
                total[:, k:] += part[:, :-k]
                total[:, :-k] += part[:, k:]
        dots = total
    return dots


def _blend(
    colour: NDArray[np.float32], dots: NDArray[np.float32], ink: tuple[float, float, float], most: float, gain: float
) -> None:
    """Paint ``ink`` over ``colour`` (3, H, W) in place, opaque up to ``most`` where dots are dense."""
    cover = np.float32(most) * (1 - np.exp(np.float32(-gain) * dots))
    for plane, level in zip(colour, ink, strict=True):
        plane += cover * (np.float32(level) - plane)


def _is_gray(picture: Picture) -> bool:
    """Return whether the three channels of a picture (..., 3) are equal everywhere."""
    return bool((picture[..., 0] == picture[..., 1]).all() and (picture[..., 1] == picture[..., 2]).all())


def _gray_or_colour(picture: Picture) -> Image.Image:
    """Return Pillow's image of a picture, with one channel where that is enough."""
    if picture.ndim == 3 and (picture.shape[2] == 1 or _is_gray(picture)):
        picture = picture[:, :, 0]
    return Image.fromarray(np.ascontiguousarray(picture))
