"""The run as a training script or a notebook, to take home."""

from __future__ import annotations

from functools import partial

import streamlit as st

from gan_demo.errors import GanDemoError
from gan_demo.i18n.text import t
from gan_demo.runs import RunDir
from gan_demo.script_history import ancestry
from gan_demo.script_words import DATA_FILES
from gan_demo.ui import actions, session

KINDS = {"py": ("text/x-python", ":material/code:"), "ipynb": ("application/x-ipynb+json", ":material/book_2:")}


def downloads(run: RunDir) -> None:
    """Two buttons, where the run's beginning is known; with the images that it needs, the file is a zip."""
    if not _possible(run):
        return
    zipped = run.config.data.name in DATA_FILES
    for kind, (mime, icon) in KINDS.items():
        inside, outside = (f"train.{kind}", f"{run.id}-{kind}.zip") if zipped else (f"{run.id}.{kind}",) * 2
        st.download_button(
            t(f"files.{kind}"), partial(_file, run, inside, session.language()), outside,
            "application/zip" if zipped else mime, icon=icon, on_click="ignore", key=f"script-{kind}",
            help=t(f"files.{kind}.help"),
        )  # fmt: skip


def _possible(run: RunDir) -> bool:
    """Not of a fork whose parent is gone or hidden, nor of own images that nobody has read yet."""
    try:
        parents = [parent for parent, _ in ancestry(run)[:-1]]
    except GanDemoError:
        return False
    if any(parent.config.data.path and not actions.owns(parent, session.owner()) for parent in parents):
        return False  # an opened file may name anyone's run as its parent; a script on own images names their folders
    return run.config.data.name != "images" or bool(run.config.model.shape)


def _file(run: RunDir, name: str, language: str) -> bytes:
    from gan_demo import scripting  # torch comes with it: not before someone asks

    return scripting.packed(scripting.files(run, name, language))
