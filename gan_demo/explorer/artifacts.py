"""What the explorer in the browser needs of a checkpoint: its networks as ONNX, and a description of its latent space.

Made when first asked for, or at the end of a training, and then kept in the run's folder.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gan_demo.config import DATA_CLASSIFIERS
from gan_demo.errors import RunError
from gan_demo.runs.explorer_cache import VERSION, ExplorerCache, packed
from gan_demo.runs.library import PRETRAINED
from gan_demo.runs.run_dir import NEW_RUN, RunDir
from gan_demo.support.memory_cache import MemoryCache

if TYPE_CHECKING:  # torch takes seconds to load, and what is kept needs none of it
    from gan_demo.config import ModelConfig
    from gan_demo.gan.models.base import Generator

NAMES = ("generator.onnx", "discriminator.onnx", "space.json")
CLOUD = 1_000  # real points
CLASSIFIERS = {"digits": (1, 28, 28), "faces": (3, 32, 32)}
_others: MemoryCache[bytes] = MemoryCache(2**26, len)  # of shipped models, whose folders are left alone; some MB each


def kept(run: RunDir, step: int, name: str) -> bytes | None:
    """A file of ``NAMES`` gzipped, where it was made before; None else. Raises RunError for what there never is."""
    found = _cache(run).read(_place(run, step, name), name)
    return _others.get(_key(run, step, name)) if found is None and run.path.parent == PRETRAINED else found


def content(run: RunDir, step: int, name: str) -> bytes:
    """The same, made and kept where it was not: of a shipped model in memory, not among its files. Raises RunError.

    discriminator.onnx is that of the newest training state kept at or before ``step``.
    """
    if run.path.parent != PRETRAINED:
        return _made_and_kept(run, step, name)
    found = kept(run, step, name)
    if found is not None:
        return found
    return _others.get_or_make(_key(run, step, name), lambda: packed(_MAKERS[name](run, _place(run, step, name))))


def _key(run: RunDir, step: int, name: str) -> tuple[str, int, str, str]:
    return str(run.path), _place(run, step, name), name, version(run, step)


def _made_and_kept(run: RunDir, step: int, name: str) -> bytes:
    at = _place(run, step, name)
    cache, before = _cache(run), _stamp(run, step)
    found = cache.read(at, name)
    if found is None:
        found = packed(_MAKERS[name](run, at))
        if _stamp(run, step) == before:  # training may have replaced the weights meanwhile
            cache.write(at, name, found)
    return found


def make_all(run: RunDir, step: int) -> None:
    """Make and keep all of a checkpoint. Raises RunError."""
    for name in NAMES:
        if name != "discriminator.onnx" or state_for(run, step) is not None:
            _made_and_kept(run, step, name)


def space(run: RunDir, step: int, made: bytes | None = None) -> dict[str, Any]:
    """space.json as the browser gets it: what is kept (``made``, if it is at hand) and what changes meanwhile."""
    found: dict[str, Any] = json.loads(gzip.decompress(content(run, step, "space.json") if made is None else made))
    found["discriminator"] = found["discriminator"] and state_for(run, step) is not None  # old states are given up
    return _facts(run, step) | found | {"steps": run.checkpoints}


def outline(run: RunDir, step: int) -> dict[str, Any]:
    """As much of it as takes no time; "pending" says that directions and D's mean logits are still to be measured."""
    from gan_demo.gan import losses

    _place(run, step, "space.json")
    found = outline_of(run.config.model, run.config.data.name) | {"discriminator": state_for(run, step) is not None}
    relative = run.config.train.loss in losses.RELATIVE
    return _facts(run, step) | found | {"relative": relative, "steps": run.checkpoints, "pending": True}


def _facts(run: RunDir, step: int) -> dict[str, Any]:
    return {"format": 1, "id": run.id, "title": run.info.name, "step": step, "loss": run.config.train.loss}


def space_of(generator: Generator, model: ModelConfig, data: str) -> dict[str, Any]:
    """The part of space.json that a generator alone decides: uploaded weights have no more."""
    from gan_demo.explorer.directions import find

    return outline_of(model, data) | {"directions": find.found(generator, model, data)}


