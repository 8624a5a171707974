"""Networks in a weights file, offered by name: averaged generators first, discriminators named as such."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import torch
from torch import Tensor

from gan_demo.errors import DataError
from gan_demo.weights.containers import WeightFile
from gan_demo.weights.limits import SAVE_PLAIN, refuse_network, refuse_tensors
from gan_demo.weights.reading import extras, roles, splitting
from gan_demo.weights.reading.archives import keras
from gan_demo.weights.reading.extras import Skipped
from gan_demo.weights.reading.walk import WEIGHTS, Walk

_FREE_BYTES = 16 * 2**20  # that float32 copies may take beyond twice the file's size
_SETTINGS = ("init_kwargs", "hyper_parameters", "config", "args", "opt", "hparams", "cfg")
_RANKS = {roles.GENERATOR: 0, roles.UNKNOWN: 1, roles.DISCRIMINATOR: 2}


@dataclass(frozen=True)
class StoredNetwork:
    """Weights of one network in a file.

    ``name`` is its path in the file ("G_ema", "model.netG_A"), "" if the file holds no other. ``tensors`` are dense
    finite float32 on the CPU, by their names without wrappers' prefixes. They may share memory with the file's bytes
    and with each other: clone them before anything changes them.
    """

    name: str
    kind: str  # "generator", "discriminator" or "unknown", by its name or the shapes of its weights
    averaged: bool  # a moving average (EMA)
    tensors: dict[str, Tensor] = field(repr=False)
    ordered: bool = True  # names come in the network's order
    # Stored beside the weights: the arguments of a pickled module's class and, as "modules", class and attributes of
    # each module in it by name; else a checkpoint's "args", "hyper_parameters" …, a repository's "config"
    # (config.json) and single tensors such as StyleGAN's "latent_avg".
    settings: dict[str, Any] = field(default_factory=dict, repr=False)
    class_name: str = ""  # of a pickled module


@dataclass(frozen=True)
class Contents:
    """Networks of a file, generators first, averaged ones before others; and what it holds besides generators."""

    networks: tuple[StoredNetwork, ...]
    skipped: Skipped


def contents_of(file: WeightFile, filename: str) -> Contents:
    """Return the networks in a file and what else it holds.

    Raises DataError if none could draw. Networks with NaN are left out where another generator remains.
    """
    walk = Walk(filename)
    networks: list[StoredNetwork] = []
    budget = _Budget(2 * file.size + _FREE_BYTES, filename)
    for part in walk.parts(file.content):
        try:
            networks.append(_network(part, file, budget))
        except DataError as refusal:
            walk.refusals.append(refusal)
            walk.extras.add(part.path, None, extras.UNUSABLE)
    networks += _unnamed_averages(walk, networks)
    networks = _with_matrices(networks, walk)
    networks.sort(key=lambda network: (_RANKS[network.kind], not network.averaged))  # stable: else in the file's order
    if not networks or networks[0].kind == roles.DISCRIMINATOR:
        _refuse(walk, networks)
    for network in networks:
        if network.kind == roles.DISCRIMINATOR:
            walk.extras.add((network.name,), None, extras.DISCRIMINATOR)
    walk.extras.add_files(file.left_out)
    if len(networks) == 1:
        networks = [replace(networks[0], name="")]
    return Contents(tuple(networks), walk.extras.described())


def _with_matrices(networks: list[StoredNetwork], walk: Walk) -> list[StoredNetwork]:
    """Return the networks without groups of single numbers and vectors, where any is left; these become extras."""
    chosen: list[StoredNetwork] = []
    others: list[StoredNetwork] = []
    for network in networks:
        has_matrix = any(value.dim() > 1 for value in network.tensors.values())
        (chosen if has_matrix else others).append(network)
    for network in others if chosen else ():
        walk.extras.add((network.name,), network.tensors)
    return chosen or others


def checked_tensors(content: dict[Any, Any], filename: str) -> dict[str, Tensor]:
    """Return the weights of a state dict as float32, without counters. Raises DataError for anything else in it."""
    for name, value in content.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise DataError("file", filename, "has an entry that is not a weight: {name}", SAVE_PLAIN, name=name)
    size = sum(value.nbytes for value in content.values())
    return _Budget(2 * size + _FREE_BYTES, filename).checked(content)


class _Budget:
    """Bytes that the float32 weights of a file's networks may take: tensors may be many views of one memory."""

    def __init__(self, left: int, filename: str) -> None:
        self.left, self.filename = left, filename

    def checked(self, content: dict[str, Tensor]) -> dict[str, Tensor]:
        """Return weights as float32, without counters. Raises DataError unless all are dense and finite."""
        tensors: dict[str, Tensor] = {}
        for name, value in content.items():
            if value.is_complex():
                refuse_tensors(self.filename, str(value.dtype).removeprefix("torch."))
            if not value.is_floating_point():
                if name.rpartition(".")[2] in WEIGHTS:
                    problem = "has {name} in whole numbers, not weights"
                    raise DataError("file", self.filename, problem, SAVE_PLAIN, name=name)
                continue  # counters, indices
            self.left -= 4 * value.numel()
            if self.left < 0:
                remedy = "Save each network once: torch.save(generator.state_dict(), file)"
                raise DataError("file", self.filename, "holds the same numbers under many names", remedy)
            tensors[name] = value.detach().float().contiguous()
            if not _is_finite(tensors[name]):
                remedy = "The training it comes from has diverged; take an earlier checkpoint"
                raise DataError("file", self.filename, "has NaN or infinite numbers in {name}", remedy, name=name)
        if not tensors:
            raise DataError("file", self.filename, "holds no weights", SAVE_PLAIN)
        return tensors


