"""The commands that train, resume and fork, and what each of them refuses in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_demo.cli import train
from gan_demo.cli.main import main
from gan_demo.presets import FEW_IMAGES_AUGMENT, PRESETS
from gan_demo.runs.library import list_runs
from gan_demo.runs.run_dir import RunDir
from tests.cli.command_line import ROOT, TINY, mistake
from tests.cli.command_line import finished_runs as finished_runs


def test_a_folder_in_use_is_not_trained_into(finished_runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = RunDir(finished_runs / "ring").info
    assert "already exists" in mistake(capsys, "train", "ring", "--out", str(finished_runs / "ring"), *TINY)
    assert RunDir(finished_runs / "ring").info == before


def test_own_images_are_looked_at_before_a_run_is_made_of_them(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    name = f"{'far' * 40}/my images"  # an error shows all of a path
    folder = tmp_path / name
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("?")
    small = [*TINY, "--steps", "1", "--set", "arch=mlp", "--set", "evaluate=false", "--set", "size=28"]
    train_images = ["train", "images", *small, "--set", f"path=~/{name}", "--out=~/run"]
    assert f"images = {folder}: has too few usable images: 0 of 1" in mistake(capsys, *train_images)
    assert not (tmp_path / "run").exists()
    for k in range(16):
        Image.fromarray(np.full((9, 9, 3), 10 * k, np.uint8)).save(folder / f"{k}.png")
    assert main(train_images) == 0
    run = RunDir(tmp_path / "run")
    assert (run.config.data.path, run.info.name, run.info.step) == (str(folder), "images", 1)
    assert run.refused == [("notes.txt", "it is no picture")]
    assert run.config.train.augment == FEW_IMAGES_AUGMENT
    assert main([*train_images[:-1], "--out=~/plain", "--set", "augment="]) == 0
    assert RunDir(tmp_path / "plain").config.train.augment == ""
    monkeypatch.chdir(home)
    assert main(["train", "images", "--resume", "--steps", "2", "--out", str(run.path), "--set", f"path=~/{name}"]) == 0
    assert "Give one with path=" in mistake(capsys, "train", "images", "--out", str(tmp_path / "other"))


def test_a_run_that_failed_before_its_first_step_leaves_its_name_free(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = RunDir.create(tmp_path / "run", PRESETS["ring"], "ring")
    with failed.writing():
        failed.set_info(replace(failed.info, status="failed"))
        assert "being trained by another process" in mistake(capsys, "train", "ring", *TINY, "--out", str(failed.path))
    assert main(["train", "ring", *TINY, "--steps", "1", "--out", str(failed.path)]) == 0
    with failed.writing():
        failed.set_info(replace(RunDir(failed.path).info, status="failed"))
    assert "already exists" in mistake(capsys, "train", "ring", *TINY, "--out", str(failed.path))


def test_train_then_resume(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = ["--out", str(tmp_path / "run"), "--device", "cpu"]
    assert main(["train", "ring", "--steps", "3", "--seed", "5", *out, *TINY]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("done at step 3, 24 images")
    assert "images/s" in printed.err
    assert "step 3: " in printed.err
    assert ": :" not in printed.err
    assert main(["train", "ring", "--resume", "--steps", "5", *out]) == 0
    run = RunDir(tmp_path / "run")
    assert (run.info.step, run.config.train.seed, run.config.train.batch, run.info.name) == (5, 5, 8, "ring")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--steps", "2"], "steps = 2"),
        (["--seed", "9"], "seed"),
        (["--set", "width=9"], "networks"),
        (["--data", "grid"], "data"),
        (["--set", "optimizer=rmsprop", "--steps", "9"], "optimiser"),
    ],
    ids=str,
)
def test_what_a_resume_cannot_change_is_one_line(
    words: list[str], expected: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = ["--out", str(tmp_path / "run"), "--device", "cpu"]
    assert main(["train", "ring", "--steps", "3", *out, *TINY]) == 0
    capsys.readouterr()
    try:
        code = main(["train", "ring", "--resume", *out, *words])
    except SystemExit as end:
        code = int(end.code or 0)
    printed = capsys.readouterr()
    assert code == 2
    assert expected in printed.err.splitlines()[-1]
    assert "Traceback" not in printed.err
    assert RunDir(tmp_path / "run").info.step == 3


def test_a_refused_resume_leaves_the_settings_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = ["--out", str(tmp_path / "run"), "--device", "cpu"]
    assert main(["train", "ring", "--steps", "3", *out, *TINY]) == 0
    mistake(capsys, "train", "ring", "--resume", "--steps", "2", *out)
    assert RunDir(tmp_path / "run").config.train.steps == 3
    assert main(["train", "ring", "--resume", *out]) == 0


def test_a_run_is_resumed_under_its_own_name(finished_runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "ring" in mistake(
        capsys, "train", "grid", "--resume", "--device", "cpu", "--out", str(finished_runs / "ring")
    )


def test_without_a_place_the_run_goes_among_the_apps(home: Path) -> None:
    assert main(["train", "ring", "--seconds", "0.01", "--device", "cpu", *TINY]) == 0
    (run,) = list_runs(home)
    assert (run.info.name, run.info.status) == ("ring", "done"), "its seconds became its steps"
    assert run.info.step < run.info.plan == PRESETS["ring"].train.steps


def test_ctrl_c_while_loading_is_one_line_and_exit_code_130(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(train, "_train_preset", interrupted)
    assert main(["train", "ring"]) == 130
    assert capsys.readouterr().err == "gan_demo: interrupted; what was trained is kept\n"


def test_a_real_process_trains_and_one_that_is_wrong_ends_with_2(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "gan_demo", *words]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)

    fine = run("train", "ring", "--steps", "2", "--out", "mine", "--device", "cpu", *TINY)
    assert (fine.returncode, fine.stdout.startswith("done at step 2")) == (0, True), fine.stderr
    wrong = run("train", "rings")
    assert (wrong.returncode, wrong.stdout, wrong.stderr.count("\n")) == (2, "", 1)


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a run with saved states at 3 and 6."""
    path = tmp_path_factory.mktemp("parent") / "mine"
    assert main(["train", "ring", "--steps", "3", "--device", "cpu", "--out", str(path), *TINY]) == 0
    assert main(["train", "ring", "--resume", "--steps", "6", "--device", "cpu", "--out", str(path)]) == 0
    return path


