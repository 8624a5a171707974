"""Control of a training between two of its steps: the protocol, and a default without control."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

Order = Literal["both", "d", "g", ""]  # a whole step, an update of D or of G alone, or only changes of settings


class Control(Protocol):
    """Interface that a training queries between two steps; ``jobs.Job`` implements it."""

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
