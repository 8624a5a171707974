"""Exported scripts and notebooks: without gan_demo, and with the run's own losses and weights, bit for bit."""

from __future__ import annotations

import ast
import csv
import dataclasses
import io
import json
import math
import os
import re
import runpy
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
import torch
from PIL import Image

from gan_demo import own_points
from gan_demo.cli.main import main
from gan_demo.config import DataConfig, LabelField, ModelConfig, RunConfig, TrainConfig
from gan_demo.data import datasets
from gan_demo.data import points as data_points
from gan_demo.errors import RunError
from gan_demo.export.script import build
from gan_demo.export.script.context import script_context
from gan_demo.export.script.history import history
from gan_demo.export.script.notes import sentences
from gan_demo.export.script.options import DATA_FILES, ScriptOptions
from gan_demo.gan import latent
from gan_demo.gan.losses import LOSSES
from gan_demo.gan.models.build import build_discriminator, build_generator
from gan_demo.presets import PRESETS
from gan_demo.runs import networks
from gan_demo.runs.run_dir import RunDir
from gan_demo.training import fork as training_fork
from gan_demo.training.control import Order
from gan_demo.training.trainer import train
from gan_demo.weights import load

ROOT = Path(__file__).resolve().parents[2]
STEPS = 5
SMALL: dict[str, object] = {"steps": STEPS, "evaluate": False, "batch": 8}
RING, DIGITS, FACES = (PRESETS[name].with_settings(SMALL | {"limit": 100}) for name in ("ring", "digits", "faces"))
CONSTANT = RING.with_settings({"schedule": "constant"})
THIN: dict[str, object] = {"width": 4, "d_width": 4}
CONFIGS = {
    "augmented": DIGITS.with_settings({"augment": "translation-cutout", "loss": "wasserstein", "gp": 1.0} | THIN),
    "augmented pairs": FACES.with_settings(
        {"augment": "color-translation-cutout", "loss": "relativistic", "r1": 0.1} | THIN
    ),
    "tutorial": PRESETS["tutorial"].with_settings(SMALL | {"limit": 100}),
    "digits": DIGITS,
    "faces": FACES.with_settings({"flip": True, "seed": 3} | THIN),
    "points": PRESETS["ring"].with_settings({"steps": STEPS, "evaluate": False}),
    "wasserstein": DIGITS.with_settings({"loss": "wasserstein", "gp": 10.0, "d_steps": 3, "conditional": False} | THIN),
    "wasserstein, labels": FACES.with_settings({"loss": "wasserstein", "gp": 1.0, "d_steps": 2, "limit": 40} | THIN),
    "all penalties": RING.with_settings({"gp": 1.0, "r1": 0.5, "r2": 0.1, "penalty_every": 3, "loss": "minimax"}),
    "smoothing": PRESETS["spiral"].with_settings(
        SMALL | {"loss": "non_saturating", "label_smoothing": 0.1, "r2": 0.0, "warmup": 4, "schedule": "linear"}
    ),
    "a schedule that falls later": PRESETS["line"].with_settings(SMALL | {"schedule_from": 2, "final_factor": 0.35}),
    "rmsprop": PRESETS["moons"].with_settings(
        SMALL | {"optimizer": "rmsprop", "beta1": 0.5, "warmup": 3, "schedule": "constant"}
    ),
    "sgd": PRESETS["grid"].with_settings(SMALL | {"optimizer": "sgd", "loss": "least_squares", "r1": 0.0, "r2": 0.0}),
    "mapping": PRESETS["line"].with_settings(SMALL | {"mapping": 2, "penalty_every": 2}),
    "mapping, labels": DIGITS.with_settings({"mapping": 3, "ema": 0.0, "r1": 0.1} | THIN),
    "resnet": FACES.with_settings(
        {"arch": "resnet", "depth": 2, "loss": "relativistic", "r1": 0.1, "r2": 0.1, "batch": 4} | THIN
    ),
    "mlp, colours": FACES.with_settings({"arch": "mlp", "conditional": False} | THIN),
    "gaussians": PRESETS["gaussians"].with_settings(SMALL | {"d_steps": 2}),
    "linear G, packed D": PRESETS["grid"].with_settings(
        SMALL | {"depth": 0, "d_depth": 1, "activation": "tanh", "noise": "uniform", "z_dim": 1, "packing": 2}
    ),
    "linear D": RING.with_settings({"depth": 1, "d_depth": 0, "activation": "sigmoid", "loss": "non_saturating"}),
}


