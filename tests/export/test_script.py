"""Exported scripts train without gan_demo, and with the run's own losses and weights, bit for bit."""

from __future__ import annotations

import ast
import csv
import io
import json
import math
import runpy
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from PIL import Image

from gan_demo.cli.main import main
from gan_demo.export.script import build
from gan_demo.export.script.options import ScriptOptions
from gan_demo.gan import latent
from gan_demo.presets import PRESETS
from gan_demo.runs import networks
from gan_demo.runs.run_dir import RunDir
from gan_demo.weights import load
from tests.export.script_runs import CONFIGS, TORCHVISION
from tests.export.script_runs import results as results
from tests.export.scripts import RING, ROOT, STEPS, carry_out, exported, trained


def losses(run: RunDir, after: int = 0) -> dict[int, tuple[float, float]]:
    """(D's, G's) loss by step, as the run wrote them."""
    columns = run.metrics()
    rows = zip(columns["step"], columns["d_loss"], columns["g_loss"], strict=True)
    return {int(step): (d, g) for step, d, g in rows if math.isfinite(d) and step > after}


def written(folder: Path) -> dict[int, tuple[float, float]]:
    """Return the same of a script, with as many digits."""
    rows = csv.DictReader((folder / "losses.csv").read_text().splitlines())
    return {int(row["step"]): tuple(float(f"{float(row[key]):.6g}") for key in ("d_loss", "g_loss")) for row in rows}  # type: ignore[misc]


def same_weights(run: RunDir, folder: Path) -> bool:
    ours = networks.generator(run).state_dict()
    theirs = torch.load(folder / "generator.pt", weights_only=True)["generator"]
    learned = [name for name, value in ours.items() if value.is_floating_point()]
    return ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in learned)


@pytest.mark.parametrize("name", CONFIGS)
def test_the_script_has_the_runs_losses_at_every_step_and_its_weights_bit_for_bit(
    results: dict[str, tuple[RunDir, Path]], name: str
) -> None:
    run, folder = results[name]
    assert written(folder / "out") == losses(run)
    assert list(losses(run)) == list(range(1, STEPS + 1))
    assert same_weights(run, folder / "out")


@pytest.mark.parametrize("name", CONFIGS)
def test_explore_opens_what_the_script_saves(results: dict[str, tuple[RunDir, Path]], name: str) -> None:
    run, folder = results[name]
    loaded = load.load_weights(folder / "out" / "generator.pt")
    z = latent.sample_z(3, run.config.model.z_dim, seed=1)
    y = latent.random_labels(3, loaded.config.labels, seed=1) if loaded.config.labels else None
    assert loaded.config.labels == run.config.model.labels
    assert loaded.config.shape == run.config.model.shape
    assert torch.equal(loaded.generator(z, y), networks.generator(run)(z, y))


@pytest.mark.parametrize("name", ["digits", "faces", "wasserstein"])
def test_the_scripts_picture_shows_the_samples_of_the_runs_own(
    results: dict[str, tuple[RunDir, Path]], name: str
) -> None:
    run, folder = results[name]
    ours = np.asarray(Image.open(io.BytesIO(run.grid_png(STEPS))).convert("RGB"))
    theirs = np.asarray(Image.open(folder / "out" / f"{STEPS:08}.png").convert("RGB"))
    assert np.array_equal(theirs[: ours.shape[0], : ours.shape[1]], ours)


def test_the_picture_of_points_has_them_where_they_lie(results: dict[str, tuple[RunDir, Path]]) -> None:
    run, folder = results["points"]
    picture = np.asarray(Image.open(folder / "out" / f"{STEPS:08}.png"))
    rng = torch.Generator().manual_seed(run.config.train.seed + 1_000_003)
    points = networks.generator(run)(torch.randn(2_000, run.config.model.z_dim, generator=rng))
    x, y = points[0].tolist()
    assert picture[int(min(255, max(0, (2 - y) * 64))), int(min(255, max(0, (2 + x) * 64)))] == 255
    assert 0 < (picture == 255).sum() <= 2_000
    assert {*np.unique(picture)} == {0, 96, 255}  # real ones beneath


