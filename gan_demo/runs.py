"""A run on disk, written so that a kill at any moment leaves one that opens and resumes.

    config.json                   RunConfig
    metrics.jsonl                 one row a line, appended
    grids/00000500.png            the same latents through time
    checkpoints/00000500.safetensors   the generator (its moving average where there is one)
    state-00000500.safetensors    everything to go on bit-exact
    run.json                      the manifest, replaced last: what it does not name does not exist
    card.json                     shipped models: data, settings, time, metrics, licence

Each file is written beside and then moved into place.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import os
import re
import secrets
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from safetensors import SafetensorError

from gan_demo.config import RunConfig
from gan_demo.errors import ConfigError, GanDemoError, RunError
from gan_demo.rows import Tail, read_rows

if TYPE_CHECKING:  # torch takes seconds to load, and listing runs needs none of it
    from torch import Tensor

    from gan_demo.models import Generator

PRETRAINED = Path(__file__).parent.parent / "pretrained"
_NUMBERS: dict[str, Any] = {
    "step": int, "images": int, "seconds": int | float, "evaluation_seconds": int | float,
    "checkpoints": tuple, "state": int | None, "error": object,
}  # fmt: skip
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,80}")


@dataclass(frozen=True)
class KeptError:
    """Why a run failed, as plain text, so that it can still be said after a restart."""

    field: str
    value: str
    problem: str
    remedy: str
    details: dict[str, str] = dataclasses.field(default_factory=dict)

    @staticmethod
    def of(failure: GanDemoError) -> KeptError:
        """What is kept of an error."""
        details = {key: str(value) for key, value in failure.details.items()}
        return KeptError(failure.field, str(failure.value), failure.problem, failure.remedy, details)

    def error(self) -> RunError:
        """The error again, to be shown or translated."""
        return RunError(self.field, self.value, self.problem, self.remedy, **self.details)


@dataclass(frozen=True)
class RunInfo:
    """The manifest. ``status``: new, training, stopped, done or failed; ``seconds`` of training, pauses left out."""

    name: str
    created: str
    status: str = "new"
    step: int = 0
    images: int = 0
    seconds: float = 0.0
    evaluation_seconds: float = 0.0
    device: str = "cpu"
    checkpoints: tuple[int, ...] = ()
    state: int | None = None  # the step of the state file
    error: KeptError | None = None
    parent: str = ""


class RunDir:
    """One run's folder; see the module's docstring. Readers and the one writer may be in different processes."""

    def __init__(self, path: Path | str) -> None:
        """Open an existing run. Raises RunError if it is none, or damaged."""
        self.path = Path(path)
        if not (self.path / "run.json").is_file():
            raise RunError("run", self.path.name, "is not a run folder", "Give a folder made by the train command")
        self.config = self._read_config()
        self._metrics = Tail(self.path / "metrics.jsonl")

    @staticmethod
    def create(path: Path | str, config: RunConfig, name: str) -> RunDir:
        """A new, empty run. Raises RunError if the folder is in use for something else."""
        folder = Path(path)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RunError("run", folder.name, "is there already", "Choose another name, or go on with --resume")
        try:
            beside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")  # a kill leaves all of a run or nothing
            for part in ("grids", "checkpoints"):
                (beside / part).mkdir(parents=True)
            replace_file(beside / "config.json", _json(config.to_dict()))
            info = RunInfo(name=name, created=datetime.now(UTC).isoformat(timespec="seconds"))
            replace_file(beside / "run.json", _json(dataclasses.asdict(info)))
            if folder.exists():
                folder.rmdir()
            beside.rename(folder)
        except OSError as failure:
            raise RunError("run", folder.name, "cannot be written", "Choose a folder you may write to") from failure
        return RunDir(folder)

    @property
    def id(self) -> str:
        """The folder's name, which is also its link."""
        return self.path.name

    @property
    def info(self) -> RunInfo:
        """The manifest as it is now. Raises RunError if it can't be read."""
        raw = _read_json(self.path / "run.json")
        known = {one.name for one in dataclasses.fields(RunInfo)}
        try:
            values = {key: value for key, value in raw.items() if key in known}
            values["checkpoints"] = tuple(int(step) for step in values.get("checkpoints", ()))
            values["error"] = KeptError(**values["error"]) if values.get("error") else None
            texts = ("name", "created", "status", "device", "parent")
            if any(not isinstance(value, str if key in texts else _NUMBERS[key]) for key, value in values.items()):
                raise TypeError
            return RunInfo(**values)
        except (TypeError, ValueError, AttributeError) as failure:
            raise RunError("run", self.id, "has a damaged run.json", "Restore it from a copy") from failure

    @property
    def card(self) -> dict[str, Any] | None:
        """What a shipped model says of itself."""
        path = self.path / "card.json"
        return _read_json(path) if path.is_file() else None

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
    def grids(self) -> list[int]:
        """Steps of which there is a sample grid, ascending."""
        return sorted(int(path.stem) for path in (self.path / "grids").glob("*.png") if path.stem.isdigit())

    def grid_png(self, step: int) -> bytes:
        """The PNG of that step's sample grid. Raises RunError if there is none."""
        return self._bytes(self.path / "grids" / f"{step:08d}.png")

    def metrics(self) -> dict[str, list[Any]]:
        """All rows as columns of equal length, NaN where a row lacks a value; reads on where the last call ended."""
        return self._metrics.columns()

    def generator(self, step: int | None = None) -> Generator:
        """The generator of a kept step (the last by default), on the CPU, in evaluation mode, frozen."""
        from gan_demo.models import build_generator

        kept = self.checkpoints
        if not kept:
            raise RunError("run", self.id, "has no checkpoint yet", "Let it train for a few seconds more")
        if step is not None and step not in kept:
            raise RunError("step", step, "is not kept in this run", "Kept: {kept}", kept=", ".join(map(str, kept)))
        tensors = self._tensors(self._checkpoint(kept[-1] if step is None else step))
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
            if not _lock(file):
                raise RunError("run", self.id, "is being trained by another process", "Stop that one first")
            for torn in self.path.rglob(".*.*.*.*"):  # what a killed writer left beside the files
                torn.unlink(missing_ok=True)
            yield

    def set_refused(self, refused: tuple[tuple[str, str], ...]) -> None:
        """Keep which own images were left out, as (file, reason)."""
        if refused:
            replace_file(self.path / "refused.json", _json(refused))

    def set_config(self, config: RunConfig) -> None:
        """Replace config.json."""
        replace_file(self.path / "config.json", _json(config.to_dict()))
        self.config = config

    def set_info(self, info: RunInfo) -> None:
        """Replace the manifest; then remove state files it no longer names."""
        replace_file(self.path / "run.json", _json(dataclasses.asdict(info)))
        for old in self.path.glob("state-*.safetensors"):
            if old.name != f"state-{info.state or 0:08d}.safetensors":
                old.unlink(missing_ok=True)

    def append(self, row: Mapping[str, Any]) -> None:
        """Add one row to the metrics."""
        clean = {k: v for k, v in row.items() if not (isinstance(v, float) and not math.isfinite(v))}
        with open(self.path / "metrics.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(clean, separators=(",", ":")) + "\n")

    def add_grid(self, step: int, png: bytes) -> None:
        """Keep a sample grid."""
        replace_file(self.path / "grids" / f"{step:08d}.png", png, sync=False)

    def add_checkpoint(self, step: int, tensors: dict[str, Tensor]) -> None:
        """Keep a generator; ``set_info`` must name it afterwards. A header says what it is, so the file opens alone."""
        from safetensors.torch import save as save_tensors

        header = {"format": 1, "kind": "generator", "model": dataclasses.asdict(self.config.model)}
        replace_file(self._checkpoint(step), save_tensors(_plain(tensors), {"gan_demo": json.dumps(header)}))

    def save_state(self, step: int, tensors: dict[str, Tensor]) -> None:
        """Keep what resuming needs; ``set_info`` must name it afterwards."""
        from safetensors.torch import save as save_tensors

        replace_file(self._state(step), save_tensors(_plain(tensors)))

    def load_state(self) -> dict[str, Tensor] | None:
        """What ``save_state`` kept, or None if training never got that far; forgets rows and grids of later steps."""
        step = self.info.state
        keep = -1 if step is None else step
        self._forget_after(keep)
        return None if step is None else self._tensors(self._state(step))

    def _forget_after(self, step: int) -> None:
        path = self.path / "metrics.jsonl"
        rows = [row for row in read_rows(path) if row.get("step", 0) <= step]
        replace_file(path, "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows).encode())
        self._metrics = Tail(path)
        for grid in self.grids:
            if grid > step:
                (self.path / "grids" / f"{grid:08d}.png").unlink()

    def _checkpoint(self, step: int) -> Path:
        return self.path / "checkpoints" / f"{step:08d}.safetensors"

    def _state(self, step: int) -> Path:
        return self.path / f"state-{step:08d}.safetensors"

    def _bytes(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as failure:
            raise RunError("file", path.name, "cannot be read", "Restore the run folder from a copy") from failure

    def _tensors(self, path: Path) -> dict[str, Tensor]:
        from safetensors.torch import load as load_tensors

        try:
            return load_tensors(self._bytes(path))
        except (SafetensorError, ValueError, KeyError) as failure:
            raise RunError("file", path.name, "is damaged", "Restore the run folder from a copy") from failure

    def _read_config(self) -> RunConfig:
        try:
            return RunConfig.from_dict(_read_json(self.path / "config.json"))
        except ConfigError as failure:
            raise RunError("run", self.id, "has a config.json that can't be used. {why}", why=str(failure)) from failure


def home() -> Path:
    """Where the app keeps own runs: $GAN_DEMO_HOME, or a folder in the user's cache."""
    return Path(os.environ.get("GAN_DEMO_HOME", Path.home() / ".cache" / "gan_demo" / "runs"))


def list_runs(folder: Path) -> list[RunDir]:
    """All readable runs directly in a folder, newest first; damaged ones are left out."""
    found: list[tuple[str, RunDir]] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        with contextlib.suppress(RunError):
            if (path / "run.json").is_file() and not path.name.startswith("."):
                run = RunDir(path)
                found.append((run.info.created, run))
    return [run for _, run in sorted(found, key=lambda one: one[0], reverse=True)]


def pretrained() -> list[RunDir]:
    """The shipped models, by name."""
    return sorted(list_runs(PRETRAINED), key=lambda run: run.id)


def find(run_id: str) -> RunDir:
    """An own run or a shipped model by its id. Raises RunError for anything that is no such id, paths included."""
    if _ID.fullmatch(run_id):
        for folder in (home(), PRETRAINED):
            if (folder / run_id / "run.json").is_file():
                return RunDir(folder / run_id)
    raise RunError("run", run_id, "is not known here", "The link may be old, or its run was deleted")


def new_id(name: str) -> str:
    """An id that can't be guessed: the name, and 48 random bits."""
    return f"{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-')[:40] or 'run'}-{secrets.token_hex(6)}"


def replace_file(path: Path, data: bytes, sync: bool = True) -> None:
    """Write beside, then move into place: readers see the old file or the new one, never half of one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    with open(beside, "wb") as file:
        file.write(data)
        if sync:
            file.flush()
            os.fsync(file.fileno())
    os.replace(beside, path)


def _plain(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {key: value.detach().to("cpu", copy=True).contiguous() for key, value in tensors.items()}


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1) + "\n").encode()


def _read_json(path: Path) -> dict[str, Any]:
    try:
        raw = json.loads(path.read_bytes())
    except (OSError, ValueError) as failure:
        raise RunError("file", path.name, "cannot be read", "Restore the run folder from a copy") from failure
    if not isinstance(raw, dict):
        raise RunError("file", path.name, "is damaged", "Restore the run folder from a copy")
    return raw


def _lock(file: IO[str]) -> bool:
    """An advisory lock that the kernel drops when its process dies, however it dies."""
    try:
        import fcntl
    except ImportError:  # Windows: no such lock; two writers are then the user's own doing
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
