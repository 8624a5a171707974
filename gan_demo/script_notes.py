"""What a script says of itself, and what a notebook says of its cells."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import torch

from gan_demo import datasets
from gan_demo.config import RunConfig
from gan_demo.runs import RunDir
from gan_demo.script_history import History

LANGUAGES = ("en", "zh")
PARTS = Path(__file__).parent / "script_parts"


@cache
def table(language: str) -> dict[str, str]:
    """Every text by its key."""
    found: dict[str, str] = json.loads((PARTS / f"{language}.json").read_text(encoding="utf-8"))
    return found


def header(run: RunDir, past: History, config: RunConfig, name: str) -> str:
    """The docstring of a script, in English as the code is."""
    words = table("en")
    folder = " FOLDER" if config.data.name == "images" else ""
    known = datasets.source(config.data.name)
    downloaded = known.kind == "images" and not known.embedded and not folder
    needs = (
        "torch and numpy"
        if not downloaded and not folder
        else "torch, numpy and " + ("Pillow" if folder else "torchvision")
    )
    parts = [
        words["header.title"].format(data=known.title),
        words["header.promise"].format(run=harmless(run.id), torch=torch.__version__.split("+")[0]),
        *[_plain(words[key].format(**values)) for key, values in remarks(run, past, config)],
        words["header.needs"].format(needs=needs) + f"\n\n    python {harmless(name)}{folder} --steps 1000",
    ]
    return "\n\n".join(_wrapped(part) for part in parts) + "\n"


def remarks(run: RunDir, past: History, config: RunConfig) -> list[tuple[str, dict[str, object]]]:
    """What a reader must know of this run: the key of each text, and its values."""
    found: list[tuple[str, dict[str, object]]] = []
    if past.forks:
        steps = ", ".join(str(step) for step in past.forks)
        found.append(("remark.fork", {"steps": steps, "origin": harmless(run.info.parent.rpartition("@")[0])}))
    if past.later:
        found.append(("remark.changes", {}))
    if past.by_hand is not None:
        found.append(("remark.by_hand", {"step": past.by_hand}))
    if config.data.name == "images":
        found.append(("remark.zip" if config.data.path.lower().endswith(".zip") else "remark.folder", {}))
    if run.info.step < past.stretches[-1].steps:
        found.append(("remark.stopped", {"step": run.info.step, "steps": past.stretches[-1].steps}))
    return found


def notes(run: RunDir, past: History, language: str) -> dict[str, str]:
    """Markdown for the title and for each cell that needs some, by the cell's name."""
    words, model, train = table(language), past.begins.model, past.stretches[-1]
    known = datasets.source(past.begins.data.name)
    where = (
        "points"
        if known.kind == "points"
        else "own"
        if known.name == "images"
        else ("embedded" if known.embedded else "download")
    )
    told = [words[key].format(**values) for key, values in remarks(run, past, past.begins)]
    losses = list(dict.fromkeys(one.loss for one in past.stretches))
    extras = [
        words[f"extra.{key}"]
        for key, used in (
            ("penalty", any(one.r1 or one.r2 for one in past.stretches)),
            ("gp", any(one.gp for one in past.stretches)),
            ("smoothing", any(one.label_smoothing for one in past.stretches)),
        )
        if used
    ]
    networks = [words[f"networks.{model.arch}"], *([words["networks.labels"]] if model.labels else []),
                *([words["networks.mapping"]] if model.mapping else [])]  # fmt: skip
    title = words["title"].format(data=known.title, run=harmless(run.id), torch=torch.__version__.split("+")[0])
    return {
        "title": "\n\n".join([title, *told]),
        "settings": words["settings"],
        "data": words[f"data.{where}"],
        "networks": " ".join(networks),
        "losses": "\n\n".join([words["losses"], *[words[f"loss.{name}"] for name in losses], *extras]),
        "updates": words["updates"] + (" " + words["extra.ema"] if train.ema else ""),
        "pictures": words["pictures"],
        "training": words["training"],
        "run": words["run"],
        "look": words["look"],
    }


def harmless(name: str) -> str:
    """A file's or folder's name as it can stand in source: whatever could end a string is left out."""
    return re.sub(r"[^\w.@ -]", "", name) or "train"


def _plain(text: str) -> str:
    return text.replace("**", "").replace("`", "")


def _wrapped(text: str, width: int = 100) -> str:
    """Lines of a paragraph that is no code."""
    import textwrap

    first, gap, rest = text.partition("\n\n    ")
    return "\n".join(textwrap.wrap(first, width)) + gap + rest
