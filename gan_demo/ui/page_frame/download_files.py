"""Keep what a download button made until the browser has asked for it.

Streamlit 1.67 tidies its files after every run of every visitor's script (runtime/media_file_manager.py): what a button
made at a click is gone after two of them, and the button itself after one, if its page is just being drawn again. With
many visitors that is less than the time until the browser asks for the file, and the click is lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from streamlit import runtime
from streamlit.runtime.media_file_manager import MediaFileManager

SECONDS = 20.0  # between two tidyings: at least as long is each file kept
# what this relies on beyond Streamlit's documented interface
PRIVATE = (
    "_deferred_callables",
    "_drop_deferred_id",
    "_files_by_session_and_coord",
    "_remove_orphaned_deferred_callables",
)


class _Tidying:
    """Tidies one manager's files from time to time, and drops a button at the second tidying that finds it unused."""

    def __init__(self, manager: MediaFileManager, clock: Callable[[], float]) -> None:
        self._manager = manager
        self._tidy = manager.remove_orphaned_files
        self._clock = clock
        self._last = clock()
        self._unused: set[str] = set()

    def files(self) -> None:
        """Stand in for ``MediaFileManager.remove_orphaned_files``."""
        now = self._clock()
        if now - self._last >= SECONDS:
            self._last = now
            self._tidy()

    def buttons(self) -> None:
        """Stand in for the part of it that drops the functions of buttons; it holds the manager's lock."""
        manager = self._manager
        used = {file for files in manager._files_by_session_and_coord.values() for file in files.values()}
        unused = manager._deferred_callables.keys() - used
        for button in unused & self._unused:
            manager._drop_deferred_id(button)
        self._unused = unused - self._unused


def keep_for_a_while() -> None:
    """Let the files of the running server outlast the next runs of scripts."""
    if runtime.exists():
        tidy_seldom(runtime.get_instance().media_file_mgr)


def tidy_seldom(manager: MediaFileManager, clock: Callable[[], float] = time.monotonic) -> None:
    """Replace how a manager tidies, once; leave one of another version of Streamlit as it is."""
    if "remove_orphaned_files" in vars(manager) or not all(hasattr(manager, name) for name in PRIVATE):
        return
    tidying = _Tidying(manager, clock)
    vars(manager).update(remove_orphaned_files=tidying.files, _remove_orphaned_deferred_callables=tidying.buttons)
