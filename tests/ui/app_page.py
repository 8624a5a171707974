"""Pages of the app in AppTest with jobs behind them: what is pressed, what is shown, runs and jobs that a test needs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gan_demo.config import RunConfig
from gan_demo.presets import PRESETS
from gan_demo.runs import library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import app_state, run_actions
from gan_demo.training.control import Progress
from gan_demo.training.jobs.job import Job
from gan_demo.ui import session

MAIN = Path(session.__file__).parent / "main.py"
ME = "m" * 43
OTHER = "o" * 43
PATIENCE = 60.0
TINY = PRESETS["ring"].with_settings({"steps": 30, "batch": 16, "width": 8, "d_width": 8, "evaluate": "false"})


@pytest.fixture(autouse=True)
def jobs() -> Iterator[None]:
    """Give the test a job manager of its own, and shut it down afterwards."""
    app_state.close_current()
    yield
    for gate in GATES:
        gate.set()
    GATES.clear()
    app_state.close_current()


def app(page: str = "home", *, owner: str = ME, language: str = "en", **query: str) -> AppTest:
    """Return a page after its first run."""
    at = AppTest.from_file(str(MAIN), default_timeout=PATIENCE)
    at.session_state["owner"] = owner
    at.session_state["language"] = language
    for key, value in query.items():
        at.query_params[key] = value
    if page != "home":
        at.switch_page(f"{page}.py")
    at.run()
    assert not at.exception
    return at


def press(at: AppTest, key: str) -> AppTest:
    """Press the button with this key."""
    at.button(key).click().run()
    assert not at.exception
    return at


def linked(at: AppTest) -> RunDir:
    """Return the run in the page's address."""
    value = at.query_params["run"]
    return library.find(value if isinstance(value, str) else value[0])


def keys(at: AppTest) -> set[str]:
    return {str(button.key) for button in at.button}


def words(at: AppTest) -> str:
    """Return all text of the page."""
    parts = [*at.title, *at.markdown, *at.caption, *at.error, *at.warning, *at.success, *at.info, *at.header]
    return "\n".join(str(part.value) for part in parts)


def finished(config: RunConfig = TINY, owner: str = ME, name: str = "ring") -> RunDir:
    """Return a run that trained to its end."""
    run_id = run_actions.start(config, name, owner)
    job = app_state.current().jobs.get(run_id)
    assert job is not None
    assert job.wait(PATIENCE)
    assert job.snapshot.status is Status.DONE, job.snapshot.error
    return library.find(run_id)


GATES: list[threading.Event] = []  # each holds a device until it is set


def occupied() -> None:
    """Hold the device, so that what is started from now on only waits for its first turn."""
    gate = threading.Event()
    GATES.append(gate)

    def wait(job: Job) -> Iterator[Any]:
        gate.wait(PATIENCE)
        yield Progress("training", step=1)

    job = app_state.current().jobs.submit(f"gate-{len(GATES)}", "faces", OTHER, "cpu", wait)
    ticking = threading.Event()
    while job.snapshot.status is Status.QUEUED:
        ticking.wait(0.002)


class RepeatingJob:
    """A job that yields the same items again and again until it is stopped."""

    def __init__(self, owner: str = ME, name: str = "digits") -> None:
        self.run = RunDir.create(library.home() / library.new_id(name), PRESETS[name], name)
        ownership.claim(self.run, owner)
        self.items: list[Any] = [Progress("training", step=1, steps=100, images_per_second=10.0, seconds_left=90.0)]
        self.go = threading.Event()
        self.job = app_state.current().jobs.submit(self.run.id, name, owner, "cpu", self._make)

    def _make(self, job: Job) -> Iterator[Any]:
        while True:
            for item in self.items:
                if isinstance(item, BaseException):
                    raise item
                yield item
            self.go.wait(0.01)

    def until(self, condition: Callable[[Job], bool]) -> RepeatingJob:
        ticking = threading.Event()
        for _ in range(int(PATIENCE * 100)):
            if condition(self.job):
                return self
            ticking.wait(0.01)
        raise AssertionError(self.job.snapshot)

    def running(self) -> RepeatingJob:
        return self.until(lambda job: job.snapshot.status is Status.RUNNING and job.snapshot.progress is not None)


def choose(at: AppTest, files: list[tuple[str, bytes, str]], source: str = "files") -> AppTest:
    """Choose own images in the open dialog, and wait until they were looked at."""
    (uploader,) = (field for field in at.file_uploader if str(field.key).startswith(f"own-images-{source}"))
    at = uploader.set_value(files).run()
    assert not at.exception
    return at


def field(at: AppTest, kind: str, name: str) -> Any:
    """Return the widget of a setting, whichever draft it belongs to."""
    fields = [widget for widget in at.get(kind) if str(widget.key).startswith(f"draft.{name}.")]
    assert len(fields) == 1, name
    return fields[0]
