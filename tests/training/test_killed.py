"""A training in a process of its own, killed or interrupted: it opens, and goes on bit for bit."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from gan_demo.cli.main import main
from gan_demo.runs import networks
from gan_demo.runs.run_dir import RunDir
from tests.training.small_runs import CONFIGS, differing, go, new_run

ROOT = Path(__file__).resolve().parents[2]
STEPS = 4_000  # some six seconds; the first state is saved after two


def command_line(run: Path, *more: str, steps: int = STEPS) -> list[str]:
    """Return the command line of a small run."""
    settings = {"batch": 16, "width": 16, "d_width": 16, "steps": steps, "ema": 0.9, "schedule": "constant"}
    sets = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    return ["train", "ring", "--out", str(run), "--device", "cpu", *sets, *more]


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start Python with these arguments."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def wait_for(process: subprocess.Popen[bytes], happened: Callable[[], bool]) -> None:
    """Until it happened, or the process ended."""
    pulse = threading.Event()
    while not happened() and process.poll() is None:
        pulse.wait(0.005)


def rows(run: Path) -> int:
    file = run / "metrics.jsonl"
    return file.read_bytes().count(b"\n") if file.is_file() else 0


def saved(run: Path) -> int:
    """Return the step of the state that the manifest names."""
    return RunDir(run).info.state or 0 if (run / "run.json").is_file() else 0


def assert_whole(path: Path) -> RunDir:
    """Check that a run opens, its rows parse and its newest weights load."""
    run = RunDir(path)
    columns = run.metrics()
    assert len({len(column) for column in columns.values()}) <= 1
    if run.checkpoints:
        assert all(torch.isfinite(value).all() for value in networks.generator(run).state_dict().values())
    for step in run.states:
        assert int(run.load_state_at(step)["counts"][0]) == step
    for grid in run.grids:
        assert run.grid_png(grid).endswith(b"IEND\xaeB`\x82")
    return run


KILLED_AT_STEP_9 = """
import os, signal, sys
from pathlib import Path
from gan_demo.runs.run_dir import RunDir
from gan_demo.training import recorder
from gan_demo.training.control import Progress, Uncontrolled
from gan_demo.training.trainer import train
recorder.FIRST_SAVE = 0.0
for progress in train(RunDir(Path(sys.argv[1])), control=Uncontrolled(stepping=True)):
    if progress.step == 9:
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell how a process was ended")
def test_a_killed_run_opens_and_ends_as_if_it_never_was(tmp_path: Path) -> None:
    """Killed with rows and pictures after its only saved state."""
    config = CONFIGS["points with penalties"]
    undisturbed, run = new_run(tmp_path / "undisturbed", config), new_run(tmp_path / "run", config)
    go(undisturbed)
    process = start(tmp_path, "-c", KILLED_AT_STEP_9, str(run.path))
    _, errors = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, errors
    killed = assert_whole(run.path)
    assert (killed.info.status, killed.info.state, killed.metrics()["step"]) == ("training", 1, list(range(1, 10)))
    go(RunDir(run.path))
    assert assert_whole(run.path).info.status == "done"
    assert differing(undisturbed, RunDir(run.path)) == []


@pytest.mark.soak
@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell how a process was ended")
def test_a_run_killed_at_random_moments_opens_and_ends_as_if_it_never_was(tmp_path: Path) -> None:
    undisturbed, path = tmp_path / "undisturbed", tmp_path / "run"
    assert main(command_line(undisturbed)) == 0
    chance = random.Random(2)
    rows_before, rows_after = chance.randint(1, 4), chance.randint(1, 9)
    killed, states = 0, []
    for moment in (
        lambda: (path / "run.json").is_file(),  # as early as there is anything to open
        lambda: rows(path) >= rows_before,
        lambda: saved(path) > 0,
        lambda: saved(path) > 0 and rows(path) >= rows_before + rows_after,
    ):
        resumed = ["--resume"] if (path / "run.json").is_file() else []
        process = start(tmp_path, "-m", "gan_demo", *command_line(path, *resumed))
        wait_for(process, moment)
        process.kill()
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        states.append(assert_whole(path).info.state)
    assert killed >= 3
    assert states[0] is None
    assert states[-1]
    assert main(command_line(path, "--resume")) == 0
    assert assert_whole(path).info.status == "done"
    assert differing(RunDir(undisturbed), RunDir(path)) == []


@pytest.mark.skipif(os.name == "nt", reason="on Windows no program can press Ctrl-C for a single other one")
def test_ctrl_c_keeps_a_run_that_goes_on_bit_for_bit(tmp_path: Path) -> None:
    undisturbed, path = tmp_path / "undisturbed", tmp_path / "run"
    process = start(tmp_path, "-m", "gan_demo", *command_line(path, steps=10**6))
    wait_for(process, lambda: rows(path) > 0)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130, errors
    assert b"what was trained is kept" in errors
    assert b"Traceback" not in errors
    stopped = RunDir(path).info
    assert stopped.status == "stopped"
    assert stopped.step > 0
    steps = stopped.step + 20
    assert main(command_line(path, "--resume", steps=steps)) == 0
    assert main(command_line(undisturbed, steps=steps)) == 0
    assert differing(RunDir(undisturbed), RunDir(path)) == []
