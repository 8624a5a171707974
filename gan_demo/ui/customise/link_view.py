"""Settings as a link on the Train page: the link of the form's settings, and what an opened one brought."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import streamlit as st

from gan_demo.boards import titles
from gan_demo.boards.setting_choices import setting_values
from gan_demo.config import RunConfig
from gan_demo.i18n import setting_words, text
from gan_demo.i18n.text import t
from gan_demo.ui import session
from gan_demo.ui.customise import form, link
from gan_demo.ui.customise.link import Link

QUERY = "settings"  # parameter of the address
_FOLLOWED, _OPENED = "settings-link", "settings-from-link"  # keys of the session


def follow() -> None:
    """Fill the form with the settings in the address, once; nothing trains by it."""
    linked = session.query(QUERY)
    if linked == session.get(_FOLLOWED, ""):
        return
    session.put(_FOLLOWED, linked)
    session.pop(_OPENED)
    if linked:
        opened = link.read(linked)
        session.draft().replace(opened.preset, setting_values(opened.config), opened.seconds)
        session.put(_OPENED, (session.draft().generation, opened))
        session.put("wanted-settings", True)


def leave() -> None:
    """Remove the settings from the address, as their run starts."""
    session.put(_FOLLOWED, "")
    session.pop(_OPENED)
    session.set_query(QUERY, "")


def show(start: Callable[[RunConfig, str, float], None]) -> None:
    """Draw what the link in the address brought, with the button that starts it, until the form is filled anew."""
    generation, opened = session.get(_OPENED) or (None, None)
    if not isinstance(opened, Link) or generation != session.draft().generation:
        return
    with st.container(border=True, key="settings-link"):
        preset = text.named("preset", opened.preset)
        changes = setting_words.changes(*opened.changes)
        sentence = t("link.brought", name=preset, changes=changes) if changes else t("link.brought_preset", name=preset)
        st.markdown(f":material/link: {titles.plain(sentence)}")
        if opened.seconds:
            st.caption(t("link.seconds", time=titles.duration(opened.seconds)))
        for problem in opened.problems:
            st.warning(titles.plain(" ".join(text.error_message(problem))), icon=":material/link_off:")
        st.caption(t("link.how"))
        if st.button(t("form.start"), type="primary", icon=":material/play_arrow:", key="start-link"):
            config = form.settings() or opened.config
            start(config, form.run_name(config), session.draft().seconds)


def offer(config: RunConfig | None) -> None:
    """Draw the popover with the link of the form's settings."""
    with st.popover(t("link.offer"), icon=":material/link:", disabled=config is None):
        if config is None:
            return
        preset = form.preset_of(session.draft().values, session.draft().preset)
        settings = link.write(preset, config, session.draft().seconds)
        if not settings:
            st.markdown(t("link.own_images"))
            return
        st.markdown(t("link.explain"))
        page = (st.context.url or "train").partition("?")[0]
        st.code(f"{page}?{QUERY}={quote(settings, safe=',=')}", language=None, wrap_lines=True)
