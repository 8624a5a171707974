"""The ways between a run's page and its look inside."""

from __future__ import annotations

from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service.run_state import RunState
from gan_demo.ui import widgets


def show(run: RunDir, state: RunState) -> None:
    """Draw the link to the look inside a run, once it is over or paused and has something to look at."""
    if state.status not in (Status.QUEUED, Status.RUNNING) and run.intact_checkpoints:
        label, help_words = t("analyse.open"), t("analyse.open.help")
        widgets.page_link("analyse.py", label, ":material/query_stats:", help_words, run=run.id)


def back(run: RunDir) -> None:
    """Draw the link back to the run's page."""
    widgets.page_link("train.py", t("analyse.back"), ":material/arrow_back:", run=run.id)
