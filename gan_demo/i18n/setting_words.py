"""Settings in words, in the current language: the name of one, its value, and what a change of several changes.

Pages, boards, exports and errors all ask here, so a setting reads the same wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gan_demo.i18n import text
from gan_demo.i18n.text import t

# 0, or no name, switches these off
OFF_AT_ZERO = ("mapping", "warmup", "r1", "r2", "gp", "label_smoothing", "ema", "seconds", "augment")
_PREFIXES = {"name": "data"}  # of the names of a setting's values, where it is not the setting itself
_PLAIN_NUMBERS = ("seed", "size")  # without separators


def name(setting: str) -> str:
    """Return a setting's name, or the setting itself if it has none, as one of a newer version."""
    return text.named("setting", setting)


def short_name(setting: str) -> str:
    """Return a setting's name as titles and marks have room for."""
    return t(f"setting.{setting}.short") if text.has(f"setting.{setting}.short") else name(setting)


def value(setting: str, setting_value: Any) -> str:
    """Return any setting's value as people read it: on and off, names of choices, numbers with separators."""
    if isinstance(setting_value, bool):
        return t("value.on") if setting_value else t("value.off")
    if not setting_value and setting in ("limit", "size"):
        return t("value.all") if setting == "limit" else t("value.own_size")
    if setting == "d_depth" and setting_value == -1:
        return t("value.as_g")
    if not setting_value and setting in OFF_AT_ZERO:
        return t("value.off")
    if isinstance(setting_value, (int, float)) and setting not in _PLAIN_NUMBERS:
        return f"{setting_value:,}" if isinstance(setting_value, int) else f"{setting_value:g}"
    return choice(setting, setting_value)


def choice(setting: str, setting_value: Any) -> str:
    """Return the name of a choice: of a loss, a data set, a network, an image size."""
    if setting == "augment" and not setting_value:
        return t("value.off")
    if setting == "size" and setting_value:
        return t("form.pixels", n=setting_value)
    return text.named(_PREFIXES.get(setting, setting), str(setting_value))


def changes(before: Mapping[str, Any], after: Mapping[str, Any], most: int = 0) -> str:
    """Return what ``after`` changes, such as "Loss: Hinge → Relativistic, R1 = R2: off → 0.05".

    Settings that change alike share a part. A setting without a value in ``before`` has only its new one. Of more than
    ``most`` parts the rest is counted; 0 is no limit.
    """
    alike: dict[str, list[str]] = {}
    for setting, new in after.items():
        if setting not in before:
            alike.setdefault(value(setting, new), []).append(setting)
        elif before[setting] != new:
            alike.setdefault(f"{value(setting, before[setting])} → {value(setting, new)}", []).append(setting)
    parts = [
        t("setting.changed", setting=" = ".join(map(short_name, settings)), change=change)
        for change, settings in alike.items()
    ]
    left_out = len(parts) - most if most else 0
    if left_out > 0:
        parts = [*parts[:most], t("setting.more", n=left_out)]
    return t("setting.and").join(parts)
