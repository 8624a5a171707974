"""Runs that begin from a generator instead of random weights: transfer to other data (with a new discriminator)."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Size, Tensor

from gan_demo.config import IMAGE_SHAPES, RunConfig
from gan_demo.data import datasets
from gan_demo.errors import ConfigError, RunError
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.schedule import open_ended
from gan_demo.training.state import new_state
from gan_demo.weights import save
from gan_demo.weights.recognised import Loaded

OF_THE_GENERATOR = ("arch", "z_dim", "width", "depth", "activation", "noise", "mapping")  # settings of its network
_MAX_TITLE = 100


@dataclass(frozen=True)
class Beginning:
    """A generator to begin from: the network's settings, its weights, and its name with a digest of the weights."""

    config: RunConfig  # its ``model``
    weights: Mapping[str, Tensor]
    name: str

    @property
    def title(self) -> str:
        """The name without the digest."""
        return self.name.rpartition(" (")[0]


def is_trainable(loaded: Loaded) -> bool:
    """Return whether a generator is one of our networks with exactly its weights, for data of a size that we have."""
    has_data = loaded.config.shape in (*IMAGE_SHAPES.values(), (2,))
    return has_data and save.is_ours(loaded.generator, loaded.config)


def beginning(loaded: Loaded, title: str) -> Beginning:
    """Return the beginning that a generator from a file makes. Raises ConfigError for one that can't be trained."""
    if not is_trainable(loaded):
        problem = "is a network that can be explored here, but not trained"
        remedy = "Trainable: files of gan_demo, the tutorial's MLP and PyTorch's DCGAN example"
        raise ConfigError("start", title, problem, remedy)
    weights = {name: value.detach().cpu().clone() for name, value in loaded.generator.state_dict().items()}
    digest = hashlib.sha256()
    for name, value in sorted(weights.items()):
        digest.update(name.encode() + value.contiguous().numpy().tobytes())
    shown = "".join(letter for letter in title if letter.isprintable())[:_MAX_TITLE]
    return Beginning(RunConfig(model=loaded.config), weights, f"{shown} ({digest.hexdigest()[:12]})")


def beginning_of(run: RunDir) -> Beginning:
    """Return what a run began from. Raises RunError if its first checkpoint is gone."""
    return Beginning(run.config, run.load_checkpoint(0), run.config.train.start)


def adapted(config: RunConfig, begin: Beginning) -> RunConfig:
    """Return ``config`` with the generator's network, and own images of its size."""
    known = begin.config.model
    changes = {name: getattr(known, name) for name in OF_THE_GENERATOR}
    model = dataclasses.replace(config.model, **changes, conditional=bool(known.labels), shape=(), labels=())
    size = known.shape[-1] if config.data.name == "images" else config.data.size
    data = dataclasses.replace(config.data, size=size)
    return dataclasses.replace(config, data=data, model=model)


def create(path: Path | str, config: RunConfig, name: str, begin: Beginning, seconds: float = 0.0) -> RunDir:
    """Create a run whose state of step 0 has the generator's weights, also as its average, and an untrained D.

    From there it is trained, resumed and forked as any run. A generator of gray images also fits images in colour of
    the same size: it begins with three equal channels. ``seconds`` is that of ``budget.create``. Raises ConfigError
    where data or networks do not fit the generator.
    """
    fitted = _fitted(config, begin)
    plan = fitted.train.steps
    train = dataclasses.replace(open_ended(fitted.train) if seconds else fitted.train, start=begin.name)
    fitted = dataclasses.replace(fitted, train=train)
    state = new_state(fitted, "cpu")
    weights = dict(begin.weights)
    if _turns_colour(begin.config.model.shape, fitted.model.shape):
        weights = _in_colour(weights, state.G.state_dict())
    try:
        for network in {id(network): network for network in (state.G, state.G_ema)}.values():
            network.load_state_dict(weights)
    except RuntimeError as failure:
        remedy = "Leave the settings of the generator's network as they are"
        raise ConfigError("start", begin.name, "does not fit these networks", remedy) from failure

    def fill(run: RunDir) -> None:
        run.save_state(0, state.tensors())
        run.keep_state(0)
        run.add_checkpoint(0, state.G_ema.state_dict())
        info = dataclasses.replace(run.info, status=Status.STOPPED, state=0, checkpoints=(0,))
        run.set_info(dataclasses.replace(info, budget=seconds, plan=plan) if seconds else info)

    return RunDir.create(path, fitted, name, fill)


def check(run: RunDir) -> None:
    """Raise RunError for settings that begin from a generator in a run that has no such weights."""
    if run.config.train.start and run.info.state is None:
        problem = "has settings that begin from a generator, but not its weights"
        raise RunError("run", run.id, problem, "Begin from the weights file again")


def _fitted(config: RunConfig, begin: Beginning) -> RunConfig:
    """Return settings with their data's shape and labels. Raises ConfigError unless they are the generator's."""
    known, source = begin.config.model, datasets.source(config.data.name)
    size = config.data.size or datasets.source("images").shape[1]
    fitted = config.fit((3, size, size) if source.name == "images" else source.shape, source.labels)
    if fitted.model.shape != known.shape and not _turns_colour(known.shape, fitted.model.shape):
        problem, remedy = "draws samples of {shape}, but the data has {other}", "Choose data of its shape"
        raise ConfigError(
            "start", begin.name, problem, remedy, shape=_shown(known.shape), other=_shown(fitted.model.shape)
        )
    if fitted.model.labels != known.labels:
        problem, remedy = "draws by labels that this data does not have", "Choose the data that it learned from"
        raise ConfigError("start", begin.name, problem, remedy)
    return fitted


def _turns_colour(gray: tuple[int, ...], colour: tuple[int, ...]) -> bool:
    """Return whether the shapes are those of gray images and of images in colour of the same size."""
    return len(gray) == 3 and (1, *colour[1:]) == gray and colour[0] == 3


def _in_colour(weights: Mapping[str, Tensor], colour: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Repeat the last layer's weights of gray images for three channels; ``colour`` is a state of such a network."""
    return {name: _repeated(value, colour[name].shape) if name in colour else value for name, value in weights.items()}


def _repeated(value: Tensor, shape: Size) -> Tensor:
    """Return a tensor three times along the dimension in which ``shape`` is three times as long; else the tensor."""
    if value.dim() != len(shape):
        return value
    repeats = [3 if wanted == 3 * length else 1 for length, wanted in zip(value.shape, shape, strict=True)]
    return value.repeat(repeats)


def _shown(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))