def outline_of(model: ModelConfig, data: str) -> dict[str, Any]:
    """The same without directions."""
    return {
        "arch": model.arch, "shape": list(model.shape), "z_dim": model.z_dim, "mapped": bool(model.mapping),
        "labels": labels_of(model), "data": data, "classifier": classifier_of(data), "discriminator": False,
        "relative": False, "real_logit": None, "fake_logit": None, "directions": [], "cloud": _cloud(data),
    }  # fmt: skip


def _cloud(data: str) -> list[float]:
    """Real points of the plane to see a model's samples against, x and y in turn; [] for images."""
    from gan_demo.config import DataConfig
    from gan_demo.data import datasets

    if data not in datasets.DATASETS or datasets.DATASETS[data].kind != "points":
        return []
    samples = datasets.load(DataConfig(data, limit=CLOUD)).samples
    return [round(value, 3) for value in samples.flatten().tolist()]


def labels_of(model: ModelConfig) -> list[dict[str, Any]]:
    """Its label fields as plain values."""
    return [{"name": one.name, "values": list(one.values)} for one in model.labels]


def classifier_of(data: str) -> str:
    """Which of ``CLASSIFIERS`` can read what a model of this data draws; "" where none can."""
    return DATA_CLASSIFIERS.get(data, "")


def version(run: RunDir, step: int) -> str:
    """Another text whenever the files of a step may be others, for addresses that browsers keep for ever."""
    return hashlib.sha256(repr((VERSION, _stamp(run, step))).encode()).hexdigest()[:16]


def state_for(run: RunDir, step: int) -> int | None:
    """The newest kept training state at or before a step: where its D is."""
    return max((one for one in run.states if one <= step), default=None)


def classifier(name: str) -> bytes:
    """One of ``CLASSIFIERS`` as ONNX, gzipped. Raises RunError for any other name."""
    from gan_demo.gan import onnx_export
    from gan_demo.gan.classifier import load_classifier

    if name not in CLASSIFIERS:
        raise RunError("classifier", name, "is not known", "Known: {known}", known=", ".join(CLASSIFIERS))
    found = load_classifier(CLASSIFIERS[name])
    assert found is not None, "both are shipped"
    return packed(onnx_export.classifier_onnx(found))


def _cache(run: RunDir) -> ExplorerCache:
    return ExplorerCache(run.path / "explorer")


def _place(run: RunDir, step: int, name: str) -> int:
    """The step under which the file is kept. Raises RunError where there is no such checkpoint, or no D."""
    steps = run.checkpoints
    if step not in steps:
        raise RunError("step", step, "is not kept in this run", "Kept: {kept}", kept=", ".join(map(str, steps)))
    if name != "discriminator.onnx":
        return step
    at = state_for(run, step)
    if at is None:
        raise RunError("run", run.id, "has no saved training state, so it cannot be resumed", NEW_RUN)
    return at


def _stamp(run: RunDir, step: int) -> tuple[int, ...]:
    """Tells the weights of a step from others that may come to be kept under the same number."""
    at = state_for(run, step)
    files = [run.path / "checkpoints" / f"{step:08d}.safetensors"]
    files += [] if at is None else [run.path / "states" / f"{at:08d}.safetensors"]
    return tuple(file.stat().st_mtime_ns if file.is_file() else 0 for file in files)


def _generator(run: RunDir, step: int) -> bytes:
    from gan_demo.gan import onnx_export
    from gan_demo.runs import networks

    return onnx_export.generator_onnx(networks.generator(run, step), run.config.model)


def _discriminator(run: RunDir, step: int) -> bytes:
    from gan_demo.gan import onnx_export
    from gan_demo.runs import networks

    return onnx_export.discriminator_onnx(networks.discriminator(run, step), run.config.model)


def _space(run: RunDir, step: int) -> bytes:
    from gan_demo.explorer import sample_explanation
    from gan_demo.gan import losses
    from gan_demo.runs import networks

    found = space_of(networks.generator(run, step), run.config.model, run.config.data.name)
    at, relative = state_for(run, step), run.config.train.loss in losses.RELATIVE
    if at is not None:
        found |= {"discriminator": True, "relative": relative, **sample_explanation.mean_logits(run, step, at)}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


_MAKERS: dict[str, Callable[[RunDir, int], bytes]] = {
    "generator.onnx": _generator, "discriminator.onnx": _discriminator, "space.json": _space,
}  # fmt: skip
