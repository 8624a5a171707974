"""Files of a run's folder: safetensors of ours are the library's, to the last bit."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from gan_demo.errors import RunError
from gan_demo.runs.parts import files
from gan_demo.runs.parts.files import read_tensors, steps_in, verify, write_tensors

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
    for tensors in (load_file(tmp_path / "a"), read_tensors(tmp_path / "a")):
        assert tensors.keys() == TENSORS.keys()
        for key, value in TENSORS.items():
            assert tensors[key].dtype == value.dtype, key
            assert torch.equal(tensors[key], value.detach()), key
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


# ---- checksum and step


def test_a_step_and_a_checksum_lie_in_the_header_and_the_library_reads_the_file(tmp_path: Path) -> None:
    write_tensors(tmp_path / "a", TENSORS, {"gan_demo": "{}"}, step=400)
    assert load_file(tmp_path / "a").keys() == read_tensors(tmp_path / "a", 400).keys() == TENSORS.keys()
    with safe_open(tmp_path / "a", "pt") as file:
        assert file.metadata()["gan_demo_step"] == "400"


def test_no_byte_of_a_file_changes_without_being_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_tensors(path, {"x": torch.arange(4.0), "y": torch.ones(2)}, step=7)
    good = path.read_bytes()
    before = read_tensors(path, 7)
    unnoticed = []
    for position in range(len(good)):
        path.write_bytes(good[:position] + bytes([good[position] ^ 1]) + good[position + 1 :])
        with contextlib.suppress(RunError):
            after = read_tensors(path, 7)
            unnoticed += [position] * any(not torch.equal(after[key], value) for key, value in before.items())
    assert unnoticed == []


def test_the_file_of_another_step_is_refused(tmp_path: Path) -> None:
    write_tensors(tmp_path / "00000400.safetensors", {"x": torch.ones(1)}, step=223)
    for read in (read_tensors, verify):
        with pytest.raises(RunError) as caught:
            read(tmp_path / "00000400.safetensors", 400)
        assert str(caught.value).startswith("file = 00000400.safetensors: holds step 223, not the step in its name.")


def test_a_file_without_a_checksum_opens_as_before(tmp_path: Path) -> None:
    write_tensors(tmp_path / "a", {"x": torch.ones(1)}, {"gan_demo": "{}"})
    verify(tmp_path / "a", 400)
    assert read_tensors(tmp_path / "a", 400)["x"].item() == 1


def test_a_changed_file_is_verified_again(tmp_path: Path) -> None:
    write_tensors(tmp_path / "a", {"x": torch.ones(1)}, step=1)
    verify(tmp_path / "a", 1)
    (tmp_path / "a").write_bytes((tmp_path / "a").read_bytes()[:-1])
    with pytest.raises(RunError, match="damaged"):
        verify(tmp_path / "a", 1)


def test_a_damaged_file_is_read_again_only_when_it_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, reads = tmp_path / "a", []
    write_tensors(path, {"x": torch.ones(3)}, step=1)
    whole, times = path.read_bytes(), os.stat(path)
    path.write_bytes(whole[:-1] + b"!")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    read = files.read_bytes
    monkeypatch.setattr(files, "read_bytes", lambda path: reads.append(path) or read(path))
    for _ in range(3):
        with pytest.raises(RunError, match="is damaged"):
            verify(path, 1)
    assert len(reads) == 1
    path.write_bytes(whole)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # a copy brings the file's former time back
    verify(path, 1)


def test_only_files_named_after_a_step_have_one(tmp_path: Path) -> None:
    for name in ("00000005.png", "100000000.png", "²²²²²²²².png", "٠٠٠٠٠٠٠٧.png", "5.png", "000000006.png", "x.png"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "00000009.png").mkdir()
    assert steps_in(tmp_path, ".png") == [5, 100_000_000]
    assert steps_in(tmp_path / "x.png", ".png") == steps_in(tmp_path / "nowhere", ".png") == []