TORCHVISION = {
    name: RunConfig(
        DataConfig(name, limit=30 if name in ("mnist", "emnist", "cifar10") else 0),
        ModelConfig("dcgan", 4, 2, 2, conditional=name not in ("kmnist", "svhn")),
        TrainConfig(steps=2, batch=8, evaluate=False),
    )
    for name in ("mnist", "fashion", "kmnist", "emnist", "cifar10", "svhn")
}


def trained(path: Path, config: RunConfig, orders: Mapping[int, Order] | None = None) -> RunDir:
    """Train a run with a row for each step; ``orders`` are D's and G's updates alone, by place."""
    run = RunDir.create(path, config, "test")
    go_on(run, orders)
    return RunDir(path)


class Steered:
    """A hand at the wheel that sees every step: ``orders`` and changed ``settings`` by the place of the update."""

    def __init__(self, orders: Mapping[int, Order] | None, settings: Mapping[int, Mapping[str, object]] | None) -> None:
        self.orders, self.settings, self.place = dict(orders or {}), dict(settings or {}), 0

    @property
    def order(self) -> Order:
        return self.orders.get(self.place, "both")

    def is_stepping(self) -> bool:
        return True

    def next_change(self) -> Mapping[str, object] | None:
        return self.settings.pop(self.place, None)

    def change_done(self) -> None:
        pass


def go_on(
    run: RunDir, orders: Mapping[int, Order] | None = None, settings: Mapping[int, Mapping[str, object]] | None = None
) -> RunDir:
    control = Steered(orders, settings)
    for progress in train(run, control=control):
        control.place += progress.scalars is not None
    return RunDir(run.path)


def exported(run: RunDir, folder: Path, name: str = "train.py", language: str = "en") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in build.files(run, ScriptOptions(name, language)).items():
        (folder / file).write_bytes(content)
    return folder / name


def carry_out(scripts: Mapping[Path, list[str]], cwd: Path, library: Path | None = None) -> None:
    """Run each script with its arguments, in one process that can't see gan_demo; what they write goes under ``cwd``."""
    code = (
        "import json, runpy, sys\n"
        "for script, arguments in json.load(sys.stdin):\n"
        "    sys.argv = [script, *arguments]\n"
        "    runpy.run_path(script, run_name='__main__')\n"
        "assert not any(name.split('.')[0] in ('gan_demo', 'streamlit') for name in sys.modules)\n"
    )
    path = f"import sys; sys.path.insert(0, {str(library)!r})\n" if library else ""
    done = subprocess.run(
        [sys.executable, "-I", "-c", path + code],
        cwd=cwd,
        text=True,
        capture_output=True,
        input=json.dumps([(str(script), arguments) for script, arguments in scripts.items()]),
        env={**os.environ, "OMP_NUM_THREADS": str(torch.get_num_threads())},
    )
    assert done.returncode == 0, done.stderr[-3000:]


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


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[RunDir, Path]]:
    """Each run trained here, and by its script: (run, the folder with train.py and out). One process runs all scripts."""
    root = tmp_path_factory.mktemp("scripts")
    runs = {name: trained(root / str(k) / "run", config) for k, (name, config) in enumerate(CONFIGS.items())}
    runs |= torchvision_runs(root)
    runs |= {"own images": own_images_run(root / "own"), "fork of a fork": fork_of_a_fork(root / "fork")}
    scripts = {exported(run, run.path.parent): ["--out", str(run.path.parent / "out")] for run in runs.values()}
    scripts[root / "own" / "train.py"].insert(0, str(root / "own" / "pictures"))
    carry_out(scripts, root, root / "library")
    return {name: (run, run.path.parent) for name, run in runs.items()}


