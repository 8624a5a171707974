"""Uploads on disk: under the name that was given, counted, and gone with the last run that needs them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from gan_demo.data.images.upload_folder import MARKER, UPLOADS
from gan_demo.errors import ConfigError, DataError, RunError
from gan_demo.runs import disk_space
from gan_demo.service.own_images import uploads


@pytest.mark.parametrize(
    ("given", "saved"),
    [
        ("Ferien 2025.zip", "Ferien 2025.zip"),
        ("猫と犬.tar.gz", "猫と犬.tar.gz"),
        ("a/b\\c.zip", "c.zip"),
        ("..zip", "zip"),
        ("con.zip", "images-con.zip"),
        ('a:"*?.zip', "a____.zip"),
        ("x" * 300 + ".zip", "x" * 120 + ".zip"),
    ],
)
def test_an_archive_keeps_its_name_where_every_system_takes_it(given: str, saved: str, home: Path) -> None:
    path = uploads.save([(given, b"zip")], given)
    assert (path.name, path.read_bytes(), path.parent.parent) == (saved, b"zip", home / UPLOADS)


def test_pictures_are_saved_as_a_zip_in_their_folders_under_unlike_names() -> None:
    files = [("cat/a.png", b"1"), ("cat/a.png", b"2"), ("..\\a.png", b"3"), ("/", b"4")]
    with zipfile.ZipFile(uploads.save(files, "pets")) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert contents == {"cat/a.png": b"1", "cat/1-a.png": b"2", "a.png": b"3", "image": b"4"}


def test_an_upload_is_limited_by_its_host(monkeypatch: pytest.MonkeyPatch) -> None:
    assert uploads.most_megabytes() == 256
    monkeypatch.setenv(uploads.SIZE_VARIABLE, "1")
    uploads.save([("a.png", bytes(2**20))], "one")
    with pytest.raises(DataError, match="two: is more than 1 MB together"):
        uploads.save([("a.png", bytes(2**20)), ("b.png", b"1")], "two")
    for wrong in ("0", "257", "1e2", "²"):
        monkeypatch.setenv(uploads.SIZE_VARIABLE, wrong)
        with pytest.raises(ConfigError, match="from 1 to 256"):
            uploads.most_megabytes()


def test_an_archive_beside_other_files_is_refused() -> None:
    with pytest.raises(DataError, match="Choose one zip file, or only pictures"):
        uploads.save([("a.png", b""), ("more.tgz", b"")], "2 pictures")


def test_uploads_count_in_the_limit_of_the_disk(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(disk_space.LIMIT_VARIABLE, "0.000003")
    uploads.save([("a.zip", bytes(2_000))], "a.zip")
    with pytest.raises(RunError, match="holds"):
        uploads.save([("a.zip", bytes(2_000))], "a.zip")
    assert len(list((home / UPLOADS).iterdir())) == 1


def test_only_what_no_run_needs_is_discarded(home: Path) -> None:
    free, used = (uploads.save([(f"{name}.zip", b"zip")], name) for name in "ab")
    (home / "run").mkdir()
    (home / "run" / "config.json").write_text(f'{{"data": {{"path": "{used.as_posix()}" damaged')
    uploads.discard(free)
    uploads.discard(used)
    outside = home / "run" / "x.zip"
    outside.write_bytes(b"")
    uploads.discard(outside)
    assert (free.exists(), free.parent.exists(), used.exists(), outside.exists()) == (False, False, True, True)
    assert (used.parent / MARKER).is_file()
