"""A run's training as a GIF or MP4: its pictures through time, and below them the step and the losses so far."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
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

MAX_FRAMES = {"gif": 150, "mp4": 300}
PICTURE_WIDTH = {"gif": 560, "mp4": 800}  # approximate width of an enlarged picture, in pixels
MIN_WIDTH = 520  # pixels, for the caption
LAST_FRAME_MS = 1_800
PALETTE_FRAMES = 16  # frames that decide a GIF's colours

# colours of the app's dark charts; orange is the generator's, blue the discriminator's
PAPER, RULE = (22, 24, 33), (54, 58, 74)
WHITE, GRAY = (240, 241, 245), (150, 156, 172)
ORANGE, BLUE = (255, 133, 82), (95, 176, 245)
LOSSES = (("g_loss", ORANGE), ("d_loss", BLUE))

CAPTION_HEIGHT, MARGIN = 84, 16  # pixels
CHART_LEFT = 2 * MARGIN + 300  # pixels, right of the words
OVERSAMPLING = 4  # factor by which curves are drawn larger, then reduced
CURVE_POINTS = 150


@dataclass(frozen=True)
class Caption:
    """The words below the pictures; see ``drawable``."""

    title: str = ""
    step: str = "step"
    g_loss: str = "G loss"
    d_loss: str = "D loss"


@dataclass(frozen=True)
class Curve:
    """One loss: its values by step, and its points to draw, each a position in the film (0 to 1) and a mean."""

    steps: tuple[int, ...]
    values: tuple[float, ...]
    points: tuple[tuple[float, float], ...]

    def at(self, step: int) -> float | None:
        """Return the newest value at ``step``, or None if there is none yet."""
        count = int(np.searchsorted(self.steps, step, side="right"))
        return self.values[count - 1] if count else None


def film(
    run: RunDir, kind: str, first: int | None = None, last: int | None = None, caption: Caption | None = None
) -> bytes:
    """Return the pictures of ``run`` from step ``first`` to ``last`` (all by default) as a "gif" or "mp4" file.

    At most ``MAX_FRAMES``, evenly spread. Pictures are enlarged by a whole number, for MP4 an even one. Raises RunError
    if there is no picture between the steps, ConfigError for another kind and where the MP4 encoder is missing.
    """
    if kind not in MAX_FRAMES:
        raise ConfigError("format", kind, "is not known", "Known: {known}", known=", ".join(MAX_FRAMES))
    steps = [step for step in run.grids if (first is None or step >= first) and (last is None or step <= last)]
    if not steps:
        raise RunError("run", run.id, "has no pictures in this part", "Choose a longer part of the training")
    steps = evenly_spaced(steps, MAX_FRAMES[kind])
    painter = FramePainter(run, kind, steps, caption or Caption())
    ms = frame_ms(len(steps))
    frames = (painter.frame(step) for step in steps)
    if kind == "mp4":
        return animation.mp4(frames, ms, LAST_FRAME_MS, painter.size)
    survey = [painter.frame(step) for step in evenly_spaced(steps, PALETTE_FRAMES)]
    return animation.gif(frames, [*survey, caption_colours()], [ms] * (len(steps) - 1) + [LAST_FRAME_MS])


def frame_ms(count: int) -> int:
    """Return the milliseconds of a frame for about twelve seconds in all, a multiple of 10 as GIF needs it."""
    return min(250, max(40, round(1_200 / count) * 10))


class FramePainter:
    """Paints the frames of a film, all of one size: the picture above, the caption below."""

    def __init__(self, run: RunDir, kind: str, steps: Sequence[int], caption: Caption) -> None:
        self.run = run
        self.caption = caption
        self.steps = steps
        self.is_smooth = run.config.model.arch == "points"
        width, height = _picture(run, steps[-1]).size
        scale = _scale(width, PICTURE_WIDTH[kind], even=kind == "mp4")
        self.picture_size = width * scale, height * scale
        self.size = _even(max(MIN_WIDTH, self.picture_size[0])), _even(self.picture_size[1]) + CAPTION_HEIGHT
        columns = run.metrics()
        self.curves = [curve(columns, name, steps) for name, _ in LOSSES]
        # left, top, right, bottom in pixels
        self.chart = CHART_LEFT, self.size[1] - CAPTION_HEIGHT + 14, self.size[0] - MARGIN, self.size[1] - 14
        self.curve_layers = self._draw_curves()

    def frame(self, step: int) -> Frame:
        """Return the frame of ``step``, uint8 (H, W, 3)."""
        image = Image.new("RGB", self.size, PAPER)
        picture = _picture(self.run, step)
        if picture.size != self.picture_size:
            resampling = Image.Resampling.BICUBIC if self.is_smooth else Image.Resampling.NEAREST
            picture = picture.resize(self.picture_size, resampling)
        left = (self.size[0] - self.picture_size[0]) // 2
        image.paste(picture, (left - left % 2, 0))
        self._draw_words(ImageDraw.Draw(image), step)
        self._draw_chart(image, step)
        return np.asarray(image)

    def _draw_words(self, pen: ImageDraw.ImageDraw, step: int) -> None:
        top = self.size[1] - CAPTION_HEIGHT
        title = drawable(self.caption.title)
        pen.text((MARGIN, top + 15), _shortened(title, 160) or drawable(self.caption.step), GRAY, _font(14))
        number = f"{drawable(self.caption.step)} {step:,}" if title else f"{step:,}"
        pen.text((MARGIN, top + 38), number, WHITE, _font(24))
        left = MARGIN + 176
        for row, ((name, ink), loss) in enumerate(zip(LOSSES, self.curves, strict=True)):
            value = loss.at(step)
            y = top + 20 + 24 * row
            pen.text((left, y), drawable(getattr(self.caption, name)), GRAY, _font(14))
            pen.text((left + 62, y), "-" if value is None else three_digits(value), ink, _font(14))

    def _draw_curves(self) -> tuple[Image.Image, Image.Image]:
        """Return both whole curves on one scale, as their colours and their coverage of the paper."""
        left, top, right, bottom = self.chart
        size = width, height = (right - left) * OVERSAMPLING, (bottom - top) * OVERSAMPLING
        colours, coverage = Image.new("RGB", size, PAPER), Image.new("L", size)
        means = [mean for loss in self.curves for _, mean in loss.points]
        low, high = np.percentile(means, (1, 99)) if means else (0.0, 1.0)  # a lone peak would flatten all the rest
        for (_, colour), loss in zip(LOSSES, self.curves, strict=True):
            line = [
                (x * (width - 1), (1 - min(1.0, max(0.0, (mean - low) / max(high - low, 1e-9)))) * (height - 1))
                for x, mean in loss.points
            ]
            if len(line) > 1:
                ImageDraw.Draw(colours).line(line, colour, 3 * OVERSAMPLING, "curve")
                ImageDraw.Draw(coverage).line(line, 255, 2 * OVERSAMPLING - 1, "curve")
        return colours.reduce(OVERSAMPLING), coverage.reduce(OVERSAMPLING)

    def _draw_chart(self, image: Image.Image, step: int) -> None:
        """Draw the curves up to ``step``, a line below them and a cursor at the step."""
        left, top, right, bottom = self.chart
        pen = ImageDraw.Draw(image)
        pen.line((left, bottom, right, bottom), RULE)
        width = 1 + round(_positions([step], self.steps)[0] * (right - left - 1))
        colours, coverage = (layer.crop((0, 0, width, layer.height)) for layer in self.curve_layers)
        image.paste(colours, (left, top), coverage)
        pen.line((left + width - 1, top, left + width - 1, bottom), GRAY)


def caption_colours() -> Frame:
    """Return an image of the caption's few colours, large enough that a palette includes them."""
    inks = np.array([WHITE, GRAY, ORANGE, BLUE, RULE, PAPER], np.float64)
    shades = np.array(PAPER) + np.linspace(0, 1, 7)[:, None, None] * (inks - PAPER)  # (7, 6, 3)
    image: Frame = np.tile(shades.reshape(1, -1, 3), (40, 25, 1)).round().astype(np.uint8)
    return image


