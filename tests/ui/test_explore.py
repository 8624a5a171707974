"""The Explore page, run as Streamlit runs it: what it offers, what its controls do, and what it refuses."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from gan_demo.boards import titles
from gan_demo.config import DataConfig, LabelField, ModelConfig, RunConfig
from gan_demo.data.datasets import DIGIT, FACES
from gan_demo.errors import RunError
from gan_demo.explorer import place as places
from gan_demo.explorer import place_pictures
from gan_demo.explorer.uploads import Upload
from gan_demo.export import static_site
from gan_demo.gan import latent
from gan_demo.gan.models.build import build_generator
from gan_demo.i18n import text
from gan_demo.runs import networks
from gan_demo.runs.run_dir import RunDir
from gan_demo.ui import session
from gan_demo.ui.explorer_page import component
from gan_demo.ui.explorer_page.subject import ExplorerSubject
from gan_demo.ui.explorer_page.tour import Tour
from gan_demo.weights import load, save

PAGE = Path(__file__).resolve().parents[2] / "gan_demo/ui/explore.py"
DIGITS = ModelConfig(arch="mlp", z_dim=20, width=2, conditional=True, shape=(1, 28, 28), labels=DIGIT)
PEOPLE = ModelConfig(arch="dcgan", z_dim=8, width=4, conditional=True, shape=(3, 32, 32), labels=FACES)
PLAIN = ModelConfig(arch="mlp", z_dim=12, width=2, shape=(1, 28, 28))
RING = ModelConfig(arch="points", z_dim=3, width=8, shape=(2,))


@pytest.fixture(autouse=True)
def _somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest has no cookies to know a visitor by, and a repository may have no shipped models yet, or many."""
    monkeypatch.setattr(session, "owner", lambda: "somebody")
    monkeypatch.setattr("gan_demo.runs.library.PRETRAINED", Path("/nowhere"))


def make_run(home: Path, name: str, model: ModelConfig, data: str, steps: tuple[int, ...] = (10, 20, 30)) -> RunDir:
    """Create an untrained run with a checkpoint at each of ``steps``."""
    run = RunDir.create(home / name, RunConfig(DataConfig(data), model), name)
    for step in steps:
        run.add_checkpoint(step, build_generator(model, seed=step).state_dict())
    run.set_info(dataclasses.replace(run.info, status="done", step=max(steps, default=0), checkpoints=steps))
    return run


def opened(run: str = "", **query: str) -> AppTest:
    """Return the page with the controls that need no browser."""
    app = AppTest.from_file(str(PAGE), default_timeout=60)
    for name, value in ({"native": "1"} | ({"run": run} if run else {}) | query).items():
        app.query_params[name] = value
    return ran(app)


