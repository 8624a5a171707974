"""Libraries of others that lie beside our components: are they what VENDORED.json says, and where do they come from?

    python -m scripts.vendor             compare every file with its checksum
    python -m scripts.vendor --refresh   fetch the packages again with npm and write the files anew

A VENDORED.json names one npm package: name, version, licence, the package's checksum as npm gives it ("integrity"), and
for each file beside it where in the package it comes from, what is appended, and its own SHA-256. Which registry npm
asks is npm's own setting. For another version: change "version", take "integrity" from `npm view NAME@VERSION
dist.integrity`, refresh, and put in the checksums that are printed.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

COMPONENTS = Path(__file__).resolve().parent.parent / "gan_demo" / "ui" / "components"
NAME = "VENDORED.json"


def manifests(folder: Path = COMPONENTS) -> list[Path]:
    """Every VENDORED.json below a folder."""
    return sorted(folder.rglob(NAME))


def differing(manifest: Path) -> list[str]:
    """A sentence for each file that is missing or is not what the manifest says."""
    wrong = []
    for name, entry in _read(manifest)["files"].items():
        path = manifest.with_name(name)
        if not path.is_file():
            wrong.append(f"{path}: missing")
        elif _sha256(path.read_bytes()) != entry["sha256"]:
            wrong.append(f"{path}: SHA-256 is {_sha256(path.read_bytes())}, not {entry['sha256']}")
    return wrong


def refresh(manifest: Path) -> None:
    """Fetch the package and write its files. Raises SystemExit without npm, or if it is another package."""
    about = _read(manifest)
    with tempfile.TemporaryDirectory() as folder:
        package = _fetched(about, Path(folder))
        with tarfile.open(package) as archive:
            for name, entry in about["files"].items():
                member = archive.extractfile(f"package/{entry['from']}")
                if member is None:
                    raise SystemExit(f"{about['package']} has no file {entry['from']}")
                manifest.with_name(name).write_bytes(member.read() + entry.get("append", "").encode())


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