def test_a_fork_goes_on_from_a_kept_step(parent: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--fork", str(parent), "--at", "3", "--set", "loss=hinge", "--set", "lr=0.01", "--steps", "9"]
    assert main(["train", *words, "--device", "cpu", "--out", str(tmp_path / "new")]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("done at step 9, 72 images")
    assert "fork of mine at step 3" in printed.err
    assert "images/s" in printed.err
    run = RunDir(tmp_path / "new")
    assert (run.info.parent, run.info.name) == ("mine@3", "ring")
    assert (run.config.train.loss, run.config.train.d_lr, run.config.train.batch) == ("hinge", 0.01, 8)
    assert run.metrics()["step"][0] == 4


def test_the_list_tells_a_fork_from_its_parent(parent: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--fork", str(parent), "--at", "3", "--steps", "8", "--device", "cpu"]) == 0
    assert main(["list"]) == 0
    assert "ring from step 3, done" in capsys.readouterr().out


def test_a_fork_begins_at_the_last_kept_step_and_lies_among_the_apps_runs(parent: Path, home: Path) -> None:
    assert main(["train", "--fork", str(parent), "--steps", "8", "--device", "cpu"]) == 0
    (run,) = list_runs(home)
    assert run.info.parent == "mine@6"
    assert main(["train", "--fork", run.id, "--at", "6", "--steps", "9", "--device", "cpu"]) == 0
    assert {each.info.parent for each in list_runs(home)} == {"mine@6", f"{run.id}@6"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--at", "4"], "Saved steps: 3, 6"),
        (["--at", "x"], "--at"),
        (["--at", "6"], "step 6"),
        (["--steps", "2"], "steps = 2"),
        (["--at", "3", "--seed", "9"], "seed = 9"),
        (["--at", "3", "--set", "width=9"], "width = 9"),
        (["--at", "3", "--data", "grid"], "data.name = grid"),
        (["--at", "3", "--set", "g_lr=x"], "g_lr = x"),
        (["--at", "3", "--set", "loss=best"], "loss = best"),
        (["--at", "3", "--resume"], "--resume"),
        (["ring", "--at", "3"], "PRESET"),
        (["--at", "3", "--device", "abacus"], "device = abacus"),
    ],
    ids=str,
)
def test_a_fork_that_cannot_be_is_one_line_and_leaves_nothing_behind(
    words: list[str], expected: str, parent: Path, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    assert expected in mistake(capsys, "train", "--fork", str(parent), *words)
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["ring", "--at", "3"], "--fork RUN"),
        (["--fork", "missing"], "missing"),
        (["--fork", "digits"], "Give more steps"),
        (["--fork", "../etc"], "etc"),
    ],
    ids=str,
)
def test_a_run_that_cannot_be_forked_is_one_line(
    words: list[str], expected: str, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    assert expected in mistake(capsys, "train", *words)
    assert list(home.iterdir()) == []


def test_settings_changed_by_a_resume_are_noted(parent: Path) -> None:
    assert [change["now"] for change in RunDir(parent).changes()] == [
        {"restart": 3, "restart_factor": 0.0, "schedule_from": 3, "steps": 6}
    ]
    assert RunDir(parent).config_at(2).train.steps == 3
