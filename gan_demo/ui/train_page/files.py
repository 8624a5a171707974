"""The part of the page below every run: what can be taken away, settings, and own images that were left out."""

from __future__ import annotations

import streamlit as st

from gan_demo.boards import setting_choices, titles
from gan_demo.export import charts_page, static_site
from gan_demo.i18n import setting_words, text
from gan_demo.i18n.text import t
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import run_files
from gan_demo.ui import run_downloads, run_file, session, widgets


def show(run: RunDir) -> None:
    """Draw the table of images that were left out, for who may see it, then the menu of downloads and the settings."""
    _refused_images(run)
    with st.container(horizontal=True, vertical_alignment="center", key="files"):
        with st.popover(t("files.take"), icon=":material/download:"), st.container(key="take-away"):
            _take_away(run, ownership.may_see_images(run, session.owner()))
        with st.popover(t("files.settings"), icon=":material/settings:"):
            _settings_table(run)
    st.caption(t("live.link"))


def _take_away(run: RunDir, shares_images: bool) -> None:
    """Draw the menu of downloads in groups. ``shares_images``: a script on own images names their folders."""
    _group("pictures")
    run_downloads.films(run)
    widgets.download(
        t("files.report"),
        text.in_current_language(lambda: charts_page.page(run)),
        f"{run.id}.html",
        "text/html",
        icon=":material/monitoring:",
        key="report",
        help=t("files.report.help"),
        width="stretch",
    )
    has_weights = bool(run.intact_checkpoints)
    _group("network")
    if has_weights:
        _weights(run)
    if shares_images:
        run_downloads.scripts(run)
    _group("run")
    widgets.download(
        t("files.metrics"),
        lambda: run_files.metrics_csv(run.metrics()),
        f"{run.id}.csv",
        "text/csv",
        icon=":material/table:",
        key="metrics",
        width="stretch",
    )
    if run.checkpoints and shares_images:
        run_file.download(run)
    if has_weights:
        _group("page")
        _static_site(run)


def _group(name: str) -> None:
    st.markdown(f"**{t(f'files.group.{name}')}**")


def _weights(run: RunDir) -> None:
    widgets.download(
        t("files.sized", name=t("files.weights"), size=titles.file_size(run_files.weights_bytes(run))),
        lambda: run_files.weights(run),
        f"{run.id}.safetensors",
        "application/octet-stream",
        icon=":material/download:",
        key="weights",
        help=t("files.weights.help"),
        width="stretch",
    )


def _static_site(run: RunDir) -> None:
    widgets.download(
        t("files.site"),
        lambda: static_site.zipped(run),
        f"{run.id}-site.zip",
        "application/zip",
        icon=":material/public:",
        key="site",
        help=t("files.site.help"),
        width="stretch",
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
