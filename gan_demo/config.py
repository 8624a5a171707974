"""Settings of a run: frozen, checked when they are created, and the same in app, command line and run folder."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from gan_demo import own_points, ranges
from gan_demo.errors import ConfigError

ARCHITECTURES = ("points", "mlp", "dcgan", "resnet", "dcgan64")
LOSS_NAMES = ("minimax", "non_saturating", "least_squares", "hinge", "wasserstein", "relativistic")
ACTIVATIONS = ("leaky_relu", "relu", "tanh", "sigmoid")  # of hidden layers
NOISES = ("normal", "uniform")
MAX_PACKING = 16
OPTIMIZERS = ("adam", "sgd", "rmsprop")
SCHEDULES = ("constant", "linear", "cosine")
_AUGMENTATION_PARTS = ("color", "translation", "cutout")  # of DiffAugment; any of them go together
AUGMENTATIONS = tuple("-".join(parts) for n in range(4) for parts in combinations(_AUGMENTATION_PARTS, n))  # "" is none
DATA_CLASSIFIERS = {"digits": "digits", "mnist": "digits", "faces": "faces"}  # data -> the shipped classifier for it
IMAGE_SIZES = (28, 32, 64)
MAX_STEPS = 100_000_000
IMAGE_SHAPES = {c * size * size: (c, size, size) for c in (1, 3) for size in IMAGE_SIZES}  # by number of values
NO_IMAGES = "(not in the run's file)"  # ``data.path`` of a run on own images that came from another machine


@dataclass(frozen=True)
class LabelField:
    """Label field of a sample and its possible values, such as ``digit`` with the values 0 to 9."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class DataConfig:
    """Settings of the training data; ``name`` is a key of ``datasets.DATASETS``."""

    name: str = "digits"
    root: str = ""  # folder of torchvision's downloads; "" is the user's cache
    path: str = ""  # own images: a folder, a zip file or a tar.gz
    encoding: str = ""  # of the file names in it, if it does not say; "" is the likeliest
    size: int = 0  # pixels a side for own images; 0 is the set's own size
    points: str = ""  # own points of the plane, as ``own_points`` packs them
    limit: int = 0  # use only this many samples, the first ones; 0 is all of them
    flip: bool = False  # mirror half of the images

    def __post_init__(self) -> None:
        ranges.at_least("limit", self.limit, 0)
        if self.size not in (0, *IMAGE_SIZES):
            raise ConfigError("size", self.size, "must be 28, 32 or 64 pixels", "0 keeps the set's own size")
        if self.name == "images" and not self.path:
            raise ConfigError("path", self.path, "own images need a folder or a zip file", "Give one with path=…")
        if self.points or self.name == own_points.NAME:
            own_points.check(self.points)


@dataclass(frozen=True)
class ModelConfig:
    """Settings of the two networks. ``shape`` and ``labels`` follow from the data and are filled in by ``fit``."""

    arch: str = "dcgan"
    z_dim: int = 64
    width: int = 32  # G: channels before the last layer (images) or units of a hidden layer (points)
    d_width: int = 32  # D: channels after the first layer (images) or units of a hidden layer (points)
    depth: int = 3  # hidden layers (points), 0 for a linear map, or residual blocks a resolution (resnet)
    d_depth: int = -1  # hidden layers of D (points); -1 is as many as G's
    activation: str = "leaky_relu"  # of hidden layers (points)
    noise: str = "normal"  # distribution of the latents; uniform is from -1 to 1
    packing: int = 1  # samples that D judges together (PacGAN)
    mapping: int = 0  # layers of a StyleGAN-like mapping network z -> w; 0 is none
    conditional: bool = False
    shape: tuple[int, ...] = ()  # of a sample: (C, H, W) or (2,)
    labels: tuple[LabelField, ...] = ()  # that the networks are conditioned on; empty when unconditional

    def __post_init__(self) -> None:
        ranges.one_of("arch", self.arch, ARCHITECTURES)
        ranges.between("z_dim", self.z_dim, 1, 1024)
        ranges.between("width", self.width, 1, 1024)
        ranges.between("d_width", self.d_width, 1, 1024)
        ranges.between("depth", self.depth, 0 if self.arch == "points" else 1, 8)
        ranges.between("d_depth", self.d_depth, -1, 8)
        ranges.one_of("activation", self.activation, ACTIVATIONS)
        ranges.one_of("noise", self.noise, NOISES)
        ranges.between("packing", self.packing, 1, MAX_PACKING)
        if self.packing > 1 and self.conditional:
            raise ConfigError("packing", self.packing, "works without labels only", "Set conditional=false")
        ranges.between("mapping", self.mapping, 0, 8)
        if self.shape and (self.arch == "points") != (len(self.shape) == 1):
            raise ConfigError("arch", self.arch, "does not fit this data", "Use points for 2-D sets, others for images")
        if self.shape and self.arch == "dcgan64" and self.shape[-1] != 64:
            raise ConfigError("arch", self.arch, "makes 64-pixel images only", "Choose dcgan, or own images of size 64")

    @property
    def label_width(self) -> int:
        """Length K of the label vector, the one-hot vectors of all fields side by side; 0 when unconditional."""
        return sum(len(field.values) for field in self.labels)

    @property
    def discriminator_depth(self) -> int:
        """Hidden layers of D (points)."""
        return self.depth if self.d_depth < 0 else self.d_depth


