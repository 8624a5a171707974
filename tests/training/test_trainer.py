"""Training a run: bit-exact after a stop, the same however it is watched, and safe when numbers break."""

from __future__ import annotations

import dataclasses
import math
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch import Tensor

from gan_demo.cli.main import main
from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.data.datasets import Dataset
from gan_demo.errors import ConfigError, DataError, RunError
from gan_demo.runs import networks
from gan_demo.runs.resuming import load_state
from gan_demo.runs.run_dir import RunDir
from gan_demo.training import recorder
from gan_demo.training.control import Progress, Uncontrolled
from gan_demo.training.step import StepReport, train_step
from gan_demo.training.trainer import train

ROOT = Path(__file__).resolve().parents[2]
POINTS = ModelConfig("points", 2, 8, 8, 2)
RING = RunConfig(DataConfig("ring"), POINTS, TrainConfig(batch=8, steps=12, evaluate=False))
IMAGES = DataConfig("digits", limit=64)
CONFIGS = {
    "mlp": RunConfig(IMAGES, ModelConfig("mlp", 6, 1, 1), TrainConfig(batch=8, steps=12, evaluate=False)),
    "conditional dcgan": RunConfig(
        IMAGES,
        ModelConfig("dcgan", 6, 4, 4, conditional=True),
        TrainConfig("hinge", batch=8, steps=12, evaluate=False, ema=0.9),
    ),
    "faces, flipped": RunConfig(
        DataConfig("faces", limit=64, flip=True),
        ModelConfig("dcgan", 6, 4, 4, mapping=1, conditional=True),
        TrainConfig(batch=8, steps=12, evaluate=False, ema=0.9),
    ),
    "augmented": RunConfig(
        DataConfig("faces", limit=64),
        ModelConfig("dcgan", 6, 4, 4),
        TrainConfig("relativistic", batch=8, steps=12, evaluate=False, augment="color-translation-cutout", ema=0.9),
    ),
    "points with penalties": RunConfig(
        DataConfig("grid"),
        POINTS,
        TrainConfig(
            "relativistic",
            batch=8,
            steps=12,
            evaluate=False,
            r1=0.5,
            r2=0.5,
            penalty_every=3,
            schedule="cosine",
            ema=0.99,
        ),
    ),
    "wasserstein": RunConfig(
        DataConfig("ring"),
        POINTS,
        TrainConfig("wasserstein", batch=8, steps=12, evaluate=False, gp=1.0, d_steps=3, warmup=5),
    ),
    "rmsprop": dataclasses.replace(RING, train=dataclasses.replace(RING.train, optimizer="rmsprop")),
    "sgd": dataclasses.replace(RING, train=dataclasses.replace(RING.train, optimizer="sgd", beta1=0.0)),
}


def new_run(path: Path, config: RunConfig = RING, **changes: object) -> RunDir:
    train_config = dataclasses.replace(config.train, **changes)  # type: ignore[arg-type]
    return RunDir.create(path, dataclasses.replace(config, train=train_config), "test")


def go(run: RunDir, until: int | None = None, **options: object) -> list[Progress]:
    """Train to the end, or stop after so many steps."""
    seen = []
    steps = train(run, **options)  # type: ignore[arg-type]
    for progress in steps:
        seen.append(progress)
        if progress.step == until:
            break
    steps.close()
    return seen


def state_of(run: RunDir) -> dict[str, Tensor]:
    found = load_state(RunDir(run.path))
    assert found is not None
    return found


def differing(a: RunDir, b: RunDir) -> list[str]:
    """Return the parts of two runs' states that differ in any bit."""
    first, other = state_of(a), state_of(b)
    assert first.keys() == other.keys()
    return [key for key in first if not torch.equal(first[key], other[key])]


# ---- a run from its beginning to its end


