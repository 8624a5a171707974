"""Widgets that several pages draw: frontend components, films, covers, errors, status badges, and the pages' style."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

from gan_demo.boards import addresses
from gan_demo.boards import film as board_film
from gan_demo.boards.assets import FRONTEND
from gan_demo.boards.titles import plain
from gan_demo.errors import GanDemoError
from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service.run_state import RunState
from gan_demo.ui import session

# Streamlit sends it with every redraw, so it only imports the code from a route, which browsers cache.
_LOADER = """
const code = import(new URL("{address}/{module}.mjs", document.baseURI).href);
export default function (component) {{
  let here = true;
  code.then((module) => here && module.draw(component));
  return () => {{ here = false; code.then((module) => module.clear(component.parentElement)); }};
}}
"""


def component(module: str, styles: tuple[str, ...] = ()) -> Any:
    """Register the component ``frontend/MODULE.mjs``, which exports ``draw`` and ``clear``; return what draws it.

    ``styles`` are style sheets below frontend/.
    """
    css = "\n".join((FRONTEND / file).read_text("utf-8") for file in styles)
    name = module.rpartition("/")[2]
    return st.components.v2.component(
        f"gan_demo_{name}", js=_LOADER.format(module=module, address=addresses.FRONTEND), css=css
    )


def download(
    label: str,
    data: Callable[[], str | bytes],
    file: str,
    mime: str,
    *,
    icon: str,
    key: str,
    help: str | None = None,
    width: Literal["content", "stretch"] = "content",
    disabled: bool = False,
) -> None:
    """Draw the button that downloads what ``data`` returns at the click, for which the page does not run again."""
    st.download_button(
        label, data, file, mime, icon=icon, key=key, help=help, width=width, disabled=disabled, on_click="ignore"
    )


_FILM = component("film/film", ("shared/range.css", "film/film.css"))
_FIGURE = st.components.v2.component(
    "gan_demo_figure",
    html="<div></div>",
    css="div { color: var(--st-text-color); font-family: var(--st-font); }",
    js="export default ({ data, parentElement }) => { parentElement.querySelector('div').innerHTML = data; }",
)
STYLE = """<style>
.stMain .block-container { max-width: 1280px; }
.st-key-hero button { min-height: 3.5rem; padding: 0 2rem; }
.st-key-hero button p { font-size: 1.125rem; font-weight: 600; }
.st-key-hero [data-testid="stMarkdownContainer"] h1 {
  font-size: clamp(2.25rem, 5vw, 3.5rem); line-height: 1.08; letter-spacing: -.02em; }
