"""Runs, weights, scripts and static pages of version 0.1.0 open in this version; see fixtures/README.md for what they are."""

from __future__ import annotations

import ast
import csv
import json
import runpy
import shutil
import sys
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import onnxruntime
import pytest
from safetensors.numpy import load_file

from gan_demo.__main__ import main
from tests.component_scan import scan_components_once as scan_components_once
from tests.frozen_files import DELETED, FORK, KILLED, RING, V01, boards, opened, rerun
from tests.frozen_files import frozen as frozen

pytestmark = pytest.mark.usefixtures("one_thread")


def sampled(source: Path | str, folder: Path, *options: str) -> dict[str, np.ndarray[Any, Any]]:
    """Four samples of seed 7 by the command line."""
    out = folder / "sampled.npz"
    assert main(["sample", str(source), "--n", "4", "--seed", "7", "--out", str(out), *options]) == 0
    with np.load(out) as arrays:
        return dict(arrays)


def same_samples(samples: dict[str, np.ndarray[Any, Any]], name: str) -> None:
    """They are those that version 0.1.0 drew, but for rounding."""
    with np.load(V01 / "samples" / f"{name}.npz") as wanted:
        assert samples.keys() == set(wanted.files)
        for key in wanted.files:
            assert (samples[key].shape, samples[key].dtype) == (wanted[key].shape, wanted[key].dtype)
            tolerance = 1 if samples[key].dtype == np.uint8 else 1e-4
            np.testing.assert_allclose(samples[key].astype(float), wanted[key].astype(float), rtol=0, atol=tolerance)


