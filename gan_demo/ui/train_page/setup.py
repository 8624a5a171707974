"""The Train page without a run: presets that start with one click, a form of all settings, and earlier runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from gan_demo.boards.lab.browser_training import PRESETS_HERE
from gan_demo.config import RunConfig
from gan_demo.i18n.text import t
from gan_demo.presets import FAILURES, PRESETS, time_budget
from gan_demo.service import run_actions
from gan_demo.ui import attempts, beginning, session, widgets
from gan_demo.ui.customise import form, link_view
from gan_demo.ui.own_images import dialog
from gan_demo.ui.train_page import browser, earlier_runs

if TYPE_CHECKING:
    from gan_demo.training.from_weights import Beginning

CARDS = ("digits", "faces", "tutorial", "fashion", "ring", "images")
FAILURE_ICONS = {
    "fail-collapse": ":material/adjust:",
    "fail-d-wins": ":material/gavel:",
    "fail-oscillation": ":material/sync:",
    "fail-weak-d": ":material/visibility_off:",
    "fail-memorise": ":material/content_copy:",
    "fail-nan": ":material/trending_up:",
}


def show() -> None:
    """Draw the page. Starting a run puts it into the address."""
    st.title(t("setup.title"))
    begins = beginning.current() is not None
    if not begins:
        st.markdown(t("setup.lead"))
    earlier_runs.show_undo()
    link_view.follow()
    link_view.show(start)
    if begins:  # what the visitor came for, before the cards, which begin from random weights
        beginning.show(dialog.open_dialog)
        _customise()
        st.header(t("begin.cards"))
        st.markdown(t("setup.lead"))
    for row in (CARDS[:3], CARDS[3:]):
        for column, name in zip(st.columns(3), row, strict=True):
            with column:
                _card(name)
    if not begins:
        _customise()
    _see_it_fail()
    earlier_runs.show()
    dialog.show()


def start(config: RunConfig, name: str, seconds: float = 0.0, begin: Beginning | None = None) -> None:
    """Start a run, of ``seconds`` of training if not 0, and go to it; show the error if it can't be started.

    ``begin`` is a generator that it begins from.
    """
    link_view.leave()

    def start_run() -> str:
        run_id = run_actions.start(config, name, session.owner(), seconds, begin)
        if begin is not None:
            beginning.forget()
        return run_id

    attempts.go_to_run(start_run, t("setup.starting"))


def _card(name: str) -> None:
    with st.container(border=True, height="stretch", key=f"card-{name}"):
        widgets.cover(name)
        st.markdown(f"## {t(f'preset.{name}')}\n\n{t(f'card.{name}')}")
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
            start(PRESETS[name], name, time_budget(name))
        if name in PRESETS_HERE:
            st.button(
                t("browser.offer"),
                key=f"browser-{name}",
                width="stretch",
                icon=":material/laptop:",
                type="tertiary",
                on_click=session.set_query,
                args=(browser.QUERY, name),
            )


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
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(t("form.start"), type="primary", disabled=config is None, key="start-custom") and config:
                start(config, form.run_name(config), session.draft().seconds, beginning.current())
            link_view.offer(config)


def _see_it_fail() -> None:
    st.header(t("see_fail.title"))
    st.markdown(t("see_fail.lead"))
    names = list(FAILURES)
    for row in (names[:3], names[3:]):
        for column, name in zip(st.columns(3), row, strict=True):
            with column, st.container(border=True, height="stretch", key=f"see-{name}"):
                st.markdown(f"**{FAILURE_ICONS[name]} {t(f'preset.{name}')}**\n\n{t(f'see_fail.{name}')}")
                if st.button(t("see_fail.start"), key=f"start-{name}", icon=":material/play_arrow:"):
                    start(PRESETS[name], name, time_budget(name))
