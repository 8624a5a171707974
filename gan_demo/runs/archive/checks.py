"""Checks of the files of a run from a stranger, so that a run that opens can also be resumed and forked.

Nothing is executed: JSON is parsed, tensors are read from safetensors files, and the shapes of weights are compared
with networks on the "meta" device, which take no memory.
"""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_demo.config import IMAGE_SHAPES, NO_IMAGES, RunConfig, TrainConfig
from gan_demo.errors import ConfigError, GanDemoError, RunError
from gan_demo.runs import manifest
from gan_demo.runs.manifest import RunInfo, SavedError
from gan_demo.runs.parts.files import MAX_STEP, read_tensors, verify
from gan_demo.runs.setting_changes import Change, reverted
from gan_demo.support import bounded_json
from gan_demo.support.bounded_json import InvalidJsonError, OutOfBoundsError

if TYPE_CHECKING:  # torch takes seconds to load
    from torch import nn

STATUSES = ("new", "training", "stopped", "done", "failed")
MAX_PIXELS = 4_000_000  # of a sample grid
MAX_ROWS = 100_000
MAX_HEADER = 2**20  # bytes of a safetensors header
_ROW_KEY = re.compile(r"[a-z0-9_]{1,40}")
_PARENT = re.compile(r"(?P<name>.{1,200})@(?P<step>\d{1,9})", re.ASCII)
_FLOATS = ("F16", "BF16", "F32")
_KINDS = {"G": (*_FLOATS, "I64"), "rng": ("U8",), "counts": ("I64",)}
_MOMENTS = {"adam": ("exp_avg", "exp_avg_sq"), "rmsprop": ("square_avg",), "sgd": ()}


class DamagedArchiveError(Exception):
    """A part is damaged or does not fit the run; the argument, if any, tells a person why."""


def config_of(data: bytes) -> RunConfig:
    """Parse the settings, without the folders of the machine they come from.

    Raises DamagedArchiveError with the reason.
    """
    try:
        config = RunConfig.from_dict(json_object(data))
    except ConfigError as failure:
        raise DamagedArchiveError(str(failure)) from failure
    return without_folders(config)


def without_folders(config: RunConfig) -> RunConfig:
    """Return the same settings without folders: those of another machine must not be read on this one."""
    path = NO_IMAGES if config.data.name == "images" else ""
    return dataclasses.replace(config, data=dataclasses.replace(config.data, root="", path=path))


def json_object(data: bytes) -> dict[str, Any]:
    """Parse a JSON object. Raises DamagedArchiveError."""
    try:
        return bounded_json.parse_object(data)
    except InvalidJsonError as failure:
        raise DamagedArchiveError from failure


def info_of(data: bytes) -> RunInfo:
    """Parse the manifest; a running training counts as stopped. Raises DamagedArchiveError."""
    try:
        info = manifest.parse(json_object(data))
    except GanDemoError as failure:
        raise DamagedArchiveError from failure
    printable = 0 < len(info.name) <= 200 and info.name.isprintable()
    if not printable or info.status not in STATUSES or (info.error is not None and not _is_short(info.error)):
        raise DamagedArchiveError
    status = "stopped" if info.status == "training" else info.status
    return dataclasses.replace(info, status=status, parent=_parent(info.parent))


def _parent(text: str) -> str:
    """Return "RUN_ID@STEP" with an id that is no path, or "" for any other text."""
    match = _PARENT.fullmatch(text)
    if match is None:
        return ""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", match["name"]).lstrip("_.-")[:80]
    return f"{name or 'run'}@{match['step']}"


def _is_short(error: SavedError) -> bool:
    texts = (error.field, error.value, error.problem, error.remedy, *error.details, *error.details.values())
    return all(len(text) <= 600 for text in texts)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 1e300


def rows_of(data: bytes) -> list[dict[str, Any]]:
    """Parse the rows of metrics, without incomplete lines that a kill left. Raises DamagedArchiveError."""
    rows = _lines(data, MAX_ROWS)
    for row in rows:
        if not {"images", "seconds"} <= row.keys() or len(row) > 64:
            raise DamagedArchiveError
        for key, value in row.items():
            numbers = value if isinstance(value, list) and key not in ("step", "images", "seconds") else [value]
            if not _ROW_KEY.fullmatch(key) or len(numbers) > 1000 or not all(map(_is_number, numbers)):
                raise DamagedArchiveError
    return rows


def changes_of(data: bytes, config: RunConfig) -> list[Change]:
    """Parse the changes of settings. Raises DamagedArchiveError if one is not of training settings, or invalid."""
    known = {field.name for field in dataclasses.fields(TrainConfig)}
    rows = _lines(data, 10_000)
    for row in rows:
        before, after = row.get("was"), row.get("now")
        if not isinstance(before, dict) or not isinstance(after, dict) or not _is_number(row.get("seconds", 0)):
            raise DamagedArchiveError
        if not known >= {*before, *after} or set(row) - {"step", "seconds", "was", "now"}:
            raise DamagedArchiveError
    try:
        for row in reversed(rows):
            for side in ("now", "was"):
                config = config.with_settings(row[side])
                row[side] = {name: getattr(config.train, name) for name in row[side]}
    except ConfigError as failure:
        raise DamagedArchiveError from failure
    return rows


