"""Generators built from weights files: our own, and those of others.

``open_weights`` reads a file and offers its networks by name; what the weights of one say and leave open is a
``Recognised``, which builds the generator. ``load_weights`` does all of it at once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gan_demo.config import ModelConfig, RunConfig
from gan_demo.errors import ConfigError, DataError
from gan_demo.gan.models.base import Generator
from gan_demo.support import bounded_json
from gan_demo.support.bounded_json import InvalidJsonError
from gan_demo.weights import containers, networks, ranking, save
from gan_demo.weights.choices import likeliest_first
from gan_demo.weights.families import own, registry
from gan_demo.weights.families.stylegan.recognise import settings_read
from gan_demo.weights.limits import refuse_network
from gan_demo.weights.networks import StoredNetwork
from gan_demo.weights.onnx_models import files, recognition
from gan_demo.weights.reading import parts
from gan_demo.weights.reading.extras import Extras, Skipped
from gan_demo.weights.recognised import Loaded, Recognised, for_file
from gan_demo.weights.save import HEADER_KEY

_MAX_SIZE = 1024  # pixels a side
_GENERATOR = "generator"  # the weights' key in a file of an exported training script
_OLD_LAYERS = {"activation": "leaky_relu_0.2", "norm_eps": "1e-5", "norm_place": "before_activation", "output": "tanh"}


@dataclass(frozen=True)
class OpenedFile:
    """Weights file whose networks can be recognised by name."""

    filename: str
    networks: tuple[StoredNetwork, ...]  # the likeliest generator first
    header: Mapping[str, object] | None = None  # our settings, if it is one of our files
    graph: Recognised | None = None  # of an ONNX file, which says of itself what it is
    extras: Skipped = field(default_factory=Skipped)  # all that is no generator

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the networks that may be generators."""
        return tuple(network.name for network in self.networks if network.kind != "discriminator")

    def skipped(self, recognised: Recognised) -> Skipped:
        """Return what the file holds besides its generators that ``recognised`` was read without."""
        return self.extras.without(settings_read(recognised))

    def recognise(self, name: str | None = None) -> Recognised:
        """Return what the weights of a network say; by default, of the first that is known.

        Raises DataError, which says why, for a network that is no known generator, and ConfigError for an unknown name.
        """
        if self.graph is not None and not name:
            return self.graph
        candidates = [network for network in self.networks if name is None or network.name == name]
        if not candidates:
            known = ", ".join(filter(None, self.names))
            remedy = "Networks in it: {known}" if known else "It has one network without a name: leave it out"
            raise ConfigError("network", name, "is not in this file", remedy, known=known)
        if name is None:
            candidates = [network for network in candidates if network.kind != "discriminator"] or candidates
        refusals = []
        for network in candidates:
            try:
                return self._recognise(network)
            except DataError as refusal:
                refusals.append(for_file(refusal, self.filename))
        raise refusals[0]

    def _recognise(self, network: StoredNetwork) -> Recognised:
        if self.header is not None:
            return _own(network, self.header, self.filename)
        if network.kind == "discriminator":
            refuse_network(self.filename, "discriminator")
        return registry.recognise(network)


def open_weights(data: bytes | Path, filename: str = "") -> OpenedFile:
    """Read a file, given as its bytes or its path. Nothing in it is run; memory stays bounded.

    Raises DataError, which says why, for a file without a network that could draw; ``filename`` is for messages only.
    """
    if isinstance(data, Path):
        filename = filename or data.name
    if isinstance(data, bytes) or not data.is_dir():
        parts.refuse_part(filename)
    onnx_files = files.find(data, filename)
    if onnx_files is not None:
        graph, extras = recognition.recognise_onnx(onnx_files, filename), Extras()
        extras.add_files(onnx_files.left_out)
        return OpenedFile(filename, (graph.stored,), graph=graph, extras=extras.described())
    stored_file = containers.read(data, filename)
    file = _with_settings(stored_file)
    if HEADER_KEY not in file.metadata:
        contents = networks.contents_of(file, filename)
        return OpenedFile(filename, contents.networks, extras=contents.skipped)
    try:
        header = bounded_json.parse_object(file.metadata[HEADER_KEY])
    except InvalidJsonError as failure:
        raise _unusable(filename, failure) from failure
    stored = StoredNetwork("", "generator", False, networks.checked_tensors(file.content, filename), file.ordered)
    skipped = Skipped() if file is stored_file else _beside(stored_file)
    return OpenedFile(filename, (stored,), header, extras=skipped)


