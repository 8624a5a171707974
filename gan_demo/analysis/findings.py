"""The record of one finding of the diagnosis."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

KINDS = ("warning", "good", "neutral")


@dataclass(frozen=True)
class Finding:
    """``key`` names it and ``evidence`` the kind of proof where there are several; texts are found by both.

    It holds since ``step`` (no earlier than the rows that were looked at). The proof is in the chart ``panel`` from
    step ``begin`` to ``end``, and ``numbers`` are what a sentence about it says, shares in percent. ``remedy`` is
    settings to change, as ``RunConfig.with_settings`` takes them; empty where nothing needs to.
    """

    key: str
    kind: str  # one of KINDS
    step: int
    panel: str
    begin: int
    end: int
    remedy: dict[str, object] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    evidence: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON types, numbers as one would say them; the stretch is ``from`` and ``to``."""
        return {
            "key": self.key, "kind": self.kind, "step": self.step, "panel": self.panel, "from": self.begin,
            "to": self.end, "remedy": self.remedy, "evidence": self.evidence,
            "numbers": {name: rounded_value(value) for name, value in self.numbers.items()},
        }  # fmt: skip


def rounded_value(value: float) -> float:
    """Whole numbers from ten on, two digits below."""
    return float(round(value)) if abs(value) >= 10 else float(f"{value:.2g}")
