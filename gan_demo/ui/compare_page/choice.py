"""The choice of runs to compare: shipped models, own runs, and any other by its link. The address holds it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

import streamlit as st

from gan_demo.boards.titles import creation_time, dated_title, run_title
from gan_demo.errors import GanDemoError
from gan_demo.i18n.text import t
from gan_demo.runs import library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.ui import session
from gan_demo.ui.widgets import show_error

_KEY = "compare.runs"  # of the widget


def show(max_runs: int) -> list[RunDir]:
    """Draw the choice; return the chosen runs that exist, in the order in which they were chosen."""
    names = _names(_follow_link(max_runs))
    chosen, link = st.columns([5, 1], vertical_alignment="bottom")
    with chosen:
        ids = st.multiselect(
            t("compare.choose"),
            list(names),
            format_func=lambda run_id: names[run_id],
            key=_KEY,
            max_selections=max_runs,
            placeholder=t("compare.choose.hint"),
            persist_state="session",
        )
    with link, st.popover(t("compare.add"), icon=":material/link:", width="stretch"):
        st.text_input(
            t("compare.add.label"), key="compare.link", help=t("compare.add.help"), on_change=_add, args=(max_runs,)
        )
    refused = session.pop("compare.refused")
    if isinstance(refused, GanDemoError):
        show_error(refused)
    session.set_query("runs", ",".join(ids))
    session.put("compare.linked", ",".join(ids))
    return [session.run(run_id) for run_id in ids]


def put(ids: Sequence[str]) -> None:
    """Choose these runs. To be called before the choice is drawn."""
    session.put("compare.wanted", list(ids))


def with_run(run_id: str) -> dict[str, str]:
    """Return the query parameters of a link to this page, with one run more than were chosen last."""
    others = [other for other in str(session.get("compare.linked", "")).split(",") if other not in ("", run_id)]
    return {"runs": ",".join([*others, run_id])}


def _follow_link(max_runs: int) -> dict[str, RunDir]:
    """Set the choice from another page, from a new link, or else from the session; return the runs by their ids.

    Show an error for each run that does not exist.
    """
    link = session.query("runs")
    wanted = session.pop("compare.wanted")
    if wanted is None and link and link != session.get("compare.linked"):
        wanted = link.split(",")
    ids = list(dict.fromkeys(wanted if wanted is not None else session.get(_KEY, None) or []))[-max_runs:]
    runs: dict[str, RunDir] = {}
    for run_id in ids:
        try:
            runs[run_id] = session.run(run_id)
        except GanDemoError as error:
            show_error(error)
    if list(runs) != session.get(_KEY, None):
        session.put(_KEY, list(runs))
    return runs


def _names(chosen: dict[str, RunDir]) -> dict[str, str]:
    """Return the names of all runs on offer by their ids."""
    names = {run.id: t("explore.shipped", name=dated_title(run)) for run in library.pretrained()}
    for run in ownership.own_runs(session.owner()):
        names[run.id] = t("explore.own", name=run_title(run), when=creation_time(run))
    linked = {key: t("explore.shared", name=dated_title(run)) for key, run in chosen.items() if key not in names}
    return names | linked


def _add(max_runs: int) -> None:
    """Add the runs of a pasted link, or the run of a pasted id, to the choice."""
    pasted = str(session.get("compare.link", "")).strip()
    session.put("compare.link", "")
    if not pasted:
        return
    query = parse_qs(urlsplit(pasted).query)
    ids = query.get("run", []) or ",".join(query.get("runs", [])).split(",") if query else [pasted]
    try:
        for run_id in ids:
            session.run(run_id)
    except GanDemoError as error:
        session.put("compare.refused", error)
        return
    others = [run_id for run_id in session.get(_KEY, None) or [] if run_id not in ids]
    put([*others, *ids][-max_runs:])
