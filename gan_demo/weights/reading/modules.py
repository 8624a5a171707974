"""Weights of whole pickled networks: torch.nn.Module objects as the inert reader describes them."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from gan_demo.weights.pickle_reader import Inert

_MAX_DEPTH = 32  # of modules in each other
_MAX_MODULES = 10_000
_LONGEST_NAME = 256
_PLAIN = (str, int, float, bool, type(None))


def is_module(value: object) -> bool:
    """Return whether a description is of a module: an object with parameters, buffers or modules in it."""
    state = value.state if isinstance(value, Inert) else None
    return isinstance(state, dict) and isinstance(state.get("_modules"), dict)


def tensors(module: Inert) -> dict[str, Tensor]:
    """Return parameters and buffers by name, as the module's state_dict would name them."""
    return {
        f"{path}{name}": value
        for path, inner in _walk(module)
        for kind in ("_parameters", "_buffers")
        if isinstance(entries := inner.state.get(kind), dict)
        for name, value in entries.items()
        if isinstance(name, str) and isinstance(value, Tensor)
    }


def settings(module: Inert) -> dict[str, Any]:
    """Return what a module says of itself: the arguments of its class, and class and plain attributes of all in it.

    ``modules`` has the modules by name, the first one as ""; each is a dict whose "class" names its class.
    """
    described = {}
    for path, inner in _walk(module):
        texts = {name: value for name, value in inner.state.items() if isinstance(name, str)}
        plain = {name: value for name, value in texts.items() if _is_plain(value) and name[:1] != "_"}
        described[path.rstrip(".")] = {"class": inner.class_name, **plain}
    arguments = module.state.get("_init_kwargs")
    return {"modules": described} | (arguments if isinstance(arguments, dict) else {})


def _is_plain(value: object) -> bool:
    if isinstance(value, tuple):
        return len(value) <= 8 and all(isinstance(part, _PLAIN) for part in value)
    return isinstance(value, _PLAIN)


def _walk(module: Inert) -> list[tuple[str, Inert]]:
    """Return a module and all modules in it, each with the prefix of its names."""
    modules: list[tuple[str, Inert]] = []
    waiting = [("", module, 0)]
    while waiting and len(modules) < _MAX_MODULES:
        path, current, depth = waiting.pop()
        modules.append((path, current))
        inner = [
            (f"{path}{name}.", value, depth + 1)
            for name, value in current.state["_modules"].items()
            if is_module(value) and isinstance(name, str) and len(name) <= _LONGEST_NAME
        ]
        if depth < _MAX_DEPTH:
            waiting += inner[::-1]
    return modules
