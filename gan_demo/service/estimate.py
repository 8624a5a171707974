"""What settings will take before a run starts: parameters, counted, and time, from this machine's own trainings."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from gan_demo.config import RunConfig
from gan_demo.errors import GanDemoError
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir

MIN_SECONDS, MIN_STEPS = 1.0, 20  # of training, below which a run says nothing about a pace
MAX_RATIO = 4.0  # between the work of two steps of which one tells the time of the other
ALIKE = 1.05  # up to this ratio two runs are of the same work
# Multiplications in the time of what a step costs beside them, measured with the presets on two cores and on a GPU.
OVERHEAD = {"cpu": 4e7, "cuda": 2e9}
CONSIDERED_RUNS = 200  # the newest


@dataclass(frozen=True)
class Pace:
    """How fast a step will be: seconds, and whether a run of the same work on this machine took them."""

    seconds: float
    is_measured: bool


@dataclass(frozen=True)
class Estimate:
    """Parameters of both networks, and the pace of the training; None where this machine has no similar run yet."""

    g_parameters: int
    d_parameters: int
    pace: Pace | None


def estimate(config: RunConfig) -> Estimate | None:
    """Return what ``config`` will take; None for own images whose classes are not known yet. Raises ConfigError."""
    from gan_demo.gan.models import build, size  # loads torch

    fitted = _fitted(config)
    if fitted is None:
        return None
    build.check_network_size(fitted.model)
    generator, discriminator = size.network_sizes(fitted.model)
    return Estimate(generator.parameters, discriminator.parameters, _pace(fitted))


def _fitted(config: RunConfig) -> RunConfig | None:
    """Return the settings with the shape and labels of their data, as far as they are known without reading it."""
    from gan_demo.data import datasets  # loads torch

    source = datasets.source(config.data.name)
    shape = source.shape
    if config.data.name == "images":
        if config.model.conditional:
            return None
        shape = (3, config.data.size or shape[1], config.data.size or shape[2])
    return config.fit(shape, source.labels)


def _pace(config: RunConfig) -> Pace | None:
    """Return the pace by the run of this machine whose steps are the most alike, scaled by their work."""
    from gan_demo.gan.models.size import step_products
    from gan_demo.training import devices

    device = devices.default_device()
    overhead = OVERHEAD.get(device, OVERHEAD["cpu"])
    work = step_products(config.model, config.train) + overhead
    nearest: tuple[float, Pace] | None = None
    for known in _known_paces(config.model.arch, device):
        ratio = work / (known.products + overhead)
        distance = max(ratio, 1 / ratio)
        if distance <= MAX_RATIO and (nearest is None or distance < nearest[0]):
            nearest = distance, Pace(known.seconds * ratio, distance <= ALIKE)
    return nearest[1] if nearest else None


@dataclass(frozen=True)
class _KnownPace:
    arch: str
    device: str
    products: float
    seconds: float  # a step


def _known_paces(arch: str, device: str) -> list[_KnownPace]:
    """Return the paces of this machine's runs with such networks, the newest first."""
    folder = library.home()
    manifests = [path for path in folder.glob("*/run.json") if not path.parent.name.startswith(".")]
    newest = sorted(((_modified(path), path) for path in manifests), reverse=True)[:CONSIDERED_RUNS]
    paces = (_known_pace(path.parent, version) for version, path in newest if version)
    return [pace for pace in paces if pace is not None and (pace.arch, pace.device) == (arch, device)]


def _modified(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:  # deleted meanwhile
        return 0


@functools.lru_cache(maxsize=4 * CONSIDERED_RUNS)
def _known_pace(folder: Path, version: int) -> _KnownPace | None:
    """Return the pace of a run that this machine trained; ``version`` of its manifest renews the cached value."""
    from gan_demo.gan.models.size import step_products

    if not (folder / ".lock").is_file():  # opened from a file: another machine trained it
        return None
    try:
        run = RunDir(folder)
        info, config = run.info, run.config
        seconds = info.seconds - info.evaluation_seconds
        is_short = info.step < MIN_STEPS or seconds < MIN_SECONDS
        if is_short or info.parent or not config.model.shape:  # a fork counts the time of its parent, wherever that ran
            return None
        products = step_products(config.model, config.train)
        return _KnownPace(config.model.arch, info.device, products, seconds / info.step)
    except GanDemoError:  # damaged, or of a newer version
        return None
