"""A run's own name, its note, and what it changes: read below its title, edited in a menu of its owner's."""

from __future__ import annotations

import streamlit as st

from gan_demo.boards import titles
from gan_demo.errors import GanDemoError
from gan_demo.i18n.text import t
from gan_demo.runs import library
from gan_demo.runs.parts import about
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import run_actions
from gan_demo.ui import session, widgets


def show(run: RunDir) -> None:
    """Draw below a run's title what it changes and its note."""
    changes, note = titles.changes_of(run), titles.run_note(run)
    if not (changes or note):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="run-about"):
        if changes:
            st.caption(f":material/difference: {_origin(run, titles.plain(changes))}", width="content")
        if note:
            show_note(note)


def show_note(note: str, letter: str = "") -> None:
    """Draw a note as its owner wrote it, lines and all, with every sign of Markdown escaped; ``letter``: the run's."""
    lines = "  \n".join(titles.plain(line) for line in note.splitlines())
    st.caption(f":material/sticky_note_2: {f'**{letter}** ' if letter else ''}{lines}", width="content")


def _origin(run: RunDir, changes: str) -> str:
    """Return the changes in Markdown, with a link to the run that they change, if it is still there."""
    parent = run.info.parent.rpartition("@")[0]
    try:
        library.find(parent)
    except GanDemoError:
        return t("about.changed", changes=changes)
    return t("about.changed_from", changes=changes, run=f"[{t('about.this_run')}](train?run={parent})")


def edit(run: RunDir) -> None:
    """Draw the fields of a run's name and note, for its owner."""
    known = about.read(run.path)
    title = st.text_input(
        t("about.title"),
        known.title,
        max_chars=about.MAX_TITLE,
        placeholder=titles.given_title(run),
        help=t("about.title.help"),
        key=f"about-title-{run.id}",
    )
    note = st.text_area(
        t("about.note"), known.note, max_chars=about.MAX_NOTE, help=t("about.note.help"), key=f"about-note-{run.id}"
    )
    if not st.button(t("about.save"), type="primary", key="about-save"):
        return
    try:
        run_actions.annotate(run, title, note, session.owner())
    except GanDemoError as error:
        widgets.show_error(error)
        return
    st.rerun()
