"""Hostile and damaged files of runs: nothing but a run is ever unpacked."""

from __future__ import annotations

import gzip
import io
import json
import stat
import struct
import zipfile
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load, save

from gan_demo.errors import DataError, GanDemoError, RunError
from gan_demo.runs import disk_space
from gan_demo.runs.archive import checks, entries, unpacking
from tests.runs.archives import Parts, parts_of, unpacked, zipped
from tests.runs.archives import archive as archive
from tests.runs.archives import original as original

pytestmark = pytest.mark.usefixtures("one_thread")


def changed(name: str, change: Callable[[bytes], bytes]) -> Callable[[Parts], bytes]:
    return lambda parts: zipped(parts | {name: change(parts[name])})


def edited(part: str, /, **values: object) -> Callable[[Parts], bytes]:
    return changed(part, lambda data: json.dumps(json.loads(data) | values).encode())


def section(part: str, /, **values: object) -> Callable[[Parts], bytes]:
    return changed(
        "config.json", lambda data: json.dumps({**json.loads(data), part: json.loads(data)[part] | values}).encode()
    )


def with_part(name: str, data: bytes = b"x") -> Callable[[Parts], bytes]:
    return lambda parts: zipped(parts | {name: data})


def without(name: str) -> Callable[[Parts], bytes]:
    return lambda parts: zipped({key: data for key, data in parts.items() if key != name})


def tensors(
    name: str, change: Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]]
) -> Callable[[Parts], bytes]:
    return changed(name, lambda data: save(change(load(data))))


def row(name: str, line: bytes) -> Callable[[Parts], bytes]:
    return changed(name, lambda data: data + line + b"\n")


def linked(parts: Parts) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name)
            if name == "run.json":
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, b"/etc/passwd" if name == "run.json" else data)
    return file.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def twice(parts: Parts) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in [*parts.items(), ("run.json", b"{}")]:
            archive.writestr(name, data)
    return file.getvalue()


def directory(parts: Parts, name: str, field: int, kind: str, value: int) -> bytes:
    """Return the zip file with a number replaced in the directory's entry of ``name``, ``field`` bytes in."""
    data = bytearray(zipped(parts))
    end = data.rindex(b"PK\x05\x06")
    start = struct.unpack("<L", data[end + 16 : end + 20])[0]
    offset = data.rindex(b"PK\x01\x02", start, data.index(name.encode(), start))
    struct.pack_into(kind, data, offset + field, value)
    return bytes(data)


def ended(parts: Parts, field: int, kind: str, value: int) -> bytes:
    data = bytearray(zipped(parts))
    struct.pack_into(kind, data, len(data) - 22 + field, value)
    return bytes(data)


