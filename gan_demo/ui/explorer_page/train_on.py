"""The button that begins a training from uploaded weights."""

from __future__ import annotations

import streamlit as st

from gan_demo.i18n.text import t
from gan_demo.ui import beginning, session
from gan_demo.ui.explorer_page.subject import ExplorerSubject


def draw(subject: ExplorerSubject) -> None:
    """Draw the button for uploads whose network can be trained here; runs are forked on their own page."""
    if subject.upload is None:
        return
    from gan_demo.training import from_weights  # torch came with the upload

    loaded = subject.upload.loaded
    if not from_weights.is_trainable(loaded):
        return
    label, how = t("explore.train_on"), t("explore.train_on.help")
    if st.button(label, key="explore.train-on", icon=":material/model_training:", help=how):
        beginning.choose(from_weights.beginning(loaded, subject.upload.title))
        session.go_to("train.py")
