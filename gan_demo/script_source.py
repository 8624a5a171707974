"""A run's training script, cell by cell, out of the templates in ``script_parts``.

A template is Python with two signs. ``{{name}}`` stands for a value. ``#? condition`` at the end of a line keeps the
line where the condition holds, and lines from ``#? if condition`` to ``#? end`` stand or fall together; a condition is
flags with "not" before and "and" between them. ``# %% name`` begins a cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gan_demo import datasets, models, script_flags, script_layers, script_words, sheets
from gan_demo.config import RunConfig
from gan_demo.errors import RunError
from gan_demo.script_flags import changed, embedded, renewals
from gan_demo.script_history import History

PARTS = Path(__file__).parent / "script_parts"
_CELL = re.compile(r"# %% (\w+)\n")
_LINE = re.compile(r"\s*#\? (?!if |end)(.+)$")
_IMPORTS = {
    "argparse": "import argparse", "copy": "import copy", "json": "import json", "math": "import math",
    "struct": "import struct", "zlib": "import zlib", "Path": "from pathlib import Path", "": "",
    "np": "import numpy as np", "torch": "import torch", "display": "from IPython.display import Image, display",
    "ImageOps": "from PIL import Image, ImageOps", "nn": "from torch import nn",
    "F": "from torch.nn import functional as F", "datasets": "from torchvision import datasets",
}  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """How a script is wanted: as a ``notebook`` or a file; ``name`` without its ending is also that of its folder."""

    notebook: bool
    name: str
    refused: tuple[str, ...] = ()  # own images that are left out
    device: str = "cpu"


def fitted(config: RunConfig) -> RunConfig:
    """``config`` with the shape of its samples. Raises RunError for own images that nobody has read yet."""
    if config.model.shape:
        return config
    known = datasets.source(config.data.name)
    if known.name == "images":
        raise RunError("run", "", "has not begun, so its images are not known yet", "Let it train for a moment first")
    return config.fit(known.shape, known.labels)


def cells(past: History, wish: Wish) -> list[tuple[str, str]]:
    """(name, code) of each cell, in order."""
    config = fitted(past.begins)
    flags, values = _flags(past, config, wish), _values(past, config, wish)
    found: list[tuple[str, str]] = []
    for part in ("settings", "data", "networks", "training", "pictures", "loop"):
        text = filled(chosen((PARTS / f"{part}.py.txt").read_text(encoding="utf-8"), flags), values)
        pieces = _CELL.split(text)[1:]
        found += zip(pieces[::2], (tidy(piece) for piece in pieces[1::2]), strict=True)
    body = "\n".join(code for _, code in found)
    return [(name, _imported(code, body)) for name, code in found]


def chosen(template: str, flags: Mapping[str, bool]) -> str:
    """The lines whose conditions hold, without the conditions."""
    kept: list[str] = []
    standing = [True]
    for line in template.splitlines():
        if line.startswith("#? if "):
            standing.append(standing[-1] and _holds(line.removeprefix("#? if "), flags))
        elif line.startswith("#? end"):
            standing.pop()
        elif standing[-1]:
            found = _LINE.search(line)
            if found is None or _holds(found[1], flags):
                kept.append(line[: found.start()] if found else line)
    assert len(standing) == 1, "an #? if without its end"
    return "\n".join(kept) + "\n"


def _holds(condition: str, flags: Mapping[str, bool]) -> bool:
    words = [one.split() for one in condition.split(" and ")]
    return all(flags[one[-1]] != (one[0] == "not") for one in words)


def filled(text: str, values: Mapping[str, Any]) -> str:
    """With every ``{{name}}`` replaced."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: str(values[found[1]]), text)


def tidy(code: str) -> str:
    """Two empty lines before a function or class, at most one elsewhere, none around the whole."""
    code = re.sub(r"\n{3,}", "\n\n", code.strip("\n"))
    code = re.sub(r"\n+(?=(?:@|def |class |if __name__))", "\n\n\n", code)
    code = re.sub(r"(@[^\n]+)\n+(?=def )", r"\1\n", code)
    return code.strip("\n")


