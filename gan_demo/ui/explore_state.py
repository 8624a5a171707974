"""Where a session is in latent space, and how it got there."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from gan_demo import exploring
from gan_demo.config import ModelConfig
from gan_demo.exploring import Place
from gan_demo.ui import session

REMEMBERED = 200  # moves that can be undone


@dataclass(frozen=True)
class Tour:
    """The place on show, the two anchors with what lies between them, and the places before."""

    place: Place
    a: Place
    b: Place
    position: float = 0.0  # how far from A to B one went last, 0 to 1
    spherical: bool = True
    past: tuple[Place, ...] = ()

    def go(self, place: Place) -> Tour:
        """On to another place, which can be undone."""
        if place == self.place:
            return self
        return replace(self, place=place, past=(*self.past, self.place)[-REMEMBERED:])

    def at(self, t: float) -> Place:
        """What lies at ``t`` (0 to 1) between A and B, with the truncation of the current place."""
        psi = self.place.psi
        return exploring.between(replace(self.a, psi=psi), replace(self.b, psi=psi), t, self.spherical)

    def way(self, steps: int) -> list[Place]:
        """``steps`` places from A to B."""
        return [self.at(k / (steps - 1)) for k in range(steps)]

    def on_way(self) -> bool:
        """Is the current place the one that ``position`` led to?"""
        return self.place == self.at(self.position)

    def walk(self, t: float) -> Tour:
        """On to ``t`` between A and B."""
        return replace(self.go(self.at(t)), position=t)

    def back(self) -> Tour:
        """To the place before."""
        return replace(self, place=self.past[-1], past=self.past[:-1]) if self.past else self


def begin(model: ModelConfig) -> Tour:
    """A first tour: anchors A and B are random, and it stands on A."""
    a, b = exploring.random_place(model, 1), exploring.random_place(model, 2)
    return Tour(a, a, b)


def tour(model: ModelConfig) -> Tour:
    """The session's tour, begun anew when the model takes other latents or labels; a run's checkpoints share theirs."""
    kept = session.get("explore.tour")
    if isinstance(kept, Tour) and exploring.fits(kept.place, model):
        return kept
    session.put("explore.tour", begin(model))
    return tour(model)


def keep(changed: Tour) -> None:
    """Make it the session's tour."""
    session.put("explore.tour", changed)


def go(model: ModelConfig, place: Place) -> None:
    """On to another place."""
    keep(tour(model).go(place))


def new_seed() -> int:
    """For something random that nobody has to repeat."""
    return secrets.randbelow(2**31)
