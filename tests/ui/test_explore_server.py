"""The Explore page where the server draws: its sliders, labels, anchors, uploads and files."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from gan_demo.config import LabelField, ModelConfig
from gan_demo.data.datasets import DIGIT, FACES
from gan_demo.errors import RunError
from gan_demo.explorer import latent_pictures, latent_point
from gan_demo.gan import latent
from gan_demo.gan.models.build import build_generator
from gan_demo.runs import networks
from gan_demo.ui.explorer_page.tour import Tour
from gan_demo.weights import save
from tests.ui.explore_page import DIGITS, PLAIN, RING, errors, make_run, opened, ran
from tests.ui.explore_page import _somebody as _somebody

PEOPLE = ModelConfig(arch="dcgan", z_dim=8, width=4, conditional=True, shape=(3, 32, 32), labels=FACES)


def tour(app: AppTest) -> Tour:
    current: Tour = app.session_state["explore.tour"]
    return current


def test_a_direction_slider_moves_the_place_along_that_direction_only(home: Path) -> None:
    run = make_run(home, "first", PLAIN, "digits")
    directions = latent_pictures.strongest_directions(networks.generator(run), PLAIN, 8)
    app = opened("first")
    before = latent_point.coordinates(tour(app).point, directions)
    app.slider(key="explore.direction.2").set_value(-1.5)
    after = latent_point.coordinates(tour(ran(app)).point, directions)
    assert after == pytest.approx((*before[:2], -1.5, *before[3:]), abs=1e-4)


def test_undo_goes_back_move_by_move(home: Path) -> None:
    make_run(home, "first", PLAIN, "digits")
    app = opened("first")
    start = tour(app).point
    assert app.button(key="explore.undo").disabled
    app.button(key="explore.random").click()
    second = tour(ran(app)).point
    app.slider(key="explore.psi").set_value(0.5)
    assert tour(ran(app)).point.psi == 0.5
    app.button(key="explore.undo").click()
    assert tour(ran(app)).point == second != start
    app.button(key="explore.undo").click()
    assert tour(ran(app)).point == start
    assert app.slider(key="explore.psi").value == 1.0


def test_centre_puts_every_slider_to_zero(home: Path) -> None:
    make_run(home, "first", PLAIN, "digits")
    app = opened("first")
    app.button(key="explore.reset").click()
    ran(app)
    assert {app.slider(key=f"explore.direction.{k}").value for k in range(8)} == {0.0}


def test_a_class_is_chosen(home: Path) -> None:
    make_run(home, "first", DIGITS, "digits")
    app = opened("first")
    app.button_group(key="explore.label.0").set_value(3)
    assert tour(ran(app)).point.labels == (latent_point.one_hot(10, 3),)
    assert app.button_group(key="explore.label.0").value == 3


def test_every_attribute_of_a_face_has_a_selector_with_a_name(home: Path) -> None:
    make_run(home, "first", PEOPLE, "faces")
    app = opened("first")
    assert {each.label for each in app.toggle} >= {"Smile", "Hat", "Beard", "Long hair"}
    before = tour(app).point.labels
    app.selectbox(key="explore.label.5").set_value(7)
    assert tour(ran(app)).point.labels == (*before[:5], latent_point.one_hot(11, 7), *before[6:])
    smile = app.toggle(key="explore.label.0").value
    app.toggle(key="explore.label.0").set_value(not smile)
    assert tour(ran(app)).point.labels[0] == latent_point.one_hot(2, int(not smile))


def test_values_without_a_translation_show_as_they_are(home: Path) -> None:
    odd = LabelField("class", ("{curly}", "**bold**"))
    make_run(home, "first", dataclasses.replace(PLAIN, conditional=True, labels=(odd,)), "digits")
    app = opened("first")
    assert app.selectbox(key="explore.label.0").options == ["{curly}", "**bold**"]


def with_files(app: AppTest) -> AppTest:
    """With the menu of files open, which is drawn only then."""
    app.session_state["explore.files"] = True
    return ran(app)


def test_a_move_after_the_run_was_deleted_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_run(home, "first", PLAIN, "digits")
    app = opened("first")

    def gone(*about: Any) -> None:
        raise RunError("file", "generator.safetensors", "cannot be read", "Restore the run folder from a copy")

    monkeypatch.setattr(latent_pictures, "pictures", gone)
    app.slider(key="explore.psi").set_value(0.5)
    app.run()
    assert not app.exception
    assert "cannot be read" in errors(app)


def test_the_slider_between_a_and_b_walks_from_one_to_the_other(home: Path) -> None:
    make_run(home, "first", DIGITS, "digits")
    app = opened("first")
    app.slider(key="explore.t").set_value(100.0)
    assert tour(ran(app)).point == tour(app).b
    app.slider(key="explore.t").set_value(50.0)
    assert tour(ran(app)).point == latent_point.between(tour(app).a, tour(app).b, 0.5)
    app.button(key="explore.undo").click()
    assert tour(ran(app)).point == tour(app).b
    assert app.slider(key="explore.t").value == 100.0


def test_an_anchor_is_set_to_the_current_place(home: Path) -> None:
    make_run(home, "first", PLAIN, "digits")
    app = opened("first")
    app.button(key="explore.random").click()
    point = tour(ran(app)).point
    app.button(key="explore.set_b").click()
    assert tour(ran(app)).b == point
    assert app.slider(key="explore.t").value == 100.0


@pytest.mark.parametrize("z_dim", [1, 3])
def test_a_model_of_points_shows_its_plane(home: Path, z_dim: int) -> None:
    make_run(home, "first", dataclasses.replace(RING, z_dim=z_dim), "ring")
    app = opened("first")
    assert "2,000 samples" in " ".join(each.value for each in app.caption)
    app.slider(key="explore.t").set_value(50.0)
    assert not errors(ran(app))


def test_a_link_with_parts_of_the_other_explorer_opens(home: Path) -> None:
    make_run(home, "first", PLAIN, "digits")
    app = opened("first", step="20", tool="map", tab="Neighbours", z="AAAA", psi="7")
    assert not errors(app)
    assert app.select_slider(key="explore.step.first").value == 20
    assert app.slider(key="explore.direction.0")
    assert not app.tabs


def test_checkpoints_of_a_run_share_the_place_and_other_models_begin_anew(home: Path) -> None:
    make_run(home, "first", PLAIN, "digits")
    make_run(home, "second", RING, "ring")
    app = opened("first")
    app.button(key="explore.random").click()
    point = tour(ran(app)).point
    app.select_slider(key="explore.step.first").set_value(10)
    assert tour(ran(app)).point == point
    app.selectbox(key="explore.run").set_value("second")
    assert len(tour(ran(app)).point.z) == 3


def test_uploaded_weights_are_explored(home: Path) -> None:
    data = save.weights_file(build_generator(DIGITS, seed=1), DIGITS)
    app = opened()
    app.file_uploader(key="explore.file").set_value(("mine.safetensors", data, "application/octet-stream"))
    ran(app)
    assert app.selectbox(key="explore.run").value.startswith("upload-")
    assert app.slider(key="explore.direction.0")


def test_refused_weights_are_said_and_lose_nothing(home: Path) -> None:
    make_run(home, "first", PLAIN, "digits")
    app = opened("first")
    point = tour(app).point
    file = io.BytesIO()
    torch.save({"weight": torch.full((3, 3), float("nan"))}, file)
    for name, data in (("odd.pt", file.getvalue()), ("odd.safetensors", b"\0" * 64), ("empty.pth", b"")):
        app.file_uploader(key="explore.file").set_value((name, data, "application/octet-stream"))
        assert errors(ran(app)), name
        assert app.selectbox(key="explore.run").value == "first"
        assert tour(app).point == point


def test_a_latent_file_brings_its_place_back(home: Path) -> None:
    make_run(home, "first", DIGITS, "digits")
    point = dataclasses.replace(latent_point.random_point(DIGITS, 77), psi=0.6)
    text = latent_point.to_json(point, DIGIT, latent_point.Origin("first", 30))
    app = with_files(opened("first"))
    app.file_uploader(key="explore.latent").set_value(("a.json", text.encode(), "application/json"))
    assert tour(ran(app)).point == point
    assert app.slider(key="explore.psi").value == 0.6


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"no", "is not a JSON file"),
        (b'{"z": [0]}', "this model takes 12"),
        (json.dumps({"z": [float("nan")] * 12}).encode(), "must be a finite number"),
    ],
)
def test_a_bad_latent_file_is_said_and_loses_nothing(home: Path, data: bytes, message: str) -> None:
    make_run(home, "first", PLAIN, "digits")
    app = with_files(opened("first"))
    point = tour(app).point
    app.file_uploader(key="explore.latent").set_value(("a.json", data, "application/json"))
    assert message in errors(ran(app)).replace("\\", "")
    assert tour(app).point == point


def test_the_page_speaks_chinese(home: Path) -> None:
    make_run(home, "first", PEOPLE, "faces")
    app = opened("first", lang="zh")
    assert app.title[0].value == "探索"
    assert {each.label for each in app.toggle} >= {"微笑", "帽子"}


def test_a_place_far_out_stands_at_the_end_of_its_slider(home: Path) -> None:
    run = make_run(home, "first", PLAIN, "digits")
    far = latent.sample_z(1, 12, 0)[0] * 20
    app = with_files(opened(run.id))
    data = json.dumps({"z": far.tolist()}).encode()
    app.file_uploader(key="explore.latent").set_value(("a.json", data, "application/json"))
    ran(app)
    assert max(abs(app.slider(key=f"explore.direction.{k}").value) for k in range(8)) == 3.5
    assert tour(app).point.z == pytest.approx(far.tolist())
