"""Search of nested plain values for groups of named tensors: state dicts, pickled networks, lists of averages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from gan_demo.errors import DataError
from gan_demo.weights.limits import MAX_TENSORS, SAVE_PLAIN, refuse_tensors, unsupported_tensors
from gan_demo.weights.pickle_reader import Inert
from gan_demo.weights.reading import modules, roles
from gan_demo.weights.reading.extras import UNUSABLE, Extras
from gan_demo.weights.reading.pickles import known
from gan_demo.weights.reading.splitting import Part, split

WEIGHTS = ("weight", "bias", "running_mean", "running_var")  # last parts of a weight's name
_MAX_DEPTH = 8  # of dicts in each other
_MOST_VISITS = 2_000  # dicts, lists and objects that are looked into
_MOST_ENTRIES = 2_000_000  # of the dicts among them: one may stand in a file many times
_MOST_IN_A_LIST = 16  # networks in a list; longer lists are losses
_LONGEST_NAME = 256  # of a network
_UNNAMED = "…"  # an entry whose key is no name, or a very long one


@dataclass
class Walk:
    """What a file holds besides the groups of tensors that ``parts`` yields."""

    filename: str
    refusals: list[DataError] = field(default_factory=list)  # of groups that can't be used
    lists: list[tuple[tuple[str, ...], list[Tensor]]] = field(default_factory=list)  # averages without names
    objects: list[str] = field(default_factory=list)  # classes of objects that hold no weights
    extras: Extras = field(default_factory=Extras)  # all that is no group of tensors
    has_optimizer: bool = False
    _visits: int = 0
    _entries: int = 0

    def parts(self, content: object, path: tuple[str, ...] = ()) -> Iterator[Part]:
        """Yield the groups of tensors, each with its path."""
        self._visits += 1  # a dict may hold itself, many times
        self._entries += len(content) if isinstance(content, dict) else 0
        if self._visits > _MOST_VISITS or self._entries > _MOST_ENTRIES or len(path) > _MAX_DEPTH:
            return
        if isinstance(content, list | tuple):
            yield from self._list(content, path)
        elif isinstance(content, Inert) and modules.is_module(content):
            yield from self._module(content, path)
        elif isinstance(content, Inert):
            yield from self._object(content, path)
        elif isinstance(content, dict):
            yield from self._dict(content, path)

    def _list(self, content: list[Any] | tuple[Any, ...], path: tuple[str, ...]) -> Iterator[Part]:
        if 1 < len(content) <= MAX_TENSORS and all(isinstance(value, Tensor) for value in content):
            self.lists.append((path, list(content)))
            self.extras.add(path, content)
        elif len(content) <= _MOST_IN_A_LIST:
            for number, value in enumerate(content, 1):
                yield from self._inside(value, (*path, str(number)))

    def _module(self, module: Inert, path: tuple[str, ...]) -> Iterator[Part]:
        tensors = modules.tensors(module)
        if tensors:
            yield from self._divided(Part(path, tensors, False, module.class_name, modules.settings(module)))
        else:
            self.objects.append(module.class_name)

    def _object(self, value: Inert, path: tuple[str, ...]) -> Iterator[Part]:
        """Look into an object that is no network: its attributes, and the items of a dict's subclass."""
        if known.is_unsupported(value):
            self.refusals.append(unsupported_tensors(self.filename, known.kind_of_unsupported(value)))
            return
        inner: dict[Any, Any] = {**value.items, **(value.state if isinstance(value.state, dict) else {})}
        if inner:
            yield from self._dict(inner, path)
        if value.class_name and value.arguments is not None:
            self.objects.append(value.class_name)

    def _dict(self, content: dict[Any, Any], path: tuple[str, ...]) -> Iterator[Part]:
        if {"state", "param_groups"} <= content.keys() or {"rng", "counts"} <= content.keys():
            self.has_optimizer = True
            return
        tensors = {name: value for name, value in content.items() if isinstance(value, Tensor) and type(name) is str}
        inner = {name: value for name, value in content.items() if isinstance(value, dict | Inert | list | tuple)}
        if tensors and (not inner or any("." in name for name in tensors)):
            try:
                self._check_entries(content)
            except DataError as refusal:
                self.refusals.append(refusal)
                return
            yield from self._divided(Part(path, tensors))
            content = {name: value for name, value in content.items() if name not in tensors}
        for name, value in content.items():
            if type(name) in (str, int) and len(str(name)) <= _LONGEST_NAME:
                yield from self._entry(value, (*path, str(name)))
            else:
                self.extras.add((*path, _UNNAMED), value)

    def _entry(self, value: Any, path: tuple[str, ...]) -> Iterator[Part]:
        """Look into a dict's value if it may hold networks."""
        is_nested = isinstance(value, dict | Inert | list | tuple)
        if is_nested and roles.by_path(path) == roles.OPTIMIZER:
            self.has_optimizer = True
            self.extras.add(path, value)
        elif is_nested:
            yield from self._inside(value, path)
        else:
            self.extras.add(path, value)

    def _inside(self, value: Any, path: tuple[str, ...]) -> Iterator[Part]:
        """Yield the groups of tensors in a value; one without any is an extra as a whole."""
        extras, refusals, lists, has_parts = self.extras.count, len(self.refusals), len(self.lists), False
        for part in self.parts(value, path):
            has_parts = True
            yield part
        if not has_parts and len(self.lists) == lists:
            self.extras.replace(extras, path, value, UNUSABLE if len(self.refusals) > refusals else "")

    def _divided(self, whole: Part) -> Iterator[Part]:
        """Yield the networks in a group of tensors; what belongs to none of them is an extra."""
        used: set[int] = set()
        for part in split(whole):
            used |= set(map(id, part.tensors.values()))
            yield part
        for name, value in whole.tensors.items():
            if id(value) not in used and (value.dim() or value.is_floating_point()):  # counters belong to no network
                self.extras.add((*whole.path, name), value)

    def _check_entries(self, content: dict[Any, Any]) -> None:
        """Raise DataError if something else stands in the place of a weight: without it, another network is drawn."""
        for name, value in content.items():
            if known.is_unsupported(value):
                refuse_tensors(self.filename, known.kind_of_unsupported(value))
            if isinstance(value, Tensor | dict) or type(name) is not str or name.rpartition(".")[2] not in WEIGHTS:
                continue
            if isinstance(value, Inert):
                problem = "holds code ({function}) in the place of the weight {name}; it is never run"
                details = {"function": value.class_name, "name": name}
                raise DataError("file", self.filename, problem, SAVE_PLAIN, **details)
            problem = "has an entry that is not a weight: {name}"
            raise DataError("file", self.filename, problem, SAVE_PLAIN, name=name)
