"""What the Explore page looks at: a generator, known before torch is loaded and its weights are read."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gan_demo.config import ModelConfig
from gan_demo.runs import RunDir
from gan_demo.ui import session
from gan_demo.uploads import Upload

if TYPE_CHECKING:  # torch takes seconds to import, and in the browser nobody needs it
    from gan_demo.latent import Directions
    from gan_demo.models import Generator

DIRECTIONS = 8


@dataclass(frozen=True)
class Exhibit:
    """A generator to look at, and what is known of it."""

    id: str  # of the run, or of what was uploaded
    version: Hashable  # another one for another run of the same id
    title: str
    step: int | None
    model: ModelConfig
    data: str  # the name of the data set; "" if unknown
    run: RunDir | None = None
    upload: Upload | None = None
    beside: tuple[tuple[str, RunDir], ...] = ()  # all runs on offer with their titles, which two may share

    @property
    def is_points(self) -> bool:
        """Are its samples points of the plane?"""
        return len(self.model.shape) == 1

    def load(self) -> None:
        """Read the weights, if that was not done before. Raises RunError where they are gone or damaged."""
        assert self.generator is not None, "or it raises"

    @property
    def generator(self) -> Generator:
        """In eval mode. Raises RunError where its weights are gone or damaged."""
        if self.upload is not None:
            return self.upload.loaded.generator
        assert self.step is not None, "a run is looked at at one of its checkpoints"
        return session.generator(self.id, self.step)

    @property
    def directions(self) -> Directions:
        """The strongest of z. Raises RunError."""
        from gan_demo import exploring

        return session.shared(
            f"directions {self.id} {self.step}", self.version,
            lambda: exploring.directions_of(self.generator, self.model, DIRECTIONS),
        )  # fmt: skip
