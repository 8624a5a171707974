"""Networks in a weights file, offered by name: averaged generators first, discriminators named as such."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from torch import Tensor

from gan_demo.errors import DataError
from gan_demo.weights.containers import WeightFile
from gan_demo.weights.limits import MAX_WEIGHT_BYTES, SAVE_PLAIN, refuse_network, too_large
from gan_demo.weights.reading import roles, splitting

_MAX_DEPTH = 8  # of dicts in each other
_WEIGHTS = ("weight", "bias", "running_mean", "running_var")
_SETTINGS = ("init_kwargs", "hyper_parameters", "config", "args", "opt", "hparams")
_RANKS = {roles.GENERATOR: 0, roles.UNKNOWN: 1, roles.DISCRIMINATOR: 2}


@dataclass(frozen=True)
class StoredNetwork:
    """Weights of one network in a file.

    ``name`` is its path in the file ("G_ema", "model.netG_A"), "" if the file holds no other. ``tensors`` are dense
    finite float32 on the CPU, by their names without wrappers' prefixes; they may share memory, so don't change them.
    """

    name: str
    kind: str  # "generator", "discriminator" or "unknown", by its name or the shapes of its weights
    averaged: bool  # a moving average (EMA)
    tensors: dict[str, Tensor] = field(repr=False)
    ordered: bool = True  # names come in the network's order
    settings: dict[str, Any] = field(
        default_factory=dict
    )  # stored beside the weights: arguments of its class and so on
    class_name: str = ""  # of a pickled module


def networks_in(file: WeightFile, filename: str) -> list[StoredNetwork]:
    """Return the networks in a file: generators first, averaged ones before others.

    Raises DataError if none could draw. Networks with NaN are left out where another generator remains.
    """
    networks: list[StoredNetwork] = []
    refusals: list[DataError] = []
    for part in _parts(file.content, (), filename, refusals):
        try:
            networks.append(_network(part, file, filename))
        except DataError as refusal:
            refusals.append(refusal)
    networks.sort(key=lambda network: (_RANKS[network.kind], not network.averaged))  # stable: else in the file's order
    if networks and networks[0].kind != roles.DISCRIMINATOR:
        return [replace(networks[0], name="")] if len(networks) == 1 else networks
    if refusals:
        raise refusals[0]
    if networks:
        refuse_network(filename, "discriminator")
    raise DataError("file", filename, "holds no weights", SAVE_PLAIN)


def checked_tensors(content: dict[Any, Any], filename: str) -> dict[str, Tensor]:
    """Return the weights as float32, without counters. Raises DataError unless all are dense and finite."""
    tensors: dict[str, Tensor] = {}
    count = 0  # numbers in all tensors
    for name, value in content.items():
        last = str(name).rpartition(".")[2]
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise DataError("file", filename, "has an entry that is not a weight: {name}", SAVE_PLAIN, name=name)
        if not value.is_floating_point():
            if last in _WEIGHTS:
                raise DataError("file", filename, "has {name} in whole numbers, not weights", SAVE_PLAIN, name=name)
            continue  # counters, indices
        count += value.numel()  # tensors may share one memory, so the file's size does not bound them
        if 4 * count > MAX_WEIGHT_BYTES:
            raise too_large(filename)
        tensors[name] = value.detach().float().contiguous()
        if not tensors[name].isfinite().all():
            remedy = "The training it comes from has diverged; take an earlier checkpoint"
            raise DataError("file", filename, "has NaN or infinite numbers in {name}", remedy, name=name)
    if not tensors:
        raise DataError("file", filename, "holds no weights", SAVE_PLAIN)
    return tensors


def _parts(
    content: dict[Any, Any], path: tuple[str, ...], filename: str, refusals: list[DataError]
) -> Iterator[splitting.Part]:
    """Yield the named groups of tensors in nested dicts; ``refusals`` collects what else they hold."""
    if {"state", "param_groups"} <= content.keys() or {"rng", "counts"} <= content.keys():
        refusals.append(_training_state(filename))
        return
    tensors = {str(name): value for name, value in content.items() if isinstance(value, Tensor)}
    inner = {str(name): value for name, value in content.items() if isinstance(value, dict)}
    if tensors and (not inner or any("." in name for name in tensors)):
        for name, value in content.items():
            if not isinstance(value, Tensor | dict) and str(name).rpartition(".")[2] in _WEIGHTS:
                remedy, problem = SAVE_PLAIN, "has an entry that is not a weight: {name}"
                refusals.append(DataError("file", filename, problem, remedy, name=name))
                return
        yield from splitting.split(splitting.Part(path, tensors))
    if len(path) < _MAX_DEPTH:
        for name, value in inner.items():
            yield from _parts(value, (*path, name), filename, refusals)


def _training_state(filename: str) -> DataError:
    return DataError("file", filename, "is the state of a training, not a network", SAVE_PLAIN)


def _network(part: splitting.Part, file: WeightFile, filename: str) -> StoredNetwork:
    """Check the tensors of a group. Raises DataError where they are not finite, not dense or none."""
    tensors = checked_tensors(part.tensors, filename)
    averaged = part.averaged or any(map(roles.is_averaged, part.path))
    kind = roles.by_path(part.path) or roles.by_shapes(tensors)
    if kind == roles.UNKNOWN and averaged:
        kind = roles.GENERATOR
    if kind == roles.OPTIMIZER:
        raise _training_state(filename)
    return StoredNetwork(splitting.spoken(part.path), kind, averaged, tensors, file.ordered, _settings(file.content))


def _settings(content: dict[Any, Any]) -> dict[str, Any]:
    """Return the settings stored beside the weights, and single tensors such as StyleGAN's mean latent."""
    named = {name: content[name] for name in _SETTINGS if isinstance(content.get(name), dict)}
    if not any(isinstance(value, dict) for value in content.values()):
        return named
    return named | {
        name: value for name, value in content.items() if isinstance(value, Tensor) and "." not in str(name)
    }
