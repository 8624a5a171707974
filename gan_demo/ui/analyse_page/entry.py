"""The ways between a run's page and its look inside."""

from __future__ import annotations

import streamlit as st

from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service.run_state import RunState


def show(run: RunDir, state: RunState) -> None:
    """Draw the link to the look inside a run, once it is over or paused and has something to look at."""
    if state.status not in (Status.QUEUED, Status.RUNNING) and run.intact_checkpoints:
        st.page_link(
            "analyse.py",
            label=t("analyse.open"),
            icon=":material/query_stats:",
            query_params={"run": run.id},
            help=t("analyse.open.help"),
        )


def back(run: RunDir) -> None:
    """Draw the link back to the run's page."""
    st.page_link("train.py", label=t("analyse.back"), icon=":material/arrow_back:", query_params={"run": run.id})
