"""What a run's curves say, as one sentence and a way on. Rules of thumb of the practice, not a proof.

Where they come from: "ganhacks" by Chintala et al. (D's loss near 0 is a failure), Goodfellow's NIPS 2016 tutorial
(balance of G and D, mode collapse), and the experiments in ``docs/training-speed.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gan_demo.config import RunConfig
from gan_demo.ui.live_data import Columns, newest

WINDOW = 30  # rows that a judgement looks at
PROBABILITY_LOSSES = ("minimax", "non_saturating", "hinge", "least_squares")


@dataclass(frozen=True)
class Advice:
    """``key`` of the text, "advice." left out; ``kind`` is "good", "neutral" or "warning"."""

    key: str
    kind: str


def advice(columns: Columns, config: RunConfig) -> Advice:
    """What to say about a run now."""
    step = newest(columns, "step") or 0
    if len(columns.get("d_loss", [])) < 8 or step < 60:
        return Advice("starting", "neutral")
    collapsed = _collapse(columns)
    if collapsed and step > 1_000:
        return Advice(collapsed, "warning")
    real, fake = _mean(columns, "d_real"), _mean(columns, "d_fake")
    if config.train.loss in PROBABILITY_LOSSES and real > 0.97 and fake < 0.03 and step > 500:
        return Advice("d_wins", "warning")
    if _improves(columns):
        return Advice("improving", "good")
    if config.train.loss in ("minimax", "non_saturating") and abs(real - fake) < 0.12 and step > 500:
        return Advice("balanced", "good")
    return Advice("game", "neutral")


def _collapse(columns: Columns) -> str:
    histogram = next((one for one in reversed(columns.get("histogram", [])) if isinstance(one, list)), [])
    if histogram and max(histogram) > 0.5 * sum(histogram) and len(histogram) > 2:
        return "one_class"
    modes = newest(columns, "modes")
    few = 0.4 * (len(histogram) or 8)
    if modes is not None and modes <= few and max(_values(columns, "modes"), default=0.0) <= few:
        return "few_modes"
    recall = newest(columns, "recall")
    return "low_recall" if recall is not None and recall < 0.02 else ""


def _improves(columns: Columns) -> bool:
    fcd = _values(columns, "fcd")
    return len(fcd) >= 3 and fcd[-1] < 0.85 * max(fcd[-4:-1])


def _values(columns: Columns, name: str) -> list[float]:
    return [v for v in columns.get(name, []) if isinstance(v, (int, float)) and math.isfinite(v)]


def _mean(columns: Columns, name: str) -> float:
    values = _values(columns, name)[-WINDOW:]
    return sum(values) / len(values) if values else 0.5
