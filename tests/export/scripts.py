"""Runs and the scripts exported of them: trained here, carried out without gan_demo, and their losses compared."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import torch

from gan_demo.config import RunConfig
from gan_demo.export.script import build
from gan_demo.export.script.context import script_context
from gan_demo.export.script.options import ScriptOptions
from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir
from gan_demo.training.control import Order
from gan_demo.training.trainer import train

ROOT = Path(__file__).resolve().parents[2]
STEPS = 5
SMALL: dict[str, object] = {"steps": STEPS, "evaluate": False, "batch": 8}
RING, DIGITS, FACES = (PRESETS[name].with_settings(SMALL | {"limit": 100}) for name in ("ring", "digits", "faces"))


def trained(path: Path, config: RunConfig, orders: Mapping[int, Order] | None = None) -> RunDir:
    """Train a run with a row for each step; ``orders`` are D's and G's updates alone, by the index of the update."""
    run = RunDir.create(path, config, "test")
    go_on(run, orders)
    return RunDir(path)


class Steered:
    """A hand at the wheel that sees every step: ``orders`` and changed ``settings`` by the index of the update."""

    def __init__(self, orders: Mapping[int, Order] | None, settings: Mapping[int, Mapping[str, object]] | None) -> None:
        self.orders, self.settings, self.update = dict(orders or {}), dict(settings or {}), 0

    @property
    def order(self) -> Order:
        return self.orders.get(self.update, "both")

    def is_stepping(self) -> bool:
        return True

    def next_change(self) -> Mapping[str, object] | None:
        return self.settings.pop(self.update, None)

    def change_done(self) -> None:
        pass


def go_on(
    run: RunDir, orders: Mapping[int, Order] | None = None, settings: Mapping[int, Mapping[str, object]] | None = None
) -> RunDir:
    control = Steered(orders, settings)
    for progress in train(run, control=control):
        control.update += progress.scalars is not None
    return RunDir(run.path)


def exported(run: RunDir, folder: Path, name: str = "train.py", language: str = "en") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in build.files(run, ScriptOptions(name, language)).items():
        (folder / file).write_bytes(content)
    return folder / name


def carry_out(scripts: Mapping[Path, list[str]], cwd: Path, library: Path | None = None) -> None:
    """Run each script with its arguments, in one process that can't see gan_demo; what they write goes under ``cwd``."""
    code = (
        "import json, runpy, sys\n"
        "for script, arguments in json.load(sys.stdin):\n"
        "    sys.argv = [script, *arguments]\n"
        "    runpy.run_path(script, run_name='__main__')\n"
        "assert not any(name.split('.')[0] in ('gan_demo', 'streamlit') for name in sys.modules)\n"
    )
    path = f"import sys; sys.path.insert(0, {str(library)!r})\n" if library else ""
    done = subprocess.run(
        [sys.executable, "-I", "-c", path + code],
        cwd=cwd,
        text=True,
        capture_output=True,
        input=json.dumps([(str(script), arguments) for script, arguments in scripts.items()]),
        env={**os.environ, "OMP_NUM_THREADS": str(torch.get_num_threads())},
    )
    assert done.returncode == 0, done.stderr[-3000:]


def cells(path: Path, config: RunConfig) -> dict[str, str]:
    """Return the code of a script by the names of the notebook's cells."""
    return dict(script_context(RunDir.create(path, config, "test"), ScriptOptions()).cells())
