"""The Train page without a run: presets that start with one click, a form of all settings, and earlier runs."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from gan_demo.boards import titles
from gan_demo.config import RunConfig
from gan_demo.errors import GanDemoError
from gan_demo.i18n.text import t
from gan_demo.presets import FAILURES, PRESETS
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import run_actions, run_state, trash
from gan_demo.ui import attempts, compare_choice, run_file, session, widgets
from gan_demo.ui.customise import form
from gan_demo.ui.own_images import dialog

CARDS = ("digits", "faces", "tutorial", "fashion", "ring", "images")
FAILURE_ICONS = {
    "fail-collapse": ":material/adjust:",
    "fail-d-wins": ":material/gavel:",
    "fail-oscillation": ":material/sync:",
    "fail-weak-d": ":material/visibility_off:",
    "fail-memorise": ":material/content_copy:",
    "fail-nan": ":material/trending_up:",
}
MAX_EARLIER_RUNS = 12  # in the list


def show() -> None:
    """Draw the page. Starting a run puts it into the address."""
    st.title(t("setup.title"))
    st.markdown(t("setup.lead"))
    _undo_deletion()
    for row in (CARDS[:3], CARDS[3:]):
        for column, name in zip(st.columns(3), row, strict=True):
            with column:
                _card(name)
    _customise()
    _see_it_fail()
    _earlier()
    dialog.show()


def start(config: RunConfig, name: str) -> None:
    """Start a run and go to it; show the error if it can't be started."""
    attempts.go_to_run(lambda: run_actions.start(config, name, session.owner()), t("setup.starting"))


def _card(name: str) -> None:
    with st.container(border=True, height="stretch", key=f"card-{name}"):
        widgets.cover(name)
        st.markdown(f"#### {t(f'preset.{name}')}\n\n{t(f'card.{name}')}")
        st.caption(t(f"card.{name}.facts"))
        if name == "images":
            st.button(
                t("setup.upload"),
                key="choose-images",
                width="stretch",
                icon=":material/upload:",
                on_click=dialog.open_dialog,
            )
        elif st.button(
            t("setup.train"),
            key=f"start-{name}",
            width="stretch",
            icon=":material/play_arrow:",
            type="primary" if name == "digits" else "secondary",
        ):
            start(PRESETS[name], name)


def _customise() -> None:
    opened = session.get("settings-opened", 0) + bool(session.pop("wanted-settings"))  # a new key makes an open box
    session.put("settings-opened", opened)
    box = st.expander(
        t("setup.customise"), expanded=opened > 0, icon=":material/tune:", key=f"customise-{opened}", on_change="rerun"
    )
    with box:
        if not box.open:
            return
        config = form.form()
        if st.button(t("form.start"), type="primary", disabled=config is None, key="start-custom") and config:
            start(config, session.draft().preset)


def _see_it_fail() -> None:
    st.subheader(t("see_fail.title"))
    st.markdown(t("see_fail.lead"))
    names = list(FAILURES)
    for row in (names[:3], names[3:]):
        for column, name in zip(st.columns(3), row, strict=True):
            with column, st.container(border=True, height="stretch", key=f"see-{name}"):
                st.markdown(f"**{FAILURE_ICONS[name]} {t(f'preset.{name}')}**\n\n{t(f'see_fail.{name}')}")
                if st.button(t("see_fail.start"), key=f"start-{name}", icon=":material/play_arrow:"):
                    start(PRESETS[name], name)


def _earlier() -> None:
    runs = ownership.own_runs(session.owner())
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="earlier"):
        st.subheader(t("earlier.title"), width="content")
        run_file.open_run()
    if not runs:
        st.caption(t("earlier.empty"))
    for run in runs[:MAX_EARLIER_RUNS]:
        with st.container(border=True, key=f"run-{run.id}"):
            _earlier_run(run)
    if len(runs) > MAX_EARLIER_RUNS:
        st.caption(t("earlier.more", n=len(runs) - MAX_EARLIER_RUNS))


def _earlier_run(run: RunDir) -> None:
    info, state = run.info, run_state.state(run)
    description, buttons = st.columns([3, 2], vertical_alignment="center")
    with description:
        title = titles.plain(titles.run_title(run))
        st.markdown(f"**{title}** · {widgets.status_badge(state)}")
        age = _time_ago(datetime.fromisoformat(info.created))
        st.caption(t("earlier.facts", step=f"{info.step:,}", time=titles.duration(info.seconds), when=age))
    with buttons.container(horizontal=True, horizontal_alignment="right"):
        if st.button(t("earlier.open"), key=f"open-{run.id}"):
            session.link_run(run.id)
            st.rerun()
        if st.button(t("earlier.compare"), key=f"compare-{run.id}"):
            st.switch_page("compare.py", query_params=compare_choice.with_run(run.id))
        if not state.is_alive:
            if st.button(t("live.resume"), key=f"resume-{run.id}", disabled=state.status is Status.DONE):
                attempts.go_to_run(lambda: _resumed(run))
            if st.button(t("earlier.delete"), key=f"delete-{run.id}", type="tertiary", icon=":material/delete:"):
                _delete(run)


def _resumed(run: RunDir) -> str:
    run_actions.resume(run, session.owner())
    return run.id


def _delete(run: RunDir) -> None:
    title = titles.run_title(run)
    try:
        trash.delete(run, session.owner())
    except GanDemoError as error:
        widgets.show_error(error)
        return
    session.put("deleted", (run.id, title))
    st.rerun()


def _undo_deletion() -> None:
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


def _time_ago(when: datetime) -> str:
    return t("earlier.ago", time=titles.duration(max(0.0, (datetime.now(UTC) - when).total_seconds())))
