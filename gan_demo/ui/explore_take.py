"""What one takes home from the Explore page: the generator in three forms, and the whole as a page."""

from __future__ import annotations

import streamlit as st

from gan_demo import snippets
from gan_demo.i18n.text import t
from gan_demo.ui import site
from gan_demo.ui.exhibit import Exhibit


@st.fragment
def away(exhibit: Exhibit) -> None:
    """Downloads of the model on show, and the lines by which others run it."""
    box = st.expander(t("explore.take"), icon=":material/download:", key="explore-take", on_change="rerun")
    with box:
        if not box.open:
            return
        stem = exhibit.id if exhibit.step is None else f"{exhibit.id}-{exhibit.step}"
        with st.container(horizontal=True):
            st.download_button(
                t("explore.take.onnx"), lambda: _onnx(exhibit), f"{stem}.onnx", "application/octet-stream",
                icon=":material/deployed_code:", on_click="ignore", key="take-onnx",
            )  # fmt: skip
            st.download_button(
                t("explore.take.weights"), lambda: _weights(exhibit), f"{stem}.safetensors",
                "application/octet-stream", icon=":material/download:", on_click="ignore", key="take-weights",
            )  # fmt: skip
            run, step = exhibit.run, exhibit.step
            if run is not None:
                st.download_button(
                    t("files.site"), lambda: site.zipped(run, step), f"{stem}-site.zip", "application/zip",
                    icon=":material/public:", on_click="ignore", key="take-site", help=t("files.site.help"),
                )  # fmt: skip
        st.caption(t("explore.take.how"))
        python, javascript = st.tabs(["Python", "JavaScript"])
        with python:
            st.code(snippets.python(exhibit.model, f"{stem}.onnx"), language="python", wrap_lines=True)
        with javascript:
            st.code(snippets.javascript(exhibit.model, f"{stem}.onnx"), language="javascript", wrap_lines=True)


def _onnx(exhibit: Exhibit) -> bytes:
    from gan_demo import onnx_export  # torch comes with it

    return onnx_export.generator_onnx(exhibit.generator, exhibit.model)


def _weights(exhibit: Exhibit) -> bytes:
    from gan_demo import export

    return export.weights_file(exhibit.generator, exhibit.model)
