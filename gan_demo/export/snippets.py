"""Code snippets that sample from an exported ONNX generator, in Python and in JavaScript."""

from __future__ import annotations

import json

from gan_demo.config import ModelConfig

_NORMAL_NUMBER = "Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())"


def python(model: ModelConfig, file: str) -> str:
    """Return lines for numpy and onnxruntime; the last sets ``x``, float32 (1, C, H, W) in [-1, 1], or (1, 2)."""
    lines = [
        "import numpy as np, onnxruntime",
        f"session = onnxruntime.InferenceSession({json.dumps(file, ensure_ascii=False)})",
        f"z = np.random.default_rng(0).standard_normal((1, {model.z_dim}), dtype=np.float32)",
    ]
    inputs = '{"z": z, "psi": np.ones(1, np.float32)}'
    if model.label_width:
        y = f"y = np.zeros((1, {model.label_width}), np.float32); y[0, {_first_values(model)}] = 1"
        lines.append(f"{y}  # {_example_labels(model)}")
        inputs = '{"z": z, "y": y, "psi": np.ones(1, np.float32)}'
    return "\n".join([*lines, f"x = session.run(None, {inputs})[0]  # {_shape(model)}"])


def javascript(model: ModelConfig, file: str) -> str:
    """Return lines for onnxruntime-web; the last sets ``x``, a tensor of the same shape."""
    lines = [
        'import * as ort from "onnxruntime-web";',
        f"const session = await ort.InferenceSession.create({json.dumps(file, ensure_ascii=False)});",
        f'const z = new ort.Tensor("float32", Float32Array.from({{ length: {model.z_dim} }}, () => {_NORMAL_NUMBER}), '
        f"[1, {model.z_dim}]);",
    ]
    inputs = 'z, psi: new ort.Tensor("float32", [1], [1])'
    if model.label_width:
        lines.append(
            f'const y = new ort.Tensor("float32", Float32Array.from({{ length: {model.label_width} }}, '
            f"(_, k) => +{_first_values(model)}.includes(k)), [1, {model.label_width}]); // {_example_labels(model)}"
        )
        inputs = f"z, y, {inputs[3:]}"
    return "\n".join([*lines, f"const {{ x }} = await session.run({{ {inputs} }}); // {_shape(model)}"])


def _first_values(model: ModelConfig) -> list[int]:
    """Return the index of each label field's first value in the label vector."""
    lengths = [len(field.values) for field in model.labels]
    return [sum(lengths[:k]) for k in range(len(lengths))]


def _example_labels(model: ModelConfig) -> str:
    """Return each label field's first value and number of values, on one line even if a name has line breaks."""
    text = ", ".join(f"{field.name}: {field.values[0]} (of {len(field.values)})" for field in model.labels)
    return " ".join(text.split())


def _shape(model: ModelConfig) -> str:
    shape = ", ".join(map(str, (1, *model.shape)))
    return f"({shape})" if len(model.shape) == 1 else f"({shape}), from -1 to 1"
