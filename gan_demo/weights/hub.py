"""Weights from the Hugging Face Hub: addresses such as ``hf:owner/name@revision:file``, and bounded downloads.

``huggingface_hub`` lists a repository and says where its files are; they are streamed from there into a folder, so that
the size stays bounded whatever a server says, and whoever waits can stop. Nothing is kept in the library's cache.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from gan_demo.errors import DataError
from gan_demo.weights import limits
from gan_demo.weights.reading import hub_files, parts

PREFIX = "hf:"
SETTINGS_FILE = "config.json"
_MAX_SETTINGS_BYTES = 2**20
_MAX_FILES = 10_000  # of a repository that are looked at
_SECONDS = 10.0  # until the Hub has to answer, or to send more
_CHUNK = 2**18  # bytes between two reports
_ADDRESS = re.compile(
    r"hf:(?P<repo>[\w.-]{1,96}/[\w.-]{1,96})(?:@(?P<revision>[^:@\s]{1,255}))?(?::(?P<file>[^\s:]{1,1024}))?"
)
_PAGE = re.compile(
    r"https?://[^/]+/(?P<repo>[^/]+/[^/]+)(?:/(?:tree|blob|resolve)/(?P<revision>[^/]+)(?:/(?P<file>.+))?)?/?"
)
_UPLOAD = "Download its file and upload it here"
_PRIVATE_UPLOAD = "Check the name. If it is private, download its file and upload it here"


@dataclass(frozen=True)
class Address:
    """A repository of the Hub, a revision of it ("" is its main branch), and a file in it ("" is the likeliest)."""

    repo: str
    revision: str = ""
    file: str = ""

    def __str__(self) -> str:
        revision, file = (f"@{self.revision}" if self.revision else ""), (f":{self.file}" if self.file else "")
        return f"{PREFIX}{self.repo}{revision}{file}"


@dataclass(frozen=True)
class Copy:
    """A downloaded weights file, with ``config.json`` beside it if the repository has one.

    Of a network in parts, ``path`` is the index, and its parts lie beside it, as the weights of an ONNX file may.
    """

    address: Address  # with the commit and the file
    path: Path
    settings: Path | None
    files: tuple[str, ...] = ()  # of the repository that may be generators, the likeliest first
    has_parts: bool = False

    @property
    def source(self) -> Path:
        """The path to give to ``load.load_weights``: the folder where settings or parts lie beside the file."""
        if self.has_parts:
            return self.path.parent
        return self.path.parent if self.settings and self.path.suffix != ".onnx" else self.path


def most_bytes() -> int:
    """Return how many bytes of weights are downloaded: as many as are read."""
    return limits.max_weight_bytes()


def is_address(text: str) -> bool:
    """Return whether a text names something on the Hub, not a file."""
    return text.startswith(PREFIX)


def parse(text: str) -> Address:
    """Return the address that a text says: ``hf:owner/name[@revision][:file]``, or a page of the Hub.

    Raises DataError.
    """
    match = _ADDRESS.fullmatch(text.strip()) or _PAGE.fullmatch(text.strip())
    parts = {name: value or "" for name, value in match.groupdict().items()} if match else {}
    if match is None or ".." in parts["file"].split("/") or not re.fullmatch(r"[\w.-]+/[\w.-]+", parts["repo"]):
        problem = "is no address on the Hugging Face Hub"
        raise DataError("hub", text, problem, "Write hf:owner/name, perhaps with @revision and :file behind it")
    return Address(parts["repo"], parts["revision"], parts["file"])


def fetch(
    address: Address,
    folder: Path,
    most_bytes: int,
    token: bool | None = False,
    report: Callable[[int, int], object] = lambda done, total: None,
    name: str = "",
) -> Copy:
    """Download the weights of a repository into ``folder``, with its config.json.

    Without a file in the address, the one called ``name`` is taken, else the likeliest. ``token`` False reads as a
    stranger; None as whoever is signed in on this machine. ``report`` is called with the bytes so far and in all.
    Raises DataError.
    """
    from httpx2 import HTTPError  # what huggingface_hub asks with
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled

    try:
        commit, sizes = _listing(address, token)
        where = Address(address.repo, commit or address.revision, _chosen(address, sizes, name))
        files = _with_parts(where, folder, sizes, token)
        size = sum(sizes[file] for file in files)
        if size > most_bytes:
            raise _too_large(address, where.file, size, most_bytes)
        done = 0
        for file in files:
            part = folder / PurePosixPath(file).name
            progress = partial(_report, report, done, size)
            _download(replace(where, file=file), part, most_bytes - done, token, progress)
            done += part.stat().st_size
        path = folder / PurePosixPath(where.file).name
        settings = _settings(where, folder, sizes, token)
    except (OfflineModeIsEnabled, HFValidationError, HfHubHTTPError, HTTPError, OSError) as failure:
        raise refusal(address, failure, token) from failure
    return Copy(
        where, path, settings, hub_files.generators(sizes), has_parts=parts.is_index(path.name) or len(files) > 1
    )


def _listing(address: Address, token: bool | None) -> tuple[str, dict[str, int]]:
    """Return the commit of a repository's revision and the bytes of its files."""
    from huggingface_hub import HfApi

    api = HfApi(token=token)
    info = api.model_info(address.repo, revision=address.revision or None, files_metadata=True, timeout=_SECONDS)
    files = (info.siblings or [])[:_MAX_FILES]
    return info.sha or "", {file.rfilename: file.size or 0 for file in files}


