"""The manifest of a run, run.json: its progress, its checkpoints, and how it ended."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gan_demo.errors import GanDemoError, RunError
from gan_demo.runs.files import read_json
from gan_demo.runs.status import NEW
from gan_demo.support.atomic_file import json_bytes, replace_file

_TYPES: dict[str, Any] = {
    "step": int,
    "images": int,
    "seconds": int | float,
    "evaluation_seconds": int | float,
    "checkpoints": tuple,
    "state": int | None,
    "error": object,
}


@dataclass(frozen=True)
class SavedError:
    """Error that ended a run, as plain texts, so that it can still be shown after a restart."""

    field: str
    value: str
    problem: str
    remedy: str
    details: dict[str, str] = dataclasses.field(default_factory=dict)

    @staticmethod
    def of(failure: GanDemoError) -> SavedError:
        """Return the texts of an error."""
        details = {key: str(value) for key, value in failure.details.items()}
        return SavedError(failure.field, str(failure.value), failure.problem, failure.remedy, details)

    def error(self) -> RunError:
        """Return the error again, to be shown or translated."""
        return RunError(self.field, self.value, self.problem, self.remedy, **self.details)


@dataclass(frozen=True)
class RunInfo:
    """Content of the manifest. ``status``: see ``runs.status``; ``seconds`` of training, without pauses."""

    name: str
    created: str
    status: str = NEW
    step: int = 0
    images: int = 0
    seconds: float = 0.0
    evaluation_seconds: float = 0.0
    device: str = "cpu"
    checkpoints: tuple[int, ...] = ()
    state: int | None = None  # the step of the state to resume from
    error: SavedError | None = None
    parent: str = ""  # "RUN_ID@STEP" of a fork

    @property
    def forked_at(self) -> int | None:
        """The parent step this run was forked from, or None."""
        step = self.parent.rpartition("@")[2]
        return int(step) if step.isascii() and step.isdigit() else None


def read(path: Path) -> RunInfo:
    """Read the manifest in ``path``. Raises RunError if it can't be read."""
    return parse(read_json(path), path.parent.name)


def parse(raw: Mapping[str, Any], run_id: str = "") -> RunInfo:
    """Return the manifest that a JSON object holds. Raises RunError, about ``run_id``, if it is damaged."""
    known = {field.name for field in dataclasses.fields(RunInfo)}
    try:
        values = {key: value for key, value in raw.items() if key in known}
        values["checkpoints"] = tuple(int(step) for step in values.get("checkpoints", ()))
        values["error"] = SavedError(**values["error"]) if values.get("error") else None
        texts = ("name", "created", "status", "device", "parent")
        if any(not isinstance(value, str if key in texts else _TYPES[key]) for key, value in values.items()):
            raise TypeError
        return RunInfo(**values)
    except (TypeError, ValueError, AttributeError) as failure:
        raise RunError("run", run_id, "has a damaged run.json", "Restore it from a copy") from failure


def write(path: Path, info: RunInfo) -> None:
    """Replace the manifest in ``path``."""
    replace_file(path, json_bytes(dataclasses.asdict(info)))
