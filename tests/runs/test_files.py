"""Files of a run's folder: safetensors of ours are the library's, to the last bit."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from gan_demo.runs.files import read_tensors, write_tensors

TENSORS = {
    "weights": torch.arange(24.0).reshape(2, 3, 4),
    "odd": torch.arange(3, dtype=torch.uint8),
    "count": torch.tensor(7),
    "empty": torch.zeros(0, 5),
    "half": torch.tensor([0.5, -2.0], dtype=torch.float16),
    "brain": torch.tensor([1.5], dtype=torch.bfloat16),
    "yes": torch.tensor([True, False]),
    "double": torch.tensor([1e-300], dtype=torch.float64),
    "across": torch.arange(6).reshape(2, 3).t(),
    "deep": torch.randn(2, 3, 4, 5, generator=torch.Generator().manual_seed(0)).to(memory_format=torch.channels_last),
    "learned": torch.nn.Parameter(torch.tensor([1.0, 2.0])),
    "part": torch.arange(10)[3:5],
    "größe": torch.tensor([1], dtype=torch.int32),
}


def test_what_is_written_the_library_reads_bit_for_bit(tmp_path: Path) -> None:
    write_tensors(tmp_path / "a", TENSORS, {"gan_demo": '{"format": 1}'})
    for found in (load_file(tmp_path / "a"), read_tensors(tmp_path / "a")):
        assert found.keys() == TENSORS.keys()
        for key, value in TENSORS.items():
            assert found[key].dtype == value.dtype, key
            assert torch.equal(found[key], value.detach()), key
    with safe_open(tmp_path / "a", "pt") as file:
        assert file.metadata() == {"gan_demo": '{"format": 1}'}


def test_every_tensor_lies_aligned_and_the_file_is_no_larger_than_the_librarys(tmp_path: Path) -> None:
    write_tensors(tmp_path / "a", TENSORS)
    save_file({key: value.detach().contiguous() for key, value in TENSORS.items()}, tmp_path / "b")
    assert (tmp_path / "a").stat().st_size == (tmp_path / "b").stat().st_size
    length = int.from_bytes((tmp_path / "a").read_bytes()[:8], "little")
    assert length % 8 == 0


@pytest.mark.parametrize("tensors", [{}, {"one": torch.zeros(1)}])
def test_few_tensors_make_a_file_too(tensors: dict[str, torch.Tensor], tmp_path: Path) -> None:
    write_tensors(tmp_path / "a", tensors)
    assert load_file(tmp_path / "a").keys() == tensors.keys()
