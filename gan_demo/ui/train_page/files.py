"""The part of the page below every run: what can be taken away, settings, and own images that were left out."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from gan_demo.boards import setting_choices, titles
from gan_demo.export import charts_page, static_site
from gan_demo.i18n import setting_words, text
from gan_demo.i18n.text import t
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import run_files
from gan_demo.ui import run_about, run_downloads, session, widgets
from gan_demo.ui.train_page import browser, run_file


def show(run: RunDir, with_menus: bool, is_owner: bool) -> None:
    """Draw the table of images that were left out, for who may see it, and the menus, if no others have them."""
    _refused_images(run)
    if with_menus:
        with st.container(horizontal=True, vertical_alignment="center", key="files"):
            take_away(run)
            with st.popover(t("files.settings"), icon=":material/settings:"):
                settings_table(run)
            if is_owner:
                with st.popover(t("about.edit"), icon=":material/edit:"):
                    run_about.edit(run)
            browser.offer_lab(run)
    st.caption(t("live.link"))


def take_away(run: RunDir) -> None:
    """Draw the menu of downloads."""
    with st.popover(t("files.take"), icon=":material/download:"), st.container(key="take-away"):
        _downloads(run, ownership.may_see_images(run, session.owner()))


def _downloads(run: RunDir, shares_images: bool) -> None:
    """Draw the downloads in groups. ``shares_images``: a script on own images names their folders."""
    _group("pictures")
    run_downloads.films(run)
    report = text.in_current_language(lambda: charts_page.page(run))
    _file(run, "report", report, ("html", "text/html", ":material/monitoring:"))
    has_weights = bool(run.intact_checkpoints)
    _group("network")
    if has_weights:
        _file(
            run,
            "weights",
            lambda: run_files.weights(run),
            ("safetensors", "application/octet-stream", ":material/download:"),
            t("files.sized", name=t("files.weights"), size=titles.file_size(run_files.weights_bytes(run))),
        )
    if shares_images:
        run_downloads.scripts(run)
    _group("run")
    _file(run, "metrics", lambda: run_files.metrics_csv(run.metrics()), ("csv", "text/csv", ":material/table:"))
    if run.checkpoints and shares_images:
        run_file.download(run)
    if has_weights:
        _group("page")
        _file(run, "site", lambda: static_site.zipped(run), ("zip", "application/zip", ":material/public:"))


def _group(name: str) -> None:
    st.markdown(f"**{t(f'files.group.{name}')}**")


def _file(
    run: RunDir, name: str, make: Callable[[], bytes], kind: tuple[str, str, str], label: str | None = None
) -> None:
    """Draw the button of a download; ``kind`` is its ending, MIME type and icon."""
    ending, mime, icon = kind
    widgets.download(
        label or t(f"files.{name}"),
        make,
        f"{run.id}{'-site' if name == 'site' else ''}.{ending}",
        mime,
        icon=icon,
        key=name,
        help=t(f"files.{name}.help") if text.has(f"files.{name}.help") else None,
        width="stretch",
    )


def _refused_images(run: RunDir) -> None:
    refused = ownership.visible_refusals(run, session.owner())
    if not refused:
        return
    file_title, reason_title = t("images.column.file"), t("images.column.reason")
    with st.expander(t("images.refused", n=len(refused)), icon=":material/image_not_supported:"):
        st.dataframe([{file_title: file, reason_title: text.sentence(reason)} for file, reason in refused])


def settings_table(run: RunDir) -> None:
    """Draw all settings of a run as a table."""
    values = setting_choices.setting_values(run.config)
    rows = [
        f"| {setting_words.name(name)} | {titles.plain(setting_words.value(name, value))} |"
        for name, value in values.items()
        if text.has(f"setting.{name}") and name not in ("path", "root")
    ]
    st.markdown("\n".join([f"| {t('files.setting')} | {t('files.value')} |", "|---|---|", *rows]))
