"""The source of exported scripts: its style, its pieces, names that try to break out, and the export command."""

from __future__ import annotations

import ast
import dataclasses
import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gan_demo import own_points
from gan_demo.cli.main import main
from gan_demo.config import DataConfig, LabelField, ModelConfig, RunConfig, TrainConfig
from gan_demo.data import datasets
from gan_demo.data import points as data_points
from gan_demo.export.script import build
from gan_demo.export.script.notes import sentences
from gan_demo.export.script.options import DATA_FILES, ScriptOptions
from gan_demo.gan.losses import LOSSES
from gan_demo.gan.models.build import build_discriminator, build_generator
from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir
from tests.export.script_runs import CONFIGS, TORCHVISION
from tests.export.scripts import DIGITS, RING, ROOT, cells


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


def test_what_is_downloaded_is_one_file_or_a_zip_of_the_script_and_its_images(tmp_path: Path) -> None:
    points, digits = (
        RunDir.create(tmp_path / name, config, "test")
        for name, config in (("p", RING), ("d", dataclasses.replace(DIGITS)))
    )
    assert build.packed(build.files(points, ScriptOptions())).startswith(b'"""A GAN')
    packed = build.packed(build.files(digits, ScriptOptions("train.ipynb")))
    assert zipfile.ZipFile(io.BytesIO(packed)).namelist() == ["train.ipynb", "digits.npz"]
    assert packed == build.packed(build.files(digits, ScriptOptions("train.ipynb")))
