"""Writer of a generator as a safetensors file whose header describes the network."""

from __future__ import annotations

import dataclasses
import json

import safetensors.torch

from gan_demo.config import ModelConfig
from gan_demo.gan.models.base import Generator
from gan_demo.weights.recognise import ForeignMLP

HEADER_KEY = "gan_demo"  # of our entry in a safetensors header


def weights_file(generator: Generator, model: ModelConfig, half: bool = False) -> bytes:
    """Return a safetensors file that ``load.load_weights`` reads; with ``half``, weights take 16 bits each."""
    kind = "layers" if isinstance(generator, ForeignMLP) else "generator"
    entry = json.dumps({"format": 1, "kind": kind, "model": dataclasses.asdict(model)})
    tensors = {
        name: (value.half() if half and value.is_floating_point() else value).detach().cpu().contiguous()
        for name, value in generator.state_dict().items()
    }
    return safetensors.torch.save(tensors, {HEADER_KEY: entry})
