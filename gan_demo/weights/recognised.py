"""What a weights file says of its generator, what it leaves open, and the generator built from both."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gan_demo.config import LabelField, ModelConfig
from gan_demo.errors import DataError
from gan_demo.gan import latent
from gan_demo.gan.models.base import Generator
from gan_demo.weights.choices import Choice, resolve
from gan_demo.weights.networks import StoredNetwork
from gan_demo.weights.reading.extras import Skipped

_LARGE = 3 * 128**2  # numbers in an image
Builder = Callable[[Mapping[str, str]], tuple[ModelConfig, Generator]]  # from a value for every choice


@dataclass(frozen=True)
class Loaded:
    """Generator from a file, in eval mode and frozen. Use it as it is: ``config`` does not always rebuild it."""

    config: ModelConfig  # shape, labels and z_dim filled in
    generator: Generator
    source: str  # "gan_demo" for files with our settings, else the family's name
    network: str = ""  # its name in the file
    options: Mapping[str, str] = field(default_factory=dict)  # the value of every choice
    assumed: tuple[str, ...] = ()  # names of the choices that nobody made
    stored: StoredNetwork | None = field(default=None, repr=False)  # its weights as they were in the file
    skipped: Skipped = field(default_factory=Skipped)  # what the file holds beside them
    networks: tuple[str, ...] = ()  # names of all in the file that may be generators


@dataclass(frozen=True)
class Recognised:
    """Network of a known family. ``z_dim``, ``shape`` and ``labels`` are those of the likeliest options."""

    family: str
    stored: StoredNetwork = field(repr=False)
    z_dim: int
    shape: tuple[int, ...]  # (C, H, W)
    labels: tuple[LabelField, ...]
    layers: tuple[str, ...]  # for people: "Linear 100 → 256"
    choices: tuple[Choice, ...]
    builder: Builder = field(repr=False)

    def build(self, options: Mapping[str, str] | None = None) -> Loaded:
        """Return the generator with these options; the likeliest value is assumed for the others.

        Raises ConfigError for unknown options, and DataError where samples are not finite.
        """
        chosen = options or {}
        used = resolve(self.choices, chosen)
        config, generator = self.builder(used)
        generator.eval().requires_grad_(False)
        assumed = tuple(choice.name for choice in self.choices if choice.name not in chosen)
        loaded = Loaded(config, generator, self.family, self.stored.name, used, assumed, self.stored)
        check_samples(loaded)
        return loaded

    def with_choices(self, choices: tuple[Choice, ...]) -> Recognised:
        """Return a copy with its choices in another order of likelihood."""
        return recognised(self.family, self.stored, self.layers, choices, self.builder)


def recognised(
    family: str, stored: StoredNetwork, layers: tuple[str, ...], choices: tuple[Choice, ...], builder: Builder
) -> Recognised:
    """Return what the weights say; sizes are those of the network with the likeliest options, which is built once."""
    config, _ = builder(resolve(choices, {}))
    return Recognised(family, stored, config.z_dim, config.shape, config.labels, layers, choices, builder)


def check_samples(loaded: Loaded) -> None:
    """Raise DataError where samples are not finite: weights may fit in shape and still be damaged."""
    count = 4 if math.prod(loaded.config.shape) <= _LARGE else 1  # of 1024 pixels each takes seconds
    z = latent.sample_z(count, loaded.config.z_dim, seed=0)
    y = latent.random_labels(count, loaded.config.labels, seed=0) if loaded.config.labels else None
    samples = latent.generate(loaded.generator, z, y)
    assert samples.shape[1:] == loaded.config.shape
    if not samples.isfinite().all():
        raise DataError("file", "", "makes images with NaN or infinite values", "Its weights are damaged")


def for_file(error: DataError, filename: str) -> DataError:
    """Return the error with the file's name."""
    return DataError(error.field, filename, error.problem, error.remedy, **error.details)
