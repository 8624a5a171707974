"""The parts of a look inside a run: what each needs, its computation beside everything else, and its cache.

Results are plain JSON values, cached beside the explorer's files (``runs/parts/explorer_cache.py``), and in memory
where the folder cannot be written, as that of a shipped model. A cached result counts only for the weights it was
computed from.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any

from gan_demo.analysis.inside import evaluations
from gan_demo.errors import RunError
from gan_demo.explorer import artifacts
from gan_demo.runs import library, ownership
from gan_demo.runs.parts.explorer_cache import ExplorerCache, packed
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import app_state
from gan_demo.support import bounded_json
from gan_demo.support.background_tasks import Report, Task
from gan_demo.support.bounded_json import InvalidJsonError
from gan_demo.support.memory_cache import MemoryCache
from gan_demo.support.threads import one_thread

if TYPE_CHECKING:
    from torch import Tensor

PARTS = ("quality", "classes", "outputs", "plane", "weights", "gradients", "networks")
COMPUTED = ("outputs", "plane", "weights", "gradients")  # in the background; the others are there at once
PER_STEP = ("outputs", "plane")  # parts that show one step
MOST_PICTURES = 36  # of selected samples of each kind
VERSION = 1  # of the results
_in_memory: MemoryCache[bytes] = MemoryCache(2**24, len)


# ---- what a part can show


def steps(run: RunDir, part: str) -> list[int]:
    """Return the steps that a part can show, ascending; parts over the whole training have their last step only."""
    available = run.intact_checkpoints if part in ("plane", "weights") else run.intact_states
    return available if part in PER_STEP else available[-1:]


def obstacle(run: RunDir, part: str) -> str:
    """Return why a part cannot be shown, the end of the key of a sentence; "" if it can."""
    model = run.config.model
    if part in COMPUTED and not run.intact_checkpoints:
        return "no_checkpoint"
    if part in ("outputs", "gradients") and run.newest_state() is None:
        return "no_state"
    if part == "plane" and model.arch != "points" and model.shape not in artifacts.CLASSIFIERS.values():
        return "no_classifier"
    if part == "networks" and not model.shape:
        return "not_begun"
    if part in ("quality", "classes"):
        columns = run.metrics()
        values = evaluations.quality_path(columns) if part == "quality" else evaluations.class_shares(columns)
        if not values["steps"]:
            return f"no_{part}" if run.config.train.evaluate else "not_evaluated"
    return ""


# ---- computing and caching


def result(run: RunDir, part: str, step: int) -> dict[str, Any] | None:
    """Return the cached result of a part of COMPUTED at one of its ``steps``; None if it has yet to be computed."""
    stamp = _stamp(run, part, step)
    content = _in_memory.get(_memory_key(run, part, step, stamp)) or ExplorerCache(run.path / "explorer").read(
        step, _name(part)
    )
    if content is None:
        return None
    try:
        cached = bounded_json.parse_object(gzip.decompress(content))
    except (InvalidJsonError, OSError, EOFError, zlib.error):  # a damaged file counts as none
        return None
    return cached.get("value") if cached.get("stamp") == stamp else None


def start(run: RunDir, part: str, step: int, token: str) -> Task | None:
    """Begin to compute a part for the visitor with this token, or return its computation under way.

    None if too many wait.
    """
    tasks = app_state.current().analyses
    return tasks.start(_key(run, part, step), token, lambda report: _compute(run, part, step, report))


def task(run: RunDir, part: str, step: int) -> Task | None:
    """Return the newest computation of a part, which may be over, or None."""
    return app_state.current().analyses.get(_key(run, part, step))


def forget_errors(run: RunDir) -> None:
    """Forget the computations of a run that failed, so that they may begin again."""
    app_state.current().analyses.forget(lambda key: isinstance(key, tuple) and key[0] == str(run.path))


def _key(run: RunDir, part: str, step: int) -> Hashable:
    return str(run.path), part, step


def _memory_key(run: RunDir, part: str, step: int, stamp: list[Any]) -> Hashable:
    return str(run.path), part, step, repr(stamp)


def _name(part: str) -> str:
    return f"analysis-{part}.json"


def _stamp(run: RunDir, part: str, step: int) -> list[Any]:
    """Return what a result depends on: a weights' version, or the list of kept steps with those of the last."""
    kept_steps = [] if part in PER_STEP else [run.intact_checkpoints, run.intact_states]
    return [VERSION, artifacts.version(run, step), *kept_steps]


