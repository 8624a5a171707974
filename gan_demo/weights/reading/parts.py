"""Networks in parts, as transformers and diffusers store them: files in one folder, and an index of their weights."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from gan_demo.errors import GET_AGAIN, DataError
from gan_demo.support import bounded_json
from gan_demo.weights.limits import MAX_HEADER_BYTES, MAX_TENSORS, WEIGHT_ENDINGS, too_many_tensors

MAX_INDEX_BYTES = MAX_HEADER_BYTES
_PART = re.compile(r"(.{1,200})-(\d{5})-of-(\d{5})(\.\w{1,16})")
ALL_PARTS = "Put all parts and the index into one folder or zip file"


def weight_map(index: bytes, name: str, filename: str) -> dict[str, str]:
    """Return which file holds which weight of a network in parts, by the content of an index; all lie in its folder.

    Raises DataError for what is no index, and for names that lead elsewhere.
    """
    try:
        parts = bounded_json.parse_object(index).get("weight_map")
    except bounded_json.InvalidJsonError:
        parts = None
    if not isinstance(parts, dict) or not parts or not all(isinstance(part, str) for part in parts.values()):
        problem = "has an index of its parts that can't be read: {name}"
        raise DataError("file", filename, problem, GET_AGAIN, name=name)
    if len(parts) > MAX_TENSORS:
        raise too_many_tensors(filename)
    for part in set(parts.values()):
        if len(part) > 255 or re.search(r"[/\\\0:]", part) or not part.lower().endswith(WEIGHT_ENDINGS):
            problem = "has an index that names something else than a weights file beside it: {name}"
            raise DataError("file", filename, problem, GET_AGAIN, name=part[:80])
    return parts


def index_of(part: str) -> str:
    """Return the name of the index that belongs to a part such as model-00001-of-00002.safetensors, or ""."""
    match = _PART.fullmatch(part)
    index = f"{match[1]}{match[4]}.index.json" if match else ""
    return index if is_index(index) else ""


def is_index(name: str) -> bool:
    """Return whether a file is called as the index of a network in parts, such as model.safetensors.index.json."""
    stem, _, _ = name.lower().rpartition(".index.json")
    return stem.endswith(WEIGHT_ENDINGS)


def refuse_part(filename: str) -> None:
    """Raise DataError if a file alone is a part of a network, by its name."""
    match = _PART.fullmatch(PurePosixPath(filename).name)
    if match and int(match[3]) > 1:
        numbers = {"part": int(match[2]), "count": int(match[3])}
        raise DataError("file", filename, "is part {part} of {count} of a network", ALL_PARTS, **numbers)
