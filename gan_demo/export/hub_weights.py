"""Weights of the Hugging Face Hub for the command line: downloaded with a progress bar, kept until the process ends."""

from __future__ import annotations

import tempfile
from pathlib import Path

from gan_demo.weights import hub

_folders: list[tempfile.TemporaryDirectory[str]] = []  # removed when the process ends


def downloaded(address: str, name: str = "") -> hub.Copy:
    """Download weights as whoever is signed in on this machine: of several files the one called ``name``.

    Raises DataError.
    """
    from tqdm import tqdm

    where = hub.parse(address)
    _folders.append(tempfile.TemporaryDirectory(prefix="gan_demo-hub-"))
    folder = Path(_folders[-1].name) / where.repo.rpartition("/")[2]  # whose name errors show
    folder.mkdir()
    with tqdm(unit="B", unit_scale=True, desc="download", leave=False, disable=None) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return hub.fetch(where, folder, hub.most_bytes(), None, show, name)