def load_weights(
    data: bytes | Path,
    filename: str = "",
    network: str | None = None,
    options: Mapping[str, str] | None = None,
) -> Loaded:
    """Return the generator in a file; ``network`` names one of several, ``options`` choose what weights leave open.

    Raises DataError, which says why, for everything that is no known generator, and ConfigError for unknown options.
    """
    if isinstance(data, Path):
        filename = filename or data.name
    file = open_weights(data, filename)
    return _built(file, network, lambda recognised: recognised.build(options))


def load_likeliest(path: Path, network: str | None, options: Mapping[str, str]) -> Loaded:
    """Return the generator in a file, with the likeliest values of what ``options`` leave open (``ranking``).

    Raises DataError and ConfigError like ``load_weights``.
    """
    file = open_weights(path, path.name)
    return _built(file, network, lambda recognised: ranking.likeliest(recognised, options))


def _built(file: OpenedFile, network: str | None, build: Callable[[Recognised], Loaded]) -> Loaded:
    recognised = file.recognise(network)
    try:
        return dataclasses.replace(build(recognised), networks=file.names, skipped=file.skipped(recognised))
    except DataError as refusal:
        raise for_file(refusal, file.filename) from refusal


def _with_settings(file: containers.WeightFile) -> containers.WeightFile:
    """Return a file of an exported training script as if its settings stood in a safetensors header; others as is."""
    entry, weights = file.content.get(HEADER_KEY), file.content.get(_GENERATOR)
    if not isinstance(entry, str) or not isinstance(weights, dict):
        return file
    return dataclasses.replace(file, content=dict(weights), metadata={HEADER_KEY: entry})


def _beside(file: containers.WeightFile) -> Skipped:
    """Return what a file of an exported training script holds besides its settings and the generator."""
    extras = Extras()
    for name, value in file.content.items():
        if name not in (HEADER_KEY, _GENERATOR):
            extras.add((name if isinstance(name, str) else "…",), value)
    return extras.described()


def _own(network: StoredNetwork, header: Mapping[str, object], filename: str) -> Recognised:
    """Return the network of one of our files, by the settings in its header."""
    try:
        kind = str(header["kind"])
        model = RunConfig.from_dict({"model": header["model"]}).model
        if kind == "stored":
            network, options = save.stored_network(network, header)
            return _with_options(registry.recognise(network), options)
    except (ConfigError, ValueError, TypeError, KeyError) as failure:
        raise _unusable(filename, failure) from failure
    if kind == "layers":  # a foreign MLP as it was saved before activations could be chosen
        return _with_options(registry.recognise(network), _OLD_LAYERS)
    if kind != "generator":
        refuse_network(filename, kind)
    if model.shape != (2,) and (model.shape[:1] not in ((1,), (3,)) or not 8 <= max(model.shape[1:]) <= _MAX_SIZE):
        remedy = "Images have 1 or 3 channels and are 8 to 1024 pixels wide and high"
        raise DataError("file", filename, "makes samples of the shape {shape}", remedy, shape=model.shape)
    generator = own.fill(model, network.tensors, filename)

    def build(options: Mapping[str, str]) -> tuple[ModelConfig, Generator]:
        return model, generator

    return Recognised(HEADER_KEY, network, model.z_dim, model.shape, model.labels, (), (), build)


def _with_options(recognised: Recognised, options: Mapping[str, str]) -> Recognised:
    """Return the network with these options as what is likeliest; unknown ones are left out."""
    choices = tuple(
        likeliest_first(choice.name, choice.values, options[choice.name])
        if options.get(choice.name) in choice.values
        else choice
        for choice in recognised.choices
    )
    return recognised.with_choices(choices)


def _unusable(filename: str, failure: Exception) -> DataError:
    problem = "has settings that can't be used. {why}"
    return DataError("file", filename, problem, "Was it written by another version?", why=str(failure))