[class*="st-key-card-"] > div:last-child, [class*="st-key-see-"] > div:last-child,
[class*="st-key-card-"] > [class*="st-key-start-"] { margin-top: auto; }
[class*="st-key-start-"] ~ [class*="st-key-browser-"] { margin-top: 0 !important; } /* two buttons stand together */
[class*="st-key-card-"] [data-testid="stPageLink-NavLink"] * { white-space: normal; }
.stMain h2 { padding: .5rem 0 1rem; }
.stMain [class*="st-key-card-"] h2 { padding: 0 0 .25rem; font-size: 1.125rem; }
.stMain .st-key-heading h1 { padding: 1rem 0; font-size: 1.625rem; font-weight: 600; }
.st-key-film-home { min-height: min(calc(60vw + 3rem), 27rem); } /* the film's, before its module has come */
img.cover { display: block; width: 100%; height: auto; aspect-ratio: 3; border-radius: 6px; background: #161821; }
.st-key-heading .stMarkdownBadge { min-width: 5.5em; justify-content: center; text-align: center; }
.st-key-control-pause button, .st-key-control-resume button { min-width: 7rem; } /* so that a pause moves nothing */
img.thumbnail, div.thumbnail { display: block; width: 72px; height: 72px; border-radius: 6px; background: #161821;
  object-fit: cover; object-position: 0 0; image-rendering: pixelated; }
[data-testid="stHorizontalBlock"] > [data-testid="stLayoutWrapper"]:has(> .st-key-attempt) { flex: 1 0 100%; order: 1; }
.st-key-footer { margin-top: 2rem; font-size: .875rem; opacity: .72; }
/* what holds the strip of a class is no box, so that the strip sticks for the length of the page */
[data-testid="stLayoutWrapper"]:has(> .st-key-class-bar), .st-key-class-bar, .st-key-class-bar * { display: contents; }
.stMain:has(.st-key-class-strip-bar) { --header: 7.25rem; }
.st-key-language-bar { position: fixed; top: .85rem; right: 3.5rem; z-index: 999991; width: auto; }
[data-testid="stStatusWidget"] { margin-right: 9.75rem; } /* beside the choice of the language, not below it */
.stMain [data-testid="stSelectbox"] input { text-overflow: ellipsis; }
[data-testid="stCaptionContainer"] { opacity: .72; }
button[role="radio"][aria-checked="true"] p, button[data-variant="pills"][data-selected="true"] p,
[role="tab"][aria-selected="true"] p,
[data-testid="stSliderThumbValue"] p {
  color: light-dark(#a83508, #ff9a6b); } /* linkColor: the accent reads at 3.8 : 1 as text by night */
.stMain .katex-display { overflow-x: auto; overflow-y: hidden; padding: .25rem 0; }
.st-key-wide-table-losses table { min-width: 46rem; }
[data-scrolls] { --fade: 2rem; scrollbar-width: thin; }
[data-scrolls="end"] { mask-image: linear-gradient(to left, transparent, #000 var(--fade)); }
[data-scrolls="start"] { mask-image: linear-gradient(to right, transparent, #000 var(--fade)); }
[data-scrolls="start end"] {
  mask-image: linear-gradient(to right, transparent, #000 var(--fade) calc(100% - var(--fade)), transparent); }
[data-scrolls]:focus-visible { outline: 2px solid light-dark(#a83508, #ff9a6b); outline-offset: -2px; }
.st-key-compare-charts [data-testid="stButtonGroup"] > div { flex-wrap: wrap; }
[class*="st-key-wide-table"] [data-testid="stMarkdownContainer"] { overflow-x: auto; }
[class*="st-key-wide-table"] td, [class*="st-key-wide-table"] th { white-space: nowrap; }
.stMain .st-key-wide-table-losses td { white-space: normal; }
@media (max-width: 640px) { .stMain .block-container { padding: 3.75rem 1rem 2rem; }
  .stMain:has(.st-key-class-strip-bar) .st-key-page-head { margin-top: -1rem; }
  .stMain [data-testid="stButtonGroup"] [role="radiogroup"] { flex-wrap: wrap; }
  [class*="st-key-fields-"] [data-testid="stHorizontalBlock"] { row-gap: 1rem; }
  [data-testid="stSidebarNavLink"] { min-height: 2.75rem; }
  .stMain .st-key-controls { justify-content: flex-start; }
  .stApp:has([data-testid="stSidebar"][data-collapsed="false"]) .st-key-language-bar { visibility: hidden; } }
</style>"""


def film(
    run: RunDir,
    steps: list[int],
    key: str,
    *,
    live: bool = False,
    autoplay: bool = False,
    max_width: int = 760,
    compact: bool = False,
) -> None:
    """Draw the sample grids of ``steps`` with a scrubber; a ``live`` film follows the newest until it is scrubbed back.

    ``max_width`` is in CSS pixels.
    """
    data = board_film.data(run, steps, max_width=max_width, live=live, autoplay=autoplay, compact=compact)
    _FILM(key=key, data=data)


def figure(svg: str, key: str) -> None:
    """Draw SVG text of our own in the page's colours; st.html would remove it."""
    _FIGURE(key=key, data=svg)


def cover(name: str) -> None:
    """Draw a preset's cover, which scripts/preset_covers.py made; decoration, so without words for screen readers."""
    st.html(f'<img class="cover" src="app/static/cover-{name}.png" alt="" width="960" height="320">')


def show_error(error: GanDemoError) -> None:
    """Draw an error with its remedy, in the session's language."""
    problem, remedy = text.error_message(error)
    st.error(f"**{plain(problem)}**" + (f"\n\n{plain(remedy)}" if remedy else ""), icon=":material/error:")


def damaged_checkpoints(run: RunDir, step: int | None = None) -> None:
    """Say which checkpoints of a run are damaged, if any, and that ``step``, or else the newest intact one, is used."""
    intact = run.intact_checkpoints
    damaged = ", ".join(f"{saved:,}" for saved in run.checkpoints if saved not in intact)
    if damaged and intact:
        used = f"{intact[-1] if step is None else step:,}"
        st.warning(t("error.damaged_checkpoints", damaged=damaged, step=used), icon=":material/history:")
    elif damaged:
        st.warning(t("error.no_intact_checkpoint", damaged=damaged), icon=":material/history:")


def show_failure(error: BaseException, run_id: str) -> None:
    """Draw why a run failed; an exception that is no GanDemoError is a bug, to be reported with its diagnostics."""
    if isinstance(error, GanDemoError):
        show_error(error)
    else:
        st.error(t("error.unexpected", kind=type(error).__name__), icon=":material/error:")
        help_link(run_id, t("help.diagnostics"), ":material/bug_report:")


def help_link(run_id: str, label: str = "", icon: str = ":material/help:") -> None:
    """Draw a link to the Help page, whose diagnostics are about the run of this id, if any."""
    page_link("help.py", label or t("nav.help"), icon, **({"run": run_id} if run_id else {}))


def page_link(page: str, label: str, icon: str, help: str | None = None, **query: str) -> None:
    """Draw a link to another page of the app with these parameters; the address keeps its language."""
    st.page_link(page, label=label, icon=icon, help=help, query_params=session.with_language(query))


STATUS_COLOURS = {
    Status.QUEUED: "gray",
    Status.RUNNING: "green",
    Status.PAUSED: "orange",
    Status.DONE: "blue",
    Status.STOPPED: "gray",
    Status.FAILED: "red",
    Status.INTERRUPTED: "gray",
}


def status_badge(state: RunState) -> str:
    """Return a run's status as a coloured word in Markdown."""
    return f":{STATUS_COLOURS[state.status]}-badge[{t(f'status.{state.status.value}')}]"
