"""The explorer component, which runs the generator in the viewer's browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gan_demo.boards import explorer
from gan_demo.ui import session, widgets
from gan_demo.ui.explorer_page.subject import ExplorerSubject

KEY = "explorer"
_EXPLORER = widgets.component("explorer/explorer")


def draw(subject: ExplorerSubject, on_failure: Callable[[str], None]) -> None:
    """Draw the explorer; ``on_failure(reason)`` is called, before the next script run, if the browser can't run it.

    Raises GanDemoError if the subject was deleted.
    """

    def report() -> None:
        on_failure(str(getattr(session.get(KEY), "failed", "") or ""))

    _EXPLORER(key=KEY, data=data(subject), on_failed_change=report)


def data(subject: ExplorerSubject) -> dict[str, Any]:
    """Return the component's data for this session."""
    if subject.run is not None and subject.step is not None:
        return explorer.run_data(subject.run, subject.step, subject.runs_on_offer, session.owner())
    assert subject.upload is not None, "a subject that is no run was uploaded"
    return explorer.upload_data(subject.upload, subject.runs_on_offer)
