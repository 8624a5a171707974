"""Names in archives, and the classes that folders are: each comes out as it went in."""

from __future__ import annotations

import io
import re
import struct
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_demo.data.images import limits, names, reading, tar_files
from gan_demo.data.images.classes import NO_FOLDER, classes
from gan_demo.errors import DataError


def picture(k: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (32, 32), (k, 0, 0)).save(file, "PNG")
    return file.getvalue()


def two_classes(first: str, second: str, separator: str = "/") -> dict[str, bytes]:
    return {f"{name}{separator}img_{k:03d}.png": picture(k) for name in (first, second) for k in range(10)}


def zip_in(path: Path, files: Mapping[str, bytes], encoding: str) -> Path:
    """Write a zip file whose names are bytes of ``encoding``, without the flag that says UTF-8."""
    with zipfile.ZipFile(path, "w") as archive:
        for k, (name, content) in enumerate(files.items()):
            archive.writestr(f"{k:04d}".ljust(len(name.encode(encoding)), "x"), content)
    data = bytearray(path.read_bytes())
    for k, name in enumerate(files):
        raw = name.encode(encoding)
        placeholder = f"{k:04d}".ljust(len(raw), "x").encode()
        data = data.replace(placeholder, raw)
    path.write_bytes(data)
    return path


def tar(path: Path, files: Mapping[str, bytes], encoding: str = "utf-8", mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode, encoding=encoding, format=tarfile.GNU_FORMAT) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def read(path: Path, **choices: str) -> reading.ImageSet:
    steps = reading.read(path, 28, **choices)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            value: reading.ImageSet = end.value
            return value


def count(images: reading.ImageSet) -> dict[str, int]:
    return dict(zip(images.names, np.bincount(images.classes, minlength=len(images.names)).tolist(), strict=True))


# ---- encodings

WORDS = {
    "gb18030": [["猫", "狗"], ["花", "树", "鸟"], ["风景照片", "我的图片"]],
    "cp932": [["ねこ", "いぬ"], ["猫", "犬"], ["表示", "ソース"]],  # with a backslash as the second byte of 表
    "big5": [["貓", "狗"], ["花朵", "蝴蝶"], ["許功蓋"]],  # the same in Big5
    "cp949": [["고양이", "강아지"], ["꽃", "나무", "새"]],
    "cp1252": [["café", "naïve"], ["Müller", "Größe"]],
    "cp850": [["café", "naïve"], ["été"]],
    "cp1251": [["кошка", "собака"]],
    "cp866": [["кошка", "собака"]],
    "utf-8": [["猫", "狗"], ["café"], ["кошка"]],
}


@pytest.mark.parametrize("language", ["en", "zh", ""])
@pytest.mark.parametrize(("encoding", "words"), [(key, words) for key, sets in WORDS.items() for words in sets])
def test_the_encoding_of_a_few_names_is_found(encoding: str, words: list[str], language: str) -> None:
    ranked = names.rank([f"{word}/img_001.png".encode(encoding) for word in words], language)
    assert ranked[0] == encoding
    assert set(ranked) <= set(names.ENCODINGS)


def test_names_in_ascii_have_no_encoding_to_choose() -> None:
    assert names.rank([b"cat/1.png"]) == []


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "shift_jis", "big5"])
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_names_come_out_as_they_went_in(kind: str, encoding: str, tmp_path: Path) -> None:
    first, second = ("表", "いぬ") if encoding == "shift_jis" else ("貓", "許") if encoding == "big5" else ("猫", "狗")
    files = two_classes(first, second)
    path = zip_in(tmp_path / "a.zip", files, encoding) if kind == "zip" else tar(tmp_path / "a.tgz", files, encoding)
    assert count(read(path)) == {first: 10, second: 10}


def test_another_encoding_can_be_chosen(tmp_path: Path) -> None:
    path = zip_in(tmp_path / "a.zip", two_classes("猫", "狗"), "gbk")
    images = read(path, encoding="cp949")
    assert images.encodings[0] == "gb18030"
    assert set(images.names) == {"猫".encode("gbk").decode("cp949"), "狗".encode("gbk").decode("cp949")}
    with pytest.raises(DataError, match=r"encoding = klingon: is not known\. Known: utf-8, gb18030"):
        read(path, encoding="klingon")


