"""Runs on own images as a file without them, and the command line that packs and opens runs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_demo.cli.main import main
from gan_demo.config import NO_IMAGES, DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.errors import DataError
from gan_demo.runs import networks
from gan_demo.runs.archive import unpacking
from gan_demo.runs.run_dir import RunDir
from gan_demo.training.fork import fork
from tests.partial_training import go
from tests.runs.archives import archive as archive
from tests.runs.archives import assert_same, packed, parts_of, unpacked, zipped
from tests.runs.archives import original as original

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures") / "secret-folder"
    folder.mkdir()
    for k in range(16):
        Image.fromarray(np.full((28, 28, 3), 16 * k, np.uint8)).save(folder / f"{k}.png")
    return folder


@pytest.fixture(scope="module")
def own(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    """Create a run on own images."""
    config = RunConfig(
        DataConfig("images", path=str(pictures), size=28, root="/somewhere"),
        ModelConfig("mlp", 4, 4, 4),
        TrainConfig(batch=4, steps=3, evaluate=False),
    )
    return go(RunDir.create(tmp_path_factory.mktemp("own") / "own", config, "flowers"))


def test_a_runs_file_names_no_folder_of_its_machine(own: RunDir) -> None:
    assert not any(b"secret-folder" in data or b"somewhere" in data for data in parts_of(packed(own)).values())


def test_an_imported_run_reads_no_folder_that_its_file_names(own: RunDir, pictures: Path) -> None:
    parts = parts_of(packed(own))
    config = json.loads(parts["config.json"])
    config["data"] |= {"path": str(pictures), "root": str(pictures)}
    run = unpacked(zipped(parts | {"config.json": json.dumps(config).encode()}))
    assert (run.config.data.path, run.config.data.root) == (NO_IMAGES, "")
    assert networks.generator(run).shape == (3, 28, 28)
    with run.writing():
        run.set_config(run.config.with_settings({"steps": 5}))
    with pytest.raises(DataError, match="not in the run"):
        go(run)


def test_a_run_whose_images_are_given_again_trains_on_bit_for_bit(own: RunDir, pictures: Path, tmp_path: Path) -> None:
    run = unpacked(packed(own))
    unpacking.give_images(run, pictures)
    assert_same(go(fork(run, 3, {"steps": 5}, tmp_path / "a")), go(fork(own, 3, {"steps": 5}, tmp_path / "b")))


def test_images_of_other_classes_are_refused(own: RunDir, pictures: Path, tmp_path: Path) -> None:
    config = replace(own.config, model=replace(own.config.model, shape=(3, 32, 32)))
    run = RunDir.create(tmp_path / "run", replace(config, data=replace(config.data, path=NO_IMAGES)), "x")
    with pytest.raises(DataError, match="differ in size"):
        unpacking.give_images(run, pictures)
    assert RunDir(run.path).config.data.path == NO_IMAGES


def test_export_and_import_on_the_command_line(
    original: RunDir, archive: bytes, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "my-run.zip"
    assert main(["export", str(original.path), "--format", "run", "--out", str(file)]) == 0
    assert file.read_bytes() == archive
    assert main(["import", str(file)]) == 0
    assert f"{original.id}: ring, done at step 6, 2 checkpoints" in capsys.readouterr().out
    assert main(["import", str(file), "--out", str(tmp_path / "here")]) == 0
    for run in (original.path, tmp_path / "here"):
        assert main(["sample", str(run), "--n", "9", "--out", str(tmp_path / f"{run.name}.png")]) == 0
    assert (tmp_path / "here.png").read_bytes() == (tmp_path / f"{original.id}.png").read_bytes()


def test_own_images_are_given_again_on_the_command_line(
    own: RunDir, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.zip").write_bytes(packed(own))
    run = tmp_path / "run"
    assert main(["import", str(tmp_path / "own.zip"), "--out", str(run)]) == 0
    assert "does not hold its own images" in capsys.readouterr().err
    resume = ["train", "flowers", "--resume", "--steps", "5", "--device", "cpu", "--out", str(run)]
    assert main(resume) == 2
    assert "are not in the run's file" in capsys.readouterr().err
    assert main([*resume, "--set", f"path={pictures}"]) == 0
    assert (RunDir(run).info.step, RunDir(run).config.data.path) == (5, str(pictures))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["import"], "FILE"),
        (["import", "missing.zip"], "missing.zip: cannot be read"),
        (["import", "folder.zip"], "folder.zip: cannot be read"),
        (["import", "bad.zip"], "bad.zip: is not a zip file"),
        (["import", "good.zip", "--out", "folder.zip"], "already exists"),
        (["import", "good.zip", "--out", "x" * 300], "cannot be written"),
        (["import", "good.zip", "--warp"], "--warp"),
        (["export", "RUN", "--format", "run", "--out", "x.tar"], "must end in .zip"),
        (["export", "RUN", "--format", "run", "--out", "none/x.zip"], "does not exist"),
        (["export", "RUN", "--format", "run", "--out", "folder.zip"], "cannot be written"),
        (["export", "RUN", "--format", "run", "--step", "3", "--out", "x.zip"], "whole run"),
        (["export", "bad.zip", "--format", "run", "--out", "x.zip"], "weights file"),
        (["export", "missing", "--format", "run", "--out", "x.zip"], "missing"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_a_mistake_is_one_line_and_exit_code_2(
    arguments: list[str],
    expected: str,
    original: RunDir,
    archive: bytes,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.zip" / "x").mkdir(parents=True)
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    (tmp_path / "good.zip").write_bytes(archive)
    before = sorted(tmp_path.rglob("*"))
    try:
        code = main([str(original.path) if word == "RUN" else word for word in arguments])
    except SystemExit as end:
        code = int(end.code or 0)
    printed = capsys.readouterr()
    assert (code, printed.out, printed.err.count("\n")) == (2, "", 1)
    assert expected in printed.err
    assert sorted(tmp_path.rglob("*")) == before
    assert list(home.iterdir()) == []
