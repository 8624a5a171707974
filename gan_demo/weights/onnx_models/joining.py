"""Weights that an ONNX model keeps in files beside it, joined to it. The model itself may never open a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from onnx import ModelProto, TensorProto

from gan_demo.errors import GET_AGAIN, DataError
from gan_demo.weights.limits import MAX_TENSORS, max_weight_bytes, too_large, too_many_tensors
from gan_demo.weights.onnx_models.traversal import tensors

ONE_FILE = (
    "Put it and them into one zip file or folder, or join them: "
    'onnx.save_model(onnx.load(path), "joined.onnx"). torch.onnx.export writes one file with dynamo=False'
)
_LONGEST_NAME = 255


class FilesNeededError(DataError):
    """A model's weights lie in files that were not given, by their ``names``."""

    def __init__(self, names: list[str]) -> None:
        super().__init__("file", "", "keeps its weights in other files", ONE_FILE)
        self.names = names


def files_needed(model: ModelProto) -> list[str]:
    """Return the names of the files that hold a model's weights. Raises DataError for names that are no file's."""
    names: dict[str, None] = {}
    for tensor in tensors(model):
        if _is_outside(tensor):
            name = _location(tensor)
            if not name or len(name) > _LONGEST_NAME or name in (".", "..") or set(name) & set("/\\\0:"):
                problem = "names something else than a file beside it: {name}"
                raise DataError("file", "", problem, GET_AGAIN, name=name[:80])
            names[name] = None
        if len(names) > MAX_TENSORS:
            raise too_many_tensors("")
    return list(names)


def join(model: ModelProto, files: Mapping[str, Path]) -> None:
    """Put the weights into a model that lie in ``files``, by the names that it calls them.

    Raises FilesNeededError where files lack, DataError for parts that are not in them and for more bytes than may be
    read.
    """
    names = files_needed(model)
    if not files.keys() >= set(names):
        raise FilesNeededError(names)
    left = max_weight_bytes()
    for tensor in tensors(model):
        if not _is_outside(tensor):
            continue
        path = files[_location(tensor)]
        start, count = _part(tensor, path.stat().st_size)
        left -= count
        if left < 0:
            raise too_large("")
        with path.open("rb") as file:
            file.seek(start)
            content = file.read(count)
        del tensor.external_data[:]
        tensor.data_location = TensorProto.DEFAULT
        tensor.raw_data = content


def _is_outside(tensor: TensorProto) -> bool:
    return tensor.data_location == TensorProto.EXTERNAL or bool(tensor.external_data)


def _location(tensor: TensorProto) -> str:
    return _entries(tensor).get("location", "").removeprefix("./")


def _entries(tensor: TensorProto) -> dict[str, str]:
    return {entry.key: entry.value for entry in tensor.external_data}


def _part(tensor: TensorProto, size: int) -> tuple[int, int]:
    """Return where a tensor begins in its file and how many bytes it has. Raises DataError if they are not there."""
    entries = _entries(tensor)
    try:
        start = int(entries.get("offset") or 0)
        count = int(entries.get("length") or size - start)
    except ValueError:
        start, count = -1, 0
    if not 0 <= start <= start + count <= size:
        raise DataError("file", "", "claims more or fewer numbers than it holds", GET_AGAIN)
    return start, count
