"""Pictures in motion as GIF and MP4 files, made frame by frame: a long film needs no more memory than its file."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gan_demo.errors import ConfigError

Frame = NDArray[np.uint8]  # (H, W, 3)

ENCODERS = ("libx264", "libopenh264", "mpeg4")  # the first that this build of FFmpeg has
SURVEYED = 30_000  # pixels that decide a palette; more of them take seconds and change nothing


def gif(frames: Iterable[Frame], survey: Sequence[Frame], ms: Sequence[int]) -> bytes:
    """An endless GIF of ``frames``, each shown ``ms`` milliseconds (the format keeps tens of them).

    One palette, the best 256 colours of ``survey`` (of any sizes), serves all frames: nothing flickers, nothing is
    dithered.
    """
    palette = _palette(survey)
    pages = (Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames)
    file = io.BytesIO()
    next(pages).save(
        file, "GIF", save_all=True, append_images=pages, duration=list(ms), loop=0, disposal=1, optimize=False
    )
    return file.getvalue()


def has_mp4() -> bool:
    """Is PyAV installed?"""
    return find_spec("av") is not None


def mp4(frames: Iterable[Frame], ms: int, hold: int, size: tuple[int, int]) -> bytes:
    """An H.264 film that every browser and phone plays: yuv420p, so an even ``size`` (W, H), and the index in front.

    Each frame takes ``ms`` milliseconds, the last is repeated for ``hold``. Colour has half the resolution of
    brightness: what is enlarged by an even factor, at even places, stays sharp. Raises ConfigError without PyAV.
    """
    try:
        import av
    except ImportError as failure:
        raise ConfigError("format", "mp4", "needs the package av", "Install it with pip install av") from failure
    with tempfile.TemporaryDirectory() as folder:  # for the index to go in front, the file must have a name
        path = Path(folder) / "film.mp4"
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            stream = container.add_stream(_encoder(), rate=Fraction(1000, ms))
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height = size
            stream.pix_fmt = "yuv420p"
            stream.codec_context.options = {"crf": "20", "preset": "superfast"}
            for frame in _held(frames, max(1, round(hold / ms))):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")))
            container.mux(stream.encode(None))
        return path.read_bytes()


def _held(frames: Iterable[Frame], times: int) -> Iterator[Frame]:
    """The frames, the last of them so many times in all."""
    last = None
    for frame in frames:
        if last is not None:
            yield last
        last = frame
    assert last is not None, "a film has at least one frame"
    yield from [last] * times


def _encoder() -> str:
    from av.codec import codecs_available

    return next(name for name in ENCODERS if name in codecs_available)


def _palette(survey: Sequence[Frame]) -> Image.Image:
    pixels = np.concatenate([frame.reshape(-1, 3) for frame in survey])
    some = pixels[:: max(1, len(pixels) // SURVEYED)]
    return Image.fromarray(np.ascontiguousarray(some[None])).quantize(256, Image.Quantize.MEDIANCUT, kmeans=1)
