"""What an ONNX file says of its generator, and what it leaves open."""

from __future__ import annotations

from collections.abc import Mapping

from gan_demo.config import ModelConfig
from gan_demo.gan.models.base import Generator
from gan_demo.weights.choices import likeliest_first
from gan_demo.weights.networks import StoredNetwork
from gan_demo.weights.onnx_models.files import OnnxFiles
from gan_demo.weights.onnx_models.generator import FAMILY, OnnxGenerator, read_onnx
from gan_demo.weights.onnx_models.images import RANGES
from gan_demo.weights.recognised import Recognised, recognised


def recognise_onnx(files: OnnxFiles, filename: str) -> Recognised:
    """Return what an ONNX file says of its generator. Raises DataError, which says why it is none for us."""
    model, generator = read_onnx(files, filename)
    likeliest = generator.value_range

    def build(options: Mapping[str, str]) -> tuple[ModelConfig, Generator]:
        return model, OnnxGenerator(model, generator.process, options["value_range"])

    stored = StoredNetwork("", "generator", False, {})
    layers = (f"ONNX · {generator.process.description['operators']} operators",)
    return recognised(FAMILY, stored, layers, (likeliest_first("value_range", RANGES, likeliest),), build)
