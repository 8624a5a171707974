"""Room on the disk: what is counted, and that nothing starts without any, in the app or on the command line."""

from __future__ import annotations

import os
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from gan_demo.cli.main import main
from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.errors import ConfigError, RunError
from gan_demo.i18n import text
from gan_demo.runs import disk_space, library
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import app_state, run_actions, trash
from gan_demo.service.own_images import uploads

pytestmark = pytest.mark.usefixtures("one_thread")
ME = "m" * 43
RING = RunConfig(DataConfig("ring"), ModelConfig("points", 2, 8, 8, 2), TrainConfig(batch=8, steps=3, evaluate=False))
TINY = ["--steps", "3", "--device", "cpu", "--set", "batch=8", "--set", "evaluate=false", "--set", "width=4"]
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that the disk has 200 MB left."""
    monkeypatch.setattr(disk_space.shutil, "disk_usage", lambda path: Usage(10**12, 10**12 - 2 * 10**8, 2 * 10**8))


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch, home: Path) -> Path:
    """All runs may take 1 MB, and one takes 2."""
    monkeypatch.setenv("GAN_DEMO_MOST_GB", "0.001")
    run = RunDir.create(home / "large", RING, "ring")
    (run.path / "grids" / "00000001.png").write_bytes(b"x" * 2_000_000)
    return run.path


@pytest.fixture
def jobs() -> Iterator[None]:
    yield
    app_state.close_current()


def files(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.rglob("*"))


@pytest.mark.skipif(os.name == "nt", reason="on Windows only administrators may make links")
def test_what_is_deleted_counts_no_more_and_all_else_does(home: Path) -> None:
    for name, count in (("a/one", 10), ("a/b/two", 20), (".deleted/gone@1/three", 40), ("a/.deleted/four", 80)):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(b"x" * count)
    os.symlink(home / "a" / "nowhere", home / "a" / "link")
    assert disk_space.folder_bytes(home) - os.lstat(home / "a" / "link").st_size == 110


def test_a_folder_that_is_not_there_yet_lies_on_its_parents_disk(tmp_path: Path) -> None:
    disk_space.check_free(tmp_path / "not" / "there")


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("words", [["train", "ring", *TINY], ["train", "--fork", "digits", "--device", "cpu"]])
def test_on_a_full_disk_the_command_line_starts_nothing(
    words: list[str], home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for options in ([], ["--out", str(tmp_path / "elsewhere")]):
        assert main([*words, *options]) == 2
        message = capsys.readouterr().err
        assert "0.2 GB left" in message
        assert "Delete runs" in message
        assert message.count("\n") == 1
    assert files(home) == files(tmp_path) == []


@pytest.mark.usefixtures("jobs")
def test_on_a_full_disk_nothing_is_resumed_either(home: Path, request: pytest.FixtureRequest) -> None:
    assert main(["train", "ring", *TINY, "--out", str(home / "mine")]) == 0
    request.getfixturevalue("full")
    assert main(["train", "ring", "--resume", *TINY, "--steps", "5", "--out", str(home / "mine")]) == 2
    with pytest.raises(RunError, match=r"0\.2 GB left"):
        run_actions.train_on(RunDir(home / "mine"), ME)
    assert RunDir(home / "mine").config.train.steps == 3


@pytest.mark.usefixtures("full")
def test_on_a_full_disk_the_app_starts_nothing_and_keeps_no_upload(home: Path) -> None:
    with pytest.raises(RunError, match=r"0\.2 GB left"):
        run_actions.start(RING, "ring", ME)
    with pytest.raises(RunError, match=r"0\.2 GB left"):
        run_actions.fork(library.find("digits"), library.find("digits").states[-1], {}, ME)
    with pytest.raises(RunError, match=r"0\.2 GB left"):
        uploads.save([("mine.zip", b"zip")], "mine.zip")
    assert files(home) == []


def test_runs_that_take_all_they_may_leave_room_for_no_other(
    limited: Path, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(home)
    with pytest.raises(RunError, match=r"GAN_DEMO_MOST_GB") as error:
        run_actions.start(RING, "ring", ME)
    with text.use_language("zh"):
        assert "只允许 0.001 GB" in text.error_message(error.value)[0]
    assert main(["train", "ring", *TINY]) == 2
    assert "the limit for all runs together is 0.001 GB" in capsys.readouterr().err
    assert files(home) == before, "nothing is deleted to make room"
    assert main(["train", "ring", *TINY, "--out", str(tmp_path / "elsewhere")]) == 0


@pytest.mark.usefixtures("jobs")
def test_who_deletes_a_run_has_room_again_at_once(limited: Path) -> None:
    trash.delete(RunDir(limited), ME)
    run_id = run_actions.start(RING, "ring", ME)
    job = app_state.current().jobs.get(run_id)
    assert job is not None
    assert job.wait(60)


@pytest.mark.parametrize("value", ["many", "0", "-1", "nan", "inf"])
def test_a_limit_that_is_no_number_is_said_to_be_none(value: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_DEMO_MOST_GB", value)
    with pytest.raises(ConfigError, match=r"GAN_DEMO_MOST_GB = .*number above 0"):
        disk_space.check_new(home, home)