def torchvision_runs(root: Path) -> dict[str, RunDir]:
    """Train on each of torchvision's sets: 32 images in each of its layouts stand in the place of the downloads."""
    stub = root / "library" / "torchvision"
    stub.mkdir(parents=True)
    (stub / "__init__.py").write_text("")
    (stub / "datasets.py").write_text(STUB)
    spec: dict[str, object] = {}
    exec(STUB, spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gan_demo.data.downloads._open", lambda name, folder, train, download: _stub(spec, name, folder))
        return {name: trained(root / name / "run", config) for name, config in TORCHVISION.items()}


def own_images_run(root: Path) -> RunDir:
    """Train at 64 pixels on a folder of images of two classes, as people's folders are: split, with files of systems."""
    rng = np.random.default_rng(0)
    for k in range(20):
        folder = root / "pictures" / ("test" if k > 15 else "train") / ("cats" if k % 3 else "dogs & co")
        folder.mkdir(parents=True, exist_ok=True)
        shape = (40 + k, 90, 4 if k % 2 else 3)
        Image.fromarray(rng.integers(0, 256, shape).astype(np.uint8)).save(folder / f"{k}.png")
    levels = rng.integers(0, 4096, (64, 64)).astype(np.uint16)
    Image.fromarray(levels).save(root / "pictures" / "train" / "cats" / "twelve bits.tiff")
    large = np.kron(rng.integers(0, 256, (21, 22, 3)), np.ones((100, 100, 1))).astype(np.uint8)
    Image.fromarray(large).save(folder / "large", "PNG")  # without an ending
    (root / "pictures" / "broken.png").write_bytes(b"no image")
    (root / "pictures" / "notes.txt").write_bytes(b"no image")
    for name in ("__MACOSX/train/cats/._0.png", "train/cats/.ipynb_checkpoints/0-checkpoint.png", "@eaDir/0.png"):
        hidden = root / "pictures" / name
        hidden.parent.mkdir(parents=True)
        hidden.write_bytes(b"no image")
    config = RunConfig(
        DataConfig("images", path=str(root / "pictures"), size=64, flip=True),
        ModelConfig("dcgan64", 8, 2, 2, conditional=True),
        TrainConfig(steps=4, batch=4, evaluate=False, ema=0.9),
    )
    return trained(root / "run", config)


def fork_of_a_fork(root: Path) -> RunDir:
    """Train two steps, fork the run for two more, and fork that one for a last step."""
    first = trained(root / "first", DIGITS.with_settings({"steps": 2, "schedule": "constant"} | THIN))
    second = go_on(training_fork.fork(first, 2, {"steps": 4}, root / "second"))
    return go_on(training_fork.fork(second, 4, {"steps": 5}, root / "third"))


# ---- the same training


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


STUB = """
import numpy as np
import torch

def _images(*shape):
    return np.random.default_rng(0).integers(0, 256, (32, *shape)).astype(np.uint8)

LABELS = np.arange(32) % 10

class MNIST:
    def __init__(self, root, split="", train=True, download=False):
        self.data, self.targets = torch.from_numpy(_images(28, 28)), torch.from_numpy(LABELS)

class FashionMNIST(MNIST): pass
class KMNIST(MNIST): pass

class EMNIST(MNIST):
    def __init__(self, root, split, train=True, download=False):
        super().__init__(root)
        self.targets = self.targets + 1

class CIFAR10:
    def __init__(self, root, train=True, download=False):
        self.data, self.targets = _images(32, 32, 3), LABELS.tolist()

class SVHN:
    def __init__(self, root, split, download=False):
        self.data, self.labels = _images(3, 32, 32), LABELS
"""


def _stub(spec: dict[str, object], name: str, folder: Path) -> object:
    kinds = {"fashion": "FashionMNIST"}
    kind: type = spec[kinds.get(name, name.upper())]  # type: ignore[assignment]
    return kind(folder, split="") if name in ("emnist", "svhn") else kind(folder)


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


# ---- changes and forks


def body(source: str) -> str:
    """Return a script without its header."""
    return source.split('"""', 2)[2]


def test_a_script_uses_the_final_settings_of_a_changed_run_and_says_so(tmp_path: Path) -> None:
    run = RunDir.create(tmp_path / "run", RING.with_settings({"steps": 3}), "test")
    run = go_on(run, settings={1: {"r1": 0.0, "gp": 1.0, "d_steps": 2}})
    final = RunDir.create(tmp_path / "final", run.config, "test")
    source = build.script(run)
    assert body(source) == body(build.script(final))
    assert "Its losses are not the run's" in source
    assert "the run's own losses" not in source
    assert "the run's own losses" in build.script(final)
    notes = build.notebook(run, ScriptOptions("train.ipynb", "zh")).decode()
    assert "损失与原训练不同" in notes
    assert "完全一致" not in notes


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        ({"step": 2, "was": {"g_lr": 1.0}, "now": {"g_lr": 2e-4}}, True),
        ({"step": 0, "was": {"g_lr": 1.0}, "now": {"g_lr": 2e-4}}, False),  # before the first step
        ({"step": 2, "was": {"steps": 2}, "now": {"steps": STEPS}}, False),  # a resume for longer
        ({"step": 2, "was": {"evaluate": True}, "now": {"evaluate": False}}, False),
        ({"step": 2, "was": {"schedule": "linear", "steps": 2}, "now": {"schedule": "constant", "steps": STEPS}}, True),
    ],
)
def test_only_changes_that_reach_the_weights_count(tmp_path: Path, change: dict[str, Any], counts: bool) -> None:
    run = RunDir.create(tmp_path / "run", CONSTANT.with_settings(change["now"]), "test")
    with run.writing():
        run.add_change(change["step"], 1.0, change["was"], change["now"])
    assert history(run).changed == counts


