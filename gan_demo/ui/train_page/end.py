"""What is said and offered when a run is over."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from gan_demo.analysis.diagnosis import BROKEN
from gan_demo.boards import titles
from gan_demo.errors import GanDemoError
from gan_demo.export import charts_page, static_site
from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import run_actions, run_files
from gan_demo.service.run_state import State
from gan_demo.ui import run_downloads, run_file, session, settings_form, widgets


def notice(run: RunDir, now: State, mine: bool) -> None:
    """How it ended, and the next step; a failure names its cause and the remedy."""
    if now.status is Status.FAILED and now.error is not None:
        widgets.show_failure(now.error)
    elif now.status is Status.DONE:
        info = run.info
        st.success(
            t("end.done", step=f"{info.step:,}", time=titles.duration(info.seconds)), icon=":material/check_circle:"
        )
    elif now.status is Status.INTERRUPTED and mine:
        st.warning(t("end.interrupted"), icon=":material/power_off:")
    if mine and run_file.lacks_images(run):
        st.info(t("run_file.no_images"), icon=":material/image_not_supported:")
    with st.container(horizontal=True, key="next"):
        _offers(run, now, mine)


def _offers(run: RunDir, now: State, mine: bool) -> None:
    failed = now.error if now.status is Status.FAILED and isinstance(now.error, GanDemoError) else None
    diverged = failed is not None and failed.field in BROKEN
    can_train = not run_file.lacks_images(run)
    resumable = run.info.state is not None or not run.info.checkpoints  # a shipped model has nothing to resume
    mine_to_copy = can_train and (mine or not run.config.data.path)  # uploaded images are their owner's
    if (
        diverged
        and mine_to_copy
        and st.button(t("end.calmer"), type="primary", key="calmer", help=t("end.calmer.help"))
    ):
        _begin(lambda: run_actions.again(run, run_actions.calmer(run.config), session.owner()))
    fallback = str(failed.details.get("fallback", "")) if failed is not None else ""
    if fallback and st.button(t("end.fallback", name=text.named("data", fallback)), type="primary", key="fallback"):
        _begin(lambda: run_actions.go_on_built_in(run, fallback, session.owner()))
    if run.checkpoints and st.button(
        t("end.explore"), icon=":material/explore:", key="explore", type="secondary" if failed else "primary"
    ):
        st.switch_page("explore.py", query_params={"run": run.id})
    if mine and not can_train:
        run_file.images_again(run)
    elif mine and resumable and now.status is Status.DONE:
        more = run.config.train.steps
        if st.button(t("end.longer", n=f"{more:,}"), icon=":material/more_time:", key="longer"):
            _go_on(run, more)
    elif mine and resumable and st.button(t("live.resume"), icon=":material/play_arrow:", key="resume"):
        _go_on(run, 0)
    if mine_to_copy and st.button(t("end.again"), icon=":material/tune:", key="again", help=t("end.again.help")):
        settings_form.fill(run.info.name, run_actions.unfitted(run.config))
        session.put("wanted-settings", True)
        session.link_run("")
        st.rerun()


def _begin(start: Callable[[], str]) -> None:
    try:
        run_id = start()
    except GanDemoError as error:
        widgets.show_error(error)
        return
    session.link_run(run_id)
    st.rerun()


def _go_on(run: RunDir, more: int) -> None:
    try:
        run_actions.resume(run, session.owner(), more)
    except GanDemoError as error:
        widgets.show_error(error)
        return
    st.rerun()


def footer(run: RunDir, mine: bool) -> None:
    """Files to take home, the settings, and which own images were left out."""
    refused = run.refused
    if refused:
        with st.expander(t("images.refused", n=len(refused)), icon=":material/image_not_supported:"):
            st.dataframe(
                [
                    {t("images.column.file"): file, t("images.column.reason"): text.sentence(why)}
                    for file, why in refused
                ]
            )
    with st.container(horizontal=True, vertical_alignment="center", key="files"):
        if run.checkpoints:
            st.download_button(
                t("files.weights"), lambda: run_files.weights(run), f"{run.id}.safetensors", "application/octet-stream",
                icon=":material/download:", on_click="ignore", key="weights", help=t("files.weights.help"),
            )  # fmt: skip
        st.download_button(
            t("files.metrics"), lambda: run_files.metrics_csv(run.metrics()), f"{run.id}.csv", "text/csv",
            icon=":material/table:", on_click="ignore", key="metrics",
        )  # fmt: skip
        st.download_button(
            t("files.report"), text.in_current_language(lambda: charts_page.page(run)), f"{run.id}.html", "text/html",
            icon=":material/monitoring:", on_click="ignore", key="report", help=t("files.report.help"),
        )  # fmt: skip
        run_downloads.films(run)
        if mine or not run.config.data.path:  # a script on own images names their folders
            run_downloads.scripts(run)
        if run.checkpoints:
            st.download_button(
                t("files.site"), lambda: static_site.zipped(run), f"{run.id}-site.zip", "application/zip",
                icon=":material/public:", on_click="ignore", key="site", help=t("files.site.help"),
            )  # fmt: skip
        if run.checkpoints and (mine or not run.config.data.path):
            run_file.download(run)
        with st.popover(t("files.settings"), icon=":material/settings:"):
            _settings(run)
    st.caption(t("live.link"))


def _settings(run: RunDir) -> None:
    values = settings_form.settings_of(run.config)
    rows = [f"| {t(f'setting.{name}')} | `{value}` |" for name, value in values.items()
            if text.has(f"setting.{name}") and name not in ("path", "root")]  # fmt: skip
    st.markdown("\n".join([f"| {t('files.setting')} | {t('files.value')} |", "|---|---|", *rows]))
