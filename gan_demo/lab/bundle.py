"""All graphs of a training in one file: a JSON header, then the ONNX files; docs/compiled-step.md describes it."""

from __future__ import annotations

from typing import Any

from gan_demo.config import RunConfig
from gan_demo.gan.compiled.export import step_onnx
from gan_demo.gan.compiled.layout import StateLayout
from gan_demo.gan.compiled.spec import CONTROLS, REPORT, GraphSpec, given_noise
from gan_demo.gan.compiled.views import ViewSpec, unit_counts, view_onnx
from gan_demo.lab import headed_file

VERSION = 1
ROWS = {  # of each view's graph, for points
    "samples": 1024,  # 32×32 latents, or as many samples
    "logits": 4096,  # 64×64 points at which D is drawn
    "slopes": 400,  # 20×20 points with an arrow
    "g_units": 1024,
    "d_units": 1024,
}
PICTURES = 64  # rows of the samples' view for images


def graph_bundle(config: RunConfig) -> bytes:
    """Compile all graphs that a training with these settings needs. ``config`` is fitted to its data."""
    header: dict[str, Any] = {
        "version": VERSION,
        "layout": StateLayout.of(config.model).as_json(),
        "controls": list(CONTROLS),
        "report": list(REPORT),
        "batch": config.train.batch,
    }
    if config.model.arch == "points":
        header["units"] = {network: unit_counts(config.model, network) for network in ("g", "d")}
    return headed_file.with_graphs(header, _steps(config) | _views(config))


def _steps(config: RunConfig) -> dict[str, bytes]:
    specs = {name: GraphSpec.of(config, name) for name in ("step", "d", "g")}
    if specs["step"] != (plain := GraphSpec.of(config, "step", penalised=False)):
        specs |= {"step_plain": plain, "d_plain": GraphSpec.of(config, "d", penalised=False)}
    return {name: step_onnx(spec) for name, spec in specs.items()}


def _views(config: RunConfig) -> dict[str, bytes]:
    model, loss = given_noise(config.model), config.train.loss
    if model.arch != "points":
        return {"samples": view_onnx(ViewSpec(model, "samples", PICTURES))}
    return {view: view_onnx(ViewSpec(model, view, n, loss)) for view, n in ROWS.items()}
