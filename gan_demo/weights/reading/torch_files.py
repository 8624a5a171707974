"""Readers of what torch.save writes: the zip format, the one before torch 1.6, and plain pickles that hold tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gan_demo.errors import GET_AGAIN, DataError
from gan_demo.weights.limits import refuse_tensors
from gan_demo.weights.pickle_reader import Inert, Machine
from gan_demo.weights.reading.memory import DTYPES, ClaimError, Storage
from gan_demo.weights.reading.pickles import known
from gan_demo.weights.reading.pickles.budget import Budget
from gan_demo.weights.reading.pickles.instructions import Cursor

_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_MOST_NESTED = 3  # files of torch.save in each other

Claims = dict[str, tuple[Any, int]]  # type and count of the numbers in each storage


def read_records(records: dict[str, memoryview], filename: str) -> Any:
    """Return the content of the zip format: ``data.pkl`` and the bytes of the storages by name."""
    if bytes(records.get("byteorder", b"little")[:8]) == b"big":
        refuse_tensors(filename, "big-endian")
    budget = Budget(filename, sum(map(len, records.values())))

    def storage(identity: Any) -> Any:
        kind, key, numel = _claim(identity)
        return kind if isinstance(kind, Inert) else _sized(Storage(kind, records[f"data/{key}"]), numel)

    return Machine(Cursor(records["data.pkl"]), budget, _known(1), _or_class(storage)).run()


def read_pickle(data: memoryview, filename: str) -> Any:
    """Return the content of a pickle: torch's format before 1.6 if it begins so, else the value it describes."""
    return _read_pickle(data, Budget(filename, len(data)), 1)


def _read_pickle(data: memoryview, budget: Budget, depth: int) -> Any:
    cursor = Cursor(data)
    first = Machine(cursor, budget, _known(depth)).run()
    return _read_legacy(cursor, budget, depth) if first == _LEGACY_MAGIC else first


def _read_legacy(cursor: Cursor, budget: Budget, depth: int) -> Any:
    """Read four more pickles, then of each storage the count of its numbers (8 bytes) and the numbers.

    The pickle with the content is followed twice, as its storages come after it.
    """
    known_calls = _known(depth)
    version, system = (Machine(cursor, budget, known_calls).run() for _ in range(2))
    if not isinstance(version, int) or not isinstance(system, dict):
        raise ValueError(version)
    if system.get("little_endian") is False:
        refuse_tensors(budget.filename, "big-endian")
    begin, claims = cursor.position, Claims()
    without_tensors = {name: call for name, call in known_calls.items() if not name.startswith("torch.")}
    Machine(cursor, budget, without_tensors, _or_class(lambda identity: _collect(identity, claims))).run()
    keys = Machine(cursor, budget, known_calls).run()
    if not isinstance(keys, list) or sorted(map(str, keys)) != sorted(claims):
        raise ValueError("keys")
    storages = {str(key): _next_storage(cursor, *claims[str(key)]) for key in keys}

    def storage(identity: Any) -> Any:
        kind, key, _ = _claim(identity)
        if isinstance(kind, Inert):
            return kind
        view = identity[5] if len(identity) > 5 else None  # (key, offset, count) of a part, before torch 0.4
        return storages[key] if view is None else storages[key].part(view[1], view[2])

    return Machine(Cursor(cursor.data, begin), budget, known_calls, _or_class(storage)).run()


def _next_storage(cursor: Cursor, kind: Any, numel: int) -> Storage:
    """Return the storage at the cursor, after its count was compared with the pickle's."""
    stored = int.from_bytes(cursor.view(8), "little", signed=True)
    if isinstance(kind, Inert):
        raise UnsupportedStorageError(kind.class_name)
    if stored != numel:
        raise ClaimError
    return Storage(kind, cursor.view(numel * kind.itemsize))


class UnsupportedStorageError(Exception):
    """Storages of a type whose size is not known stand before others; the argument is their type."""


def _collect(identity: Any, claims: Claims) -> None:
    kind, key, numel = _claim(identity)
    if claims.setdefault(key, (kind, numel))[1] != numel:
        raise ClaimError


def _claim(identity: Any) -> tuple[Any, str, int]:
    """Return type, key and count of the numbers that a storage claims; the type is a description if it is unknown."""
    label, kind, key, _, numel = identity[:5]
    if label != "storage" or not isinstance(kind, Inert) or type(numel) is not int or numel < 0:
        raise ValueError(label)
    name = kind.class_name.rpartition(".")[2]
    dtype = DTYPES.get(name.removesuffix("Storage"))
    return kind if dtype is None else dtype, str(key)[:512], numel


def _sized(storage: Storage, numel: int) -> Storage:
    if storage.numel != numel:
        raise ClaimError
    return storage


def _or_class(storage: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a reader of persistent ids that also knows those of classes, which torch saved with their source."""

    def read(identity: Any) -> Any:
        return identity[1] if isinstance(identity, tuple) and identity[0] == "module" else storage(identity)

    return read


def _known(depth: int) -> dict[str, Any]:
    def load_bytes(machine: Machine, data: memoryview) -> Any:
        if depth >= _MOST_NESTED:
            raise ValueError(depth)
        return _read_pickle(data, machine.budget, depth + 1)

    return known.table(load_bytes)


def truncated(filename: str) -> DataError:
    """Return the error for a file that ends before its content does."""
    return DataError("file", filename, "ends too early: it was not copied or downloaded completely", GET_AGAIN)
