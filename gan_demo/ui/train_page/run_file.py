"""A whole run as one zip file: downloaded below a run, opened on the Train page."""

from __future__ import annotations

from functools import partial

import streamlit as st

from gan_demo.boards import titles
from gan_demo.config import NO_IMAGES
from gan_demo.errors import GanDemoError
from gan_demo.i18n.text import t
from gan_demo.runs.archive import packing
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import run_files
from gan_demo.ui import session, widgets
from gan_demo.ui.own_images import dialog

MAX_MEGABYTES = packing.PAGE_BYTES // 2**20


def download(run: RunDir) -> None:
    """Draw the button that downloads the whole run as it is at the click."""
    size = packing.page_bytes(run)
    help_text = t("files.run.too_large", most=MAX_MEGABYTES) if size is None else t("files.run.help")
    name = t("files.run")
    widgets.download(
        name if size is None else t("files.sized", name=name, size=titles.file_size(size)),
        partial(packing.zip_bytes, run),
        f"{run.id}.zip",
        "application/zip",
        icon=":material/folder_zip:",
        key="whole-run",
        help=help_text,
        disabled=size is None,
        width="stretch",
    )


def open_run() -> None:
    """Draw the upload of a run's zip file. The run then belongs to this visitor, and the page goes to it."""
    with st.popover(t("run_file.open"), icon=":material/drive_folder_upload:"):
        st.markdown(t("run_file.how", most=MAX_MEGABYTES))
        problem = st.container()  # above the file, as the lower edge of a popover may lie out of sight
        file = st.file_uploader(t("run_file.file"), ["zip"], key="run-file", max_upload_size=MAX_MEGABYTES)
        if not st.button(t("run_file.go"), type="primary", disabled=file is None, key="open-run-file") or file is None:
            return
        try:
            with st.spinner(t("run_file.checking")):
                run_id = run_files.open_run_file(file, file.name, session.owner())
        except GanDemoError as error:
            with problem:
                widgets.show_error(error)
            return
    session.link_run(run_id)
    st.rerun()


def lacks_images(run: RunDir) -> bool:
    """Return whether the run was opened from a zip file and trained on own images, which the file leaves out."""
    return run.config.data.path == NO_IMAGES


def upload_images_again(run: RunDir) -> None:
    """Draw the button for the own images that a run lacks, and its dialog; with them the run can train on."""
    st.button(
        t("run_file.give"), icon=":material/upload:", key="images-again", on_click=dialog.open_dialog, args=(run.id,)
    )
    dialog.show(run)
