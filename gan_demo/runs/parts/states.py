"""Training states saved along a run, ``states/00000500.safetensors``, which forks start from.

A state is many times as large as a generator, so a limited number is kept, spread over the training so far. Those of
shipped models are compact: half the bytes of each number.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gan_demo.runs.parts.files import damaged, read_tensors, steps_in
from gan_demo.runs.parts.step_files import StepFiles
from gan_demo.support import atomic_file

if TYPE_CHECKING:
    from torch import Tensor

MAX_STATES = 24
MAX_STATES_BYTES = 600_000_000


class SavedStates(StepFiles):
    """The states in ``folder``, one file a step; the folder need not exist."""

    def steps(self) -> list[int]:
        """Return the steps that have a state, ascending."""
        return steps_in(self.folder, ".safetensors")

    def load(self, step: int) -> dict[str, Tensor]:
        """Load a whole state, compact or not. Raises RunError if it is missing, damaged, or of another step."""
        return restored(read_state(self.path(step), step))

    def add(self, step: int, file: Path) -> None:
        """Keep the state in ``file`` as that of ``step``: as a hard link, since ``file`` is never written into."""
        self.folder.mkdir(exist_ok=True)
        temporary = atomic_file.beside(self.path(step))
        temporary.unlink(missing_ok=True)
        try:
            os.link(file, temporary)
        except OSError:  # a file system without links
            shutil.copyfile(file, temporary)
        atomic_file.move(temporary, self.path(step))
        temporary.unlink(missing_ok=True)  # replacing a file by itself leaves both names

    def thin(self) -> None:
        """Delete states beyond the limits, where they lie densest; the newest stays."""
        sizes = {step: size for step in self.steps() if (size := file_bytes(self.path(step)))}
        for step in steps_to_drop(sizes):
            atomic_file.delete(self.path(step))

    def delete_after(self, step: int) -> None:
        """Delete the states of later steps."""
        for later in self.steps():
            if later > step:
                atomic_file.delete(self.path(later))


def read_state(path: Path, step: int) -> dict[str, Tensor]:
    """Read a training state. Raises RunError if it is missing, damaged, or of another step than ``step``.

    States of older versions carry no step in their header, but among their tensors.
    """
    tensors = read_tensors(path, step)
    counts = tensors.get("counts")
    if counts is not None and (counts.shape != (2,) or counts.tolist()[0] != step):
        raise damaged(path)
    return tensors


def file_bytes(path: Path) -> int:
    """Return the size of a file; 0 if it is gone, as a training may replace it at any moment."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def compact(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Convert a state to half its bytes: weights to float16, the optimisers' moments to bfloat16.

    Adam's second moments are squares of small gradients: float16 would round them to zero, and updates to infinity.
    """
    import torch

    def smaller(key: str, value: Tensor) -> Tensor:
        if value.dtype != torch.float32 or value.dim() == 0:  # step counts stay exact
            return value
        return value.to(torch.bfloat16 if "_optimizer." in key else torch.float16)

    return {key: smaller(key, value) for key, value in state.items()}


def restored(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Convert the tensors of a compact state back to float32; all others are the same objects."""
    return {
        key: value.float() if value.is_floating_point() and value.element_size() < 4 else value
        for key, value in state.items()
    }


def steps_to_drop(sizes: dict[int, int], max_count: int = MAX_STATES, max_bytes: int = MAX_STATES_BYTES) -> list[int]:
    """Return which steps exceed the limits, given each state's bytes; never the newest."""
    steps = sorted(sizes)
    while len(steps) > 1 and (len(steps) > max_count or sum(sizes[step] for step in steps) > max_bytes):
        steps.pop(_densest(steps))
    return sorted(set(sizes) - set(steps))


def _densest(steps: Sequence[int]) -> int:
    """Return the index whose neighbours are closest relative to their age: samples change fast at first, then slowly.

    0 if there are fewer than three steps.
    """
    if len(steps) < 3:
        return 0
    first = steps[0]
    gaps = [(after - before) / (after - first + 1) for before, after in zip(steps, steps[2:], strict=False)]
    return 1 + gaps.index(min(gaps))
