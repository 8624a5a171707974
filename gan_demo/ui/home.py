"""The Home page: an introduction, the button that starts a training, and a film of a training."""

from __future__ import annotations

import streamlit as st

from gan_demo.boards import titles
from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import run_state
from gan_demo.ui import session, widgets

FILM_ORDER = ("digits", "faces", "tutorial", "ring")  # of shipped trainings; others follow
CARDS = ("train", "explore", "lab", "learn")


def show() -> None:
    """Draw the page."""
    left, right = st.columns([1, 1.25], gap="medium", vertical_alignment="center")
    with left.container(key="hero"):
        st.markdown(f"# {t('home.title')}\n\n{t('home.lead')}")
        _buttons()
        st.caption(t("home.small"))
    with right:
        _moving_picture()
    st.space("medium")
    for column, name in zip(st.columns(len(CARDS)), CARDS, strict=True):
        with column.container(border=True, height="stretch", key=f"card-{name}"):
            st.markdown(f"## {t(f'nav.{name}')}\n\n{t(f'home.{name}')}")
            widgets.page_link(f"{name}.py", t(f"home.{name}.go"), ":material/arrow_forward:")


def _buttons() -> None:
    job = run_state.own_job(session.owner())
    with st.container(horizontal=True):
        if job is not None and st.button(
            t("home.back", name=text.named("preset", job.name)),
            type="primary",
            key="back",
            icon=":material/monitoring:",
        ):
            session.go_to("train.py", run=job.id)
        if st.button(
            t("home.start"),
            key="start",
            icon=":material/play_arrow:",
            type="secondary" if job is not None else "primary",
        ):
            session.put("wanted-preset", "digits")
            session.go_to("train.py")


def _moving_picture() -> None:
    """Draw the looping film of a shipped model's training, with a choice of the model."""
    shipped = sorted((run for run in library.pretrained() if run.grids), key=_film_rank)
    if not shipped:
        widgets.cover("digits")
        return
    runs = {run.id: run for run in shipped}
    chosen = st.segmented_control(
        t("home.which"),
        list(runs),
        default=shipped[0].id,
        required=True,
        label_visibility="collapsed",
        format_func=lambda run_id: text.named("shipped", run_id),
        key="home-film",
    )
    run = runs[chosen]
    widgets.film(run, run.grids, "film-home", autoplay=True, max_width=640, compact=True)
    st.caption(t("home.film", time=titles.duration(run.info.seconds)))


def _film_rank(run: RunDir) -> int:
    return next((k for k, name in enumerate(FILM_ORDER) if run.id.startswith(name)), len(FILM_ORDER))


show()
