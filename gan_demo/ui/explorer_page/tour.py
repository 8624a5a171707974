"""The session's latent point, its anchors A and B, and the points before it for undo."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from gan_demo.config import ModelConfig
from gan_demo.explorer import latent_point
from gan_demo.explorer.latent_point import LatentPoint
from gan_demo.ui import session

UNDO_LIMIT = 200  # moves


@dataclass(frozen=True)
class Tour:
    """The current latent point, the anchors A and B, and the earlier points."""

    point: LatentPoint
    a: LatentPoint
    b: LatentPoint
    position: float = 0.0  # of the slider between A (0) and B (1)
    past: tuple[tuple[LatentPoint, float], ...] = ()  # earlier ones, each with the slider's position

    def go(self, point: LatentPoint) -> Tour:
        """Move to another latent point; ``back`` undoes it."""
        if point == self.point:
            return self
        return replace(self, point=point, past=(*self.past, (self.point, self.position))[-UNDO_LIMIT:])

    def at(self, t: float) -> LatentPoint:
        """Return the latent point at ``t`` (0 to 1) between A and B, with the truncation of the current one."""
        psi = self.point.psi
        return latent_point.between(replace(self.a, psi=psi), replace(self.b, psi=psi), t)

    def path(self, count: int) -> list[LatentPoint]:
        """Return ``count`` latent points from A to B."""
        return [self.at(k / (count - 1)) for k in range(count)]

    def walk(self, t: float) -> Tour:
        """Move to ``t`` between A and B."""
        return replace(self.go(self.at(t)), position=t)

    def back(self) -> Tour:
        """Return to the point before, and the slider between A and B to where it was."""
        if not self.past:
            return self
        point, position = self.past[-1]
        return replace(self, point=point, position=position, past=self.past[:-1])


def begin(model: ModelConfig) -> Tour:
    """Return a tour with random anchors that starts at A."""
    a, b = latent_point.random_point(model, 1), latent_point.random_point(model, 2)
    return Tour(a, a, b)


def get(model: ModelConfig) -> Tour:
    """Return the session's tour, which all models with the same latents and labels share; else begin a new one."""
    tour = session.get("explore.tour")
    if not isinstance(tour, Tour) or not latent_point.fits(tour.point, model):
        tour = begin(model)
        put(tour)
    return tour


def put(tour: Tour) -> None:
    """Store the session's tour."""
    session.put("explore.tour", tour)


def go(model: ModelConfig, point: LatentPoint) -> None:
    """Move the session's tour to another latent point."""
    put(get(model).go(point))


def new_seed() -> int:
    """Return a random seed that nobody has to repeat."""
    return secrets.randbelow(2**31)
