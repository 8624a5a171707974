"""The command line: samples, measurements and lists, and that every mistake is one line and exit code 2."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import gan_demo
from gan_demo.cli.main import main
from gan_demo.data.datasets import DATASETS
from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir
from tests.cli.command_line import ROOT, TINY, mistake
from tests.cli.command_line import finished_runs as finished_runs


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