def test_a_run_yields_each_step_and_leaves_all_that_was_promised(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", CONFIGS["conditional dcgan"], evaluate=True)
    seen = [each for each in go(run) if each.phase != "loading"]
    assert [each.step for each in seen] == [*range(13), 12]
    assert [each.phase for each in seen] == ["training"] * 13 + ["done"]
    assert [each.images for each in seen][-1] == 96
    assert all(a.seconds <= b.seconds for a, b in pairwise(seen))
    assert seen[-1].images_per_second > 0
    again = RunDir(run.path)
    assert (again.info.status, again.info.step, again.info.state, again.info.error) == ("done", 12, 12, None)
    assert again.config.model.shape == (1, 28, 28)
    assert again.checkpoints[-1] == again.states[-1] == again.grids[-1] == 12
    assert again.grids[0] == 0
    assert networks.generator(again)(torch.zeros(1, 6), torch.eye(10)[:1]).shape == (1, 1, 28, 28)
    columns = again.metrics()
    assert columns["step"][-1] == 12
    for name in (
        "d_loss",
        "g_loss",
        "d_real",
        "d_fake",
        "d_grad",
        "g_grad",
        "d_lr",
        "g_lr",
        "images_per_second",
        "penalty",
    ):
        assert math.isfinite(columns[name][0]), name
    assert columns["fcd"]
    assert list(again.path.glob(".*.*.*.*")) == []


def test_the_kept_generator_is_the_moving_average(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", CONFIGS["points with penalties"])
    go(run)
    kept, state = networks.generator(run).state_dict(), state_of(run)
    assert all(torch.equal(value, state[f"ema.{key}"]) for key, value in kept.items())
    assert any(not torch.equal(value, state[f"G.{key}"]) for key, value in kept.items())


def test_the_same_seed_gives_the_same_run_and_another_seed_another(tmp_path: Path) -> None:
    runs = [new_run(tmp_path / str(k), seed=seed) for k, seed in enumerate((1, 1, 2))]
    for run in runs:
        go(run)
    assert differing(runs[0], runs[1]) == []
    assert "G.net.0.weight" in differing(runs[0], runs[2])


# ---- stopping and going on


@pytest.mark.parametrize("name", CONFIGS)
def test_a_run_that_was_stopped_goes_on_bit_for_bit(name: str, tmp_path: Path) -> None:
    straight, stopped = (new_run(tmp_path / each, CONFIGS[name]) for each in ("straight", "stopped"))
    go(straight)
    for until in (1, 5, 6):
        go(RunDir(stopped.path), until)
        info = RunDir(stopped.path).info
        assert (info.status, info.step, info.state) == ("stopped", until, until)
    go(RunDir(stopped.path))
    assert RunDir(stopped.path).info.status == "done"
    assert differing(straight, stopped) == []


def test_a_run_stopped_before_its_first_step_goes_on(tmp_path: Path) -> None:
    straight, stopped = new_run(tmp_path / "straight"), new_run(tmp_path / "stopped")
    go(straight)
    go(stopped, 0)
    assert RunDir(stopped.path).info.state == 0
    go(RunDir(stopped.path))
    assert differing(straight, stopped) == []


def test_a_run_closed_before_it_began_is_still_new(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")
    train(run).close()
    assert RunDir(run.path).info.status == "new"


def test_watching_does_not_change_what_is_learned(tmp_path: Path) -> None:
    """Evaluations, and a full record of every step, draw from generators of their own."""
    config = CONFIGS["conditional dcgan"]
    plain = new_run(tmp_path / "plain", config)
    watched = new_run(tmp_path / "watched", config, evaluate=True)
    go(plain)
    go(watched, control=Uncontrolled(stepping=True))
    assert any(math.isfinite(value) for value in watched.metrics()["fcd"])
    assert "fcd" not in plain.metrics()
    assert differing(plain, watched) == []


def test_stepping_records_each_step_in_full(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", steps=6)
    seen = go(run, control=Uncontrolled(stepping=True))
    trained = [each for each in seen if each.phase == "training" and each.step > 0]
    assert all(each.scalars is not None and each.grid == each.step for each in trained)
    assert run.metrics()["step"] == [1, 2, 3, 4, 5, 6]
    assert run.grids == list(range(7))


def test_more_steps_go_on_from_the_end(tmp_path: Path) -> None:
    straight, longer = new_run(tmp_path / "straight", steps=9), new_run(tmp_path / "longer", steps=4)
    go(straight)
    go(longer)
    longer.set_config(dataclasses.replace(longer.config, train=straight.config.train))
    go(RunDir(longer.path))
    assert RunDir(longer.path).info.step == 9
    assert differing(straight, longer) == []


def test_a_done_run_stays_done(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", steps=3)
    go(run)
    before = state_of(run)
    go(RunDir(run.path))
    assert RunDir(run.path).info.status == "done"
    assert all(torch.equal(before[key], value) for key, value in state_of(run).items())


def test_fewer_steps_than_are_done_are_refused(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", steps=5)
    go(run)
    run.set_config(dataclasses.replace(run.config, train=dataclasses.replace(run.config.train, steps=4)))
    with pytest.raises(ConfigError) as caught:
        go(run)
    assert (caught.value.field, caught.value.details["done"]) == ("steps", 5)


def test_settings_that_the_state_does_not_fit_are_refused(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", steps=3)
    go(run)
    run.set_config(run.config.with_settings({"optimizer": "rmsprop", "steps": 9}))
    with pytest.raises(RunError) as caught:
        go(run)
    assert caught.value.problem == "does not fit the settings"


def test_rows_after_the_last_state_are_forgotten(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")
    go(run, 5, control=Uncontrolled(stepping=True))
    run.append({"step": 6, "d_loss": 123.0})
    run.add_grid(7, b"from a future that was lost")
    go(RunDir(run.path), control=Uncontrolled(stepping=True))
    columns = RunDir(run.path).metrics()
    assert columns["step"] == list(range(1, 13))
    assert 123.0 not in columns["d_loss"]
    assert run.grid_png(7) != b"from a future that was lost"


def test_seconds_end_a_run_that_could_go_on(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", steps=10**8)
    seen = go(run, seconds=0.05)
    assert seen[-1].phase == "done"
    info = RunDir(run.path).info
    assert info.status == "stopped"
    assert info.step == seen[-1].step > 0
    assert info.seconds >= 0.05


def test_seconds_count_on_from_the_session_before_and_leave_pauses_out(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", steps=10**8)
    go(run, seconds=0.05)
    first = RunDir(run.path).info.seconds
    seen = go(RunDir(run.path), seconds=0.05)
    trained = [each.seconds for each in seen if each.phase == "training"]
    assert first <= trained[0] < first + 0.05
    assert RunDir(run.path).info.seconds >= first + 0.05


# ---- when numbers break


def poison(at: int, value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """G's weights become ``value`` in the step ``at``."""

    def poisoned(*arguments: object) -> StepReport:
        report = train_step(*arguments)  # type: ignore[arg-type]
        state = arguments[0]
        if state.step == at:  # type: ignore[attr-defined]
            with torch.no_grad():
                next(state.G.parameters()).fill_(value)  # type: ignore[attr-defined]
        return report

    monkeypatch.setattr(recorder, "train_step", poisoned)
    monkeypatch.setattr(recorder, "FIRST_SAVE", math.inf)  # on a slow machine it would come before the step


def assert_failed_with_a_good_state(run: RunDir, at: int) -> None:
    again = RunDir(run.path)
    assert again.info.status == "failed"
    assert again.info.error is not None
    assert "step" in str(again.info.error.error())
    assert again.info.step == again.info.state == again.checkpoints[-1] == at
    assert all(torch.isfinite(value).all() for value in networks.generator(again).state_dict().values())
    assert all(torch.isfinite(value).all() for value in state_of(again).values())


@pytest.mark.parametrize("name", ["mlp", "points with penalties", "conditional dcgan"])
@pytest.mark.parametrize("watched", [False, True])
def test_weights_that_are_no_numbers_end_the_run_and_the_last_good_state_stays(
    name: str, watched: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run(tmp_path / "run", CONFIGS[name])
    go(run, 4)
    poison(7, math.nan, monkeypatch)
    with pytest.raises(RunError) as caught:
        go(RunDir(run.path), control=Uncontrolled(stepping=watched))
    assert "became NaN" in caught.value.problem
    assert_failed_with_a_good_state(run, 4)


def test_a_divergence_promises_no_checkpoint_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = new_run(tmp_path / "run")
    with monkeypatch.context() as patch:
        poison(2, math.nan, patch)
        with pytest.raises(RunError) as early:
            go(run, control=Uncontrolled(stepping=True))
    assert run.checkpoints == []
    assert "checkpoint" not in str(early.value)
    other = new_run(tmp_path / "other")
    go(other, 4)
    poison(7, math.nan, monkeypatch)
    with pytest.raises(RunError, match="the last good checkpoint is kept"):
        go(RunDir(other.path), control=Uncontrolled(stepping=True))


def test_breaking_in_the_very_last_step_is_a_failure_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = new_run(tmp_path / "run")
    go(run, 4)
    poison(12, math.inf, monkeypatch)
    seen: list[Progress] = []
    with pytest.raises(RunError):
        seen.extend(train(RunDir(run.path)))
    assert "done" not in [each.phase for each in seen]
    assert_failed_with_a_good_state(run, 4)


def test_stopping_a_run_whose_weights_just_broke_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = new_run(tmp_path / "run")
    go(run, 4)
    poison(6, math.nan, monkeypatch)
    monkeypatch.setattr(recorder.Recorder, "_row", lambda self: None)  # the stop comes before the next look
    with pytest.raises(RunError):
        go(RunDir(run.path), 6)
    assert_failed_with_a_good_state(run, 4)


def test_a_loss_beyond_all_measure_ends_the_run(tmp_path: Path) -> None:
    config = RING.with_settings({"loss": "wasserstein", "optimizer": "sgd", "lr": 10, "beta1": 0.9, "steps": 5_000})
    run = new_run(tmp_path / "run", config)
    go(run, 1)
    with pytest.raises(RunError) as caught:
        go(RunDir(run.path), control=Uncontrolled(stepping=True))
    assert caught.value.field in ("d_loss", "g_loss", "weights")
    assert RunDir(run.path).info.status == "failed"
    assert all(torch.isfinite(value).all() for value in networks.generator(run).state_dict().values())


def test_a_failed_run_can_go_on_from_its_last_good_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    straight, run = new_run(tmp_path / "straight"), new_run(tmp_path / "run")
    go(straight)
    go(run, 4)
    with monkeypatch.context() as broken:
        poison(7, math.nan, broken)
        with pytest.raises(RunError):
            go(RunDir(run.path))
    go(RunDir(run.path))
    assert RunDir(run.path).info.error is None
    assert differing(straight, run) == []


def test_any_other_failure_leaves_the_last_good_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> StepReport:
        report = train_step(*arguments)  # type: ignore[arg-type]
        if arguments[0].step == 7:  # type: ignore[attr-defined]
            raise MemoryError
        return report

    straight, run = new_run(tmp_path / "straight"), new_run(tmp_path / "run")
    go(straight)
    go(run, 4)
    with monkeypatch.context() as patched:
        patched.setattr(recorder, "train_step", broken)
        with pytest.raises(RunError, match="stopped with an error"):
            go(RunDir(run.path))
    assert (RunDir(run.path).info.status, RunDir(run.path).info.step) == ("failed", 4)
    go(RunDir(run.path))
    assert differing(straight, run) == []


# ---- what cannot be trained


def test_a_run_has_one_trainer(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")
    steps = train(run)
    next(steps)
    with pytest.raises(RunError) as caught:
        go(RunDir(run.path))
    assert caught.value.problem == "is being trained by another process"
    steps.close()
    assert go(RunDir(run.path))[-1].phase == "done"


@pytest.mark.parametrize("device", ["cuda:99", "meta", "gpu", "", "cpu:x"])
def test_a_device_that_is_not_here_is_refused(device: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        go(new_run(tmp_path / "run"), device=device)
    assert (caught.value.field, caught.value.value) == ("device", device)


def test_data_that_cannot_be_had_fails_the_run(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", dataclasses.replace(RING, data=DataConfig("nonsense")))
    with pytest.raises(DataError):
        go(run)
    assert RunDir(run.path).info.status == "failed"


def test_networks_that_do_not_fit_the_data_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        go(new_run(tmp_path / "run", dataclasses.replace(RING, data=IMAGES)))
    assert caught.value.field == "arch"


def test_data_can_be_handed_over(tmp_path: Path) -> None:
    data = Dataset("ring", torch.zeros(10, 2), torch.zeros(10, 0, dtype=torch.int64), ())
    run = new_run(tmp_path / "run")
    assert all(each.phase != "loading" for each in go(run, data=data))
    assert RunDir(run.path).info.status == "done"


def test_every_kind_of_label_gives_a_picture(tmp_path: Path) -> None:
    for name in ("mlp", "conditional dcgan", "faces, flipped", "points with penalties"):
        run = new_run(tmp_path / name, CONFIGS[name], steps=1)
        go(run)
        assert run.grid_png(1).startswith(b"\x89PNG")


# ---- a real process, killed


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