@dataclass(frozen=True)
class TrainConfig:
    """Settings of the training. The defaults are the classic tutorial's."""

    loss: str = "non_saturating"
    batch: int = 64
    steps: int = 20_000  # generator updates; schedules end here
    d_steps: int = 1  # discriminator updates for each of the generator's
    optimizer: str = "adam"
    g_lr: float = 2e-4
    d_lr: float = 2e-4
    beta1: float = 0.9
    beta2: float = 0.999
    schedule: str = "constant"
    warmup: int = 0  # steps over which the learning rate climbs from zero
    schedule_from: int = 0  # step until which the rates are full; they fall from there to the last step
    final_factor: float = 0.0  # factor of the rates at the last step of a schedule that falls
    restart: int = 0  # step at which the schedule began again, as the run trained on; see ``schedule.py``
    restart_factor: float = 1.0  # factor of the rates there, from which they climb back
    r1: float = 0.0  # weight γ of γ/2 E‖∇D(x)‖², at real samples
    r2: float = 0.0  # the same at fake samples
    gp: float = 0.0  # weight of WGAN-GP's (‖∇D‖ - 1)², between real and fake
    penalty_every: int = 1  # lazy regularisation: penalties only in every n-th D update, times n
    label_smoothing: float = 0.0  # one-sided: the target of real samples is 1 minus this
    augment: str = ""  # what changes real samples and fakes before D sees them; see ``gan.augment``
    ema: float = 0.0  # decay per step of G's moving average; 0 is none
    seed: int = 0
    start: str = ""  # the generator that the training began from, by name and digest; see ``training.from_weights``
    evaluate: bool = True  # measure quality during training, in about 2 % of its time

    def __post_init__(self) -> None:
        ranges.one_of("loss", self.loss, LOSS_NAMES)
        ranges.one_of("optimizer", self.optimizer, OPTIMIZERS)
        ranges.one_of("schedule", self.schedule, SCHEDULES)
        ranges.one_of("augment", self.augment, AUGMENTATIONS)
        ranges.between("batch", self.batch, 2, 4096)
        ranges.between("steps", self.steps, 1, MAX_STEPS)
        ranges.between("d_steps", self.d_steps, 1, 100)
        for name in ("g_lr", "d_lr"):
            value = getattr(self, name)
            ranges.finite(name, value)
            if not 0 < value <= 10:
                raise ConfigError(name, value, "must be above 0 and at most 10", "2e-4 is the classic choice")
        ranges.at_least("schedule_from", self.schedule_from, 0)
        ranges.at_least("restart", self.restart, 0)
        ranges.between("restart_factor", self.restart_factor, 0, 1)
        ranges.between("final_factor", self.final_factor, 0, 1)
        for name in ("beta1", "beta2", "ema"):
            ranges.finite(name, getattr(self, name))
            if not 0 <= getattr(self, name) < 1:
                raise ConfigError(name, getattr(self, name), "must be at least 0 and below 1")
        for name in ("r1", "r2", "gp"):
            ranges.finite(name, getattr(self, name))
            if not 0 <= getattr(self, name) <= 10_000:
                raise ConfigError(name, getattr(self, name), "must be between 0 and 10000", "0 switches it off")
        ranges.at_least("warmup", self.warmup, 0)
        ranges.between("penalty_every", self.penalty_every, 1, 1000)
        if not 0 <= self.label_smoothing < 0.5:
            raise ConfigError("label_smoothing", self.label_smoothing, "must be at least 0 and below 0.5")
        if self.label_smoothing and self.loss not in ("minimax", "non_saturating"):
            raise ConfigError(
                "label_smoothing",
                self.label_smoothing,
                "works only with the minimax and non-saturating losses",
                "Set it to 0",
            )
        ranges.between("seed", self.seed, 0, 2**63 - 1)
        if len(self.start) > 200:
            raise ConfigError("start", self.start, "is too long", "At most {most} characters", most=200)


