"""Layout of the sample sheet, computed from a run's settings alone: it needs neither data nor torch."""

from __future__ import annotations

from dataclasses import dataclass

from gan_demo.config import ModelConfig

MAX_SAMPLES = 64  # on a sheet
GAP_PIXELS = 1  # between two samples
POINTS_SHOWN = 2_000  # generated points in a picture of a 2-D set, and as many real points beneath them
MAX_CLASS_COLUMNS = 16  # a single label field of at most so many values gets a column for each


@dataclass(frozen=True)
class Layout:
    """Grid of ``count`` samples of ``width`` × ``height`` pixels, row by row, with ``gap`` pixels in between."""

    columns: int
    count: int
    width: int
    height: int
    gap: int = GAP_PIXELS

    @property
    def rows(self) -> int:
        """Number of rows; the last may be incomplete."""
        return -(-self.count // self.columns)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the sheet in pixels; there is no gap around the outside."""
        return self.columns * (self.width + self.gap) - self.gap, self.rows * (self.height + self.gap) - self.gap

    def box(self, index: int) -> tuple[int, int, int, int]:
        """Return (left, top, right, bottom) of a sample on the sheet, in pixels."""
        left, top = index % self.columns * (self.width + self.gap), index // self.columns * (self.height + self.gap)
        return left, top, left + self.width, top + self.height


def layout(model: ModelConfig) -> Layout | None:
    """Return the sheet's layout; None for points, and before ``RunConfig.fit`` has filled in the shape."""
    if len(model.shape) != 3:
        return None
    columns, count = arrangement(model)
    return Layout(columns, count, model.shape[2], model.shape[1])


def arrangement(model: ModelConfig) -> tuple[int, int]:
    """Return (columns, samples). A single label field of at most ``MAX_CLASS_COLUMNS`` values gets a column a value."""
    values = len(model.labels[0].values) if len(model.labels) == 1 else 0
    if not values or values > MAX_CLASS_COLUMNS:
        return 8, MAX_SAMPLES
    columns = values * max(1, 8 // values)
    return columns, MAX_SAMPLES - MAX_SAMPLES % columns
