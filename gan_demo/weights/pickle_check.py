"""Check of the pickles inside PyTorch's files, which are followed without being run.

A pickle is a program for a small stack machine, which may call any function. This reader knows the two dozen
instructions that a state dict needs, and builds only descriptions; it checks every size, offset and stride against the
bytes that are present, and refuses everything else. A pickle that passes is harmless for
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
    MAX_HEADER_BYTES,
    MAX_TENSORS,
    MAX_WEIGHT_BYTES,
    SAVE_PLAIN,
    refuse_tensors,
    too_large,
    too_many_tensors,
)

_NUMBER_BYTES = {  # by the name of a storage, as in torch.FloatStorage
    "Double": 8,
    "Float": 4,
    "Half": 2,
    "BFloat16": 2,
    "Long": 8,
    "Int": 4,
    "Short": 2,
    "Char": 1,
    "Byte": 1,
    "Bool": 1,
}
_UNREAD_KINDS = {  # functions that rebuild unsupported kinds of tensors
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
    """Name of a class or function, as "module name"."""

    name: str


@dataclass(frozen=True)
class _Storage:
    """Memory of ``numel`` numbers."""

    numel: int


class _Tensor:
    """Stand-in for a tensor."""


class PickleReader:
    """Stack machine that follows one pickle and builds descriptions; it refuses what no state dict needs."""

    def __init__(
        self,
        file: io.BytesIO,
        filename: str,
        record_size: Callable[[str], int] | None = None,
        claimed: dict[str, int] | None = None,
    ) -> None:
        """Read from ``file``; errors call it ``filename``.

        ``record_size`` returns the bytes of the storage with a key; without it, the claimed sizes (bytes by key) are
        collected in ``claimed`` for the caller to check.
        """
        self.file, self.filename, self.record_size = file, filename, record_size
        self.claimed: dict[str, int] = {} if claimed is None else claimed
        self.stack: list[Any] = []
        self.outer: list[list[Any]] = []
        self.memo: dict[int, Any] = {}
        self.tensors = 0

    def load(self) -> object:
        """Return the described object. The file's position is then behind the pickle's last byte."""
        start = self.file.tell()
        for opcode, argument, position in pickletools.genops(self.file):
            if (position or 0) - start > MAX_HEADER_BYTES:
                raise too_many_tensors(self.filename)
            if opcode.name == "STOP":
                return self.stack.pop()
            self._follow(opcode.name, argument)
        raise EOFError

    def _follow(self, name: str, argument: Any) -> None:
        """Follow one instruction of the pickle. Raises DataError for those that no state dict needs."""
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
        """Return a class or function by its name. Raises DataError unless a state dict needs it."""
        kind = name.removeprefix("torch ").removesuffix("Storage")
        if name in _CALLS or (name == f"torch {kind}Storage" and kind in _NUMBER_BYTES):
            return _Global(name)
        if name in _UNREAD_KINDS or name.endswith("Storage"):
            refuse_tensors(self.filename, _UNREAD_KINDS.get(name, name.replace(" ", ".")))
        function = name.replace(" ", ".")
        raise DataError(
            "file", self.filename, "holds code ({function}), which is never run", SAVE_PLAIN, function=function
        )

    def mark(self) -> None:
        """Begin a new stack, as the instruction MARK does."""
        self.outer.append(self.stack)
        self.stack = []

    def pop_mark(self) -> list[Any]:
        """Return what was pushed since the last MARK, and go back to the stack before it."""
        items, self.stack = self.stack, self.outer.pop()
        return items

    def make_tuple(self, count: int | None = None) -> None:
        """Push a tuple of the last ``count`` values, by default of all since the last MARK."""
        if count is None:
            items = self.pop_mark()
        else:
            items = [self.stack.pop() for _ in range(count)][::-1]
        self.stack.append(tuple(items))

    def extend(self, many: bool) -> None:
        """Append to a list: all values since the last MARK, or the last one."""
        items = self.pop_mark() if many else [self.stack.pop()]
        _only(list, self.stack[-1]).extend(items)

    def set_items(self, many: bool) -> None:
        """Set items of a dict: all pairs since the last MARK, or the last one."""
        items = self.pop_mark() if many else [self.stack.pop() for _ in range(2)][::-1]
        target = _only(dict, self.stack[-1])
        for key, value in zip(items[::2], items[1::2], strict=True):
            if type(key) not in (str, int):
                raise TypeError(key)  # nested tuples can take centuries to hash
            target[key] = value

    def build(self) -> None:
        """Drop the attributes of an OrderedDict: the _metadata of a state dict, which is not needed."""
        _only(dict, self.stack.pop())
        _only(dict, self.stack[-1])

    def call(self) -> None:
        """Push a description of a function call's result; only the functions in ``_CALLS`` are allowed."""
        arguments = _only(tuple, self.stack.pop())
        self.stack.append(_CALLS[_only(_Global, self.stack.pop()).name](self, *arguments))

    def storage(self) -> None:
        """Push the description of a storage, after its claimed size was compared with that of its record."""
        label, kind, key, _, numel, *view = _only(tuple, self.stack.pop())
        if label != "storage" or type(key) is not str or view not in ([], [None]):
            raise ValueError(label)
        if _only(int, numel) < 0:
            raise ValueError(numel)
        size = numel * _NUMBER_BYTES[_only(_Global, kind).name.removeprefix("torch ").removesuffix("Storage")]
        if self.record_size is not None and self.record_size(key) != size:
            raise DataError("file", self.filename, "claims more or fewer numbers than it holds", GET_AGAIN)
        if self.claimed.setdefault(key, size) != size or sum(self.claimed.values()) > MAX_WEIGHT_BYTES:
            raise too_large(self.filename)
        self.stack.append(_Storage(numel))

    def tensor(
        self, storage: Any, offset: Any, size: Any, stride: Any, grad: Any, hooks: Any, extra: Any = None
    ) -> _Tensor:
        """Return a stand-in for a tensor, after its offset, size and strides were compared with its storage."""
        self.tensors += 1
        if self.tensors > MAX_TENSORS:
            raise too_many_tensors(self.filename)
        numbers = [offset, *_only(tuple, size), *_only(tuple, stride)]
        if any(type(n) is not int or not 0 <= n < 2**48 for n in numbers) or len(size) != len(stride) or len(size) > 8:
            raise ValueError(numbers)
        if type(grad) is not bool or hooks != {} or extra not in (None, {}):
            raise ValueError(grad)
        count, last = 1, offset
        for n, step in zip(size, stride, strict=True):
            count *= n
            last += max(0, n - 1) * step
        available = _only(_Storage, storage).numel
        if count > available or (count and last >= available):
            raise DataError("file", self.filename, "claims more or fewer numbers than it holds", GET_AGAIN)
        return _Tensor()

    def parameter(self, tensor: Any, grad: Any, hooks: Any) -> _Tensor:
        """Return the tensor that a parameter holds."""
        if type(grad) is not bool or hooks != {}:
            raise ValueError(grad)
        described: _Tensor = _only(_Tensor, tensor)
        return described


_CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
}
_LITERALS = ("BININT", "BININT1", "BININT2", "BINFLOAT", "LONG1", "BINUNICODE")
_STEPS: dict[str, Callable[[PickleReader], None]] = {
    "MARK": PickleReader.mark,
    "TUPLE": PickleReader.make_tuple,
    "TUPLE1": lambda reader: reader.make_tuple(1),
    "TUPLE2": lambda reader: reader.make_tuple(2),
    "TUPLE3": lambda reader: reader.make_tuple(3),
    "APPEND": lambda reader: reader.extend(many=False),
    "APPENDS": lambda reader: reader.extend(many=True),
    "SETITEM": lambda reader: reader.set_items(many=False),
    "SETITEMS": lambda reader: reader.set_items(many=True),
    "BUILD": PickleReader.build,
    "REDUCE": PickleReader.call,
    "BINPERSID": PickleReader.storage,
}
_CALLS: dict[str, Callable[..., Any]] = {
    "collections OrderedDict": lambda reader: {},
    "torch._utils _rebuild_tensor_v2": PickleReader.tensor,
    "torch._utils _rebuild_parameter": PickleReader.parameter,
}


def _only(kind: type[Any], value: Any) -> Any:
    """Return ``value``. Raises TypeError unless it is exactly of this type."""
    if type(value) is not kind:
        raise TypeError(f"{type(value)} instead of {kind}")
    return value
