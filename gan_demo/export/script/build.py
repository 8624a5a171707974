"""Export of a run as a short, readable training script without gan_demo, or as a notebook, with the same losses.

Random numbers are drawn from the same generators in the same order, so that one seed gives one training. A run whose
settings were changed is not reproduced: its script uses the final settings for all steps, and says so. The built-in
images, and own points, are in a file beside the script.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping

import numpy as np
import torch

from gan_demo.data import datasets
from gan_demo.export.script.context import ScriptContext, fitted, script_context
from gan_demo.export.script.history import history
from gan_demo.export.script.notes import cell_notes, header
from gan_demo.export.script.options import DATA_FILES, ScriptOptions
from gan_demo.runs.run_dir import RunDir

DEFAULT = ScriptOptions()


def script(run: RunDir, options: ScriptOptions = DEFAULT) -> str:
    """Return the script's source. Raises RunError for own images that were never read."""
    context = script_context(run, options)
    return joined(header(run, history(run), context, options), context)


def joined(docstring: str, context: ScriptContext) -> str:
    """Return the source of a script with this docstring."""
    body = "\n\n\n".join(code for _, code in context.cells())
    return f'"""{docstring}"""\n\n{body}\n'


def notebook(run: RunDir, options: ScriptOptions) -> bytes:
    """Return the same code as a Jupyter notebook (nbformat 4.5), each cell explained. Raises as ``script`` does."""
    context = script_context(run, options)
    notes = cell_notes(run, history(run), context, options.language)
    cells = [_cell("markdown", "title", notes["title"])]
    for key, code in context.cells():
        cells += [_cell("markdown", f"about-{key}", notes[key]), _cell("code", key, code)]
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _cell(kind: str, key: str, text: str) -> dict[str, object]:
    cell: dict[str, object] = {"cell_type": kind, "id": key, "metadata": {}, "source": text.splitlines(keepends=True)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def data(run: RunDir) -> dict[str, bytes]:
    """Return the file of samples that the script reads, by its name: built-in images or own points; else empty."""
    config = fitted(run.config)
    name = DATA_FILES.get(config.data.name)
    if name is None:
        return {}
    dataset = datasets.load(config.data)
    if dataset.samples.dim() == 2:
        arrays = {"points": dataset.samples.numpy()}  # (N, 2)
    else:
        arrays = {"images": dataset.samples.permute(0, 2, 3, 1).contiguous().numpy()}  # (N, H, W, C)
    if config.model.labels:
        arrays["labels"] = dataset.labels.to(torch.uint8).numpy()
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # the stub takes them for flags
    return {name: file.getvalue()}


def files(run: RunDir, options: ScriptOptions) -> dict[str, bytes]:
    """Return the notebook or script, and the file that it reads, by their names."""
    source = notebook(run, options) if options.notebook else script(run, options).encode()
    return {options.name: source} | data(run)


def packed(contents: Mapping[str, bytes]) -> bytes:
    """Return a single file as it is, and several as a zip: the same bytes each time."""
    if len(contents) == 1:
        return next(iter(contents.values()))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()
