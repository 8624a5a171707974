"""Draw the covers of the presets on the Train page: ``gan_demo/ui/static/cover-NAME.png``.

    python -m scripts.preset_covers [FOLDER]

A cover shows what a shipped model made of the preset's data, else the data itself, or outlines where the data has to be
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
from gan_demo.runs import library, run_dir
from gan_demo.ui.train_page.setup import CARDS

STATIC = Path(run_dir.__file__).parent / "ui" / "static"
WIDTH, HEIGHT = 960, 320  # pixels
INK = tuple(round(level) for level in images.BACKGROUND_COLOUR)

# Outlines on a 28 × 28 board, for sets that have to be downloaded first.
SHAPES: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "fashion": (
        ((9, 4), (12, 6), (16, 6), (19, 4), (25, 9), (22, 13), (20, 12), (20, 25), (8, 25), (8, 12), (6, 13), (3, 9)),
        ((8, 3), (20, 3), (22, 25), (16, 25), (14, 9), (12, 25), (6, 25)),
        ((3, 11), (7, 9), (10, 13), (17, 16), (25, 18), (26, 21), (3, 21)),
        ((5, 11), (23, 11), (25, 24), (3, 24), (5, 11), (9, 11), (11, 5), (17, 5), (19, 11), (17, 11), (16, 7), (12, 7),
         (11, 11)),
        ((10, 3), (18, 3), (17, 9), (24, 25), (4, 25), (11, 9)),
        ((8, 5), (15, 5), (15, 15), (24, 18), (25, 23), (8, 23)),
    ),
}  # fmt: skip


def main(folder: Path) -> None:
    """Write a cover for each card of the Train page."""
    for name in CARDS:
        picture = Image.fromarray(cover(name))
        levels = np.asarray(picture)
        if (levels == levels[:, :, :1]).all():
            picture = picture.convert("L")
        elif picture.getcolors() is None:  # more than 256 colours
            picture = picture.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=5, dither=Image.Dither.NONE)
        path = folder / f"cover-{name}.png"
        picture.save(path, optimize=True)
        print(f"{path.name}: {path.stat().st_size:,} bytes")


def cover(name: str) -> Picture:
    """Return the cover of a preset, or of "images" for people's own, as (HEIGHT, WIDTH, 3)."""
    if name == "images":
        return _tiles()
    shipped = next((run for run in library.pretrained() if run.id.startswith(name) and run.grids), None)
    config = PRESETS[name]
    if shipped is not None and config.model.arch != "points":
        return _fitted(np.asarray(Image.open(io.BytesIO(shipped.grid_png(shipped.grids[-1]))).convert("RGB")))
    known = datasets.source(config.data.name)
    if known.kind == "points":
        data = datasets.load(DataConfig(known.name))
        return _banner(images.points_picture(data.samples.numpy()[:4_000], size=HEIGHT))
    if known.embedded:
        data = datasets.load(DataConfig(known.name, limit=64))
        return _fitted(images.grid(data.samples.permute(0, 2, 3, 1).contiguous().numpy(), 12))
    return _drawn(SHAPES[name])


def _fitted(sheet: Picture) -> Picture:
    """Return the top left of a sheet, enlarged by a whole number so that it fills the banner."""
    times = max(1, round(WIDTH / min(sheet.shape[1], 300)))
    big = sheet.repeat(times, 0).repeat(times, 1)
    while big.shape[0] < HEIGHT or big.shape[1] < WIDTH:
        big = np.tile(big, (2, 2, 1))
    return np.ascontiguousarray(big[:HEIGHT, :WIDTH])


def _banner(picture: Picture) -> Picture:
    sheet = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    sheet[:] = INK
    left = (WIDTH - picture.shape[1]) // 2
    sheet[:, left : left + picture.shape[1]] = picture
    return sheet


def _drawn(shapes: tuple[tuple[tuple[float, float], ...], ...]) -> Picture:
    board = np.zeros((40, 28, 28, 1), np.uint8)
    for k in range(len(board)):
        canvas = Image.new("L", (28 * 4, 28 * 4))
        outline = [(4 * x, 4 * y) for x, y in shapes[(k + k // 10 * 3) % len(shapes)]]
        ImageDraw.Draw(canvas).polygon(outline, fill=150 + 20 * (k % 5))
        board[k, :, :, 0] = np.asarray(canvas.resize((28, 28), Image.Resampling.LANCZOS))
    return _fitted(images.grid(board, 10))


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