def test_a_unicode_name_beside_one_in_another_encoding_is_used(tmp_path: Path) -> None:
    import zlib

    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in two_classes("a", "b").items():
            info = zipfile.ZipInfo(name)
            unicode = name.replace("a/", "猫/").replace("b/", "狗/").encode()
            data = struct.pack("<BI", 1, zlib.crc32(name.encode())) + unicode
            info.extra = struct.pack("<HH", 0x7075, len(data)) + data
            archive.writestr(info, content)
    assert count(read(path)) == {"猫": 10, "狗": 10}


def test_windows_backslashes_are_folders(tmp_path: Path) -> None:
    path = zip_in(tmp_path / "a.zip", two_classes("cat", "dog", "\\"), "ascii")
    assert count(read(path)) == {"cat": 10, "dog": 10}


# ---- tar files


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2"])
def test_a_tar_file_is_read_in_the_order_of_its_names(mode: str, tmp_path: Path) -> None:
    files = dict(reversed(list({f"{k:02d}.png": picture(k) for k in range(20)}.items())))
    images = read(tar(tmp_path / "a.tar", {"notes.txt": b"?"} | files | {"../out.png": picture(1)}, mode=mode))
    assert images.images[:, 14, 14, 0].tolist() == list(range(20))
    assert dict(images.refused) == {"../out.png": limits.UNSAFE_PATH, "notes.txt": limits.NOT_A_PICTURE}


def test_a_tar_file_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tar(tmp_path / "a.tgz", {f"{k}.png": b"\0" * 100_000 for k in range(20)})
    monkeypatch.setattr(limits, "MAX_TOTAL_BYTES", 1_000_000)
    with pytest.raises(DataError, match="unpacks to more than"):
        read(path)


def test_metadata_of_a_tar_file_is_not_read_whole_if_it_is_huge(tmp_path: Path) -> None:
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 2**30
    (tmp_path / "a.tar").write_bytes(info.tobuf(tarfile.GNU_FORMAT))
    with pytest.raises(DataError, match="unpacks to more than"):
        read(tmp_path / "a.tar")


@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_a_tar_file_that_is_cut_short_is_refused(tmp_path: Path, cut: float) -> None:
    rng = np.random.default_rng(0)
    path = tar(tmp_path / "a.tgz", {f"{k}.png": rng.bytes(5_000) for k in range(20)})
    path.write_bytes(path.read_bytes()[: int(cut * path.stat().st_size)])
    assert tar_files.is_tar(path)
    with pytest.raises(DataError, match="damaged or cut short"):
        read(path)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (b"Rar!\x1a\x07\x01\0", "is an archive (RAR) that is not read here. Make a zip file of it"),
        (b"7z\xbc\xaf'\x1c\0\x04", "is an archive (7z)"),
        (b"\xff\xd8\xff\xe0", "is a single image, and at least 16 are needed"),
        (b"<!DOCTYPE html>", "is not a zip file or tar.gz, or a damaged one"),
    ],
)
def test_other_files_are_named_as_what_they_are(start: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "own.zip").write_bytes(start + b"\0" * 600)
    with pytest.raises(DataError, match=re.escape(message)):
        read(tmp_path / "own.zip")


# ---- classes


def folders(*files: str) -> dict[str, int]:
    indices, class_names = classes(files)
    return dict(zip(class_names, np.bincount(indices, minlength=len(class_names)).tolist(), strict=True))


def test_folders_of_a_split_are_no_classes() -> None:
    both = {"cat": 2, "dog": 2}
    assert folders("train/cat/1", "train/dog/1", "test/cat/1", "test/dog/1") == both
    assert folders("pets/Train/cat/1", "pets/Train/dog/1", "pets/val/cat/1", "pets/val/dog/1") == both
    assert folders("cat/train/1", "cat/test/1", "dog/train/1", "dog/test/1") == both
    assert folders("train/1", "test/2") == {"all": 2}
    assert folders("train/1", "car/1", "bus/1") == {"bus": 1, "car": 1, "train": 1}


def test_images_beside_folders_have_a_class_with_a_name() -> None:
    assert folders("1", "2", "sub/1") == {NO_FOLDER: 2, "sub": 1}
    assert folders("pets/1", "pets/sub/1") == {"pets": 1, "sub": 1}


def test_folders_of_one_name_are_told_apart_by_their_paths() -> None:
    assert folders("a/x/1", "b/x/1", "c/1") == {"a/x": 1, "b/x": 1, "c": 1}


def test_one_folder_or_more_than_a_hundred_are_no_classes() -> None:
    assert folders("a/1", "a/2") == {"all": 2}
    assert folders(*(f"{k}/1" for k in range(101))) == {"all": 101}
