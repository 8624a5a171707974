"""Tensors that look at the bytes of a file, without a copy where the bytes are aligned."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.dlpack import from_dlpack

DTYPES = {
    "Double": torch.float64,
    "Float": torch.float32,
    "Half": torch.float16,
    "BFloat16": torch.bfloat16,
    "Long": torch.int64,
    "Int": torch.int32,
    "Short": torch.int16,
    "Char": torch.int8,
    "Byte": torch.uint8,
    "Bool": torch.bool,
    "ComplexFloat": torch.complex64,
    "ComplexDouble": torch.complex128,
    "Untyped": torch.uint8,
}  # by the name of a storage, as in torch.FloatStorage


class ClaimError(Exception):
    """A tensor claims other numbers than there are bytes for."""


@dataclass(frozen=True)
class Storage:
    """Numbers of one type in a view of bytes."""

    dtype: torch.dtype
    data: memoryview

    @property
    def numel(self) -> int:
        """Return how many numbers there are."""
        return len(self.data) // self.dtype.itemsize

    def as_type(self, dtype: torch.dtype) -> Storage:
        """Return the same bytes as numbers of another type."""
        return Storage(dtype, self.data)

    def part(self, offset: int, numel: int) -> Storage:
        """Return ``numel`` numbers from ``offset`` on. Raises ClaimError if there are fewer."""
        if not 0 <= offset <= offset + numel <= self.numel:
            raise ClaimError
        size = self.dtype.itemsize
        return Storage(self.dtype, self.data[offset * size : (offset + numel) * size])


def from_path(path: Path) -> memoryview:
    """Return the bytes of a file, read as they are needed. Raises OSError; an empty file has no bytes."""
    with open(path, "rb") as file:
        if not path.stat().st_size:
            return memoryview(b"")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))  # a change would be ours alone


def flat(storage: Storage) -> Tensor:
    """Return all numbers of a storage as a vector; bytes at an odd address are copied."""
    count, size = storage.numel, storage.dtype.itemsize
    if not count:
        return torch.empty(0, dtype=storage.dtype)
    # torch.frombuffer warns of read-only bytes, such as an upload's. Nothing writes to tensors of a file.
    numbers = from_dlpack(np.frombuffer(storage.data, np.uint8, count * size))
    aligned = numbers if numbers.data_ptr() % size == 0 else numbers.clone()
    return aligned.view(storage.dtype)


def strided(storage: Storage, numbers: Tensor, offset: int, size: tuple[int, ...], stride: tuple[int, ...]) -> Tensor:
    """Return a view of a storage's ``numbers``. Raises ClaimError unless it lies in them, each number once."""
    if any(type(n) is not int or not 0 <= n < 2**48 for n in (offset, *size, *stride)):
        raise ClaimError
    if len(size) != len(stride) or len(size) > 8:
        raise ClaimError
    count, last = 1, offset
    for n, step in zip(size, stride, strict=True):
        count *= n
        last += max(0, n - 1) * step
    if count > storage.numel or (count and last >= storage.numel):
        raise ClaimError
    return numbers.as_strided(size, stride, offset) if count else torch.empty(size, dtype=storage.dtype)
