"""``python -m tests.browser.slow_app run app.py`` is ``streamlit run app.py`` with trainings that rest after each step.

A training of points takes a whole processor, which the browser beside it needs more; what the tests wait for follows
the training's clock, which counts the rests.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from streamlit.web.cli import main

from gan_demo.training import recorder

REST = 0.005  # seconds after each step; a step of the ring takes a third of it

train_step = recorder.train_step


def rested_step(*arguments: Any) -> Any:
    """Take a step, then leave the processor to others."""
    report = train_step(*arguments)
    time.sleep(REST)
    return report


if __name__ == "__main__":
    recorder.train_step = rested_step
    sys.exit(main(prog_name="streamlit"))
