"""What a weights file holds besides the weights of its networks: names and kinds, bounded in number and length."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from gan_demo.weights.pickle_reader import Attributes, Inert
from gan_demo.weights.reading import roles

_MOST_NAMED = 12
_LONGEST_NAME = 40
_PLAIN = (str, int, float, bool, type(None))

# Kinds that no value tells by itself.
DISCRIMINATOR = "discriminator"
UNUSABLE = "unusable"  # a network with NaN, or with something else in the place of a weight
FILE = "file"  # weights of an archive or a folder that were left out


@dataclass(frozen=True)
class Extra:
    """Value beside the weights: its path in the file, what it is, and how many numbers or entries it has.

    ``kind`` ends a key of the interface's sentences ("explore.extra.numbers"); ``class_name`` is that of an object.
    """

    name: str
    kind: str
    count: int = 0
    class_name: str = ""


@dataclass(frozen=True)
class Skipped:
    """Extras of a file: the first of them by name, and how many there are with all others."""

    named: tuple[Extra, ...] = ()
    count: int = 0

    def without(self, names: Iterable[str]) -> Skipped:
        """Return the extras without those of these names."""
        left = tuple(extra for extra in self.named if extra.name not in names)
        return Skipped(left, self.count - len(self.named) + len(left))


class Extras:
    """Collector of extras: it holds the first few values, to describe them at the end, and counts the others."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[tuple[tuple[str, ...], Any, str]] = []

    def add(self, path: tuple[str, ...], value: Any, kind: str = "") -> None:
        """Add a value; ``kind`` says what it is where the value doesn't. None holds nothing and is left out."""
        if value is None and not kind:
            return
        self.count += 1
        if len(self._first) < _MOST_NAMED:
            self._first.append((path, value, kind))

    def add_files(self, names: Iterable[str]) -> None:
        """Add the weights files of an archive or a folder that were left out."""
        for name in names:
            self.add((name,), None, FILE)

    def replace(self, count: int, path: tuple[str, ...], value: Any, kind: str = "") -> None:
        """Put a value in the place of all after the first ``count``: they were parts of it."""
        self.count = count
        del self._first[count:]
        self.add(path, value, kind)

    def drop(self, path: tuple[str, ...]) -> None:
        """Take back the value at a path, which turned out to be weights."""
        self.count -= 1
        self._first = [entry for entry in self._first if entry[0] != path]

    def described(self) -> Skipped:
        """Return what was added, unusable networks first."""
        named = sorted((_described(*entry) for entry in self._first), key=lambda extra: extra.kind != UNUSABLE)
        return Skipped(tuple(named), self.count)


def _described(path: tuple[str, ...], value: Any, kind: str) -> Extra:
    name = _shown(".".join(path))
    if kind:
        return Extra(name, kind)
    if isinstance(value, Attributes):
        return Extra(name, "settings")
    if isinstance(value, list | tuple) and value and all(isinstance(part, int | float) for part in value):
        return Extra(name, "numbers", len(value))
    if not isinstance(value, dict | list | tuple | Inert):
        return _single(name, value)
    if roles.by_path(path) == roles.OPTIMIZER:
        is_optimizer = any(word.startswith("opt") for part in path for word in roles.words(part))
        return Extra(name, "optimizer" if is_optimizer else "training_state")
    return _several(name, value)


def _shown(name: str, most: int = _LONGEST_NAME) -> str:
    """Return a name of at most ``most`` characters in one line, whatever is in it."""
    name = name[: most + 1]
    name = name if name.isprintable() else name.encode("unicode_escape").decode()
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _several(name: str, value: dict[Any, Any] | list[Any] | tuple[Any, ...] | Inert) -> Extra:
    if isinstance(value, Inert):
        class_name = _shown(value.class_name) or "…"  # nameless: what an object that is no class was called for
        return Extra(name, "code" if value.arguments is None else "object", 0, class_name)
    return Extra(name, _kind_of_dict(value) if isinstance(value, dict) else "list", len(value))


def _kind_of_dict(value: dict[Any, Any]) -> str:
    if {"state", "param_groups"} <= value.keys():
        return "optimizer"
    if {"rng", "counts"} <= value.keys():
        return "training_state"
    if value and all(isinstance(part, Tensor) for part in value.values()):
        return "tensors"
    return "settings" if value and all(isinstance(part, _PLAIN) for part in value.values()) else "dict"


def _single(name: str, value: Any) -> Extra:
    if isinstance(value, Tensor) and value.dim():
        return Extra(name, "tensor", value.numel())
    if isinstance(value, bool):
        return Extra(name, "bool")
    if isinstance(value, int | float | Tensor):
        return Extra(name, "number")
    return Extra(name, "text" if isinstance(value, str) else "bytes")
