"""A whole run as one zip file, to look at, resume and fork on another machine.

``write`` makes it, the same bytes of the same run. ``RunArchive`` opens one as a stranger's: bounded
(``archive_entries``), checked (``archive_checks``), never executed, and nothing is left where it is refused. A run on
own images comes without them: it can be looked at and sampled from, and trains on once it is given its images again.

Not taken along: whose run it is, its class, and what the explorer makes anew.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, TypeVar

import gan_demo
from gan_demo.errors import GET_AGAIN, DataError, GanDemoError, RunError
from gan_demo.runs import disk_space, library
from gan_demo.runs.archive import checks
from gan_demo.runs.archive import entries as archive_entries
from gan_demo.runs.archive.checks import Damaged
from gan_demo.runs.archive.entries import HEADER, MAX_BYTES, TAKE_AGAIN, Entries
from gan_demo.runs.manifest import RunInfo
from gan_demo.runs.metrics_log import write_rows
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.setting_changes import Change
from gan_demo.runs.states import steps_to_drop
from gan_demo.support.atomic_file import json_bytes, replace_file

FORMAT = 1
PAGE_BYTES = 256 * 2**20  # a download from a page is held in memory, and so is an upload
PAGE_UNPACKED_BYTES = 2 * PAGE_BYTES  # only the JSON files shrink much
_MADE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,40}-[0-9a-f]{12}")  # an id of ``runs.new_id``, which nobody guesses
_ANY_DATE = (1980, 1, 1, 0, 0, 0)
_COPY_BYTES = 2**20
T = TypeVar("T")

# ---- write


def write(run: RunDir, file: IO[bytes], most_bytes: int = MAX_BYTES) -> None:
    """Write the run to ``file``; of many states those that fit, spread over the time there has been.

    A training may go on meanwhile. Raises RunError where even the smallest selection has more than ``most_bytes``.
    """
    with contextlib.ExitStack() as stack:
        info, state = _newest_state(run, stack)
        parts = _parts(run, info, most_bytes)
        texts = _texts(run, info)
        with zipfile.ZipFile(file, "w") as archive:
            for name in sorted({*parts, *texts}):
                if name in texts:
                    archive.writestr(_entry(name, zipfile.ZIP_DEFLATED), texts[name], compresslevel=6)
                elif state is not None and name == _state_name(info):
                    _add(archive, name, state)
                else:  # a training may have thinned it out by now
                    with contextlib.suppress(FileNotFoundError), open(run.path / name, "rb") as part:
                        _add(archive, name, part)


def write_file(run: RunDir, path: Path) -> int:
    """Write the run to ``path``, whole or not at all; return how many bytes. Raises RunError, OSError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(beside, "wb") as file:
            write(run, file)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return path.stat().st_size


def packed(run: RunDir) -> bytes:
    """Return the zip file for a download from a page, small enough for a page to open it again. Raises RunError."""
    file = io.BytesIO()
    write(run, file, PAGE_BYTES)
    return file.getvalue()


def fits_page(run: RunDir) -> bool:
    """Return whether ``packed`` can make a file of the run that is not too large for a page."""
    try:
        _parts(run, run.info, PAGE_BYTES)
    except GanDemoError:
        return False
    return True


def _newest_state(run: RunDir, stack: contextlib.ExitStack) -> tuple[RunInfo, IO[bytes] | None]:
    """Return the manifest and the state that it names, opened; a training may replace both meanwhile."""
    for _ in range(5):
        info = run.info
        if info.state is None:
            return info, None
        with contextlib.suppress(FileNotFoundError):
            return info, stack.enter_context(open(run.path / _state_name(info), "rb"))
    raise RunError("file", _state_name(info), "cannot be read", "Restore the run folder from a copy")


def _state_name(info: RunInfo) -> str:
    return f"state-{info.state or 0:08d}.safetensors"


