"""Every setting of a run, with what it does to training; what does not fit is said below its field."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import streamlit as st

from gan_demo.config import LOSS_NAMES, OPTIMIZERS, SCHEDULES, RunConfig
from gan_demo.errors import ConfigError
from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.presets import LOSS_SETTINGS, PRESETS
from gan_demo.ui import session

DATA = ("name", "size", "limit", "flip")
MODEL = ("arch", "conditional", "z_dim", "width", "d_width", "depth", "mapping")
GAME = ("loss", "d_steps", "r1", "r2", "gp", "penalty_every", "label_smoothing")
LEARNING = (
    "optimizer", "g_lr", "d_lr", "beta1", "beta2", "schedule", "warmup", "ema", "batch", "steps", "seed", "evaluate",
)  # fmt: skip
GROUPS = {"data": DATA, "model": MODEL, "game": GAME, "learning": LEARNING}
FORMATS = {"g_lr": "%.6f", "d_lr": "%.6f", "beta1": "%.3f", "beta2": "%.4f", "ema": "%.4f", "label_smoothing": "%.2f",
           "r1": "%.4f", "r2": "%.4f", "gp": "%.2f"}  # fmt: skip
STEPS = {"g_lr": 1e-4, "d_lr": 1e-4, "beta1": 0.1, "beta2": 0.01, "ema": 0.01, "label_smoothing": 0.05, "r1": 0.05,
         "r2": 0.05, "gp": 1.0, "steps": 1_000, "batch": 16, "limit": 1_000, "warmup": 100}  # fmt: skip


def settings_of(config: RunConfig) -> dict[str, Any]:
    """Every setting by its name, without what follows from the data."""
    return {
        one.name: getattr(section, one.name)
        for section in (config.data, config.model, config.train)
        for one in dataclasses.fields(section)
        if one.name not in ("shape", "labels")
    }


def fill(preset: str, config: RunConfig) -> None:
    """Begin a draft from a run's settings."""
    session.draft().replace(preset, settings_of(config))


def form() -> RunConfig | None:
    """Draw all settings of the draft; the RunConfig they make, or None while something does not fit."""
    draft = session.draft()
    if not draft.values:
        fill("digits", PRESETS["digits"])
    _preset_choice()
    slots: dict[str, Any] = {}
    for group, names in GROUPS.items():
        with st.container(border=True):
            st.markdown(f"**{t(f'form.{group}')}**")
            cells = st.columns(3, gap="medium")
            for place, name in enumerate(name for name in names if _applies(name, draft.values)):
                with cells[place % 3]:
                    draft.values[name] = _field(name, draft.values)
                    slots[name] = st.empty()
    return _checked(draft.values, slots)


def _preset_choice() -> None:
    draft = session.draft()
    names = list(PRESETS)
    chosen = st.selectbox(
        t("form.preset"), names, index=names.index(draft.preset) if draft.preset in names else 0,
        format_func=lambda name: text.named("preset", name), help=t("form.preset.help"),
        key=f"draft.preset.{draft.generation}",
    )  # fmt: skip
    if chosen != draft.preset and chosen in PRESETS:
        fill(chosen, PRESETS[chosen])
        st.rerun()


def _checked(values: Mapping[str, Any], slots: Mapping[str, Any]) -> RunConfig | None:
    problems: dict[str, ConfigError] = {}
    config: RunConfig | None = None
    for name in slots:  # each alone, so that every bad field says so at once
        try:
            _base(values).with_settings({"path": values["path"], "loss": values["loss"], name: values[name]})
        except ConfigError as error:
            problems.setdefault(error.field, error)
    try:
        config = _base(values).with_settings(values)
    except ConfigError as error:
        problems.setdefault(error.field, error)
    for name, found in problems.items():
        problem, remedy = text.error_message(found)
        if name in slots:
            slots[name].caption(f":red[{problem} {remedy}]")
        else:
            st.error(f"{problem} {remedy}")
    return None if problems else config