def test_a_longer_run_under_a_schedule_counts_as_changed(tmp_path: Path) -> None:
    run = RunDir.create(tmp_path / "run", CONSTANT.with_settings({"schedule": "linear"}), "test")
    with run.writing():
        run.add_change(2, 1.0, {"steps": 2}, {"steps": STEPS})
    assert history(run).changed


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


def test_a_fork_with_other_settings_or_of_a_changed_run_counts_as_changed(tmp_path: Path) -> None:
    parent = trained(tmp_path / "parent", CONSTANT.with_settings({"steps": 2}))
    assert not history(training_fork.fork(parent, 2, {"steps": 4}, tmp_path / "same")).changed
    other = training_fork.fork(parent, 2, {"steps": 4, "loss": "hinge"}, tmp_path / "other")
    assert history(other).changed
    with other.writing():  # its own change, back to the parent's loss, comes too late
        other.change_config(other.config.with_settings({"loss": parent.config.train.loss}), 3, 1.0)
    assert history(RunDir(other.path)).changed
    with parent.writing():
        parent.add_change(1, 1.0, {"g_lr": 1.0}, {"g_lr": parent.config.train.g_lr})
    assert history(RunDir(tmp_path / "same")).changed


def test_a_script_of_a_fork_says_that_its_parent_was_deleted(tmp_path: Path) -> None:
    parent = trained(tmp_path / "parent", CONSTANT.with_settings({"steps": 1}))
    fork = training_fork.fork(parent, 1, {"steps": 20}, tmp_path / "fork")
    assert history(fork).repeatable
    parent.path.rename(tmp_path / "elsewhere")
    assert not history(fork).repeatable
    assert "the run was forked from the run parent, which was deleted" in " ".join(build.script(fork).split())


@pytest.mark.parametrize(("order", "at"), [("d", 0), ("d", 2), ("g", 2)])
def test_a_script_says_that_updates_by_hand_are_not_repeated(tmp_path: Path, order: Order, at: int) -> None:
    run = trained(tmp_path / "run", RING.with_settings({"steps": 3}), {at: order})
    assert history(run).manual_update is not None
    assert "Not repeated" in build.script(run)


def test_several_updates_of_d_in_a_step_are_not_updates_by_hand(tmp_path: Path) -> None:
    run = trained(tmp_path / "run", RING.with_settings({"d_steps": 2, "steps": 3}))
    assert history(run).manual_update is None
    assert "Not repeated" not in build.script(run)


def test_a_run_on_own_images_that_has_not_begun_is_refused(tmp_path: Path) -> None:
    run = RunDir.create(tmp_path / "run", RunConfig(DataConfig("images", path="x.zip")), "test")
    with pytest.raises(RunError):
        build.script(run)


# ---- the shipped models, and every preset