def _parts(run: RunDir, info: RunInfo, most_bytes: int) -> list[str]:
    """Return the names of grids, checkpoints and states, of the last as many as fit."""
    names = [f"grids/{step:08d}.png" for step in run.grids]
    names += [f"checkpoints/{step:08d}.safetensors" for step in run.checkpoints]
    names += [_state_name(info)] * (info.state is not None)
    small = sum(path.stat().st_size for path in run.path.glob("*.json*"))
    room = most_bytes - small - sum(_size(run.path / name) for name in names)
    sizes = {step: _size(run.path / "states" / f"{step:08d}.safetensors") for step in run.states}
    dropped = steps_to_drop(sizes, len(sizes), max(0, room))
    states = [step for step in sizes if step not in dropped]
    if room < sum(sizes[step] for step in states):
        problem = "has more than the {most} MB that one file may have here"
        remedy = "Take it with the command line: export --format run"
        raise RunError("run", run.id, problem, remedy, most=most_bytes // 2**20)
    return names + [f"states/{step:08d}.safetensors" for step in states]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # a training has just replaced it
        return 0


def _texts(run: RunDir, info: RunInfo) -> dict[str, bytes]:
    """Return the contents of the JSON files, by name; the settings name no folder of this machine."""
    config = checks.without_folders(run.config)
    header = {"format": FORMAT, "id": run.id, "gan_demo": gan_demo.__version__}
    texts = {
        HEADER: json_bytes(header),
        "config.json": json_bytes(config.to_dict()),
        "run.json": json_bytes(dataclasses.asdict(info)),
    }
    for name in ("changes.jsonl", "metrics.jsonl", "refused.json", "card.json"):
        with contextlib.suppress(FileNotFoundError):
            data = (run.path / name).read_bytes()
            texts[name] = data[: data.rfind(b"\n") + 1] if name.endswith(".jsonl") else data
    return texts


def _entry(name: str, kind: int) -> zipfile.ZipInfo:
    """Return a zip entry without time and machine, so that the same run gives the same bytes."""
    entry = zipfile.ZipInfo(name, _ANY_DATE)
    entry.compress_type, entry.create_system, entry.external_attr = kind, 3, 0o644 << 16
    return entry


def _add(archive: zipfile.ZipFile, name: str, part: IO[bytes]) -> None:
    """Add a file as it is: weights and PNG hardly shrink."""
    with archive.open(_entry(name, zipfile.ZIP_STORED), "w", force_zip64=False) as target:
        while chunk := part.read(_COPY_BYTES):
            target.write(chunk)


# ---- read


class RunArchive:
    """A run's zip file: what it says of itself, checked; ``unpack`` makes a run of it."""

    def __init__(self, entries: Entries, filename: str) -> None:
        """Raise DataError where settings or manifest are missing or damaged."""
        self._entries, self._filename = entries, filename
        self.id = self._header()
        config = self._entries.read("config.json")
        try:
            self.config = checks.config_of(config)
        except Damaged as failure:
            problem, remedy = "has settings that can't be used. {why}", "Was it written by another version?"
            raise DataError("file", filename, problem, remedy, why=str(failure) or "config.json") from failure
        self.info = self._part("run.json", checks.info_of)
        self.changes: list[Change] = self._part("changes.jsonl", self._changes, [])

    def free_id(self, folder: Path, in_use: Callable[[str], bool] = lambda run_id: False) -> str:
        """Return the id for this run in ``folder``: the one it had, where that was drawn by chance and is free."""
        if _MADE_ID.fullmatch(self.id) and not in_use(self.id):
            trashed = any((folder / disk_space.TRASH).glob(f"{self.id}@*"))
            if not trashed and not (folder / self.id).exists() and not (library.PRETRAINED / self.id).exists():
                return self.id
        return library.new_id(self.info.name)

    def unpack(self, path: Path) -> RunDir:
        """Make the run in the folder ``path``, which must be new: all of it, or nothing.

        Raises DataError (a part is missing, damaged or does not fit the settings), RunError (folder in use, disk full).
        """
        disk_space.check_new(path, library.home(), self._entries.unpacked_bytes)
        return RunDir.create(path, self.config, self.info.name, self._fill)

    def _header(self) -> str:
        """Return the id that the run had, or "" where somebody zipped the folder of a run."""
        if HEADER not in self._entries.names:
            return ""
        header = self._part(HEADER, checks.json_object)
        version = header.get("format")
        if not isinstance(version, int) or version < 1:
            raise self._damaged(HEADER)
        if version > FORMAT:
            problem = "was made by a newer version of gan_demo"
            raise DataError("file", self._filename, problem, "Update gan_demo, then open it again")
        return str(header.get("id", ""))

    def _changes(self, data: bytes) -> list[Change]:
        return checks.changes_of(data, self.config)

    def _part(self, name: str, parse: Callable[[bytes], T], missing: T | None = None) -> T:
        """Return a parsed JSON part, or ``missing``. Raises DataError."""
        if missing is not None and name not in self._entries.names:
            return missing
        data = self._entries.read(name)
        try:
            return parse(data)
        except Damaged as failure:
            raise self._damaged(name) from failure

    def _damaged(self, name: str) -> DataError:
        return DataError("file", self._filename, "holds {name}, which is damaged", GET_AGAIN, name=name)

    def _fill(self, run: RunDir) -> None:
        """Write all parts into a run that nobody else sees yet, and check them there."""
        write_rows(run.path / "metrics.jsonl", self._part("metrics.jsonl", checks.rows_of, []))
        if self.changes:
            write_rows(run.path / "changes.jsonl", self.changes)
        run.set_refused(tuple(self._part("refused.json", checks.refused_of, [])))
        card: dict[str, Any] = self._part("card.json", checks.card_of, {})
        if card:
            replace_file(run.path / "card.json", json_bytes(card))
        checkpoints = self._steps("checkpoints/")
        for step in self._steps("grids/"):
            with self._checked(run, f"grids/{step:08d}.png") as path:
                checks.check_grid(path)
        self._fill_tensors(run, checkpoints)
        kept = sorted(set(self.info.checkpoints) & set(checkpoints))
        run.set_info(dataclasses.replace(self.info, checkpoints=tuple(kept)))

    def _fill_tensors(self, run: RunDir, checkpoints: list[int]) -> None:
        """Write weights and states; the settings must say how their networks are built."""
        states, newest = self._steps("states/"), self.info.state
        if not checkpoints and not states and newest is None:
            return
        try:
            networks = checks.Networks(self.config, self.changes)
        except Damaged as failure:
            problem, remedy = "has settings that can't be used. {why}", "Was it written by another version?"
            raise DataError("file", self._filename, problem, remedy, why=str(failure)) from failure
        for step in checkpoints:
            with self._checked(run, f"checkpoints/{step:08d}.safetensors") as path:
                networks.check_checkpoint(path)
        for step in states:
            with self._checked(run, f"states/{step:08d}.safetensors") as path:
                networks.check_state(path, step)
        if newest is not None:
            with self._checked(run, _state_name(self.info)) as path:
                networks.check_state(path, newest)

    def _steps(self, folder: str) -> list[int]:
        """Return the steps that a folder has files of."""
        return [int(name[len(folder) :].partition(".")[0]) for name in self._entries.names if name.startswith(folder)]

    @contextlib.contextmanager
    def _checked(self, run: RunDir, name: str) -> Iterator[Path]:
        """Unpack a part and yield its place; a failed check names the part."""
        path = run.path / name
        if name not in self._entries.names and name.startswith("state-"):
            raise DataError("file", self._filename, "holds no {name}, so it is no whole run", TAKE_AGAIN, name=name)
        self._entries.copy(name, path)
        try:
            yield path
        except Damaged as failure:
            problem = "holds {name}, which is damaged or does not fit the run's settings"
            raise DataError("file", self._filename, problem, TAKE_AGAIN, name=name) from failure


@contextlib.contextmanager
def opened(source: Path | IO[bytes], filename: str, most_bytes: int = MAX_BYTES) -> Iterator[RunArchive]:
    """Open a run's zip file, from a place or an upload. Raises DataError for everything that is none."""
    with archive_entries.opened(source, filename, most_bytes) as entries:
        yield RunArchive(entries, filename)


def give_images(run: RunDir, path: Path) -> None:
    """Give a run that came without its own images a folder or zip file of them. Raises DataError if they don't fit."""
    from gan_demo.data import datasets  # torch comes with it

    config = dataclasses.replace(run.config, data=dataclasses.replace(run.config.data, path=str(path)))
    data = datasets.load(config.data)
    if config.model.shape and config.fit(data.shape, data.fields).model != config.model:
        problem = "are of other sizes or classes than those that this run learned from"
        raise DataError("images", path.name, problem, "Give the same images, in the same folders")
    with run.writing():
        run.set_config(config)
