"""Generators built from weights files: our own, and those of others.

Supported are our safetensors files, whose header describes the network, and plain state dicts whose architecture
follows from the shapes of their weights: an MLP as in the tutorial, and the generator of PyTorch's DCGAN example.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from gan_demo.config import IMAGE_SHAPES, ModelConfig, RunConfig
from gan_demo.errors import ConfigError, DataError
from gan_demo.gan import latent
from gan_demo.gan.models.base import Generator
from gan_demo.support import bounded_json
from gan_demo.support.bounded_json import InvalidJsonError
from gan_demo.weights import containers, networks
from gan_demo.weights.limits import MAX_WEIGHT_BYTES, refuse_network, too_large
from gan_demo.weights.recognise import fill, recognise
from gan_demo.weights.save import HEADER_KEY


@dataclass(frozen=True)
class Loaded:
    """Generator from a file, in eval mode and frozen. Use it as it is: ``config`` does not always rebuild it."""

    config: ModelConfig  # shape, labels and z_dim filled in
    generator: Generator
    source: str  # "gan_demo", "mlp state dict" or "pytorch dcgan example"


def load_weights(data: bytes | Path, filename: str = "") -> Loaded:
    """Return the generator in a file, given as its bytes or its path. Nothing in it is run; memory stays bounded.

    Raises DataError, which says why, for everything that is not one of the kinds in this module's docstring;
    ``filename`` is for the message only.
    """
    if isinstance(data, Path):
        filename = filename or data.name
        data = _file_bytes(data, filename)
    file = _with_settings(containers.read(data, filename))
    loaded = _load_own(file, filename) if HEADER_KEY in file.metadata else _load_foreign(file, filename)
    loaded.generator.eval().requires_grad_(False)
    _check_samples(loaded, filename)
    return loaded


def _file_bytes(path: Path, filename: str) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise DataError("file", filename, "is not a file", "Give the weights file itself")
        if path.stat().st_size > 2 * MAX_WEIGHT_BYTES:
            raise too_large(filename)
        return path.read_bytes()
    except OSError as failure:
        raise DataError("file", filename, "cannot be read", "Is the path right?") from failure


def _with_settings(file: containers.WeightFile) -> containers.WeightFile:
    """Return a file of an exported training script as if its settings stood in a safetensors header; others as is."""
    entry, weights = file.content.get(HEADER_KEY), file.content.get("generator")
    if not isinstance(entry, str) or not isinstance(weights, dict):
        return file
    return containers.WeightFile(dict(weights), {HEADER_KEY: entry}, file.ordered)


def _load_own(file: containers.WeightFile, filename: str) -> Loaded:
    """Build the generator by the settings in the header."""
    try:
        entry = bounded_json.parse_object(file.metadata[HEADER_KEY])
        kind = str(entry["kind"])
        model = RunConfig.from_dict({"model": entry["model"]}).model
    except (ConfigError, InvalidJsonError, ValueError, TypeError, KeyError) as failure:
        problem = "has settings that can't be used. {why}"
        remedy = "Was it written by another version?"
        raise DataError("file", filename, problem, remedy, why=str(failure)) from failure
    tensors = networks.checked_tensors(file.content, filename)
    if kind == "layers":
        return Loaded(*recognise(tensors, file.ordered, filename)[:2], HEADER_KEY)
    if kind != "generator":
        refuse_network(filename, kind)
    if model.shape != (2,) and model.shape not in IMAGE_SHAPES.values():
        remedy = "Images have 1 or 3 channels and are 28, 32 or 64 pixels wide and high"
        raise DataError("file", filename, "makes samples of the shape {shape}", remedy, shape=model.shape)
    return Loaded(model, fill(model, tensors, filename), HEADER_KEY)


def _load_foreign(file: containers.WeightFile, filename: str) -> Loaded:
    """Build the generator by the shapes of its weights."""
    network = networks.networks_in(file, filename)[0]
    return Loaded(*recognise(network.tensors, network.ordered, filename))


@torch.no_grad()
def _check_samples(loaded: Loaded, filename: str) -> None:
    """Raise DataError where four samples are not finite: weights may fit in shape and still be damaged."""
    z = latent.sample_z(4, loaded.config.z_dim, seed=0)
    y = latent.random_labels(4, loaded.config.labels, seed=0) if loaded.config.labels else None
    samples = loaded.generator(z, y)
    assert samples.shape[1:] == loaded.config.shape
    if not samples.isfinite().all():
        raise DataError("file", filename, "makes images with NaN or infinite values", "Its weights are damaged")
