"""How a training is steered from outside, between two of its steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

Order = Literal["both", "d", "g", ""]  # a step, an update of D or of G alone, or nothing but changes


class Control(Protocol):
    """What steers a training from outside; ``jobs.Job`` does."""

    @property
    def order(self) -> Order:
        """What comes next."""

    def is_stepping(self) -> bool:
        """Is each step looked at, and so recorded in full?"""

    def next_change(self) -> Mapping[str, object] | None:
        """Settings to change before the next step, until ``change_done``."""

    def change_done(self) -> None:
        """They are in effect."""


@dataclass(frozen=True)
class Free:
    """Nobody steers."""

    order: Order = "both"
    stepping: bool = False

    def is_stepping(self) -> bool:
        """As told."""
        return self.stepping

    def next_change(self) -> None:
        """None ever."""

    def change_done(self) -> None:
        """Nothing to do."""


FREE = Free()
