"""The Train page before a run: cards that start with one click, every setting, and earlier runs."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from gan_demo.boards import titles
from gan_demo.config import DataConfig, RunConfig
from gan_demo.errors import GanDemoError
from gan_demo.i18n.text import t
from gan_demo.presets import FAILURES, PRESETS
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import run_actions, run_files, run_state, trash
from gan_demo.ui import compare_choice, run_file, session, settings_form, widgets

CARDS = ("digits", "faces", "tutorial", "fashion", "ring", "images")
SIGNS = {  # of the ways to fail
    "fail-collapse": ":material/adjust:", "fail-d-wins": ":material/gavel:", "fail-oscillation": ":material/sync:",
    "fail-weak-d": ":material/visibility_off:", "fail-memorise": ":material/content_copy:",
    "fail-nan": ":material/trending_up:",
}  # fmt: skip
SIZES = (28, 32, 64)  # pixels a side of own images
SHOWN = 12  # earlier runs


def show() -> None:
    """Draw it. Starting a run puts it into the address."""
    st.title(t("setup.title"))
    st.markdown(t("setup.lead"))
    _undo()
    for row in (CARDS[:3], CARDS[3:]):
        for column, name in zip(st.columns(3), row, strict=True):
            with column:
                _card(name)
    _customise()
    _see_it_fail()
    _earlier()


def begin(config: RunConfig, name: str) -> None:
    """Start a run and go to it; say why, if it can't be."""
    try:
        with st.spinner(t("setup.starting")):
            run_id = run_actions.start(config, name, session.owner())
    except GanDemoError as error:
        widgets.show_error(error)
        return
    session.link_run(run_id)
    st.rerun()


def _card(name: str) -> None:
    with st.container(border=True, height="stretch", key=f"card-{name}"):
        widgets.cover(name)
        st.markdown(f"#### {t(f'preset.{name}')}\n\n{t(f'card.{name}')}")
        st.caption(t(f"card.{name}.facts"))
        if name == "images":
            with st.popover(t("setup.upload"), width="stretch", icon=":material/upload:"):
                _own_images()
        elif st.button(
            t("setup.train"), key=f"start-{name}", width="stretch", icon=":material/play_arrow:",
            type="primary" if name == "digits" else "secondary",
        ):  # fmt: skip
            begin(PRESETS[name], name)


def _own_images() -> None:
    st.markdown(t("images.how"))
    file = st.file_uploader(t("images.file"), type=["zip"], key="own-images")
    size = st.segmented_control(
        t("setting.size"), SIZES, default=32, format_func=lambda n: t("form.pixels", n=n), required=True, key="own-size"
    )
    if st.button(t("images.start"), type="primary", disabled=file is None, key="start-own") and file is not None:
        try:
            path = run_files.save_upload(file.getvalue(), file.name)
        except GanDemoError as error:
            widgets.show_error(error)
            return
        begin(images_config(str(path), int(size or 32)), file.name.rpartition(".")[0])


def images_config(path: str, size: int) -> RunConfig:
    """The faces' settings for a zip file of own images."""
    faces = PRESETS["faces"]
    return RunConfig(DataConfig("images", path=path, size=size), faces.model, faces.train).with_settings(
        {"conditional": False}
    )


def _customise() -> None:
    opened = session.get("settings-opened", 0) + bool(session.pop("wanted-settings"))  # each time by a new, open box
    session.put("settings-opened", opened)
    box = st.expander(
        t("setup.customise"), expanded=opened > 0, icon=":material/tune:", key=f"customise-{opened}", on_change="rerun"
    )
    with box:
        if not box.open:
            return
        config = settings_form.form()
        if st.button(t("form.start"), type="primary", disabled=config is None, key="start-custom") and config:
            begin(config, session.draft().preset)


def _see_it_fail() -> None:
    st.subheader(t("see_fail.title"))
    st.markdown(t("see_fail.lead"))
    names = list(FAILURES)
    for row in (names[:3], names[3:]):
        for column, name in zip(st.columns(3), row, strict=True):
            with column, st.container(border=True, height="stretch", key=f"see-{name}"):
                st.markdown(f"**{SIGNS[name]} {t(f'preset.{name}')}**\n\n{t(f'see_fail.{name}')}")
                if st.button(t("see_fail.start"), key=f"start-{name}", icon=":material/play_arrow:"):
                    begin(PRESETS[name], name)


def _earlier() -> None:
    mine = ownership.own_runs(session.owner())
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="earlier"):
        st.subheader(t("earlier.title"), width="content")
        run_file.open_run()
    if not mine:
        st.caption(t("earlier.empty"))
    for run in mine[:SHOWN]:
        with st.container(border=True, key=f"run-{run.id}"):
            _earlier_run(run)
    if len(mine) > SHOWN:
        st.caption(t("earlier.more", n=len(mine) - SHOWN))


def _earlier_run(run: RunDir) -> None:
    info, now = run.info, run_state.state(run)
    words, buttons = st.columns([3, 2], vertical_alignment="center")
    with words:
        title = titles.plain(titles.run_title(run, info.name))
        st.markdown(f"**{title}** · {widgets.status_badge(now)}")
        when = datetime.fromisoformat(info.created)
        st.caption(t("earlier.facts", step=f"{info.step:,}", time=titles.duration(info.seconds), when=_ago(when)))
    with buttons.container(horizontal=True, horizontal_alignment="right"):
        if st.button(t("earlier.open"), key=f"open-{run.id}"):
            session.link_run(run.id)
            st.rerun()
        if st.button(t("earlier.compare"), key=f"compare-{run.id}"):
            st.switch_page("compare.py", query_params=compare_choice.with_run(run.id))
        if not now.alive:
            if st.button(t("live.resume"), key=f"resume-{run.id}", disabled=now.status is Status.DONE):
                _resume(run)
            if st.button(t("earlier.delete"), key=f"delete-{run.id}", type="tertiary", icon=":material/delete:"):
                _delete(run)


def _resume(run: RunDir) -> None:
    try:
        run_actions.resume(run, session.owner())
    except GanDemoError as error:
        widgets.show_error(error)
        return
    session.link_run(run.id)
    st.rerun()


def _delete(run: RunDir) -> None:
    title = titles.run_title(run, run.info.name)
    try:
        trash.delete(run, session.owner())
    except GanDemoError as error:
        widgets.show_error(error)
        return
    session.put("deleted", (run.id, title))
    st.rerun()


def _undo() -> None:
    deleted = session.get("deleted")
    if not deleted:
        return
    run_id, title = deleted
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="undo"):
        st.markdown(t("earlier.deleted", name=title))
        if st.button(t("earlier.undo"), key="undo-delete"):
            trash.restore(run_id)
            session.pop("deleted")
            st.rerun()


def _ago(when: datetime) -> str:
    return t("earlier.ago", time=titles.duration(max(0.0, (datetime.now(UTC) - when).total_seconds())))
