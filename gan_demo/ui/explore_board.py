"""The explorer: what the component needs to run a generator in the viewer's browser, and what it tells the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gan_demo.ui import session, widgets
from gan_demo.ui.explore_state import Exhibit
from gan_demo.ui.text import keys, t

_EXPLORER = widgets.component("explorer")
_TOOLS = widgets.HERE / "explorer" / "tools"
KEY = "explorer"


def board(exhibit: Exhibit, failed: Callable[[str], None]) -> None:
    """Draw it. ``failed(reason)`` is called, before the page is drawn again, where the browser cannot run it."""

    def heard() -> None:
        failed(str(getattr(session.get(KEY), "failed", "") or ""))

    _EXPLORER(key=KEY, data=_data(exhibit), on_failed_change=heard)


def texts() -> dict[str, str]:
    """Every word of the component, by the names that it asks for."""
    words = {key.removeprefix("explorer."): t(key) for key in keys("explorer.")}
    return words | {
        key.removeprefix("explore."): t(key) for part in ("field", "value") for key in keys(f"explore.{part}.")
    }


def tools() -> list[str]:
    """The tools there are; tools.mjs decides on their order, and which a model suits."""
    return sorted(file.stem for file in _TOOLS.glob("*.mjs"))


def _data(exhibit: Exhibit) -> dict[str, Any]:
    here = f"api/explore/{exhibit.id}/{exhibit.step}"
    return {
        "id": exhibit.id,
        "stem": exhibit.id if exhibit.step is None else f"{exhibit.id}-{exhibit.step}",
        "urls": {"space": f"{here}/space.json", "generator": f"{here}/generator.onnx", "runtime": "api/runtime/"},
        "generator": None,
        "space": "",
        "query": {"run": exhibit.id, "step": str(exhibit.step)},
        "tools": tools(),
        "texts": texts(),
        "language": session.language(),
        "site": False,
    }
