"""Check or refresh the libraries of others in the frontend, as the VENDORED.json beside each describes it.

    python -m scripts.vendor             compare every file with its checksum
    python -m scripts.vendor --refresh   fetch the packages again with npm and write the files anew

A VENDORED.json names one npm package: name, version, licence, the package's checksum as npm gives it ("integrity"), and
for each file its path in the package ("from"), a text to append, and its own SHA-256. A file that is served compressed
has an entry "compressed" with the SHA-256 of each form: it is stored as NAME.br and NAME.gz only, and "sha256" is that
of the unpacked file. A file that comes from elsewhere has a "source" in place of "from", and is not refreshed. The
registry is npm's own setting. For another version: change "version", take "integrity" from
`npm view NAME@VERSION dist.integrity`, refresh, and copy the printed checksums into the file.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import brotli

FRONTEND = Path(__file__).resolve().parent.parent / "gan_demo" / "frontend"
MANIFEST = "VENDORED.json"


def manifests(folder: Path = FRONTEND) -> list[Path]:
    """Return every VENDORED.json below a folder."""
    return sorted(folder.rglob(MANIFEST))


def described_files(manifest: Path) -> list[Path]:
    """Return the files that a manifest describes."""
    files = _read(manifest)["files"]
    return [manifest.with_name(name + ending) for name, entry in files.items() for ending in _endings(entry)]


def problems(manifest: Path) -> list[str]:
    """Return a sentence for each file that is missing or differs from what the manifest says."""
    sentences = []
    for name, entry in _read(manifest)["files"].items():
        for ending in _endings(entry):
            path = manifest.with_name(name + ending)
            if not path.is_file():
                sentences.append(f"{path}: missing")
                continue
            data = path.read_bytes()
            if ending and _sha256(data) != entry["compressed"][ending[1:]]:
                sentences.append(f"{path}: SHA-256 is {_sha256(data)}, not {entry['compressed'][ending[1:]]}")
            data = _UNPACK[ending](data)
            if _sha256(data) != entry["sha256"]:
                inside = "inside, " if ending else ""
                sentences.append(f"{path}: {inside}SHA-256 is {_sha256(data)}, not {entry['sha256']}")
    return sentences


def refresh(manifest: Path) -> None:
    """Fetch the package and write its files. Raises SystemExit without npm, or if its checksum differs."""
    about = _read(manifest)
    with tempfile.TemporaryDirectory() as folder:
        package = _fetch(about, Path(folder))
        with tarfile.open(package) as archive:
            for name, entry in about["files"].items():
                if "source" in entry:
                    continue
                member = archive.extractfile(f"package/{entry['from']}")
                if member is None:
                    raise SystemExit(f"{about['package']} has no file {entry['from']}")
                data = member.read() + entry.get("append", "").encode()
                for ending in _endings(entry):
                    manifest.with_name(name + ending).write_bytes(_PACK[ending](data))


def _endings(entry: dict[str, Any]) -> list[str]:
    """Return what is appended to a file's name: nothing, or an ending for each compressed form."""
    return [f".{form}" for form in entry["compressed"]] if "compressed" in entry else [""]


def _gzip(data: bytes) -> bytes:
    """Return ``data`` compressed with gzip's best level; without time and name, so always the same bytes."""
    file = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as packed:
        packed.write(data)
    return file.getvalue()


def _brotli(data: bytes) -> bytes:
    """Return ``data`` compressed with brotli's best level; takes half a minute for 14 MB."""
    packed: bytes = brotli.compress(data, quality=11, lgwin=24)
    return packed


_PACK = {"": bytes, ".gz": _gzip, ".br": _brotli}
_UNPACK = {"": bytes, ".gz": gzip.decompress, ".br": brotli.decompress}


def _fetch(about: dict[str, Any], folder: Path) -> Path:
    """Return the package's archive in ``folder``, after comparing its checksum."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is not installed; it fetches the packages")
    package_name = f"{about['package']}@{about['version']}"
    subprocess.run(
        [npm, "pack", package_name, "--silent", "--pack-destination", str(folder)], check=True, capture_output=True
    )
    (package,) = folder.glob("*.tgz")
    algorithm, _, digest = about["integrity"].partition("-")
    actual = base64.b64encode(hashlib.new(algorithm, package.read_bytes()).digest()).decode()
    if actual != digest:
        raise SystemExit(f"{package_name}: its checksum is {algorithm}-{actual}, not {about['integrity']}")
    return package


def _read(manifest: Path) -> dict[str, Any]:
    about: dict[str, Any] = json.loads(manifest.read_text("utf-8"))
    return about


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def main(arguments: list[str] | None = None) -> int:
    """Check the libraries; return the exit code, 1 if anything differs."""
    parser = argparse.ArgumentParser(description="Check or refresh the libraries beside our components.")
    parser.add_argument("--refresh", action="store_true", help="fetch them again with npm")
    if parser.parse_args(arguments).refresh:
        for manifest in manifests():
            refresh(manifest)
    sentences = [sentence for manifest in manifests() for sentence in problems(manifest)]
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    if not sentences:
        libraries = [_read(manifest) for manifest in manifests()]
        print("\n".join(f"{about['package']} {about['version']}: as described" for about in libraries))
    return bool(sentences)


if __name__ == "__main__":
    raise SystemExit(main())
