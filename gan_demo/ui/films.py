"""What the film of a run needs besides its steps: how its samples lie, and every word it says."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Any

import streamlit as st

from gan_demo import filming, movies
from gan_demo.config import LabelField
from gan_demo.i18n.text import has, keys, t, table
from gan_demo.runs import RunDir
from gan_demo.sheets import layout

_UNTOLD = ("no", "none")  # of several label fields, what a sample has not is not said


def data(run: RunDir, *, most: int) -> dict[str, Any]:
    """To be merged with run, steps, live, language; see components/film/film.mjs."""
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


def downloads(run: RunDir) -> None:
    """Buttons for the whole training as a film."""
    if len(run.grids) < 2:
        return
    title = table("en").get(f"preset.{run.info.name}", run.info.name)  # the drawing has Latin letters only
    caption = filming.Caption(str(title))
    kinds = {"gif": ("image/gif", ":material/gif_box:"), "mp4": ("video/mp4", ":material/movie:")}
    for kind, (mime, icon) in kinds.items():
        if kind == "mp4" and not movies.has_mp4():
            continue
        st.download_button(
            t(f"files.{kind}"), partial(filming.film, run, kind, caption=caption), f"{run.id}.{kind}", mime, icon=icon,
            on_click="ignore", key=f"film-{kind}", help=t(f"files.{kind}.help"),
        )  # fmt: skip