def _lines(data: bytes, most: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    lines = data.splitlines()
    if len(lines) > most or any(len(line) > 100_000 for line in lines):
        raise DamagedArchiveError
    for line in lines:
        try:
            row = bounded_json.parse(line)
        except OutOfBoundsError as failure:
            raise DamagedArchiveError from failure
        except InvalidJsonError:
            continue
        if not isinstance(row, dict) or not bounded_json.is_whole(row.get("step"), MAX_STEP):
            raise DamagedArchiveError
        rows.append(row)
    return rows


def refused_of(data: bytes) -> list[tuple[str, str]]:
    """Parse which own images were left out, as (file, reason). Raises DamagedArchiveError."""
    try:
        pairs = [(file, why) for file, why in bounded_json.parse(data)]
    except (InvalidJsonError, ValueError, TypeError) as failure:
        raise DamagedArchiveError from failure
    if not all(isinstance(text, str) for pair in pairs for text in pair):
        raise DamagedArchiveError
    return pairs


def card_of(data: bytes) -> dict[str, Any]:
    """Parse a shipped model's card. Raises DamagedArchiveError."""
    card = json_object(data)
    if not isinstance(card.get("licence", ""), str):
        raise DamagedArchiveError
    return card


def check_grid(path: Path) -> None:
    """Raise DamagedArchiveError if a sample grid is no PNG, or has too many pixels."""
    from PIL import Image

    try:
        with Image.open(path, formats=("PNG",)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise DamagedArchiveError
            picture.verify()
    except DamagedArchiveError:
        raise
    except Exception as failure:  # Pillow raises nearly anything on damaged files
        raise DamagedArchiveError from failure


class Networks:
    """The networks of a run's settings on the "meta" device, to check the shapes of weights and training states."""

    def __init__(self, config: RunConfig, changes: list[Change]) -> None:
        """Raise DamagedArchiveError with the reason if the networks do not fit the data set, or are too large."""
        from gan_demo.data import datasets
        from gan_demo.gan.models import build

        model = config.model
        try:
            known = datasets.source(config.data.name)
            if known.name != "images" and config.fit(known.shape, known.labels).model != model:
                raise DamagedArchiveError("its networks do not fit its data")
            if model.shape != (2,) and model.shape not in IMAGE_SHAPES.values():
                raise DamagedArchiveError("its networks do not fit its data")
            build.check_network_size(model)
        except GanDemoError as failure:
            raise DamagedArchiveError(str(failure)) from failure
        self.config, self.changes = config, changes
        self.G, self.D = build.outline_generator(model), build.outline_discriminator(model)

    def check_checkpoint(self, path: Path, step: int) -> None:
        """Raise DamagedArchiveError if the file does not hold this generator's weights, all of them finite."""
        if _shapes(path, step) != _network_shapes(self.G, ""):
            raise DamagedArchiveError
        for value in read_tensors(path).values():
            if not value.isfinite().all():
                raise DamagedArchiveError

    def check_state(self, path: Path, step: int) -> None:
        """Raise DamagedArchiveError if the file is not a training state of these networks at ``step``."""
        from safetensors import safe_open

        train = reverted(self.config, self.changes, step).train
        shapes = _shapes(path, step)
        networks = _network_shapes(self.G, "G.") | _network_shapes(self.D, "D.")
        if train.ema:
            networks |= _network_shapes(self.G, "ema.")
        rng = shapes.pop("rng", ())
        moments = {name: shape for name, shape in shapes.items() if "_optimizer." in name}
        rest = {name: shape for name, shape in shapes.items() if name not in moments}
        if rest != networks | {"counts": (2,)} or len(rng) != 1 or rng[0] > 10_000:
            raise DamagedArchiveError
        for name, network in (("g_optimizer.", self.G), ("d_optimizer.", self.D)):
            own = {key.removeprefix(name): shape for key, shape in moments.items() if key.startswith(name)}
            if own and own != _moment_shapes(network, train):
                raise DamagedArchiveError
        with safe_open(path, "pt") as file:
            counted, updates = file.get_tensor("counts").tolist()
        if counted != step or not 0 <= updates <= 100 * MAX_STEP:
            raise DamagedArchiveError


def _network_shapes(network: nn.Module, prefix: str) -> dict[str, tuple[int, ...]]:
    return {prefix + name: tuple(value.shape) for name, value in network.state_dict().items()}


def _moment_shapes(network: nn.Module, train: TrainConfig) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the values that the optimiser keeps for each parameter after its first step."""
    momentum = ("momentum_buffer",) if train.optimizer != "adam" and train.beta1 else ()
    shapes: dict[str, tuple[int, ...]] = {}
    for index, parameter in enumerate(network.parameters()):
        for name in (*_MOMENTS[train.optimizer], *momentum):
            shapes[f"{index}.{name}"] = tuple(parameter.shape)
        if train.optimizer != "sgd":
            shapes[f"{index}.step"] = ()
    return shapes


def _shapes(path: Path, step: int) -> dict[str, tuple[int, ...]]:
    """Read the shape of each tensor from the file's header.

    Raises DamagedArchiveError, also for odd data types, a wrong checksum and the file of another step.
    """
    from safetensors import SafetensorError, safe_open

    with open(path, "rb") as file:
        header_bytes = int.from_bytes(file.read(8), "little")
    if not 0 < header_bytes <= min(MAX_HEADER, path.stat().st_size - 8):
        raise DamagedArchiveError
    shapes: dict[str, tuple[int, ...]] = {}
    try:
        verify(path, step)
        with safe_open(path, "pt") as file:
            for name in file.keys():  # noqa: SIM118 - not a dict
                part = file.get_slice(name)
                if part.get_dtype() not in _KINDS.get(name, _KINDS["G"]):
                    raise DamagedArchiveError
                shapes[name] = tuple(part.get_shape())
    except (SafetensorError, RunError, ValueError) as failure:
        raise DamagedArchiveError from failure
    return shapes
