"""Finished tiny runs for the command line, and the one line that a wrong command prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from gan_demo.cli.main import main

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
