"""What passes between a training and its controller between two steps: orders to it, and the progress it yields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from gan_demo.data.downloads import Loading

Order = Literal["both", "d", "g", ""]  # a whole step, an update of D or of G alone, or only changes of settings


@dataclass(frozen=True)
class Progress:
    """Progress of a training. ``scalars`` are None between two recorded rows; ``grid`` is the newest picture's step."""

    phase: str  # "loading", "training" or "done"
    step: int = 0
    steps: int = 0
    images: int = 0
    seconds: float = 0.0
    images_per_second: float = 0.0
    seconds_left: float | None = None  # of training; None until the pace has settled
    budget: float | None = None  # seconds of training at which it ends, until they have become ``steps``
    scalars: dict[str, float] | None = None
    grid: int | None = None
    loading: Loading | None = None
    effect: dict[str, Any] | None = None  # of the last single update, see ``evaluator.UpdateProbe``


class Suspended(BaseException):
    """Thrown into a training between two steps: it saves and ends, to go on later as the same session."""


class Control(Protocol):
    """Interface that a training queries between two steps; ``jobs.job.Job`` implements it."""

    @property
    def order(self) -> Order:
        """What to do next."""

    def is_stepping(self) -> bool:
        """Return whether the training advances step by step, so that each step is recorded in full."""

    def next_change(self) -> Mapping[str, object] | None:
        """Return settings to change before the next step; the same ones until ``change_done``."""

    def change_done(self) -> None:
        """Note that the settings of ``next_change`` are in effect."""


@dataclass(frozen=True)
class Uncontrolled:
    """A training that nobody controls: whole steps, no changes."""

    order: Order = "both"
    stepping: bool = False

    def is_stepping(self) -> bool:
        """Return ``stepping``."""
        return self.stepping

    def next_change(self) -> None:
        """Return None: there are no changes."""

    def change_done(self) -> None:
        """Do nothing."""


UNCONTROLLED = Uncontrolled()
