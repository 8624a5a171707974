"""Explore: latent space, held in the hand."""

from __future__ import annotations

import streamlit as st

from gan_demo.errors import GanDemoError
from gan_demo.i18n.text import t
from gan_demo.ui import explore_board, explore_take, films, session, widgets
from gan_demo.ui import explore_source as source
from gan_demo.ui.exhibit import Exhibit

# On a phone the picture stays in sight while one moves the sliders below it: its column dissolves into the row of both,
# so that it can stick for the whole length of the page. 224 pixels are whole multiples of 28, 32 and 64 ones.
STYLE = """<style>
.st-key-explore_stage img { image-rendering: pixelated; border-radius: 10px; }
.st-key-explore_map { max-width: 32rem; }
@media (max-width: 640px) {
  .st-key-explore-choice [data-testid="stColumn"] { min-width: 0; flex: 1 1 45%; }
  .st-key-explore-choice [data-testid="stColumn"]:nth-child(2) { order: 1; flex-basis: 100%; }
  .st-key-explore-choice [data-testid="stColumn"]:nth-child(3) { flex: 0 1 auto; width: auto; }
  .st-key-explore-choice { margin-bottom: -1.25rem; }
  .st-key-explore-choice [data-testid="stHorizontalBlock"] { row-gap: .25rem; column-gap: .75rem; }
  [data-testid="stColumn"]:has(> * > * > .st-key-explore_stage),
  [data-testid="stColumn"]:has(> * > * > .st-key-explore_stage) > [data-testid="stVerticalBlock"] { display: contents; }
  [data-testid="stHorizontalBlock"]:has(> * > * > * > .st-key-explore_stage) { row-gap: 1rem; }
  [data-testid="stLayoutWrapper"]:has(> .st-key-explore_stage) {
    position: sticky; top: 3.75rem; z-index: 5; width: 100%; padding: 6px 0; background: light-dark(#fbf9f5, #11141d);
  }
  .st-key-explore_stage { align-items: center; }
  .st-key-explore_stage img { width: 224px !important; }
}
</style>"""
TABS = ("hold", "near", "between", "map")


def show() -> None:
    """Draw the page."""
    st.html(STYLE)
    st.title(t("explore.title"))
    exhibit = source.choose()
    if exhibit is None:
        return
    st.space("xxsmall")
    try:
        if _native():
            exhibit.load()
            _explorer(exhibit)
        else:
            explore_board.board(exhibit, _failed)
        _training(exhibit)
        explore_take.away(exhibit)
    except GanDemoError as error:  # deleted or damaged since it was listed
        widgets.show_error(error)


def _native() -> bool:
    """Does the server draw, as the browser can't, or as the address wants it?"""
    if session.get("explore.failed"):
        with st.container(horizontal=True, vertical_alignment="center", key="explore_failed"):
            st.caption(t("explore.server_draws"))
            st.button(
                t("explore.try_again"), icon=":material/refresh:", on_click=_failed, args=("",), key="explore.again"
            )
        return True
    return bool(session.query("native"))


def _failed(reason: str) -> None:
    """The browser cannot run the generator; "" lets it try again."""
    session.put("explore.failed", reason)


@st.fragment
def _explorer(exhibit: Exhibit) -> None:
    """The stage beside the ways to move; a move redraws only this."""
    try:
        _stage_and_tools(exhibit)
    except GanDemoError as error:  # a move may come after the run was deleted
        widgets.show_error(error)


def _stage_and_tools(exhibit: Exhibit) -> None:
    from gan_demo.ui import explore_controls as controls  # torch comes with them
    from gan_demo.ui import explore_walks as walks

    names = {name: t(f"explore.tab_{name}") for name in TABS if name != "near" or not exhibit.is_points}
    open_tab = next((name for name, title in names.items() if title == session.get("explore.tab")), "hold")
    picture = walks.picture(exhibit, open_tab)  # ahead of all elements, so that it comes with the very first of them
    left, right = st.columns([9, 11], gap="large")
    with left:
        controls.stage(exhibit, picture)
    with right:
        tabs = dict(zip(names, st.tabs(list(names.values()), key="explore.tab", on_change="rerun"), strict=True))
    if exhibit.model.labels:
        with left:
            controls.labels(exhibit)
    with tabs[open_tab]:
        _tab(exhibit, open_tab)


@st.fragment
def _training(exhibit: Exhibit) -> None:
    """How a model that was trained here came about."""
    if exhibit.step is None:
        return
    box = st.expander(t("explore.film"), icon=":material/movie:", key="explore-film", on_change="rerun")
    with box:
        if not box.open:
            return
        run = exhibit.run
        assert run is not None, "what has a step is a run"
        widgets.film(run, run.grids, f"film-{run.id}", most=640)
        with st.container(horizontal=True):
            films.downloads(run)


def _tab(exhibit: Exhibit, name: str) -> None:
    from gan_demo.ui import explore_controls as controls
    from gan_demo.ui import explore_walks as walks

    if name == "between":
        walks.between(exhibit)
    elif name == "map":
        walks.world(exhibit)
    elif name == "near":
        controls.neighbours(exhibit)
    else:
        controls.sliders(exhibit)


show()