def _chosen(address: Address, sizes: dict[str, int], name: str) -> str:
    """Return the file of an address, the one called ``name``, or the likeliest; of a network in parts, its index."""
    weights = hub_files.likeliest(sizes)
    shown = ", ".join(weights[:5])
    if address.file and address.file not in sizes:
        remedy = "Its weights: {files}" if weights else ""
        raise DataError("hub", address, "has no such file", remedy, files=shown)
    if not address.file and not weights:
        remedy = "Weights end in .safetensors, .pt, .pth, .ckpt, .bin, .pkl or .onnx"
        raise DataError("hub", address, "holds no weights", remedy)
    file = address.file or hub_files.find(hub_files.generators(sizes), name) or weights[0]
    return hub_files.with_index(file, sizes)


def _with_parts(where: Address, folder: Path, sizes: dict[str, int], token: bool | None) -> list[str]:
    """Return the files to download for an address: of an index, which is downloaded at once, the parts that it names.

    Of an ONNX file also those that are called as its weights. Raises DataError where a part is not in the repository.
    """
    if not parts.is_index(where.file):
        return [where.file, *hub_files.onnx_data(where.file, sizes)]
    path = folder / PurePosixPath(where.file).name
    _download(where, path, parts.MAX_INDEX_BYTES, token, lambda done, total: None)
    try:
        named = parts.weight_map(path.read_bytes(), where.file, "")
    except DataError as refusal:
        raise DataError("hub", where, refusal.problem, refusal.remedy, **refusal.details) from refusal
    files = sorted({str(PurePosixPath(where.file).parent / name) for name in named.values()})
    for file in files:
        if file not in sizes:
            raise DataError("hub", where, "lacks a part of its weights: {name}", name=file)
    return files


def _report(report: Callable[[int, int], object], before: int, size: int, done: int, total: int) -> None:
    """Report the bytes of all files by those ``before`` a file and those ``done`` of it; ``size``: listed for all."""
    report(before + done, max(size, before + total))


def _settings(where: Address, folder: Path, sizes: dict[str, int], token: bool | None) -> Path | None:
    """Download the config.json beside the weights, or the repository's; None if there is none, or a huge one."""
    beside = str(PurePosixPath(where.file).parent / SETTINGS_FILE)
    name = next((name for name in (beside, SETTINGS_FILE) if name in sizes), None)
    if name is None or sizes[name] > _MAX_SETTINGS_BYTES:
        return None
    path = folder / SETTINGS_FILE
    _download(Address(where.repo, where.revision, name), path, _MAX_SETTINGS_BYTES, token, lambda done, total: None)
    return path


def _download(
    where: Address, path: Path, most_bytes: int, token: bool | None, report: Callable[[int, int], object]
) -> None:
    """Stream a file of a repository into ``path``. Raises DataError where it is longer than it may be, or cut short."""
    from huggingface_hub import get_session, hf_hub_url
    from huggingface_hub.utils import build_hf_headers, hf_raise_for_status  # type: ignore[attr-defined]

    url = hf_hub_url(where.repo, where.file, revision=where.revision or None)
    headers = build_hf_headers(token=token) | {"Accept-Encoding": "identity"}
    with get_session().stream("GET", url, headers=headers, timeout=_SECONDS, follow_redirects=True) as answer:
        hf_raise_for_status(answer)
        total, done = int(answer.headers.get("Content-Length") or 0), 0
        with path.open("wb") as file:
            for chunk in answer.iter_bytes(_CHUNK):
                done += len(chunk)
                if max(done, total) > most_bytes:
                    raise _too_large(where, where.file, max(done, total), most_bytes)
                file.write(chunk)
                report(done, max(done, total))
    if done < total:
        raise DataError("hub", where, "came only in part", "Try again")


def _too_large(address: Address, file: str, size: int, most_bytes: int) -> DataError:
    problem, remedy = "is too large: {file} has {size} MB", "At most {limit} MB of weights can be read"
    megabytes = {"size": round(size / 2**20), "limit": most_bytes // 2**20}
    return DataError("hub", address, problem, remedy, file=file, **megabytes)


def refusal(address: Address, failure: Exception, token: bool | None) -> DataError:
    """Return the error that says what an answer of the Hub, or none, means."""
    from httpx2 import HTTPError
    from huggingface_hub import errors

    is_stranger = token is False
    if isinstance(failure, errors.GatedRepoError):
        problem = "gives its files only to those who asked its owner"
        return DataError(
            "hub", address, problem, _UPLOAD if is_stranger else "Ask on its page, then run: hf auth login"
        )
    if isinstance(failure, errors.RevisionNotFoundError):
        remedy = "Leave out what stands behind @, or copy it from the repository's page"
        return DataError("hub", address, "has no such revision", remedy)
    if isinstance(failure, errors.RemoteEntryNotFoundError):
        return DataError("hub", address, "has no such file")
    if isinstance(failure, errors.RepositoryNotFoundError | errors.HFValidationError):
        remedy = _PRIVATE_UPLOAD if is_stranger else "Check the name. If it is private, run: hf auth login"
        return DataError("hub", address, "is no public model of the Hugging Face Hub", remedy)
    if isinstance(failure, errors.HfHubHTTPError):
        return _http_refusal(address, failure.response.status_code)
    if isinstance(failure, errors.OfflineModeIsEnabled | HTTPError):
        problem, remedy = (
            "can't be had: there is no connection to the Hugging Face Hub",
            "Check the internet connection",
        )
        return DataError("hub", address, problem, remedy)
    return DataError("hub", address, "can't be saved: the disk is full, or can't be written to", "Make room first")


def _http_refusal(address: Address, status: int) -> DataError:
    if status == 429:
        problem = "can't be had now: the Hugging Face Hub has been asked too often"
        return DataError("hub", address, problem, "Wait for some minutes")
    problem = "can't be had: the Hugging Face Hub answers with error {status}"
    return DataError("hub", address, problem, "Try again later", status=status)
