"""Own images: what is read from folders and zip files, and how an image is decoded."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_demo.config import DataConfig
from gan_demo.data import datasets
from gan_demo.data.images import formats, reading
from gan_demo.data.images.decode import decode
from gan_demo.data.images.limits import (
    MIN_IMAGES,
    NOT_AN_IMAGE,
)
from tests.data.images.image_sets import both, count, encoded, make, make_zip, plenty, read


@both
@pytest.mark.parametrize("size", [28, 32, 64])
def test_images_are_read_in_the_order_of_their_names(kind: str, tmp_path: Path, size: int) -> None:
    images = read(make(kind, tmp_path, plenty(20)), size)
    assert (images.images.shape, images.images.dtype) == ((20, size, size, 3), np.uint8)
    assert images.images[:, size // 2, size // 2].tolist() == [[k, 0, 0] for k in range(20)]
    assert (images.classes.tolist(), images.names, images.refused) == ([0] * 20, ("all",), ())


@both
@pytest.mark.parametrize("kind_of_file", ["PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "AVIF", "PPM"])
def test_every_format_is_read(kind: str, kind_of_file: str, tmp_path: Path) -> None:
    if kind_of_file == "AVIF" and kind_of_file not in formats.pillow_formats():
        pytest.skip("this Pillow has no AVIF")
    ending = {"PNG": "PNG", "JPEG": "jfif", "TIFF": "tif"}.get(kind_of_file, kind_of_file.lower())
    files = {f"{k}.{ending}": encoded((200, 0, 0), kind=kind_of_file) for k in range(MIN_IMAGES)}
    images = read(make(kind, tmp_path, files)).images
    assert len(images) == MIN_IMAGES
    assert np.abs(images.astype(int) - np.array([200, 0, 0])).max() <= 4


@both
def test_the_folders_images_lie_in_are_their_classes(kind: str, tmp_path: Path) -> None:
    files = {f"pets/cat/{k}.png": encoded("red") for k in range(9)}
    files |= {f"pets/dog/{k}.png": encoded("blue") for k in range(8)}
    path = make(kind, tmp_path, files)
    images = read(path)
    assert (images.images[images.classes == 0, ..., 0] == 255).all()
    assert (images.images[images.classes == 1, ..., 2] == 255).all()
    assert count(path) == {"cat": 9, "dog": 8}


def test_own_images_become_a_set_with_their_classes(tmp_path: Path) -> None:
    files = {f"{name}/{k}.png": encoded() for name in ("a", "b") for k in range(8)} | {"a/broken.png": b"?"}
    data = datasets.load(DataConfig("images", path=str(make_zip(tmp_path / "x.zip", files)), size=28))
    assert data.shape == (3, 28, 28)
    assert data.fields[0].values == ("a", "b")
    assert data.labels[:, 0].bincount().tolist() == [8, 8]
    assert data.refused == (("a/broken.png", NOT_AN_IMAGE),)


def test_own_images_of_one_kind_have_no_labels(tmp_path: Path) -> None:
    data = datasets.load(DataConfig("images", path=str(make_zip(tmp_path / "x.zip", plenty()))))
    assert (data.fields, tuple(data.labels.shape), data.shape) == ((), (16, 0), (3, 32, 32))


def test_progress_is_reported_by_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "YIELD_SECONDS", 0.0)
    seen = [(each.what, each.done, each.total) for each in reading.read(make("zip", tmp_path, plenty(20)), 28)]
    assert seen == [("prepare", k, 20) for k in range(20)]


def decoded(data: bytes, size: int = 32) -> np.ndarray:
    return decode(data, size)[0].transpose(2, 0, 1)


def test_the_central_square_is_kept() -> None:
    picture = Image.new("RGB", (96, 32), "red")
    picture.paste("blue", (32, 0, 64, 32))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    assert (decoded(buffer.getvalue())[2] == 255).all()


def test_transparent_pixels_become_white() -> None:
    assert (decoded(encoded((0, 0, 0, 0), mode="RGBA")) == 255).all()
    half = decoded(encoded((255, 0, 0, 128), mode="RGBA"))
    assert half[:, 0, 0].tolist() == [255, 127, 127]


def test_a_photograph_is_turned_as_its_camera_says() -> None:
    picture = Image.new("RGB", (64, 64), "black")
    picture.paste("white", (0, 0, 64, 32))  # the upper half; orientation 3 turns it by half a turn
    exif = Image.Exif()
    exif[0x0112] = 3
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", exif=exif)
    turned = decoded(buffer.getvalue())
    assert turned[0, 2, 16] == 0
    assert turned[0, 29, 16] == 255


@pytest.mark.parametrize(("mode", "kind"), [("L", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("1", "PNG"), ("CMYK", "JPEG")])
def test_every_colour_mode_becomes_rgb(mode: str, kind: str) -> None:
    assert decoded(encoded(0, mode=mode, kind=kind)).shape == (3, 32, 32)


def test_sixteen_bit_grey_keeps_its_greys() -> None:
    picture = Image.fromarray(np.repeat(np.array([[0, 0x8000]], np.uint16), 32, 0).repeat(16, 1))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    image = decoded(buffer.getvalue())
    assert image[0, 16, 2] == 0
    assert 120 <= image[0, 16, 29] <= 136


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_twelve_bits_in_a_sixteen_bit_file_use_the_whole_range(kind: str) -> None:
    levels = np.array([[0, 1000], [2000, 4095]], np.uint16).repeat(16, 0).repeat(16, 1)
    buffer = io.BytesIO()
    Image.fromarray(levels).save(buffer, kind)
    assert decoded(buffer.getvalue())[0, ::31, ::31].tolist() == [[0, 62], [125, 255]]


def png_of_16_bits(levels: np.ndarray) -> bytes:
    """Return colours uint16 (H, W, 3 or 4) as a PNG, which Pillow does not write."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width, channels = levels.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in levels)
    header = struct.pack(">IIBBBBB", width, height, 16, {3: 2, 4: 6}[channels], 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def tiff_of_16_bits(levels: np.ndarray, order: str) -> bytes:
    """Return colours uint16 (H, W, 3) as a TIFF without compression, "<" or ">"."""
    height, width, _ = levels.shape
    pixels = levels.astype(f"{order}u2").tobytes()
    end = 8 + len(pixels)
    entries = [(256, 3, 1, width), (257, 3, 1, height), (258, 3, 3, end), (259, 3, 1, 1), (262, 3, 1, 2),
               (273, 4, 1, 8), (277, 3, 1, 3), (278, 3, 1, height), (279, 4, 1, len(pixels))]  # fmt: skip
    table = struct.pack(f"{order}H", len(entries))
    for tag, kind, amount, value in entries:
        is_short = kind == 3 and amount == 1
        table += struct.pack(f"{order}HHI", tag, kind, amount)
        table += struct.pack(f"{order}HH", value, 0) if is_short else struct.pack(f"{order}I", value)
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, end + 6)
    return head + pixels + struct.pack(f"{order}HHH", 16, 16, 16) + table + struct.pack(f"{order}I", 0)


