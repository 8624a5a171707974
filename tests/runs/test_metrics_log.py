"""The log of a run's metrics: one for all readers, each row parsed once, and never rows of a replaced file."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from gan_demo.config import DataConfig, ModelConfig, RunConfig
from gan_demo.runs import metrics_log
from gan_demo.runs.metrics_log import MetricsLog, append_row, shared_log, write_rows
from gan_demo.runs.resuming import load_state
from gan_demo.runs.run_dir import RunDir

CONFIG = RunConfig(DataConfig("ring"), ModelConfig("points", 4, 8, 8, 2, shape=(2,)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "metrics.jsonl"


def test_a_file_that_does_not_exist_has_no_rows(path: Path) -> None:
    assert MetricsLog(path).read() == ({}, 0)


def test_all_readers_of_a_run_parse_a_row_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    parse = metrics_log._parsed
    monkeypatch.setattr(metrics_log, "_parsed", lambda line: parsed.append(line) or parse(line))  # type: ignore[func-returns-value]
    (tmp_path / "elsewhere").mkdir()
    run = RunDir.create(tmp_path / "run", CONFIG, "ring")
    for step in range(3):
        run.append({"step": step})
        for reader in (run, RunDir(run.path), RunDir(tmp_path / "elsewhere" / ".." / "run")):
            assert reader.metrics() == {"step": list(range(step + 1))}
    assert len(parsed) == 3


def test_a_new_reader_does_not_parse_again_what_others_have_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append_row(path, {"step": 1})
    assert shared_log(path).columns() == {"step": [1]}
    monkeypatch.setattr(metrics_log, "_parsed", None)
    assert shared_log(path).columns() == {"step": [1]}


def test_logs_that_nobody_refers_to_are_dropped_beyond_a_limit(tmp_path: Path) -> None:
    used = shared_log(tmp_path / "used")
    for number in range(metrics_log.RECENT_LOGS + 10):
        shared_log(tmp_path / str(number))
    assert len(metrics_log._recent_logs) == metrics_log.RECENT_LOGS
    assert str(tmp_path / "0") not in metrics_log._logs
    assert shared_log(tmp_path / "used") is used


def test_the_generation_counts_the_files_that_were_read(path: Path) -> None:
    log = MetricsLog(path)
    write_rows(path, [{"step": 1}, {"step": 2}])
    assert log.read() == ({"step": [1, 2]}, 1)
    append_row(path, {"step": 3})
    assert log.read() == ({"step": [1, 2, 3]}, 1)
    write_rows(path, [{"step": 1}, {"step": 2}, {"step": 3}, {"step": 4}])
    assert log.read() == ({"step": [1, 2, 3, 4]}, 2)
    path.unlink()
    assert log.columns() == {}


def test_a_writer_can_have_a_file_of_the_same_inode_read_again(path: Path) -> None:
    log = MetricsLog(path)
    write_rows(path, [{"step": 1}])
    assert log.columns() == {"step": [1]}
    path.write_bytes(b'{"step":7}\n{"step":8}\n')
    log.restart()
    assert log.read() == ({"step": [7, 8]}, 2)


def test_a_resume_has_the_rows_read_again_by_all_readers(tmp_path: Path) -> None:
    run = RunDir.create(tmp_path / "run", CONFIG, "ring")
    run.append({"step": 5})
    reader = RunDir(run.path)
    before = reader.metrics_log.read()
    assert load_state(run) is None
    assert reader.metrics_log.read() == ({}, before.generation + 1)


def test_threads_that_read_while_rows_are_written_see_each_row_once(path: Path) -> None:
    over = threading.Event()
    wrong: list[list[int]] = []

    def look() -> None:
        while not over.is_set():
            steps = shared_log(path).columns().get("step", [])
            if steps != list(range(len(steps))):
                wrong.append(steps)

    readers = [threading.Thread(target=look) for _ in range(4)]
    for reader in readers:
        reader.start()
    for step in range(300):
        append_row(path, {"step": step})
    over.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert shared_log(path).columns()["step"] == list(range(300))
