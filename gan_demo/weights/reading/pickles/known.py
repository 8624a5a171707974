"""Functions and classes in pickles that have a meaning here: tensors, numpy arrays, dicts, namespaces.

Each takes the machine and the call's arguments and returns a plain value. What stands in no table stays a description.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import torch

from gan_demo.weights.pickle_reader import Attributes, Call, Inert, Machine, Pending, plain_key
from gan_demo.weights.reading import memory
from gan_demo.weights.reading.memory import Storage

_NUMPY_TYPE = re.compile(r"([<>=|]?)([fiub])([1248])")
_NUMPY_DTYPES = {
    "f8": torch.float64,
    "f4": torch.float32,
    "f2": torch.float16,
    "i8": torch.int64,
    "i4": torch.int32,
    "i2": torch.int16,
    "i1": torch.int8,
    "u1": torch.uint8,
    "b1": torch.bool,
}
_UNSUPPORTED = {  # functions that rebuild tensors which are no dense numbers
    "_rebuild_sparse_tensor": "sparse",
    "_rebuild_nested_tensor": "nested",
    "_rebuild_qtensor": "quantised",
    "_rebuild_meta_tensor_no_storage": "meta",
    "_rebuild_wrapper_subclass": "subclassed",
}
_NAMESPACES = ("argparse.Namespace", "types.SimpleNamespace", "easydict.EasyDict", "munch.Munch", "addict.addict.Dict")


def kind_of_unsupported(value: object) -> str:
    """Return which kind of tensor a description stands for ("sparse"), or "" for anything else."""
    return value.class_name.removeprefix("tensor ") if is_unsupported(value) and isinstance(value, Inert) else ""


def is_unsupported(value: object) -> bool:
    """Return whether a value is a tensor that is no dense numbers on the CPU."""
    return isinstance(value, Inert) and value.class_name.startswith("tensor ")


def table(load_bytes: Callable[[Machine, memoryview], Any]) -> dict[str, Call]:
    """Return all that is known, by dotted name. ``load_bytes`` reads a file of torch.save inside a pickle."""
    return _KNOWN | {"torch.storage._load_from_bytes": lambda machine, a: load_bytes(machine, as_view(machine, a[0]))}


def as_view(machine: Machine, value: object) -> memoryview:
    """Return the bytes of a value; texts are bytes of Python 2."""
    if isinstance(value, str):
        machine.budget.spend(len(value))
        value = value.encode("latin-1")
    if not isinstance(value, bytes | memoryview):
        raise TypeError(type(value))
    return memoryview(value)


def _pairs(machine: Machine, into: dict[Any, Any], arguments: Iterable[Any]) -> dict[Any, Any]:
    """Fill a dict as its class does: from a dict or from a list of pairs."""
    for argument in arguments:
        machine.budget.spend(64 * len(argument))
        items = argument.items() if isinstance(argument, dict) else argument
        into.update({plain_key(key): value for key, value in items})
    return into


def _dict(machine: Machine, arguments: tuple[Any, ...]) -> dict[Any, Any]:
    return _pairs(machine, {}, arguments)


def _default_dict(machine: Machine, arguments: tuple[Any, ...]) -> dict[Any, Any]:
    return _pairs(machine, {}, arguments[1:])


def _attributes(machine: Machine, arguments: tuple[Any, ...]) -> Attributes:
    return _pairs(machine, Attributes(), arguments)  # type: ignore[return-value]


def _sequence(machine: Machine, arguments: tuple[Any, ...]) -> list[Any]:
    items = arguments[0] if arguments else []
    if not isinstance(items, list | tuple):
        raise TypeError(type(items))
    machine.budget.spend(8 * len(items))
    return list(items)


def _size(machine: Machine, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(_sequence(machine, arguments))


def _path(machine: Machine, arguments: tuple[Any, ...]) -> str:
    machine.budget.spend(sum(len(part) for part in arguments if isinstance(part, str)))
    return "/".join(part for part in arguments if isinstance(part, str))


def _device(machine: Machine, arguments: tuple[Any, ...]) -> str:
    return ":".join(str(part) for part in arguments[:2] if isinstance(part, str | int))[:80]


def _encode(machine: Machine, arguments: tuple[Any, ...]) -> bytes:
    """Return bytes that protocols 0 to 2 write as text."""
    text, encoding = arguments
    if encoding not in ("latin1", "latin-1"):
        raise ValueError(encoding)
    machine.budget.spend(len(text))
    encoded: bytes = text.encode("latin-1")
    return encoded


def _bytes(machine: Machine, arguments: tuple[Any, ...]) -> memoryview:
    return as_view(machine, arguments[0]) if arguments else memoryview(b"")


def _reconstruct(machine: Machine, arguments: tuple[Any, ...]) -> Any:
    """Return an object by its class, as protocols 0 and 1 write it."""
    machine.call(arguments[0], ())
    value = machine.stack.pop()
    base, state = (*arguments[1:3], None)[:2]
    if isinstance(base, Inert) and base.class_name == "builtins.dict" and isinstance(state, dict):
        _pairs(machine, value if isinstance(value, dict) else value.items, [state])
    return value


def _new_object(machine: Machine, arguments: tuple[Any, ...]) -> Any:
    machine.call(arguments[0], tuple(arguments[1:]))
    return machine.stack.pop()


# ---- torch


def _tensor(machine: Machine, arguments: tuple[Any, ...]) -> Any:
    """Return a tensor: a view of its storage."""
    storage, offset, size, stride = arguments[:4]
    if len(arguments) > 4 and type(arguments[4]) is not bool:  # whether it has a gradient
        raise ValueError(arguments)
    machine.budget.spend_tensor()
    if isinstance(storage, Inert):  # of a type that is no number
        return Inert(f"tensor {storage.class_name}", ())
    return memory.strided(storage, memory.flat(storage), offset, tuple(size), tuple(stride))


def _typed_tensor(machine: Machine, arguments: tuple[Any, ...]) -> Any:
    """Return a tensor whose type stands beside its untyped storage."""
    storage, dtype = arguments[0], getattr(torch, str(arguments[6]).removeprefix("torch."), None)
    if not isinstance(storage, Storage) or dtype is None or dtype not in memory.DTYPES.values():
        return Inert(f"tensor {arguments[6]}", ())
    return _tensor(machine, (storage.as_type(dtype), *arguments[1:4]))


def _parameter(machine: Machine, arguments: tuple[Any, ...]) -> Any:
    return arguments[0]


def _subclass(machine: Machine, arguments: tuple[Any, ...]) -> Any:
    """Return the tensor of a subclass, such as a parameter of somebody's own class."""
    machine.call(arguments[0], arguments[2])
    return machine.stack.pop()