@pytest.mark.parametrize("kind", ["png", "<", ">"])
def test_colours_of_twelve_bits_in_a_sixteen_bit_file_use_the_whole_range(kind: str) -> None:
    corners = np.array([[[0, 1000, 4095], [2000, 16, 0]], [[4095, 0, 255], [4080, 2048, 1]]])
    levels = corners.repeat(16, 0).repeat(16, 1)
    data = png_of_16_bits(levels) if kind == "png" else tiff_of_16_bits(levels, kind)
    assert decoded(data)[:, ::31, ::31].transpose(1, 2, 0).tolist() == (corners >> 4).tolist()
    full = png_of_16_bits(levels * 16) if kind == "png" else tiff_of_16_bits(levels * 16, kind)
    assert decoded(full)[:, ::31, ::31].transpose(1, 2, 0).tolist() == (corners >> 4).tolist()


def test_how_opaque_a_deep_picture_is_stays_as_it_is() -> None:
    levels = np.full((32, 32, 4), 4095)
    levels[..., 3] = 65535
    levels[:16, :, 3] = 0
    shown = decoded(png_of_16_bits(levels // [1, 2, 4, 1]))
    assert shown[:, 0, 0].tolist() == [255, 255, 255], "paper"
    assert shown[:, 31, 31].tolist() == [255, 127, 63]


def test_pixel_art_stays_sharp_when_enlarged() -> None:
    picture = Image.new("RGB", (16, 16), "black")
    picture.putpixel((3, 3), (255, 255, 255))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    assert set(np.unique(decoded(buffer.getvalue()))) == {0, 255}
