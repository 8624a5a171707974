"""``python -m tests.browser.slow_app run app.py`` is ``streamlit run app.py`` as browser tests need it.

Trainings rest after each step: a training of points takes a whole processor, which the browser beside it needs more.
What the tests wait for follows the training's clock, which counts the rests. A training started from a card has ten
minutes instead of one, so that it outlasts the tests that share it. When it ends, no explorer files are computed that no
test asks for. SIGUSR1 stops all trainings, queued ones
too; when the last has ended, a file IDLE appears in the folder of the runs.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from typing import Any

from gan_demo import presets
from gan_demo.errors import JobError
from gan_demo.explorer.workers import ExplorerWorkers
from gan_demo.runs import library
from gan_demo.service import app_state
from gan_demo.training import recorder

REST = 0.01  # seconds after each step; a step of the ring takes a sixth of it
TIME_BUDGET = 600.0  # seconds of training
IDLE = ".idle"

train_step = recorder.train_step


def rested_step(*arguments: Any) -> Any:
    """Take a step, then leave the processor to others."""
    report = train_step(*arguments)
    time.sleep(REST)
    return report


def stop_trainings() -> None:
    """Stop every training, wait until all have ended, then write the file IDLE."""
    jobs = app_state.current().jobs
    alive = [job for job in jobs.jobs() if not job.done]
    for job in reversed(alive):  # those that wait first, so that none begins
        try:
            jobs.cancel(job.id, job.owner)
        except JobError:
            continue  # it was forgotten meanwhile, so it has ended
    for job in alive:
        job.wait()
    (library.home() / IDLE).touch()


if __name__ == "__main__":
    from streamlit.web.cli import main

    recorder.train_step = rested_step
    presets.TIME_BUDGET = TIME_BUDGET
    ExplorerWorkers.prepare = lambda *_: None  # type: ignore[method-assign]
    signal.signal(signal.SIGUSR1, lambda *_: threading.Thread(target=stop_trainings).start())
    sys.exit(main(prog_name="streamlit"))
