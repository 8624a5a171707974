"""Looks inside a run: each part of a tiny training, its cache and what makes it invalid, and who sees which pictures."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gan_demo.config import NO_IMAGES
from gan_demo.errors import RunError
from gan_demo.presets import PRESETS
from gan_demo.runs import library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import analyses
from gan_demo.training.trainer import train

ME, OTHER = "m" * 43, "o" * 43
PATIENCE = 60.0
pytestmark = pytest.mark.usefixtures("fresh_state")
TINY = {"width": 4, "d_width": 4, "batch": 8, "steps": 3}


def trained(preset: str, **settings: Any) -> RunDir:
    config = PRESETS[preset].with_settings(TINY | settings)
    run = RunDir.create(library.home() / library.new_id(preset), config, preset)
    for _ in train(run):
        pass
    return run


def computed(run: RunDir, part: str) -> dict[str, Any]:
    (step,) = analyses.steps(run, part)
    task = analyses.start(run, part, step, ME)
    assert task is not None
    assert task.over.wait(PATIENCE)
    assert task.error is None
    value = analyses.result(run, part, step)
    assert value is not None
    return value


def test_every_part_of_an_image_run_is_computed_and_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    run = trained("digits", limit=60)
    assert [analyses.obstacle(run, part) for part in analyses.PARTS] == [""] * 7
    outputs, plane = computed(run, "outputs"), computed(run, "plane")
    assert sum(outputs["real"]) == sum(outputs["fake"]) == 60
    assert len(plane["real"]) == len(plane["fake"]) == len(plane["real_classes"]) == 60
    weights, gradients = computed(run, "weights"), computed(run, "gradients")
    assert [len(weights[name]) for name in ("generator", "discriminator")] == [3, 4]
    assert all(layer["norm"][0] > 0 for layer in gradients["generator"])
    monkeypatch.setattr(analyses, "_compute", None)
    assert analyses.result(library.find(run.id), "plane", 3) == plane, "read from the run's folder"


def test_every_part_of_a_plane_run_is_computed() -> None:
    run = trained("ring", evaluate=False)
    assert [analyses.obstacle(run, part) for part in ("quality", "classes")] == ["not_evaluated"] * 2
    surface = computed(run, "plane")["surface"]
    assert len(surface["shares"]) == len(surface["axis"]) == len(surface["shares"][0])
    assert 0 <= surface["taken_for_real"] <= 1
    assert sum(computed(run, "outputs")["real"]) == 1000
    assert computed(run, "gradients")["batch"] == 8


def test_a_result_counts_for_the_weights_it_was_computed_from_only() -> None:
    run = trained("ring")
    computed(run, "weights")
    computed(run, "plane")
    path = run.path / "checkpoints" / "00000003.safetensors"
    os.utime(path, ns=(1, 1))
    assert analyses.result(run, "plane", 3) is None
    assert analyses.result(run, "weights", 3) is None


def test_added_steps_make_the_course_of_the_weights_old_and_leave_the_step_before_as_it_was() -> None:
    run = trained("ring")
    computed(run, "weights")
    plane = computed(run, "plane")
    run.set_config(run.config.with_settings({"steps": 5}))
    for _ in train(run):
        pass
    assert analyses.steps(run, "weights") == [5]
    assert analyses.result(run, "weights", 5) is None
    assert analyses.result(run, "plane", 3) == plane


def test_a_damaged_cache_is_computed_again() -> None:
    run = trained("ring")
    plane = computed(run, "plane")
    (file,) = (run.path / "explorer").rglob("analysis-plane*")
    file.write_bytes(b"\x1f\x8bnonsense")
    assert analyses.result(run, "plane", 3) is None
    assert computed(run, "plane") == plane


def test_what_a_part_lacks_is_named() -> None:
    new = RunDir.create(library.home() / library.new_id("ring"), PRESETS["ring"], "ring")
    assert [analyses.obstacle(new, part) for part in analyses.PARTS] == [
        "no_quality",
        "no_classes",
        *["no_checkpoint"] * 4,
        "not_begun",
    ]
    colour = trained("tutorial", limit=60)
    colour.set_config(colour.config.fit((3, 28, 28), ()))
    assert analyses.obstacle(colour, "plane") == "no_classifier"
    for state in (colour.path / "states").iterdir():
        state.unlink()
    assert analyses.obstacle(colour, "gradients") == "no_state"


def size(png: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(png)).size


def test_selected_samples_become_one_picture_and_no_more_than_fit() -> None:
    run = trained("digits", limit=60)
    for kind in ("real", "fake"):
        assert size(analyses.pictures(run, 3, kind, [5, 7, 999, -1], ME)) == (2 * 56 + 1, 56)
        assert size(analyses.pictures(run, 3, kind, range(60), ME)) == (6 * 56 + 5, 6 * 56 + 5)


def test_own_images_are_shown_to_their_owner_alone(tmp_path: Path) -> None:
    for k in range(20):
        Image.new("RGB", (32, 32), (k * 9, 90, 200 - k)).save(tmp_path / f"{k}.png")
    run = trained("faces", name="images", path=str(tmp_path), size=32, conditional=False)
    ownership.claim(run, ME)
    assert size(analyses.pictures(run, 3, "real", [1], ME)) == (64, 64)
    with pytest.raises(RunError, match="only its owner may see"):
        analyses.pictures(run, 3, "real", [1], OTHER)
    assert size(analyses.pictures(run, 3, "fake", [1], OTHER)) == (64, 64)


def test_a_run_whose_images_are_not_here_says_so() -> None:
    run = trained("digits", limit=60)
    run.set_config(run.config.with_settings({"name": "images", "path": NO_IMAGES}))
    task = analyses.start(run, "outputs", 3, ME)
    assert task is not None
    assert task.over.wait(PATIENCE)
    assert "has no training images on this machine" in str(task.error)
