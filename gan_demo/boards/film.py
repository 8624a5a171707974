"""Data of the film component: how the samples of a run lie, and its words."""

from __future__ import annotations

import dataclasses
from typing import Any

from gan_demo.config import LabelField
from gan_demo.i18n.text import has, keys, t
from gan_demo.pictures.sheet_layout import layout
from gan_demo.runs.run_dir import RunDir

_UNTOLD = ("no", "none")  # of several label fields, what a sample has not is not said


def data(run: RunDir, *, most: int) -> dict[str, Any]:
    """To be merged with run, steps, live, language; see frontend/film/film.mjs."""
    sheet = layout(run.config.model)
    return {
        "most": most,
        "pixelated": run.config.model.arch != "points",
        "sheet": dataclasses.asdict(sheet) if sheet is not None else None,
        "explain": sheet is not None,
        "texts": texts(run.config.model.labels),
    }


def texts(fields: tuple[LabelField, ...] = ()) -> dict[str, Any]:
    """By the names that the component asks for; ``labels`` is what to call each value of each label field."""
    names = [key.removeprefix("film.") for key in keys("film.")]
    words: dict[str, Any] = {name: t(f"film.{name}") for name in names}
    words["labels"] = {one.name: _values(one, len(fields) == 1) for one in fields}
    return words


def _values(field: LabelField, alone: bool) -> dict[str, str]:
    return {value: _word(field.name, value, alone) for value in field.values}


def _word(field: str, value: str, alone: bool) -> str:
    """Empty for what is not said: of several fields, those that a sample lacks or that anyone sees."""
    key = f"explore.value.{field}.{value}"
    word = t(key) if has(key) else value
    if alone:
        return word
    if value in _UNTOLD or value.isdigit() or not has(f"explore.field.{field}"):
        return ""
    name = t(f"explore.field.{field}")
    return name if value == "yes" else t("film.label", name=name, value=word)