def _persistent_module(machine: Machine, arguments: tuple[Any, ...]) -> Inert:
    """Return the description of an object of NVIDIA's persistent classes; the code beside it is left alone."""
    meta = arguments[0]
    name = meta.get("class_name")
    return Inert(name if isinstance(name, str) else "", (), meta.get("state"))


def _unsupported(kind: str) -> Call:
    return lambda machine, arguments: Inert(f"tensor {kind}", ())


# ---- numpy


def _numpy_type(machine: Machine, arguments: tuple[Any, ...]) -> Pending:
    """Return a type of numbers as "<f4", once its byte order is known."""
    name = arguments[0] if isinstance(arguments[0], str) else ""
    pending = Pending(lambda state: Inert(f"dtype {'>' if state[1] == '>' else '<'}{name.lstrip('<>=|')}"))
    pending.value = Inert(f"dtype {name}")
    return pending


def _numbers(machine: Machine, dtype: Any, data: Any, shape: tuple[int, ...], by_column: bool = False) -> Any:
    """Return numpy's numbers as a tensor, or a description if they are texts, objects or of another byte order."""
    match = _NUMPY_TYPE.fullmatch(dtype.class_name.removeprefix("dtype ")) if isinstance(dtype, Inert) else None
    kind = _NUMPY_DTYPES.get(match[2] + match[3]) if match else None
    if match is None or kind is None or (match[1] == ">" and match[3] != "1") or isinstance(data, list):
        return Inert("numpy.ndarray", ())
    storage = Storage(kind, as_view(machine, data))
    machine.budget.spend_tensor()
    stride, step = [], 1
    for n in shape if by_column else shape[::-1]:
        stride.append(step)
        step *= n
    return memory.strided(storage, memory.flat(storage), 0, shape, tuple(stride if by_column else stride[::-1]))


def _array(machine: Machine, arguments: tuple[Any, ...]) -> Pending:
    """Return an array, once its state says shape, type, order and bytes."""
    pending = Pending(lambda state: _numbers(machine, state[2], state[4], tuple(state[1]), bool(state[3])))
    pending.value = Inert("numpy.ndarray", ())
    return pending


def _array_of_buffer(machine: Machine, arguments: tuple[Any, ...]) -> Any:
    data, dtype, shape, order = arguments
    return _numbers(machine, dtype, data, tuple(shape), order == "F")


def _scalar(machine: Machine, arguments: tuple[Any, ...]) -> Any:
    number = _numbers(machine, arguments[0], arguments[1], ())
    return number.item() if isinstance(number, torch.Tensor) else number


_KNOWN: dict[str, Call] = {
    "collections.OrderedDict": _dict,
    "collections.Counter": _dict,
    "collections.defaultdict": _default_dict,
    "collections.deque": _sequence,
    "builtins.dict": _dict,
    "builtins.list": _sequence,
    "builtins.set": _sequence,
    "builtins.frozenset": _sequence,
    "builtins.tuple": _size,
    "builtins.bytearray": _bytes,
    "builtins.bytes": _bytes,
    "_codecs.encode": _encode,
    "copyreg._reconstructor": _reconstruct,
    "copyreg.__newobj__": _new_object,
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor_v3": _typed_tensor,
    "torch._utils._rebuild_parameter": _parameter,
    "torch._utils._rebuild_parameter_with_state": _parameter,
    "torch._utils._rebuild_device_tensor_from_numpy": _parameter,
    "torch._utils._rebuild_device_tensor_from_cpu_tensor": _parameter,
    "torch._tensor._rebuild_from_type_v2": _subclass,
    "torch.nn.parameter.Parameter": _parameter,  # before torch 0.4
    "torch.autograd.variable.Variable": _parameter,
    "torch.Size": _size,
    "torch.device": _device,
    "torch_utils.persistence._reconstruct_persistent_obj": _persistent_module,
    "numpy.core.multiarray._reconstruct": _array,
    "numpy.core.multiarray.scalar": _scalar,
    "numpy.core.numeric._frombuffer": _array_of_buffer,
    "numpy.dtype": _numpy_type,
}
_KNOWN |= dict.fromkeys(_NAMESPACES, _attributes)
_KNOWN |= dict.fromkeys(("dnnlib.util.EasyDict", "dnnlib.EasyDict", "utils.EasyDict", "attrdict.AttrDict"), _attributes)
_KNOWN |= {
    f"{module}.{kind}Path": _path
    for module in ("pathlib", "pathlib._local")
    for kind in ("Posix", "Windows", "PurePosix", "PureWindows", "Pure", "")
}
_KNOWN |= {f"torch._utils.{function}": _unsupported(kind) for function, kind in _UNSUPPORTED.items()}