def curve(columns: dict[str, list[Any]], name: str, steps: Sequence[int]) -> Curve:
    """Return a loss along a film of the pictures at ``steps``: each picture moves the curve on by the same width."""
    rows = [
        (step, value)
        for step, value in zip(columns.get("step", []), columns.get(name, []), strict=False)
        if isinstance(value, (int, float)) and math.isfinite(value) and step <= steps[-1]
    ]
    if not rows:
        return Curve((), (), ())
    all_steps, values = zip(*rows, strict=True)
    in_film = np.array(all_steps) >= steps[0]
    bins = (_positions(all_steps, steps) * (CURVE_POINTS - 1)).round().astype(np.int64)[in_film]
    first, means = bin_means(bins, np.array(values)[in_film])
    x = bins[first] / (CURVE_POINTS - 1)
    return Curve(all_steps, values, tuple(zip(x.tolist(), means.tolist(), strict=True)))


def three_digits(value: float) -> str:
    """Return ``value`` with about three significant digits, without an exponent up to 1,000."""
    return f"{value:.2f}" if abs(value) < 100 else f"{value:.3g}"


def drawable(text: str) -> str:
    """Return ``text``, or "" if Pillow's own font lacks one of its letters: it has Latin ones and figures."""
    return text.strip() if all(letter.isprintable() and ord(letter) < 0x180 for letter in text) else ""


def _shortened(text: str, width: float) -> str:
    """Return as much of ``text`` as fits into ``width`` pixels, with "..." where it was cut."""
    font, shown = _font(14), text
    while shown and font.getlength(shown if shown == text else f"{shown}...") > width:
        shown = shown[:-1].rstrip()
    return shown if shown == text else f"{shown}..."


def _positions(steps: Sequence[int], film_steps: Sequence[int]) -> NDArray[np.float64]:
    """Return where ``steps`` are in a film of ``film_steps``, 0 to 1."""
    return np.interp(steps, film_steps, np.linspace(0, 1, len(film_steps)) if len(film_steps) > 1 else [1.0])


def _picture(run: RunDir, step: int) -> Image.Image:
    return Image.open(io.BytesIO(run.grid_png(step))).convert("RGB")


def _scale(width: int, wanted: int, even: bool) -> int:
    """Return the whole (or even) number that brings ``width`` nearest to ``wanted``."""
    return min((2, 4, 6, 8) if even else range(1, 9), key=lambda scale: abs(scale * width - wanted))


def _even(pixels: int) -> int:
    return pixels + pixels % 2


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
