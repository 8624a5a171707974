"""The generator that the next training begins from: kept in the session, shown above the settings and own images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from gan_demo.boards.titles import plain
from gan_demo.config import RunConfig
from gan_demo.i18n.text import t
from gan_demo.presets import PRESETS, time_budget
from gan_demo.ui import session
from gan_demo.ui.customise import form

if TYPE_CHECKING:
    from gan_demo.training.from_weights import Beginning

_BEGIN = "begin-from"  # value of the session
# by the shape of what a generator draws
_PRESETS: dict[tuple[int, ...], str] = {(1, 28, 28): "digits", (3, 32, 32): "faces", (2,): "ring"}


def current() -> Beginning | None:
    """Return the generator to begin from; None for random weights."""
    chosen: Beginning | None = session.get(_BEGIN)
    return chosen


def choose(begin: Beginning) -> None:
    """Begin the next training from a generator, with settings that fit it in the form."""
    from gan_demo.training import from_weights  # loads torch

    preset = _PRESETS.get(begin.config.model.shape, "faces")
    session.put(_BEGIN, begin)
    form.fill(preset, from_weights.adapted(PRESETS[preset], begin), time_budget(preset))
    session.put("wanted-settings", True)


def forget() -> None:
    """Begin from random weights again."""
    session.pop(_BEGIN)


def fitted(config: RunConfig) -> RunConfig:
    """Return settings with the networks of the generator to begin from, if there is one."""
    begin = current()
    if begin is None:
        return config
    from gan_demo.training import from_weights

    return from_weights.adapted(config, begin)


def own_size() -> int:
    """Return the pixels a side that own images must have for the generator to begin from; 0 if there is none."""
    begin = current()
    return begin.config.model.shape[-1] if begin is not None and len(begin.config.model.shape) == 3 else 0


def note(key: str) -> None:
    """Say which generator the training will begin from, with a button that leaves it, if there is one."""
    begin = current()
    if begin is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"begin-{key}"):
        st.markdown(f":material/input: {t('begin.from', name=plain(begin.name))}")
        st.button(t("begin.forget"), key=f"begin-forget-{key}", type="tertiary", on_click=forget)
