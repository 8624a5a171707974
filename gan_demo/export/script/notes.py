"""The header of a script, and the explanations of a notebook's cells."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from functools import cache

import torch

from gan_demo.export.script.context import TEMPLATES, ScriptContext, environment
from gan_demo.export.script.history import History
from gan_demo.export.script.options import ScriptOptions, without_quotes
from gan_demo.runs.run_dir import RunDir

HEADER_WIDTH = 100


@cache
def sentences(language: str) -> dict[str, str]:
    """Return the sentences in ``language``, by key."""
    table: dict[str, str] = json.loads((TEMPLATES / f"{language}.json").read_text(encoding="utf-8"))
    return table


def header(run: RunDir, past: History, context: ScriptContext, options: ScriptOptions) -> str:
    """Return the docstring of a script, in English as the code is."""
    promises = [text.replace("**", "").replace("`", "") for text in _remarks(run, past, context, "en")]
    return header_of(context, options, f"its run {without_quotes(run.id)}", promises)


def header_of(context: ScriptContext, options: ScriptOptions, origin: str, promises: Sequence[str]) -> str:
    """Return the docstring of a script written from ``origin``; ``promises`` say what its losses are, and remarks."""
    promise, *remarks = promises
    values = {"title": context.title, "source": context.source, "name": without_quotes(options.name)}
    template = environment().get_template("header.txt.jinja")
    text = template.render(values, origin=origin, promise=promise, remarks=remarks)
    *prose, command = text.rstrip().split("\n\n")
    return "\n\n".join([*(textwrap.fill(paragraph, HEADER_WIDTH) for paragraph in prose), command]) + "\n"


def cell_notes(run: RunDir, past: History, context: ScriptContext, language: str) -> dict[str, str]:
    """Return Markdown for the title and for each cell, by the cell's name."""
    texts, model, train = sentences(language), context.model, context.train
    title = texts["title"].format(data=context.title, run=without_quotes(run.id))
    networks = {f"networks.{model.arch}": True, "networks.labels": model.labels, "networks.mapping": model.mapping}
    losses = {
        "losses": True,
        f"loss.{train.loss}": True,
        "loss.penalty": train.r1 or train.r2,
        "loss.gp": train.gp,
        "loss.smoothing": train.label_smoothing,
    }
    updates = {"updates": True, "updates.ema": train.ema, "updates.augment": train.augment}
    return texts | {
        "title": "\n\n".join([title, *_remarks(run, past, context, language)]),
        "data": texts[f"data.{context.source}"],
        "networks": " ".join(texts[key] for key, used in networks.items() if used),
        "losses": "\n\n".join(texts[key] for key, used in losses.items() if used),
        "updates": " ".join(texts[key] for key, used in updates.items() if used),
    }


def _remarks(run: RunDir, past: History, context: ScriptContext, language: str) -> list[str]:
    """Return remarks for the reader: first whether the losses equal the run's, then other special features."""
    promise = "changed" if past.changed else "same"
    keys = ["promise.weights" if context.train.start else f"promise.{promise if past.complete else 'incomplete'}"]
    if past.forks and past.complete:
        keys.append("remark.fork")
    if past.manual_update is not None:
        keys.append("remark.manual_update")
    if context.source == "folder":
        keys.append("remark.zip" if context.data.path.lower().endswith(".zip") else "remark.folder")
    if run.info.step < context.train.steps:
        keys.append("remark.stopped")
    values = {
        "torch": torch.__version__.split("+")[0],
        "origin": without_quotes(run.info.parent.rpartition("@")[0]),
        "forks": ", ".join(map(str, past.forks)),
        "manual_step": past.manual_update,
        "step": run.info.step,
        "steps": context.train.steps,
        "start": without_quotes(context.train.start),
    }
    return [sentences(language)[key].format_map(values) for key in keys]
