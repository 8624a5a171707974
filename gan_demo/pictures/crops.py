"""A picture of a set's first images as they are trained on."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

ROWS, COLUMNS = 2, 12
CELL = 64  # pixels a side, with a gap of two
GAP = 2


def crops_png(images: np.ndarray) -> bytes:
    """Return a PNG of the first images uint8 (N, size, size, 3), each enlarged without smoothing."""
    shown = images[: ROWS * COLUMNS]
    rows = max(1, -(-len(shown) // COLUMNS))
    sheet = Image.new("RGBA", (COLUMNS * (CELL + GAP) - GAP, rows * (CELL + GAP) - GAP))
    for k, image in enumerate(shown):
        cell = Image.fromarray(image).resize((CELL, CELL), Image.Resampling.NEAREST)
        sheet.paste(cell, (k % COLUMNS * (CELL + GAP), k // COLUMNS * (CELL + GAP)))
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()