def test_the_scripts_of_all_presets_and_kinds_pass_ruff_and_stay_short(tmp_path: Path) -> None:
    folder = tmp_path / "scripts"
    folder.mkdir()
    own = RunConfig(DataConfig("images", path="x"), ModelConfig("dcgan64")).fit((3, 64, 64), ())
    for k, config in enumerate((*PRESETS.values(), *CONFIGS.values(), *TORCHVISION.values(), own)):
        source = build.script(RunDir.create(tmp_path / str(k), config, "test"))
        (folder / f"{k}.py").write_text(source)
        assert len(source.splitlines()) < (320 if config is own else 300)  # own images are read by the app's rules
    (folder / "hostile.py").write_text(build.script(hostile_run(tmp_path), ScriptOptions(HOSTILE + ".py")))
    rules = ["--select", "E,F,W,I,B,C4,SIM,PIE,RET"]
    for command in (["check", *rules], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--isolated", "--line-length", "120", str(folder)]
        done = subprocess.run(ruff, text=True, capture_output=True)
        assert done.returncode == 0, done.stdout


def test_the_shipped_models_have_scripts() -> None:
    for name in ("digits", "faces", "tutorial"):
        source = build.script(RunDir(ROOT / "pretrained" / name))
        assert name in source
        ast.parse(source)


def test_a_script_imports_nothing_but_torch_and_numpy_unless_its_data_asks_for_more() -> None:
    def imported(name: str) -> set[str]:
        tree = ast.parse(build.script(RunDir(ROOT / "pretrained" / name)))
        names = {node.names[0].name for node in ast.walk(tree) if isinstance(node, ast.Import)}
        names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        return {name.split(".")[0] for name in names} - set(sys.stdlib_module_names)

    assert imported("faces") == {"torch", "numpy"}
    assert imported("tutorial") == {"torch", "numpy", "torchvision"}


# ---- the pieces


def cells(path: Path, config: RunConfig) -> dict[str, str]:
    """Return the code of a script by the names of the notebook's cells."""
    return dict(script_context(RunDir.create(path, config, "test"), ScriptOptions()).cells())


@pytest.mark.parametrize("name", LOSSES)
def test_the_written_losses_are_those_of_the_losses_module(name: str, tmp_path: Path) -> None:
    real, fake = torch.randn(2, 16, generator=torch.Generator().manual_seed(0))
    space: dict[str, Any] = {"F": torch.nn.functional, "torch": torch}
    exec(cells(tmp_path / "run", RING.with_settings({"loss": name}))["losses"], space)
    assert torch.equal(space["discriminator_loss"](real, fake), LOSSES[name].d(real, fake))
    arguments = (real, fake) if LOSSES[name].g_needs_real else (fake,)
    assert torch.equal(space["generator_loss"](*arguments), LOSSES[name].g(real, fake))


@pytest.mark.parametrize(
    "model",
    [
        ModelConfig("points", 3, 5, 6, 2, shape=(2,)),
        ModelConfig("mlp", 3, 2, 1, shape=(3, 32, 32)),
        ModelConfig("dcgan", 3, 2, 4, mapping=4, shape=(1, 28, 28)),
        ModelConfig("dcgan", 3, 2, 4, shape=(3, 64, 64)),
        ModelConfig("resnet", 3, 2, 3, 2, mapping=1, shape=(3, 64, 64)),
        ModelConfig("dcgan64", 3, 2, 3, shape=(3, 64, 64)),
    ],
    ids=lambda model: f"{model.arch} {model.shape[-1]}",
)
def test_the_written_networks_begin_with_the_weights_of_ours(model: ModelConfig, tmp_path: Path) -> None:
    names = {2: "ring", 28: "digits", 32: "faces", 64: "images"}
    data = DataConfig(names[model.shape[-1]], path="x", size=64 if model.shape[-1] == 64 else 0)
    run = RunDir.create(tmp_path / "run", RunConfig(data, model, TrainConfig(seed=5)), "test")
    space: dict[str, object] = {"__name__": "script", "__file__": "x"}
    exec(build.script(run), space)
    new_networks = space["new_networks"]
    assert callable(new_networks)
    for theirs, ours in zip(
        new_networks("cpu"), (build_generator(model, 5), build_discriminator(model, 5)), strict=True
    ):
        assert theirs.state_dict().keys() == ours.state_dict().keys()
        assert all(torch.equal(value, theirs.state_dict()[name]) for name, value in ours.state_dict().items())


@pytest.mark.parametrize("name", data_points.SIGMA)
def test_points_are_drawn_as_the_data_module_does(name: str, tmp_path: Path) -> None:
    space: dict[str, Any] = {"__name__": "script"}
    code = cells(tmp_path / "run", PRESETS[name])
    exec(code["settings"] + "\n" + code["data"], space)
    assert torch.equal(space["load_data"](), datasets.load(DataConfig(name), 0).samples)


def test_own_points_are_read_from_the_file_beside_the_script(tmp_path: Path) -> None:
    points = np.arange(32, dtype="<f4").reshape(16, 2)
    config = PRESETS["ring"].with_settings({"name": "own_points", "points": own_points.pack(points.tobytes())})
    space: dict[str, Any] = {"__name__": "script"}
    code = cells(tmp_path / "run", config)
    exec(code["settings"] + "\n" + code["data"], space)
    ((name, content),) = build.data(RunDir(tmp_path / "run")).items()
    assert f'"{name}"' in code["main"]
    assert space["load_data"](io.BytesIO(content)).tolist() == points.tolist()


def test_the_files_beside_a_script_are_those_of_the_built_in_images() -> None:
    built_in = {name for name, source in datasets.DATASETS.items() if source.embedded and source.kind == "images"}
    assert set(DATA_FILES) == {*built_in, "own_points"}


# ---- the notebook


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


def test_both_languages_say_the_same_things_with_the_same_places() -> None:
    english, chinese = sentences("en"), sentences("zh")
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        places = [sorted(re.findall(r"\{(\w+)\}", sentence)) for sentence in (text, chinese[key])]
        assert key.startswith(("loss.", "losses")) or places[0] == places[1], key


HOSTILE = 'a"""\\ + print(1) + """\'s'


def hostile_run(folder: Path) -> RunDir:
    """Create a run with quotes and backslashes in the names of its folder, labels and unusable images."""
    fields = (LabelField("class", (HOSTILE, "b" * 70, "c" * 70)),)
    model = ModelConfig("dcgan", 4, 2, 2, conditional=True, shape=(3, 32, 32), labels=fields)
    run = RunDir.create(folder / HOSTILE.replace("/", ""), RunConfig(DataConfig("images", path="x"), model), "test")
    with run.writing():
        run.set_refused(((HOSTILE + "\n.png", "it is not an image that can be read"), ("d" * 90, "it is encrypted")))
    return run


def test_names_of_files_labels_and_folders_cannot_break_out_of_the_source(tmp_path: Path) -> None:
    tree = ast.parse(build.script(hostile_run(tmp_path), ScriptOptions(HOSTILE + ".py")))
    prints = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"]
    assert all(isinstance(node.args[0], ast.JoinedStr) for node in prints)
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert {HOSTILE, HOSTILE + "\n.png"} <= texts


# ---- the command and the download


def test_the_command_writes_the_script_and_the_images_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = RunDir.create(tmp_path / "run", DIGITS, "test")
    out = tmp_path / "there"
    out.mkdir()
    assert main(["export", str(run.path), "--format", "py", "--out", str(out / "mine.py")]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["digits.npz", "mine.py"]
    assert "python mine.py" in (out / "mine.py").read_text()
    with np.load(out / "digits.npz") as file:
        assert file["images"].shape == (100, 28, 28, 1)
    assert (
        main(["export", str(run.path), "--format", "ipynb", "--language", "zh", "--out", str(out / "mine.ipynb")]) == 0
    )
    assert "训练循环" in (out / "mine.ipynb").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--step", "3", "--out", "x.py"], "step = 3"),
        (["--out", "x.txt"], "must end in .py"),
        (["--language", "fr", "--out", "x.py"], "fr"),
    ],
)
def test_a_wrong_command_is_one_line_and_exit_code_2(
    words: list[str], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    RunDir.create(tmp_path / "run", RING, "test")
    try:
        code = main(["export", "run", "--format", "py", *words])
    except SystemExit as ended:
        code = int(str(ended.code))
    assert code == 2
    printed = capsys.readouterr().err
    assert expected in printed
    assert printed.count("\n") == 1
    assert not (tmp_path / "x.py").exists()


def test_a_weights_file_has_no_script(
    tmp_path: Path, results: dict[str, tuple[RunDir, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    weights = results["points"][1] / "out" / "generator.pt"
    assert main(["export", str(weights), "--format", "py", "--out", str(tmp_path / "x.py")]) == 2
    assert "Give a run's folder or id" in capsys.readouterr().err


def test_what_is_downloaded_is_one_file_or_a_zip_of_the_script_and_its_images(tmp_path: Path) -> None:
    points, digits = (
        RunDir.create(tmp_path / name, config, "test")
        for name, config in (("p", RING), ("d", dataclasses.replace(DIGITS)))
    )
    assert build.packed(build.files(points, ScriptOptions())).startswith(b'"""A GAN')
    packed = build.packed(build.files(digits, ScriptOptions("train.ipynb")))
    assert zipfile.ZipFile(io.BytesIO(packed)).namelist() == ["train.ipynb", "digits.npz"]
    assert packed == build.packed(build.files(digits, ScriptOptions("train.ipynb")))