def _is_finite(tensor: Tensor) -> bool:
    """Return whether all numbers are finite, without a copy of their size as ``isfinite`` makes."""
    if not tensor.numel():
        return True
    lowest, highest = torch.aminmax(tensor)  # NaN if any number is
    return bool(lowest.isfinite() and highest.isfinite())


def _network(part: splitting.Part, file: WeightFile, budget: _Budget) -> StoredNetwork:
    """Check the tensors of a group. Raises DataError where they are not finite, not dense or none."""
    tensors = budget.checked(part.tensors)
    averaged = part.averaged or any(map(roles.is_averaged, part.path))
    kind = roles.by_path((part.class_name.rpartition(".")[2], *part.path)) or roles.by_shapes(tensors, file.ordered)
    if kind == roles.UNKNOWN and averaged:
        kind = roles.GENERATOR
    settings = _settings(file) | part.settings
    return StoredNetwork(splitting.spoken(part.path), kind, averaged, tensors, file.ordered, settings, part.class_name)


def _settings(file: WeightFile) -> dict[str, Any]:
    """Return the settings stored beside the weights, and single tensors such as StyleGAN's mean latent."""
    content = file.content
    named = {name: content[name] for name in _SETTINGS if isinstance(content.get(name), dict)}
    if file.settings:
        named["config"] = file.settings
    if not any(isinstance(value, dict) for value in content.values()):
        return named
    return named | {
        name: value
        for name, value in content.items()
        if isinstance(value, Tensor) and isinstance(name, str) and "." not in name
    }


def _unnamed_averages(walk: Walk, networks: list[StoredNetwork]) -> Iterator[StoredNetwork]:
    """Yield the averages that EMA libraries store as lists, in the order of a network's parameters: shadow_params."""
    for path, values in walk.lists:
        shapes = [value.shape for value in values]
        for network in networks if any(map(roles.is_averaged, path)) else ():
            names = [name for name in network.tensors if not name.endswith(("running_mean", "running_var"))]
            if [network.tensors[name].shape for name in names] == shapes and network.kind != roles.DISCRIMINATOR:
                numbers = [value.detach().float().contiguous() for value in values]
                if all(map(_is_finite, numbers)):
                    averages = network.tensors | dict(zip(names, numbers, strict=True))
                    name = splitting.spoken(path)
                    walk.extras.drop(path)
                    yield replace(network, name=name, kind=roles.GENERATOR, averaged=True, tensors=averages)
                break


def _refuse(walk: Walk, networks: list[StoredNetwork]) -> NoReturn:
    """Raise the error for a file in which no network can draw."""
    if walk.refusals:
        raise walk.refusals[0]
    if networks:
        refuse_network(walk.filename, "discriminator")
    if walk.has_optimizer:
        refuse_network(walk.filename, "optimizer")
    if any("tflib" in name or "tensorflow" in name or "keras" in name for name in walk.objects):
        raise keras(walk.filename)
    if walk.objects:
        problem = "holds a whole object of the class {name}, and no weights that can be taken out of it"
        remedy = (
            "Where its code is: G = torch.load(file, weights_only=False); torch.save(G.state_dict(), 'generator.pt')"
        )
        raise DataError("file", walk.filename, problem, remedy, name=walk.objects[0])
    raise DataError("file", walk.filename, "holds no weights", SAVE_PLAIN)