def test_the_command_line_lists_the_runs_with_their_state_and_their_parent(
    frozen: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list"]) == 0
    lines = {words[0]: " ".join(words[1:]) for line in capsys.readouterr().out.splitlines() if (words := line.split())}
    assert lines[RING] == "ring, done, step 49, 2 checkpoints"
    assert lines[FORK] == "ring from step 9, done, step 39, 2 checkpoints"
    assert lines[KILLED] == "digits, training, step 499, 2 checkpoints"
    assert DELETED not in lines


@pytest.mark.parametrize(
    ("run", "step", "name"),
    [(KILLED, "157", "cli-digits-157"), (KILLED, "499", "cli-digits-499"), (RING, "49", "ring-49")],
)
def test_a_checkpoint_draws_the_same_samples(frozen: Path, tmp_path: Path, run: str, step: str, name: str) -> None:
    same_samples(sampled(run, tmp_path, "--step", step), name)


def test_a_run_is_evaluated(frozen: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", RING]) == 0
    results = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert 0 <= float(results["modes"]) <= 8
    assert 0 <= float(results["high_quality"]) <= 1


def test_a_killed_run_goes_on_from_its_last_save_to_where_it_would_have_gone(frozen: Path, tmp_path: Path) -> None:
    more = ["--steps", "519", "--set", "schedule=constant", "--device", "cpu"]
    killed, again = frozen / KILLED, tmp_path / "again"
    assert main(["train", "--fork", KILLED, "--at", "499", "--out", str(again), *more]) == 0
    assert main(["train", "digits", "--resume", "--out", str(killed), *more]) == 0
    end = Path("checkpoints") / "00000519.safetensors"
    assert (killed / end).read_bytes() == (again / end).read_bytes(), "a kept state and the last save are one state"
    start, wanted = (
        load_file(V01 / "home" / KILLED / "checkpoints" / "00000499.safetensors"),
        load_file(V01 / "continued" / end.name),
    )
    resumed = load_file(killed / end)
    weights = [name for name, value in wanted.items() if value.dtype == np.float32]
    moved, apart = (sum(np.square(wanted[k] - other[k]).sum() for k in weights) ** 0.5 for other in (start, resumed))
    assert apart < 0.02 * moved, (
        "2e-5 with other rounding, 0.6 with other random numbers, 1.7 without the optimisers' state"
    )
    assert not (killed / "grids" / "00000612.png").exists(), "what came after the last save is forgotten"
    steps = [json.loads(line)["step"] for line in (killed / "metrics.jsonl").read_text().splitlines()]
    assert steps == sorted(steps)
    assert steps[-1] == 519


def test_a_fork_begins_with_the_settings_that_were_changed_live(frozen: Path, tmp_path: Path) -> None:
    out = tmp_path / "fork"
    assert main(["train", "--fork", RING, "--at", "9", "--steps", "12", "--out", str(out), "--device", "cpu"]) == 0
    train = json.loads((out / "config.json").read_text())["train"]
    assert (train["d_lr"], train["g_lr"], train["r1"]) == (0.002, 0.001, 0.05)
    assert json.loads((out / "run.json").read_text())["parent"] == f"{RING}@9"


def test_a_fork_of_a_fork_goes_on(frozen: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = ["--out", str(tmp_path / "fork"), "--device", "cpu"]
    assert main(["train", "--fork", FORK, "--at", "39", "--steps", "41", *out]) == 0
    assert "done at step 41" in capsys.readouterr().out


def test_a_deleted_run_comes_back_with_undo(frozen: Path) -> None:
    app = opened("train", deleted=[(DELETED, "Ring of 8")], language="en")
    next(button for button in app.button if button.label == "Undo").click()
    rerun(app)
    assert (frozen / DELETED / "run.json").is_file()
    assert f'"{DELETED}"' in boards(opened(f"train?run={DELETED}"))


WEIGHTS = {
    "cli-digits-499.safetensors": "cli-digits-499",
    "mlp.pt": "mlp-pt",
    "dcgan.pth": "dcgan-pth",
    "script.pt": "script-pt",
}


@pytest.mark.parametrize("file", WEIGHTS)
def test_weights_draw_the_same_samples(tmp_path: Path, file: str) -> None:
    options = ["--set", "activation=leaky_relu_0.2"] if file == "mlp.pt" else []  # which older versions assumed
    same_samples(sampled(V01 / "weights" / file, tmp_path, *options), WEIGHTS[file])


@pytest.mark.parametrize("file", WEIGHTS)
def test_uploaded_weights_are_explored(home: Path, file: str) -> None:
    app = opened("explore?native=1")
    app.file_uploader(key="explore.file").set_value(
        (file, (V01 / "weights" / file).read_bytes(), "application/octet-stream")
    )
    rerun(app)
    (chosen,) = [box for box in app.selectbox if box.key == "explore.run"]
    assert file in chosen.options[chosen.index]
    assert [slider for slider in app.slider if slider.key == "explore.psi"]


def test_an_exported_network_draws_what_a_new_export_draws(frozen: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.onnx"
    assert main(["export", KILLED, "--step", "499", "--format", "onnx", "--out", str(new)]) == 0
    z = np.random.default_rng(3).standard_normal((4, 8)).astype(np.float32)
    feeds = {"z": z, "y": np.eye(10, dtype=np.float32)[:4], "psi": np.full(1, 0.7, np.float32)}
    old_x, new_x = (
        onnxruntime.InferenceSession(file.read_bytes()).run(["x"], feeds)[0]
        for file in (V01 / "networks" / f"{KILLED}-499.onnx", new)
    )
    assert np.std(old_x) > 0
    np.testing.assert_allclose(new_x, old_x, rtol=0, atol=1e-4)


def test_an_exported_script_trains_as_it_did_and_its_weights_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    monkeypatch.setattr(sys, "argv", ["train_ring.py", "--out", str(out)])
    runpy.run_path(str(V01 / "scripts" / "train_ring.py"), run_name="__main__")
    resumed, wanted = (
        [[float(value) for value in row.values()] for row in csv.DictReader(file.read_text().splitlines())]
        for file in (out / "losses.csv", V01 / "scripts" / "losses.csv")
    )
    np.testing.assert_allclose(resumed, wanted, rtol=1e-3)
    found_samples = sampled(out / "generator.pt", tmp_path)["samples"]
    with np.load(V01 / "samples" / "script-pt.npz") as samples:
        np.testing.assert_allclose(found_samples, samples["samples"], rtol=0, atol=1e-2)


def test_an_exported_notebook_is_one_and_its_code_compiles() -> None:
    notebook = nbformat.read(V01 / "scripts" / "train_ring.ipynb", as_version=4)
    nbformat.validate(notebook)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert any(isinstance(part, ast.FunctionDef) and part.name == "train" for part in ast.parse(code).body)


@pytest.mark.parametrize("run", [RING, FORK, KILLED])
def test_a_run_becomes_a_script(frozen: Path, tmp_path: Path, run: str) -> None:
    assert main(["export", run, "--format", "py", "--out", str(tmp_path / "train.py")]) == 0
    compile((tmp_path / "train.py").read_text("utf-8"), "train.py", "exec")


def test_a_static_page_takes_the_place_of_an_older_one(frozen: Path, tmp_path: Path) -> None:
    page = tmp_path / "site"
    shutil.copytree(V01 / "site", page)
    assert main(["export", FORK, "--format", "site", "--out", str(page)]) == 0
    assert json.loads((page / "site.json").read_text("utf-8"))["explorer"]["id"] == FORK
