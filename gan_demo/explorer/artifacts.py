"""Files of a checkpoint for the explorer in the browser: its networks as ONNX, and its latent space as space.json.

They are computed on first use, or at the end of a training, and cached in the run's folder.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gan_demo import own_points
from gan_demo.config import DATA_CLASSIFIERS
from gan_demo.errors import RunError
from gan_demo.explorer import style_layers
from gan_demo.runs.library import PRETRAINED
from gan_demo.runs.parts.explorer_cache import VERSION, ExplorerCache, packed
from gan_demo.runs.run_dir import NEW_RUN, RunDir
from gan_demo.support import bounded_json
from gan_demo.support.bounded_json import InvalidJsonError
from gan_demo.support.memory_cache import MemoryCache

if TYPE_CHECKING:  # torch takes seconds to load, and cached files need none of it
    from gan_demo.config import DataConfig, ModelConfig
    from gan_demo.gan.models.base import Generator

NAMES = ("generator.onnx", "discriminator.onnx", "space.json")
CLASSIFIERS = {"digits": (1, 28, 28), "faces": (3, 32, 32)}
_DAMAGE = (OSError, EOFError, zlib.error)  # what gzip raises for a damaged file
REAL_POINTS = 1_000  # real points in the space.json of a point model
_shipped_files: MemoryCache[bytes] = MemoryCache(2**26, len)  # of shipped models, whose folders are not written to


# ---- files of a checkpoint


def cached(run: RunDir, step: int, name: str) -> bytes | None:
    """Return a file of ``NAMES``, gzipped, if it has been computed before, else None.

    Raises RunError for a file that cannot exist: there is no such checkpoint, or no discriminator.
    """
    content = _cache(run).read(_cache_step(run, step, name), name)
    return _shipped_files.get(_key(run, step, name)) if content is None and _is_shipped(run) else content


def content(run: RunDir, step: int, name: str) -> bytes:
    """Return a file of ``NAMES``, gzipped; compute and cache it on first use. Raises RunError like ``cached``.

    Files of shipped models are cached in memory. discriminator.onnx is that of ``discriminator_step``.
    """
    if not _is_shipped(run):
        return _compute_and_cache(run, step, name)
    shipped = cached(run, step, name)
    if shipped is not None:
        return shipped
    key = _key(run, step, name)
    return _shipped_files.get_or_make(key, lambda: packed(_MAKERS[name](run, _cache_step(run, step, name))))


def unpacked(run: RunDir, step: int, name: str) -> bytes:
    """Return a file of ``NAMES`` without gzip. Raises RunError like ``cached``.

    Of shipped models, a file that is not cached is not compressed in between, which takes most of the time.
    """
    content = cached(run, step, name) if _is_shipped(run) else _compute_and_cache(run, step, name)
    if content is not None:
        with contextlib.suppress(*_DAMAGE):
            return gzip.decompress(content)
    return _MAKERS[name](run, _cache_step(run, step, name))


def make_all(run: RunDir, step: int) -> None:
    """Compute and cache all files of a checkpoint in the run's folder. Raises RunError."""
    for name in NAMES:
        if name != "discriminator.onnx" or discriminator_step(run, step) is not None:
            _compute_and_cache(run, step, name)


def version(run: RunDir, step: int) -> str:
    """Return a text that changes whenever files of a step may change, for addresses that browsers cache for ever."""
    return hashlib.sha256(repr((VERSION, _weights_stamp(run, step))).encode()).hexdigest()[:16]


def discriminator_step(run: RunDir, step: int) -> int | None:
    """Return the step of the newest intact training state, with its D, at or before ``step``; None without any."""
    return run.newest_state(step)


def classifier(name: str) -> bytes:
    """Return a classifier of ``CLASSIFIERS`` as ONNX. Raises RunError for any other name."""
    from gan_demo.gan import onnx_export
    from gan_demo.gan.classifier import load_classifier

    if name not in CLASSIFIERS:
        raise RunError("classifier", name, "is not known", "Known: {known}", known=", ".join(CLASSIFIERS))
    network = load_classifier(CLASSIFIERS[name])
    assert network is not None, "both are shipped"
    return onnx_export.classifier_onnx(network)


def _is_shipped(run: RunDir) -> bool:
    return run.path.parent == PRETRAINED


def _cache(run: RunDir) -> ExplorerCache:
    return ExplorerCache(run.path / "explorer")


def _key(run: RunDir, step: int, name: str) -> tuple[str, int, str, str]:
    return str(run.path), _cache_step(run, step, name), name, version(run, step)


def _compute_and_cache(run: RunDir, step: int, name: str) -> bytes:
    cache_step, cache, stamp = _cache_step(run, step, name), _cache(run), _weights_stamp(run, step)
    content = cache.read(cache_step, name)
    if content is None:
        content = packed(_MAKERS[name](run, cache_step))
        if _weights_stamp(run, step) == stamp:  # training may have replaced the weights meanwhile
            cache.write(cache_step, name, content)
    return content


def _cache_step(run: RunDir, step: int, name: str) -> int:
    """Return the step under which a file is cached: for a discriminator, that of its training state.

    Raises RunError if there is no such checkpoint, or no discriminator.
    """
    steps = run.checkpoints
    if step not in steps:
        raise RunError(
            "step", step, "is not saved in this run", "Saved steps: {steps}", steps=", ".join(map(str, steps))
        )
    if name != "discriminator.onnx":
        return step
    state_step = discriminator_step(run, step)
    if state_step is None:
        raise RunError("run", run.id, "has no saved training state, so it cannot be resumed", NEW_RUN)
    return state_step


