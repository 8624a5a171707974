"""Diagnostics for a bug report: what is in them, and that nothing of a person is."""

from __future__ import annotations

import platform
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit
import torch

import gan_demo
from gan_demo.cli.main import main
from gan_demo.config import DataConfig, LabelField, RunConfig
from gan_demo.errors import DataError
from gan_demo.presets import PRESETS
from gan_demo.runs import library, ownership
from gan_demo.runs.manifest import SavedError
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import diagnostics, run_state
from gan_demo.service.run_state import RunState

pytestmark = pytest.mark.usefixtures("fresh_state")
ME = "m" * 43


def ring(name: str = "ring") -> RunDir:
    return RunDir.create(library.home() / library.new_id(name), PRESETS["ring"], name)


def test_versions_and_device_are_named() -> None:
    report = diagnostics.report()
    for version in (
        gan_demo.__version__,
        platform.python_version(),
        torch.__version__.split("+")[0],
        streamlit.__version__,
    ):
        assert version in report
    assert "Device: c" in report
    assert "Run:" not in report


def test_a_runs_settings_and_progress_are_named() -> None:
    report = diagnostics.report(ring())
    assert "Run: ring, interrupted at step 0, on cpu" in report
    assert "data: name=ring " in report
    assert " size=0" in report
    assert "loss=relativistic" in report
    assert "g_lr=0.001" in report


def test_nothing_of_a_person_is_in_a_report(tmp_path: Path, home: Path) -> None:
    faces = RunConfig(DataConfig("images", root=str(tmp_path), path=str(tmp_path / "aunt-mary.zip"), size=32))
    fields = (LabelField("class", ("mary", "john")),)
    conditional = replace(faces, model=replace(faces.model, conditional=True)).fit((3, 32, 32), fields)
    run = RunDir.create(home / library.new_id("aunt-mary"), conditional, "aunt-mary")
    ownership.claim(run, ME)
    failure = DataError("images", "aunt-mary.zip", "has only {count} images", "Take more than {least}", count=3)
    with run.writing():
        run.set_info(replace(run.info, status=Status.FAILED, error=SavedError.of(failure)))
    report = diagnostics.report(run)
    for private in ("mary", "john", str(tmp_path), str(home), str(Path.home()), ME, ownership.digest(ME), run.id):
        assert private not in report.lower()
    assert "Run: settings of one's own, failed at step 0" in report
    assert "Error: RunError of images: has only {count} images" in report


def test_an_error_is_named_with_its_lines_but_without_its_message(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        library.find("/somewhere/mary/run")
        raise FileNotFoundError("/somewhere/mary/photos.zip")
    except Exception as error:
        raised = error
    try:
        raise ValueError("/somewhere/mary/photos.zip")
    except ValueError as error:
        unexpected = error
    run = ring()
    for error, line in ((raised, "gan_demo/runs/library.py:"), (unexpected, "test_diagnostics.py:")):
        monkeypatch.setattr(run_state, "state", lambda run, error=error: RunState(Status.FAILED, None, error))
        report = diagnostics.report(run)
        assert f"Error: {type(error).__name__}" in report
        assert line in report
        assert "mary" not in report
        assert str(Path(gan_demo.__file__).parents[1]) not in report


def test_without_torch_the_report_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert "torch can't be loaded (ModuleNotFoundError)" in diagnostics.report()


def test_the_command_line_prints_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    run = ring()
    assert main(["diagnostics"]) == 0
    assert capsys.readouterr().out == diagnostics.report()
    assert main(["diagnostics", run.id]) == 0
    assert capsys.readouterr().out == diagnostics.report(run)
    assert main(["diagnostics", "nothing"]) == 2
