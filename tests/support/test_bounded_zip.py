"""Zip files from strangers: entries unpack within bounds, and all damage is one error."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from gan_demo.support import bounded_zip
from gan_demo.support.bounded_zip import EntryTooLargeError

METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
CONTENT = bytes(range(256)) * 300


def zipped(content: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("part", content)
    return file.getvalue()


def read(data: bytes, most_bytes: int | None = None) -> bytes:
    with bounded_zip.open_zip(io.BytesIO(data)) as archive:
        return bounded_zip.read(archive, archive.getinfo("part"), most_bytes)


def directory(data: bytes, at: int, value: bytes) -> bytes:
    """Replace bytes of the directory's one record; ``at`` counts from where the record begins."""
    offset = data.rfind(b"PK\x01\x02") + at
    return data[:offset] + value + data[offset + len(value) :]


@pytest.mark.parametrize("method", METHODS)
def test_an_entry_is_read_whole_up_to_its_bound(method: int) -> None:
    data = zipped(CONTENT, method)
    assert read(data) == read(data, len(CONTENT)) == CONTENT
    with pytest.raises(EntryTooLargeError):
        read(data, len(CONTENT) - 1)


def test_a_bomb_of_bzip2_is_inflated_block_by_block() -> None:
    """By itself, zipfile inflates it whole, as the entry is shorter than its read size."""
    bomb = zipped(bytes(60 * 2**20), zipfile.ZIP_BZIP2)
    assert len(bomb) < 1_000
    with bounded_zip.open_zip(io.BytesIO(bomb)) as archive:
        assert max(map(len, bounded_zip.chunks(archive, archive.getinfo("part")))) < 50 * 2**20
    with pytest.raises(EntryTooLargeError):
        read(bomb, 2**20)


@pytest.mark.parametrize("method", METHODS)
def test_an_entry_that_claims_fewer_bytes_than_it_holds_is_damaged(method: int) -> None:
    with pytest.raises(zipfile.BadZipFile):
        read(directory(zipped(CONTENT, method), 24, struct.pack("<I", 1_000)))


@pytest.mark.parametrize("method", METHODS)
def test_damaged_content_is_one_error_for_every_compression(method: int) -> None:
    data = bytearray(zipped(CONTENT, method))
    data[60:90] = b"\xff" * 30
    with pytest.raises(zipfile.BadZipFile):
        read(bytes(data))


def test_an_encrypted_entry_is_told_and_not_read() -> None:
    data = directory(zipped(b"secret"), 8, b"\x01\x00")
    with bounded_zip.open_zip(io.BytesIO(data)) as archive:
        assert bounded_zip.is_encrypted(archive.infolist()[0])
    with pytest.raises(zipfile.BadZipFile):
        read(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zip",
        zipped(CONTENT)[:-100],
        directory(zipped(b"x"), 6, b"\xff\x00"),  # for a version of the format that there will be
        directory(directory(zipped(b"x"), 8, b"\x00\x08"), 46, b"\xff\xff"),  # a name in UTF-8 that is none
    ],
)
def test_what_is_no_zip_file_is_refused_when_it_is_opened(data: bytes) -> None:
    with pytest.raises(zipfile.BadZipFile):
        bounded_zip.open_zip(io.BytesIO(data))


def test_the_unpacked_size_is_that_of_the_directory() -> None:
    with bounded_zip.open_zip(io.BytesIO(zipped(CONTENT))) as archive:
        assert bounded_zip.unpacked_bytes(archive.infolist()) == len(CONTENT)
    assert bounded_zip.unpacked_bytes([]) == 0
