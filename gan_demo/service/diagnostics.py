"""Diagnostics for a bug report: versions, device and a run's settings, without names, paths or tokens."""

from __future__ import annotations

import dataclasses
import importlib
import os
import platform
import traceback
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import gan_demo
from gan_demo.config import RunConfig
from gan_demo.errors import GanDemoError
from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import run_state
from gan_demo.support.top_level import PACKAGE, TOP_LEVEL

LIBRARIES = ("torch", "torchvision", "streamlit", "numpy")
PRIVATE = ("path", "root", "labels")  # settings with a person's folders, or with the names of their classes
MAX_FRAMES = 8  # of an error's traceback


def report(run: RunDir | None = None) -> str:
    """Return the diagnostics as lines of plain English text, with those of ``run`` if there is one."""
    lines = [*_versions(), *_machine(), *(_run_lines(run) if run is not None else ())]
    return "\n".join(lines) + "\n"


def _versions() -> Iterator[str]:
    source = "from a checkout" if PACKAGE.parent == TOP_LEVEL else "from a wheel"
    yield f"gan_demo {gan_demo.__version__}, {source}"
    yield f"Python {platform.python_version()} ({platform.python_implementation()})"
    yield ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "missing"


def _machine() -> Iterator[str]:
    yield f"System: {platform.system()} {platform.release()}, {platform.machine()}, {os.cpu_count()} CPU cores"
    try:
        torch = importlib.import_module("torch")
    except (ImportError, OSError) as failure:  # OSError: a library that torch needs can't be loaded
        yield f"Device: torch can't be loaded ({type(failure).__name__})"
        return
    if torch.cuda.is_available():
        yield f"Device: cuda ({torch.cuda.get_device_name()}, CUDA {torch.version.cuda})"
    else:
        yield f"Device: cpu, {torch.get_num_threads()} threads"


def _run_lines(run: RunDir) -> Iterator[str]:
    """Yield lines on a run's progress, its error and its settings."""
    info, state = run.info, run_state.state(run)
    kind = info.name if info.name in PRESETS else "settings of one's own"  # a name may be that of somebody's file
    parts = [f"Run: {kind}, {state.status.value} at step {info.step}, on {info.device}"]
    if info.forked_at is not None:
        parts.append(f"forked at step {info.forked_at}")
    yield ", ".join(parts)
    if state.error is not None:
        yield from _error_lines(state.error)
    yield from _setting_lines(run.config)


def _error_lines(error: BaseException) -> Iterator[str]:
    """Yield what kind of error it is and where it was raised; the message of others than ours may name a path."""
    problem = f" of {error.field}: {error.problem}" if isinstance(error, GanDemoError) else ""
    yield f"Error: {type(error).__name__}{problem}"
    for frame in traceback.extract_tb(error.__traceback__)[-MAX_FRAMES:]:
        file = Path(frame.filename)
        shown = file.relative_to(PACKAGE.parent) if file.is_relative_to(PACKAGE) else Path(file.name)
        yield f"  {shown.as_posix()}:{frame.lineno} {frame.name}"


def _setting_lines(config: RunConfig) -> Iterator[str]:
    for name, section in (("data", config.data), ("model", config.model), ("train", config.train)):
        values = {field.name: getattr(section, field.name) for field in dataclasses.fields(section)}
        shown = [f"{key}={value}" for key, value in values.items() if key not in PRIVATE]
        yield f"{name}: {' '.join(shown)}"
