"""The dialog in which anyone forks a run: at which saved step, and with which training settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from gan_demo.boards import setting_choices
from gan_demo.boards.setting_choices import OBJECTIVE_SETTINGS, loss_settings
from gan_demo.config import LOSS_NAMES, SCHEDULES, RunConfig
from gan_demo.i18n import setting_words
from gan_demo.i18n.text import t
from gan_demo.runs import setting_changes
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import run_actions
from gan_demo.ui import attempts, session
from gan_demo.ui.customise import fields


def show(
    run: RunDir, step: int, settings: Mapping[str, object] | None = None, on_dismiss: Callable[[], None] = lambda: None
) -> None:
    """Draw a dialog that forks ``run`` at ``step``, or at the nearest saved step, and goes to the fork.

    Its fields begin with the run's settings at that step, replaced by ``settings`` (training settings by name).
    ``on_dismiss`` is called when the dialog is closed without a fork.
    """
    dialog = st.dialog(t("fork.title"), width="medium", icon=":material/fork_right:", on_dismiss=on_dismiss)
    dialog(_draw)(run.id, step, dict(settings or {}))


def _draw(run_id: str, wanted: int, settings: dict[str, object]) -> None:
    run = session.run(run_id)
    steps = run.intact_states
    if not steps:
        st.info(t("fork.none"), icon=":material/info:")
        return
    nearest = min(steps, key=lambda step: abs(step - wanted))
    step = nearest
    if len(steps) > 1:
        step = st.select_slider(
            t("fork.at"), steps, value=nearest, format_func=lambda step: f"{step:,}", key=f"fork-{run_id}-{wanted}-at"
        )
    if step == nearest != wanted:
        st.caption(t("fork.nearest", wanted=f"{wanted:,}", step=f"{nearest:,}"))
    st.markdown(t("fork.lead", step=f"{step:,}"))
    config = run.config_at(step)
    chosen = _fields(config, step, settings, f"fork-{run_id}-{step}")
    if st.button(t("fork.start"), type="primary", icon=":material/fork_right:", key="fork-start"):
        changed = {name: value for name, value in chosen.items() if value != getattr(config.train, name)}
        attempts.go_to_run(lambda: run_actions.fork(run, step, changed, session.owner()), t("setup.starting"))


def _fields(config: RunConfig, step: int, settings: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Draw the fields; return the fork's training settings by name."""
    train = config.train
    chosen: dict[str, Any] = {name: settings[name] for name in setting_changes.FORKED if name in settings}
    left, right = st.columns(2, gap="medium")
    with left:
        loss = chosen["loss"] = _select("loss", LOSS_NAMES, chosen.get("loss", train.loss), key)
    needed = {} if loss == train.loss else loss_settings(config, loss)
    names = (*setting_choices.LEARNING_RATES, *OBJECTIVE_SETTINGS)
    initial = {name: getattr(train, name) for name in names} | needed | chosen
    with right:
        chosen["schedule"] = _select("schedule", SCHEDULES, chosen.get("schedule", train.schedule), key)
    chosen |= needed | {name: settings[name] for name in OBJECTIVE_SETTINGS if name in settings}
    cells = st.columns(2, gap="medium")
    numbers = (*setting_choices.LEARNING_RATES, *setting_choices.objective_setting_names(loss, initial))
    for k, name in enumerate(numbers):
        with cells[k % 2]:
            field_key = key if name in setting_choices.LEARNING_RATES else f"{key}-{loss}"
            chosen[name] = _number_field(name, initial[name], field_key)
    chosen["steps"] = step + _further_steps(max(train.steps, int(settings.get("steps", 0))) - step, train.steps, key)
    return chosen


def _further_steps(remaining: int, planned: int, key: str) -> int:
    """Draw the field of how many steps to train on; it begins with what remains, or with the whole plan again."""
    value = remaining if remaining > 0 else max(1, planned)
    return st.number_input(
        t("fork.more"), min_value=1, value=value, step=1_000, key=f"{key}-more", help=t("fork.more.help")
    )


def _select(name: str, options: tuple[str, ...], value: str, key: str) -> str:
    chosen: str = st.selectbox(
        t(f"setting.{name}"),
        options,
        index=options.index(value),
        key=f"{key}-{name}",
        help=t(f"setting.{name}.help"),
        format_func=lambda option: setting_words.choice(name, option),
    )
    return chosen


def _number_field(name: str, value: Any, key: str) -> Any:
    label, help_text = t(f"setting.{name}"), t(f"setting.{name}.help")
    if name == "d_steps":
        return st.number_input(label, min_value=1, max_value=100, value=value, key=f"{key}-{name}", help=help_text)
    return st.number_input(
        label,
        min_value=0.0,
        value=float(value),
        step=fields.STEPS[name],
        format=fields.FORMATS[name],
        key=f"{key}-{name}",
        help=help_text,
    )
