"""The explorer: what the component needs to run a generator in the viewer's browser, and what it tells the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gan_demo import explore_routes, explorer_files, movies, ownership, uploads
from gan_demo.runs import RunDir
from gan_demo.ui import session, widgets
from gan_demo.ui.exhibit import Exhibit
from gan_demo.ui.text import keys, t
from gan_demo.uploads import Upload

KEY = "explorer"
_EXPLORER = widgets.component("explorer")
_TOOLS = widgets.HERE / "explorer" / "tools"


def board(exhibit: Exhibit, failed: Callable[[str], None]) -> None:
    """Draw it. ``failed(reason)`` is called, before the page is drawn again, where the browser cannot run it.

    Raises GanDemoError where the exhibit is gone.
    """

    def heard() -> None:
        failed(str(getattr(session.get(KEY), "failed", "") or ""))

    _EXPLORER(key=KEY, data=data(exhibit), on_failed_change=heard)


def data(exhibit: Exhibit) -> dict[str, Any]:
    """What ``explorer.mjs`` describes; addresses are relative to the app's."""
    shared = {
        "id": exhibit.id, "tools": tools(), "texts": texts(), "language": session.language(), "site": False,
        "models": [_on_offer(title, run) for title, run in exhibit.beside if run.config.model.shape],
    }  # fmt: skip
    runtime = {"runtime": f"api/runtime/{explore_routes.runtime_version()}/"}
    if exhibit.run is None or exhibit.step is None:
        assert exhibit.upload is not None, "what is no run was uploaded"
        own = {"urls": runtime | _uploaded(exhibit.upload), "query": None, "stem": exhibit.title}
    else:
        query = {"run": exhibit.id, "step": str(exhibit.step)}
        urls = runtime | _addresses(exhibit, exhibit.run, exhibit.step)
        own = {"urls": urls, "query": query, "stem": f"{exhibit.id}-{exhibit.step}"}
    return shared | own


def texts() -> dict[str, str]:
    """Every word of the component, by the names that it asks for."""
    words = {key.removeprefix("explorer."): t(key) for key in keys("explorer.")}
    named = [*keys("explore.field."), *keys("explore.value.")]
    return words | {key.removeprefix("explore."): t(key) for key in named}


def tools() -> list[str]:
    """The tools there are; tools.mjs decides on their order, and which a model suits."""
    return sorted(file.stem for file in _TOOLS.glob("*.mjs"))


def _addresses(exhibit: Exhibit, run: RunDir, step: int) -> dict[str, str]:
    """By what they lead to. What may not be there (a discriminator) answers 404."""
    here, version = f"api/explore/{run.id}/{step}", explorer_files.version(run, step)
    found = {
        "space": f"{here}/space.json?v={version}", "generator": f"{here}/generator.onnx?v={version}",
        "discriminator": f"{here}/discriminator.onnx?v={version}",
    }  # fmt: skip
    reader = explorer_files.classifier_of(exhibit.data)
    if reader:
        found["classifier"] = f"api/explore/classifiers/{reader}.onnx"
    if movies.has_mp4():
        found["journey"] = f"{here}/journey.mp4"
    if not exhibit.is_points and (not run.config.data.path or ownership.owns(run, session.owner())):
        found["real"] = f"api/explore/{run.id}/real.png"
    return found


def offer(run: RunDir, title: Any, generators: Mapping[int, str]) -> dict[str, Any]:
    """A run that may stand beside the one on show; ``generators`` are the addresses of its checkpoints'."""
    model = run.config.model
    return {
        "id": run.id, "title": title, "shape": list(model.shape), "z_dim": model.z_dim,
        "labels": explorer_files.labels_of(model), "checkpoints": [[step, url] for step, url in generators.items()],
        "states": run.states,  # with a D of their time
    }  # fmt: skip


def _on_offer(title: str, run: RunDir) -> dict[str, Any]:
    generators = {
        step: f"api/explore/{run.id}/{step}/generator.onnx?v={explorer_files.version(run, step)}"
        for step in run.checkpoints
    }
    return offer(run, title, generators)


def _uploaded(upload: Upload) -> dict[str, str]:
    """What uploaded weights lead to."""
    return {name.partition(".")[0]: f"api/explore/uploads/{upload.secret}/{name}" for name in uploads.NAMES}
