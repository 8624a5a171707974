"""Download buttons of a run as a training script or a notebook."""

from __future__ import annotations

from functools import partial

import streamlit as st

from gan_demo.i18n.text import t
from gan_demo.runs import RunDir
from gan_demo.script.options import DATA_FILES, ScriptOptions
from gan_demo.ui import session

KINDS = {"py": ("text/x-python", ":material/code:"), "ipynb": ("application/x-ipynb+json", ":material/book_2:")}


def downloads(run: RunDir) -> None:
    """Draw two buttons, unless the run is on own images that were never read. Built-in images make the file a zip."""
    if run.config.data.name == "images" and not run.config.model.shape:
        return
    zipped = run.config.data.name in DATA_FILES
    for kind, (mime, icon) in KINDS.items():
        name, download_name = (f"train.{kind}", f"{run.id}-{kind}.zip") if zipped else (f"{run.id}.{kind}",) * 2
        st.download_button(
            t(f"files.{kind}"), partial(_file, run, ScriptOptions(name, session.language())), download_name,
            "application/zip" if zipped else mime, icon=icon, on_click="ignore", key=f"script-{kind}",
            help=t(f"files.{kind}.help"),
        )  # fmt: skip


def _file(run: RunDir, options: ScriptOptions) -> bytes:
    from gan_demo.script import build  # torch comes with it, so it waits for a click

    return build.packed(build.files(run, options))
