"""Where the newest checkpoint is damaged, the one before is used by every way in, and it is said."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy
import pytest

from gan_demo.analysis import sampling
from gan_demo.analysis.inside import layers
from gan_demo.cli.main import main
from gan_demo.errors import RunError
from gan_demo.explorer import artifacts
from gan_demo.export import static_site
from gan_demo.gan.models.build import build_generator
from gan_demo.presets import PRESETS
from gan_demo.runs import networks, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import analyses, run_files
from tests.component_scan import scan_components_once as scan_components_once
from tests.ui.opened_page import ME, opened_page

LEFT_OUT = {
    "en": "The checkpoint of step 30 is damaged and left out; step 20 is used.",
    "zh": "第 30 步的检查点已损坏，不再使用；现在用的是第 20 步。",
}


def damage(run: RunDir, *steps: int) -> None:
    """Flip a bit of the last number of the checkpoints of ``steps``."""
    for step in steps:
        path = run.path / f"checkpoints/{step:08d}.safetensors"
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


@pytest.fixture
def run(home: Path) -> RunDir:
    """Return a run with checkpoints of steps 10, 20 and 30, of which the last is damaged."""
    config = PRESETS["ring"].with_settings({"steps": 30, "width": 4, "d_width": 4})
    config = dataclasses.replace(config, model=dataclasses.replace(config.model, shape=(2,)))  # as a training sets it
    run = RunDir.create(home / "ring-1", config, "ring")
    for step in (10, 20, 30):
        run.add_checkpoint(step, build_generator(config.model, seed=step).state_dict())
        run.append({"step": step, "images": step, "seconds": 1.0, "d_loss": 1.0, "g_loss": 1.0})
    run.set_info(dataclasses.replace(run.info, status="done", step=30, checkpoints=(10, 20, 30)))
    ownership.claim(run, ME)
    damage(run, 30)
    return run


def test_the_newest_intact_checkpoint_is_the_one_before(run: RunDir, caplog: pytest.LogCaptureFixture) -> None:
    assert run.newest_checkpoint() == 20
    assert "That of step 20 is used instead" in caplog.text
    assert run.newest_checkpoint(19) == 10
    assert run.intact_checkpoints == [10, 20]
    damage(run, 10, 20)
    with pytest.raises(RunError, match=r"00000030\.safetensors"):
        run.newest_checkpoint()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_explorer_shows_the_one_before_and_says_so(run: RunDir, language: str, fresh_state: None) -> None:
    for query in ({}, {"step": "30"}):
        at = opened_page("explore", language=language, run=run.id, native="1", **query)
        assert at.select_slider(key=f"explore.step.{run.id}").value == 20
        assert [warning.value for warning in at.warning] == [LEFT_OUT[language]]
        assert not at.error
    damage(run, 20)
    at = opened_page("explore", language=language, run=run.id, native="1")
    assert "20, 30" in at.warning[0].value
    assert not at.error


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_of_the_run_says_which_one_is_used(run: RunDir, language: str, fresh_state: None) -> None:
    at = opened_page("train", language=language, run=run.id)
    assert LEFT_OUT[language] in [warning.value for warning in at.warning]
    assert any(button.key == "explore" for button in at.button)
    damage(run, 10, 20)
    at = opened_page("train", language=language, run=run.id)
    assert "10, 20, 30" in at.warning[0].value
    assert not any(button.key == "explore" for button in at.button)


def test_files_of_the_explorer_and_analyses_leave_it_out(run: RunDir) -> None:
    assert artifacts.outline(run, 20)["steps"] == [10, 20]
    assert analyses.steps(run, "plane") == [10, 20]
    (first, *_) = layers.compute(run, 20, None, lambda share: None)["generator"]
    assert first["steps"] == [10, 20]
    damage(run, 10, 20)
    assert analyses.obstacle(run, "plane") == "no_checkpoint"


def test_exports_and_the_command_line_use_the_one_before(
    run: RunDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_files.weights(run)
    assert sampling.evaluate(run, None, 100)["step"] == 20
    site = static_site.files(run)
    assert f"{run.id}/20" in site["site.json"].decode()
    assert not any("/30/" in name for name in site)
    assert json.loads(site[f"api/explore/{run.id}/20/space.json"])["steps"] == [10, 20]
    drawn, expected = tmp_path / "drawn.npz", tmp_path / "expected.npz"
    assert main(["sample", run.id, "--out", str(drawn)]) == 0
    assert main(["sample", run.id, "--step", "20", "--out", str(expected)]) == 0
    assert numpy.array_equal(numpy.load(drawn)["samples"], numpy.load(expected)["samples"])
    assert main(["export", run.id, "--format", "onnx", "--out", str(tmp_path / "a.onnx")]) == 0
    assert next(networks.generator(run).parameters()).equal(next(networks.generator(run, 20).parameters()))


def test_a_fork_starts_at_the_newest_intact_state(run: RunDir) -> None:
    for step in (10, 20, 30):
        run.save_state(step, {"counts": build_generator(run.config.model, seed=1).state_dict().popitem()[1]})
        run.keep_state(step)
    path = run.path / "states/00000030.safetensors"
    data = path.read_bytes()
    path.unlink()  # a hard link of the state to resume from
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert run.newest_state() == 20
    assert run.newest_state(19) == 10
    assert run.newest_state(9) is None
    assert artifacts.discriminator_step(run, 30) == 20
