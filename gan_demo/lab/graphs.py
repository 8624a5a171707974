"""Files of graphs on request: which settings they are made for, a process that compiles them, and those on disk.

``graph_files`` needs no torch in the process that calls it.
"""

from __future__ import annotations

import dataclasses
import functools
import gzip
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import gan_demo
from gan_demo import own_points, ranges
from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.errors import ConfigError, RunError
from gan_demo.presets import PRESETS
from gan_demo.support import atomic_file, own_process
from gan_demo.support.user_folder import user_folder

# The settings that change a graph; others are inputs of it, or have nothing to do with it.
SETTINGS = (
    *("name", "arch", "z_dim", "width", "d_width", "depth", "d_depth", "activation", "mapping", "packing"),
    *("conditional", "loss", "optimizer", "batch", "r1", "r2", "gp"),
)
PRESETS_SHIPPED = ("digits", "faces", "tutorial")  # which browsers train on images; scripts/make_lab_graphs.py compiles
MOST_BATCH = 1024
MOST_WIDTH = 256
SECONDS = 180.0  # for a compilation, which waits for trainings; its processor time has a limit of its own
KEPT_BYTES = 64 * 2**20  # of all files on disk
FOLDER_VARIABLE = "GAN_DEMO_GRAPHS"
_WORKER = "gan_demo.lab.worker"
_SHIPPED = Path(__file__).parent / "presets"
_BUNDLING = ("bundle.py", "headed_file.py")  # of this folder, beside gan/: what the files follow from


def graph_config(settings: Mapping[str, str]) -> RunConfig:
    """Return what the graphs of ``settings``, by name and as text, depend on; the data are not loaded.

    Settings left out have their defaults. Raises ConfigError for settings that are unknown, wrong or too large.
    """
    unknown = sorted(set(settings) - set(SETTINGS))
    if unknown:
        raise ConfigError("setting", unknown[0], "is not known", "Known: {known}", known=", ".join(SETTINGS))
    config = RunConfig().with_settings(settings)
    for name, most in (("batch", MOST_BATCH), ("width", MOST_WIDTH), ("d_width", MOST_WIDTH)):
        ranges.between(name, getattr(config.train if name == "batch" else config.model, name), 1, most)
    return without_inputs(config)


_WITH_SHAPES = {"images": "digits", own_points.NAME: "ring"}  # sets of the same shapes that need no data of one's own


def without_inputs(config: RunConfig) -> RunConfig:
    """Return settings that are alike for all trainings with the same graphs."""
    train, model = config.train, config.model
    d_depth = model.d_depth if model.d_depth >= 0 else model.depth  # as browsers say it
    return RunConfig(
        DataConfig(_WITH_SHAPES.get(config.data.name, config.data.name)),
        dataclasses.replace(model, noise=ModelConfig.noise, d_depth=d_depth),
        TrainConfig(
            loss=train.loss,
            optimizer=train.optimizer,
            batch=train.batch,
            r1=float(train.r1 > 0 or train.r2 > 0),
            gp=float(train.gp > 0),
        ),
    )


def graph_files(config: RunConfig) -> bytes:
    """Return the file of all graphs for ``graph_config``'s settings, gzipped, compiled unless shipped or on disk.

    Raises RunError if the compilation takes too long or too much memory, ConfigError if the settings do not fit.
    """
    content = cached(config)
    if content is None:
        content = compiled(config)
        _keep(_path(config), content)
    return content


def cached(config: RunConfig) -> bytes | None:
    """Return what ``graph_files`` returns if it is shipped or on disk, else None."""
    preset = next((name for name in PRESETS_SHIPPED if without_inputs(PRESETS[name]) == config), None)
    if preset is not None:
        return shipped_path(preset).read_bytes()
    path = _path(config)
    try:
        content = path.read_bytes()
        os.utime(path)  # the least recently used are deleted first
    except OSError:
        return None
    return content


def shipped_path(preset: str) -> Path:
    """Return the shipped file of a preset's graphs; it does not depend on torch's version."""
    return _SHIPPED / f"{preset}.gz"


def compiled(config: RunConfig) -> bytes:
    """Compile in a process of its own, which has limits and takes none of a training's threads.

    Returns and raises what ``graph_files`` does.
    """
    wanted = json.dumps(config.to_dict()).encode()
    try:
        done = subprocess.run(
            [sys.executable, "-m", _WORKER],
            input=wanted,
            capture_output=True,
            timeout=SECONDS,
            env=own_process.environment(),
        )
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode not in (0, 2):
        raise RunError("graphs", "", "take too long or too much memory to compile", "Choose smaller networks")
    if done.returncode == 2:
        field, problem, remedy = json.loads(done.stdout)
        raise ConfigError(field, "", problem, remedy)
    return gzip.compress(done.stdout, 9, mtime=0)


def _keep(path: Path, content: bytes) -> None:
    """Write a file, and delete those that were not asked for the longest until all fit. A full disk keeps none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_file.replace_file(path, content, sync=False)
        files = sorted(path.parent.glob("*.gz"), key=lambda file: file.stat().st_mtime, reverse=True)
        total = 0
        for file in files:
            total += file.stat().st_size
            if total > KEPT_BYTES:
                atomic_file.delete(file)
    except OSError:
        path.unlink(missing_ok=True)


def _path(config: RunConfig) -> Path:
    """Return a file whose name changes with the settings and with the code that compiles."""
    text = json.dumps([_code_version(), config.to_dict()], sort_keys=True)
    return user_folder(FOLDER_VARIABLE, "graphs") / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.gz"


@functools.cache
def _code_version() -> str:
    """Return a digest of the code that compiles, as it is when it is first asked for."""
    digest = hashlib.sha256(gan_demo.__version__.encode())
    package = Path(gan_demo.__file__).parent
    for file in sorted([*(package / "gan").rglob("*.py"), *(package / "lab" / name for name in _BUNDLING)]):
        digest.update(file.read_bytes())
    return digest.hexdigest()
