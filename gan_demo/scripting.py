"""A run as a training script without gan_demo, or as a notebook: short, to be read, and with the same losses.

What they draw at random they draw from the same generators in the same order, so that one seed gives one training. The
data sets that come with gan_demo travel in a file beside the script.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from gan_demo import datasets, script_notes, script_source
from gan_demo.config import RunConfig
from gan_demo.errors import ConfigError
from gan_demo.runs import RunDir
from gan_demo.script_history import History, history
from gan_demo.script_source import Wish

LANGUAGES = script_notes.LANGUAGES


def script(run: RunDir, name: str = "train.py") -> str:
    """The script's source. Raises RunError for a run whose beginning is not known."""
    past = history(run)
    cells = script_source.cells(past, _wish(run, name, notebook=False))
    body = "\n\n\n".join(code for _, code in cells) + "\n"
    return f'"""{_header(run, past, name)}"""\n\n' + body


def notebook(run: RunDir, name: str = "train.ipynb", language: str = "en") -> bytes:
    """The same as a Jupyter notebook (nbformat 4.5), each cell explained in English ("en") or Chinese ("zh")."""
    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise ConfigError("language", language, "is not known", "Known: {known}", known=known)
    past = history(run)
    cells = script_source.cells(past, _wish(run, name, notebook=True))
    notes = script_notes.notes(run, past, language)
    found = [_cell("markdown", "title", notes["title"])]
    for key, code in cells:
        if key in notes:
            found.append(_cell("markdown", f"about-{key}", notes[key]))
        found.append(_cell("code", key, code))
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    whole = {"cells": found, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _cell(kind: str, key: str, text: str) -> dict[str, object]:
    cell: dict[str, object] = {"cell_type": kind, "id": key, "metadata": {}, "source": text.splitlines(keepends=True)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def data(run: RunDir) -> dict[str, bytes]:
    """The file of images that the script reads, by its name; nothing where they are downloaded, drawn or one's own."""
    config = script_source.fitted(history(run).begins)
    name = script_source.data_file(config)
    if not name:
        return {}
    found = datasets.load(config.data)
    arrays = {"images": found.samples.permute(0, 2, 3, 1).contiguous().numpy()}  # (N, H, W, C)
    if config.model.labels:
        arrays["labels"] = found.labels.to(torch.uint8).numpy()
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # the stub takes them for flags
    return {name: file.getvalue()}


def files(run: RunDir, name: str, language: str = "en") -> dict[str, bytes]:
    """A notebook (``name`` ends in .ipynb) or a script, and what it reads, by their file names."""
    made = notebook(run, name, language) if name.endswith(".ipynb") else script(run, name).encode()
    return {name: made} | data(run)


def packed(contents: Mapping[str, bytes]) -> bytes:
    """One file as it is; several as a zip, the same bytes each time."""
    if len(contents) == 1:
        return next(iter(contents.values()))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _wish(run: RunDir, name: str, notebook: bool) -> Wish:
    refused = tuple(file for file, _ in run.refused)
    device = "cuda" if run.info.device.startswith("cuda") else "cpu"
    return Wish(notebook, f"{script_notes.harmless(Path(name).stem)}-out", refused, device)


def _header(run: RunDir, past: History, name: str) -> str:
    """The script's docstring: what it does, what it needs, and how it is called."""
    config: RunConfig = script_source.fitted(past.begins)
    return script_notes.header(run, past, config, name)
