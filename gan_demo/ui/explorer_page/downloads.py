"""Downloads of the generator on the Explore page: ONNX, weights, a web page, and the code that runs it."""

from __future__ import annotations

import streamlit as st

from gan_demo.export import snippets
from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir
from gan_demo.ui import widgets
from gan_demo.ui.explorer_page.subject import ExplorerSubject


@st.fragment
def draw(subject: ExplorerSubject) -> None:
    """Draw the downloads in a box that is filled when it is opened."""
    label = t("explore.take" if subject.run is not None else "explore.take_upload")
    if _came_as_onnx(subject):
        label = t("explore.take_onnx_upload")
    box = st.expander(label, icon=":material/download:", key="explore-take", on_change="rerun")
    with box:
        if not box.open:
            return
        with st.container(horizontal=True):
            _buttons(subject)
        st.caption(t("explore.take.how"))
        python, javascript = st.tabs(["Python", "JavaScript"])
        file = f"{subject.stem}.onnx"
        with python:
            st.code(snippets.python(subject.model, file), language="python", wrap_lines=True)
        with javascript:
            st.code(snippets.javascript(subject.model, file), language="javascript", wrap_lines=True)


def _buttons(subject: ExplorerSubject) -> None:
    widgets.download(
        t("explore.take.onnx"),
        lambda: _onnx(subject),
        f"{subject.stem}.onnx",
        "application/octet-stream",
        icon=":material/deployed_code:",
        key="take-onnx",
    )
    if not _came_as_onnx(subject):
        widgets.download(
            t("explore.take.weights"),
            lambda: _weights(subject),
            f"{subject.stem}.safetensors",
            "application/octet-stream",
            icon=":material/download:",
            key="take-weights",
        )
    run, step = subject.run, subject.step
    if run is not None:
        widgets.download(
            t("files.site"),
            lambda: _site(run, step),
            f"{subject.stem}-site.zip",
            "application/zip",
            icon=":material/public:",
            key="take-site",
            help=t("files.site.help"),
        )


def _site(run: RunDir, step: int | None) -> bytes:
    from gan_demo.export import static_site  # torch comes with it

    return static_site.zipped(run, step)


def _came_as_onnx(subject: ExplorerSubject) -> bool:
    """Return whether a generator was uploaded as an ONNX file, and so has no other weights."""
    return subject.upload is not None and bool(subject.upload.loaded.generator.onnx)


def _onnx(subject: ExplorerSubject) -> bytes:
    from gan_demo.gan import onnx_export  # torch comes with it

    return onnx_export.generator_onnx(subject.generator, subject.model)


def _weights(subject: ExplorerSubject) -> bytes:
    from gan_demo.weights import save

    if subject.upload is not None:
        return save.loaded_file(subject.upload.loaded)
    return save.weights_file(subject.generator, subject.model)
