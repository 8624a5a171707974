"""The form of all settings: a field for each with what it does to training, and its errors below it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from gan_demo.boards import setting_choices
from gan_demo.config import LOSS_NAMES, OPTIMIZERS, SCHEDULES, RunConfig
from gan_demo.errors import ConfigError
from gan_demo.i18n import setting_words, text
from gan_demo.i18n.text import t
from gan_demo.presets import LOSS_SETTINGS, PRESETS
from gan_demo.runs import setting_changes
from gan_demo.ui import session

DATA = ("name", "size", "limit", "flip")
MODEL = ("arch", "conditional", "z_dim", "width", "d_width", "depth", "mapping")
GAME = ("loss", "d_steps", "r1", "r2", "gp", "penalty_every", "label_smoothing")
LEARNING = (
    "optimizer",
    "g_lr",
    "d_lr",
    "beta1",
    "beta2",
    "schedule",
    "warmup",
    "ema",
    "batch",
    "steps",
    "seed",
    "evaluate",
)
GROUPS = {"data": DATA, "model": MODEL, "game": GAME, "learning": LEARNING}
FORMATS = {
    "g_lr": "%.6f",
    "d_lr": "%.6f",
    "beta1": "%.3f",
    "beta2": "%.4f",
    "ema": "%.4f",
    "label_smoothing": "%.2f",
    "r1": "%.4f",
    "r2": "%.4f",
    "gp": "%.2f",
}
STEPS = {
    "g_lr": 1e-4,
    "d_lr": 1e-4,
    "beta1": 0.1,
    "beta2": 0.01,
    "ema": 0.01,
    "label_smoothing": 0.05,
    "r1": 0.05,
    "r2": 0.05,
    "gp": 1.0,
    "steps": 1_000,
    "batch": 16,
    "limit": 1_000,
    "warmup": 100,
}


def fill(preset: str, config: RunConfig) -> None:
    """Start the draft over with the settings of ``config``."""
    session.draft().replace(preset, setting_choices.setting_values(config))


def form() -> RunConfig | None:
    """Draw all settings of the draft; return the RunConfig that they make, or None while any is invalid."""
    draft = session.draft()
    if not draft.values:
        fill("digits", PRESETS["digits"])
    _preset_choice()
    slots: dict[str, Any] = {}
    for group, names in GROUPS.items():
        with st.container(border=True):
            st.markdown(f"**{t(f'form.{group}')}**")
            cells = st.columns(3, gap="medium")
            for k, name in enumerate(name for name in names if _applies(name, draft.values)):
                with cells[k % 3]:
                    draft.values[name] = _field(name, draft.values)
                    slots[name] = st.empty()
    return _checked(draft.values, slots)


def _preset_choice() -> None:
    draft = session.draft()
    names = list(PRESETS)
    chosen = st.selectbox(
        t("form.preset"),
        names,
        index=names.index(draft.preset) if draft.preset in names else 0,
        format_func=lambda name: text.named("preset", name),
        help=t("form.preset.help"),
        key=f"draft.preset.{draft.generation}",
    )
    if chosen != draft.preset and chosen in PRESETS:
        fill(chosen, PRESETS[chosen])
        st.rerun()


def _checked(values: Mapping[str, Any], slots: Mapping[str, Any]) -> RunConfig | None:
    """Return the config of ``values``, or None after drawing each error in its field's slot."""
    errors: dict[str, ConfigError] = {}
    config: RunConfig | None = None
    for name in slots:  # one by one, so that all invalid fields are marked at once
        try:
            _base(values).with_settings({"path": values["path"], "loss": values["loss"], name: values[name]})
        except ConfigError as error:
            errors.setdefault(error.field, error)
    try:
        config = _base(values).with_settings(values)
    except ConfigError as error:
        errors.setdefault(error.field, error)
    for name, field_error in errors.items():
        problem, remedy = text.error_message(field_error)
        if name in slots:
            slots[name].caption(f":red[{problem} {remedy}]")
        else:
            st.error(f"{problem} {remedy}")
    return None if errors else config


def _base(values: Mapping[str, Any]) -> RunConfig:
    """Return a valid config of the draft's kind of data, to check settings on."""
    return PRESETS["ring" if _is_points(values) else "faces"]


