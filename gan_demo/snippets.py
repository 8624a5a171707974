"""Five lines that draw a sample from an exported generator, in Python and in JavaScript, for the model at hand."""

from __future__ import annotations

import json

from gan_demo.config import ModelConfig

_NORMAL = "Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())"


def python(model: ModelConfig, file: str) -> str:
    """With numpy and onnxruntime; ends with ``x``, float32 (1, C, H, W) in [-1, 1], or (1, 2)."""
    lines = [
        "import numpy as np, onnxruntime",
        f"session = onnxruntime.InferenceSession({json.dumps(file, ensure_ascii=False)})",
        f"z = np.random.default_rng(0).standard_normal((1, {model.z_dim}), dtype=np.float32)",
    ]
    given = '{"z": z, "psi": np.ones(1, np.float32)}'
    if model.label_width:
        lines.append(f"y = np.zeros((1, {model.label_width}), np.float32); y[0, {_first(model)}] = 1  # {_told(model)}")
        given = '{"z": z, "y": y, "psi": np.ones(1, np.float32)}'
    return "\n".join([*lines, f"x = session.run(None, {given})[0]  # {_shape(model)}"])


def javascript(model: ModelConfig, file: str) -> str:
    """With onnxruntime-web; ends with ``x``, a tensor of the same."""
    lines = [
        'import * as ort from "onnxruntime-web";',
        f"const session = await ort.InferenceSession.create({json.dumps(file, ensure_ascii=False)});",
        f'const z = new ort.Tensor("float32", Float32Array.from({{ length: {model.z_dim} }}, () => {_NORMAL}), '
        f"[1, {model.z_dim}]);",
    ]
    given = 'z, psi: new ort.Tensor("float32", [1], [1])'
    if model.label_width:
        lines.append(
            f'const y = new ort.Tensor("float32", Float32Array.from({{ length: {model.label_width} }}, '
            f"(_, k) => +{_first(model)}.includes(k)), [1, {model.label_width}]); // {_told(model)}"
        )
        given = f"z, y, {given[3:]}"
    return "\n".join([*lines, f"const {{ x }} = await session.run({{ {given} }}); // {_shape(model)}"])


def _first(model: ModelConfig) -> list[int]:
    """Where the first value of each label field is."""
    places, at = [], 0
    for one in model.labels:
        places.append(at)
        at += len(one.values)
    return places


def _told(model: ModelConfig) -> str:
    """What these labels say, and how many values each field has; on one line whatever people called them."""
    said = ", ".join(f"{one.name}: {one.values[0]} (of {len(one.values)})" for one in model.labels)
    return " ".join(said.split())


def _shape(model: ModelConfig) -> str:
    shape = ", ".join(map(str, (1, *model.shape)))
    return f"({shape})" if len(model.shape) == 1 else f"({shape}), from -1 to 1"
