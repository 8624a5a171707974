"""Writer of a generator as a safetensors file whose header describes the network."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping

import safetensors.torch
from torch import Tensor

from gan_demo.config import ModelConfig
from gan_demo.gan.models.base import Generator
from gan_demo.gan.models.build import outline_generator
from gan_demo.weights.networks import StoredNetwork
from gan_demo.weights.recognised import Loaded

HEADER_KEY = "gan_demo"  # of our entry in a safetensors header


def weights_file(generator: Generator, model: ModelConfig, half: bool = False) -> bytes:
    """Return a safetensors file that ``load.load_weights`` reads; with ``half``, weights take 16 bits each."""
    return _written(generator.state_dict(), {"kind": "generator", "model": dataclasses.asdict(model)}, half)


def loaded_file(loaded: Loaded, half: bool = False) -> bytes:
    """Return a generator from a file as a safetensors file; a network of others keeps its weights and the options."""
    stored = loaded.stored
    if stored is None or is_ours(loaded.generator, loaded.config):
        return weights_file(loaded.generator, loaded.config, half)
    entry = {
        "kind": "stored",
        "model": dataclasses.asdict(loaded.config),
        "names": list(stored.tensors),
        "ordered": stored.ordered,
        "options": dict(loaded.options),
        "class_name": stored.class_name,
        "settings": _plain(stored.settings),
    }
    return _written(stored.tensors, entry, half)


def stored_network(network: StoredNetwork, header: Mapping[str, object]) -> tuple[StoredNetwork, dict[str, str]]:
    """Return the network and the options of a file that ``loaded_file`` wrote. Raises KeyError or TypeError."""
    names, options, settings = header["names"], header["options"], header.get("settings")
    if not isinstance(names, list) or not isinstance(options, dict) or sorted(names) != sorted(network.tensors):
        raise TypeError("names of the weights")
    stored = dataclasses.replace(
        network,
        tensors={name: network.tensors[name] for name in names},
        ordered=header.get("ordered") is True,
        class_name=str(header.get("class_name", "")),
        settings=settings if isinstance(settings, dict) else {},
    )
    return stored, {str(name): str(value) for name, value in options.items()}


def _written(state: Mapping[str, Tensor], entry: Mapping[str, object], half: bool) -> bytes:
    tensors = {
        name: (value.half() if half and value.is_floating_point() else value).detach().cpu().contiguous()
        for name, value in state.items()
    }
    return safetensors.torch.save(tensors, {HEADER_KEY: json.dumps({"format": 1} | dict(entry))})


def is_ours(generator: Generator, model: ModelConfig) -> bool:
    """Return whether the network of ``model`` has exactly these weights."""
    expected = {name: value.shape for name, value in outline_generator(model).state_dict().items()}
    return expected == {name: value.shape for name, value in generator.state_dict().items()}


def _plain(settings: object) -> object:
    """Return the parts of settings that JSON can hold."""
    if isinstance(settings, Mapping):
        return {str(name): _plain(value) for name, value in settings.items() if _plain(value) is not None}
    if isinstance(settings, list | tuple):
        return [_plain(value) for value in settings]
    return settings if isinstance(settings, str | int | float | bool) else None
