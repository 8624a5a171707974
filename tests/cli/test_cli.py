"""The command line: what it makes, and that every mistake is one line and exit code 2."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import gan_demo
from gan_demo.cli import train
from gan_demo.cli.main import main
from gan_demo.data.datasets import DATASETS
from gan_demo.presets import FEW_IMAGES_AUGMENT, PRESETS
from gan_demo.runs.library import list_runs
from gan_demo.runs.run_dir import RunDir

ROOT = Path(__file__).resolve().parents[2]
TINY = ["--set", "batch=8", "--set", "evaluate=false", "--set", "limit=100", "--set", "width=4", "--set", "d_width=4"]


@pytest.fixture(scope="module")
def finished_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a folder with finished runs of digits, faces and the ring."""
    folder = tmp_path_factory.mktemp("finished_runs")
    for preset in ("digits", "faces", "ring"):
        assert main(["train", preset, "--steps", "3", "--device", "cpu", "--out", str(folder / preset), *TINY]) == 0
    return folder


def mistake(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return the single line that a wrong command prints."""
    capsys.readouterr()
    try:
        code = main(words)
    except SystemExit as end:  # argparse ends the program itself
        code = int(end.code or 0)
    printed = capsys.readouterr()
    assert code == 2
    assert printed.out == ""
    assert printed.err.startswith("gan_demo: ")
    assert printed.err.count("\n") == 1
    assert "Traceback" not in printed.err
    return printed.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], "command"),
        (["fly"], "fly"),
        (["train"], "PRESET"),
        (["train", "ring", "--warp"], "--warp"),
        (["train", "nonsense"], "preset = nonsense"),
        (["train", "ring", "--steps", "many"], "--steps"),
        (["train", "ring", "--steps", "0"], "steps = 0"),
        (["train", "ring", "--steps", "-3"], "steps = -3"),
        (["train", "ring", "--seconds", "0"], "seconds = 0"),
        (["train", "ring", "--seconds", "nan"], "seconds = nan"),
        (["train", "ring", "--steps", "1", "--seconds", "1"], "not allowed"),
        (["train", "ring", "--seed", "-1"], "seed = -1"),
        (["train", "ring", "--seed", str(2**70)], "seed"),
        (["train", "ring", "--set", "batch"], "set = batch"),
        (["train", "ring", "--set", "batch=two"], "batch = two"),
        (["train", "ring", "--set", "speed=9"], "setting = speed"),
        (["train", "ring", "--set", "g_lr=nan"], "g_lr"),
        (["train", "ring", "--set", "loss=best"], "loss = best"),
        (["train", "ring", "--data", "nowhere"], "data = nowhere"),
        (["train", "ring", "--data", "digits"], "arch = points"),
        (["train", "digits", "--data", "ring"], "no labels"),
        (["train", "digits", "--data", "images"], "path"),
        (["train", "images", "--set", f"path={'x' * 300}"], "is neither a folder nor a file"),
        (["train", "ring", "--steps", "1", "--out", "x" * 300], "cannot be written"),
        (["train", "ring", "--device", "abacus"], "device = abacus"),
        (["train", "ring", "--device", "meta"], "device = meta"),
        (["train", "ring", "--device", "cuda:77"], "device"),
        (["train", "ring", "--resume"], "out"),
        (["train", "ring", "--resume", "--out", "missing"], "missing"),
        (["sample", "missing", "--out", "x.npz"], "missing"),
        (["sample", "../etc", "--out", "x.npz"], "etc"),
        (["sample", "nofile.pth", "--out", "x.npz"], "file = nofile.pth: there is no such file"),
        (["evaluate", "nowhere"], "run = nowhere: is neither a file nor a run's folder"),
        (["sample", "x" * 300, "--out", "x.npz"], "run"),
        (["evaluate", "missing"], "missing"),
        (["sample", "x"], "--out"),
        (["serve", "--port", "many"], "--port"),
        (["serve", "--port", "0"], "port = 0"),
        (["serve", "--port", "70000"], "port = 70000"),
        (["serve", "--address", "192.0.2.1"], "address = 192.0.2.1"),
        (["serve", "--address", "x" * 300], "address"),
    ],
    ids=lambda each: " ".join(each)[:50] if isinstance(each, list) else "",
)
def test_a_mistake_is_one_line_and_leaves_nothing_behind(
    words: list[str],
    expected: str,
    capsys: pytest.CaptureFixture[str],
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert expected in mistake(capsys, *words)
    assert list(home.iterdir()) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("source", "words", "expected"),
    [
        ("digits", ["--n", "0"], "n = 0"),
        ("digits", ["--n", "-5"], "n = -5"),
        ("digits", ["--n", str(10**12)], "n = "),
        ("faces", ["--n", str(10**12)], "n = "),
        ("digits", ["--n", "x"], "--n"),
        ("digits", ["--seed", "-1"], "seed = -1"),
        ("faces", ["--seed", str(2**70)], "seed"),
        ("digits", ["--label", "11"], "label = 11"),
        ("digits", ["--label", "smile=yes"], "label"),
        ("faces", ["--label", "smile=often"], "label = often"),
        ("faces", ["--label", "yes"], "label = yes"),
        ("ring", ["--label", "1"], "label = 1"),
        ("digits", ["--step", "77"], "step = 77"),
        ("digits", ["--step", "-1"], "step = -1"),
    ],
    ids=str,
)
def test_a_sample_that_cannot_be_drawn_is_one_line(
    finished_runs: Path,
    source: str,
    words: list[str],
    expected: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    out = tmp_path / "x.npz"
    assert expected in mistake(capsys, "sample", str(finished_runs / source), "--out", str(out), *words)
    assert not out.exists()


@pytest.mark.parametrize("name", ["x.jpg", "x", "x.npz.txt", "missing/x.npz", "folder.png"])
def test_an_output_that_cannot_be_written_is_one_line(
    finished_runs: Path, name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "folder.png").mkdir()
    assert "out" in mistake(capsys, "sample", str(finished_runs / "ring"), "--out", str(tmp_path / name))


@pytest.mark.parametrize("content", [b"", b"garbage", b"PK\x03\x04 broken", b"\x80\x02cos\nsystem\n"])
def test_a_weights_file_that_is_none_is_one_line(
    content: bytes, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "weights.pt").write_bytes(content)
    expected = mistake(capsys, "sample", str(tmp_path / "weights.pt"), "--out", str(tmp_path / "x.npz"))
    assert "weights.pt" in expected


def test_a_damaged_run_is_one_line(finished_runs: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert main(["train", "ring", "--steps", "1", "--device", "cpu", "--out", str(run), *TINY]) == 0
    (run / "checkpoints" / "00000001.safetensors").write_bytes(b"\xff" * 99)
    assert "00000001.safetensors" in mistake(capsys, "evaluate", str(run))
    (run / "run.json").write_text("{")
    assert "run.json" in mistake(capsys, "sample", str(run), "--out", str(tmp_path / "x.npz"))


# ---- train and resume


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
    folder = tmp_path / "my images"
    folder.mkdir()
    (folder / "notes.txt").write_text("?")
    small = [*TINY, "--steps", "1", "--set", "arch=mlp", "--set", "evaluate=false", "--set", "size=28"]
    train_images = ["train", "images", *small, "--set", "path=~/my images", "--out=~/run"]
    assert f"images = {folder}: has 0 usable images among 1 files" in mistake(capsys, *train_images)
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
    assert (
        main(["train", "images", "--resume", "--steps", "2", "--out", str(run.path), "--set", "path=~/my images"]) == 0
    )
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


# ---- forks


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


# ---- sample


def test_npz_holds_images_and_their_labels(finished_runs: Path, tmp_path: Path) -> None:
    assert main(["sample", str(finished_runs / "digits"), "--n", "12", "--out", str(tmp_path / "x.npz")]) == 0
    with np.load(tmp_path / "x.npz") as file:
        assert (file["samples"].shape, file["samples"].dtype) == ((12, 28, 28, 1), np.uint8)
        assert file["labels"].tolist() == [*range(10), 0, 1]


def test_npz_of_faces_has_a_column_for_each_attribute(finished_runs: Path, tmp_path: Path) -> None:
    words = ["--n", "6", "--label", "hat=yes,smile=no", "--out", str(tmp_path / "x.npz")]
    assert main(["sample", str(finished_runs / "faces"), *words]) == 0
    names = [each.name for each in DATASETS["faces"].labels]
    with np.load(tmp_path / "x.npz") as file:
        assert file["samples"].shape == (6, 32, 32, 3)
        assert file["labels"].shape == (6, len(names))
        assert file["labels"][:, names.index("hat")].tolist() == [1] * 6
        assert file["labels"][:, names.index("smile")].tolist() == [0] * 6


def test_npz_of_points_has_no_labels(finished_runs: Path, tmp_path: Path) -> None:
    assert main(["sample", str(finished_runs / "ring"), "--n", "7", "--out", str(tmp_path / "x.npz")]) == 0
    with np.load(tmp_path / "x.npz") as file:
        assert (file["samples"].shape, file["samples"].dtype, file.files) == ((7, 2), np.float32, ["samples"])


def test_the_seed_decides_the_samples(finished_runs: Path, tmp_path: Path) -> None:
    samples = []
    for seed in ("1", "1", "2"):
        words = ["--n", "4", "--seed", seed, "--label", "7", "--out", str(tmp_path / "x.npz")]
        assert main(["sample", str(finished_runs / "digits"), *words]) == 0
        with np.load(tmp_path / "x.npz") as file:
            samples.append(file["samples"])
            assert file["labels"].tolist() == [7] * 4
    assert (samples[0] == samples[1]).all()
    assert (samples[0] != samples[2]).any()


@pytest.mark.parametrize("source", ["digits", "faces", "ring"])
def test_png_is_a_picture(finished_runs: Path, source: str, tmp_path: Path) -> None:
    assert main(["sample", str(finished_runs / source), "--n", "9", "--out", str(tmp_path / "x.png")]) == 0
    with Image.open(io.BytesIO((tmp_path / "x.png").read_bytes())) as picture:
        picture.load()
        assert picture.format == "PNG"
        assert min(picture.size) >= 3 * 28


def test_an_earlier_checkpoint_can_be_drawn_from(finished_runs: Path, tmp_path: Path) -> None:
    step = RunDir(finished_runs / "digits").checkpoints[0]
    words = ["--n", "2", "--step", str(step), "--out", str(tmp_path / "x.npz")]
    assert main(["sample", str(finished_runs / "digits"), *words]) == 0


# ---- evaluate and list


def test_evaluate_prints_what_was_measured(finished_runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["evaluate", str(finished_runs / "ring")]) == 0
    printed = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert printed["step"] == "3"
    assert float(printed["modes"]) <= 8
    assert {"high_quality", "kl", "histogram"} <= set(printed)


def test_list_names_all_there_is(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = RunDir.create(home / "my-own-run", PRESETS["ring"], "ring")
    (home / "damaged").mkdir()
    (home / "damaged" / "run.json").write_text("{")
    assert main(["list"]) == 0
    printed = capsys.readouterr().out
    for name in (*PRESETS, *DATASETS, run.id):
        assert f"  {name} " in printed
    assert "train images --set path=FOLDER" in printed
    assert "damaged" not in printed


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["missing", "--format", "onnx", "--out", "x.onnx"], "missing"),
        (["digits", "--out", "x.onnx"], "--format"),
        (["digits", "--format", "onnx"], "--out"),
        (["digits", "--format", "word", "--out", "x.onnx"], "onnx"),
        (["digits", "--format", "onnx", "--out", "x.pt"], "must end in .onnx"),
        (["digits", "--format", "onnx", "--out", "none/x.onnx"], "does not exist"),
        (["digits", "--format", "onnx", "--out", "folder.onnx"], "cannot be written"),
        (["digits", "--format", "onnx", "--step", "77", "--out", "x.onnx"], "step = 77"),
        (["x" * 300, "--format", "onnx", "--out", "x.onnx"], "run"),
        (["digits", "--format", "onnx", "--opset", "9", "--out", "x.onnx"], "opset = 9"),
        (["digits", "--format", "py", "--opset", "17", "--out", "x.py"], "belongs to ONNX files"),
        (["plain.pt", "--format", "onnx", "--out", "x.onnx"], "plain.pt"),
        (["plain.pt", "--format", "onnx", "--step", "1", "--out", "x.onnx"], "weights file"),
    ],
    ids=lambda each: " ".join(each)[:60] if isinstance(each, list) else "",
)
def test_what_cannot_be_exported_is_one_line_and_leaves_nothing_behind(
    words: list[str], expected: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.onnx").mkdir()
    (tmp_path / "plain.pt").write_bytes(b"no weights")
    assert expected in mistake(capsys, "export", *words)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.onnx", "plain.pt"]


# ---- version


def test_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"gan_demo {gan_demo.__version__}\n"


def test_a_mistyped_command_does_not_wait_for_torch() -> None:
    code = (
        "import sys\nfrom gan_demo.cli.main import main\n"
        "try:\n    main(['fly'])\nexcept SystemExit as end:\n    assert end.code == 2\n"
        "print('torch' in sys.modules, 'streamlit' in sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout == "False False\n"
