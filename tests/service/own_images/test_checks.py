"""Looks at uploads in a process of their own: what is found, what is refused by which name, and how they stop."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_demo.config import DataConfig
from gan_demo.data import datasets
from gan_demo.data.images import prepared, process, reading, worker
from gan_demo.errors import DataError
from gan_demo.service.own_images import checks, uploads
from gan_demo.service.own_images.checks import Check
from gan_demo.support import own_process

PATIENCE = 60.0


def picture(k: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 40), (k, 0, 0)).save(file, "PNG")
    return file.getvalue()


def upload(files: Mapping[str, bytes], name: str = "pets.zip") -> Path:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file, content in files.items():
            archive.writestr(file, content)
    return uploads.save([(name, packed.getvalue())], name)


def pets() -> dict[str, bytes]:
    return {f"{kind}/{k}.png": picture(10 * k) for kind in ("cat", "dog") for k in range(10)}


def test_what_is_found_is_what_a_training_takes_without_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    path = upload(pets() | {"notes.txt": b"?", "__MACOSX/x.png": b"?"})
    config = DataConfig("images", path=str(path), size=28)
    decoded = datasets.load(config)
    check = Check(path, "pets.zip", 28)
    assert check.wait(PATIENCE)
    images = check.usable_images()
    assert (images.files, images.hidden, images.names, len(images.refused)) == (21, 1, ("cat", "dog"), 1)
    assert check.progress.total == 21
    monkeypatch.setattr(reading, "read", None)  # from now on
    ready = datasets.load(config)
    assert (ready.samples == decoded.samples).all()
    assert (ready.labels == decoded.labels).all()
    assert (ready.refused, ready.fields) == (decoded.refused, decoded.fields)
    assert (images.images.transpose(0, 3, 1, 2) == ready.samples.numpy()).all()
    again = Check(path, "pets.zip", 28)
    assert again.wait(PATIENCE)
    assert (again.usable_images().images == images.images).all()


def test_prepared_images_of_another_size_file_or_version_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    path = upload(pets())
    images = reading.ImageSet(np.zeros((1, 28, 28, 3), np.uint8), np.zeros(1, np.int64), ("all",), (), 1, 0, ())
    prepared.save(images, path, 28, "")
    assert prepared.load(path, 28, "") is not None
    assert prepared.load(path, 32, "") is None
    assert prepared.load(path, 28, "big5") is None
    monkeypatch.setattr(prepared, "VERSION", prepared.VERSION + 1)
    assert prepared.load(path, 28, "") is None
    monkeypatch.undo()
    (path.parent / "images-28.bin").write_bytes(b"cut short")
    assert prepared.load(path, 28, "") is None


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"1.png": picture(1)}, "Ferien.zip: has too few images: 1, and at least 16 are needed"),
        ({f"{k}.png": b"?" for k in range(20)}, "Left out (20): it is not an image that can be read"),
        (None, "Ferien.zip: is not a zip file or tar.gz"),
    ],
)
def test_a_set_that_cannot_be_used_is_refused_under_the_name_that_was_given(
    files: Mapping[str, bytes] | None, message: str
) -> None:
    path = uploads.save([("x.zip", b"?")], "x.zip") if files is None else upload(files, "x.zip")
    check = Check(path, "Ferien.zip", 32)
    assert check.wait(PATIENCE)
    with pytest.raises(DataError) as caught:
        check.usable_images()
    assert message in str(caught.value)
    assert str(path.parent) not in str(caught.value)


def test_a_check_stops_at_once_while_it_waits_and_while_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    path = upload(pets())
    monkeypatch.setattr(process.sys, "executable", "sleep")  # which refuses the arguments and ends: nothing is read
    ended = Check(path, "pets.zip", 32)
    assert ended.wait(PATIENCE)
    with pytest.raises(DataError, match="take too long or too much memory to read"):
        ended.usable_images()
    for _ in range(checks.AT_ONCE):
        checks._slots.acquire()
    waiting = Check(path, "pets.zip", 32)
    assert waiting.progress.waits
    waiting.stop()
    assert waiting.wait(PATIENCE)
    for _ in range(checks.AT_ONCE):
        checks._slots.release()
    with pytest.raises(DataError, match="were not read to the end"):
        waiting.usable_images()


@pytest.mark.parametrize(
    ("failure", "problem"),
    [
        (None, "is neither a folder nor a file"),
        (MemoryError(), "take too much memory to read"),
        (OSError(28, "No space left"), "cannot be read. {why}"),
    ],
)
def test_the_process_says_which_error_it_met(
    failure: Exception | None,
    problem: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*arguments: object) -> None:
        assert failure is not None
        raise failure

    wanted = {"path": str(tmp_path / "none.zip"), "size": 32, "encoding": "", "language": ""}
    monkeypatch.setattr(own_process, "limit", lambda *limits: None)
    monkeypatch.setattr(worker.sys, "argv", ["worker", json.dumps(wanted)])
    if failure is not None:
        monkeypatch.setattr(worker, "_read", fail)
    assert worker.main() == 0
    assert json.loads(capsys.readouterr().out)["error"][1] == problem


def test_what_a_number_of_images_is_enough_for() -> None:
    assert [checks.verdict(n) for n in (15, 16, 100, 500, 2_000)] == ["none", "few", "some", "many", "plenty"]
