"""The lab's PyTorch script in parts, of which a static page, which has no server, puts together that of its settings.

A part is a function, a class or a group of lines at the top level. Its text depends on a few choices, so that a few
hundred texts serve every combination. Numbers are marks, such as ``«g_lr»``, which the page fills in
(frontend/lab/files/script_parts.mjs).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from gan_demo.config import ACTIVATIONS, LOSS_NAMES
from gan_demo.data import points
from gan_demo.export.lab_script import NAME, lab_script
from gan_demo.lab.page import OFFER

# Numbers that stand nowhere else in a script; a page puts its own in their place.
_MARKED: dict[str, float] = {
    "seed": 987_654,
    "batch": 777,
    "z_dim": 61,
    "width": 251,
    "d_width": 239,
    "d_steps": 17,
    "g_lr": 0.00123,
    "d_lr": 0.00321,
    "beta1": 0.123,
    "beta2": 0.987,
    "r1": 0.4321,
    "r2": 0.1234,
    "gp": 0.5678,
    "label_smoothing": 0.1357,
    "ema": 0.9753,
}
# Of weights that may be 0 only whether they are above it decides about a text; "r1" stands for R1 and R2 here.
_SWITCHES = ("r1", "gp", "label_smoothing", "ema")
_CHOICES: dict[str, tuple[Any, ...]] = {
    "name": tuple(points.SIGMA),
    "loss": LOSS_NAMES,
    "optimizer": tuple(OFFER["optimizer"]),
    "depth": tuple(OFFER["gLayers"]),
    "d_depth": tuple(OFFER["dLayers"]),
    "activation": ACTIVATIONS,
    "noise": ("normal", "uniform"),
    **dict.fromkeys(_SWITCHES, (0, 1)),
}
_SMOOTHED = ("minimax", "non_saturating")  # losses that have labels to smooth
# What the text of each part depends on, in the order of the script.
_PARTS: dict[str, tuple[str, ...]] = {
    '"""A GAN': ("name",),
    "import argparse": ("name", "ema"),
    "import numpy": ("loss",),
    "SEED": ("optimizer", *_SWITCHES),
    "load_data": ("name",),
    "batch": (),
    "Generator": ("depth", "activation", "noise"),
    "Discriminator": ("d_depth", "activation"),
    "new_networks": (),
    "discriminator_loss": ("loss", "label_smoothing"),
    "generator_loss": ("loss",),
    "squared_gradients": ("r1", "gp"),
    "gradient_penalty": ("gp",),
    "new_optimizer": ("optimizer",),
    "update_discriminator": ("r1", "gp"),
    "update_generator": ("loss",),
    "follow": ("ema",),
    "write_png": (),
    "save_picture": (),
    "fixed_inputs": (),
    "save_generator": ("depth", "activation", "noise"),
    "train": ("loss", "gp", "ema"),
    "main": ("name",),
    "if": (),
}


@cache
def script_parts() -> dict[str, Any]:
    """Return ``ScriptParts`` of lab/types.d.ts; it takes some hundred renderings, so it is kept in memory."""
    texts: dict[str, dict[str, str]] = {part: {} for part in _PARTS}
    for part, choices in _PARTS.items():
        for chosen in _combinations(choices):
            if _key(choices, chosen) not in texts[part]:
                _add(texts, chosen)
    parts = [{"choices": choices, "texts": texts[part]} for part, choices in _PARTS.items()]
    return {"name": NAME, "numbers": list(_MARKED), "switches": list(_SWITCHES), "parts": parts}


def _combinations(choices: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield every combination of some choices that go together; the others take turns, and so are soon there, too."""
    for turn, values in enumerate(itertools.product(*(_CHOICES[choice] for choice in choices))):
        others = {choice: known[turn % len(known)] for choice, known in _CHOICES.items()}
        chosen = others | dict(zip(choices, values, strict=True))
        if "label_smoothing" not in choices and chosen["loss"] not in _SMOOTHED:
            chosen["label_smoothing"] = 0
        if chosen["label_smoothing"] and "loss" not in choices:
            chosen["loss"] = _SMOOTHED[0]
        if not chosen["label_smoothing"] or chosen["loss"] in _SMOOTHED:
            yield chosen


def _add(texts: dict[str, dict[str, str]], chosen: Mapping[str, Any]) -> None:
    """Add the texts of all parts of the script of these choices."""
    numbers = {name: 0 if chosen.get(name) == 0 else value for name, value in _MARKED.items()}
    numbers["r2"] = _MARKED["r2"] if chosen["r1"] else 0
    written = _split(lab_script({"arch": "points", **chosen, **numbers}))
    for part, choices in _PARTS.items():
        text = _marked(written.pop(part, ""))
        if texts[part].setdefault(_key(choices, chosen), text) != text:
            raise AssertionError(f"the script's part {part} depends on more than {choices}")
    if written:
        raise AssertionError(f"parts of the script without a line in _PARTS: {list(written)}")


def _key(choices: tuple[str, ...], chosen: Mapping[str, Any]) -> str:
    return " ".join(str(chosen[choice]) for choice in choices)


def _split(script: str) -> dict[str, str]:
    """Return the script's parts by name, each with the blank lines behind it."""
    docstring, quotes, code = script.partition('"""\n\n')
    parts = [docstring + quotes, *re.split(r"(?<=\n\n)(?=\S)", code)]
    return {_name(part): part for part in parts}


def _name(part: str) -> str:
    """Return the name of what a part defines, or its first one or two words."""
    defined = re.search(r"^(?:def|class) (\w+)", part, re.MULTILINE)
    if defined:
        return defined[1]
    first, second, *_ = part.split(maxsplit=2)
    return f"{first} {second}" if first in ("import", '"""A') else first


def _marked(text: str) -> str:
    """Return a text with marks in place of its numbers."""
    for name, value in _MARKED.items():
        text = re.sub(rf"(?<![\d.]){re.escape(str(value))}(?![\d.])", f"«{name}»", text)
    return text
