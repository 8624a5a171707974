"""Real tiny trainings, and their controls or fork dialog alone on a page."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gan_demo.config import RunConfig
from gan_demo.presets import PRESETS
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import app_state, run_actions
from gan_demo.training.jobs.job import Job
from tests import waiting

ME = "m" * 43
OTHER = "o" * 43
PATIENCE = 60.0
until = functools.partial(waiting.until, patience=PATIENCE)
TINY = PRESETS["ring"].with_settings({"steps": 10**7, "batch": 8, "width": 8, "d_width": 8, "evaluate": "false"})


@pytest.fixture(autouse=True)
def jobs() -> Iterator[None]:
    """Give the test a job manager of its own, and shut it down afterwards."""
    app_state.close_current()
    yield
    app_state.close_current()


def training(config: RunConfig = TINY, *, paused: bool = True) -> tuple[RunDir, Job]:
    """Return a run that has trained for some steps, paused or still training, and its job."""
    run_id = run_actions.start(config, "ring", ME)
    job = app_state.current().jobs.get(run_id)
    assert job is not None
    until(lambda: getattr(job.snapshot.progress, "step", 0) > 2)
    if paused:
        job.pause()
    return library.find(run_id), job


def stopped(config: RunConfig = TINY) -> RunDir:
    """Return a stopped run with a saved training state."""
    run, job = training(config, paused=False)
    job.stop()
    assert job.wait(PATIENCE)
    return RunDir(run.path)


def shown(page: Callable[..., None], language: str = "en", owner: str = ME, **arguments: Any) -> AppTest:
    at = AppTest.from_function(page, default_timeout=PATIENCE, kwargs=arguments)
    at.session_state["owner"] = owner
    at.session_state["language"] = language
    at.run()
    assert not at.exception
    return at


def keys(at: AppTest) -> set[str]:
    return {str(button.key) for button in at.button}


def rerun(page_or_widget: Any) -> AppTest:
    """Return the page after it ran again, with a widget's new value or as it is."""
    at: AppTest = page_or_widget.run()
    assert not at.exception
    return at
