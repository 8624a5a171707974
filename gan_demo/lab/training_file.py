"""A training as a file that goes between browser and server; docs/compiled-step.md describes it."""

from __future__ import annotations

import dataclasses
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gan_demo import own_points
from gan_demo.config import MAX_STEPS, ModelConfig, RunConfig, TrainConfig
from gan_demo.data import datasets
from gan_demo.errors import DataError
from gan_demo.gan.compiled.layout import StateLayout
from gan_demo.gan.models import build
from gan_demo.lab import headed_file
from gan_demo.lab.handover import Vectors
from gan_demo.runs import setting_changes
from gan_demo.support import bounded_json
from gan_demo.support.bounded_json import InvalidJsonError

KIND, VERSION = "gan_demo training", 1
MOST_PARAMETERS = 4_000_000  # of both networks
MAX_BYTES = 4 * 4 * MOST_PARAMETERS + 2**20  # weights, both moments and an average, and the head
MAX_HEAD = 1_000_000  # bytes
MAX_ROWS = 2_000
SETTINGS = frozenset(
    {"name"} | {field.name for kind in (ModelConfig, TrainConfig) for field in dataclasses.fields(kind)}
) - {"shape", "labels"}  # none of them names a file
COLUMNS = ("step", "seconds", "d_loss", "g_loss", "penalty", "d_real", "d_fake", "d_grad", "g_grad")


@dataclass(frozen=True)
class SavedTraining:
    """A training: its settings, fitted to the data, its state, and the rows of its curves.

    ``plan`` is the number of steps that it can train on to if a time budget ends it earlier; 0 if there is no budget.
    """

    config: RunConfig
    vectors: Vectors
    seconds: float = 0.0
    rows: tuple[dict[str, float], ...] = ()
    plan: int = 0


def read(content: bytes) -> SavedTraining:
    """Read a file. Raises DataError for what is no training, ConfigError for settings that do not work here."""
    head, values = _split(content)
    own = _count(head.get("points", 0))  # coordinates of own points, at the end
    if own > len(values) or own > 2 * own_points.MOST:
        raise _damaged()
    values, points = values[: len(values) - own], values[len(values) - own :]
    config = _config(_part(head, "config"), points)
    layout = StateLayout.of(config.model)
    if len(values) != layout.g.length + layout.d.length or not np.isfinite(values).all():
        raise _damaged()
    names = ("gUpdates", "dUpdates", "gOptimizerSteps", "dOptimizerSteps")
    counts = [_count(head.get(name)) for name in names]
    vectors = Vectors(values[: layout.g.length], values[layout.g.length :], *counts)
    plan = _count(head.get("plan", 0))
    config = _lengthened(config, vectors.g_updates, plan)
    rows = _rows(_part(head, "rows"), config, vectors)
    return SavedTraining(config, vectors, _number(head.get("seconds")), rows, plan)


def write(saved: SavedTraining, seed: int) -> bytes:
    """Return the file of a training; ``seed`` is where the browser's random numbers begin."""
    config, vectors = saved.config, saved.vectors
    points = own_points.unpack(config.data.points) if config.data.name == own_points.NAME else b""
    head = {
        "kind": KIND,
        "version": VERSION,
        "config": {name: value for name, value in setting_changes.by_name(config).items() if name in SETTINGS},
        "layout": StateLayout.of(config.model).as_json(),
        "iteration": vectors.g_updates,
        "gUpdates": vectors.g_updates,
        "dUpdates": vectors.d_updates,
        "gOptimizerSteps": vectors.optimizer_steps("g"),
        "dOptimizerSteps": vectors.optimizer_steps("d"),
        "seconds": saved.seconds,
        "random": np.random.SeedSequence(seed).generate_state(4).tolist(),
        "points": len(points) // 4,
        "plan": saved.plan,
        "rows": _columns(saved.rows),
    }
    return headed_file.joined(head, vectors.g.tobytes(), vectors.d.tobytes(), points)


def _split(content: bytes) -> tuple[dict[str, Any], np.ndarray]:
    """Return the JSON and the float32 values behind it."""
    (length,) = struct.unpack("<I", content[:4]) if len(content) >= 4 else (0,)
    if not 0 < length <= min(MAX_HEAD, len(content) - 4):
        raise _foreign()
    try:
        head = bounded_json.parse_strict_object(content[4 : 4 + length])
    except InvalidJsonError as failure:
        raise _foreign() from failure
    if head.get("kind") != KIND:
        raise _foreign()
    if head.get("version") != VERSION:
        raise DataError("file", "", "is of a newer version", "Update gan_demo")
    values = content[4 + length :]
    if len(values) % 4:
        raise _damaged()
    return head, np.frombuffer(values, "<f4").astype(np.float32)


def _config(values: Mapping[str, Any], points: np.ndarray) -> RunConfig:
    """Return settings by name, fitted to data that are at hand: own points (2 N,) if there are any."""
    unknown = sorted(set(values) - SETTINGS)
    if unknown:
        raise DataError("file", unknown[0], "has a setting that is not known", "Update gan_demo")
    own = {"name": own_points.NAME, "points": own_points.pack(points.tobytes())} if len(points) else {}
    config = RunConfig().with_settings({**values, **own})
    source = datasets.source(config.data.name)
    if not source.embedded:
        raise DataError("data", source.name, "is not shipped", "Choose one of the data sets")
    config = config.fit(source.shape, source.labels)
    build.check_network_size(config.model, MOST_PARAMETERS)
    return config


def _lengthened(config: RunConfig, step: int, plan: int) -> RunConfig:
    """Return settings that leave steps to train unless there is a plan; a schedule that has ended stays so."""
    least = step if plan else min(MAX_STEPS, step + TrainConfig.steps)
    steps = config.train.steps if config.train.steps > step else least
    return dataclasses.replace(config, train=dataclasses.replace(config.train, steps=steps))


def _rows(columns: Mapping[str, Any], config: RunConfig, vectors: Vectors) -> tuple[dict[str, float], ...]:
    """Return the rows of a run's metrics."""
    known = {name: columns[name] for name in COLUMNS if name in columns}
    lengths = {len(column) if isinstance(column, list) else -1 for column in known.values()}
    if not known:
        return ()
    if len(lengths) != 1 or not {"step", "seconds"} <= set(known) or not 0 <= max(lengths) <= MAX_ROWS:
        raise _damaged()
    rows = []
    for values in zip(*known.values(), strict=True):
        row = {name: _number(value) for name, value in zip(known, values, strict=True) if value is not None}
        step = _count(row.get("step"))
        rows.append({"step": step, "images": step * config.train.batch} | row | {"step": step})
    steps = [row["step"] for row in rows]
    if steps != sorted(steps) or (steps and steps[-1] > vectors.g_updates):
        raise _damaged()
    return tuple(rows)


def _columns(rows: tuple[dict[str, float], ...]) -> dict[str, list[float | None]]:
    columns: dict[str, list[float | None]] = {name: [row.get(name) for row in rows] for name in COLUMNS}
    return {"iteration": columns["step"], **columns}


def _part(head: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = head.get(name)
    if not isinstance(part, dict):
        raise _damaged()
    return part


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_STEPS or value % 1:
        raise _damaged()
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _damaged()
    return float(value)


def _foreign() -> DataError:
    return DataError("file", "", "is not a training", "Choose a file that the lab has saved")


def _damaged() -> DataError:
    return DataError("file", "", "is damaged", "Save the training again")
