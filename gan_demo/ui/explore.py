"""The Explore page: latent space, explored in the viewer's browser or, where that fails, on a plain page."""

from __future__ import annotations

import streamlit as st

from gan_demo.errors import GanDemoError
from gan_demo.i18n.text import keys, t
from gan_demo.ui import classroom, run_downloads, session, widgets
from gan_demo.ui.explorer_page import choices, component, downloads, opened, source, train_on
from gan_demo.ui.explorer_page.subject import ExplorerSubject

# On a phone the picture stays in sight while the sliders below it move: its column has "display: contents", so that the
# picture can stick for the whole length of the page. 224 pixels are a whole multiple of 28, 32 and 64.
STYLE = """<style>
.st-key-explore_stage img { image-rendering: pixelated; border-radius: 10px; }
@media (max-width: 900px) {
  .st-key-explore-choice [data-testid="stColumn"]:nth-child(3) { flex: 0 0 auto; width: auto; }
}
@media (max-width: 640px) {
  .st-key-explore-choice [data-testid="stColumn"] { min-width: 0; flex: 1 1 45%; }
  .st-key-explore-choice [data-testid="stColumn"]:nth-child(2) { order: 1; flex-basis: 100%; }
  .st-key-explore-choice [data-testid="stColumn"]:nth-child(3) { flex: 0 1 auto; width: auto; }
  .st-key-explore-choice { margin-bottom: -1.25rem; }
  .st-key-explore-facts { margin-top: 1rem; }
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


def show() -> None:
    """Draw the page."""
    st.html(STYLE)
    head = classroom.page_head(t("explore.title"))
    subject = source.choose()
    if subject is None:
        return
    if subject.run is not None:  # uploaded weights are in this session only
        classroom.on_show("explore", run=subject.run.id, step=str(subject.step))
        with head:
            classroom.show_page_button()
    weights = opened.all_opened().get(subject.id)
    if weights is not None:
        choices.draw(weights)
    st.space("xxsmall")
    try:
        if _is_plain():
            from gan_demo.ui.explorer_page import controls  # torch comes with it

            controls.draw(subject)
        else:
            component.draw(subject, _set_failure)
        _training(subject)
        train_on.draw(subject)
        downloads.draw(subject)
    except GanDemoError as error:  # the run was deleted or damaged since it was listed
        widgets.show_error(error)


def _is_plain() -> bool:
    """Return whether the server draws, because the browser can't or the address asks for it."""
    reason = session.get("explore.failed")
    if reason:
        with st.container(horizontal=True, vertical_alignment="center", key="explore_failed"):
            st.caption(f"{_why(reason)} {t('explore.server_draws')}")
            st.button(
                t("explore.try_again"),
                icon=":material/refresh:",
                on_click=_set_failure,
                args=("",),
                key="explore.again",
            )
        return True
    return bool(session.query("native"))


def _why(reason: str) -> str:
    """Return why the browser can't run the generator; for ``reason`` see Unsupported in shared/browser_support.mjs."""
    key = f"explorer.unsupported.{reason}"
    return t(key if key in keys("explorer.unsupported.") else "explore.not_in_browser")


def _set_failure(reason: str) -> None:
    """Remember that the browser can't run the generator; "" lets it try again."""
    session.put("explore.failed", reason)


@st.fragment
def _training(subject: ExplorerSubject) -> None:
    """Draw the film of the training, in a box that is filled when it is opened."""
    if subject.step is None:
        return
    box = st.expander(t("explore.film"), icon=":material/movie:", key="explore-film", on_change="rerun")
    with box:
        if not box.open:
            return
        run = subject.run
        assert run is not None, "a subject with a step is a run"
        widgets.film(run, run.grids, f"film-{run.id}", max_width=640)
        with st.container(horizontal=True):
            run_downloads.films(run)


show()
