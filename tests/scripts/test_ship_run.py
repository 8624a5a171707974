"""What is shipped with a model: the newest state in half the room, and explorer files as the code makes them now."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from gan_demo.cli.main import main
from gan_demo.config import ModelConfig
from gan_demo.explorer import artifacts
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from scripts import ship_run
from tests.tiny_run import TINY

pytestmark = pytest.mark.usefixtures("one_thread")
SHIPPED = ["digits", "faces", "tutorial"]
OUTPUT_TOLERANCE, SPACE_TOLERANCE = 1e-6, 1e-4


def outputs(content: bytes, model: ModelConfig) -> np.ndarray:
    """Of a network on random inputs."""
    session, rng = onnxruntime.InferenceSession(content), np.random.default_rng(0)
    sizes = {"z": (4, model.z_dim), "y": (4, model.label_width), "x": (4, *model.shape), "psi": (1,)}
    feeds = {each.name: rng.standard_normal(sizes[each.name]).astype(np.float32) for each in session.get_inputs()}
    (output,) = session.run(None, feeds)
    assert isinstance(output, np.ndarray)
    return output


@pytest.mark.parametrize("name", SHIPPED)
def test_the_first_picture_of_a_shipped_model_needs_no_torch(name: str) -> None:
    run = library.find(name)
    for file in artifacts.NAMES:
        assert artifacts.cached(run, run.checkpoints[-1], file) is not None


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_networks_are_what_the_code_makes_now(name: str, tmp_path: Path) -> None:
    run = library.find(name)
    shutil.copytree(run.path, tmp_path / name, ignore=shutil.ignore_patterns("explorer", "grids"))
    for file in ("generator.onnx", "discriminator.onnx"):
        shipped_output, fresh_output = (
            gzip.decompress(artifacts.content(each, each.checkpoints[-1], file))
            for each in (run, RunDir(tmp_path / name))
        )
        np.testing.assert_allclose(
            outputs(shipped_output, run.config.model),
            outputs(fresh_output, run.config.model),
            rtol=OUTPUT_TOLERANCE,
            atol=OUTPUT_TOLERANCE,
        )


@pytest.mark.parametrize("name", ["digits", *(pytest.param(name, marks=pytest.mark.soak) for name in SHIPPED[1:])])
def test_a_shipped_space_is_what_the_code_finds_now(name: str) -> None:
    run = library.find(name)
    cached = artifacts.cached(run, run.checkpoints[-1], "space.json")
    assert cached is not None
    shipped = json.loads(gzip.decompress(cached))
    fresh = json.loads(artifacts._space_json(run, run.checkpoints[-1]))
    directions, fresh_directions = shipped.pop("directions"), fresh.pop("directions")
    for key in ("real_logit", "fake_logit"):  # of the built-in digits, or of all of MNIST where it is at hand
        assert shipped.pop(key) == pytest.approx(fresh.pop(key), abs=0.5)
    assert shipped == fresh
    assert [each["key"] for each in directions] == [each["key"] for each in fresh_directions]
    for each, other in zip(directions, fresh_directions, strict=True):
        # rounded to six digits; eigenvectors move a little where another machine adds up in another order
        np.testing.assert_allclose(each["u"], other["u"], rtol=0, atol=SPACE_TOLERANCE)
        assert each["effect"]["measure"] == other["effect"]["measure"]
        assert each["effect"]["values"] == pytest.approx(
            other["effect"]["values"], abs=SPACE_TOLERANCE, rel=SPACE_TOLERANCE
        )


def test_a_run_is_shipped_with_its_last_state_in_half_the_room_and_its_explorer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["train", "digits", "--steps", "3", *TINY]
    assert main([*words, "--out", str(tmp_path / "run")]) == 0
    monkeypatch.setattr(ship_run, "card", lambda *_: {"measured": "elsewhere"})
    source, folder = RunDir(tmp_path / "run"), tmp_path / "shipped"
    ship_run.ship(source, folder, None, 16)
    shipped = RunDir(folder)
    assert shipped.states == [3]
    state, whole = shipped.load_state_at(3), source.load_state_at(3)
    assert {key: value.dtype for key, value in state.items()} == {key: value.dtype for key, value in whole.items()}
    small, large = ((each.path / "states" / "00000003.safetensors").stat().st_size for each in (shipped, source))
    assert small < 0.65 * large
    for file in artifacts.NAMES:
        assert artifacts.cached(shipped, 3, file) is not None
