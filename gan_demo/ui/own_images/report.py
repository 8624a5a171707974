"""What was read of own images: how many, of which classes, what is left out and why, and whether that is enough."""

from __future__ import annotations

from collections import Counter

import numpy as np
import streamlit as st

from gan_demo.boards.titles import plain
from gan_demo.data.images.reading import ImageSet
from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.pictures.crops import crops_png
from gan_demo.service.own_images import checks

MAX_CLASSES_SHOWN = 12
_ICONS = {"few": ":material/warning:", "some": ":material/info:"}


def draw(images: ImageSet, name: str, size: int) -> None:
    """Draw the report of a set that can be used."""
    count = len(images.images)
    several = len(images.names) > 1
    sentence = "own.found.classes" if several else "own.found"
    st.markdown(f"**{plain(name)}** · {t(sentence, n=f'{count:,}', classes=len(images.names))}")
    verdict = checks.verdict(count)
    box = st.warning if verdict == "few" else st.info
    box(t(f"own.enough.{verdict}"), icon=_ICONS.get(verdict, ":material/check:"))
    if several:
        _classes(images)
    st.image(crops_png(images.images), width="stretch", output_format="PNG", caption=t("own.crops", n=size))
    left_out(images)


def left_out(images: ImageSet) -> None:
    """Draw which files are left out, by reason and by name."""
    if images.hidden:
        st.caption(t("own.hidden", n=f"{images.hidden:,}"))
    if not images.refused:
        return
    with st.expander(
        t("images.refused", n=f"{images.files - len(images.images):,}"), icon=":material/image_not_supported:"
    ):
        for reason, files in Counter(reason for _, reason in images.refused).most_common():
            st.markdown(f"- {files:,} × {text.sentence(reason)}")
        titles = t("images.column.file"), t("images.column.reason")
        rows = [dict(zip(titles, (file, text.sentence(reason)), strict=True)) for file, reason in images.refused]
        st.dataframe(rows, height=240)


def _classes(images: ImageSet) -> None:
    counts = np.bincount(images.classes, minlength=len(images.names)).tolist()
    shown = [f"{plain(name)} ({n:,})" for name, n in zip(images.names, counts, strict=True)][:MAX_CLASSES_SHOWN]
    if len(images.names) > MAX_CLASSES_SHOWN:
        shown.append(t("own.classes.more", n=len(images.names) - MAX_CLASSES_SHOWN))
    st.markdown(t("own.classes", names=t("own.comma").join(shown)))
