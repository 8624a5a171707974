"""A run's training as a film to take home: its pictures through time, and below them the step and the losses so far."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from gan_demo.analysis.downsampling import bin_means, evenly_spaced
from gan_demo.errors import ConfigError, RunError
from gan_demo.pictures import animation
from gan_demo.pictures.animation import Frame
from gan_demo.runs.run_dir import RunDir

MOST = {"gif": 150, "mp4": 300}  # frames
WIDTH = {"gif": 560, "mp4": 800}  # pixels that an enlarged picture comes near to
LEAST = 520  # pixels that the caption needs
HOLD = 1_800  # milliseconds that the last picture stays
PAPER, RULE = (22, 24, 33), (54, 58, 74)
WHITE, GRAY = (240, 241, 245), (150, 156, 172)
ORANGE, BLUE = (255, 133, 82), (95, 176, 245)  # the generator's and the discriminator's, as in the app's dark charts
LOSSES = (("g_loss", ORANGE), ("d_loss", BLUE))
STRIP, EDGE = 84, 16  # pixels: the height of the caption, and the space around it
FINE = 4  # lines are drawn so many times as large, then reduced
BINS = 150  # points of a curve
SURVEY = 16  # frames that decide a GIF's colours


@dataclass(frozen=True)
class Caption:
    """The words of the drawing; see ``drawable``."""

    title: str = ""
    step: str = "step"
    g_loss: str = "G loss"
    d_loss: str = "D loss"


@dataclass(frozen=True)
class Curve:
    """One loss: its rows, and the line to draw of it: places as shares of the way, each with a mean."""

    steps: tuple[int, ...]
    values: tuple[float, ...]
    places: tuple[tuple[float, float], ...]

    def at(self, step: int) -> float | None:
        """The newest value at a step."""
        known = int(np.searchsorted(self.steps, step, side="right"))
        return self.values[known - 1] if known else None


def film(
    run: RunDir, kind: str, first: int | None = None, last: int | None = None, caption: Caption | None = None
) -> bytes:
    """The kept pictures of ``run`` from step ``first`` to ``last`` (all by default) as a "gif" or "mp4" file.

    At most ``MOST`` frames, evenly spread. Pixel art is enlarged by a whole, for MP4 an even number. Raises RunError
    if there is no picture between the steps, ConfigError for another kind and where the MP4 encoder is missing.
    """
    if kind not in MOST:
        raise ConfigError("format", kind, "is not known", "Known: {known}", known=", ".join(MOST))
    steps = [step for step in run.grids if (first is None or step >= first) and (last is None or step <= last)]
    if not steps:
        raise RunError("run", run.id, "has no pictures there", "Choose a longer stretch of the training")
    shown = evenly_spaced(steps, MOST[kind])
    drawing = _Drawing(run, kind, shown, caption or Caption())
    ms = pace(len(shown))
    if kind == "mp4":
        return animation.mp4(drawing.frames(shown), ms, HOLD, drawing.size)
    survey = [drawing.frame(step) for step in evenly_spaced(shown, SURVEY)]
    return animation.gif(drawing.frames(shown), [*survey, drawing.colours()], [ms] * (len(shown) - 1) + [HOLD])


def pace(count: int) -> int:
    """Milliseconds of a frame, in tens as a GIF wants them: some twelve seconds in all."""
    return min(250, max(40, round(1_200 / count) * 10))


class _Drawing:
    """Frames of one size: the picture above, the caption below."""

    def __init__(self, run: RunDir, kind: str, steps: Sequence[int], caption: Caption) -> None:
        self.run = run
        self.caption = caption
        self.steps = steps
        self.smooth = run.config.model.arch == "points"
        width, height = _opened(run, steps[-1]).size
        self.scale = _scale(width, WIDTH[kind], even=kind == "mp4")
        self.picture = width * self.scale, height * self.scale
        self.size = _even(max(LEAST, self.picture[0])), _even(self.picture[1]) + STRIP
        columns = run.metrics()
        self.curves = [curve(columns, name, steps) for name, _ in LOSSES]
        self.chart = 2 * EDGE + 300, self.size[1] - STRIP + 14, self.size[0] - EDGE, self.size[1] - 14
        self.drawn = self._drawn_curves()

    def frames(self, steps: Sequence[int]) -> Iterator[Frame]:
        return (self.frame(step) for step in steps)

    def frame(self, step: int) -> Frame:
        whole = Image.new("RGB", self.size, PAPER)
        picture = _opened(self.run, step)
        if picture.size != self.picture:
            how = Image.Resampling.BICUBIC if self.smooth else Image.Resampling.NEAREST
            picture = picture.resize(self.picture, how)
        left = (self.size[0] - self.picture[0]) // 2
        whole.paste(picture, (left - left % 2, 0))
        self._words(ImageDraw.Draw(whole), step)
        self._curves_until(whole, step)
        return np.asarray(whole)

    def colours(self) -> Frame:
        """The caption's few colours, often enough to have places in a palette."""
        inks = np.array([WHITE, GRAY, ORANGE, BLUE, RULE, PAPER], np.float64)
        shades = np.array(PAPER) + np.linspace(0, 1, 7)[:, None, None] * (inks - PAPER)  # (7, 6, 3)
        some: Frame = np.tile(shades.reshape(1, -1, 3), (40, 25, 1)).round().astype(np.uint8)
        return some

    def _words(self, pen: ImageDraw.ImageDraw, step: int) -> None:
        top = self.size[1] - STRIP
        title = drawable(self.caption.title)
        pen.text((EDGE, top + 15), _cut(title, 160) or drawable(self.caption.step), GRAY, _font(14))
        number = f"{drawable(self.caption.step)} {step:,}" if title else f"{step:,}"
        pen.text((EDGE, top + 38), number, WHITE, _font(24))
        across = EDGE + 176
        for row, ((name, ink), one) in enumerate(zip(LOSSES, self.curves, strict=True)):
            value = one.at(step)
            down = top + 20 + 24 * row
            pen.text((across, down), drawable(getattr(self.caption, name)), GRAY, _font(14))
            pen.text((across + 62, down), "-" if value is None else short(value), ink, _font(14))

    def _drawn_curves(self) -> tuple[Image.Image, Image.Image]:
        """All of both curves on one scale: their colours, and how much of the paper they cover."""
        left, top, right, bottom = self.chart
        wide, tall = (right - left) * FINE, (bottom - top) * FINE
        ink, cover = Image.new("RGB", (wide, tall), PAPER), Image.new("L", (wide, tall))
        means = [mean for one in self.curves for _, mean in one.places]
        low, high = np.percentile(means, (1, 99)) if means else (0.0, 1.0)  # a lone peak would flatten all the rest
        for (_, colour), one in zip(LOSSES, self.curves, strict=True):
            heights = ((mean - low) / max(high - low, 1e-9) for _, mean in one.places)
            line = [
                (x * (wide - 1), (1 - min(1.0, max(0.0, y))) * (tall - 1))
                for (x, _), y in zip(one.places, heights, strict=True)
            ]
            if len(line) > 1:
                ImageDraw.Draw(ink).line(line, colour, 3 * FINE, "curve")
                ImageDraw.Draw(cover).line(line, 255, 2 * FINE - 1, "curve")
        return ink.reduce(FINE), cover.reduce(FINE)

    def _curves_until(self, whole: Image.Image, step: int) -> None:
        left, top, right, bottom = self.chart
        pen = ImageDraw.Draw(whole)
        pen.line((left, bottom, right, bottom), RULE)
        here = 1 + round(_share([step], self.steps)[0] * (right - left - 1))
        ink, cover = self.drawn
        whole.paste(ink.crop((0, 0, here, ink.height)), (left, top), cover.crop((0, 0, here, cover.height)))
        pen.line((left + here - 1, top, left + here - 1, bottom), GRAY)


