"""Unpacking of a run from one zip file, written by ``packing`` or by a stranger.

Sizes are bounded (``entries``) and contents checked (``checks``). Nothing is executed, and a refused file leaves
nothing behind.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, TypeVar

from gan_demo.data.images.upload_folder import shown
from gan_demo.errors import GET_AGAIN, DataError
from gan_demo.runs import disk_space, library
from gan_demo.runs.archive import checks
from gan_demo.runs.archive import entries as archive_entries
from gan_demo.runs.archive.checks import DamagedArchiveError
from gan_demo.runs.archive.entries import FORMAT, HEADER, MAX_BYTES, TAKE_AGAIN, Entries, state_name
from gan_demo.runs.archive.packing import PAGE_BYTES
from gan_demo.runs.metrics_log import write_rows
from gan_demo.runs.parts import about
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.setting_changes import Change
from gan_demo.support.atomic_file import json_bytes, replace_file

PAGE_UNPACKED_BYTES = 2 * PAGE_BYTES  # of a page's upload: only the JSON files shrink much
_DRAWN_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,40}-[0-9a-f]{12}")  # an id of ``library.new_id``, which nobody guesses
T = TypeVar("T")


class RunArchive:
    """Opened zip file of a run: its id, settings, manifest and changes, checked; ``unpack`` creates the run."""

    def __init__(self, entries: Entries, filename: str) -> None:
        """Raise DataError if settings or manifest are missing or damaged."""
        self._entries, self._filename = entries, filename
        self.id = self._header()
        config = self._entries.read("config.json")
        try:
            self.config = checks.config_of(config)
        except DamagedArchiveError as failure:
            problem, remedy = "has settings that can't be used. {why}", "Was it written by another version?"
            raise DataError("file", filename, problem, remedy, why=str(failure) or "config.json") from failure
        self.info = self._part("run.json", checks.info_of)
        self.changes: list[Change] = self._part("changes.jsonl", self._changes, [])

    def free_id(self, folder: Path, in_use: Callable[[str], bool] = lambda run_id: False) -> str:
        """Return an id for this run in ``folder``: the one it had, if that was drawn by ``new_id`` and is free."""
        if _DRAWN_ID.fullmatch(self.id) and not in_use(self.id):
            trashed = any((folder / disk_space.TRASH).glob(f"{self.id}@*"))
            if not trashed and not (folder / self.id).exists() and not (library.PRETRAINED / self.id).exists():
                return self.id
        return library.new_id(self.info.name)

    def unpack(self, path: Path) -> RunDir:
        """Create the run in the folder ``path``, which must be new: all of it, or nothing.

        Raises DataError (a part is missing, damaged or does not fit the settings), RunError (folder in use, disk full).
        """
        disk_space.check_new(path, library.home(), self._entries.unpacked_bytes)
        return RunDir.create(path, self.config, self.info.name, self._fill)

    def _header(self) -> str:
        """Return the id that the run had, or "" for a run's folder that was zipped by hand."""
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
        """Return a parsed JSON part, or ``missing`` if there is none. Raises DataError."""
        if missing is not None and name not in self._entries.names:
            return missing
        data = self._entries.read(name)
        try:
            return parse(data)
        except DamagedArchiveError as failure:
            raise self._damaged(name) from failure

    def _damaged(self, name: str) -> DataError:
        return DataError("file", self._filename, "holds {name}, which is damaged", GET_AGAIN, name=name)

    def _fill(self, run: RunDir) -> None:
        """Write all parts into the new run, before it becomes visible, and check them."""
        write_rows(run.path / "metrics.jsonl", self._part("metrics.jsonl", checks.rows_of, []))
        if self.changes:
            write_rows(run.path / "changes.jsonl", self.changes)
        run.set_refused(tuple(self._part("refused.json", checks.refused_of, [])))
        if about.FILE in self._entries.names:
            about.write(run.path, about.parse(self._entries.read(about.FILE)))
        card: dict[str, Any] = self._part("card.json", checks.card_of, {})
        if card:
            replace_file(run.path / "card.json", json_bytes(card))
        checkpoints = self._steps("checkpoints/")
        for step in self._steps("grids/"):
            with self._checked(run, f"grids/{step:08d}.png") as path:
                checks.check_grid(path)
        self._fill_tensors(run, checkpoints)
        present = sorted(set(self.info.checkpoints) & set(checkpoints))
        run.set_info(dataclasses.replace(self.info, checkpoints=tuple(present)))

    def _fill_tensors(self, run: RunDir, checkpoints: list[int]) -> None:
        """Write and check weights and states; the settings describe their networks."""
        states, newest = self._steps("states/"), self.info.state
        if not checkpoints and not states and newest is None:
            return
        try:
            networks = checks.Networks(self.config, self.changes)
        except DamagedArchiveError as failure:
            problem, remedy = "has settings that can't be used. {why}", "Was it written by another version?"
            raise DataError("file", self._filename, problem, remedy, why=str(failure)) from failure
        for step in checkpoints:
            with self._checked(run, f"checkpoints/{step:08d}.safetensors") as path:
                networks.check_checkpoint(path, step)
        for step in states:
            with self._checked(run, f"states/{step:08d}.safetensors") as path:
                networks.check_state(path, step)
        if newest is not None:
            with self._checked(run, state_name(self.info)) as path:
                networks.check_state(path, newest)

    def _steps(self, folder: str) -> list[int]:
        """Return the steps of the files in ``folder``."""
        return [int(name[len(folder) :].partition(".")[0]) for name in self._entries.names if name.startswith(folder)]

    @contextlib.contextmanager
    def _checked(self, run: RunDir, name: str) -> Iterator[Path]:
        """Unpack a part and yield its path; a failed check of it becomes a DataError that names the part."""
        path = run.path / name
        if name not in self._entries.names and name.startswith("state-"):
            raise DataError("file", self._filename, "lacks {name}, so it is not a complete run", TAKE_AGAIN, name=name)
        self._entries.copy(name, path)
        try:
            yield path
        except DamagedArchiveError as failure:
            problem = "holds {name}, which is damaged or does not fit the run's settings"
            raise DataError("file", self._filename, problem, TAKE_AGAIN, name=name) from failure


@contextlib.contextmanager
def opened(source: Path | IO[bytes], filename: str, most_bytes: int = MAX_BYTES) -> Iterator[RunArchive]:
    """Open a run's zip file, from a path or an upload. Raises DataError for any other file."""
    with archive_entries.opened(source, filename, most_bytes) as entries:
        yield RunArchive(entries, filename)


def give_images(run: RunDir, path: Path, encoding: str = "") -> None:
    """Set the folder or archive of own images of a run that was unpacked without them; names have this ``encoding``.

    Raises DataError if they do not fit the run.
    """
    from gan_demo.data import datasets  # torch comes with it

    config = dataclasses.replace(
        run.config, data=dataclasses.replace(run.config.data, path=str(path), encoding=encoding)
    )
    data = datasets.load(config.data)
    if config.model.shape and config.fit(data.shape, data.fields).model != config.model:
        problem = "differ in size or classes from the images that this run learned from"
        raise DataError("images", shown(path), problem, "Use the same images, in the same folders")
    with run.writing():
        run.set_config(config)
