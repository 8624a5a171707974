"""Limits of what a pickle may make us hold, whatever its bytes claim."""

from __future__ import annotations

from gan_demo.errors import DataError
from gan_demo.weights.limits import MAX_TENSORS, SAVE_PLAIN, too_many_tensors

_FREE_BYTES = 64 * 2**20
_MOST_BYTES = 192 * 2**20
_TENSOR_BYTES = 1024  # of the objects around its numbers


class Budget:
    """Memory that the values of a file may take besides the bytes of its tensors, estimated in advance."""

    def __init__(self, filename: str, size: int) -> None:
        """Allow ``size`` bytes more than a file of no size is allowed; errors call it ``filename``."""
        self.filename = filename
        self.left = min(_MOST_BYTES, _FREE_BYTES + size)
        self.tensors = 0

    def spend(self, count: int) -> None:
        """Count the bytes of values about to be made. Raises DataError if there are too many."""
        self.left -= count
        if self.left < 0:
            raise DataError("file", self.filename, "holds too many values besides its weights", SAVE_PLAIN)

    def spend_tensor(self) -> None:
        """Count a tensor. Raises DataError if there are too many."""
        self.spend(_TENSOR_BYTES)
        self.tensors += 1
        if self.tensors > MAX_TENSORS:
            raise too_many_tensors(self.filename)
