"""The part of the page below every run: downloads, settings, and own images that were left out."""

from __future__ import annotations

import streamlit as st

from gan_demo.boards import setting_choices, titles
from gan_demo.export import charts_page, static_site
from gan_demo.i18n import setting_words, text
from gan_demo.i18n.text import t
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import run_files
from gan_demo.ui import run_downloads, run_file, session


def show(run: RunDir) -> None:
    """Draw the table of images that were left out, for who may see it, then a row of downloads and the settings."""
    _refused_images(run)
    shares_images = ownership.may_see_images(run, session.owner())
    with st.container(horizontal=True, vertical_alignment="center", key="files"):
        _tables(run)
        run_downloads.films(run)
        if shares_images:
            run_downloads.scripts(run)
        if run.checkpoints:
            _static_site(run)
        if run.checkpoints and shares_images:
            run_file.download(run)
        with st.popover(t("files.settings"), icon=":material/settings:"):
            _settings_table(run)
    st.caption(t("live.link"))


def _tables(run: RunDir) -> None:
    """Draw the downloads of weights, measurements and charts."""
    if run.checkpoints:
        st.download_button(
            t("files.weights"),
            lambda: run_files.weights(run),
            f"{run.id}.safetensors",
            "application/octet-stream",
            icon=":material/download:",
            on_click="ignore",
            key="weights",
            help=t("files.weights.help"),
        )
    st.download_button(
        t("files.metrics"),
        lambda: run_files.metrics_csv(run.metrics()),
        f"{run.id}.csv",
        "text/csv",
        icon=":material/table:",
        on_click="ignore",
        key="metrics",
    )
    st.download_button(
        t("files.report"),
        text.in_current_language(lambda: charts_page.page(run)),
        f"{run.id}.html",
        "text/html",
        icon=":material/monitoring:",
        on_click="ignore",
        key="report",
        help=t("files.report.help"),
    )


def _static_site(run: RunDir) -> None:
    st.download_button(
        t("files.site"),
        lambda: static_site.zipped(run),
        f"{run.id}-site.zip",
        "application/zip",
        icon=":material/public:",
        on_click="ignore",
        key="site",
        help=t("files.site.help"),
    )


def _refused_images(run: RunDir) -> None:
    refused = ownership.visible_refusals(run, session.owner())
    if not refused:
        return
    file_title, reason_title = t("images.column.file"), t("images.column.reason")
    with st.expander(t("images.refused", n=len(refused)), icon=":material/image_not_supported:"):
        st.dataframe([{file_title: file, reason_title: text.sentence(reason)} for file, reason in refused])


def _settings_table(run: RunDir) -> None:
    values = setting_choices.setting_values(run.config)
    rows = [
        f"| {setting_words.name(name)} | {titles.plain(setting_words.value(name, value))} |"
        for name, value in values.items()
        if text.has(f"setting.{name}") and name not in ("path", "root")
    ]
    st.markdown("\n".join([f"| {t('files.setting')} | {t('files.value')} |", "|---|---|", *rows]))
