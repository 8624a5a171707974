"""Own images that are refused, each for its reason, and the limits of a whole set."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_demo.data.images import formats, limits, reading
from gan_demo.data.images.decode import decode
from gan_demo.data.images.limits import (
    ARCHIVE,
    COUNT_REACHED,
    ENCRYPTED,
    LINK,
    MEMORY_REACHED,
    MIN_IMAGES,
    NO_AVIF,
    NO_HEIC,
    NOT_A_PICTURE,
    NOT_AN_IMAGE,
    OTHER_FORMAT,
    PIXELS_REACHED,
    REASONS,
    TOO_LARGE,
    TOO_MANY_PIXELS,
    TOTAL_REACHED,
    UNSAFE_PATH,
)
from gan_demo.errors import DataError
from tests.data.images.image_sets import both, count, encoded, make, make_folder, make_zip, plenty, read


def refused(path: Path) -> dict[str, str]:
    return dict(read(path).refused)


def huge_header(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that claims to be large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@both
@pytest.mark.parametrize(
    "data",
    [b"", b"hello", encoded()[:60], b"\x89PNG\r\n\x1a\n" + b"\0" * 50, encoded(kind="PCX")],
    ids=["empty", "text", "cut short", "only a signature", "another format"],
)
def test_a_file_that_is_no_image_is_refused(kind: str, tmp_path: Path, data: bytes) -> None:
    assert refused(make(kind, tmp_path, plenty() | {"bad.png": data})) == {"bad.png": NOT_AN_IMAGE}


@both
@pytest.mark.parametrize(("width", "height"), [(8_000, 8_001), (20_000, 20_000), (100_000, 100_000)])
def test_too_many_pixels_are_refused_before_decoding(kind: str, tmp_path: Path, width: int, height: int) -> None:
    path = make(kind, tmp_path, plenty() | {"wide.png": huge_header(width, height)})
    assert refused(path) == {"wide.png": TOO_MANY_PIXELS}


@both
def test_a_file_that_is_too_large_is_refused(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 1_000)
    path = make(kind, tmp_path, plenty() | {"large.png": encoded() + b"\0" * 1_000})
    assert refused(path) == {"large.png": TOO_LARGE}


@both
def test_images_beyond_the_total_are_refused(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = plenty(20)
    monkeypatch.setattr(limits, "MAX_TOTAL_BYTES", sum(len(files[f"ok{k:02d}.png"]) for k in range(17)))
    assert refused(make(kind, tmp_path, files)) == {f"ok{k}.png": TOTAL_REACHED for k in (17, 18, 19)}


@both
def test_images_beyond_the_count_are_refused(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_IMAGES", 18)
    assert refused(make(kind, tmp_path, plenty(20))) == {"ok18.png": COUNT_REACHED, "ok19.png": COUNT_REACHED}


@pytest.mark.parametrize(
    "name", ["../out.png", "a/../../out.png", "/etc/out.png", "\\out.png", "a\\..\\out.png", "C:/out.png"]
)
def test_paths_out_of_the_archive_are_refused(tmp_path: Path, name: str) -> None:
    reasons = refused(make_zip(tmp_path / "own.zip", plenty() | {name: encoded()}))
    assert list(reasons.values()) == [UNSAFE_PATH]


def patched(path: Path, name: str, at: int, value: bytes) -> Path:
    """Replace bytes of an entry's record in the zip's directory; ``at`` counts from where the record begins."""
    data = bytearray(path.read_bytes())
    offset = data.rfind(name.encode()) - 46 + at
    assert data[offset - at : offset - at + 4] == b"PK\x01\x02"
    data[offset : offset + len(value)] = value
    path.write_bytes(data)
    return path


def test_encrypted_files_are_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "own.zip", plenty() | {"secret.png": encoded()})
    assert refused(patched(path, "secret.png", 8, b"\x01\x00")) == {"secret.png": ENCRYPTED}


def test_more_bytes_than_the_header_says_are_refused(tmp_path: Path) -> None:
    """The archive says 100 bytes, the image has more: the rest is not read, and the checksum fails."""
    path = make_zip(tmp_path / "own.zip", plenty() | {"liar.png": encoded(size=(300, 300))})
    assert refused(patched(path, "liar.png", 24, struct.pack("<I", 100))) == {"liar.png": NOT_AN_IMAGE}


def test_a_size_in_the_header_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "own.zip", plenty() | {"liar.png": encoded()})
    assert refused(patched(path, "liar.png", 24, struct.pack("<I", 3 * 10**9))) == {"liar.png": TOO_LARGE}


def test_a_zip_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 10_000)
    path = make_zip(tmp_path / "own.zip", plenty() | {"bomb.png": b"\0" * 2_000_000})
    assert refused(path) == {"bomb.png": TOO_LARGE}


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_STORED])
def test_damaged_compressed_data_is_refused(tmp_path: Path, method: int) -> None:
    path = make_zip(tmp_path / "own.zip", plenty() | {"zz.png": encoded(size=(200, 200))}, method)
    data = bytearray(path.read_bytes())
    offset = data.find(b"zz.png") + len(b"zz.png") + 12
    data[offset : offset + 40] = b"\xff" * 40
    path.write_bytes(data)
    assert refused(path) == {"zz.png": NOT_AN_IMAGE}


def test_an_unknown_compression_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "own.zip", plenty() | {"odd.png": encoded()})
    data = bytearray(path.read_bytes())
    data[data.find(b"odd.png") - 22 : data.find(b"odd.png") - 20] = b"\x63\x00"
    path.write_bytes(data)
    assert refused(patched(path, "odd.png", 10, b"\x63\x00")) == {"odd.png": NOT_AN_IMAGE}


@both
def test_fewer_than_sixteen_images_are_refused_with_the_commonest_reason(kind: str, tmp_path: Path) -> None:
    path = make(kind, tmp_path, plenty(MIN_IMAGES - 1) | {"a.txt": b"", "bad.png": b"?", "worse.png": b"!"})
    with pytest.raises(DataError) as caught:
        reading.check_enough(read(path), path)
    assert str(caught.value).startswith(f"images = {path}: has too few usable images: 15 of 18")
    assert f"Left out (2): {NOT_AN_IMAGE}." in str(caught.value)
    with pytest.raises(DataError, match=r"has too few images: 5, and at least 16 are needed\. Add more"):
        reading.check_enough(read(make("folder", tmp_path / "five", plenty(5))), tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip"])
def test_a_file_that_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "own.zip").write_bytes(content)
    with pytest.raises(DataError) as caught:
        read(tmp_path / "own.zip")
    assert (caught.value.field, caught.value.value) == ("path", str(tmp_path / "own.zip"))


@pytest.mark.parametrize(
    ("at", "value"), [(6, b"\xff\x00"), (8, b"\x00\x08")], ids=["of a later version", "a name that is no UTF-8"]
)
def test_a_zip_with_a_directory_that_cannot_be_read_is_refused(tmp_path: Path, at: int, value: bytes) -> None:
    path = patched(make_zip(tmp_path / "own.zip", plenty() | {"k.png": encoded()}), "k.png", at, value)
    path = patched(path, "k.png", 46, b"\xff")
    with pytest.raises(DataError) as caught:
        read(path)
    assert (caught.value.field, caught.value.value) == ("path", str(tmp_path / "own.zip"))


def test_a_path_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path / "missing")
    assert caught.value.field == "path"


@both
def test_files_of_other_kinds_are_listed_and_hidden_ones_are_not(kind: str, tmp_path: Path) -> None:
    files = {"a.txt": b"hi", "LICENSE": b"hi", "x.svg": b"<svg>", "y.heic": b"?", "z.avif": b"?", "b.rar": b"?"}
    hidden = ("__MACOSX/._ok.png", "@eaDir/ok00.png", "cat/.ipynb_checkpoints/a-checkpoint.png", ".thumbnails/b.png")
    path = make(kind, tmp_path, plenty() | files | dict.fromkeys((*hidden, "Thumbs.db"), encoded()))
    images = read(path)
    assert (images.files, images.hidden, images.names) == (MIN_IMAGES + len(files), 5, ("all",))
    heic = NOT_AN_IMAGE if "HEIF" in formats.pillow_formats() else NO_HEIC
    avif = NOT_AN_IMAGE if "AVIF" in formats.pillow_formats() else NO_AVIF
    expected = {
        "b.rar": ARCHIVE,
        "LICENSE": NOT_AN_IMAGE,
        "a.txt": NOT_A_PICTURE,
        "x.svg": OTHER_FORMAT,
        "y.heic": heic,
        "z.avif": avif,
    }
    assert dict(images.refused) == expected


@both
def test_an_image_is_known_by_its_content_whatever_its_ending(kind: str, tmp_path: Path) -> None:
    names = [f"photo{k}{ending}" for k in range(4) for ending in (".HEIC", ".jpg", "", ".tiff", ".jfif")]
    assert count(make(kind, tmp_path, dict.fromkeys(names, encoded()))) == {"all": 20}


@pytest.mark.parametrize("library", ["HEIF", "AVIF"])
def test_photos_of_phones_are_refused_by_name_where_no_library_reads_them(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "pillow_formats", lambda: tuple({"PNG", "HEIF", "AVIF"} - {library}))
    name = {"HEIF": "a.HEIC", "AVIF": "a.avif"}[library]
    assert formats.reason_not_read(name) == {"HEIF": NO_HEIC, "AVIF": NO_AVIF}[library]


@pytest.mark.skipif(os.name == "nt", reason="on Windows only administrators may make links")
def test_links_are_not_followed_and_are_listed(tmp_path: Path) -> None:
    secret = make_folder(tmp_path / "secret", {"secret.png": encoded("blue")})
    folder = make_folder(tmp_path / "own", plenty())
    (folder / "link.png").symlink_to(secret / "secret.png")
    (folder / "linked").symlink_to(secret)
    assert refused(folder) == {"link.png": LINK, "linked": LINK}
    assert len(read(folder).images) == MIN_IMAGES
    in_zip = zipfile.ZipInfo("link.png")
    in_zip.create_system, in_zip.external_attr = 3, 0o120777 << 16
    path = make_zip(tmp_path / "own.zip", plenty())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(in_zip, "/etc/passwd")
    assert refused(path) == {"link.png": LINK}


def test_nothing_is_unpacked_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    path = make_zip(here / "own.zip", plenty() | {"../out.png": encoded(), "deep/er/a.png": encoded()})
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")}
    assert before
    read(path)
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")} == before


def test_the_pixels_of_a_set_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SET_PIXELS", 17 * 32 * 32)
    assert set(refused(make("zip", tmp_path, plenty(20))).values()) == {PIXELS_REACHED}
    assert len(read(tmp_path / "own.zip").images) == 17


def test_the_memory_of_a_set_is_limited_whatever_its_files_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SET_BYTES", 17 * 3 * 32 * 32)
    path = make("zip", tmp_path, {f"{k}.png": encoded(size=(1, 1)) for k in range(20)})
    assert list(refused(path).values()) == [MEMORY_REACHED] * 3
    assert len(read(path, 28).images) == 20


def test_a_photo_of_48_megapixels_is_read_and_a_progressive_one_counts_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = encoded((9, 90, 200), (8064, 6048), "JPEG")
    image, cost = decode(photo, 32)
    assert np.abs(image.astype(int) - (9, 90, 200)).max() <= 3
    assert cost == 8064 * 6048 // limits.JPEG_DISCOUNT
    monkeypatch.setattr(limits, "MAX_PIXELS", 100 * 100)
    picture = io.BytesIO()
    Image.new("RGB", (101, 100)).save(picture, "JPEG", progressive=True)
    with pytest.raises(limits.UnusableImageError, match="million pixels"):
        decode(picture.getvalue(), 32)


def test_a_large_image_is_reduced_to_what_a_small_one_would_be() -> None:
    rng = np.random.default_rng(0)
    small = Image.fromarray(rng.integers(0, 255, (8, 8, 3)).astype(np.uint8))
    for kind in ("PNG", "TIFF"):
        shown = []
        for side in (256, 2304):  # the second is large
            buffer = io.BytesIO()
            small.resize((side, side), Image.Resampling.NEAREST).save(buffer, kind)
            shown.append(decode(buffer.getvalue(), 32)[0].astype(int))
        assert np.abs(shown[0] - shown[1]).max() <= 6


def test_every_reason_is_tried_here() -> None:
    source = Path(__file__).read_text("utf-8")
    named = [name for name, value in vars(limits).items() if isinstance(value, str) and value in REASONS]
    assert [name for name in named if source.count(name) < 2] == []