def _base(values: Mapping[str, Any]) -> RunConfig:
    """Settings that are valid whatever the draft says, of the draft's kind of data."""
    return PRESETS["ring" if _is_points(values) else "faces"]


def _is_points(values: Mapping[str, Any]) -> bool:
    return bool(values["arch"] == "points")


def _applies(name: str, values: Mapping[str, Any]) -> bool:
    """Is there anything to choose for this setting now?"""
    points, own = _is_points(values), values["name"] == "images"
    rules = {
        "size": own,
        "flip": not points,
        "arch": not points,
        "conditional": bool(_labels(values["name"])),
        "depth": points or values["arch"] == "resnet",
        "label_smoothing": values["loss"] in ("minimax", "non_saturating") or values["label_smoothing"] > 0,
        "penalty_every": any(values[one] for one in ("r1", "r2", "gp")),
        "beta2": values["optimizer"] != "sgd",
    }
    return rules.get(name, True)


def _field(name: str, values: Mapping[str, Any]) -> Any:
    """One widget; its value."""
    value = values[name]
    key = f"draft.{name}.{session.draft().generation}"
    label, help_text = t(f"setting.{name}"), t(f"setting.{name}.help")
    choices = _choices(name, values)
    if choices:
        changed = {"loss": _loss_changed, "name": _data_changed}.get(name)
        return st.selectbox(
            label, choices, index=choices.index(value) if value in choices else 0, help=help_text, key=key,
            format_func=lambda one: choice(name, one), on_change=changed, args=(key,) if changed else None,
        )  # fmt: skip
    if isinstance(value, bool):
        return st.toggle(label, value, help=help_text, key=key)
    if isinstance(value, int):
        return st.number_input(label, value=value, step=STEPS.get(name, 1), help=help_text, key=key)
    return st.number_input(
        label, value=float(value), step=float(STEPS[name]), format=FORMATS[name], help=help_text, key=key
    )


def _choices(name: str, values: Mapping[str, Any]) -> list[Any]:
    if name == "name":
        return list(_sources())
    if name == "arch":
        return ["mlp", "dcgan", "resnet", "dcgan64"] if values["size"] == 64 else ["mlp", "dcgan", "resnet"]
    known: dict[str, list[Any]] = {
        "size": [28, 32, 64], "loss": list(LOSS_NAMES), "optimizer": list(OPTIMIZERS), "schedule": list(SCHEDULES)
    }  # fmt: skip
    return known.get(name, [])


def choice(name: str, value: Any) -> str:
    """A choice as people read it."""
    if name == "size":
        return t("form.pixels", n=value)
    return text.named({"name": "data"}.get(name, name), str(value))


def _sources() -> Mapping[str, Any]:
    from gan_demo.data.datasets import DATASETS  # torch comes with it; this form is drawn when it is opened

    path = session.draft().values.get("path")
    return {name: one for name, one in DATASETS.items() if name != "images" or path}


def _labels(name: str) -> tuple[Any, ...]:
    known = _sources().get(name)
    return known.labels if known else ()


def _loss_changed(key: str) -> None:
    """Another loss needs other settings around it: bring them along."""
    draft = session.draft()
    loss = session.get(key)
    kind = "points" if _is_points(draft.values) else "images"
    draft.replace(draft.preset, draft.values | {"loss": loss} | LOSS_SETTINGS.get((loss, kind), {}))


def _data_changed(key: str) -> None:
    """Points and images need different networks; sets without labels cannot be told any."""
    draft, name = session.draft(), session.get(key)
    kind = _sources()[name].kind
    if (kind == "points") != _is_points(draft.values):
        fallback = "ring" if kind == "points" else "digits"
        fill(name if name in PRESETS else fallback, PRESETS.get(name, PRESETS[fallback]))
        session.draft().values["name"] = name
        return
    conditional = bool(draft.values["conditional"] and _labels(name))
    draft.replace(draft.preset, draft.values | {"name": name, "conditional": conditional})