def _imported(code: str, body: str) -> str:
    """In the place of IMPORTS: those that the whole script needs."""
    groups: list[list[str]] = [[]]
    for name, line in _IMPORTS.items():
        if not name:
            groups.append([])
        elif re.search(rf"\b{name}\b[.(]", body):
            groups[-1].append(line)
    return code.replace("IMPORTS", "\n\n".join("\n".join(group) for group in groups), 1)


# ---- what is written in


def _flags(past: History, config: RunConfig, wish: Wish) -> dict[str, bool]:
    chosen_for = {"refused": bool(wish.refused), "notebook": wish.notebook, "script": not wish.notebook}
    return script_flags.flags(past, config) | chosen_for


def _values(past: History, config: RunConfig, wish: Wish) -> dict[str, Any]:
    model, train = config.model, config.train
    flags = _flags(past, config, wish)
    kinds = list(dict.fromkeys(one.optimizer for one in past.stretches))
    names = list(dict.fromkeys(one.loss for one in past.stretches))
    steps = past.stretches[-1].steps
    numbers = {name: getattr(train, name) for name in ("batch", "d_steps", "g_lr", "d_lr", "schedule", "warmup", "loss",
               "r1", "r2", "gp", "penalty_every", "label_smoothing", "ema", "seed")}  # fmt: skip
    return {
        **numbers, **_call_values(flags), **_network_values(config), **_data_values(config, wish),
        **_penalty_values(flags, len(model.shape)),
        "imports": "IMPORTS", "steps": train.steps if flags["falls"] or flags["schedules"] else steps,
        "steps_note": "; the learning rates fall until then" if flags["falls"] or flags["schedules"] else "",
        "last_steps": "STEPS" if "STEPS" not in script_words.change_lines(changed(past)) else steps,
        "z_dim": model.z_dim, "betas": script_words.betas(kinds, train),
        "labels": script_words.labels_entry(model.labels), "changes": script_words.change_lines(changed(past)),
        "loss_functions": script_words.loss_functions(names, flags["smoothing"]),
        "optimizers": script_words.optimizer_function(kinds),
        "renewed": _steps(renewals(past)[0]), "anew": _steps(renewals(past)[1]),
        "climb": "climb * " if flags["warmup"] else "",
        "climbs": "return " if flags["constant"] else "climb = ",
        "linear": "(1.0 - done)" if flags["warmup"] else "1.0 - done",
        "times_factor": " * rate_factor(step)" if flags["scheduled"] else "",
        "device": wish.device, "out": wish.name, "model": script_words.model_entry(model),
        "kept_g": "average" if flags["ema"] else "G", "real": ", samples" if flags["points"] else "",
    }  # fmt: skip


def _steps(steps: list[int]) -> str:
    return "(" + ", ".join(map(str, steps)) + ("," if len(steps) == 1 else "") + ")"


def _call_values(flags: dict[str, bool]) -> dict[str, str]:
    """Arguments: labels go wherever there are any."""
    y, told = (", y", ", labels") if flags["labels"] else ("", "")
    more = y + (", update" if flags["lazy"] else "") + (", rng" if flags["gp"] else "")
    pairs = {"x, fake": "x" if flags["paired"] else ""}
    real = "D(x" + y + "), " if pairs["x, fake"] else ""
    halves = [f"D({half}{y})" for half in ("both[: len(x)]", "both[len(x) :]")]
    return {
        "zy": "z" + y, "xy": "x" + y, "z_y": "z" + y, "x_y": "x" + y, "x_fake_y": "x, fake" + y,
        "both_y": "both, torch.cat([y, y])" if y else "both", "between_y": "between" + y,
        "update_arguments": "x, fake" + more, "update_call": "x, fake.detach()" + more,
        "apart_logits": f"D(x{y}), D(fake{y})", "apart_both": ", ".join(halves),
        "g_arguments": f"D, optimizer, {'x, ' if flags['paired'] else ''}fake{y}",
        "g_call": f"D, g_optimizer, {'x, ' if flags['paired'] else ''}fake{y}",
        "g_logits": f"{real}D(fake{y})", "batch_call": f"batch(samples{told}, rng)",
        "labels_argument": "labels, " if told else "", "labels_too": told,
        "labels_to": ", labels.to(device)" if told else "",
        "fixed": "shown(labels)" if told else "shown()",
        "without": ", without penalties" if flags["gradients"] else "",
        "cat_y": "torch.cat([x, fake])" + (", torch.cat([y, y])" if y else ""),
        "data_names": "samples" + told, "and_labels": " and label vectors (N, K)" if told else "",
        "g_labels": " and labels y (N, K)" if told else "", "d_labels": " and their labels" if told else "",
    }  # fmt: skip


