"""Whole training states along a run's way, ``states/00000500.safetensors``: what a fork begins with.

They are many times as large as a generator, so only so many are kept, spread over the time there has been. Those of
shipped models are compact: half of each number.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gan_demo.runs.files import read_tensors

if TYPE_CHECKING:
    from torch import Tensor

MOST = 24
MOST_BYTES = 600_000_000


class KeptStates:
    """The states in ``folder``, one file a step; the folder need not be there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def steps(self) -> list[int]:
        """Of which there is a state, ascending."""
        return sorted(int(path.stem) for path in self.folder.glob("*.safetensors") if path.stem.isdigit())

    def load(self, step: int) -> dict[str, Tensor]:
        """All of a state, compact or not. Raises RunError if it is missing or damaged."""
        return restored(read_tensors(self._path(step)))

    def keep(self, step: int, saved: Path) -> None:
        """Keep the file ``saved``. It is only ever replaced, never written into, so a second name for it will do."""
        self.folder.mkdir(exist_ok=True)
        beside = self.folder / f".{step:08d}.safetensors.{os.getpid()}.{threading.get_ident()}"
        beside.unlink(missing_ok=True)
        try:
            os.link(saved, beside)
        except OSError:  # a file system without links
            shutil.copyfile(saved, beside)
        os.replace(beside, self._path(step))
        beside.unlink(missing_ok=True)  # replacing a file by itself leaves both names

    def thin(self) -> None:
        """Remove what is too much, where states lie densest. The oldest and the newest stay."""
        sizes = {step: self._path(step).stat().st_size for step in self.steps()}
        for step in too_many(sizes):
            self._path(step).unlink(missing_ok=True)

    def forget_after(self, step: int) -> None:
        """Remove the states of later steps."""
        for later in self.steps():
            if later > step:
                with contextlib.suppress(FileNotFoundError):
                    self._path(later).unlink()

    def _path(self, step: int) -> Path:
        return self.folder / f"{step:08d}.safetensors"


def compact(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The state in half the room: weights in half precision, what optimisers remember in bfloat16.

    Adam's second moments are squares of small gradients, which half precision would make zero, and steps infinite.
    """
    import torch

    def smaller(key: str, value: Tensor) -> Tensor:
        if value.dtype != torch.float32 or value.dim() == 0:  # counts of steps stay
            return value
        return value.to(torch.bfloat16 if "_optimizer." in key else torch.float16)

    return {key: smaller(key, value) for key, value in state.items()}


def restored(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """In single precision again what ``compact`` made smaller; all else is the very same."""
    return {
        key: value.float() if value.is_floating_point() and value.element_size() < 4 else value
        for key, value in state.items()
    }


def too_many(sizes: dict[int, int], most: int = MOST, most_bytes: int = MOST_BYTES) -> list[int]:
    """Which steps to give up, by their sizes in bytes; the newest never."""
    kept = sorted(sizes)
    while len(kept) > 1 and (len(kept) > most or sum(sizes[step] for step in kept) > most_bytes):
        kept.pop(_densest(kept))
    return sorted(set(sizes) - set(kept))


def _densest(steps: Sequence[int]) -> int:
    """The place whose neighbours are closest for their age: pictures change fast at first, slowly later."""
    if len(steps) < 3:
        return 0
    first = steps[0]
    gaps = [(after - before) / (after - first + 1) for before, after in zip(steps, steps[2:], strict=False)]
    return 1 + gaps.index(min(gaps))
