"""Which runs to compare: shipped ones, one's own, and any by its link. The choice is kept in the address."""

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

KEY = "compare.runs"


def choose(most: int) -> list[RunDir]:
    """Draw the choice; the chosen runs that there are, in the order in which they were chosen."""
    found = _follow_link(most)
    names = _names(found)
    chosen, link = st.columns([5, 1], vertical_alignment="bottom")
    with chosen:
        ids = st.multiselect(
            t("compare.choose"), list(names), format_func=lambda run_id: names[run_id], key=KEY, max_selections=most,
            placeholder=t("compare.choose.hint"), persist_state="session",
        )  # fmt: skip
    with link, st.popover(t("compare.add"), icon=":material/link:", width="stretch"):
        st.text_input(
            t("compare.add.label"), key="compare.link", help=t("compare.add.help"), on_change=_add, args=(most,)
        )
    refused = session.pop("compare.refused")
    if isinstance(refused, GanDemoError):
        show_error(refused)
    session.set_query("runs", ",".join(ids))
    session.put("compare.linked", ",".join(ids))
    return [session.run(run_id) for run_id in ids]


def put(ids: Sequence[str]) -> None:
    """Choose these runs; before the choice is drawn."""
    session.put("compare.wanted", list(ids))


def with_run(run_id: str) -> dict[str, str]:
    """The address' part for the runs chosen last and one more, for a page that leads here."""
    kept = [one for one in str(session.get("compare.linked", "")).split(",") if one not in ("", run_id)]
    return {"runs": ",".join([*kept, run_id])}


def _follow_link(most: int) -> dict[str, RunDir]:
    """The chosen runs of the session, of a link that is new, or of another page; says so if one is gone."""
    link = session.query("runs")
    wanted = session.pop("compare.wanted")
    if wanted is None and link and link != session.get("compare.linked"):
        wanted = link.split(",")
    ids = list(dict.fromkeys(wanted if wanted is not None else session.get(KEY, None) or []))[-most:]
    found: dict[str, RunDir] = {}
    for run_id in ids:
        try:
            found[run_id] = session.run(run_id)
        except GanDemoError as error:
            show_error(error)
    if list(found) != session.get(KEY, None):
        session.put(KEY, list(found))
    return found


def _names(chosen: dict[str, RunDir]) -> dict[str, str]:
    names = {run.id: t("explore.shipped", name=dated_title(run)) for run in library.pretrained()}
    for run in ownership.own_runs(session.owner()):
        names[run.id] = t("explore.own", name=run_title(run), when=creation_time(run))
    shared = {key: t("explore.shared", name=dated_title(run)) for key, run in chosen.items() if key not in names}
    return names | shared


def _add(most: int) -> None:
    """The run of a pasted link, or of a bare id."""
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
    kept = [one for one in session.get(KEY, None) or [] if one not in ids]
    put([*kept, *ids][-most:])