def ran(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception, app.exception
    return app


def tour(app: AppTest) -> Tour:
    kept: Tour = app.session_state["explore.tour"]
    return kept


def errors(app: AppTest) -> str:
    return " ".join(each.value for each in app.error)


def test_with_nothing_to_look_at_the_page_says_what_to_do() -> None:
    app = opened()
    assert app.button(key="explore.train").label == "Train on digits now"
    assert len(app.file_uploader) == 1


def test_the_link_decides_run_and_step(home: Path) -> None:
    make_run(home, "first", PLAIN, "digits")
    make_run(home, "second", PLAIN, "digits")
    app = opened("first", step="20")
    assert app.selectbox(key="explore.run").value == "first"
    assert app.select_slider(key="explore.step.first").value == 20


@pytest.mark.parametrize("step", ["21", "abc", "-1", "²"])
def test_a_step_that_is_not_kept_shows_the_last_one(home: Path, step: str) -> None:
    make_run(home, "first", PLAIN, "digits")
    assert opened("first", step=step).select_slider(key="explore.step.first").value == 30


def test_an_unknown_run_is_said_and_another_is_shown(home: Path) -> None:
    make_run(home, "first", PLAIN, "digits")
    app = opened("../../etc")
    assert "is not known here" in errors(app)
    assert app.selectbox(key="explore.run").value == "first"


def test_a_run_without_a_checkpoint_is_said(home: Path) -> None:
    make_run(home, "first", PLAIN, "digits")
    make_run(home, "early", PLAIN, "digits", steps=())
    assert "no checkpoint yet" in opened("early").info[0].value


def test_a_damaged_checkpoint_is_said_and_loses_nothing(home: Path) -> None:
    run = make_run(home, "first", PLAIN, "digits", steps=(10, 20))
    (run.path / "checkpoints/00000020.safetensors").write_bytes(b"torn")
    app = opened("first")
    assert not errors(app)
    assert "step 20 is damaged" in app.warning[0].value
    assert app.slider(key="explore.direction.0")


def test_a_run_chosen_by_hand_replaces_the_linked_one(home: Path) -> None:
    make_run(home, "first", PLAIN, "digits")
    make_run(home, "second", RING, "ring")
    app = opened("first")
    app.selectbox(key="explore.run").set_value("second")
    assert ran(app).selectbox(key="explore.run").value == "second"
    assert app.query_params["run"] == "second"


def test_a_direction_slider_moves_the_place_along_that_direction_only(home: Path) -> None:
    run = make_run(home, "first", PLAIN, "digits")
    directions = place_pictures.strongest_directions(networks.generator(run), PLAIN, 8)
    app = opened("first")
    before = places.coordinates(tour(app).place, directions)
    app.slider(key="explore.direction.2").set_value(-1.5)
    after = places.coordinates(tour(ran(app)).place, directions)
    assert after == pytest.approx((*before[:2], -1.5, *before[3:]), abs=1e-4)


def test_undo_goes_back_move_by_move(home: Path) -> None:
    make_run(home, "first", PLAIN, "digits")
    app = opened("first")
    start = tour(app).place
    assert app.button(key="explore.undo").disabled
    app.button(key="explore.random").click()
    second = tour(ran(app)).place
    app.slider(key="explore.psi").set_value(0.5)
    assert tour(ran(app)).place.psi == 0.5
    app.button(key="explore.undo").click()
    assert tour(ran(app)).place == second != start
    app.button(key="explore.undo").click()
    assert tour(ran(app)).place == start
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
    assert tour(ran(app)).place.labels == (places.one_hot(10, 3),)
    assert app.button_group(key="explore.label.0").value == 3


def test_every_attribute_of_a_face_has_a_selector_with_a_name(home: Path) -> None:
    make_run(home, "first", PEOPLE, "faces")
    app = opened("first")
    assert {each.label for each in app.toggle} >= {"Smile", "Hat", "Beard", "Long hair"}
    before = tour(app).place.labels
    app.selectbox(key="explore.label.5").set_value(7)
    assert tour(ran(app)).place.labels == (*before[:5], places.one_hot(11, 7), *before[6:])
    smile = app.toggle(key="explore.label.0").value
    app.toggle(key="explore.label.0").set_value(not smile)
    assert tour(ran(app)).place.labels[0] == places.one_hot(2, int(not smile))


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

    monkeypatch.setattr(place_pictures, "pictures", gone)
    app.slider(key="explore.psi").set_value(0.5)
    app.run()
    assert not app.exception
    assert "cannot be read" in errors(app)


def test_the_slider_between_a_and_b_walks_from_one_to_the_other(home: Path) -> None:
    make_run(home, "first", DIGITS, "digits")
    app = opened("first")
    app.slider(key="explore.t").set_value(100.0)
    assert tour(ran(app)).place == tour(app).b
    app.slider(key="explore.t").set_value(50.0)
    assert tour(ran(app)).place == places.between(tour(app).a, tour(app).b, 0.5)
    app.button(key="explore.undo").click()
    assert tour(ran(app)).place == tour(app).b
    assert app.slider(key="explore.t").value == 100.0


def test_an_anchor_is_set_to_the_current_place(home: Path) -> None:
    make_run(home, "first", PLAIN, "digits")
    app = opened("first")
    app.button(key="explore.random").click()
    place = tour(ran(app)).place
    app.button(key="explore.set_b").click()
    assert tour(ran(app)).b == place
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
    place = tour(ran(app)).place
    app.select_slider(key="explore.step.first").set_value(10)
    assert tour(ran(app)).place == place
    app.selectbox(key="explore.run").set_value("second")
    assert len(tour(ran(app)).place.z) == 3


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
    place = tour(app).place
    file = io.BytesIO()
    torch.save({"weight": torch.full((3, 3), float("nan"))}, file)
    for name, data in (("odd.pt", file.getvalue()), ("odd.safetensors", b"\0" * 64), ("empty.pth", b"")):
        app.file_uploader(key="explore.file").set_value((name, data, "application/octet-stream"))
        assert errors(ran(app)), name
        assert app.selectbox(key="explore.run").value == "first"
        assert tour(app).place == place


def test_a_latent_file_brings_its_place_back(home: Path) -> None:
    make_run(home, "first", DIGITS, "digits")
    place = dataclasses.replace(places.random_place(DIGITS, 77), psi=0.6)
    text = places.to_json(place, DIGIT, places.Origin("first", 30))
    app = with_files(opened("first"))
    app.file_uploader(key="explore.latent").set_value(("a.json", text.encode(), "application/json"))
    assert tour(ran(app)).place == place
    assert app.slider(key="explore.psi").value == 0.6


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"no", "is not a JSON file"),
        (b'{"z": [0]}', "this model takes 12"),
        (json.dumps({"z": [float("nan")] * 12}).encode(), "must be a finite number"),
    ],
)
def test_a_bad_latent_file_is_said_and_loses_nothing(home: Path, data: bytes, said: str) -> None:
    make_run(home, "first", PLAIN, "digits")
    app = with_files(opened("first"))
    place = tour(app).place
    app.file_uploader(key="explore.latent").set_value(("a.json", data, "application/json"))
    assert said in errors(ran(app)).replace("\\", "")
    assert tour(app).place == place


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
    assert tour(app).place.z == pytest.approx(far.tolist())


