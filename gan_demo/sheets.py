"""How the samples of a run's picture lie: known from its settings alone, so that it needs neither data nor torch."""

from __future__ import annotations

from dataclasses import dataclass

from gan_demo.config import ModelConfig

COUNT = 64  # samples in a picture, at most
GAP = 1  # pixels between two of them
FEW = 16  # classes of a single label that get a column each


@dataclass(frozen=True)
class Layout:
    """``count`` samples of ``width`` × ``height`` pixels, row by row, ``gap`` pixels between two of them."""

    columns: int
    count: int
    width: int
    height: int
    gap: int = GAP

    @property
    def rows(self) -> int:
        """The last one may be short."""
        return -(-self.count // self.columns)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the whole picture in pixels; there is no gap around the outside."""
        across = self.columns * (self.width + self.gap) - self.gap
        return across, self.rows * (self.height + self.gap) - self.gap

    def box(self, index: int) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) of a sample in the picture."""
        left, top = index % self.columns * (self.width + self.gap), index // self.columns * (self.height + self.gap)
        return left, top, left + self.width, top + self.height


def layout(model: ModelConfig) -> Layout | None:
    """Of images: where there is one label of few values, a column is a class. None for points and before ``fit``."""
    if len(model.shape) != 3:
        return None
    columns, count = arrangement(model)
    return Layout(columns, count, model.shape[2], model.shape[1])


def arrangement(model: ModelConfig) -> tuple[int, int]:
    """(columns, samples)."""
    values = len(model.labels[0].values) if len(model.labels) == 1 else 0
    if not values or values > FEW:
        return 8, COUNT
    columns = values * max(1, 8 // values)
    return columns, COUNT - COUNT % columns
