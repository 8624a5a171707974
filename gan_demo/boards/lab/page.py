"""Data of the lab component: where its engine and graphs are, and its sentences."""

from __future__ import annotations

from typing import Any

from gan_demo.boards import addresses, assets, curves
from gan_demo.i18n import text
from gan_demo.i18n.text import keys, t


def data(script: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return ``LabData`` of lab/types.d.ts for the app.

    ``script`` answers a request for a PyTorch script: {"request", "name", "text", "trouble"}.
    """
    return {
        "urls": {
            "runtime": addresses.filled(addresses.RUNTIME, version=assets.runtime_version()) + "/",
            "graphs": addresses.LAB_GRAPHS,
        },
        "texts": texts(),
        "curves": curves.texts(),
        "language": text.language(),
        "site": False,
        "offer": None,
        "script": script,
    }


def texts() -> dict[str, str]:
    """Return every sentence of the component, by the names that it asks for."""
    unsupported = {key.removeprefix("explorer."): t(key) for key in keys("explorer.unsupported.")}
    return unsupported | {key.removeprefix("lab."): t(key) for key in keys("lab.")}