def _penalty_values(flags: dict[str, bool], dimensions: int) -> dict[str, str]:
    halves = [f"{name} * squares[{half}].mean()" for name, half, on in
              (("R1", ": len(x)", flags["r1"]), ("R2", "len(x) :", flags["r2"])) if on]  # fmt: skip
    whole = " + ".join(halves)
    inner = f"0.5 * ({whole})" if len(halves) > 1 else f"0.5 * {whole}"
    return {
        "r_penalty": inner, "r_penalty_in": f"({inner})", "r_on": "", "gp_on": "" if flags["gp_always"] else " and GP",
        "ones": ", 1" * dimensions,
    }  # fmt: skip


def _network_values(config: RunConfig) -> dict[str, Any]:
    model = config.model
    G, D = models.outline_generator(model), models.outline_discriminator(model)
    deep = model.arch in ("dcgan", "resnet")
    wrap = "initialised({})" if model.arch in ("dcgan", "dcgan64") else "{}"
    order = ".to(memory_format=torch.channels_last)" if deep else ""
    shape = ", ".join(map(str, model.shape))
    return {
        "mapping_layers": script_layers.mapping_layers(G), "g_layers": script_layers.generator_lines(G),
        "d_layers": script_layers.discriminator_lines(D, model.shape, model.arch == "mlp"),
        "w": "w" if model.mapping or model.labels else "z",
        "linear_layer": script_layers.constructor(G.linear) if deep else "",  # type: ignore[arg-type]
        "start": f"{G.wide}, {G.start}, {G.start}" if deep else "", "shape": shape,
        "head": script_layers.constructor(D.head),
        "label": script_layers.constructor(D.label) if D.label is not None else "",
        "body": "main" if model.arch == "dcgan64" else "net",
        "samples_doc": f"images (N, {shape}) in [-1, 1]" if len(model.shape) == 3 else "points (N, 2)",
        "new_g": wrap.format("Generator()") + order, "new_d": wrap.format("Discriminator()") + order,
    }  # fmt: skip


def _data_values(config: RunConfig, wish: Wish) -> dict[str, Any]:
    data, model = config.data, config.model
    name, labelled = data.name, bool(model.labels)
    columns, kept = sheets.arrangement(model)
    size = data.size or 32
    lines = script_words.CENTRES.get(name, ("", ""))
    here = {"embedded": f'"{data_file(config)}"', "download": '"data"', "folder": "folder", "points": ""}
    option = {"embedded": "options.data", "download": "options.data_root", "folder": "options.folder", "points": ""}
    kind = "points" if len(model.shape) == 1 else "embedded" if embedded(data) else "download"
    kind = "folder" if name == "images" else kind
    return {
        "limit": data.limit, "in_range": "" if len(model.shape) == 1 else " and moved to -1..1",
        "download": script_words.download(name, labelled) if kind == "download" else "",
        "size": size, "twice": 2 * size, "left_out": script_words.names_set(wish.refused),
        "first": f"[:{data.limit}]" if data.limit else "", "points_doc": lines[0],
        "centres": "\n".join(f"    {line}" for line in lines[1:]), "sigma": datasets.SIGMA.get(name, ""),
        "count": f"{min(data.limit or datasets.POINTS, datasets.POINTS):,}", "columns": columns, "kept": kept,
        "shown": 2_000 if kind == "points" else sheets.COUNT, "data_file": data_file(config),
        "data_option": option[kind], "data_here": here[kind],
        "description": f"Trains a GAN on {datasets.source(name).title}.",
    }  # fmt: skip


def data_file(config: RunConfig) -> str:
    """What the file with the images is called that a script reads; empty where it needs none."""
    return script_words.DATA_FILES.get(config.data.name, "")
