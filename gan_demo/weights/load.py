"""Generators out of weight files that others wrote, and our own into one.

What is read: our safetensors (their header says how the network is built), and plain state dicts whose architecture
shows in their shapes: an MLP as in the tutorial, and the generator of PyTorch's DCGAN example.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gan_demo.config import IMAGE_SHAPES, ModelConfig, RunConfig
from gan_demo.errors import ConfigError, DataError
from gan_demo.gan import latent
from gan_demo.gan.models.base import Generator
from gan_demo.weights import containers
from gan_demo.weights.limits import LIMIT, SAVE_PLAIN, refuse_network, too_large
from gan_demo.weights.recognise import fill, recognise
from gan_demo.weights.save import KEY

_GENERATOR = re.compile(r"(net_?)?(g|gen|generator)(_?(ema|state_dict|model|net))?|ema_?(g|generator)?", re.I)
_DISCRIMINATOR = re.compile(r"(net_?)?(d|disc|discriminator|critic)(_?(state_dict|model|net))?", re.I)
_WRAPPER = re.compile(r"(model_?)?(state_?dict)|model|module|params|weights|networks?", re.I)


@dataclass(frozen=True)
class Loaded:
    """A generator from a file, in eval mode and frozen. Use it as it is: ``config`` does not always rebuild it."""

    config: ModelConfig  # shape, labels and z_dim filled in
    generator: Generator
    source: str  # "gan_demo", "mlp state dict" or "pytorch dcgan example"


def load_weights(data: bytes | Path, filename: str = "") -> Loaded:
    """The generator in a file, given as its bytes or its place. Nothing in the file is run, memory stays bounded.

    Raises DataError, which says why, for everything that is not one of the kinds in this module's docstring;
    ``filename`` is what the message calls it.
    """
    if isinstance(data, Path):
        filename = filename or data.name
        data = _bytes(data, filename)
    file = _described(containers.read(data, filename))
    loaded = _own(file, filename) if KEY in file.metadata else _foreign(file, filename)
    loaded.generator.eval().requires_grad_(False)
    _try_out(loaded, filename)
    return loaded


def _bytes(path: Path, filename: str) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise DataError("file", filename, "is not a file", "Give the weights file itself")
        if path.stat().st_size > 2 * LIMIT:
            raise too_large(filename)
        return path.read_bytes()
    except OSError as failure:
        raise DataError("file", filename, "cannot be read", "Is the path right?") from failure


def _described(file: containers.WeightFile) -> containers.WeightFile:
    """What an exported training script saves with torch says how the network is built, as a safetensors header does."""
    entry, weights = file.content.get(KEY), file.content.get("generator")
    if not isinstance(entry, str) or not isinstance(weights, dict):
        return file
    return containers.WeightFile(dict(weights), {KEY: entry}, file.ordered)


def _own(file: containers.WeightFile, filename: str) -> Loaded:
    """By the settings in the header."""
    try:
        entry = json.loads(file.metadata[KEY])
        kind = str(entry["kind"])
        model = RunConfig.from_dict({"model": entry["model"]}).model
    except (ConfigError, ValueError, TypeError, KeyError, RecursionError) as failure:
        problem = "has settings that can't be used. {why}"
        remedy = "Was it written by another version?"
        raise DataError("file", filename, problem, remedy, why=str(failure)) from failure
    tensors = _checked(file.content, filename)
    if kind == "layers":
        return Loaded(*recognise(tensors, file.ordered, filename)[:2], KEY)
    if kind != "generator":
        refuse_network(filename, kind)
    if model.shape != (2,) and model.shape not in IMAGE_SHAPES.values():
        remedy = "Images have 1 or 3 channels and are 28, 32 or 64 pixels wide and high"
        raise DataError("file", filename, "makes samples of the shape {shape}", remedy, shape=model.shape)
    return Loaded(model, fill(model, tensors, filename), KEY)


def _foreign(file: containers.WeightFile, filename: str) -> Loaded:
    """By the shapes of the weights."""
    tensors = _checked(_generator_part(file.content, filename), filename)
    return Loaded(*recognise(tensors, file.ordered, filename))


def _generator_part(content: dict[Any, Any], filename: str) -> dict[str, Any]:
    """The innermost dict of named weights, and of two networks the generator's."""
    for _ in range(4):
        content = {str(key).removeprefix("module."): value for key, value in content.items()}
        if {"state", "param_groups"} <= content.keys():
            refuse_network(filename, "optimizer")
        if {"rng", "counts"} <= content.keys():
            refuse_network(filename, "training state")
        inner = {key: value for key, value in content.items() if isinstance(value, dict)}
        if not inner:
            return _named_part(content, filename)
        named = [key for key in inner if _GENERATOR.fullmatch(key)]
        named = sorted(named, key=lambda key: "ema" not in key.lower()) or [k for k in inner if _WRAPPER.fullmatch(k)]
        if not named and any(_DISCRIMINATOR.fullmatch(key) for key in inner):
            refuse_network(filename, "discriminator")
        if not named:
            break
        content = inner[named[0]]
    parts = ", ".join(content)
    raise DataError("file", filename, "has no generator among its parts: {parts}", SAVE_PLAIN, parts=parts)


def _named_part(content: dict[str, Any], filename: str) -> dict[str, Any]:
    """Of names such as generator.0.weight and discriminator.0.weight, the first network's; others as they are."""
    firsts = dict.fromkeys(name.partition(".")[0] for name in content if "." in name)
    ours = [first for first in firsts if _GENERATOR.fullmatch(first)]
    if any(_DISCRIMINATOR.fullmatch(first) for first in firsts):
        if not ours:
            refuse_network(filename, "discriminator")
        return {name: value for name, value in content.items() if name.partition(".")[0] == ours[0]}
    return content


def _checked(content: dict[Any, Any], filename: str) -> dict[str, Tensor]:
    """Only dense, finite numbers, as float32; batch counters are left out."""
    tensors: dict[str, Tensor] = {}
    count = 0
    for name, value in content.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise DataError("file", filename, "has an entry that is no weight: {name}", SAVE_PLAIN, name=name)
        if name.endswith("num_batches_tracked"):
            continue
        if not value.is_floating_point():
            raise DataError("file", filename, "has {name} in whole numbers, not weights", SAVE_PLAIN, name=name)
        count += value.numel()  # several may share one memory, so that the file's size does not bound them
        if 4 * count > LIMIT:
            raise too_large(filename)
        tensors[name] = value.detach().float().contiguous()
        if not tensors[name].isfinite().all():
            remedy = "The training it comes from has diverged; take an earlier checkpoint"
            raise DataError("file", filename, "has NaN or infinite numbers in {name}", remedy, name=name)
    if not tensors:
        raise DataError("file", filename, "holds no weights", SAVE_PLAIN)
    return tensors


@torch.no_grad()
def _try_out(loaded: Loaded, filename: str) -> None:
    """Draw four samples: what fits in shape may still make no numbers."""
    z = latent.sample_z(4, loaded.config.z_dim, seed=0)
    y = latent.random_labels(4, loaded.config.labels, seed=0) if loaded.config.labels else None
    samples = loaded.generator(z, y)
    assert samples.shape[1:] == loaded.config.shape
    if not samples.isfinite().all():
        raise DataError("file", filename, "makes images that are not numbers", "Its weights are damaged")
