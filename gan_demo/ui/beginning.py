"""The generator that the next training begins from: kept in the session, shown above the settings and own images."""

from __future__ import annotations

from collections.abc import Callable
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
    if _has_built_in_data(begin):
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


def fits_own_images() -> bool:
    """Return whether own images can train the generator to begin from, if there is one: it takes no labels."""
    begin = current()
    return begin is None or (len(begin.config.model.shape) == 3 and not begin.config.model.labels)


def own_size() -> int:
    """Return the pixels a side that own images must have for the generator to begin from; 0 if there is none."""
    begin = current()
    return begin.config.model.shape[-1] if begin is not None and len(begin.config.model.shape) == 3 else 0


def show(open_images: Callable[[], None]) -> None:
    """Draw which generator the training will begin from and what it can be trained on, if there is one.

    ``open_images`` is called when own images are to be chosen.
    """
    begin = current()
    if begin is None:
        return
    with st.container(border=True, key="begin"):
        title = t("begin.from", name=plain(begin.title))
        st.markdown(f"**:material/model_training: {title}**\n\n{t(_data_sentence(begin))}")
        with st.container(horizontal=True):
            if fits_own_images():
                st.button(
                    t("begin.images"),
                    key="begin-images",
                    type="primary",
                    icon=":material/photo_library:",
                    on_click=open_images,
                )
            st.button(t("begin.forget"), key="begin-forget", on_click=forget)


def note() -> None:
    """Say above own images which generator the training on them begins from, if there is one."""
    begin = current()
    if begin is None:
        return
    st.markdown(f":material/model_training: {t('begin.note', name=plain(begin.title))}")
    if begin.config.model.shape[0] == 1:
        st.caption(t("begin.gray"))


def _has_built_in_data(begin: Beginning) -> bool:
    return begin.config.model.shape in _PRESETS


def _data_sentence(begin: Beginning) -> str:
    """Return the key of the sentence that says what a generator can be trained on."""
    if not fits_own_images():
        return "begin.data.built_in"
    return "begin.data.both" if _has_built_in_data(begin) else "begin.data.images"
