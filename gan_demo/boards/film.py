"""Data of the film component: the sample sheets of a run, and its sentences."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from gan_demo.config import LabelField
from gan_demo.i18n import text
from gan_demo.i18n.text import has, keys, t
from gan_demo.pictures.sheet_layout import layout
from gan_demo.runs.run_dir import RunDir

_ABSENT = ("no", "none")  # values of a label field that mean "without"


def data(
    run: RunDir,
    steps: Sequence[int],
    *,
    max_width: int,
    live: bool = False,
    autoplay: bool = False,
    compact: bool = False,
) -> dict[str, Any]:
    """Return ``FilmData`` of film/types.d.ts, for the sample sheets of ``steps``; ``max_width`` is in CSS pixels."""
    return run_data(run, max_width=max_width) | {
        "run": run.id,
        "steps": list(steps),
        "live": live,
        "autoplay": autoplay,
        "compact": compact,
        "language": text.language(),
    }


def run_data(run: RunDir, *, max_width: int) -> dict[str, Any]:
    """Return the part of the data that stays the same while a run trains."""
    sheet = layout(run.config.model)
    return {
        "most": max_width,
        "pixelated": run.config.model.arch != "points",
        "sheet": dataclasses.asdict(sheet) if sheet is not None else None,
        "explain": sheet is not None,
        "texts": texts(run.config.model.labels),
    }


def texts(fields: tuple[LabelField, ...] = ()) -> dict[str, Any]:
    """Return ``FilmTexts`` of film/types.d.ts; ``labels`` maps each value of each label field to its word."""
    sentences: dict[str, Any] = {key.removeprefix("film."): t(key) for key in keys("film.")}
    sentences["labels"] = {field.name: _values(field, len(fields) == 1) for field in fields}
    return sentences


def _values(field: LabelField, is_only_field: bool) -> dict[str, str]:
    return {value: _word(field.name, value, is_only_field) for value in field.values}


def _word(field: str, value: str, is_only_field: bool) -> str:
    """Return the word for a label value; of several fields, "" for absent features and for those without a name."""
    key = f"explore.value.{field}.{value}"
    word = t(key) if has(key) else value
    if is_only_field:
        return word
    if value in _ABSENT or value.isdigit() or not has(f"explore.field.{field}"):
        return ""
    name = t(f"explore.field.{field}")
    return name if value == "yes" else t("film.label", name=name, value=word)
