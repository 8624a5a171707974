"""GIF and MP4 files, written frame by frame: a long film takes no more memory than its file."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gan_demo.errors import ConfigError

Frame = NDArray[np.uint8]  # (H, W, 3)

ENCODERS = ("libx264", "libopenh264", "mpeg4")  # best first; the build of FFmpeg decides which exist
SURVEYED_PIXELS = 30_000  # pixels that decide a palette; more take seconds and change nothing


def gif(frames: Iterable[Frame], survey: Sequence[Frame], ms: Sequence[int]) -> bytes:
    """Return an endless GIF of ``frames``, each shown for ``ms`` milliseconds (the format keeps tens of them).

    All frames share one palette without dithering, so that nothing flickers. It has the colours of ``survey`` (frames
    of any sizes) exactly where these are 256 or fewer, as in gray pictures, else the best 256. Equal neighbours become
    one frame that is shown as long as both.
    """
    indexed = _palette(survey)
    pages = (indexed(frame) for frame in frames)
    file = io.BytesIO()
    next(pages).save(
        file, "GIF", save_all=True, append_images=pages, duration=list(ms), loop=0, disposal=1, optimize=False
    )
    return file.getvalue()


def has_mp4() -> bool:
    """Return whether PyAV is installed."""
    return find_spec("av") is not None


def mp4(frames: Iterable[Frame], ms: int, hold: int, size: tuple[int, int]) -> bytes:
    """Return an H.264 film that every browser and phone plays: yuv420p, and the index in front.

    ``size`` (W, H) must be even. Each frame is shown for ``ms`` milliseconds, the last for ``hold``. Colour has half
    the resolution of brightness: pictures enlarged by an even factor, at even positions, stay sharp. Raises ConfigError
    without PyAV.
    """
    try:
        import av
    except ImportError as failure:
        raise ConfigError("format", "mp4", "needs the package av", "Install it with pip install av") from failure
    with tempfile.TemporaryDirectory() as folder:  # FFmpeg moves the index to the front of named files only
        path = Path(folder) / "film.mp4"
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            stream = container.add_stream(_encoder(), rate=Fraction(1000, ms))
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height = size
            stream.pix_fmt = "yuv420p"
            stream.codec_context.options = {"crf": "20", "preset": "superfast"}
            for frame in _with_last_repeated(frames, max(1, round(hold / ms))):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")))
            container.mux(stream.encode(None))
        return path.read_bytes()


def _with_last_repeated(frames: Iterable[Frame], times: int) -> Iterator[Frame]:
    """Yield the frames, the last of them ``times`` times."""
    last = None
    for frame in frames:
        if last is not None:
            yield last
        last = frame
    assert last is not None, "a film has at least one frame"
    yield from [last] * times


def _encoder() -> str:
    """Return the best encoder that this build of FFmpeg has."""
    from av.codec import codecs_available

    return next(name for name in ENCODERS if name in codecs_available)


def _palette(survey: Sequence[Frame]) -> Callable[[Frame], Image.Image]:
    """Return a function that turns frames into images of indices, all with one palette."""
    codes: set[int] = set()  # 0xRRGGBB
    for frame in survey:
        colours = Image.fromarray(frame).getcolors(256)  # None: more than that
        codes |= {r << 16 | g << 8 | b for _, (r, g, b) in colours or ()}  # type: ignore[misc]
        if colours is None or len(codes) > 256:
            palette = _best_palette(survey)
            return lambda frame: Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE)
    known = np.array(sorted(codes))
    return lambda frame: _exactly_indexed(frame, known)


def _exactly_indexed(frame: Frame, known: NDArray[np.integer]) -> Image.Image:
    """Return ``frame`` as indices into ``known`` (K,), 0xRRGGBB ascending; other colours become the nearest of them."""
    codes = frame.astype(np.int64) @ (1 << 16, 1 << 8, 1)  # (H, W)
    indices = np.searchsorted(known, codes).clip(max=len(known) - 1)
    unknown = known[indices] != codes
    if unknown.any():
        colours, inverse = np.unique(codes[unknown], return_inverse=True)
        differences = _rgb(colours)[:, None] - _rgb(known)  # (U, K, 3)
        indices[unknown] = np.square(differences).sum(2).argmin(1)[inverse]
    page = Image.fromarray(indices.astype(np.uint8))
    page.putpalette(_rgb(known).astype(np.uint8).tobytes())  # turns the gray mode into the indexed one
    return page


def _rgb(codes: NDArray[np.integer]) -> NDArray[np.integer]:
    """Return 0xRRGGBB (N,) as (N, 3)."""
    return np.stack([codes >> 16, codes >> 8 & 255, codes & 255], -1)


def _best_palette(survey: Sequence[Frame]) -> Image.Image:
    """Return an image with the palette that median cut finds over pixels taken evenly from all frames."""
    pixels = np.concatenate([frame.reshape(-1, 3) for frame in survey])
    surveyed = pixels[:: max(1, len(pixels) // SURVEYED_PIXELS)]
    return Image.fromarray(np.ascontiguousarray(surveyed[None])).quantize(256, Image.Quantize.MEDIANCUT, kmeans=1)
