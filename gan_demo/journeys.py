"""Journeys through latent space as films: for browsers that cannot encode one themselves.

A journey is keyframes and the ways between them, the same as ui/components/explorer/journeys.mjs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from gan_demo import exploring, images, movies
from gan_demo.config import ModelConfig
from gan_demo.errors import DataError
from gan_demo.exploring import Place
from gan_demo.models import Generator
from gan_demo.movies import Frame

MOST_KEYS = 24
MOST_FRAMES = 900
FPS = 30
SECONDS = (0.5, 6.0)  # from keyframe to keyframe
SIDE = 480  # pixels, about
BATCH = 16
WAY = 64  # places that make the line of a way among points
Z_LIMIT = 1000.0


@dataclass(frozen=True)
class Journey:
    """Keyframes, and how to go from one to the next. At least two of them."""

    keys: tuple[Place, ...]
    spherical: bool = True
    loop: bool = True
    seconds: float = 2.0  # a leg

    @property
    def legs(self) -> int:
        """How many ways there are between keyframes."""
        return len(self.keys) - (0 if self.loop else 1)

    @property
    def frames(self) -> int:
        """How many pictures its film has: one each thirtieth of a second, fewer a second where it would be too long."""
        return max(1, min(MOST_FRAMES, round(self.legs * self.seconds * FPS)))

    def at(self, position: float) -> Place:
        """The place at 0 to ``legs``, whole numbers being keyframes."""
        leg = min(self.legs - 1, int(position))
        after = self.keys[(leg + 1) % len(self.keys)]
        return exploring.between(self.keys[leg], after, position - leg, self.spherical)

    def stops(self, count: int) -> list[Place]:
        """So many places evenly along the whole; a loop ends before it is where it began."""
        apart = self.legs / (count if self.loop else max(1, count - 1))
        return [self.at(k * apart) for k in range(count)]


class Stopped(Exception):
    """Nobody waits for the film any more."""


def from_json(told: dict[str, Any], model: ModelConfig) -> Journey:
    """{"keys": [{"z": [Z numbers], "y": [K weights], "psi": 1}], "spherical": true, "loop": true, "seconds": 2}.

    All but the keyframes' z and y may be left out. Raises DataError.
    """
    unknown = set(told) - {"keys", "spherical", "loop", "seconds"}
    if unknown:
        raise DataError("journey", ", ".join(sorted(unknown)), "is not known", "Known: {known}",
                        known="keys, spherical, loop, seconds")  # fmt: skip
    keys = told.get("keys")
    if not isinstance(keys, list) or not 2 <= len(keys) <= MOST_KEYS:
        problem = "must be a list of {low} to {high} keyframes"
        raise DataError("keys", type(keys).__name__, problem, low=2, high=MOST_KEYS)
    ways = {name: told.get(name, True) for name in ("spherical", "loop")}
    for name, way in ways.items():
        if not isinstance(way, bool):
            raise DataError(name, way, "must be true or false")
    seconds = _number("seconds", told.get("seconds", 2.0), *SECONDS)
    return Journey(tuple(_place(one, model) for one in keys), **ways, seconds=seconds)


def mp4(
    journey: Journey, generator: Generator, model: ModelConfig, data: str, stopped: Callable[[], bool] = lambda: False
) -> bytes:
    """Its film, as ``movies.mp4`` makes them; samples are enlarged by whole factors. Raises Stopped and ConfigError."""
    count = journey.frames
    pictures = _pictures(journey, generator, model, data, stopped)
    first = next(pictures)
    size = (first.shape[1], first.shape[0])
    ms = max(1, round(1000 * journey.legs * journey.seconds / count))

    def frames() -> Iterator[Frame]:
        yield first
        yield from pictures

    return movies.mp4(frames(), ms, 0 if journey.loop else 1000, size)


def _pictures(
    journey: Journey, generator: Generator, model: ModelConfig, data: str, stopped: Callable[[], bool]
) -> Iterator[Frame]:
    places = journey.stops(journey.frames)
    points = len(model.shape) == 1
    way = journey.stops(WAY) if points else []
    base = exploring.cloud(generator, model, places[0].psi, data) if points else None
    for start in range(0, len(places), BATCH):
        some = places[start : start + BATCH]
        if stopped():
            raise Stopped
        if base is not None:
            yield from (exploring.chart(generator, base, place, way) for place in some)
            continue
        samples = exploring.pictures(generator, some)
        scale = _scale(samples.shape[2], samples.shape[1])
        yield from (images.grid(samples[k : k + 1], 1, scale) for k in range(len(some)))


def _scale(width: int, height: int) -> int:
    """The whole factor to about ``SIDE`` pixels that makes both sides even, as films want them."""
    scale = max(1, SIDE // width)
    return scale + 1 if scale % 2 and (width % 2 or height % 2) else scale


def _place(told: object, model: ModelConfig) -> Place:
    if not isinstance(told, dict) or set(told) - {"z", "y", "psi"}:
        raise DataError("keys", type(told).__name__, "must be keyframes of z, y and psi")
    z, y = _numbers("z", told.get("z"), model.z_dim), _numbers("y", told.get("y", []), model.label_width)
    labels, start = [], 0
    for field in model.labels:
        labels.append(y[start : start + len(field.values)])
        start += len(field.values)
    return Place(z, tuple(labels), _number("psi", told.get("psi", 1.0), 0.0, 2.0))


def _numbers(field: str, told: object, wanted: int) -> tuple[float, ...]:
    if not isinstance(told, list) or len(told) != wanted:
        problem = "must be a list of {wanted} numbers"
        raise DataError(field, type(told).__name__, problem, wanted=wanted)
    return tuple(_number(field, one, -Z_LIMIT, Z_LIMIT) for one in told)


def _number(field: str, value: object, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(field, value, "must be a number")
    if not low <= value <= high:  # NaN is refused too
        raise DataError(field, value, "must be between {low} and {high}", low=f"{low:g}", high=f"{high:g}")
    return float(value)
