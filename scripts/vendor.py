"""Libraries of others that lie beside our components: are they what VENDORED.json says, and where do they come from?

    python -m scripts.vendor             compare every file with its checksum
    python -m scripts.vendor --refresh   fetch the packages again with npm and write the files anew

A VENDORED.json names one npm package: name, version, licence, the package's checksum as npm gives it ("integrity"), and
for each file beside it where in the package it comes from, what is appended, and its own SHA-256. A file that is served
compressed has a "compressed" with the SHA-256 of each form: it lies beside as NAME.br and NAME.gz alone, and what is
inside them has the file's own checksum. A file that comes from elsewhere has a "source" in place of "from", and is left
as it is. Which registry npm asks is npm's own setting. For another version: change "version", take "integrity" from
`npm view NAME@VERSION dist.integrity`, refresh, and put in the checksums that are printed.
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
NAME = "VENDORED.json"


def manifests(folder: Path = FRONTEND) -> list[Path]:
    """Every VENDORED.json below a folder."""
    return sorted(folder.rglob(NAME))


def lying(manifest: Path) -> list[Path]:
    """The files that a manifest says lie beside it."""
    files = _read(manifest)["files"]
    return [manifest.with_name(name + ending) for name, entry in files.items() for ending in _endings(entry)]


def differing(manifest: Path) -> list[str]:
    """A sentence for each file that is missing or is not what the manifest says."""
    wrong = []
    for name, entry in _read(manifest)["files"].items():
        for ending in _endings(entry):
            path = manifest.with_name(name + ending)
            if not path.is_file():
                wrong.append(f"{path}: missing")
                continue
            data = path.read_bytes()
            if ending and _sha256(data) != entry["compressed"][ending[1:]]:
                wrong.append(f"{path}: SHA-256 is {_sha256(data)}, not {entry['compressed'][ending[1:]]}")
            data = _UNPACK[ending](data)
            if _sha256(data) != entry["sha256"]:
                inside = "inside, " if ending else ""
                wrong.append(f"{path}: {inside}SHA-256 is {_sha256(data)}, not {entry['sha256']}")
    return wrong


def refresh(manifest: Path) -> None:
    """Fetch the package and write its files. Raises SystemExit without npm, or if it is another package."""
    about = _read(manifest)
    with tempfile.TemporaryDirectory() as folder:
        package = _fetched(about, Path(folder))
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
    """Of the names under which a file lies: none of its own, or one for each compressed form."""
    return [f".{form}" for form in entry["compressed"]] if "compressed" in entry else [""]


def _gzip(data: bytes) -> bytes:
    """The smallest gzip makes of it: neither time nor name in its head, so that it is always the same."""
    file = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as packed:
        packed.write(data)
    return file.getvalue()


def _brotli(data: bytes) -> bytes:
    """The smallest brotli makes of it; half a minute for 14 MB."""
    packed: bytes = brotli.compress(data, quality=11, lgwin=24)
    return packed


_PACK = {"": bytes, ".gz": _gzip, ".br": _brotli}
_UNPACK = {"": bytes, ".gz": gzip.decompress, ".br": brotli.decompress}


def _fetched(about: dict[str, Any], folder: Path) -> Path:
    """The package's archive, its checksum compared."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is not installed; it fetches the packages")
    wanted = f"{about['package']}@{about['version']}"
    subprocess.run(
        [npm, "pack", wanted, "--silent", "--pack-destination", str(folder)], check=True, capture_output=True
    )
    (package,) = folder.glob("*.tgz")
    algorithm, _, digest = about["integrity"].partition("-")
    found = base64.b64encode(hashlib.new(algorithm, package.read_bytes()).digest()).decode()
    if found != digest:
        raise SystemExit(f"{wanted}: its checksum is {algorithm}-{found}, not {about['integrity']}")
    return package


def _read(manifest: Path) -> dict[str, Any]:
    about: dict[str, Any] = json.loads(manifest.read_text("utf-8"))
    return about


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def main(arguments: list[str] | None = None) -> int:
    """Exit code 1 if anything differs."""
    parser = argparse.ArgumentParser(description="Check or refresh the libraries beside our components.")
    parser.add_argument("--refresh", action="store_true", help="fetch them again with npm")
    if parser.parse_args(arguments).refresh:
        for manifest in manifests():
            refresh(manifest)
    wrong = [line for manifest in manifests() for line in differing(manifest)]
    for line in wrong:
        print(line, file=sys.stderr)
    if not wrong:
        print("\n".join(f"{_read(one)['package']} {_read(one)['version']}: as it should be" for one in manifests()))
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