def curve(columns: dict[str, list[Any]], name: str, steps: Sequence[int]) -> Curve:
    """A loss along the pictures of these steps: the line moves on by as much with each of them, as the film does."""
    rows = [
        (step, value)
        for step, value in zip(columns.get("step", []), columns.get(name, []), strict=False)
        if isinstance(value, (int, float)) and math.isfinite(value) and step <= steps[-1]
    ]
    if not rows:
        return Curve((), (), ())
    all_steps, values = zip(*rows, strict=True)
    seen = np.array(all_steps) >= steps[0]
    bins = (_share(all_steps, steps) * (BINS - 1)).round().astype(np.int64)[seen]
    first, means = bin_means(bins, np.array(values)[seen])
    across = bins[first] / (BINS - 1)
    return Curve(all_steps, values, tuple(zip(across.tolist(), means.tolist(), strict=True)))


def short(value: float) -> str:
    """Three digits that count, without an exponent for what losses usually are."""
    return f"{value:.2f}" if abs(value) < 100 else f"{value:.3g}"


def drawable(words: str) -> str:
    """The words, or nothing where Pillow's own font lacks a letter of them: it has Latin ones and figures."""
    return words.strip() if all(sign.isprintable() and ord(sign) < 0x180 for sign in words) else ""


def _cut(words: str, room: float) -> str:
    """As much of the words as fits into so many pixels."""
    font, shown = _font(14), words
    while shown and font.getlength(shown if shown == words else f"{shown}...") > room:
        shown = shown[:-1].rstrip()
    return shown if shown == words else f"{shown}..."


def _share(steps: Sequence[int], shown: Sequence[int]) -> NDArray[np.float64]:
    """Where steps are in a film of the steps ``shown``: 0 to 1."""
    return np.interp(steps, shown, np.linspace(0, 1, len(shown)) if len(shown) > 1 else [1.0])


def _opened(run: RunDir, step: int) -> Image.Image:
    return Image.open(io.BytesIO(run.grid_png(step))).convert("RGB")


def _scale(width: int, wanted: int, even: bool) -> int:
    """The whole (or even) number that brings ``width`` nearest to ``wanted``."""
    return min((2, 4, 6, 8) if even else range(1, 9), key=lambda scale: abs(scale * width - wanted))


def _even(pixels: int) -> int:
    return pixels + pixels % 2


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