STATE, NEWEST = "states/00000003.safetensors", "state-00000006.safetensors"
WEIGHTS, GRID = "checkpoints/00000003.safetensors", "grids/00000003.png"
GIANT = {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}
ERROR = {"field": "x", "value": "", "remedy": "", "details": {}}
HOSTILE: dict[str, tuple[Callable[[Parts], bytes], str]] = {
    "no zip": (lambda parts: b"garbage", "not a zip file"),
    "empty": (lambda parts: b"", "not a zip file"),
    "a RAR": (lambda parts: b"Rar!\x1a\x07\x01\0" + bytes(99), "is an archive (RAR), and a run is a zip file"),
    "a tar.gz": (lambda parts: gzip.compress(b"ring-1/run.json"), "is an archive (tar.gz)"),
    "a tar": (lambda parts: b"ring-1/run.json".ljust(257, b"\0") + b"ustar\x0000" + bytes(248), "is an archive (tar)"),
    "an empty zip": (lambda parts: zipped({}), "lacks config.json"),
    "incomplete": (lambda parts: zipped(parts)[:-400], "not a zip file"),
    "a comment": (lambda parts: zipped(parts) + b"x", "not a zip file"),
    "zip64": (lambda parts: zipped(parts)[:-22] + b"PK\x06\x07" + bytes(16) + zipped(parts)[-22:], "not a zip file"),
    "millions of entries": (lambda parts: ended(parts, 10, "<H", 65_000), "more than 5000 entries"),
    "a directory of 2 GB": (lambda parts: ended(parts, 12, "<L", 2**31), "more than 5000 entries"),
    "flipped bytes": (
        lambda parts: zipped(parts, zipfile.ZIP_STORED).replace(parts[WEIGHTS][-64:], bytes(64)),
        "damaged",
    ),
    "a bomb": (with_part("refused.json", bytes(9 * 2**20)), "refused.json, which is too large"),
    "a larger bomb": (lambda parts: directory(parts, WEIGHTS, 24, "<L", 2**31), "too large"),
    "a bomb that lies": (
        lambda parts: directory(parts | {"refused.json": bytes(2**22)}, "refused.json", 24, "<L", 9),
        "damaged",
    ),
    "a path up": (with_part("../evil.json"), "does not belong to a run"),
    "a path up in disguise": (with_part("grids/../../evil.png"), "does not belong to a run"),
    "an absolute path": (with_part("/etc/evil.json"), "does not belong to a run"),
    "a backslash": (with_part("grids\\00000001.png"), "does not belong to a run"),
    "a drive": (with_part("C:run.json"), "does not belong to a run"),
    "a pickle": (with_part("checkpoints/00000003.pt"), "does not belong to a run"),
    "code": (with_part("setup.py"), "does not belong to a run"),
    "a step in other digits": (with_part("grids/٠٠٠٠٠٠٠١.png"), "does not belong to a run"),
    "a long step": (with_part("grids/000000003.png"), "does not belong to a run"),
    "a link": (linked, "link"),
    "a name twice": (twice, "twice"),
    "encrypted": (lambda parts: directory(parts, "run.json", 8, "<H", 1), "encrypted"),
    "bzip2": (lambda parts: zipped(parts, zipfile.ZIP_BZIP2), "unusual way"),
    "a newer format": (edited("archive.json", format=2), "newer version"),
    "no format": (edited("archive.json", format="1"), "archive.json, which is damaged"),
    "no settings": (without("config.json"), "lacks config.json"),
    "no manifest": (without("run.json"), "lacks run.json"),
    "no resumable state": (without(NEWEST), f"lacks {NEWEST}"),
    "settings that are no JSON": (with_part("config.json", b"{"), "settings that can't be used"),
    "settings ever deeper": (with_part("config.json", b"[" * 200_000), "settings that can't be used"),
    "settings out of range": (section("train", batch=10**9), "batch = 1000000000"),
    "unknown data": (section("data", name="nowhere"), "nowhere"),
    "a giant": (
        section("model", width=1024, d_width=1024, depth=8, arch="dcgan", shape=[1, 28, 28]),
        "settings that can't be used",
    ),
    "a shape that the data has not": (section("model", shape=[2, 2, 2]), "settings that can't be used"),
    "other networks": (section("model", width=9), "does not fit"),
    "another optimiser": (section("train", optimizer="rmsprop"), "does not fit"),
    "an average that is not there": (section("train", ema=0.9), "does not fit"),
    "a manifest that is no object": (with_part("run.json", b"[]"), "run.json, which is damaged"),
    "a status of its own": (edited("run.json", status="<b>"), "run.json, which is damaged"),
    "a time that is none": (edited("run.json", created="yesterday"), "run.json, which is damaged"),
    "a time without a zone": (edited("run.json", created="2026-01-01T00:00:00"), "run.json, which is damaged"),
    "infinite seconds": (edited("run.json", seconds=float("inf")), "run.json, which is damaged"),
    "a step beyond all": (edited("run.json", step=10**12), "run.json, which is damaged"),
    "a long name": (edited("run.json", name="x" * 1000), "run.json, which is damaged"),
    "an error that fills the memory": (
        edited("run.json", error=ERROR | {"problem": "{why:>999999999}"}),
        "run.json, which is damaged",
    ),
    "an error that looks inside": (
        edited("run.json", error=ERROR | {"problem": "{why.__class__}"}),
        "run.json, which is damaged",
    ),
    "a row without a step": (row("metrics.jsonl", b'{"images": 1, "seconds": 1}'), "metrics.jsonl, which is damaged"),
    "a row of texts": (
        row("metrics.jsonl", b'{"step": 1, "images": 1, "seconds": 1, "d_loss": "<b>"}'),
        "metrics.jsonl, which is damaged",
    ),
    "a row of NaN": (
        row("metrics.jsonl", b'{"step": 1, "images": 1, "seconds": NaN}'),
        "metrics.jsonl, which is damaged",
    ),
    "a row too long": (row("metrics.jsonl", b'{"step": 1' + b" " * 200_000 + b"}"), "metrics.jsonl, which is damaged"),
    "a row ever deeper": (row("metrics.jsonl", b'{"step":' + b"[" * 90_000), "metrics.jsonl, which is damaged"),
    "a change of the data": (
        row("changes.jsonl", b'{"step": 1, "was": {"path": "/etc"}, "now": {}}'),
        "changes.jsonl, which is damaged",
    ),
    "a change out of range": (
        row("changes.jsonl", b'{"step": 1, "was": {"batch": -1}, "now": {}}'),
        "changes.jsonl, which is damaged",
    ),
    "refused files that are none": (with_part("refused.json", b"[1]"), "refused.json, which is damaged"),
    "a card that is no object": (with_part("card.json", b'"x"'), "card.json, which is damaged"),
    "a grid that is no picture": (with_part(GRID, b"x"), f"{GRID}, which is damaged"),
    "weights that are a pickle": (with_part(WEIGHTS, b"\x80\x02cos\nsystem\n."), f"{WEIGHTS}, which is damaged"),
    "weights that claim a giant": (
        with_part(WEIGHTS, struct.pack("<Q", 80) + json.dumps({"a": GIANT}).encode().ljust(80)),
        f"{WEIGHTS}, which is damaged",
    ),
    "a header of 4 GB": (
        changed(WEIGHTS, lambda data: struct.pack("<Q", 2**32) + data[8:]),
        f"{WEIGHTS}, which is damaged",
    ),
    "weights of another network": (
        tensors(WEIGHTS, lambda all: {key: value[:1].clone() for key, value in all.items()}),
        f"{WEIGHTS}, which is damaged",
    ),
    "weights that are no numbers": (
        tensors(WEIGHTS, lambda all: {key: value * torch.nan for key, value in all.items()}),
        f"{WEIGHTS}, which is damaged",
    ),
    "a state with a part too few": (
        tensors(STATE, lambda all: {key: value for key, value in all.items() if key != "rng"}),
        f"{STATE}, which is damaged",
    ),
    "a state with a part too many": (
        tensors(STATE, lambda all: all | {"more": torch.zeros(1)}),
        f"{STATE}, which is damaged",
    ),
    "a state of another step": (
        tensors(STATE, lambda all: all | {"counts": torch.tensor([5, 5])}),
        f"{STATE}, which is damaged",
    ),
    "a state with updates below zero": (
        tensors(NEWEST, lambda all: all | {"counts": torch.tensor([6, -1])}),
        f"{NEWEST}, which is damaged",
    ),
    "moments of another shape": (
        tensors(STATE, lambda all: all | {"g_optimizer.0.exp_avg": torch.zeros(1)}),
        f"{STATE}, which is damaged",
    ),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_run_is_refused_and_leaves_nothing_behind(
    case: str, archive: bytes, home: Path, tmp_path: Path
) -> None:
    make, expected = HOSTILE[case]
    data = make(parts_of(archive))
    with pytest.raises(GanDemoError) as refused:
        unpacked(data)
    assert expected in str(refused.value)
    assert str(refused.value).startswith("file = my-run.zip: ")
    assert list(home.iterdir()) == []
    assert list(tmp_path.iterdir()) == []


def test_a_picture_of_too_many_pixels_is_refused(archive: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "MAX_PIXELS", 100)
    with pytest.raises(DataError, match=r"grids/\d+\.png"):
        unpacked(archive)


def test_more_entries_than_a_run_has_are_refused(archive: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MAX_ENTRIES", 2)
    with pytest.raises(DataError, match="more than 2 entries"):
        unpacked(archive)


def test_a_file_and_what_it_unpacks_to_are_bounded(archive: bytes) -> None:
    bomb = zipped(parts_of(archive) | {"refused.json": b"[" + b" " * 2**22 + b"]"})
    assert len(bomb) < 2**20
    with (
        pytest.raises(DataError, match="unpacks to more than 2 MB"),
        unpacking.opened(io.BytesIO(bomb), "x.zip", 2**21),
    ):
        pass
    with pytest.raises(DataError, match="larger than 0 MB"), unpacking.opened(io.BytesIO(archive), "x.zip", 1000):
        pass


def test_a_parents_name_leads_to_no_other_folder(archive: bytes) -> None:
    run = unpacked(edited("run.json", parent="../../etc/x@3")(parts_of(archive)))
    assert run.info.parent == "etc-x@3"


def test_a_harmless_error_is_kept(archive: bytes) -> None:
    error = ERROR | {"problem": "diverged at step {step}", "details": {"step": "3"}}
    run = unpacked(edited("run.json", error=error, status="failed")(parts_of(archive)))
    assert run.info.error is not None
    assert "diverged at step 3" in str(run.info.error.error())


def test_nothing_is_unpacked_onto_a_disk_that_it_would_fill(
    archive: bytes, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(disk_space.shutil, "disk_usage", lambda path: usage(10**12, 0, 10**9 + 100))
    disk_space.check_free(home)
    with pytest.raises(RunError, match="GB left"):
        unpacked(archive)
    assert list(home.iterdir()) == []
