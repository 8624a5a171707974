"""The field for weights of the Hugging Face Hub: downloaded as a stranger, within bounds of size and rate."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import streamlit as st

from gan_demo.errors import GanDemoError
from gan_demo.i18n.text import t
from gan_demo.ui import session
from gan_demo.weights import hub, hub_turns

_BARE_NAME = re.compile(r"[\w.-]+/[\w.-]+([@:].*)?")  # as the Hub's pages show and copy it
_ADDRESS, _WANTED, _OTHER = "explore.hub", "explore.hub-wanted", "explore.hub-other"  # values of the session


# of a path, the file's name, its address on the Hub, and the files that its repository offers
Take = Callable[[Path, str, str, tuple[str, ...]], None]
Refuse = Callable[[GanDemoError | None], None]


def draw(take: Take, refuse: Refuse) -> None:
    """Draw the field; after its button, download with progress and hand the file to ``take``."""
    with st.form("explore-hub", border=False):
        st.text_input(t("explore.hub"), key=_ADDRESS, placeholder="owner/name", help=t("explore.hub.help"))
        st.form_submit_button(t("explore.hub.open"), icon=":material/download:", on_click=_want)
    wanted = session.pop(_WANTED)
    if wanted:
        download(str(wanted), take, refuse)


def download(text: str, take: Take, refuse: Refuse) -> None:
    """Download what ``text`` names, with progress, hand it to ``take``, and draw the page anew."""
    refuse(None)
    try:
        with tempfile.TemporaryDirectory(prefix="gan_demo-hub-") as folder:
            file = _downloaded(text, Path(folder))
            with st.spinner(t("explore.reading")):
                take(*file)
    except GanDemoError as error:
        refuse(error)
    st.rerun()  # the list of generators stands above


def want_file(address: str, file: str) -> None:
    """Let the page download another file of a repository when it is drawn next."""
    session.put(_OTHER, str(replace(hub.parse(address), file=file)))


def wanted_file() -> str:
    """Return the address of the file that was wanted since the page was drawn last, or ""."""
    return str(session.pop(_OTHER, "") or "")


def _want() -> None:
    wanted = str(session.get(_ADDRESS, "")).strip()
    session.put(_WANTED, f"hf:{wanted}" if _BARE_NAME.fullmatch(wanted) else wanted)


def _downloaded(text: str, folder: Path) -> tuple[Path, str, str, tuple[str, ...]]:
    """Return what ``Take`` takes, with a progress bar meanwhile. Raises DataError."""
    address = hub.parse(text)
    with hub_turns.turn(session.owner(), address) as turn:
        bar = st.progress(0.0, t("explore.hub.asking"))

        def report(done: int, total: int) -> None:
            turn.received = done
            megabytes = {"done": f"{done / 2**20:.1f}", "total": f"{total / 2**20:.1f}"}
            bar.progress(min(1.0, done / max(1, total)), t("explore.hub.loading", **megabytes))

        copy = hub.fetch(address, folder, hub.most_bytes(), report=report)
        bar.empty()
    return copy.source, f"{copy.address.repo}: {copy.address.file}", str(copy.address), copy.files
