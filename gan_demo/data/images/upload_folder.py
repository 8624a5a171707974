"""Folders of uploads: uploads/ID/NAME in the folder of all runs; versions before 0.2 wrote uploads/ID.zip."""

from __future__ import annotations

from pathlib import Path

UPLOADS = "uploads"
MARKER = "upload.json"  # in the folder of an upload


def is_upload(path: Path) -> bool:
    """Return whether the file lies in a folder of an upload."""
    return (path.parent / MARKER).is_file()


def shown(path: Path) -> str:
    """Return a path as errors name it: an upload by its own name, as the server's folders concern nobody."""
    return path.name if UPLOADS in (path.parent.name, path.parent.parent.name) else str(path)
