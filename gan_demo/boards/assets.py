"""Folders of the frontend's files, and the version of onnxruntime-web."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

FRONTEND = Path(__file__).parents[1] / "frontend"
RUNTIME = FRONTEND / "vendor" / "onnxruntime"  # onnxruntime-web, compressed


@lru_cache(maxsize=1)
def runtime_version() -> str:
    """Return the version of onnxruntime-web, which is part of its address, so that browsers may cache it for ever."""
    version: str = json.loads((RUNTIME / "VENDORED.json").read_text("utf-8"))["version"]
    return version
