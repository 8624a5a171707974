"""Files of a Hub repository that may be weights of a generator: the likeliest first, and those that a name means."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from gan_demo.weights.reading import parts

ENDINGS = (".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".tar", ".onnx")  # the best first
_MAX_OFFERED = 50
_GENERATOR = re.compile(r"(^|[^a-z])(g|gen|generator|netg|g_?ema|ema)([^a-z]|$)")
_OTHER = re.compile(
    r"(^|[^a-z])(d|dis|disc|discriminator|netd|critic|classifier|optimi[sz]er|optim|scheduler|encoder|vae|"
    r"training_args|rng_state|random_states)([^a-z]|$)"
)


def likeliest(files: Iterable[str]) -> list[str]:
    """Return those of a repository's files that may be weights of a generator, the likeliest first.

    A name that says discriminator or optimiser comes last; then names like a generator's come first, then safetensors,
    then files that lie in fewer folders.
    """
    weights = [file for file in files if file.lower().endswith(ENDINGS)]
    return sorted(weights, key=_rank)


def generators(files: Collection[str]) -> tuple[str, ...]:
    """Return the files to offer, the likeliest first: not those called otherwise; of a network in parts, its index."""
    offered = [with_index(file, files) for file in likeliest(files) if not _is_other(file)]
    return tuple(dict.fromkeys(offered))[:_MAX_OFFERED]


def find(files: Iterable[str], name: str) -> str:
    """Return the first of these files that is called so, with or without folder and ending; "" for none."""
    return next((file for file in files if name in _names(file)), "")


def onnx_data(file: str, files: Iterable[str]) -> list[str]:
    """Return the files beside an ONNX file that are called as exporters call its weights; none of another file."""
    path = PurePosixPath(file)
    if path.suffix.lower() != ".onnx":
        return []
    names = re.compile(rf"{re.escape(path.stem)}(\.onnx)?[._](data|bin|weights|pb)([._]?\d+)?", re.IGNORECASE)
    others = {other: PurePosixPath(other) for other in files}
    return sorted(other for other, at in others.items() if at.parent == path.parent and names.fullmatch(at.name))


def with_index(file: str, files: Collection[str]) -> str:
    """Return the index of a network in parts if a file is one of them and ``files`` hold the index; else the file."""
    index = parts.index_of(file)
    return index if index in files else file


def _names(file: str) -> tuple[str, ...]:
    path = PurePosixPath(file.removesuffix(".index.json"))
    return file, path.name, str(path.with_suffix("")), path.stem


def _stem(file: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", PurePosixPath(file).stem).lower().replace("-", "_")


def _is_other(file: str) -> bool:
    return bool(_OTHER.search(_stem(file)))


def _rank(file: str) -> tuple[bool, bool, int, int, str]:
    name = PurePosixPath(file).name.lower()
    ending = next(k for k, ending in enumerate(ENDINGS) if name.endswith(ending))
    return _is_other(file), not _GENERATOR.search(_stem(file)), ending, file.count("/"), file