def test_a_script_stops_after_the_steps_that_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = trained(tmp_path / "run", RING)
    script = exported(run, tmp_path / "shorter", "ring.py")
    monkeypatch.chdir(script.parent)
    monkeypatch.setattr(sys, "argv", ["ring.py", "--steps", "3"])
    runpy.run_path("ring.py", run_name="__main__")
    assert "step      3" in capsys.readouterr().out
    assert written(script.parent / "ring-out") == {step: row for step, row in losses(run).items() if step <= 3}


def test_a_64_pixel_run_on_own_images_is_repeated_from_their_folder(results: dict[str, tuple[RunDir, Path]]) -> None:
    run, folder = results["own images"]
    assert {path.name for path in folder.iterdir()} == {"pictures", "run", "train.py", "out"}, (
        "no data beside the script"
    )
    assert str(folder) not in (folder / "train.py").read_text()
    assert written(folder / "out") == losses(run)
    assert same_weights(run, folder / "out")
    book = json.loads(build.notebook(run, ScriptOptions("mine.ipynb")))
    cells = {cell["id"]: "".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"}
    assert str(folder) not in str(book)
    assert 'folder = "images"' in cells["run"]
    for cell in cells.values():
        ast.parse(cell)


@pytest.mark.parametrize("name", TORCHVISION)
def test_the_scripts_for_torchvisions_sets_read_them_as_we_do(
    results: dict[str, tuple[RunDir, Path]], name: str
) -> None:
    run, folder = results[name]
    assert written(folder / "out") == losses(run)


@pytest.mark.mnist
def test_the_shipped_tutorial_begins_as_its_script_does(tmp_path: Path) -> None:
    root = ROOT.parent / "shared" / "data"
    if not (root / "MNIST" / "raw").is_dir():
        pytest.skip("the full MNIST is not here")
    config = PRESETS["tutorial"].with_settings({"data.name": "mnist", "root": str(root), "steps": 3, "evaluate": False})
    run = trained(tmp_path / "run", config)
    script = exported(run, tmp_path)
    assert str(root) not in script.read_text()
    carry_out({script: ["--data-root", str(root), "--out", str(tmp_path / "out")]}, tmp_path)
    assert written(tmp_path / "out") == losses(run)


def test_a_fork_of_an_unchanged_fork_is_repeated_from_the_very_beginning(
    results: dict[str, tuple[RunDir, Path]],
) -> None:
    third, folder = results["fork of a fork"]
    first, second = RunDir(folder / "first"), RunDir(folder / "second")
    assert "forks at step 2, 4" in (folder / "train.py").read_text()
    expected = losses(first) | losses(second, 2) | losses(third, 4)
    assert written(folder / "out") == expected
    assert list(expected) == list(range(1, 6))
    assert same_weights(third, folder / "out")


@pytest.mark.parametrize(
    ("name", "language"), [("digits", "en"), ("points", "zh"), ("all penalties", "en"), ("mapping, labels", "zh")]
)
def test_the_notebook_is_valid_and_its_cells_run_from_top_to_bottom_with_the_runs_losses(
    results: dict[str, tuple[RunDir, Path]], name: str, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, _ = results[name]
    path = exported(run, tmp_path, "lesson.ipynb", language)
    book = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(book)
    kinds = [cell.cell_type for cell in book.cells]
    assert kinds[:3] == ["markdown", "markdown", "code"]
    assert kinds[1:].count("markdown") == kinds.count("code")  # each code cell has its explanation
    words = " ".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    assert any("一" <= sign <= "鿿" for sign in words) == (language == "zh")
    monkeypatch.chdir(tmp_path)
    _shown(monkeypatch)
    space: dict[str, object] = {"__name__": "__main__"}
    for cell in book.cells:
        if cell.cell_type == "code":
            exec(cell.source, space)
    assert written(tmp_path / "lesson-out") == losses(run)
    assert SHOWN[-1].endswith(f"{STEPS:08}.png")


SHOWN: list[str] = []


def _shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the place of Jupyter's own display, which only a notebook has."""
    from types import ModuleType

    module = ModuleType("IPython.display")
    module.Image = lambda filename: filename  # type: ignore[attr-defined]
    module.display = SHOWN.append  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", module)


def test_a_weights_file_has_no_script(
    tmp_path: Path, results: dict[str, tuple[RunDir, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    weights = results["points"][1] / "out" / "generator.pt"
    assert main(["export", str(weights), "--format", "py", "--out", str(tmp_path / "x.py")]) == 2
    assert "Give a run's folder or id" in capsys.readouterr().err
