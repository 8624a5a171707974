"""The Explore page in AppTest: runs of untrained generators, the page opened on one, and its errors."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gan_demo.config import DataConfig, ModelConfig, RunConfig
from gan_demo.data.datasets import DIGIT
from gan_demo.gan.models.build import build_generator
from gan_demo.runs.run_dir import RunDir
from gan_demo.ui import session

PAGE = Path(__file__).resolve().parents[2] / "gan_demo/ui/explore.py"
DIGITS = ModelConfig(arch="mlp", z_dim=20, width=2, conditional=True, shape=(1, 28, 28), labels=DIGIT)
PLAIN = ModelConfig(arch="mlp", z_dim=12, width=2, shape=(1, 28, 28))
RING = ModelConfig(arch="points", z_dim=3, width=8, shape=(2,))


@pytest.fixture(autouse=True)
def _somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest has no cookies to know a visitor by, and a repository may have no shipped models yet, or many."""
    monkeypatch.setattr(session, "owner", lambda: "somebody")
    monkeypatch.setattr("gan_demo.runs.library.PRETRAINED", Path("/nowhere"))


def make_run(home: Path, name: str, model: ModelConfig, data: str, steps: tuple[int, ...] = (10, 20, 30)) -> RunDir:
    """Create an untrained run with a checkpoint at each of ``steps``."""
    run = RunDir.create(home / name, RunConfig(DataConfig(data), model), name)
    for step in steps:
        run.add_checkpoint(step, build_generator(model, seed=step).state_dict())
    run.set_info(dataclasses.replace(run.info, status="done", step=max(steps, default=0), checkpoints=steps))
    return run


def opened(run: str = "", **query: str) -> AppTest:
    """Return the page with the controls that need no browser."""
    app = AppTest.from_file(str(PAGE), default_timeout=60)
    for name, value in ({"native": "1"} | ({"run": run} if run else {}) | query).items():
        app.query_params[name] = value
    return ran(app)


def ran(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception, app.exception
    return app


def errors(app: AppTest) -> str:
    return " ".join(each.value for each in app.error)