def test_the_page_needs_no_torch_where_the_browser_draws(home: Path) -> None:
    make_run(home, "first", DIGITS, "digits")
    code = f"""import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({str(PAGE)!r}, default_timeout=60)
app.query_params["run"] = "first"
app.run()
assert not app.exception, app.exception
assert len(app.selectbox) == 1
sys.exit("torch" in sys.modules)"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120, env=os.environ | {"GAN_DEMO_HOME": str(home)})


def test_where_the_browser_fails_the_server_draws_until_it_is_told_to_try_again(home: Path) -> None:
    make_run(home, "first", PLAIN, "digits")
    app = opened("first", native="")
    assert not app.slider
    app.session_state["explore.failed"] = "no WebAssembly here"
    assert ran(app).slider(key="explore.direction.0")
    app.button(key="explore.again").click()
    assert not ran(app).slider


def test_the_explorer_is_told_where_everything_is(home: Path) -> None:
    run = make_run(home, "first", DIGITS, "digits")
    subject = ExplorerSubject("first", 0, "Mine", 20, DIGITS, "digits", run, None, (("Mine", run),))
    told = component.data(subject)
    assert {"space", "generator", "discriminator", "classifier", "real", "runtime"} <= set(told["urls"])
    assert told["urls"]["generator"].startswith("api/explore/first/20/generator.onnx?v=")
    assert [step for step, _ in told["models"][0]["checkpoints"]] == [10, 20, 30]
    assert told["query"] == {"run": "first", "step": "20"}
    assert json.loads(json.dumps(told)) == told


def test_other_runs_are_offered_at_their_intact_checkpoints_alone(home: Path) -> None:
    runs = [make_run(home, name, DIGITS, "digits") for name in ("first", "torn", "lost")]
    for run, steps in zip(runs[1:], ((20,), (10, 20, 30)), strict=True):
        for step in steps:
            (run.path / f"checkpoints/{step:08d}.safetensors").write_bytes(b"torn")
    offered = tuple((run.id, run) for run in runs)
    told = component.data(ExplorerSubject("first", 0, "Mine", 20, DIGITS, "digits", runs[0], None, offered))
    steps_of = {model["id"]: [step for step, _ in model["checkpoints"]] for model in told["models"]}
    assert steps_of == {"first": [10, 20, 30], "torn": [10, 30]}


def test_runs_of_one_name_and_minute_stand_beside_each_other(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("first", "second"):
        run = make_run(home, name, DIGITS, "digits")
        run.set_info(dataclasses.replace(run.info, name="digits", created="2026-11-23T10:00:00+00:00"))
    shown: list[ExplorerSubject] = []
    monkeypatch.setattr(component, "draw", lambda subject, on_failure: shown.append(subject))
    opened("first", native="")
    assert {each["id"] for each in component.data(shown[-1])["models"]} == {"first", "second"}


@pytest.mark.parametrize(
    ("language", "wanted"),
    [("en", "Digits in 30 seconds, from step 1,200"), ("zh", "30 秒学会数字（从第 1,200 步分叉）")],
)
def test_a_fork_is_told_from_its_parent_wherever_runs_are_listed(home: Path, language: str, wanted: str) -> None:
    for name, parent in (("first", ""), ("second", "first@1200")):
        run = make_run(home, name, DIGITS, "digits")
        run.set_info(dataclasses.replace(run.info, name="digits", parent=parent))
    app = opened("first", lang=language)
    listed = [each for each in app.selectbox(key="explore.run").options if wanted in each]
    assert len(listed) == 1
    with text.use_language(language):
        assert wanted in static_site._title_by_language(RunDir(home / "second"))[language]
        assert wanted in titles.run_title(RunDir(home / "second"))
        assert wanted not in titles.run_title(RunDir(home / "first"))


def test_uploaded_weights_have_an_address_that_is_not_their_content() -> None:
    loaded = load.Loaded(PLAIN, build_generator(PLAIN, seed=1).eval(), "gan_demo")
    upload = Upload("upload-1", "mine.pt", loaded, "m" * 43)
    subject = ExplorerSubject("upload-1", "upload-1", "mine.pt", None, PLAIN, "", None, upload)
    told = component.data(subject)
    assert told["urls"]["space"] == f"api/explore/uploads/{upload.secret}/space.json"
    assert told["urls"]["generator"] == f"api/explore/uploads/{upload.secret}/generator.onnx"
    assert told["query"] is None
    assert len(json.dumps(told)) < 100_000
    assert component.data(subject) == told
