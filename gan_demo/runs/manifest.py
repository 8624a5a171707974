"""The manifest of a run, run.json: its progress, its checkpoints, and how it ended."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, datetime
from pathlib import Path
from typing import Any

from gan_demo.errors import GanDemoError, RunError
from gan_demo.runs.parts.files import MAX_STEP, read_json
from gan_demo.runs.status import NEW
from gan_demo.support import bounded_json
from gan_demo.support.atomic_file import json_bytes, replace_file

MAX_TEXT = 2_000  # characters of a name or of a text of an error
MAX_AMOUNT = 1e15  # of images and seconds
_PLAIN_TEXT = re.compile(r"(?:[^{}]|\{[a-z_]{1,40}\})*")  # placeholders without attributes or widths
_DEVICE = re.compile(r"[a-z0-9:]{1,20}")
_PARENT = re.compile(r".*@([0-9]{1,9})", re.DOTALL)


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
    set_back: tuple[int, int] | None = None  # (step of a damaged state, step of the older one that was resumed instead)
    budget: float = 0.0  # ``seconds`` at which the run is to end, until the trainer has turned them into steps
    plan: int = 0  # steps to which the run can train on, if a budget ends it earlier

    @property
    def forked_at(self) -> int | None:
        """The parent step this run was forked from, or None."""
        match = _PARENT.fullmatch(self.parent)
        return int(match[1]) if match else None


def read(path: Path) -> RunInfo:
    """Read the manifest in ``path``. Raises RunError if it can't be read."""
    return parse(read_json(path), path.parent.name)


def parse(raw: Mapping[str, Any], run_id: str = "") -> RunInfo:
    """Return the manifest that a JSON object holds. Raises RunError, about ``run_id``, if it is damaged.

    Fields of newer versions are left out.
    """
    try:
        return RunInfo(**{name: read_field(raw[name]) for name, read_field in _FIELDS.items() if name in raw})
    except (TypeError, ValueError) as failure:
        raise RunError("run", run_id, "has a damaged run.json", "Restore it from a copy") from failure


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise ValueError
    return value


def _time(value: object) -> str:
    """Return a moment with its time zone, in ISO 8601."""
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None or not 1970 <= moment.year < MAXYEAR:  # in every time zone it has a date
        raise ValueError
    return value


def _device(value: object) -> str:
    if not isinstance(value, str) or not _DEVICE.fullmatch(value):
        raise ValueError
    return value


def _step(value: object) -> int:
    if not bounded_json.is_whole(value, MAX_STEP):
        raise ValueError
    return value


def _amount(value: object) -> float:
    """Return a number of images or seconds, whole or not; never NaN, which would end a training at once."""
    if not bounded_json.is_number(value) or not 0 <= value <= MAX_AMOUNT:
        raise ValueError
    return value


def _images(value: object) -> int:
    if not bounded_json.is_whole(value, int(MAX_AMOUNT)):
        raise ValueError
    return value


def _steps(value: object) -> tuple[int, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError
    return tuple(sorted({_step(step) for step in value}))


def _two_steps(value: object) -> tuple[int, int] | None:
    if value is None:
        return None
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError
    return _step(value[0]), _step(value[1])


def _saved_error(value: object) -> SavedError | None:
    """Return a saved error whose texts are safe to format: ``{0:>99999999}`` would fill the memory."""
    if not value:
        return None
    if not isinstance(value, dict):
        raise ValueError
    details = value.get("details", {})
    if not isinstance(details, dict) or len(details) > 16:
        raise ValueError
    texts = [_text(value[name]) for name in ("field", "value", "problem", "remedy") if name in value]
    if len(texts) < 4 or not all(_PLAIN_TEXT.fullmatch(text) for text in texts[2:]):
        raise ValueError
    field, shown, problem, remedy = texts
    return SavedError(field, shown, problem, remedy, {_text(key): _text(text) for key, text in details.items()})


_FIELDS: dict[str, Callable[[object], Any]] = {
    "name": _text,
    "created": _time,
    "status": _text,
    "step": _step,
    "images": _images,
    "seconds": _amount,
    "evaluation_seconds": _amount,
    "device": _device,
    "checkpoints": _steps,
    "state": lambda value: None if value is None else _step(value),
    "error": _saved_error,
    "parent": _text,
    "set_back": _two_steps,
    "budget": _amount,
    "plan": _step,
}


def write(path: Path, info: RunInfo) -> None:
    """Replace the manifest in ``path``."""
    replace_file(path, json_bytes(dataclasses.asdict(info)))
