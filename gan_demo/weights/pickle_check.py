"""The pickles inside of PyTorch's files, followed without running them.

A pickle is a program for a small stack machine, which may call any function there is. This reader knows the two dozen
instructions that a state dict needs and builds nothing but descriptions; it checks every size, offset and stride
against the bytes that are there, and refuses the rest. What it has passed is harmless for
``torch.load(weights_only=True)``, and small enough.
"""

from __future__ import annotations

import io
import pickletools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gan_demo.errors import GET_AGAIN, DataError
from gan_demo.weights.limits import (
    LIMIT,
    MAX_HEADER,
    MAX_TENSORS,
    SAVE_PLAIN,
    refuse_kind,
    too_large,
    too_many,
)

_BYTES = {
    "Double": 8, "Float": 4, "Half": 2, "BFloat16": 2, "Long": 8, "Int": 4, "Short": 2, "Char": 1, "Byte": 1, "Bool": 1,
}  # fmt: skip
_UNUSUAL = {
    "torch._utils _rebuild_sparse_tensor": "sparse",
    "torch._utils _rebuild_qtensor": "quantised",
    "torch._utils _rebuild_meta_tensor_no_storage": "meta",
    "torch._utils _rebuild_wrapper_subclass": "subclassed",
    "torch._utils _rebuild_device_tensor_from_numpy": "device",
    "torch._utils _rebuild_device_tensor_from_cpu_tensor": "device",
    "torch._utils _rebuild_tensor_v3": "unusual",
    "torch._tensor _rebuild_from_type_v2": "subclassed",
}


@dataclass(frozen=True)
class _Global:
    name: str  # "module name"


@dataclass(frozen=True)
class _Storage:
    numel: int


class _Described:
    """Stands for a tensor."""


