"""Signals that end a command, and outputs that nobody reads or that lack some characters: quiet, saved, no traceback."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gan_demo.cli import terminal
from gan_demo.cli.main import main
from gan_demo.config import DataConfig, ModelConfig, RunConfig
from gan_demo.runs.library import new_id
from gan_demo.runs.run_dir import RunDir
from tests.tiny_run import TINY

CONFIG = RunConfig(DataConfig("ring"), ModelConfig("points", 4, 8, 8, 2, shape=(2,)))
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has neither these signals nor these pipes")


def training(path: Path, *options: str) -> list[str]:
    return ["train", "ring", "--steps", "9", "--out", str(path), *TINY, *options]


def interrupt_at(step: int, number: int, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send this process a signal once the training has reached ``step``."""
    announced = terminal._announced

    def signalled(run: RunDir, steps: Iterator[terminal.Progress]) -> Iterator[terminal.Progress]:
        for progress in announced(run, steps):
            if progress.step == step:
                for _ in range(times):
                    signal.raise_signal(number)
            yield progress

    monkeypatch.setattr(terminal, "_announced", signalled)


@posix
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
@pytest.mark.parametrize("times", [1, 2])
def test_a_signal_saves_the_training_and_gives_the_exit_code(
    name: str,
    code: int,
    times: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = signal.getsignal(getattr(signal, name))
    interrupt_at(4, getattr(signal, name), times, monkeypatch)
    assert main(training(tmp_path / "run")) == code
    assert capsys.readouterr().err.endswith("gan_demo: interrupted; what was trained is kept\n")
    info = RunDir(tmp_path / "run").info
    assert (info.status, info.step, info.state) == ("stopped", 4, 4)
    assert signal.getsignal(getattr(signal, name)) is before
    monkeypatch.undo()


@posix
def test_a_signal_that_is_ignored_stays_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "getsignal", lambda number: signal.SIG_IGN)  # as nohup starts a command
    handled: list[int] = []
    monkeypatch.setattr(signal, "signal", lambda number, handler: handled.append(number))
    assert main(training(tmp_path / "run")) == 0
    assert handled == []


def test_a_training_that_is_set_back_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "run"
    assert main(training(path)) == 0
    assert main(training(path, "--resume", "--steps", "12")) == 0
    for file in (path / "state-00000012.safetensors", path / "states" / "00000012.safetensors"):
        file.unlink()
        file.write_bytes((path / "states" / "00000009.safetensors").read_bytes())
    capsys.readouterr()
    assert main(training(path, "--resume", "--steps", "15")) == 0
    lines = re.split("[\r\n]+", capsys.readouterr().err)
    assert "the state of step 12 is damaged; going on from step 9" in lines, "it stands beside the progress bar"


# ---- outputs


@pytest.fixture
def chinese_run(home: Path) -> RunDir:
    return RunDir.create(home / new_id("ring"), CONFIG, "花的照片")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_what_a_terminal_cannot_show_is_replaced(
    encoding: str, chinese_run: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding))
    assert main(["list"]) == 0
    assert ("花的照片" if encoding == "utf-8" else "????, new").encode(encoding) in raw.getvalue()


@posix
def test_an_output_whose_reader_left_ends_quietly(
    chinese_run: RunDir, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as broken:
        monkeypatch.setattr(sys, "stdout", broken)
        assert main(["list"]) == 141
        monkeypatch.undo()
    assert capsys.readouterr().err == ""


@posix
def test_a_training_whose_progress_nobody_reads_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as broken:
        monkeypatch.setattr(sys, "stderr", broken)
        assert main(training(tmp_path / "run")) == 141
        monkeypatch.undo()
    assert RunDir(tmp_path / "run").info.status == "new"  # it was not begun


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk to write to")
def test_an_output_that_cannot_be_written_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch, open("/dev/full", "w") as full:
        patch.setattr(sys, "stdout", full)
        assert main(["list"]) == 74
    assert capsys.readouterr().err == "gan_demo: the output cannot be written: No space left on device.\n"


@posix
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_outputs_are_no_mistake(closed: str) -> None:
    command = f"{sys.executable} -m gan_demo --version {closed}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
