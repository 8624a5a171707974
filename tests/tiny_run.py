"""Arguments of the command line for a training that is over in a moment."""

from __future__ import annotations

TINY = [
    "--device",
    "cpu",
    "--set",
    "batch=8",
    "--set",
    "evaluate=false",
    "--set",
    "limit=100",
    "--set",
    "width=4",
    "--set",
    "d_width=4",
]
