"""Weights that were opened in this session, each with the choices that its file leaves open."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gan_demo.errors import GanDemoError
from gan_demo.explorer.uploads import Upload
from gan_demo.ui import session
from gan_demo.ui.explorer_page import weights_link

if TYPE_CHECKING:  # torch takes seconds to import
    from gan_demo.weights.load import OpenedFile
    from gan_demo.weights.recognised import Recognised

_NOT_CHOSEN = "explore.not-chosen"  # why the last choice could not be built
MAX_FILES = 3  # per session, as their weights are in memory
MAX_BYTES = 600 * 1024**2  # of their files; the newest is kept in any case


@dataclass(frozen=True)
class Origin:
    """A weights file, and where it came from."""

    id: str
    file: OpenedFile = field(repr=False)
    size: int  # bytes
    address: str  # on the Hub, "" if it did not come from there
    files: tuple[str, ...] = ()  # of its repository that may be generators


@dataclass(frozen=True)
class OpenedWeights:
    """The network of a file that is explored, and what was chosen where its weights leave a choice."""

    origin: Origin
    recognised: Recognised = field(repr=False)
    upload: Upload = field(repr=False)
    chosen: Mapping[str, str]  # by the visitor; the likeliest is assumed for the others

    @property
    def id(self) -> str:
        """The id of the upload, which changes with each choice."""
        return self.upload.id

    @property
    def options(self) -> Mapping[str, str]:
        """The value of every choice."""
        return self.upload.loaded.options


def all_opened() -> dict[str, OpenedWeights]:
    """Return what is open in this session, by the ids of its uploads, the oldest first."""
    opened: dict[str, OpenedWeights] = session.get("explore.opened", {})
    return opened


def refused_choice() -> GanDemoError | None:
    """Return why the last choice could not be built, or None."""
    error = session.get(_NOT_CHOSEN)
    return error if isinstance(error, GanDemoError) else None


def take(data: bytes | Path, filename: str, address: str = "", files: tuple[str, ...] = ()) -> None:
    """Open weights, given as their bytes or their path, and show them; keep the reason if that cannot be.

    ``address``: on the Hub, of one of a repository's ``files``. If the page's link leads there, its network and options
    are taken.
    """
    from gan_demo.weights import load, ranking

    refuse(None)
    network, chosen = weights_link.chosen() if address and address == weights_link.address() else (None, {})
    try:
        file = load.open_weights(data, filename)
        origin = Origin(f"upload-{_digest(data)[:12]}", file, _size(data), address, files)
        _show(_built(origin, ranking.ranked(file.recognise(network)), chosen))
    except GanDemoError as error:
        refuse(error)


def show_address(address: str) -> bool:
    """Explore what is open from an address on the Hub; return whether there is something."""
    opened_ids = [key for key, opened in all_opened().items() if opened.origin.address == address]
    if opened_ids:
        session.put("explore.run", opened_ids[-1])
        update_address()
    return bool(opened_ids)


def refuse(error: GanDemoError | None) -> None:
    """Show why weights were not opened; None takes an earlier reason away."""
    session.put("explore.refused", error)


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.iterdir())


def _size(data: bytes | Path) -> int:
    return len(data) if isinstance(data, bytes) else sum(path.stat().st_size for path in _files(data))


def _digest(data: bytes | Path) -> str:
    """Return the SHA-256 of weights: of bytes, of a file, or of the files of a folder."""
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest()
    digest = hashlib.sha256()
    for path in _files(data):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def choose(opened: OpenedWeights, name: str, value: str) -> None:
    """Draw with another value of a choice."""
    _replace(opened, lambda: _built(opened.origin, opened.recognised, {**opened.chosen, name: value}))


def assume_likeliest(opened: OpenedWeights) -> None:
    """Drop what was chosen."""
    _replace(opened, lambda: _built(opened.origin, opened.recognised, {}))


def choose_network(opened: OpenedWeights, network: str) -> None:
    """Explore another network of the file."""
    from gan_demo.weights import ranking

    recognise = opened.origin.file.recognise
    _replace(opened, lambda: _built(opened.origin, ranking.ranked(recognise(network)), {}))


def _replace(opened: OpenedWeights, make: Callable[[], OpenedWeights]) -> None:
    """Show what ``make`` returns in place of ``opened``; keep the reason if it can't be built."""
    session.put(_NOT_CHOSEN, None)
    try:
        _show(make(), opened)
    except GanDemoError as error:
        session.put(_NOT_CHOSEN, error)


def update_address() -> None:
    """Let the page's address lead to what is on show, if a link can."""
    opened = all_opened().get(session.get("explore.run", ""))
    weights_link.show((opened.upload.query or {}) if opened else {})


def _built(origin: Origin, recognised: Recognised, chosen: Mapping[str, str]) -> OpenedWeights:
    """Return a network of a file with these choices. Raises GanDemoError."""
    loaded = recognised.build(chosen)
    key = hashlib.sha256(json.dumps([loaded.network, sorted(chosen.items())]).encode()).hexdigest()[:8]
    query = weights_link.parameters(origin.address, loaded.network, chosen)
    upload = Upload(f"{origin.id}.{key}", origin.file.filename, loaded, session.owner(), query)
    return OpenedWeights(origin, recognised, upload, chosen)


def _show(opened: OpenedWeights, before: OpenedWeights | None = None) -> None:
    """Explore weights; they take the place of ``before``, if that is the same file with other choices."""
    files = {key: other for key, other in all_opened().items() if before is None or key != before.id}
    files.pop(opened.id, None)
    files[opened.id] = opened
    while len(files) > 1 and (len(files) > MAX_FILES or sum(other.origin.size for other in files.values()) > MAX_BYTES):
        del files[next(iter(files))]
    session.put("explore.opened", files)
    session.put("explore.run", opened.id)
    session.link_run("")
    update_address()
