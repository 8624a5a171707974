"""The draft of a run's settings: what was entered by hand, and what a choice replaced, so that it can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Replaced:
    """What a choice replaced: the draft before it, and the choice's setting ("preset" for a whole preset)."""

    cause: str
    preset: str
    values: Mapping[str, Any]
    typed: frozenset[str]
    seconds: float


@dataclass
class Draft:
    """The settings in the form of all settings.

    ``generation`` is part of the widgets' keys, so that all of them begin anew when values are replaced.
    """

    preset: str = "digits"
    values: dict[str, Any] = field(default_factory=dict)
    typed: frozenset[str] = frozenset()  # settings that were entered by hand
    replaced: Replaced | None = None  # by the last choice that brought other settings with it
    seconds: float = 0.0  # of training after which the run stops, if it has not taken all of its steps; 0 is no limit
    other_penalties: bool = False  # offer penalties that go with other losses, too
    generation: int = 0

    def replace(self, preset: str, values: Mapping[str, Any], seconds: float = 0.0) -> None:
        """Start over with other settings."""
        self.seconds = seconds
        self.preset, self.values = preset, dict(values)
        self.typed, self.replaced = frozenset(), None
        self.generation += 1

    def adapt(self, cause: str, values: Mapping[str, Any], preset: str = "", seconds: float | None = None) -> None:
        """Take over the settings that a choice brings, and its time; what they replace can be brought back."""
        self.replaced = Replaced(cause, self.preset, dict(self.values), self.typed, self.seconds)
        self.seconds = self.seconds if seconds is None else seconds
        self.values |= values
        self.typed -= {name for name, (before, after) in self.changes().items() if before != after}
        self.preset = preset or self.preset
        self.generation += 1

    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Return the settings that the last choice replaced, beside its own: (before, now)."""
        if self.replaced is None:
            return {}
        before = self.replaced.values
        return {
            name: (before[name], value)
            for name, value in self.values.items()
            if name in before and before[name] != value and name != self.replaced.cause
        }

    def overwritten(self) -> dict[str, Any]:
        """Return the values typed by hand that the last choice replaced."""
        typed = self.replaced.typed if self.replaced else ()
        return {name: was for name, (was, _) in self.changes().items() if name in typed}

    def marked(self) -> dict[str, Any]:
        """Return former values to show beside what replaced them: of a whole preset or data set only typed ones."""
        if self.replaced is not None and self.replaced.cause == "loss":
            return {name: was for name, (was, _) in self.changes().items()}
        return self.overwritten()

    def bring_back_typed(self) -> None:
        """Bring back the values typed by hand that the last choice replaced; keep the rest of what it brought."""
        typed = self.overwritten()
        self.values |= typed
        self.typed |= frozenset(typed)
        self.replaced = None
        self.generation += 1

    def undo(self) -> None:
        """Bring back the draft before the last choice that replaced settings."""
        if self.replaced is None:
            return
        before = self.replaced
        self.preset, self.values, self.typed = before.preset, dict(before.values), before.typed
        self.seconds = before.seconds
        self.replaced = None
        self.generation += 1

    def offer_penalties(self) -> None:
        """Offer penalties that go with other losses, too."""
        self.other_penalties = True

    def enter(self, name: str, value: Any) -> None:
        """Take over a value that was entered by hand."""
        self.values[name] = value
        self.typed |= {name}
