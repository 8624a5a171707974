"""Export formats of runs and weights files, by name: ``FORMATS``.

torch takes seconds to load, so each format imports its modules on use.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gan_demo.config import LabelField
from gan_demo.errors import ConfigError, RunError
from gan_demo.export import hub_weights
from gan_demo.runs import library, run_dir
from gan_demo.runs.run_dir import RunDir
from gan_demo.support.atomic_file import beside, replace_file
from gan_demo.support.user_folder import MAX_NAME_BYTES, longest_name
from gan_demo.weights import hub
from gan_demo.weights.limits import WEIGHT_ENDINGS
from gan_demo.weights.reading import hub_files

if TYPE_CHECKING:
    from gan_demo.weights.recognised import Loaded


class Reporter(Protocol):
    """What says how a weights file was read."""

    def fetched(self, copy: hub.Copy) -> None:
        """Say which file of a repository was taken, and which others there are."""

    def opened(self, loaded: Loaded) -> None:
        """Say what was assumed and skipped."""


@dataclass(frozen=True)
class WeightsOptions:
    """Choices for a weights file: which of its networks, and values of what its weights leave open.

    In a repository of the Hub, ``network`` may also be the name of a file.
    """

    reporter: Reporter
    network: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether something was chosen."""
        return self.network is not None or bool(self.values)


@dataclass(frozen=True)
class ExportRequest:
    """Options of an export: a checkpoint's ``step`` (None: the last), the texts' ``language``, the file's ``name``.

    ``opset`` is that of an ONNX file (None: ``onnx_export.OPSET``).
    """

    weights: WeightsOptions
    step: int | None = None
    language: str = "en"
    name: str = ""
    opset: int | None = None


@dataclass(frozen=True)
class Format:
    """An export format: the function that makes its files, and their names.

    ``content`` returns a file from a run or the path of a weights file, or several files by name. ``ending`` is that of
    the file's name, or "" if the format is a folder. Such a folder holds one of the ``markers``: only an empty
    folder, or one with such a file, is written into.
    """

    ending: str
    content: Callable[[RunDir | Path, ExportRequest], bytes | Mapping[str, bytes]]
    markers: tuple[str, ...] = ()


def find_run(path_or_id: Path) -> RunDir:
    """Return a run by its folder, or a shipped model or run of the app by its id. Raises RunError."""
    if os.path.exists(path_or_id):  # unlike Path.exists, it raises nothing for a name that is too long
        return run_dir.RunDir(path_or_id)
    try:
        return library.find(str(path_or_id))
    except RunError as unknown:
        if unknown.field != "run" or unknown.value != str(path_or_id):
            raise  # a run that is there, and damaged
        raise _unknown_source(path_or_id) from unknown


def find_source(path_or_id: Path, options: WeightsOptions) -> tuple[RunDir | Path, WeightsOptions]:
    """Return the path of a weights file or of a folder with some, or a run, and what is left to choose in it.

    Weights of the Hub are downloaded first. Raises GanDemoError.
    """
    address = path_or_id.as_posix()
    if hub.is_address(address):
        name = options.network or ""
        copy = hub_weights.downloaded(address, name)
        options.reporter.fetched(copy)
        is_file = name and hub_files.find([copy.address.file], name)
        return copy.source, replace(options, network=None) if is_file else options
    if os.path.isfile(path_or_id) or _has_weights(path_or_id):
        return path_or_id, options
    return find_run(path_or_id), options


def _has_weights(folder: Path) -> bool:
    """Return whether a folder that is no run's holds weights, as a repository of a generator does."""
    if not os.path.isdir(folder) or os.path.isfile(folder / "run.json"):
        return False
    return any(name.lower().endswith((*WEIGHT_ENDINGS, ".onnx")) for name in os.listdir(folder))


def _unknown_source(path_or_id: Path) -> RunError:
    remedy = "Check the path; the list command shows the ids of runs and shipped models"
    if path_or_id.suffix:
        return RunError("file", path_or_id, "there is no such file, and no run here has this id", remedy)
    problem = "is neither a file nor a run's folder, and no run here has this id"
    return RunError("run", path_or_id, problem, remedy)


def load_generator(
    source: RunDir | Path, step: int | None, options: WeightsOptions
) -> tuple[Loaded, tuple[LabelField, ...], str]:
    """Return the generator of a run at a step or of a file, its labels, and the name of its data set or ""."""
    from gan_demo.runs import networks
    from gan_demo.weights.load import load_likeliest
    from gan_demo.weights.recognised import Loaded

    if isinstance(source, RunDir):
        _refuse_options(options)
        model = source.config.model
        return Loaded(model, networks.generator(source, step), source.id), model.labels, source.config.data.name
    if step is not None:
        raise ConfigError("step", step, "is a step of a run, but this is a weights file", "Leave it out")
    weights = load_likeliest(source, options.network, options.values)
    options.reporter.opened(weights)
    return weights, weights.config.labels, ""


def _refuse_options(options: WeightsOptions) -> None:
    """Raise ConfigError for options of a weights file, given for a run."""
    if options.any:
        name, value = next(iter(options.values.items()), ("network", options.network))
        raise ConfigError(name, value, "is chosen for weights files; a run has its own settings", "Leave it out")


