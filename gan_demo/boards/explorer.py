"""Data of the explorer component: addresses of networks and images, its tools, and its sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gan_demo.boards import addresses, assets
from gan_demo.explorer import artifacts, uploads
from gan_demo.explorer.uploads import Upload
from gan_demo.i18n import text
from gan_demo.i18n.text import keys, t
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir

_TOOLS = assets.FRONTEND / "explorer" / "tools"

TitledRun = tuple[str, RunDir]  # pairs instead of a dict, because two runs may have the same title


def run_data(run: RunDir, step: int, runs_on_offer: Sequence[TitledRun], owner: str) -> dict[str, Any]:
    """Return the ``ExplorerData`` of explorer/data.d.ts for a checkpoint, for the browser with the token ``owner``.

    Addresses are relative to the app's.
    """
    return _shared(runs_on_offer) | {
        "id": run.id,
        "urls": _runtime_address() | _run_addresses(run, step, owner),
        "query": {"run": run.id, "step": str(step)},
        "stem": f"{run.id}-{step}",
    }


def upload_data(upload: Upload, runs_on_offer: Sequence[TitledRun]) -> dict[str, Any]:
    """Return the ``ExplorerData`` of explorer/data.d.ts for uploaded weights; links lead to those of the Hub alone."""
    return _shared(runs_on_offer) | {
        "id": upload.id,
        "urls": _runtime_address() | _upload_addresses(upload),
        "query": upload.query,
        "stem": upload.stem,
    }


def offer(run: RunDir, title: Any, generators: Mapping[int, str]) -> dict[str, Any]:
    """Return the entry of a run that can be compared with the current one; ``generators`` maps steps to addresses."""
    model = run.config.model
    return {
        "id": run.id,
        "title": title,
        "shape": list(model.shape),
        "z_dim": model.z_dim,
        "labels": artifacts.labels_of(model),
        "checkpoints": [[step, url] for step, url in generators.items()],
        "states": run.intact_states,  # steps with a discriminator
    }


def texts() -> dict[str, str]:
    """Return every sentence of the component, by the names that it asks for."""
    sentences = {key.removeprefix("explorer."): t(key) for key in keys("explorer.")}
    labels = [*keys("explore.field."), *keys("explore.value.")]
    return sentences | {key.removeprefix("explore."): t(key) for key in labels}


def tools() -> list[str]:
    """Return the names of all tools; tool_list.mjs decides on their order and which models they suit."""
    return sorted(file.stem for file in _TOOLS.glob("*.mjs"))


def _shared(runs_on_offer: Sequence[TitledRun]) -> dict[str, Any]:
    return {
        "tools": tools(),
        "texts": texts(),
        "language": text.language(),
        "site": False,
        "models": [model for model in map(_app_offer, runs_on_offer) if model["shape"] and model["checkpoints"]],
    }


def _runtime_address() -> dict[str, str]:
    return {"runtime": addresses.filled(addresses.RUNTIME, version=assets.runtime_version()) + "/"}


def _run_addresses(run: RunDir, step: int, owner: str) -> dict[str, str]:
    """Return addresses by content. A discriminator that does not exist answers 404."""
    query = f"?v={artifacts.version(run, step)}"
    urls = {"space": addresses.filled(addresses.SPACE, run_id=run.id, step=step) + query} | {
        network: addresses.filled(addresses.NETWORK, run_id=run.id, step=step, network=network) + query
        for network in ("generator", "discriminator")
    }
    classifier = artifacts.classifier_of(run.config.data.name)
    if classifier:
        urls["classifier"] = addresses.filled(addresses.CLASSIFIER, name=classifier)
    has_images = len(run.config.model.shape) > 1
    if has_images and ownership.may_see_images(run, owner):
        urls["real"] = addresses.filled(addresses.TRAINING_IMAGES, run_id=run.id)
    return urls


def _app_offer(titled_run: TitledRun) -> dict[str, Any]:
    """Return the entry of a run with its intact checkpoints; the addresses of damaged ones answer 404."""
    title, run = titled_run
    generators = {
        step: addresses.filled(addresses.NETWORK, run_id=run.id, step=step, network="generator")
        + f"?v={artifacts.version(run, step)}"
        for step in run.intact_checkpoints
    }
    return offer(run, title, generators)


def _upload_addresses(upload: Upload) -> dict[str, str]:
    urls = {
        name.partition(".")[0]: addresses.filled(addresses.UPLOAD, secret=upload.secret, name=name)
        for name in uploads.NAMES
    }
    if upload.drawn_here:
        urls["samples"] = addresses.filled(addresses.UPLOAD_SAMPLES, secret=upload.secret)
    return urls
