"""Contents of weights files that several tests share, and ways to write them."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gan_demo.errors import DataError
from gan_demo.weights.containers import read
from gan_demo.weights.networks import StoredNetwork, contents_of

State = dict[str, Tensor]
OPTIMIZER = {"state": {0: {"step": torch.ones(()), "exp_avg": torch.ones(3, 5)}}, "param_groups": [{"lr": 2e-4}]}


def _numbers(shapes: dict[str, tuple[int, ...]]) -> State:
    rng = torch.Generator().manual_seed(1)
    return {name: torch.randn(shape, generator=rng) for name, shape in shapes.items()}


G = _numbers({"0.weight": (3, 5), "0.bias": (3,), "2.weight": (784, 3), "2.bias": (784,)})
D = _numbers({"0.weight": (8, 784), "0.bias": (8,), "2.weight": (1, 8), "2.bias": (1,)})


class Generator(nn.Module):
    """Network of somebody's own class, with the shapes of ``G``."""

    def __init__(self) -> None:
        super().__init__()
        self.main = nn.Sequential(nn.Linear(5, 3), nn.LeakyReLU(0.1), nn.Linear(3, 784), nn.Tanh())


def saved(content: object, legacy: bool = False) -> bytes:
    file = io.BytesIO()
    torch.save(content, file, _use_new_zipfile_serialization=not legacy)
    return file.getvalue()


def offered(source: bytes | Path, filename: str = "w.pt") -> list[StoredNetwork]:
    return list(contents_of(read(source, filename), filename).networks)


def holds(source: bytes | Path, state: State = G, prefix: str = "") -> bool:
    """Return whether the first network of a file has these weights, bit for bit."""
    tensors = offered(source)[0].tensors
    return tensors.keys() == {prefix + name for name in state} and all(
        torch.equal(tensors[prefix + name], value.float()) for name, value in state.items()
    )


def refusal(source: bytes | Path, filename: str = "w.pt") -> str:
    with pytest.raises(DataError) as caught:
        offered(source, filename)
    assert caught.value.field == "file"
    assert caught.value.value == filename
    assert caught.value.remedy
    return str(caught.value)


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def repacked(data: bytes, change: Callable[[str, bytes], bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """Return the zip archive with some of its records changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        return zipped({name: change(name, old.read(name)) for name in old.namelist()}, method)


class Touch:
    """Makes a folder when Python's own pickle unpickles it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)