def _compute(run: RunDir, part: str, step: int, report: Report) -> None:
    from gan_demo.analysis.inside import gradients, layers, outputs, plane  # they load torch
    from gan_demo.explorer.training_images import training_data

    makers: dict[str, Callable[..., dict[str, Any]]] = {
        "outputs": outputs.compute,
        "plane": plane.compute,
        "weights": layers.compute,
        "gradients": gradients.compute,
    }
    stamp = _stamp(run, part, step)
    with one_thread():
        data = None if part == "weights" else training_data(run.config)
        if data is None and part != "weights":
            problem, remedy = "has no training images on this machine", "Its data may have to be downloaded first"
            raise RunError("run", run.id, problem, remedy)
        report(0.1)
        value = makers[part](run, step, data, lambda share: report(0.1 + 0.9 * share))
    content = packed(json.dumps({"stamp": stamp, "value": value}, separators=(",", ":")).encode())
    if _stamp(run, part, step) == stamp:  # training may have replaced the weights meanwhile
        _keep(run, part, step, content, stamp)


def _keep(run: RunDir, part: str, step: int, content: bytes, stamp: list[Any]) -> None:
    """Cache a result in the run's folder; in memory if that is a shipped model's, or cannot be written."""
    cache = ExplorerCache(run.path / "explorer")
    if run.path.parent != library.PRETRAINED:
        cache.write(step, _name(part), content)
    if cache.read(step, _name(part)) != content:
        _in_memory.get_or_make(_memory_key(run, part, step, stamp), lambda: content)


def networks(run: RunDir) -> dict[str, Any]:
    """Return the layers of both networks, without computing anything of the run."""
    from gan_demo.analysis.inside import architecture

    return architecture.compute(run.config.model)


def fields(run: RunDir) -> list[tuple[str, tuple[str, ...]]]:
    """Return the label fields of the run's data as (name, values): what the classifier of its samples reads."""
    from gan_demo.data.datasets import DATASETS  # loads torch

    name = run.config.data.name
    return [(field.name, field.values) for field in DATASETS[name].labels] if name in DATASETS else []


# ---- pictures of selected samples


def may_see_real(run: RunDir, token: str) -> bool:
    """Return whether the visitor with this token may see the run's training images."""
    return ownership.may_see_images(run, token)


def pictures(run: RunDir, step: int, kind: str, rows: Sequence[int], token: str) -> bytes:
    """Return samples of the plane as one PNG: ``kind`` "real" or "fake", by their index there, at most MOST_PICTURES.

    Raises RunError if the training images are not on this machine, or if this visitor may not see them.
    """
    from gan_demo.analysis.inside import plane, samples
    from gan_demo.explorer.training_images import training_data
    from gan_demo.pictures import images
    from gan_demo.runs import networks

    if kind == "real" and not may_see_real(run, token):
        raise RunError("run", run.id, "has images that only its owner may see")
    data = training_data(run.config)
    if data is None:
        problem, remedy = "has no training images on this machine", "Its data may have to be downloaded first"
        raise RunError("run", run.id, problem, remedy)
    shown = samples.real_rows(data, plane.COUNT)
    chosen = [row for row in rows if 0 <= row < len(shown)][:MOST_PICTURES]
    x: Tensor
    with one_thread():
        if kind == "real":
            x = samples.real_samples(data, shown[chosen])
        else:
            y = samples.labels(run.config.model, data, shown)
            x = samples.generated(networks.generator(run, step), run.config.model, y, len(shown), chosen)
    return images.png(images.grid(images.to_uint8(x), columns=6, scale=2 if x.shape[-1] < 64 else 1))
