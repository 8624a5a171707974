"""The session's place in latent space, its anchors A and B, and the places before it for undo."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from gan_demo.config import ModelConfig
from gan_demo.explorer import place as places
from gan_demo.explorer.place import Place
from gan_demo.ui import session

UNDO_LIMIT = 200  # moves


@dataclass(frozen=True)
class Tour:
    """The current place, the anchors A and B, and the earlier places."""

    place: Place
    a: Place
    b: Place
    position: float = 0.0  # of the slider between A (0) and B (1)
    past: tuple[tuple[Place, float], ...] = ()  # earlier places, each with the slider's position

    def go(self, place: Place) -> Tour:
        """Move to another place; ``back`` undoes it."""
        if place == self.place:
            return self
        return replace(self, place=place, past=(*self.past, (self.place, self.position))[-UNDO_LIMIT:])

    def at(self, t: float) -> Place:
        """Return the place at ``t`` (0 to 1) between A and B, with the truncation of the current place."""
        psi = self.place.psi
        return places.between(replace(self.a, psi=psi), replace(self.b, psi=psi), t)

    def path(self, count: int) -> list[Place]:
        """Return ``count`` places from A to B."""
        return [self.at(k / (count - 1)) for k in range(count)]

    def walk(self, t: float) -> Tour:
        """Move to ``t`` between A and B."""
        return replace(self.go(self.at(t)), position=t)

    def back(self) -> Tour:
        """Return to the place before, and the slider between A and B to where it was."""
        if not self.past:
            return self
        place, position = self.past[-1]
        return replace(self, place=place, position=position, past=self.past[:-1])


def begin(model: ModelConfig) -> Tour:
    """Return a tour with random anchors that starts at A."""
    a, b = places.random_place(model, 1), places.random_place(model, 2)
    return Tour(a, a, b)


def get(model: ModelConfig) -> Tour:
    """Return the session's tour, which all models with the same latents and labels share; else begin a new one."""
    tour = session.get("explore.tour")
    if not isinstance(tour, Tour) or not places.fits(tour.place, model):
        tour = begin(model)
        put(tour)
    return tour


def put(tour: Tour) -> None:
    """Store the session's tour."""
    session.put("explore.tour", tour)


def go(model: ModelConfig, place: Place) -> None:
    """Move the session's tour to another place."""
    put(get(model).go(place))


def new_seed() -> int:
    """Return a random seed that nobody has to repeat."""
    return secrets.randbelow(2**31)
