"""A run on disk, written so that a kill at any moment leaves one that opens and resumes.

    config.json                   RunConfig
    metrics.jsonl                 one row a line, appended
    changes.jsonl                 settings changed on the way, one change a line (see ``changes``)
    grids/00000500.png            the same latents through time
    checkpoints/00000500.safetensors   the generator (its moving average where there is one)
    states/00000500.safetensors   everything, as it was then: what a fork begins with
    state-00000500.safetensors    everything to go on bit-exact
    run.json                      the manifest, replaced last: what it does not name does not exist
    explorer/00000500/            what the explorer in the browser needs of a checkpoint, made of it when asked for
    card.json                     shipped models: data, settings, time, metrics, licence

Each file is written beside and then moved into place. Shipped models have nothing to resume, and one state to fork.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_demo.config import RunConfig
from gan_demo.errors import ConfigError, RunError
from gan_demo.runs import manifest, setting_changes
from gan_demo.runs.explorer_cache import ExplorerCache
from gan_demo.runs.files import read_bytes, read_json, read_tensors, write_tensors
from gan_demo.runs.manifest import RunInfo
from gan_demo.runs.metrics_log import Tail, append_row, read_rows, write_rows
from gan_demo.runs.setting_changes import Change
from gan_demo.runs.states import KeptStates
from gan_demo.support.atomic_file import json_bytes, lock, replace_file

if TYPE_CHECKING:  # torch takes seconds to load, and listing runs needs none of it
    from torch import Tensor

    from gan_demo.gan.models.base import Generator


class RunDir:
    """One run's folder; see the module's docstring. Readers and the one writer may be in different processes."""

    def __init__(self, path: Path | str) -> None:
        """Open an existing run. Raises RunError if it is none, or damaged."""
        self.path = Path(path)
        if not (self.path / "run.json").is_file():
            raise RunError("run", self.path.name, "is not a run folder", "Give a folder made by the train command")
        self.config = self._read_config()
        self._metrics = Tail(self.path / "metrics.jsonl")
        self._states = KeptStates(self.path / "states")
        self._explorer = ExplorerCache(self.path / "explorer")

    @staticmethod
    def create(path: Path | str, config: RunConfig, name: str, fill: Callable[[RunDir], None] | None = None) -> RunDir:
        """A new run, empty but for what ``fill`` puts there. Raises RunError if the folder is in use already."""
        folder = Path(path)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RunError("run", folder.name, "is there already", "Choose another name, or go on with --resume")
        beside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")  # a kill leaves all of a run or nothing
        try:
            for part in ("grids", "checkpoints", "states"):
                (beside / part).mkdir(parents=True)
            replace_file(beside / "config.json", json_bytes(config.to_dict()))
            info = RunInfo(name=name, created=datetime.now(UTC).isoformat(timespec="seconds"))
            manifest.write(beside / "run.json", info)
            if fill is not None:
                fill(RunDir(beside))
            if folder.exists():
                folder.rmdir()
            beside.rename(folder)
        except OSError as failure:
            raise RunError("run", folder.name, "cannot be written", "Choose a folder you may write to") from failure
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        return RunDir(folder)

    @property
    def id(self) -> str:
        """The folder's name, which is also its link."""
        return self.path.name

    @property
    def info(self) -> RunInfo:
        """The manifest as it is now. Raises RunError if it can't be read."""
        return manifest.read(self.path / "run.json")

    @property
    def card(self) -> dict[str, Any] | None:
        """What a shipped model says of itself."""
        path = self.path / "card.json"
        return read_json(path) if path.is_file() else None

    @property
    def refused(self) -> list[tuple[str, str]]:
        """Own images that were left out: (file, one of ``folders.REASONS``)."""
        path = self.path / "refused.json"
        return [(str(file), str(why)) for file, why in json.loads(path.read_bytes())] if path.is_file() else []

    @property
    def checkpoints(self) -> list[int]:
        """Steps of which the generator is kept, ascending."""
        return sorted(step for step in self.info.checkpoints if self._checkpoint(step).is_file())

    @property
    def states(self) -> list[int]:
        """Steps of which the whole training state is kept, ascending: those that a fork can begin at."""
        named = set(self.info.checkpoints)
        return [step for step in self._states.steps() if step in named]

    def load_state_at(self, step: int) -> dict[str, Tensor]:
        """The whole training state at a kept step: networks, optimisers, random state. Raises RunError."""
        kept = self.states
        if not kept:
            raise RunError("run", self.id, "is kept without what resuming needs", "Start a new run with its settings")
        if step not in kept:
            raise RunError("step", step, "is not kept in this run", "Kept: {kept}", kept=", ".join(map(str, kept)))
        return self._states.load(step)

    def changes(self) -> list[Change]:
        """Settings changed on the way, oldest first: {"step", "seconds", "was": {…}, "now": {…}}."""
        rows = read_rows(self.path / "changes.jsonl")
        return [row for row in rows if isinstance(row.get("was"), dict) and isinstance(row.get("now"), dict)]

    def config_at(self, step: int) -> RunConfig:
        """The settings that were in effect from ``step`` on."""
        return setting_changes.reverted(self._read_config(), self.changes(), step)

    @property
    def grids(self) -> list[int]:
        """Steps of which there is a sample grid, ascending."""
        return sorted(int(path.stem) for path in (self.path / "grids").glob("*.png") if path.stem.isdigit())

    def grid_png(self, step: int) -> bytes:
        """The PNG of that step's sample grid. Raises RunError if there is none."""
        return read_bytes(self.path / "grids" / f"{step:08d}.png")

    def metrics(self) -> dict[str, list[Any]]:
        """All rows as columns of equal length, NaN where a row lacks a value; reads on where the last call ended."""
        return self._metrics.columns()

    def generator(self, step: int | None = None) -> Generator:
        """The generator of a kept step (the last by default), on the CPU, in evaluation mode, frozen."""
        from gan_demo.gan.models.build import build_generator

        kept = self.checkpoints
        if not kept:
            raise RunError("run", self.id, "has no checkpoint yet", "Let it train for a few seconds more")
        if step is not None and step not in kept:
            raise RunError("step", step, "is not kept in this run", "Kept: {kept}", kept=", ".join(map(str, kept)))
        tensors = read_tensors(self._checkpoint(kept[-1] if step is None else step))
        generator = build_generator(self.config.model)
        try:
            generator.load_state_dict({key: value.float() for key, value in tensors.items()})
        except RuntimeError as failure:
            raise RunError("run", self.id, "has weights that do not fit its config.json") from failure
        return generator.eval().requires_grad_(False)

    # ---- the writer's side, under ``writing()``

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer. Raises RunError if another process or thread is."""
        try:
            file = open(self.path / ".lock", "w")  # noqa: SIM115  # closed below; a failure here is none of the body's
        except OSError as failure:
            raise RunError("run", self.id, "cannot be written", "Choose a folder you may write to") from failure
        with file:
            if not lock(file):
                raise RunError("run", self.id, "is being trained by another process", "Stop that one first")
            for torn in self.path.rglob(".*.*.*.*"):  # what a killed writer left beside the files
                torn.unlink(missing_ok=True)
            yield

    def set_refused(self, refused: tuple[tuple[str, str], ...]) -> None:
        """Keep which own images were left out, as (file, reason)."""
        if refused:
            replace_file(self.path / "refused.json", json_bytes(refused))

    def set_config(self, config: RunConfig) -> None:
        """Replace config.json."""
        replace_file(self.path / "config.json", json_bytes(config.to_dict()))
        self.config = config

    def change_config(self, config: RunConfig, step: int, seconds: float) -> dict[str, Any]:
        """Replace config.json on the way, and note which training settings changed; returns them."""
        was, now = setting_changes.difference(self.config, config)
        if now:
            self.add_change(step, seconds, was, now)
        self.set_config(config)
        return now

    def set_info(self, info: RunInfo) -> None:
        """Replace the manifest; then remove state files it no longer names."""
        manifest.write(self.path / "run.json", info)
        for old in self.path.glob("state-*.safetensors"):
            if old.name != f"state-{info.state or 0:08d}.safetensors":
                old.unlink(missing_ok=True)

    def append(self, row: Mapping[str, Any]) -> None:
        """Add one row to the metrics."""
        clean = {k: v for k, v in row.items() if not (isinstance(v, float) and not math.isfinite(v))}
        append_row(self.path / "metrics.jsonl", clean)

    def add_change(self, step: int, seconds: float, was: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        """Note changed settings; ``set_config`` must follow. A note without it (a kill) is forgotten on resume."""
        change = {"step": step, "seconds": round(seconds, 3), "was": dict(was), "now": dict(now)}
        append_row(self.path / "changes.jsonl", change)

    def add_grid(self, step: int, png: bytes) -> None:
        """Keep a sample grid."""
        replace_file(self.path / "grids" / f"{step:08d}.png", png, sync=False)

    def add_checkpoint(self, step: int, tensors: dict[str, Tensor]) -> None:
        """Keep a generator; ``set_info`` must name it afterwards. A header says what it is, so the file opens alone."""
        header = {"format": 1, "kind": "generator", "model": dataclasses.asdict(self.config.model)}
        write_tensors(self._checkpoint(step), tensors, {"gan_demo": json.dumps(header)})
        self._explorer.forget(step)

    def save_state(self, step: int, tensors: dict[str, Tensor]) -> None:
        """Keep what resuming needs; ``set_info`` must name it afterwards."""
        write_tensors(self._state(step), tensors)

    def keep_state(self, step: int) -> None:
        """Keep what ``save_state`` wrote for ``step``, for forks; ``set_info`` must name a checkpoint of that step."""
        self._states.keep(step, self._state(step))
        self._explorer.forget(step)

    def thin_states(self) -> None:
        """Remove kept states where there are too many."""
        self._states.thin()

    def load_state(self) -> dict[str, Tensor] | None:
        """What ``save_state`` kept, or None if training never got that far; forgets rows and grids of later steps."""
        step = self.info.state
        keep = -1 if step is None else step
        self._forget_after(keep)
        return None if step is None else read_tensors(self._state(step))

    def _forget_after(self, step: int) -> None:
        path = self.path / "metrics.jsonl"
        write_rows(path, (row for row in read_rows(path) if row["step"] <= step))
        self._metrics = Tail(path)
        self._forget_changes_after(step)
        self._states.forget_after(step)
        self._explorer.forget_after(step)
        for grid in self.grids:
            if grid > step:
                (self.path / "grids" / f"{grid:08d}.png").unlink()

    def _forget_changes_after(self, step: int) -> None:
        """Of a kill between a note and its settings, the note alone is left: it is forgotten too."""
        noted = self.changes()
        kept = [change for change in noted if change["step"] <= step]
        train = dataclasses.asdict(self.config.train)
        if kept and kept[-1]["step"] == step and not kept[-1]["now"].items() <= train.items():
            kept.pop()
        if kept or noted:
            write_rows(self.path / "changes.jsonl", kept)

    def _checkpoint(self, step: int) -> Path:
        return self.path / "checkpoints" / f"{step:08d}.safetensors"

    def _state(self, step: int) -> Path:
        return self.path / f"state-{step:08d}.safetensors"

    def _read_config(self) -> RunConfig:
        try:
            return RunConfig.from_dict(read_json(self.path / "config.json"))
        except ConfigError as failure:
            raise RunError("run", self.id, "has a config.json that can't be used. {why}", why=str(failure)) from failure
