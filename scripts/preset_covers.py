"""Draw the covers of the presets on the Train page: ``gan_demo/ui/static/cover-NAME.png``.

    python -m scripts.preset_covers [FOLDER]

A cover shows samples of a shipped model; without one, the preset's data, or outlines where the data has to be
downloaded first. Run it again when a shipped model or a preset changes.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from gan_demo.config import DataConfig
from gan_demo.data import datasets
from gan_demo.pictures import images
from gan_demo.pictures.images import Picture
from gan_demo.presets import PRESETS
from gan_demo.runs import library
from gan_demo.ui.train_page.setup import CARDS

STATIC = Path(__file__).parents[1] / "gan_demo" / "ui" / "static"
WIDTH, HEIGHT = 960, 320  # pixels
BACKGROUND = tuple(round(level) for level in images.BACKGROUND_COLOUR)

# corners (x, y) of outlines on 28 × 28 pixels, for sets that have to be downloaded first
OUTLINES: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "fashion": (
        ((9, 4), (12, 6), (16, 6), (19, 4), (25, 9), (22, 13), (20, 12), (20, 25), (8, 25), (8, 12), (6, 13), (3, 9)),
        ((8, 3), (20, 3), (22, 25), (16, 25), (14, 9), (12, 25), (6, 25)),
        ((3, 11), (7, 9), (10, 13), (17, 16), (25, 18), (26, 21), (3, 21)),
        (
            (5, 11),
            (23, 11),
            (25, 24),
            (3, 24),
            (5, 11),
            (9, 11),
            (11, 5),
            (17, 5),
            (19, 11),
            (17, 11),
            (16, 7),
            (12, 7),
            (11, 11),
        ),
        ((10, 3), (18, 3), (17, 9), (24, 25), (4, 25), (11, 9)),
        ((8, 5), (15, 5), (15, 15), (24, 18), (25, 23), (8, 23)),
    ),
}


def main(folder: Path) -> None:
    """Write a cover for each card of the Train page."""
    for name in CARDS:
        path = folder / f"cover-{name}.png"
        reduced(cover(name)).save(path, optimize=True)
        print(f"{path.name}: {path.stat().st_size:,} bytes")


def reduced(picture: Picture) -> Image.Image:
    """Return a picture (H, W, 3) in gray or with at most 256 colours where it has more, for a small file."""
    image = Image.fromarray(picture)
    if (picture == picture[:, :, :1]).all():
        return image.convert("L")
    if image.getcolors() is None:  # more than 256 colours
        return image.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=5, dither=Image.Dither.NONE)
    return image


def cover(name: str) -> Picture:
    """Return the cover of a preset, or of "images" for people's own, as (HEIGHT, WIDTH, 3)."""
    if name == "images":
        return _tiles()
    shipped = next((run for run in library.pretrained() if run.id.startswith(name) and run.grids), None)
    config = PRESETS[name]
    if shipped is not None and config.model.arch != "points":
        return _fitted(np.asarray(Image.open(io.BytesIO(shipped.grid_png(shipped.grids[-1]))).convert("RGB")))
    source = datasets.source(config.data.name)
    if source.kind == "points":
        data = datasets.load(DataConfig(source.name))
        return _centred(images.points_picture(data.samples.numpy()[:4_000], size=HEIGHT))
    if source.embedded:
        data = datasets.load(DataConfig(source.name, limit=64))
        return _fitted(images.grid(data.samples.permute(0, 2, 3, 1).contiguous().numpy(), 12))
    return _outlines(OUTLINES[name])


def _fitted(sheet: Picture) -> Picture:
    """Return the top left of a sheet, enlarged by a whole number and repeated so that it fills the cover."""
    scale = max(1, round(WIDTH / min(sheet.shape[1], 300)))
    enlarged = sheet.repeat(scale, 0).repeat(scale, 1)
    while enlarged.shape[0] < HEIGHT or enlarged.shape[1] < WIDTH:
        enlarged = np.tile(enlarged, (2, 2, 1))
    return np.ascontiguousarray(enlarged[:HEIGHT, :WIDTH])


def _centred(picture: Picture) -> Picture:
    """Return the picture in the middle of a cover."""
    sheet = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    sheet[:] = BACKGROUND
    left = (WIDTH - picture.shape[1]) // 2
    sheet[:, left : left + picture.shape[1]] = picture
    return sheet


def _outlines(shapes: tuple[tuple[tuple[float, float], ...], ...]) -> Picture:
    """Return a cover of filled shapes, drawn four times as large and then reduced."""
    samples = np.zeros((40, 28, 28, 1), np.uint8)
    for k in range(len(samples)):
        canvas = Image.new("L", (28 * 4, 28 * 4))
        outline = [(4 * x, 4 * y) for x, y in shapes[(k + k // 10 * 3) % len(shapes)]]
        ImageDraw.Draw(canvas).polygon(outline, fill=150 + 20 * (k % 5))
        samples[k, :, :, 0] = np.asarray(canvas.resize((28, 28), Image.Resampling.LANCZOS))
    return _fitted(images.grid(samples, 10))


def _tiles() -> Picture:
    """Return coloured tiles with one empty tile, which stands for the visitor's images."""
    hues = np.linspace(0, 1, 27, endpoint=False).reshape(3, 9)
    y, x = np.mgrid[0:1:32j, 0:1:32j]
    tiles = np.zeros((27, 32, 32, 3), np.uint8)
    for k, hue in enumerate(hues.ravel()):
        for channel in range(3):
            wave = np.cos(2 * np.pi * (hue + channel / 3 + 0.25 * x + 0.15 * y * (k % 3)))
            tiles[k, :, :, channel] = (90 + 70 * wave).astype(np.uint8)
    tiles[13] = 30
    tiles[13, 15:17, 9:23] = tiles[13, 9:23, 15:17] = 230
    return _fitted(images.grid(tiles, 9))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else STATIC)
