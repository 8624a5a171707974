"""The popover in which a run's owner changes settings while it trains, and undoes the last change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from gan_demo.boards import setting_choices
from gan_demo.i18n import setting_words
from gan_demo.i18n.text import t
from gan_demo.runs import setting_changes
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import run_control
from gan_demo.ui import attempts, session

SMOOTHING_CHOICES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4)
# The popover lies at the foot of the window, so that samples and curves stay in sight while a setting changes.
DOCKED = """<style>
[data-testid="stPopoverBody"]:has(.st-key-live-settings) {
  inset: auto 0 0 !important; transform: none !important; box-sizing: border-box; margin: 0 auto; width: 100%;
  max-width: 1280px !important; max-height: 44vh !important; border-radius: 12px 12px 0 0; padding-bottom: .75rem;
}
.st-key-live-settings [data-testid="stColumn"] { min-width: 11rem; }
</style>"""


def show(run: RunDir) -> None:
    """Draw a widget for each live setting that matters for the run, and the undo button if there is a change."""
    st.html(DOCKED)
    config, changes = run_control.current_settings(run), run.changes()
    names = setting_choices.live_setting_names(config)
    with st.container(key="live-settings"):
        columns = st.columns(len(names), vertical_alignment="bottom", gap="medium")
    for column, name in zip(columns, names, strict=True):
        current = getattr(config.train, name)
        with column:
            _widget(run.id, name, current, _values_had(changes, name, current))
    note = t("control.change.note")
    st.caption(note if config.train.schedule == "constant" else f"{note} {t('control.schedule')}")
    last = setting_changes.to_undo(changes)
    if last is not None:
        st.button(
            t("control.undo"),
            icon=":material/undo:",
            key="control-undo",
            help=_change_in_words(last),
            on_click=attempts.call,
            args=(_undo, run.id),
        )


def _widget(run_id: str, name: str, current: Any, values_had: list[Any]) -> None:
    """Draw the widget of a setting with the value in effect, whoever changed it.

    ``values_had``: the values that it has had; the first is the middle of its scale.
    """
    key = f"live-{name}-{run_id}"
    session.put(key, current)  # with every drawing: widgets of a closed popover appear when it is opened
    common: dict[str, Any] = {
        "key": key,
        "help": t(f"setting.{name}.help"),
        "on_change": _apply_widget,
        "args": (run_id, name, key),
    }
    label = t(f"setting.{name}")
    if name == "d_steps":
        st.number_input(label, min_value=1, max_value=100, step=1, **common)
        return
    if name == "label_smoothing":
        options = sorted({*SMOOTHING_CHOICES, *values_had})
    else:
        is_rate = name in setting_choices.LEARNING_RATES
        options = setting_choices.logarithmic_choices(values_had[0], values_had, with_zero=not is_rate)
    st.select_slider(label, options, format_func=_number, **common)


def _values_had(changes: list[setting_changes.Change], name: str, current: Any) -> list[Any]:
    """Return all values that a setting has had, the one before its first live change first."""
    changed = [change for change in changes if name in change["was"]]
    return [*(change["was"][name] for change in changed[:1]), *(change["now"][name] for change in changed), current]


def _apply_widget(run_id: str, name: str, key: str) -> None:
    value = session.get(key)
    attempts.call(lambda run_id, owner: run_control.change(session.run(run_id), {name: value}, owner), run_id)


def _undo(run_id: str, owner: str) -> None:
    run_control.undo_change(session.run(run_id), owner)


def _change_in_words(change: Mapping[str, Any]) -> str:
    return "\n\n".join(
        t(
            "control.undo.what",
            setting=setting_words.name(name),
            was=setting_words.value(name, was),
            now=setting_words.value(name, change["now"][name]),
            step=f"{change['step']:,}",
        )
        for name, was in change["was"].items()
    )


def _number(value: float) -> str:
    return f"{value:g}"
