"""Record of a finding of the diagnosis: a statement about a training, its evidence and its remedy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

KINDS = ("warning", "good", "neutral")


@dataclass(frozen=True)
class Finding:
    """Statement about a training; ``key`` and ``evidence`` (where there are several kinds of it) select its text.

    It holds since ``step``, no earlier than the rows that were read. The evidence is in the chart ``panel`` from step
    ``begin`` to ``end``. ``numbers`` fill the places of the text, shares in percent. ``remedy`` is settings to change,
    as ``RunConfig.with_settings`` takes them; {} where nothing has to change.
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
        """Return the finding in JSON types, its numbers rounded; ``begin`` and ``end`` become "from" and "to"."""
        return {
            "key": self.key,
            "kind": self.kind,
            "step": self.step,
            "panel": self.panel,
            "from": self.begin,
            "to": self.end,
            "remedy": self.remedy,
            "evidence": self.evidence,
            "numbers": {name: rounded_value(value) for name, value in self.numbers.items()},
        }


def rounded_value(value: float) -> float:
    """Round to a whole number from ten on, to two digits below."""
    return float(round(value)) if abs(value) >= 10 else float(f"{value:.2g}")
