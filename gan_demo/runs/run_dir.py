"""A run on disk, written so that it still opens and resumes after a kill at any moment.

    config.json                   RunConfig
    metrics.jsonl                 one row a line, appended
    changes.jsonl                 changes of settings during training, one change a line (see ``setting_changes``)
    grids/00000500.png            the sample grid of that step; all are of the same latents
    checkpoints/00000500.safetensors   the generator's weights (their moving average if there is one)
    states/00000500.safetensors   the whole training state of a checkpoint's step, to fork from
    state-00000500.safetensors    the newest training state, to resume from bit for bit
    run.json                      the manifest, replaced last: a checkpoint or state that it does not name is ignored
    explorer/00000500/            files for the explorer in the browser, computed from the checkpoint on first request
    about.json                    its owner's name for it and note, and the settings it changes of another run

Files are replaced atomically. A shipped model has a card.json, too, and no state to resume from, only one to fork from.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_demo.config import RunConfig
from gan_demo.errors import ConfigError, RunError
from gan_demo.runs import manifest, setting_changes
from gan_demo.runs.manifest import RunInfo
from gan_demo.runs.metrics_log import LISTS, MetricsLog, append_row, read_rows, shared_log
from gan_demo.runs.parts.explorer_cache import ExplorerCache
from gan_demo.runs.parts.files import read_bytes, read_json, read_pairs, read_tensors, steps_in, write_tensors
from gan_demo.runs.parts.states import SavedStates
from gan_demo.runs.parts.step_files import StepFiles
from gan_demo.runs.setting_changes import Change
from gan_demo.support import atomic_file, atomic_folder
from gan_demo.support.atomic_file import held_lock, json_bytes, replace_file

if TYPE_CHECKING:  # torch takes seconds to load, and listing runs needs none of it
    from torch import Tensor

NEW_RUN = "Start a new run with its settings"  # the remedy where nothing can be resumed
FileVersion = tuple[int, int, int]  # time of modification in nanoseconds, bytes, inode


class RunDir:
    """Folder of one run; see the module's docstring. Readers and the one writer may be in different processes.

    Threads may share an object: every value is read from its file on access.
    """

    def __init__(self, path: Path | str) -> None:
        """Open an existing run. Raises RunError if the folder holds no run, or a damaged config.json."""
        self.path = Path(path)
        if not os.path.isfile(self.path / "run.json"):
            raise RunError("run", self.path.name, "is not a run folder", "Give a folder made by the train command")
        self._config = self._read_config()
        self._states = SavedStates(self.path / "states")
        self._checkpoints = StepFiles(self.path / "checkpoints")
        self._explorer = ExplorerCache(self.path / "explorer")

    @staticmethod
    def create(path: Path | str, config: RunConfig, name: str, fill: Callable[[RunDir], None] | None = None) -> RunDir:
        """Create a run, empty but for the files that ``fill`` writes. Raises RunError if the folder is in use."""
        folder = Path(path)

        def fill_all(beside: Path) -> None:
            for part in ("grids", "checkpoints", "states"):
                (beside / part).mkdir()
            replace_file(beside / "config.json", json_bytes(config.to_dict()))
            manifest.write(beside / "run.json", RunInfo(name, datetime.now(UTC).isoformat(timespec="seconds")))
            if fill is not None:
                fill(RunDir(beside))

        try:
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                problem, remedy = "already exists", "Choose another name, or continue it with --resume"
                raise RunError("run", folder.name, problem, remedy)
            atomic_folder.create(folder, fill_all)
        except OSError as failure:
            raise RunError("run", folder.name, "cannot be written", "Choose a folder you may write to") from failure
        return RunDir(folder)

    @property
    def id(self) -> str:
        """The folder's name, which is also the run's id in links."""
        return self.path.name

    @property
    def config(self) -> RunConfig:
        """The settings, read again if config.json changed. Raises RunError if it can't be read."""
        version, config = self._config
        if self._config_version() != version:
            self._config = self._read_config()  # one assignment, as other threads read it
            return self._config[1]
        return config

    @property
    def info(self) -> RunInfo:
        """The manifest. Raises RunError if it can't be read."""
        return manifest.read(self.path / "run.json")

    @property
    def card(self) -> dict[str, Any] | None:
        """The card of a shipped model; None for other runs."""
        return read_json(self.path / "card.json") if (self.path / "card.json").exists() else None

    @property
    def refused(self) -> list[tuple[str, str]]:
        """Own images that were left out: (file, one of ``data.images.limits.REASONS``)."""
        return read_pairs(self.path / "refused.json")

    @property
    def checkpoints(self) -> list[int]:
        """Steps that have a checkpoint of the generator, ascending."""
        return sorted(step for step in self.info.checkpoints if self._checkpoints.path(step).is_file())

    @property
    def states(self) -> list[int]:
        """Steps that have a saved training state to fork from, ascending."""
        named = set(self.info.checkpoints)
        return [step for step in self._states.steps() if step in named]

    def load_state_at(self, step: int) -> dict[str, Tensor]:
        """Load the training state saved at ``step``: networks, optimisers, random state. Raises RunError."""
        self._check_step(step, self.states, "has no saved training state, so it cannot be resumed", NEW_RUN)
        return self._states.load(step)

    def load_checkpoint(self, step: int | None = None) -> dict[str, Tensor]:
        """Load the generator's weights at the checkpoint ``step``, the last one by default. Raises RunError."""
        if step is None:
            step = self.newest_checkpoint()
        self._check_step(step, self.checkpoints, "has no checkpoint yet", "Let it train for a few seconds more")
        return read_tensors(self._checkpoints.path(step), step)

    def newest_checkpoint(self, last: float = math.inf) -> int:
        """Return the last step, at most ``last``, whose checkpoint is intact. Raises RunError."""
        steps = [step for step in self.checkpoints if step <= last]
        self._check_step(None, steps, "has no checkpoint yet", "Let it train for a few seconds more")
        return self._checkpoints.newest(steps)

    @property
    def intact_checkpoints(self) -> list[int]:
        """Those of ``checkpoints`` whose file is intact."""
        return self._checkpoints.intact(self.checkpoints)

    @property
    def intact_states(self) -> list[int]:
        """Those of ``states`` whose file is intact."""
        return self._states.intact(self.states)

    def newest_state(self, last: float = math.inf) -> int | None:
        """Return the last step, at most ``last``, that has an intact state; None if there is none."""
        return next((step for step in reversed(self.states) if step <= last and self._states.intact([step])), None)

    def _check_step(self, step: int | None, steps: list[int], problem: str, remedy: str) -> None:
        if not steps:
            raise RunError("run", self.id, problem, remedy)
        if step is not None and step not in steps:
            saved = ", ".join(map(str, steps))
            raise RunError("step", step, "is not saved in this run", "Saved steps: {steps}", steps=saved)

    def changes(self) -> list[Change]:
        """Return the changes of settings during training, oldest first: {"step", "seconds", "was": {…}, "now": {…}}."""
        return [row for row in read_rows(self.path / "changes.jsonl") if setting_changes.is_change(row)]

    def config_at(self, step: int) -> RunConfig:
        """Return the settings that were in effect from ``step`` on."""
        return setting_changes.reverted(self.config, self.changes(), step)

    @property
    def grids(self) -> list[int]:
        """Steps that have a sample grid, ascending."""
        return steps_in(self.path / "grids", ".png")

    def grid_png(self, step: int) -> bytes:
        """Return the PNG of the sample grid of ``step``. Raises RunError if there is none."""
        return read_bytes(self.path / "grids" / f"{step:08d}.png")

    @functools.cached_property
    def metrics_log(self) -> MetricsLog:
        """The log of metrics.jsonl that all readers of this process share."""
        return shared_log(self.path / "metrics.jsonl")

    def metrics(self) -> dict[str, list[Any]]:
        """Return all rows of metrics as columns of equal length, NaN where a row lacks a value."""
        return self.metrics_log.columns()

    # ---- for the writer, within ``writing()``

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock of the run's one writer. Raises RunError if another process or thread holds it."""
        try:
            file = open(self.path / ".lock", "a", encoding="utf-8")  # noqa: SIM115  # closed below; an OSError of the body must not be caught here
        except OSError as failure:
            raise RunError("run", self.id, "cannot be written", "Choose a folder you may write to") from failure
        with file, held_lock(file) as is_free:
            if not is_free:
                raise RunError("run", self.id, "is being trained by another process", "Stop that one first")
            _delete_files(self.path.rglob(".*.*.*.*"))  # unfinished ones of a killed writer
            yield

    def set_refused(self, refused: tuple[tuple[str, str], ...]) -> None:
        """Save which own images were left out, as (file, reason)."""
        if refused:
            replace_file(self.path / "refused.json", json_bytes(refused))

    def set_config(self, config: RunConfig) -> None:
        """Replace config.json."""
        replace_file(self.path / "config.json", json_bytes(config.to_dict()))
        self._config = self._config_version(), config

    def change_config(self, config: RunConfig, step: int, seconds: float) -> dict[str, Any]:
        """Replace config.json during training and record which training settings changed; return their new values."""
        before, after = setting_changes.difference(self.config, config)
        if after:
            self.add_change(step, seconds, before, after)
        self.set_config(config)
        return after

    def set_info(self, info: RunInfo) -> None:
        """Replace the manifest; then delete the state files that it no longer names."""
        manifest.write(self.path / "run.json", info)
        named = self.state_path(info.state or 0)
        _delete_files(path for path in self.path.glob("state-*.safetensors") if path != named)

    def append(self, row: Mapping[str, Any]) -> None:
        """Append a row to the metrics, without values that are not finite."""
        assert all(k in LISTS for k, v in row.items() if isinstance(v, list)), "readers skip lists in other columns"
        clean = {k: v for k, v in row.items() if not (isinstance(v, float) and not math.isfinite(v))}
        append_row(self.path / "metrics.jsonl", clean)

    def add_change(self, step: int, seconds: float, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Record changed settings; ``set_config`` must follow, or else the record is dropped on resume."""
        change = {"step": step, "seconds": round(seconds, 3), "was": dict(before), "now": dict(after)}
        append_row(self.path / "changes.jsonl", change)

    def add_grid(self, step: int, png: bytes) -> None:
        """Save a sample grid."""
        replace_file(self.path / "grids" / f"{step:08d}.png", png, sync=False)

    def add_checkpoint(self, step: int, tensors: dict[str, Tensor]) -> None:
        """Save a generator's weights; ``set_info`` must name the step afterwards.

        The file's header describes the network, so that the file can be opened without the run.
        """
        header = {"format": 1, "kind": "generator", "model": dataclasses.asdict(self.config.model)}
        write_tensors(self._checkpoints.path(step), tensors, {"gan_demo": json.dumps(header)}, step)
        self._explorer.delete(step)

    def save_state(self, step: int, tensors: dict[str, Tensor]) -> None:
        """Save the training state to resume from; ``set_info`` must name its step afterwards."""
        write_tensors(self.state_path(step), tensors, step=step)

    def keep_state(self, step: int) -> None:
        """Keep the state that ``save_state`` wrote, for forks; ``set_info`` must name a checkpoint of this step."""
        self._states.add(step, self.state_path(step))
        self._explorer.delete(step)

    def thin_states(self) -> None:
        """Delete some of the states to fork from if there are too many."""
        self._states.thin()

    def delete_files_after(self, step: int) -> None:
        """Delete states, sample grids and files of the explorer of later steps."""
        self._states.delete_after(step)
        self._explorer.delete_after(step)
        _delete_files(self.path / "grids" / f"{grid:08d}.png" for grid in self.grids if grid > step)

    def state_path(self, step: int) -> Path:
        """Return the file of the state to resume from."""
        return self.path / f"state-{step:08d}.safetensors"

    def _config_version(self) -> FileVersion | None:
        """Return a fingerprint of config.json's present version, or None if there is none."""
        try:
            status = os.stat(self.path / "config.json")
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _read_config(self) -> tuple[FileVersion | None, RunConfig]:
        version = self._config_version()  # before the content: a newer content then only costs another reading
        try:
            return version, RunConfig.from_dict(read_json(self.path / "config.json"))
        except ConfigError as failure:
            raise RunError("run", self.id, "has a config.json that can't be used. {why}", why=str(failure)) from failure


def _delete_files(paths: Iterable[Path]) -> None:
    """Delete those of ``paths`` that are files: in a damaged run, folders may have their names."""
    for path in list(paths):
        if path.is_file():
            atomic_file.delete(path)
