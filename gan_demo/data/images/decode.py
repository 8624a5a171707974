"""Decode one image file to its central square; memory and time are bounded by the pixels that its header names."""

from __future__ import annotations

import io
import sys
import warnings
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from gan_demo.data.images import limits
from gan_demo.data.images.formats import pillow_formats
from gan_demo.data.images.limits import UnusableImageError

LARGE = 4_000_000  # pixels, from which an image is reduced before it is copied


def decode(data: bytes, size: int, pixels_left: int = limits.MAX_SET_PIXELS) -> tuple[np.ndarray, int]:
    """Return the central square of an encoded image as uint8 (size, size, 3), and the pixels that it counts as.

    Raises UnusableImageError, for instance if it counts as more pixels than are left. Its argument is "" for a file
    that no decoder recognises.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own warning about large images; the limit here is another
            picture = Image.open(io.BytesIO(data), formats=pillow_formats())
            cost = _cost(picture)
            picture.draft("RGB", (2 * size, 2 * size))  # JPEG then decodes at a fraction of its size
            if cost > pixels_left:
                raise UnusableImageError(limits.PIXELS_REACHED)
            return _square(_eight_bits(picture, data), size), cost
    except UnusableImageError:
        raise
    except UnidentifiedImageError as failure:
        raise UnusableImageError("") from failure
    except Image.DecompressionBombError as failure:  # Pillow's own limit is higher, and checked first
        raise UnusableImageError(limits.TOO_MANY_PIXELS) from failure
    except Exception as failure:  # Pillow's decoders raise nearly anything on damaged files
        raise UnusableImageError(limits.NOT_AN_IMAGE) from failure


def _cost(picture: Image.Image) -> int:
    """Return how many pixels an image counts as. Raises UnusableImageError for too many."""
    pixels = picture.width * picture.height
    reducible = picture.format in ("JPEG", "MPO") and not picture.info.get("progressive")  # others are held whole
    if pixels > (limits.MAX_JPEG_PIXELS if reducible else limits.MAX_PIXELS):
        raise UnusableImageError(limits.TOO_MANY_PIXELS)
    return pixels // limits.JPEG_DISCOUNT if reducible else pixels


def _square(shown: Image.Image, size: int) -> np.ndarray:
    """Return the central square as uint8 (size, size, 3): upright, on white where it is transparent."""
    factor = min(shown.size) // (4 * size)
    if shown.width * shown.height > LARGE and factor > 1:
        shown = (shown if shown.mode in ("L", "RGB", "RGBA") else shown.convert("RGBA")).reduce(factor)
    upright = ImageOps.exif_transpose(shown)
    paper = Image.new("RGBA", upright.size, "white")
    paper.alpha_composite(upright.convert("RGBA"))
    return np.asarray(ImageOps.fit(paper.convert("RGB"), (size, size), method=_filter(upright, size)))


def _eight_bits(picture: Image.Image, data: bytes) -> Image.Image:
    """Return an image that was opened of ``data`` with at most 8 bits a channel.

    Deeper ones are scaled by the bits that the brightest pixel needs: so 12-bit data in a 16-bit file uses all of the
    range, and data of 16 bits stays as it is.
    """
    if picture.mode == "F":
        values = np.nan_to_num(np.asarray(picture))
        least, most = min(0.0, float(values.min())), max(1.0, float(values.max()))
        return Image.fromarray(((values - least) * (255 / (most - least))).astype(np.uint8))
    if picture.mode.startswith("I"):
        levels = np.asarray(picture).clip(0)
        return Image.fromarray((levels >> max(0, int(levels.max()).bit_length() - 8)).astype(np.uint8))
    low = _low_bytes(picture, data)
    high = np.asarray(picture)
    if low is None or int(high[..., :3].max()) >= 128:  # the high bytes use all of the range
        return picture
    deep: np.ndarray = high.astype(np.uint16) << 8 | np.asarray(low)
    scaled = (deep >> max(0, int(deep[..., :3].max()).bit_length() - 8)).astype(np.uint8)
    scaled[..., 3:] = high[..., 3:]  # how opaque it is stays as it is
    return Image.fromarray(scaled, picture.mode)


def _low_bytes(picture: Image.Image, data: bytes) -> Image.Image | None:
    """Return the low bytes of colours with 16 bits a channel, of which Pillow decodes the high ones; None for others.

    Pillow takes them for the high bytes if it is told the other order of bytes.
    """
    tiles = getattr(picture, "tile", None)
    if picture.mode not in ("RGB", "RGBA") or not tiles or not any(map(_is_deep, tiles)):
        return None
    low = Image.open(io.BytesIO(data), formats=pillow_formats())
    low.tile = [tile._replace(args=_other_order(tile.args)) for tile in tiles]
    return low


def _is_deep(tile: Any) -> bool:
    arguments = (tile.args,) if isinstance(tile.args, str) else tile.args
    return any(isinstance(argument, str) and ";16" in argument for argument in arguments or ())


def _other_order(arguments: Any) -> Any:
    """Return the arguments of a decoder with the other order of bytes."""
    if not isinstance(arguments, str):
        return tuple(_other_order(argument) if isinstance(argument, str) else argument for argument in arguments)
    order = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}
    mode, depth, suffix = arguments.partition(";16")
    return mode + depth + order[suffix] if suffix in order else arguments


def _filter(picture: Image.Image, size: int) -> Image.Resampling:
    """Return the filter that keeps pixel art sharp when enlarged, and averages photographs when shrunk."""
    return Image.Resampling.NEAREST if min(picture.size) < size else Image.Resampling.LANCZOS