@dataclass(frozen=True)
class RunConfig:
    """All settings of a run, which decide what it learns."""

    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    train: TrainConfig = field(default_factory=TrainConfig)

    def __post_init__(self) -> None:
        if self.train.batch % self.model.packing:
            raise ConfigError("packing", self.model.packing, "must divide the batch", "Choose a batch that it divides")
        if self.train.augment and self.model.arch == "points":
            raise ConfigError("augment", self.train.augment, "is for images only", "Leave it empty")

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types, for config.json."""
        return dataclasses.asdict(self)

    @staticmethod
    def from_dict(raw: Mapping[str, Any]) -> RunConfig:
        """Parse the result of ``to_dict``. Raises ConfigError for unknown keys and wrong types."""
        if not isinstance(raw, Mapping):
            raise ConfigError("config", type(raw).__name__, "must be an object with data, model and train")
        unknown = set(raw) - set(_SECTIONS)
        if unknown:
            raise ConfigError(
                "config", sorted(unknown)[0], "is not a section", "The sections are data, model and train"
            )
        return RunConfig(**{name: _section(kind, raw.get(name, {})) for name, kind in _SECTIONS.items()})

    def with_settings(self, settings: Mapping[str, object]) -> RunConfig:
        """Return a copy with settings replaced by name (``g_lr``, ``train.g_lr``); text is parsed.

        ``lr`` sets both learning rates. Raises ConfigError for unknown names and invalid values.
        """
        changes: dict[str, dict[str, object]] = {name: {} for name in _SECTIONS}
        for key, value in settings.items():
            if key in ("lr", "train.lr"):
                changes["train"] |= {
                    "g_lr": ranges.parsed("lr", float, value),
                    "d_lr": ranges.parsed("lr", float, value),
                }
                continue
            section, name, kind = _find(key)
            changes[section][name] = ranges.parsed(key, kind, value)
        return RunConfig(
            data=dataclasses.replace(self.data, **changes["data"]),  # type: ignore[arg-type]
            model=dataclasses.replace(self.model, **changes["model"]),  # type: ignore[arg-type]
            train=dataclasses.replace(self.train, **changes["train"]),  # type: ignore[arg-type]
        )

    def fit(self, shape: tuple[int, ...], labels: tuple[LabelField, ...]) -> RunConfig:
        """Return a copy whose networks fit samples of ``shape`` labelled with ``labels``. Raises ConfigError."""
        if self.model.conditional and not labels:
            raise ConfigError("conditional", True, "this data has no labels", "Set conditional=false")
        used = labels if self.model.conditional else ()
        return dataclasses.replace(self, model=dataclasses.replace(self.model, shape=shape, labels=used))


_SECTIONS: dict[str, type[Any]] = {"data": DataConfig, "model": ModelConfig, "train": TrainConfig}
_DERIVED = ("shape", "labels")  # filled in from the data, so nobody sets them


def setting_names() -> list[str]:
    """Return every name that ``with_settings`` takes, without its section."""
    return ["lr"] + [f.name for kind in _SECTIONS.values() for f in dataclasses.fields(kind) if f.name not in _DERIVED]


def _find(key: str) -> tuple[str, str, Any]:
    """Return (section, name, type) of a setting. Raises ConfigError if there is none."""
    wanted_section, _, name = key.rpartition(".")
    for section, kind in _SECTIONS.items():
        hints = typing.get_type_hints(kind)
        if wanted_section in ("", section) and name in hints and name not in _DERIVED:
            return section, name, hints[name]
    raise ConfigError("setting", key, "is not known", "Known: {known}", known=", ".join(setting_names()))


def _section(kind: type[Any], raw: object) -> Any:
    if not isinstance(raw, Mapping):
        raise ConfigError(kind.__name__, type(raw).__name__, "must be an object of settings")
    hints = typing.get_type_hints(kind)
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in hints:
            raise ConfigError(
                str(key), value, "is not a setting of this version", "Was the file written by a newer one?"
            )
        values[key] = _derived(key, value) if key in _DERIVED else ranges.parsed(key, hints[key], value)
    return kind(**values)


def _derived(key: str, value: object) -> tuple[Any, ...]:
    try:
        if key == "shape":
            shape = tuple(int(n) for n in value)  # type: ignore[attr-defined]
            if len(shape) not in (0, 1, 3) or any(not 1 <= n <= 1024 for n in shape):
                raise ValueError
            return shape
        fields = tuple(
            LabelField(str(field["name"]), tuple(str(v) for v in field["values"]))
            for field in value  # type: ignore[attr-defined]
        )
        if len(fields) > 64 or any(not 1 <= len(field.values) <= 1000 for field in fields):
            raise ValueError
        return fields
    except (TypeError, ValueError, KeyError, OverflowError):
        raise ConfigError(key, value, "is not readable") from None
