"""Libraries of others are exactly what their VENDORED.json says, and none lies there without one."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import re
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import brotli
import pytest

from scripts import vendor

MANIFESTS = vendor.manifests()
LICENCE_TITLES = {"MIT": "MIT", "MPL-2.0": "Mozilla Public License Version 2.0"}  # in the licence's text


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.parent.name)
def test_every_file_has_its_checksum(manifest: Path) -> None:
    assert vendor.problems(manifest) == []


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.parent.name)
def test_version_licence_and_the_licences_text_are_there(manifest: Path) -> None:
    about = json.loads(manifest.read_text("utf-8"))
    assert re.fullmatch(r"\d+\.\d+\.\d+", about["version"])
    texts = [manifest.with_name(name) for name in about["files"] if "LICENSE" in name]
    assert texts, "the licence has to be shipped with the code"
    assert LICENCE_TITLES[about["licence"]] in texts[0].read_text("utf-8")


def test_minified_and_compressed_code_is_always_named_in_a_manifest() -> None:
    named = {path for manifest in MANIFESTS for path in vendor.described_files(manifest)}
    scripts = [path for kind in ("*.js", "*.mjs") for path in vendor.FRONTEND.rglob(kind)]
    minified = {path for path in scripts if max(map(len, path.read_text("utf-8").splitlines() or [""])) > 2_000}
    packed = {path for kind in ("*.br", "*.gz", "*.wasm") for path in vendor.FRONTEND.rglob(kind)}
    assert minified, "uPlot at least"
    assert packed, "onnxruntime at least"
    assert (minified | packed) - named == set()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def a_package(folder: Path, source: bytes) -> dict[str, Any]:
    """Write a manifest in ``folder`` for a package that a fake ``npm`` fetches."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        info = tarfile.TarInfo("package/dist/a.js")
        info.size = len(source)
        tar.addfile(info, io.BytesIO(source))
    (folder / "a.tgz").write_bytes(archive.getvalue())
    digest = base64.b64encode(hashlib.sha512(archive.getvalue()).digest()).decode()
    written = source + b"\nexport default a;\n"
    about = {
        "package": "a",
        "version": "1.0.0",
        "integrity": f"sha512-{digest}",
        "files": {
            "a.mjs": {"from": "dist/a.js", "append": "\nexport default a;\n", "sha256": sha256(written)},
            "packed.js": {
                "from": "dist/a.js",
                "sha256": sha256(source),
                "compressed": {
                    "br": sha256(brotli.compress(source, quality=11, lgwin=24)),
                    "gz": sha256(vendor._gzip(source)),
                },
            },
            "LICENSE.txt": {"source": "somewhere else", "sha256": sha256(b"MIT")},
        },
    }
    (folder / "LICENSE.txt").write_bytes(b"MIT")
    (folder / vendor.MANIFEST).write_text(json.dumps(about))
    return about


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace npm by a fake that fetches the test folder's files."""
    monkeypatch.setattr(vendor.shutil, "which", lambda name: name)

    def run(command: list[str], **_: object) -> None:
        Path(command[-1], "a.tgz").write_bytes((tmp_path / "a.tgz").read_bytes())

    monkeypatch.setattr(subprocess, "run", run)


@pytest.mark.usefixtures("npm")
def test_a_refresh_writes_what_the_manifest_says(tmp_path: Path) -> None:
    a_package(tmp_path, b"var a=1")
    manifest = tmp_path / vendor.MANIFEST
    assert "missing" in vendor.problems(manifest)[0]
    vendor.refresh(manifest)
    assert vendor.problems(manifest) == []
    assert {path.name for path in vendor.described_files(manifest)} == {
        "a.mjs",
        "packed.js.br",
        "packed.js.gz",
        "LICENSE.txt",
    }
    assert not (tmp_path / "packed.js").exists(), "only its compressed forms lie there"
    assert brotli.decompress((tmp_path / "packed.js.br").read_bytes()) == b"var a=1"
    assert gzip.decompress((tmp_path / "packed.js.gz").read_bytes()) == b"var a=1"


@pytest.mark.usefixtures("npm")
@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.mjs", b"var a=2", "a.mjs: SHA-256"),
        ("LICENSE.txt", b"GPL", "LICENSE.txt: SHA-256"),
        ("packed.js.gz", gzip.compress(b"var a=2"), "packed.js.gz: inside, SHA-256"),
        ("packed.js.br", brotli.compress(b"var a=1", quality=11, lgwin=10), "packed.js.br: SHA-256"),
    ],
    ids=["module", "licence", "gzip", "brotli"],  # the packed bytes hold the time, and workers have to agree on names
)
def test_a_changed_file_is_told_apart(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    a_package(tmp_path, b"var a=1")
    manifest = tmp_path / vendor.MANIFEST
    vendor.refresh(manifest)
    (tmp_path / name).write_bytes(content)
    assert any(message in line for line in vendor.problems(manifest))


def test_gzip_makes_the_same_of_the_same() -> None:
    head = vendor._gzip(b"x" * 100)[:10]
    assert head[4:8] == bytes(4), "no time"
    assert head[3] == 0, "no name"
    assert head[9] == 255, "no system"


@pytest.mark.usefixtures("npm")
def test_a_package_with_another_checksum_is_refused(tmp_path: Path) -> None:
    about = a_package(tmp_path, b"var a=1")
    manifest = tmp_path / vendor.MANIFEST
    manifest.write_text(json.dumps(about | {"integrity": "sha512-AAAA"}))
    with pytest.raises(SystemExit, match="checksum"):
        vendor.refresh(manifest)
    assert not (tmp_path / "a.mjs").exists()
