"""The graphs for points that are shipped, as templates: a file of parts, one for each depth of G, of D and activation.

docs/compiled-step.md describes the file; ``python -m scripts.make_lab_graphs`` writes it.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gan_demo.config import ACTIVATIONS, LOSS_NAMES, ModelConfig
from gan_demo.gan.compiled.export import step_onnx
from gan_demo.gan.compiled.layout import StateLayout, VectorLayout
from gan_demo.gan.compiled.spec import CONTROLS, REPORT, GraphSpec
from gan_demo.gan.compiled.views import ViewSpec, view_onnx
from gan_demo.lab import headed_file, templates
from gan_demo.lab.bundle import ROWS
from gan_demo.lab.page import GRAPHS

VERSION = 1
MOST_DEPTH = 4
PENALTIES = {"": (False, False), "r": (True, False), "gp": (False, True)}  # (R1 and R2, WGAN-GP's)


def part_names() -> Iterator[str]:
    """Return the names of the parts, "G's depth-D's depth-activation", the likeliest ones first."""
    for activation in ACTIVATIONS:
        for depth in range(MOST_DEPTH + 1):
            if depth or activation == ACTIVATIONS[0]:
                yield f"{depth}-{depth}-{activation}"
    for g_depth in range(MOST_DEPTH + 1):
        for d_depth in range(MOST_DEPTH + 1):
            if g_depth != d_depth:
                yield f"{g_depth}-{d_depth}-{ACTIVATIONS[0]}"


def part(name: str) -> bytes:
    """Compile a part, gzipped: a JSON header, then the templates."""
    g_depth, d_depth, activation = name.split("-")
    model = ModelConfig(
        "points",
        templates.SIZES["z_dim"],
        templates.SIZES["width"],
        templates.SIZES["d_width"],
        depth=int(g_depth),
        d_depth=int(d_depth),
        activation=activation,
        shape=(2,),
    )
    formulas = templates.Formulas.of(model, frozenset(ROWS.values()))
    optimizers = ("adam", "sgd") if g_depth == d_depth and activation == ACTIVATIONS[0] else ("adam",)
    graphs = {
        key: templates.template(content, formulas) for key, content in (*_steps(model, optimizers), *_views(model))
    }
    layout = StateLayout.of(model)
    header = {
        "version": VERSION,
        "controls": CONTROLS,
        "report": REPORT,
        "optimizers": optimizers,
        "formulas": formulas.as_json(),
        "tensors": {"g": _tensors(layout.g), "d": _tensors(layout.d)},
    }
    return gzip.compress(headed_file.with_graphs(header, graphs), 9, mtime=0)


def _steps(model: ModelConfig, optimizers: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for optimizer in optimizers:
        for penalties, (zero_centred, interpolated) in PENALTIES.items():
            for update in ("step", "d", "g"):
                for loss in LOSS_NAMES:
                    if (update == "g" and penalties) or (interpolated and loss != "wasserstein"):
                        continue
                    spec = GraphSpec(
                        model, loss, optimizer, templates.SIZES["batch"], update, zero_centred, interpolated
                    )
                    yield "/".join((update, loss, optimizer, penalties)), step_onnx(spec)


def _views(model: ModelConfig) -> Iterator[tuple[str, bytes]]:
    for view, rows in ROWS.items():
        for loss in LOSS_NAMES if view == "slopes" else ("",):
            key = f"{view}/{loss}" if loss else view
            yield key, view_onnx(ViewSpec(model, view, rows, loss or LOSS_NAMES[0]))


def _tensors(layout: VectorLayout) -> list[list[Any]]:
    return [[entry.name, [templates.size_name(size) for size in entry.shape]] for entry in layout.tensors]


def write(parts: dict[str, bytes], path: Path = GRAPHS) -> None:
    """Write the file of all parts."""
    path.write_bytes(headed_file.with_graphs({"version": VERSION}, parts))


def read(path: Path = GRAPHS) -> dict[str, bytes]:
    """Return the gzipped parts of a file by name."""
    header, contents = split(path.read_bytes())
    return {name: contents[offset:][:length] for name, (offset, length) in header["graphs"].items()}


def split(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the header of a file or part, and its contents."""
    file = io.BytesIO(content)
    return headed_file.read_header(file), file.read()
