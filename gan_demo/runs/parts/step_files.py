"""Tensors saved along a run, a file for each step, some of which may be damaged.

Which checkpoint is the newest intact one is decided here, for pages, routes, exports and the command line alike.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from gan_demo.errors import RunError
from gan_demo.runs.parts.files import verify

log = logging.getLogger(__name__)


class StepFiles:
    """The files ``00000500.safetensors`` in ``folder``, which need not exist."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, step: int) -> Path:
        """Return the file of a step."""
        return self.folder / f"{step:08d}.safetensors"

    def intact(self, steps: Sequence[int]) -> list[int]:
        """Return those of ``steps`` whose file is intact. A file is read again only when it has changed."""
        return [step for step in steps if self._damage(step) is None]

    def newest(self, steps: Sequence[int]) -> int:
        """Return the last of ``steps``, ascending, whose file is intact; log damaged ones after it.

        Raises RunError, that of the last of them, if none is.
        """
        damage: RunError | None = None
        for step in reversed(steps):
            failure = self._damage(step)
            if failure is None:
                if damage is not None:
                    log.warning("%s: %s That of step %d is used instead.", self.folder.parent.name, damage, step)
                return step
            damage = damage or failure
        assert damage is not None, "there are steps"
        raise damage

    def _damage(self, step: int) -> RunError | None:
        try:
            verify(self.path(step), step)
        except RunError as failure:
            return failure
        return None
