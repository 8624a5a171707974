"""The step that the page looks at, which its parts share and the address keeps."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from gan_demo.boards.analyse import chart
from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir
from gan_demo.ui import session


def nearest(steps: Sequence[int], step: int) -> int:
    """Return the one of ``steps`` that is nearest to ``step``."""
    return min(steps, key=lambda other: abs(other - step))


def wanted(steps: Sequence[int]) -> int:
    """Return the step of the address, or the nearest to it of ``steps``; the last without one."""
    linked = session.linked_step()
    return steps[-1] if linked is None else nearest(steps, linked)


def link(step: int) -> None:
    """Keep ``step`` in the address, for the other parts."""
    session.set_query("step", str(step))


def choose(run: RunDir, part: str, steps: Sequence[int]) -> int:
    """Draw the choice among the kept ``steps``, where there are several, and return the step to show."""
    if len(steps) == 1:
        st.caption(t("analyse.step.one", step=chart.step_name(steps[0])))
        return steps[0]
    key = f"analyse-step-{run.id}-{part}"
    step = wanted(steps)
    session.put(key, step)
    st.select_slider(
        t("analyse.step.choose"),
        list(steps),
        format_func=chart.step_name,
        key=key,
        help=t("analyse.step.choose.help"),
        on_change=lambda: link(int(session.get(key))),
    )
    return step
