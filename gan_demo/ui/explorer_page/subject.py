"""The generator that the Explore page shows: a run's checkpoint, or uploaded weights."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gan_demo.config import ModelConfig
from gan_demo.explorer.uploads import Upload
from gan_demo.runs.run_dir import RunDir
from gan_demo.ui import session

if TYPE_CHECKING:  # torch takes seconds to import, and the explorer in the browser does without it
    from gan_demo.gan.latent import Directions
    from gan_demo.gan.models.base import Generator

DIRECTIONS = 8


@dataclass(frozen=True)
class ExplorerSubject:
    """A generator to explore. Its weights are read on first use."""

    id: str  # of the run or of the upload
    version: Hashable  # differs between two runs that had the same id
    title: str
    step: int | None  # None for an upload
    model: ModelConfig
    data: str  # the name of the data set; "" if unknown
    run: RunDir | None = None
    upload: Upload | None = None
    runs_on_offer: tuple[tuple[str, RunDir], ...] = ()  # titles and runs; two runs may have the same title

    @property
    def is_points(self) -> bool:
        """Whether the samples are points of the plane."""
        return len(self.model.shape) == 1

    @property
    def stem(self) -> str:
        """The name of downloaded files, without an extension."""
        if self.upload is not None:
            return self.upload.stem
        return self.id if self.step is None else f"{self.id}-{self.step}"

    @property
    def generator(self) -> Generator:
        """The generator in eval mode. Raises RunError if its weights are gone or damaged."""
        if self.upload is not None:
            return self.upload.loaded.generator
        assert self.step is not None, "a run is explored at one of its checkpoints"
        return session.generator(self.id, self.step)

    @property
    def directions(self) -> Directions:
        """The strongest directions of z. Raises RunError if the weights are gone or damaged."""
        from gan_demo.explorer import latent_pictures

        return session.shared(
            f"directions {self.id} {self.step}",
            self.version,
            lambda: latent_pictures.strongest_directions(self.generator, self.model, DIRECTIONS),
        )