def _weights_stamp(run: RunDir, step: int) -> tuple[int, ...]:
    """Return the modification times of a step's weights, because a resumed run may save the step again."""
    state_step = discriminator_step(run, step)
    files = [run.path / "checkpoints" / f"{step:08d}.safetensors"]
    files += [] if state_step is None else [run.path / "states" / f"{state_step:08d}.safetensors"]
    return tuple(file.stat().st_mtime_ns if file.is_file() else 0 for file in files)


# ---- space.json


def space(run: RunDir, step: int, cached_content: bytes | None = None) -> dict[str, Any]:
    """Return space.json for the browser: the cached file with the parts that may have changed since.

    ``cached_content`` is the gzipped file if the caller has it already.
    """
    file = content(run, step, "space.json") if cached_content is None else cached_content
    try:
        values = bounded_json.parse_object(gzip.decompress(file))
    except (InvalidJsonError, *_DAMAGE):  # of the cached file, which is replaced
        fresh_content = _space_json(run, _cache_step(run, step, "space.json"))
        _cache(run).write(step, "space.json", packed(fresh_content))
        values = bounded_json.parse_object(fresh_content)
    has_discriminator = discriminator_step(run, step) is not None  # or pruned meanwhile
    values["discriminator"] = bool(values.get("discriminator")) and has_discriminator
    return _head(run, step) | values | {"steps": run.intact_checkpoints}


def outline(run: RunDir, step: int) -> dict[str, Any]:
    """Return the part of space.json that is known at once.

    "pending" tells the browser to request directions and D's mean logits again later.
    """
    from gan_demo.gan import losses

    _cache_step(run, step, "space.json")  # raises RunError
    has_discriminator = discriminator_step(run, step) is not None
    values = (
        model_outline(run.config.model, run.config.data.name) | {"discriminator": has_discriminator} | _own_cloud(run)
    )
    relative = run.config.train.loss in losses.RELATIVE
    return _head(run, step) | values | {"relative": relative, "steps": run.intact_checkpoints, "pending": True}


def generator_space(generator: Generator, model: ModelConfig, data: str) -> dict[str, Any]:
    """Return the part of space.json that needs only a generator, which is all of it for uploaded weights."""
    from gan_demo.explorer.directions import find

    outline = model_outline(model, data) | style_layers.styles_of(generator)
    return outline | {"directions": find.directions_as_json(generator, model, data)}


def model_outline(model: ModelConfig, data: str) -> dict[str, Any]:
    """Return the part of space.json that needs no weights."""
    return {
        "arch": model.arch,
        "shape": list(model.shape),
        "z_dim": model.z_dim,
        "mapped": bool(model.mapping),
        "labels": labels_of(model),
        "data": data,
        "classifier": classifier_of(data),
        "discriminator": False,
        "relative": False,
        "real_logit": None,
        "fake_logit": None,
        "directions": [],
        "cloud": _real_points(data),
    }


def labels_of(model: ModelConfig) -> list[dict[str, Any]]:
    """Return a model's label fields as plain values."""
    return [{"name": field.name, "values": list(field.values)} for field in model.labels]


def classifier_of(data: str) -> str:
    """Return which of ``CLASSIFIERS`` reads samples of a model of this data; "" if none does."""
    return DATA_CLASSIFIERS.get(data, "")


def _real_points(data: str) -> list[float]:
    """Return points of a 2-D set to compare samples with, x and y in turn; [] for images and own points."""
    from gan_demo.config import DataConfig
    from gan_demo.data.points import SIGMA

    return _loaded_points(DataConfig(data)) if data in SIGMA else []


def _loaded_points(data: DataConfig) -> list[float]:
    from gan_demo.data import datasets

    points = datasets.load(data).samples[:REAL_POINTS]
    return [round(value, 3) for value in points.flatten().tolist()]


def _own_cloud(run: RunDir) -> dict[str, Any]:
    """Return the "cloud" of a run on own points, which their name alone does not tell; {} for others."""
    return {"cloud": _loaded_points(run.config.data)} if run.config.data.name == own_points.NAME else {}


def _head(run: RunDir, step: int) -> dict[str, Any]:
    return {"format": 1, "id": run.id, "title": run.info.name, "step": step, "loss": run.config.train.loss}


# ---- computing the files


def _generator_onnx(run: RunDir, step: int) -> bytes:
    from gan_demo.gan import onnx_export
    from gan_demo.runs import networks

    return onnx_export.generator_onnx(networks.generator(run, step), run.config.model)


def _discriminator_onnx(run: RunDir, step: int) -> bytes:
    from gan_demo.gan import onnx_export
    from gan_demo.runs import networks

    return onnx_export.discriminator_onnx(networks.discriminator(run, step), run.config.model)


def _space_json(run: RunDir, step: int) -> bytes:
    from gan_demo.explorer import sample_explanation
    from gan_demo.gan import losses
    from gan_demo.runs import networks

    values = generator_space(networks.generator(run, step), run.config.model, run.config.data.name) | _own_cloud(run)
    state_step, relative = discriminator_step(run, step), run.config.train.loss in losses.RELATIVE
    if state_step is not None:
        logits = sample_explanation.mean_logits(run, step, state_step)
        values |= {"discriminator": True, "relative": relative, **logits}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


_MAKERS: dict[str, Callable[[RunDir, int], bytes]] = {
    "generator.onnx": _generator_onnx,
    "discriminator.onnx": _discriminator_onnx,
    "space.json": _space_json,
}