def _is_points(values: Mapping[str, Any]) -> bool:
    return bool(values["arch"] == "points")


def _applies(name: str, values: Mapping[str, Any]) -> bool:
    """Return whether a setting means anything together with the other ``values``."""
    points, own = _is_points(values), values["name"] == "images"
    rules = {
        "size": own,
        "flip": not points,
        "arch": not points,
        "conditional": bool(_labels(values["name"])),
        "depth": points or values["arch"] == "resnet",
        "label_smoothing": values["loss"] in setting_choices.LOSSES_WITH_SMOOTHING or values["label_smoothing"] > 0,
        "penalty_every": any(values[penalty] for penalty in setting_changes.PENALTIES),
        "beta2": values["optimizer"] != "sgd",
    }
    return rules.get(name, True)


def _field(name: str, values: Mapping[str, Any]) -> Any:
    """Draw the widget of a setting; return its value."""
    value = values[name]
    key = f"draft.{name}.{session.draft().generation}"
    label, help_text = t(f"setting.{name}"), t(f"setting.{name}.help")
    choices = _choices(name, values)
    if choices:
        on_change = {"loss": _adapt_to_loss, "name": _adapt_to_data}.get(name)
        return st.selectbox(
            label,
            choices,
            index=choices.index(value) if value in choices else 0,
            help=help_text,
            key=key,
            format_func=lambda value: _choice(name, value),
            on_change=on_change,
            args=(key,) if on_change else None,
        )
    if isinstance(value, bool):
        return st.toggle(label, value, help=help_text, key=key)
    if isinstance(value, int):
        return st.number_input(label, value=value, step=STEPS.get(name, 1), help=help_text, key=key)
    return st.number_input(
        label, value=float(value), step=float(STEPS[name]), format=FORMATS[name], help=help_text, key=key
    )


def _choice(name: str, value: Any) -> str:
    """Return the name of a choice; a data set's says what getting it takes."""
    label = setting_words.choice(name, value)
    if name != "name" or value not in _sources():
        return label
    source = _sources()[value]
    if value in ("images",) or source.kind == "points":
        return label
    if source.embedded:
        return t("form.source.built_in", name=label)
    return t("form.source.download", name=label, n=source.megabytes)


def _choices(name: str, values: Mapping[str, Any]) -> list[Any]:
    """Return the values to choose from; [] for a number or a switch."""
    if name == "name":
        return list(_sources())
    if name == "arch":
        return ["mlp", "dcgan", "resnet", "dcgan64"] if values["size"] == 64 else ["mlp", "dcgan", "resnet"]
    choices: dict[str, list[Any]] = {
        "size": [28, 32, 64],
        "loss": list(LOSS_NAMES),
        "optimizer": list(OPTIMIZERS),
        "schedule": list(SCHEDULES),
    }
    return choices.get(name, [])


def _sources() -> Mapping[str, Any]:
    """Return the data sets by name; own images are among them only after an upload."""
    from gan_demo.data.datasets import DATASETS  # imported late because it loads torch, and the form is rarely opened

    path = session.draft().values.get("path")
    return {name: source for name, source in DATASETS.items() if name != "images" or path}


def _labels(name: str) -> tuple[Any, ...]:
    source = _sources().get(name)
    return source.labels if source else ()


def _adapt_to_loss(key: str) -> None:
    """Fill in the settings that the chosen loss needs in order to learn."""
    draft = session.draft()
    loss = session.get(key)
    kind = "points" if _is_points(draft.values) else "images"
    draft.replace(draft.preset, draft.values | {"loss": loss} | LOSS_SETTINGS.get((loss, kind), {}))


def _adapt_to_data(key: str) -> None:
    """Fill in networks that suit the chosen data (points or images); without labels, switch conditional off."""
    draft, name = session.draft(), session.get(key)
    kind = _sources()[name].kind
    if (kind == "points") != _is_points(draft.values):
        fallback = "ring" if kind == "points" else "digits"
        fill(name if name in PRESETS else fallback, PRESETS.get(name, PRESETS[fallback]))
        session.draft().values["name"] = name
        return
    conditional = bool(draft.values["conditional"] and _labels(name))
    draft.replace(draft.preset, draft.values | {"name": name, "conditional": conditional})
