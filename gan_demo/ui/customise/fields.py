"""The fields of the form of all settings: which ones a draft has, their widgets, and what stands below them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from gan_demo import own_points
from gan_demo.boards import setting_choices
from gan_demo.boards.titles import plain
from gan_demo.config import ACTIVATIONS, AUGMENTATIONS, LOSS_NAMES, NOISES, OPTIMIZERS, SCHEDULES
from gan_demo.i18n import setting_words
from gan_demo.i18n.text import t
from gan_demo.presets import LOSS_SETTINGS, PRESETS
from gan_demo.ui import session

USUAL_SECONDS, MAX_MINUTES = 60.0, 24 * 60.0
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


def applies(name: str, values: Mapping[str, Any]) -> bool:
    """Return whether there is such a setting for the data and the networks of ``values``."""
    points, own = is_points(values), values["name"] == "images"
    rules = {
        "size": own,
        "flip": not points,
        "augment": not points,
        "arch": not points,
        "conditional": bool(_labels(values["name"])),
        "depth": points or values["arch"] == "resnet",
        "d_depth": points,
        "activation": points,
        "packing": not values["conditional"],
    }
    return rules.get(name, True)


def is_points(values: Mapping[str, Any]) -> bool:
    """Return whether these are settings of a 2-D training."""
    return bool(values["arch"] == "points")


def stop_after() -> None:
    """Draw the choice of what the training stops after: steps, or minutes of training."""
    key = field_key("stop")
    st.segmented_control(
        t("form.stop_after"),
        ("steps", "time"),
        default="time" if session.draft().seconds else "steps",
        required=True,
        format_func=lambda kind: t(f"form.stop_after.{kind}"),
        help=t("form.stop_after.help"),
        key=key,
        on_change=_choose_stop,
        args=(key,),
    )


def length() -> None:
    """Draw after how many steps, or minutes of training, it stops."""
    draft = session.draft()
    if draft.seconds:
        key = field_key("minutes")
        st.number_input(
            t("form.minutes"),
            min_value=0.1,
            max_value=MAX_MINUTES,
            value=draft.seconds / 60,
            step=1.0,
            format="%.1f",
            key=key,
            on_change=_enter_minutes,
            args=(key,),
        )
    else:
        draw("steps")


def _choose_stop(key: str) -> None:
    session.draft().seconds = USUAL_SECONDS if session.get(key) == "time" else 0.0


def _enter_minutes(key: str) -> None:
    session.draft().seconds = 60.0 * float(session.get(key))


def draw(name: str) -> None:
    """Draw the widget of a setting, greyed with the reason where it has no effect; note what a choice replaced."""
    draft = session.draft()
    unused, uncommon = setting_choices.why_unused(name, draft.values), setting_choices.why_uncommon(name, draft.values)
    _widget(name, draft.values[name], is_disabled=bool(unused or (uncommon and not draft.other_penalties)))
    if unused:
        st.caption(t(f"form.unused.{unused}"))
    elif uncommon:
        st.caption(t(f"form.uncommon.{uncommon}"))
    if name in draft.marked():
        was = draft.marked()[name]
        mark = "form.was_typed" if name in draft.overwritten() else "form.was"
        st.caption(f":material/auto_fix_high: {plain(t(mark, value=setting_words.value(name, was)))}")


def _widget(name: str, value: Any, is_disabled: bool) -> None:
    common: dict[str, Any] = {
        "label": t(f"setting.{name}"),
        "help": t(f"setting.{name}.help"),
        "key": field_key(name),
        "disabled": is_disabled,
        "on_change": _CHOSEN.get(name, _entered),
        "args": (name,),
    }
    choices = _choices(name, session.draft().values)
    if choices:
        index = choices.index(value) if value in choices else 0
        st.selectbox(options=choices, index=index, format_func=lambda option: _choice(name, option), **common)
    elif isinstance(value, bool):
        st.toggle(value=value, **common)
    elif isinstance(value, int):
        st.number_input(value=value, step=STEPS.get(name, 1), **common)
    else:
        st.number_input(value=float(value), step=float(STEPS[name]), format=FORMATS[name], **common)


def field_key(name: str) -> str:
    """Return the key of a setting's widget in this draft."""
    return f"draft.{name}.{session.draft().generation}"


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
        "activation": list(ACTIVATIONS),
        "noise": list(NOISES),
        "augment": list(AUGMENTATIONS),
    }
    return choices.get(name, [])


def _choice(name: str, value: Any) -> str:
    """Return the name of a choice; a data set's says what it takes to get it."""
    label = setting_words.choice(name, value)
    source = _sources().get(value) if name == "name" else None
    if source is None or source.kind == "points" or value == "images":
        return label
    if source.megabytes:
        return t("form.source.download", name=label, n=source.megabytes)
    return t("form.source.built_in", name=label)


def _sources() -> Mapping[str, Any]:
    """Return the data sets by name; own images and points are among them only where the draft has some."""
    from gan_demo.data.datasets import DATASETS  # imported late because it loads torch, and the form is rarely opened

    values = session.draft().values
    needs = {"images": "path", own_points.NAME: "points"}  # the setting that holds one's own data
    return {name: source for name, source in DATASETS.items() if name not in needs or values.get(needs[name])}


def _labels(name: str) -> tuple[Any, ...]:
    source = _sources().get(name)
    return source.labels if source else ()


# ---- what a change brings with it


def _entered(name: str) -> None:
    session.draft().enter(name, session.get(field_key(name)))


def _adapt_to_loss(name: str) -> None:
    """Fill in the settings that the chosen loss needs in order to learn."""
    draft, loss = session.draft(), session.get(field_key(name))
    kind = "points" if is_points(draft.values) else "images"
    draft.adapt("loss", {"loss": loss} | LOSS_SETTINGS.get((loss, kind), {}))


def _adapt_to_data(name: str) -> None:
    """Fill in networks that suit the chosen data (points or images); without labels, switch conditional off."""
    draft, chosen = session.draft(), session.get(field_key(name))
    kind = _sources()[chosen].kind
    if (kind == "points") == is_points(draft.values):
        conditional = bool(draft.values["conditional"] and _labels(chosen))
        draft.adapt("name", {"name": chosen, "conditional": conditional})
        return
    preset = chosen if chosen in PRESETS else "ring" if kind == "points" else "digits"
    others = setting_choices.setting_values(PRESETS[preset])
    draft.adapt(
        "name", others | {"name": chosen, "path": draft.values["path"], "points": draft.values["points"]}, preset
    )


_CHOSEN = {"loss": _adapt_to_loss, "name": _adapt_to_data}
