"""Data of the lab component: where its engine and graphs are, and its sentences."""

from __future__ import annotations

from typing import Any

from gan_demo.boards import addresses, assets, curves
from gan_demo.i18n import text
from gan_demo.i18n.text import keys, t
from gan_demo.lab.page import OFFER, parts


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


def site_data(runtime: str, wasm: str, graphs: str) -> dict[str, Any]:
    """Return ``LabData`` for a page without a server, but for what depends on the language: texts, curves, language."""
    return {
        "urls": {"runtime": runtime, "wasm": wasm, "graphs": graphs},
        "site": True,
        "offer": OFFER,
        "parts": parts(),
    }


def texts() -> dict[str, str]:
    """Return every sentence of the component, by the names that it asks for."""
    unsupported = {key.removeprefix("explorer."): t(key) for key in keys("explorer.unsupported.")}
    return unsupported | {key.removeprefix("lab."): t(key) for key in keys("lab.")}
