"""Rows and grids of a run: read while they are written, torn, replaced, and never half of anything."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest
import torch

from gan_demo.errors import RunError
from gan_demo.runs import metrics_log
from gan_demo.runs.resuming import load_state
from gan_demo.runs.run_dir import RunDir
from tests.runs.run_folders import run as run


def test_rows_become_columns_with_nan_where_a_row_lacks_a_value(run: RunDir) -> None:
    run.append({"step": 1, "d_loss": 0.5})
    run.append({"step": 2, "fcd": 30.0, "histogram": [0.5, 0.5]})
    columns = run.metrics()
    assert columns["step"] == [1, 2]
    assert columns["d_loss"][0] == 0.5
    assert math.isnan(columns["d_loss"][1])
    assert math.isnan(columns["fcd"][0])
    assert columns["histogram"][1] == [0.5, 0.5]


def test_only_what_was_added_is_read_again(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    parse = metrics_log._parsed
    monkeypatch.setattr(metrics_log, "_parsed", lambda line: parsed.append(line) or parse(line))  # type: ignore[func-returns-value]
    reader = RunDir(run.path)
    for step in range(5):
        run.append({"step": step})
        assert reader.metrics()["step"] == list(range(step + 1))
    assert len(parsed) == 5


def test_what_is_read_belongs_to_the_reader(run: RunDir) -> None:
    run.append({"step": 1})
    run.metrics()["step"].append(99)
    assert run.metrics()["step"] == [1]


def test_a_line_still_being_written_is_read_when_it_is_whole(run: RunDir) -> None:
    with open(run.path / "metrics.jsonl", "a") as file:
        file.write('{"step":1}\n{"step":2,"d_l')
        file.flush()
        assert run.metrics() == {"step": [1]}
        file.write('oss":3}\n')
        file.flush()
        assert run.metrics()["d_loss"][1] == 3


@pytest.mark.parametrize(
    "torn",
    [
        b'{"step":2,"d_loss":"low"}\n',
        b'{"step":2,"d_loss":[1]}\n',
        b'{"step":2,"histogram":1}\n',
        b'{"step":2,"d_loss":' + b"1" * 400 + b"}\n",
        b'{"step":2,"d_loss":NaN}\n',
        b'{"step":2,"seconds":-1}\n',
        b'{"step":true}\n',
        b'{"step":2,"d_loss":' + b"[" * 90_000 + b"\n",
        b'{"step":2,"d_loss":' + b" " * 200_000 + b"1}\n",
        b'{"step":2,"d_l',
        b'{"step"',
        b"\0\0\0\0",
        b"\xff\xfe",
        b"[1]\n",
        b"{}\n",
        b'{"step":"x"}\n',
    ],
)
def test_a_torn_line_is_left_out_and_a_resume_writes_on(run: RunDir, torn: bytes) -> None:
    run.append({"step": 1})
    with open(run.path / "metrics.jsonl", "ab") as file:
        file.write(torn)
    assert run.metrics() == {"step": [1]}
    run.save_state(1, {"x": torch.zeros(1)})
    run.set_info(dataclasses.replace(run.info, state=1))
    load_state(run)
    run.append({"step": 2})
    assert run.metrics()["step"] == RunDir(run.path).metrics()["step"] == [1, 2]


def test_a_reader_follows_a_file_that_a_resume_replaced_even_when_it_has_grown_again(run: RunDir) -> None:
    reader = RunDir(run.path)
    for step in (1, 2, 3):
        run.append({"step": step, "d_loss": 1.0})
    assert reader.metrics()["step"] == [1, 2, 3]
    run.save_state(1, {"x": torch.zeros(1)})
    run.set_info(dataclasses.replace(run.info, state=1))
    load_state(run)
    for step in (2, 3, 4, 5):
        run.append({"step": step, "d_loss": 22.0})
    assert reader.metrics()["step"] == [1, 2, 3, 4, 5]
    assert reader.metrics()["d_loss"] == [1.0] + [22.0] * 4


def test_numbers_that_json_does_not_have_are_left_out(run: RunDir) -> None:
    run.append({"step": 1, "d_loss": math.inf, "g_loss": math.nan, "penalty": 0.0})
    assert json.loads((run.path / "metrics.jsonl").read_text()) == {"step": 1, "penalty": 0.0}


def test_grids_are_kept_by_step(run: RunDir) -> None:
    run.add_grid(200, b"two")
    run.add_grid(5, b"five")
    (run.path / "grids" / "notes.png").write_bytes(b"?")
    assert run.grids == [5, 200]
    assert run.grid_png(200) == b"two"
    with pytest.raises(RunError) as caught:
        run.grid_png(6)
    assert caught.value.value == "00000006.png"


def test_a_row_after_a_torn_one_has_its_own_line(run: RunDir) -> None:
    with open(run.path / "metrics.jsonl", "ab") as file:
        file.write(b'{"step":1}\n{"step":2,"d_l')
    run.append({"step": 3})
    assert run.metrics()["step"] == [1, 3]