class Reader:
    """Follows one pickle and builds descriptions; whatever a state dict does not need is refused."""

    def __init__(
        self,
        file: io.BytesIO,
        filename: str,
        record_size: Callable[[str], int] | None = None,
        claimed: dict[str, int] | None = None,
    ) -> None:
        """``record_size`` tells a storage's bytes; without it, sizes are taken down in ``claimed`` to check later."""
        self.file, self.filename, self.record_size = file, filename, record_size
        self.claimed: dict[str, int] = {} if claimed is None else claimed
        self.stack: list[Any] = []
        self.outer: list[list[Any]] = []
        self.memo: dict[int, Any] = {}
        self.tensors = 0

    def load(self) -> object:
        """The described object. The file is then behind the pickle's last byte."""
        start = self.file.tell()
        for opcode, argument, position in pickletools.genops(self.file):
            if (position or 0) - start > MAX_HEADER:
                raise too_many(self.filename)
            if opcode.name == "STOP":
                return self.stack.pop()
            self._follow(opcode.name, argument)
        raise EOFError

    def _follow(self, name: str, argument: Any) -> None:
        if name in _CONSTANTS:
            self.stack.append(_CONSTANTS[name]())
        elif name in _LITERALS:
            self.stack.append(argument)
        elif name in ("BINGET", "LONG_BINGET"):
            self.stack.append(self.memo[argument])
        elif name in ("BINPUT", "LONG_BINPUT"):
            self.memo[argument] = self.stack[-1]
        elif name in _STEPS:
            _STEPS[name](self)
        elif name == "GLOBAL":
            self.stack.append(self._global(argument))
        elif name == "PROTO" and argument == 2:
            return
        else:
            raise DataError("file", self.filename, "holds a Python pickle that could run code", SAVE_PLAIN)

    def _global(self, name: str) -> _Global:
        kind = name.removeprefix("torch ").removesuffix("Storage")
        if name in _CALLS or (name == f"torch {kind}Storage" and kind in _BYTES):
            return _Global(name)
        if name in _UNUSUAL or name.endswith("Storage"):
            refuse_kind(self.filename, _UNUSUAL.get(name, name.replace(" ", ".")))
        asked = name.replace(" ", ".")
        raise DataError("file", self.filename, "holds code ({asked}), which is not run", SAVE_PLAIN, asked=asked)

    def mark(self) -> None:
        self.outer.append(self.stack)
        self.stack = []

    def pop_mark(self) -> list[Any]:
        items, self.stack = self.stack, self.outer.pop()
        return items

    def make_tuple(self, count: int | None = None) -> None:
        if count is None:
            items = self.pop_mark()
        else:
            items = [self.stack.pop() for _ in range(count)][::-1]
        self.stack.append(tuple(items))

    def extend(self, many: bool) -> None:
        items = self.pop_mark() if many else [self.stack.pop()]
        _only(list, self.stack[-1]).extend(items)

    def set_items(self, many: bool) -> None:
        items = self.pop_mark() if many else [self.stack.pop() for _ in range(2)][::-1]
        target = _only(dict, self.stack[-1])
        for key, value in zip(items[::2], items[1::2], strict=True):
            if type(key) not in (str, int):
                raise TypeError(key)  # others can take for ever to hash
            target[key] = value

    def build(self) -> None:
        """An OrderedDict's attributes: the _metadata of a state dict. Not needed."""
        _only(dict, self.stack.pop())
        _only(dict, self.stack[-1])

    def call(self) -> None:
        arguments = _only(tuple, self.stack.pop())
        self.stack.append(_CALLS[_only(_Global, self.stack.pop()).name](self, *arguments))

    def storage(self) -> None:
        label, kind, key, _, numel, *view = _only(tuple, self.stack.pop())
        if label != "storage" or type(key) is not str or view not in ([], [None]):
            raise ValueError(label)
        if _only(int, numel) < 0:
            raise ValueError(numel)
        size = numel * _BYTES[_only(_Global, kind).name.removeprefix("torch ").removesuffix("Storage")]
        if self.record_size is not None and self.record_size(key) != size:
            raise DataError("file", self.filename, "claims more or fewer numbers than it holds", GET_AGAIN)
        if self.claimed.setdefault(key, size) != size or sum(self.claimed.values()) > LIMIT:
            raise too_large(self.filename)
        self.stack.append(_Storage(numel))

    def tensor(
        self, storage: Any, offset: Any, size: Any, stride: Any, grad: Any, hooks: Any, extra: Any = None
    ) -> _Described:
        self.tensors += 1
        if self.tensors > MAX_TENSORS:
            raise too_many(self.filename)
        numbers = [offset, *_only(tuple, size), *_only(tuple, stride)]
        if any(type(n) is not int or not 0 <= n < 2**48 for n in numbers) or len(size) != len(stride) or len(size) > 8:
            raise ValueError(numbers)
        if type(grad) is not bool or hooks != {} or extra not in (None, {}):
            raise ValueError(grad)
        count, last = 1, offset
        for n, step in zip(size, stride, strict=True):
            count *= n
            last += max(0, n - 1) * step
        held = _only(_Storage, storage).numel
        if count > held or (count and last >= held):
            raise DataError("file", self.filename, "claims more or fewer numbers than it holds", GET_AGAIN)
        return _Described()

    def parameter(self, tensor: Any, grad: Any, hooks: Any) -> _Described:
        if type(grad) is not bool or hooks != {}:
            raise ValueError(grad)
        described: _Described = _only(_Described, tensor)
        return described


_CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None, "NEWTRUE": lambda: True, "NEWFALSE": lambda: False,
    "EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple,
}  # fmt: skip
_LITERALS = ("BININT", "BININT1", "BININT2", "BINFLOAT", "LONG1", "BINUNICODE")
_STEPS: dict[str, Callable[[Reader], None]] = {
    "MARK": Reader.mark,
    "TUPLE": Reader.make_tuple,
    "TUPLE1": lambda reader: reader.make_tuple(1),
    "TUPLE2": lambda reader: reader.make_tuple(2),
    "TUPLE3": lambda reader: reader.make_tuple(3),
    "APPEND": lambda reader: reader.extend(many=False),
    "APPENDS": lambda reader: reader.extend(many=True),
    "SETITEM": lambda reader: reader.set_items(many=False),
    "SETITEMS": lambda reader: reader.set_items(many=True),
    "BUILD": Reader.build,
    "REDUCE": Reader.call,
    "BINPERSID": Reader.storage,
}
_CALLS: dict[str, Callable[..., Any]] = {
    "collections OrderedDict": lambda reader: {},
    "torch._utils _rebuild_tensor_v2": Reader.tensor,
    "torch._utils _rebuild_parameter": Reader.parameter,
}


def _only(kind: type[Any], value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{type(value)} in the place of {kind}")
    return value
