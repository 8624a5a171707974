"""All graphs of a training in one file: a JSON header, then the ONNX files; docs/compiled-step.md describes it."""

from __future__ import annotations

import json
import struct
from typing import Any

from gan_demo.config import RunConfig
from gan_demo.gan.compiled.export import step_onnx
from gan_demo.gan.compiled.layout import StateLayout
from gan_demo.gan.compiled.spec import CONTROLS, REPORT, GraphSpec, given_noise
from gan_demo.gan.compiled.views import ViewSpec, unit_counts, view_onnx

VERSION = 1
SAMPLES = 1024  # rows of a view's graph: 32×32 latents, or as many samples
PLANE = 4096  # 64×64 points at which D is drawn
ARROWS = 400  # 20×20 points with a slope
PICTURES = 64  # rows of the samples' view for images


def graph_bundle(config: RunConfig) -> bytes:
    """Compile all graphs that a training with these settings needs. ``config`` is fitted to its data."""
    graphs = _steps(config) | _views(config)
    header: dict[str, Any] = {
        "version": VERSION,
        "layout": StateLayout.of(config.model).as_json(),
        "controls": list(CONTROLS),
        "report": list(REPORT),
        "batch": config.train.batch,
        "graphs": {},
    }
    if config.model.arch == "points":
        header["units"] = {network: unit_counts(config.model, network) for network in ("g", "d")}
    offset = 0
    for name, content in graphs.items():
        header["graphs"][name] = [offset, len(content)]
        offset += len(content)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    return struct.pack("<I", len(text)) + text + b"".join(graphs.values())


def _steps(config: RunConfig) -> dict[str, bytes]:
    specs = {name: GraphSpec.of(config, name) for name in ("step", "d", "g")}
    if specs["step"] != (plain := GraphSpec.of(config, "step", penalised=False)):
        specs |= {"step_plain": plain, "d_plain": GraphSpec.of(config, "d", penalised=False)}
    return {name: step_onnx(spec) for name, spec in specs.items()}


def _views(config: RunConfig) -> dict[str, bytes]:
    model, loss = given_noise(config.model), config.train.loss
    if model.arch != "points":
        return {"samples": view_onnx(ViewSpec(model, "samples", PICTURES))}
    rows = {"samples": SAMPLES, "logits": PLANE, "slopes": ARROWS, "g_units": SAMPLES, "d_units": SAMPLES}
    return {view: view_onnx(ViewSpec(model, view, n, loss)) for view, n in rows.items()}
