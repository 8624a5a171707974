"""Data of the lab component: where its engine and graphs are, and its sentences."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from gan_demo.boards import addresses, assets, curves, titles
from gan_demo.i18n import text
from gan_demo.i18n.text import keys, t
from gan_demo.lab.page import GRAPHS, OFFER, parts
from gan_demo.runs.run_dir import RunDir


def data(script: dict[str, Any] | None = None, run: RunDir | None = None) -> dict[str, Any]:
    """Return ``LabData`` of lab/types.d.ts for the app.

    ``script`` answers a request for a PyTorch script: {"request", "name", "text", "trouble"}. Browsers load the
    shipped graphs, so that they wait for no compilation: the server's are for settings that are not shipped. ``run`` is
    one that the lab goes on with.
    """
    return {
        "urls": {
            "runtime": addresses.filled(addresses.RUNTIME, version=assets.runtime_version()) + "/",
            "graphs": addresses.LAB_GRAPHS,
            "shipped": f"{addresses.SHIPPED_GRAPHS}?{_graphs_version()}",
            "runs": addresses.LAB_RUNS,
            "page": addresses.RUN_PAGE,
        },
        "texts": texts(),
        "curves": curves.texts(),
        "language": text.language(),
        "site": False,
        "offer": None,
        "script": script,
        "run": _run(run) if run is not None else None,
    }


def site_data(runtime: str, wasm: str, graphs: str, script: str) -> dict[str, Any]:
    """Return ``LabData`` for a page without a server, but for what depends on the language: texts, curves, language."""
    return {
        "urls": {"runtime": runtime, "wasm": wasm, "graphs": graphs, "script": script},
        "site": True,
        "offer": OFFER,
        "parts": parts(),
    }


def texts() -> dict[str, str]:
    """Return every sentence of the component, by the names that it asks for."""
    unsupported = {key.removeprefix("explorer."): t(key) for key in keys("explorer.unsupported.")}
    return unsupported | {key.removeprefix("lab."): t(key) for key in keys("lab.")}


def _run(run: RunDir) -> dict[str, str]:
    return {
        "id": run.id,
        "title": titles.run_title(run),
        "training": addresses.filled(addresses.TRAINING, run_id=run.id),
        "page": addresses.filled(addresses.RUN_PAGE, run=run.id),
    }


@lru_cache(maxsize=1)
def _graphs_version() -> str:
    """Return the version of the shipped graphs, which is part of their address, so that browsers may cache them."""
    return hashlib.sha256(GRAPHS.read_bytes()).hexdigest()[:12]
