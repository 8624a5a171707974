"""The form of all settings: the essentials first, the others in sections, and what a training with them will take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from gan_demo.boards import setting_choices, titles
from gan_demo.config import RunConfig
from gan_demo.errors import ConfigError, GanDemoError
from gan_demo.i18n import setting_words, text
from gan_demo.i18n.text import t
from gan_demo.presets import PRESETS, time_budget
from gan_demo.service import estimate
from gan_demo.ui import session
from gan_demo.ui.customise import fields

ESSENTIALS = ("name", "size", "arch", "loss", "steps")
STOP = "stop"  # in a row of fields, the choice of what "steps" is counted in
SECTIONS = {
    "data": ("limit", "flip", "augment"),
    "model": (
        "conditional",
        "z_dim",
        "noise",
        "width",
        "d_width",
        "depth",
        "d_depth",
        "activation",
        "mapping",
        "packing",
    ),
    "learning": (
        "batch",
        "g_lr",
        "d_lr",
        "d_steps",
        "optimizer",
        "beta1",
        "beta2",
        "schedule",
        "warmup",
        "ema",
        "seed",
    ),
    "penalties": ("r1", "r2", "gp", "penalty_every", "label_smoothing"),
    "measuring": ("evaluate",),
}
ICONS = {
    "data": ":material/database:",
    "model": ":material/hub:",
    "learning": ":material/trending_up:",
    "penalties": ":material/shield:",
    "measuring": ":material/speed:",
}
COLUMNS = 3
GROUPS = {"essentials": ESSENTIALS, **SECTIONS}


def fill(preset: str, config: RunConfig, seconds: float = 0.0) -> None:
    """Start the draft over with the settings of ``config``, to be trained for ``seconds`` at most; 0 is no limit."""
    session.draft().replace(preset, setting_choices.setting_values(config), seconds)


def form() -> RunConfig | None:
    """Draw all settings of the draft; return the RunConfig that they make, or None while any is invalid."""
    draft = session.draft()
    if not draft.values:
        fill("digits", PRESETS["digits"], time_budget("digits"))
    errors = _errors(draft.values)
    _fields([*ESSENTIALS[:-1], STOP, ESSENTIALS[-1]], errors, first=_preset_choice)
    _what_was_replaced()
    for section, names in SECTIONS.items():
        shown = [name for name in names if fields.applies(name, draft.values)]
        if shown:
            with st.expander(
                _section_title(section, shown, errors),
                icon=ICONS[section],
                key=f"section-{section}.{draft.generation}",
                expanded=any(name in draft.marked() for name in shown),
            ):
                _fields(shown, errors)
                if section == "penalties":
                    _other_penalties()
    for name in errors.keys() - {name for names in GROUPS.values() for name in names}:
        st.error(" ".join(text.error_message(errors[name])))
    config = settings()
    return config if config is not None and _estimate(config) else None


def settings() -> RunConfig | None:
    """Return the settings of the draft, or None while any is invalid."""
    values = session.draft().values
    return None if _errors(values) else _base(values).with_settings(setting_choices.in_effect(values))


def run_name(config: RunConfig) -> str:
    """Return the name of a run with the form's settings: the preset's, unless it learns from other data."""
    preset = session.draft().preset
    return config.data.name if preset in PRESETS and PRESETS[preset].data.name != config.data.name else preset


def preset_of(values: Mapping[str, Any], preset: str) -> str:
    """Return the preset that settings are compared with: the one that they began with, else one of the same data."""
    fallback = "ring" if fields.is_points(values) else "faces" if values["name"] == "images" else "digits"
    return next(name for name in (preset, values["name"], fallback) if name in PRESETS)


# ---- the fields


def _preset_choice() -> None:
    draft = session.draft()
    names = list(PRESETS) if draft.preset in PRESETS else [draft.preset, *PRESETS]
    st.selectbox(
        t("form.preset"),
        names,
        index=names.index(draft.preset),
        format_func=lambda name: text.named("preset", name),
        help=t("form.preset.help"),
        key=fields.field_key("preset"),
        on_change=_take_preset,
    )


def _take_preset() -> None:
    draft, chosen = session.draft(), str(session.get(fields.field_key("preset")))
    if chosen in PRESETS:
        draft.adapt("preset", setting_choices.setting_values(PRESETS[chosen]), chosen, time_budget(chosen))


def _fields(names: Sequence[str], errors: Mapping[str, ConfigError], first: Callable[[], None] | None = None) -> None:
    """Draw the fields of settings in rows, each with its error; ``first`` draws a cell before them."""
    shown: list[Callable[[], None]] = [
        partial(_field, name, errors) for name in names if fields.applies(name, session.draft().values)
    ]
    cells = [first, *shown] if first is not None else shown
    with st.container(key=f"fields-{names[0]}"):
        for row in range(0, len(cells), COLUMNS):
            for column, draw in zip(st.columns(COLUMNS, gap="medium"), cells[row : row + COLUMNS], strict=False):
                with column:
                    draw()


def _field(name: str, errors: Mapping[str, ConfigError]) -> None:
    if name == STOP:
        fields.stop_after()
    elif name == "steps":
        fields.length()
    else:
        fields.draw(name)
    if name in errors:
        st.caption(f":red[{titles.plain(' '.join(text.error_message(errors[name])))}]")


def _section_title(section: str, names: list[str], errors: Mapping[str, ConfigError]) -> str:
    """Return a section's title, with the number of its settings that differ from the preset's or are invalid."""
    draft, title = session.draft(), t(f"form.{section}")
    invalid = sum(name in errors for name in names)
    if invalid:
        return t("form.section.invalid", title=title, n=invalid)
    usual = setting_choices.setting_values(PRESETS[preset_of(draft.values, draft.preset)])
    changed = sum(draft.values[name] != usual[name] for name in names)
    return t("form.section.changed", title=title, n=changed) if changed else title


def _other_penalties() -> None:
    """Draw the switch that offers penalties which go with other losses, where the loss has any."""
    draft = session.draft()
    uncommon = [name for name in SECTIONS["penalties"] if setting_choices.why_uncommon(name, draft.values)]
    if uncommon and not draft.other_penalties:
        st.toggle(t("form.other_penalties"), key=fields.field_key("other_penalties"), on_change=draft.offer_penalties)


def _what_was_replaced() -> None:
    """Say which settings the last choice brought with it, and offer to bring the former ones back."""
    draft = session.draft()
    changes, typed = draft.changes(), draft.overwritten()
    if draft.replaced is None or not changes or (draft.replaced.cause == "preset" and not typed):
        return
    cause = draft.replaced.cause
    chosen = (
        text.named("preset", draft.preset) if cause == "preset" else setting_words.value(cause, draft.values[cause])
    )
    with st.container(border=True, key="form-replaced"):
        before, after = ({name: pair[k] for name, pair in changes.items()} for k in (0, 1))
        brought = (
            setting_words.changes(before, after) if cause == "loss" else t("form.replaced.several", n=len(changes))
        )
        st.markdown(f":material/auto_fix_high: {titles.plain(t('form.replaced', name=chosen, changes=brought))}")
        if typed:
            typed_values = setting_words.changes({}, typed)
            st.markdown(f":material/edit: {titles.plain(t('form.replaced.typed', values=typed_values))}")
        with st.container(horizontal=True):
            if typed:
                st.button(t("form.keep_typed"), key="form-keep", on_click=draft.bring_back_typed)
            st.button(t("form.undo"), key="form-undo", on_click=draft.undo, icon=":material/undo:")


# ---- are they valid, and what will they take


def _errors(values: Mapping[str, Any]) -> dict[str, ConfigError]:
    """Return the error of each invalid setting by its name, of all of them at once."""
    errors: dict[str, ConfigError] = {}
    values = setting_choices.in_effect(values)
    names = [name for group in GROUPS.values() for name in group if fields.applies(name, values)]
    needed = {name: values[name] for name in ("path", "points", "loss")}
    for settings in [{**needed, name: values[name]} for name in names] + [values]:
        try:
            _base(values).with_settings(settings)
        except ConfigError as error:
            errors.setdefault(error.field, error)
    return errors


def _base(values: Mapping[str, Any]) -> RunConfig:
    """Return a valid config of the draft's kind of data, to check settings on."""
    return PRESETS["ring" if fields.is_points(values) else "faces"]


def _estimate(config: RunConfig) -> bool:
    """Say how large the networks are and how long the training takes; False, with the reason, if it can't start."""
    try:
        expected = estimate.estimate(config)
    except GanDemoError as error:
        st.error(" ".join(text.error_message(error)))
        return False
    if expected is None:
        st.caption(t("form.estimate.after_reading"))
        return True
    total = expected.g_parameters + expected.d_parameters
    size = t("form.estimate.size", total=f"{total:,}", g=f"{expected.g_parameters:,}", d=f"{expected.d_parameters:,}")
    if expected.pace is None:
        time = t("form.estimate.unknown")
    else:
        basis = "measured" if expected.pace.is_measured else "scaled"
        seconds, limit = config.train.steps * expected.pace.seconds, session.draft().seconds
        time = t(f"form.estimate.{basis}", time=titles.rough_duration(min(seconds, limit) if limit else seconds))
    st.markdown(f":material/timer: {time}  \n:material/hub: {size}")
    return True
