"""Where the files of the frontend lie, and their versions."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

FRONTEND = Path(__file__).parents[1] / "frontend"
RUNTIME = FRONTEND / "explorer" / "runtime"  # onnxruntime-web, packed


@lru_cache(maxsize=1)
def runtime_version() -> str:
    """Of onnxruntime-web. ``/api/runtime/VERSION/`` is where browsers keep it for ever."""
    version: str = json.loads((RUNTIME / "VENDORED.json").read_text("utf-8"))["version"]
    return version
