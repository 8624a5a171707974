"""ONNX files among the weights files: how they are told apart, and what they leave open."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gan_demo.config import ModelConfig
from gan_demo.gan.models.base import Generator
from gan_demo.weights.choices import likeliest_first
from gan_demo.weights.limits import max_weight_bytes, too_large
from gan_demo.weights.networks import StoredNetwork
from gan_demo.weights.onnx_models.generator import FAMILY, OnnxGenerator, read_onnx
from gan_demo.weights.onnx_models.images import RANGES
from gan_demo.weights.reading import kinds
from gan_demo.weights.recognised import Recognised, recognised

_START_BYTES = 16  # by which a file is told


def onnx_content(source: bytes | Path, filename: str) -> bytes | None:
    """Return the bytes of a file if it is an ONNX model, else None. Raises DataError for one that is too large."""
    if isinstance(source, bytes):
        content = source if kinds.is_onnx(source[:_START_BYTES], filename) else None
    else:
        content = _from_path(source, filename)
    if content is not None and len(content) > max_weight_bytes():
        raise too_large(filename)
    return content


def _from_path(path: Path, filename: str) -> bytes | None:
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            start = file.read(_START_BYTES)
            if not kinds.is_onnx(start, filename):
                return None
            return start + file.read(max_weight_bytes())
    except OSError:
        return None  # which the readers of weights explain


def recognise_onnx(data: bytes, filename: str) -> Recognised:
    """Return what an ONNX file says of its generator. Raises DataError, which says why it is none for us."""
    model, generator = read_onnx(data, filename)
    likeliest = generator.value_range

    def build(options: Mapping[str, str]) -> tuple[ModelConfig, Generator]:
        return model, OnnxGenerator(model, generator.process, options["value_range"])

    stored = StoredNetwork("", "generator", False, {})
    layers = (f"ONNX · {generator.process.description['operators']} operators",)
    return recognised(FAMILY, stored, layers, (likeliest_first("value_range", RANGES, likeliest),), build)
