"""ONNX models among weights files: alone, or in a folder, zip or tar file together with the files of their weights."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from gan_demo.errors import DataError
from gan_demo.weights.limits import WEIGHT_ENDINGS, max_weight_bytes, too_large
from gan_demo.weights.onnx_models.joining import ONE_FILE
from gan_demo.weights.reading import archives, hub_files, kinds, memory
from gan_demo.weights.reading.archives import Members

_START_BYTES = 16  # by which a file is told
_ENDING = ".onnx"
_DATA_ENDINGS = (".bin", ".weights", ".model")  # of weights files, which may also be those of a model beside them


@dataclass(frozen=True)
class OnnxFiles:
    """Content of an ONNX file, the files beside it by name, and other ONNX files that were left out."""

    content: memoryview
    beside: Members = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


def find(source: bytes | Path, filename: str) -> OnnxFiles | None:
    """Return the ONNX model in a file, folder or archive, or None where there is none, or PyTorch weights.

    Raises DataError for one that is too large, and for archives that can't be read.
    """
    try:
        if isinstance(source, Path) and source.is_dir():
            return _among(archives.all_folder_members(source), filename)
        if isinstance(source, Path) and not source.is_file():
            return None
        data = memory.from_path(source) if isinstance(source, Path) else memoryview(source)
        if kinds.is_onnx(bytes(data[:_START_BYTES]), filename):
            return OnnxFiles(_bounded(data, filename))
        members = archives.members(data, filename)
        return _among(members, filename) if members else None
    except DataError:
        raise
    except Exception:  # damage shows in many errors
        return None  # which the readers of weights explain


def _among(members: Members, filename: str) -> OnnxFiles | None:
    names = archives.visible(members)
    models = hub_files.likeliest(name for name in names if name.lower().endswith(_ENDING))
    if not models:
        return None
    folders = {PurePosixPath(name).parent for name in models}
    for name in names:
        path = PurePosixPath(name)
        is_data = path.parent in folders and path.suffix.lower() in _DATA_ENDINGS
        if path.suffix.lower() in WEIGHT_ENDINGS and not is_data:
            return None
    content = members[models[0]]()
    if not kinds.is_onnx(bytes(content[:_START_BYTES]), models[0]):
        return None
    folder = PurePosixPath(models[0]).parent
    beside = {PurePosixPath(name).name: read for name, read in members.items() if PurePosixPath(name).parent == folder}
    return OnnxFiles(_bounded(content, filename), beside, tuple(models[1:]))


def _bounded(content: memoryview, filename: str) -> memoryview:
    if len(content) > max_weight_bytes():
        raise too_large(filename)
    return content


def copied(files: OnnxFiles, names: list[str], folder: Path, filename: str) -> list[Path]:
    """Copy the files ``names`` that lie beside a model to ``folder``, under numbers; return their paths.

    Raises DataError where one is not there, and for more bytes than may be read.
    """
    missing = [name for name in names if name not in files.beside]
    if len(missing) == len(names):
        raise DataError("file", filename, "keeps its weights in other files", ONE_FILE)
    if missing:
        raise DataError("file", filename, "lacks a part of its weights: {name}", ONE_FILE, name=missing[0][:80])
    paths, left = [folder / str(number) for number in range(len(names))], max_weight_bytes()
    for name, path in zip(names, paths, strict=True):
        content = files.beside[name]()
        left -= len(content)
        if left < 0:
            raise too_large(filename)
        path.write_bytes(content)
    return paths
