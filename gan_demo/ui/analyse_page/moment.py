"""The step that a chart's selection, or the choice beside it, leads to: its picture, and the ways to it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from gan_demo.boards.analyse import chart
from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir
from gan_demo.ui import widgets
from gan_demo.ui.analyse_page import steps
from gan_demo.ui.analyse_page.charts import Points


def select(points: Points) -> None:
    """Go to the step of the first selected point, whose ``customdata`` is it or begins with it."""
    for point in points[:1]:
        data = point["customdata"]
        steps.link(int(data[0] if isinstance(data, list) else data))


def show(run: RunDir, part: str, shown: Sequence[int]) -> int:
    """Draw the choice among the steps of a chart, the picture of the chosen one, and the ways to it; return it."""
    several = sorted(set(shown))
    if len(several) > 1:
        st.caption(t(f"analyse.{part}.select"))
    step = steps.choose(run, part, several)
    grids = run.grids
    if grids:
        drawn = steps.nearest(grids, step)
        st.image(run.grid_png(drawn), caption=t("analyse.step", step=chart.step_name(drawn)), output_format="PNG")
    widgets.page_link("train.py", t("analyse.go.training"), ":material/movie:", run=run.id, step=str(step))
    if intact := run.intact_checkpoints:
        checkpoint = steps.nearest(intact, step)
        label = t("analyse.go.explore", step=chart.step_name(checkpoint))
        widgets.page_link("explore.py", label, ":material/explore:", run=run.id, step=str(checkpoint))
    return step
