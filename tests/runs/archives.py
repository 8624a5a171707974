"""A small run, its zip file taken apart into its parts, and the parts packed again."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import torch

from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.runs import library
from gan_demo.runs.archive import packing, unpacking
from gan_demo.runs.run_dir import RunDir
from tests.partial_training import go

POINTS = ModelConfig("points", 2, 8, 8, 2)
RING = RunConfig(DataConfig("ring"), POINTS, TrainConfig(batch=8, steps=6, evaluate=False))
Parts = dict[str, bytes]


def packed(run: RunDir) -> bytes:
    file = io.BytesIO()
    packing.write(run, file)
    return file.getvalue()


def unpacked(data: bytes, name: str = "my-run.zip", path: Path | None = None) -> RunDir:
    with unpacking.opened(io.BytesIO(data), name) as archive:
        return archive.unpack(path or library.home() / archive.free_id(library.home()))


def parts_of(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Parts, kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def state(run: RunDir) -> dict[str, torch.Tensor]:
    return run.load_state_at(run.states[-1])


def assert_same(a: RunDir, b: RunDir) -> None:
    first, other = state(a), state(b)
    assert first.keys() == other.keys()
    assert [key for key in first if not torch.equal(first[key], other[key])] == []


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    """Create a run with states at 3 and 6 and a changed setting."""
    path = tmp_path_factory.mktemp("original") / "ring-0123456789ab"
    run = go(RunDir.create(path, RING, "ring"), 3)
    with run.writing():
        run.change_config(run.config.with_settings({"g_lr": 0.003}), 3, run.info.seconds)
    return go(run)


@pytest.fixture(scope="module")
def archive(original: RunDir) -> bytes:
    return packed(original)
