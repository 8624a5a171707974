"""Inert reader of pickles: a stack machine that builds plain values; nothing is imported or called.

A pickle is a program that may call any function. Here a class or function is only its name: those in
``reading.pickles.known`` become dicts, lists, numbers, texts and tensors by code of our own, all others ``Inert``
descriptions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gan_demo.weights.reading.pickles.budget import Budget
from gan_demo.weights.reading.pickles.instructions import Cursor, instructions

_LARGEST_KEY = 2**60  # larger whole numbers may share one hash, and a dict of them takes forever


@dataclass(eq=False, repr=False)
class Inert:
    """Class, function or object that is described and never made: its name, arguments and state.

    A class or function itself has no ``arguments``; ``items`` and ``elements`` are those of a dict or list subclass.
    """

    class_name: str
    arguments: tuple[Any, ...] | None = None
    state: Any = None
    items: dict[Any, Any] = field(default_factory=dict)
    elements: list[Any] = field(default_factory=list)

    def __repr__(self) -> str:
        """Return its name alone: what it holds may be shared a billion times."""
        return f"<{self.class_name}>"


class Attributes(dict[Any, Any]):
    """Attributes of a namespace, or items of a dict whose keys are attributes too."""


class Pending:
    """Value whose state comes later, such as a numpy array: ``build`` returns it."""

    def __init__(self, build: Callable[[Any], Any]) -> None:
        self.build = build
        self.value: Any = None


Call = Callable[["Machine", tuple[Any, ...]], Any]


class Machine:
    """Stack machine for one pickle.

    ``storage`` returns what a persistent id stands for; ``known`` are the functions and classes with a meaning here.
    Values are shared as in the pickle, and may hold themselves. Raises DataError beyond the budget, and EOFError,
    ValueError, TypeError, KeyError, IndexError or ClaimError for a pickle that makes no sense.
    """

    def __init__(
        self, cursor: Cursor, budget: Budget, known: dict[str, Call], storage: Callable[[Any], Any] | None = None
    ) -> None:
        self.cursor, self.budget, self.known, self.storage = cursor, budget, known, storage
        self.stack: list[Any] = []
        self.outer: list[list[Any]] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        """Return the value; the cursor is then behind the pickle."""
        for name, argument in instructions(self.cursor):
            self.budget.spend(_COSTS.get(name, 40))
            step = _STEPS.get(name)
            if step is not None:
                step(self, argument)
            elif name in _LITERALS:
                self.stack.append(argument)
        return self._pop()

    def _pop(self) -> Any:
        value = self.stack.pop()
        return value.value if isinstance(value, Pending) else value

    def mark(self, _: Any) -> None:
        """Begin a new stack."""
        self.outer.append(self.stack)
        self.stack = []

    def pop_mark(self) -> list[Any]:
        """Return what was pushed since the last mark, and go back to the stack before it."""
        items, self.stack = self.stack, self.outer.pop()
        return [item.value if isinstance(item, Pending) else item for item in items]

    def push_text(self, text: str) -> None:
        """Push a text."""
        self.budget.spend(4 * len(text))
        self.stack.append(text)

    def pop(self, _: Any) -> None:
        """Drop the last value, or the last mark."""
        if self.stack:
            self.stack.pop()
        else:
            self.pop_mark()

    def make_tuple(self, count: int | None) -> None:
        """Push a tuple of the last ``count`` values, or of all since the last mark."""
        items = self.pop_mark() if count is None else [self._pop() for _ in range(count)][::-1]
        self.budget.spend(8 * len(items))
        self.stack.append(tuple(items))

    def make_list(self, _: Any) -> None:
        """Push a list of all values since the last mark."""
        items = self.pop_mark()  # which changes the stack
        self.stack.append(items)

    def make_dict(self, _: Any) -> None:
        """Push a dict of all values since the last mark."""
        items = self.pop_mark()
        self.stack.append({})
        self.set_items(items)

    def extend(self, items: list[Any]) -> None:
        """Append values to the list below them."""
        target = self._top()
        if isinstance(target, Inert):
            target.elements.extend(items)
        elif type(target) is list:
            target.extend(items)
        else:
            raise TypeError(type(target))

    def set_items(self, items: list[Any]) -> None:
        """Set items of the dict below them; a key that is no plain value is replaced by its description."""
        target = self._top()
        into = target.items if isinstance(target, Inert) else target
        if not isinstance(into, dict):
            raise TypeError(type(target))
        for key, value in zip(items[::2], items[1::2], strict=True):
            into[plain_key(key)] = value

    def memoize(self, index: int | None) -> None:
        """Remember the last value."""
        self.memo[len(self.memo) if index is None else index] = self.stack[-1]

    def global_name(self, module: Any, name: Any) -> None:
        """Push a class or function."""
        if type(module) is not str or type(name) is not str or len(module) + len(name) > 512:
            raise ValueError(module)
        module = _RENAMED.get(module, module).replace("numpy._core", "numpy.core")
        self.stack.append(Inert(f"{module}.{name}"))

    def call(self, function: Any, arguments: Any) -> None:
        """Push what a known function or class returns, or the description of the call of another."""
        if type(arguments) is not tuple:
            raise TypeError(type(arguments))
        if not isinstance(function, Inert) or function.arguments is not None:
            self.stack.append(Inert("", arguments))
            return
        known = self.known.get(function.class_name)
        self.stack.append(Inert(function.class_name, arguments) if known is None else known(self, arguments))

    def build(self, _: Any) -> None:
        """Set the state of the last value, which lies below it."""
        state, target = self._pop(), self.stack[-1]
        if isinstance(target, Pending):
            target.value = target.build(state)
            return
        if isinstance(state, tuple) and len(state) == 2 and all(isinstance(part, dict | None) for part in state):
            self.budget.spend(sum(64 * len(part or {}) for part in state))
            state = {**(state[0] or {}), **(state[1] or {})}  # of a class with slots
        if isinstance(target, Inert):
            target.state = state
        elif isinstance(target, Attributes) and isinstance(state, dict):
            self.budget.spend(64 * len(state))
            target.update(state)

    def persistent(self, identity: Any) -> None:
        """Push what an identity outside the pickle stands for: a storage of numbers."""
        self.stack.append(Inert("persistent object") if self.storage is None else self.storage(identity))

    def _top(self) -> Any:
        target = self.stack[-1]
        return target.value if isinstance(target, Pending) else target


def plain_key(key: Any) -> Any:
    """Return a key whose hash takes no time and is its own; another is replaced by a description."""
    if isinstance(key, str | bytes | float | None) or type(key) is Inert:
        return key
    return key if isinstance(key, int) and abs(key) < _LARGEST_KEY else Inert(type(key).__name__, ())


def _stack_global(machine: Machine, _: Any) -> None:
    name, module = machine.stack.pop(), machine.stack.pop()
    machine.global_name(module, name)


def _reduce(machine: Machine, _: Any) -> None:
    arguments, function = machine._pop(), machine._pop()
    machine.call(function, arguments)


def _new_with_keywords(machine: Machine, _: Any) -> None:
    machine._pop()  # the keywords
    _reduce(machine, None)


def _old_instance(machine: Machine, argument: str | None) -> None:
    items = machine.pop_mark()
    if argument is not None:  # INST names its class, OBJ has it on the stack
        machine.global_name(*argument.split(" ", 1))
        items = [machine.stack.pop(), *items]
    machine.call(items[0], tuple(items[1:]))


def _many(step: Callable[[Machine, list[Any]], None], count: int) -> Callable[[Machine, Any], None]:
    """Return an instruction that takes the last ``count`` values, or with 0 all since the last mark."""

    def follow(machine: Machine, _: Any) -> None:
        step(machine, [machine._pop() for _ in range(count)][::-1] if count else machine.pop_mark())

    return follow


def _refuse(machine: Machine, argument: Any) -> None:
    raise ValueError(argument)  # buffers outside the pickle, and numbers that a registry knows


_RENAMED = {"__builtin__": "builtins", "copy_reg": "copyreg", "numpy.core._multiarray_umath": "numpy.core.multiarray"}
_LITERALS = {"BININT", "BININT1", "BININT2", "BINFLOAT", "LONG1", "LONG4", "INT", "LONG", "FLOAT"} | {
    "SHORT_BINBYTES", "BINBYTES", "BINBYTES8", "BYTEARRAY8", "SHORT_BINSTRING", "BINSTRING"
}  # fmt: skip
_COSTS = {"EMPTY_DICT": 96, "EMPTY_LIST": 80, "EMPTY_SET": 80, "FROZENSET": 80, "MARK": 80, "GLOBAL": 256, "INST": 320}
_COSTS |= {"STACK_GLOBAL": 256, "REDUCE": 256, "NEWOBJ": 256, "NEWOBJ_EX": 256, "OBJ": 256, "BINPERSID": 256}
_COSTS |= dict.fromkeys(("BINPUT", "LONG_BINPUT", "MEMOIZE", "PUT", "BINUNICODE", "SHORT_BINUNICODE"), 96)
_STEPS: dict[str, Callable[[Machine, Any], None]] = {
    "NONE": lambda machine, _: machine.stack.append(None),
    "NEWTRUE": lambda machine, _: machine.stack.append(True),
    "NEWFALSE": lambda machine, _: machine.stack.append(False),
    "EMPTY_DICT": lambda machine, _: machine.stack.append({}),
    "EMPTY_LIST": lambda machine, _: machine.stack.append([]),
    "EMPTY_SET": lambda machine, _: machine.stack.append([]),  # sets become lists, which hash nothing
    "EMPTY_TUPLE": lambda machine, _: machine.stack.append(()),
    "STRING": lambda machine, text: machine.push_text(text),
    "UNICODE": lambda machine, text: machine.push_text(text),
    "BINUNICODE": lambda machine, text: machine.push_text(text),
    "SHORT_BINUNICODE": lambda machine, text: machine.push_text(text),
    "BINUNICODE8": lambda machine, text: machine.push_text(text),
    "MARK": Machine.mark,
    "POP": Machine.pop,
    "POP_MARK": lambda machine, _: machine.pop_mark() and None,
    "DUP": lambda machine, _: machine.stack.append(machine.stack[-1]),
    "TUPLE": Machine.make_tuple,
    "TUPLE1": lambda machine, _: machine.make_tuple(1),
    "TUPLE2": lambda machine, _: machine.make_tuple(2),
    "TUPLE3": lambda machine, _: machine.make_tuple(3),
    "LIST": Machine.make_list,
    "FROZENSET": Machine.make_list,
    "DICT": Machine.make_dict,
    "APPEND": _many(Machine.extend, 1),
    "APPENDS": _many(Machine.extend, 0),
    "ADDITEMS": _many(Machine.extend, 0),
    "SETITEM": _many(Machine.set_items, 2),
    "SETITEMS": _many(Machine.set_items, 0),
    "GET": lambda machine, index: machine.stack.append(machine.memo[index]),
    "BINGET": lambda machine, index: machine.stack.append(machine.memo[index]),
    "LONG_BINGET": lambda machine, index: machine.stack.append(machine.memo[index]),
    "PUT": Machine.memoize,
    "BINPUT": Machine.memoize,
    "LONG_BINPUT": Machine.memoize,
    "MEMOIZE": Machine.memoize,
    "GLOBAL": lambda machine, name: machine.global_name(*name.split(" ", 1)),
    "STACK_GLOBAL": _stack_global,
    "REDUCE": _reduce,
    "NEWOBJ": _reduce,
    "NEWOBJ_EX": _new_with_keywords,
    "INST": _old_instance,
    "OBJ": _old_instance,
    "BUILD": Machine.build,
    "PERSID": Machine.persistent,
    "BINPERSID": lambda machine, _: machine.persistent(machine._pop()),
} | dict.fromkeys(("NEXT_BUFFER", "READONLY_BUFFER", "EXT1", "EXT2", "EXT4"), _refuse)