def write(
    path_or_id: Path,
    form: Format,
    step: int | None,
    out: Path,
    weights: WeightsOptions,
    language: str = "en",
    opset: int | None = None,
) -> int:
    """Export a run or weights file to ``out`` and return the number of bytes. Raises GanDemoError."""
    if opset is not None and form.ending != ".onnx":
        raise ConfigError("opset", opset, "belongs to ONNX files", "Leave it out")
    check_out(out, form.ending)
    if not form.ending:
        _refuse_other_folder(out, form.markers)
    source, weights = find_source(path_or_id, weights)
    if isinstance(source, RunDir):
        _refuse_options(weights)
    content = form.content(source, ExportRequest(weights, step, language, out.name, opset))
    folder = out.parent if form.ending else out
    try:
        if isinstance(content, bytes):
            replace_file(out, content)
            return len(content)
        for name, part in content.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            replace_file(folder / name, part)
        return sum(map(len, content.values()))
    except OSError as failure:
        raise _not_writable(out) from failure


def check_out(out: Path, ending: str) -> None:
    """Raise ConfigError where no file with this ``ending`` ("": a folder) can be written to ``out``."""
    if ending and out.suffix != ending:
        raise ConfigError("out", out.name, "must end in {ending}", ending=ending)
    check_writable(out, is_folder=not ending)


def check_writable(out: Path, is_folder: bool = False) -> None:
    """Raise ConfigError where no file, or folder, can be written to ``out``: its content takes seconds to compute."""
    parent = out.resolve().parent
    if not parent.is_dir():
        raise ConfigError("out", out, "is in a folder that does not exist", "Create the folder first")
    exists = os.path.isdir(out)
    is_writable = os.access(out if is_folder and exists else parent, os.W_OK | os.X_OK)
    if not is_writable or (exists and not is_folder) or longest_name(beside(out)) > MAX_NAME_BYTES:
        raise _not_writable(out)


def _not_writable(out: Path) -> ConfigError:
    return ConfigError("out", out, "cannot be written", "Choose another place")


def _refuse_other_folder(out: Path, markers: tuple[str, ...]) -> None:
    """Raise ConfigError unless ``out`` is new, empty or an earlier export."""
    is_earlier = any((out / marker).is_file() for marker in markers)
    if os.path.isfile(out) or (os.path.isdir(out) and any(out.iterdir()) and not is_earlier):
        raise ConfigError("out", out, "already exists and holds something else", "Choose a new folder")


def write_run(path_or_id: Path, step: int | None, out: Path) -> int:
    """Write a whole run as one zip file to ``out`` and return the number of bytes. Raises GanDemoError."""
    from gan_demo.runs.archive import packing

    check_out(out, ".zip")
    if hub.is_address(path_or_id.as_posix()) or os.path.isfile(path_or_id) or _has_weights(path_or_id):
        raise ConfigError("source", path_or_id.name, "is a weights file, not a run", "Give a run's folder or id")
    run = find_run(path_or_id)
    if step is not None:
        raise ConfigError("step", step, "can't be chosen: the file holds the whole run", "Leave it out")
    try:
        return packing.write_file(run, out)
    except OSError as failure:
        raise _not_writable(out) from failure


def _onnx(source: RunDir | Path, request: ExportRequest) -> bytes:
    from gan_demo.gan import onnx_export

    weights, _, _ = load_generator(source, request.step, request.weights)
    opset = onnx_export.OPSET if request.opset is None else request.opset
    return onnx_export.generator_onnx(weights.generator, weights.config, opset)


def _script(source: RunDir | Path, request: ExportRequest) -> Mapping[str, bytes]:
    """Return a script or notebook that trains from the beginning, and the images that it reads."""
    if not isinstance(source, RunDir):
        problem = "is a weights file, which does not say how it was trained"
        raise ConfigError("source", source.name, problem, "Give a run's folder or id")
    if request.step is not None:
        problem = "can't be chosen: the script trains from the beginning"
        raise ConfigError("step", request.step, problem, "Leave it out")

    from gan_demo.export.script import build
    from gan_demo.export.script.options import ScriptOptions

    return build.files(source, ScriptOptions(request.name, request.language))


def _site(source: RunDir | Path, request: ExportRequest) -> Mapping[str, bytes]:
    """Return the files of a static page."""
    if not isinstance(source, RunDir):
        raise RunError(
            "run", source.name, "is a weights file, but a web page shows a training", "Give a run's folder or id"
        )

    from gan_demo.export import static_site

    return static_site.files(source, request.step)


def _hub(source: RunDir | Path, request: ExportRequest) -> Mapping[str, bytes]:
    """Return the files of a model repository."""
    from gan_demo.export import hub_repository

    return hub_repository.files(source, request.step, request.weights)


FORMATS: dict[str, Format] = {
    "onnx": Format(".onnx", _onnx),
    "py": Format(".py", _script),
    "ipynb": Format(".ipynb", _script),
    "site": Format("", _site, markers=("site.json",)),
    "hub": Format("", _hub, markers=("generator.safetensors", "generator.onnx")),
}
