"""Training of a run as a generator of progress, independent of threads, pages and terminals.

for progress in train(run):
    print(progress.step)
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from dataclasses import replace

from gan_demo.data import datasets
from gan_demo.errors import GanDemoError, RunError
from gan_demo.runs.manifest import SavedError
from gan_demo.runs.run_dir import NEW_RUN, RunDir
from gan_demo.runs.status import Status
from gan_demo.training import from_weights
from gan_demo.training.clock import Timing
from gan_demo.training.control import UNCONTROLLED, Control, Progress
from gan_demo.training.devices import check_device
from gan_demo.training.recorder import Recorder

OUT_OF_RESOURCES = "Free memory or disk space, then resume from the last save"


def train(
    run: RunDir,
    *,
    device: str = "cpu",
    seconds: float | None = None,
    data: datasets.Dataset | None = None,
    control: Control = UNCONTROLLED,
    timing: Timing | None = None,
    keep: Callable[[datasets.Dataset], object] = lambda data: None,
    bounded: bool = False,
) -> Generator[Progress, None, None]:
    """Start or resume ``run``, up to ``run.config.train.steps`` steps in all, or for ``seconds`` more of training.

    Yields after every step; closing the generator saves. ``control`` is asked between steps. Throwing ``Suspended``
    saves too; train() with the same ``timing`` then goes on as if nothing had been between. ``keep`` is given the data
    that was loaded; ``bounded`` is that of ``datasets.loading``. Raises DataError (data), ConfigError (settings,
    device), RunError (in use; divergence, where the last good state stays on disk).
    """
    check_device(device)
    with run.writing():
        if run.info.state is None and run.info.checkpoints:
            raise RunError("run", run.id, "has no saved training state, so it cannot be resumed", NEW_RUN)
        from_weights.check(run)
        try:
            if data is None:
                data = yield from _load(run, bounded)
                run.set_refused(data.refused)
                keep(data)
            run.set_config(run.config.fit(data.shape, data.fields))
            yield from Recorder(run, data.to(device), device, control, timing or Timing()).train(seconds)
        except GanDemoError as failure:
            run.set_info(replace(run.info, status=Status.FAILED, error=SavedError.of(failure)))
            raise
        except (OSError, MemoryError, RuntimeError) as failure:
            why = f"{type(failure).__name__}: {failure}".splitlines()[0][:200]
            error = RunError("run", run.id, "stopped with an error. {why}", OUT_OF_RESOURCES, why=why)
            with contextlib.suppress(OSError):  # the disk may be full
                run.set_info(replace(run.info, status=Status.FAILED, error=SavedError.of(error)))
            raise error from failure


def _load(run: RunDir, bounded: bool) -> Generator[Progress, None, datasets.Dataset]:
    """Load the run's data; yields the progress of loading."""
    with contextlib.closing(datasets.loading(run.config.data, run.config.train.seed, bounded)) as steps:
        while True:
            try:
                loading = next(steps)
            except StopIteration as end:
                data: datasets.Dataset = end.value
                return data
            yield Progress("loading", run.info.step, run.config.train.steps, loading=loading)
