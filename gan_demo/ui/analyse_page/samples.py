"""The parts about real and generated samples: D's output on both, and both in one plane."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from gan_demo.boards.analyse import chart
from gan_demo.boards.analyse import samples as drawings
from gan_demo.errors import GanDemoError
from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import analyses
from gan_demo.ui import session, widgets
from gan_demo.ui.analyse_page import charts, computed, steps


def outputs(run: RunDir) -> None:
    """Draw D's output on real and on generated samples of a step."""
    title, note = t("analyse.outputs.title"), t("analyse.outputs.note")
    charts.note(note)
    step = steps.choose(run, "outputs", analyses.steps(run, "outputs"))
    values = computed.value(run, "outputs", step)
    if values is None:
        return
    file = f"{run.id}-outputs-{step}"
    verdict = t("analyse.outputs.separation", share=f"{values['separation']:.0%}")
    drawing = partial(drawings.outputs, values)
    charts.show(drawing, "analyse-outputs", title, file)
    st.markdown(verdict)
    charts.downloads(
        file,
        f"{title}, {t('analyse.step', step=chart.step_name(step))}",
        [note, verdict],
        [drawing],
        partial(drawings.outputs_table, values),
    )


def plane(run: RunDir) -> None:
    """Draw real and generated samples in one plane; selected ones of images are shown beside."""
    is_points = run.config.model.arch == "points"
    kind = ".points" if is_points else ""
    title, note = t("analyse.plane.title"), t(f"analyse.plane.note{kind}")
    charts.note(note)
    step = steps.choose(run, "plane", analyses.steps(run, "plane"))
    values = computed.value(run, "plane", step)
    if values is None:
        return
    names = [[chart.value_name(field, value) for value in words] for field, words in analyses.fields(run)]
    left, right = st.columns([5, 3], gap="medium")
    file = f"{run.id}-plane-{step}"
    notes = [note, *_surface_words(values)]
    drawing = partial(drawings.plane, values, names)
    with left:
        key = f"analyse-plane-{step}"  # another step's selection is of other samples
        selected = charts.show(drawing, key, title, file, selects=not is_points)
        charts.downloads(
            file,
            f"{title}, {t('analyse.step', step=chart.step_name(step))}",
            notes,
            [drawing],
            partial(drawings.plane_table, values),
        )
    with right:
        if is_points:
            st.markdown("\n\n".join(_surface_words(values)) or t("analyse.plane.no_surface"))
        else:
            _selected(run, step, [point["customdata"] for point in selected if point.get("customdata")])


def _surface_words(values: dict[str, Any]) -> list[str]:
    """Return what D's output over the plane of a 2-D set comes to, in a sentence; none without D."""
    surface = values.get("surface")
    if surface is None:
        return []
    shares = {name: f"{surface[name]:.2f}" for name in ("real_mean", "fake_mean")}
    return [t("analyse.plane.surface.words", taken=f"{surface['taken_for_real']:.0%}", **shares)]


def _selected(run: RunDir, step: int, chosen: Sequence[Sequence[Any]]) -> None:
    """Draw the pictures of selected samples, given as (kind, index); real ones for whoever may see them."""
    if not chosen:
        st.caption(t("analyse.plane.select"))
        return
    for kind in drawings.KINDS:
        rows = [int(row) for of, row in chosen if of == kind]
        if not rows:
            continue
        shown = min(len(rows), analyses.MOST_PICTURES)
        st.markdown(t(f"analyse.plane.selected.{kind}", n=len(rows), shown=shown))
        if kind == "real" and not analyses.may_see_real(run, session.owner()):
            st.caption(t("analyse.plane.private"))
            continue
        try:
            st.image(analyses.pictures(run, step, kind, rows, session.owner()), output_format="PNG")
        except GanDemoError as error:
            widgets.show_error(error)
