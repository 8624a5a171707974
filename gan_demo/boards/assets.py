"""Folders of the frontend's files, and the version of onnxruntime-web."""

from __future__ import annotations

import json
import posixpath
import re
from functools import lru_cache
from pathlib import Path

FRONTEND = Path(__file__).parents[1] / "frontend"
RUNTIME = FRONTEND / "vendor" / "onnxruntime"  # onnxruntime-web, compressed


@lru_cache(maxsize=1)
def runtime_version() -> str:
    """Return the version of onnxruntime-web, which is part of its address, so that browsers may cache it for ever."""
    version: str = json.loads((RUNTIME / "VENDORED.json").read_text("utf-8"))["version"]
    return version


_IMPORT = re.compile(r'^(?:import|export)\s(?:[\w*{][^;"\']*\sfrom\s)?"(\.[^"]+)"', re.MULTILINE)


@lru_cache(maxsize=8)
def module_graph(entry: str) -> tuple[str, ...]:
    """Return the modules that ``entry`` below frontend/ imports, directly or not, itself first.

    Browsers learn of them level by level; whoever preloads them all saves a round trip for each level. Modules that
    are imported on demand are not among them.
    """
    modules = [entry]
    for module in modules:  # grows
        code = (FRONTEND / module).read_text("utf-8")
        targets = (
            posixpath.normpath(posixpath.join(posixpath.dirname(module), path)) for path in _IMPORT.findall(code)
        )
        modules += [target for target in dict.fromkeys(targets) if target not in modules]
    return tuple(modules)
