"""Libraries of others are exactly what their VENDORED.json says, and none lies there without one."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from scripts import vendor

MANIFESTS = vendor.manifests()


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.parent.name)
def test_every_file_has_its_checksum(manifest: Path) -> None:
    assert vendor.differing(manifest) == []


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.parent.name)
def test_version_licence_and_the_licences_text_are_there(manifest: Path) -> None:
    about = json.loads(manifest.read_text("utf-8"))
    assert re.fullmatch(r"\d+\.\d+\.\d+", about["version"])
    assert about["licence"]
    texts = [manifest.with_name(name) for name in about["files"] if "LICENSE" in name]
    assert texts, "the licence has to be shipped with the code"
    assert about["licence"] in texts[0].read_text("utf-8")


def test_minified_code_is_always_named_in_a_manifest() -> None:
    named = {path.with_name(name) for path in MANIFESTS for name in json.loads(path.read_text("utf-8"))["files"]}
    scripts = [path for kind in ("*.js", "*.mjs") for path in vendor.COMPONENTS.rglob(kind)]
    minified = {path for path in scripts if max(map(len, path.read_text("utf-8").splitlines() or [""])) > 2_000}
    assert minified, "uPlot at least"
    assert minified - named == set()


def a_package(folder: Path, source: bytes) -> dict[str, Any]:
    """A manifest in ``folder`` for a package that ``npm`` will be said to have fetched."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        info = tarfile.TarInfo("package/dist/a.js")
        info.size = len(source)
        tar.addfile(info, io.BytesIO(source))
    (folder / "a.tgz").write_bytes(archive.getvalue())
    digest = base64.b64encode(hashlib.sha512(archive.getvalue()).digest()).decode()
    written = source + b"\nexport default a;\n"
    about = {
        "package": "a", "version": "1.0.0", "integrity": f"sha512-{digest}",
        "files": {"a.mjs": {"from": "dist/a.js", "append": "\nexport default a;\n",
                            "sha256": hashlib.sha256(written).hexdigest()}},
    }  # fmt: skip
    (folder / vendor.NAME).write_text(json.dumps(about))
    return about


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An npm that fetches what lies in the test's folder."""
    monkeypatch.setattr(vendor.shutil, "which", lambda name: name)

    def run(command: list[str], **_: object) -> None:
        Path(command[-1], "a.tgz").write_bytes((tmp_path / "a.tgz").read_bytes())

    monkeypatch.setattr(subprocess, "run", run)


@pytest.mark.usefixtures("npm")
def test_a_refresh_writes_what_the_manifest_says(tmp_path: Path) -> None:
    a_package(tmp_path, b"var a=1")
    manifest = tmp_path / vendor.NAME
    assert "missing" in vendor.differing(manifest)[0]
    vendor.refresh(manifest)
    assert vendor.differing(manifest) == []
    (tmp_path / "a.mjs").write_bytes(b"var a=2")
    assert "SHA-256" in vendor.differing(manifest)[0]


@pytest.mark.usefixtures("npm")
def test_a_package_with_another_checksum_is_refused(tmp_path: Path) -> None:
    about = a_package(tmp_path, b"var a=1")
    manifest = tmp_path / vendor.NAME
    manifest.write_text(json.dumps(about | {"integrity": "sha512-AAAA"}))
    with pytest.raises(SystemExit, match="checksum"):
        vendor.refresh(manifest)
    assert not (tmp_path / "a.mjs").exists()
