"""The Explore page, run as Streamlit runs it: which run it shows, what it tells the browser, and what it offers."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gan_demo.boards import titles
from gan_demo.explorer.uploads import Upload
from gan_demo.export import static_site
from gan_demo.gan.models.build import build_generator
from gan_demo.i18n import text
from gan_demo.runs.run_dir import RunDir
from gan_demo.ui.explorer_page import component
from gan_demo.ui.explorer_page.subject import ExplorerSubject
from gan_demo.weights import load
from tests.ui.explore_page import DIGITS, PAGE, PLAIN, RING, errors, make_run, opened, ran
from tests.ui.explore_page import _somebody as _somebody


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
    data = component.data(subject)
    assert {"space", "generator", "discriminator", "classifier", "real", "runtime"} <= set(data["urls"])
    assert data["urls"]["generator"].startswith("api/explore/first/20/generator.onnx?v=")
    assert [step for step, _ in data["models"][0]["checkpoints"]] == [10, 20, 30]
    assert data["query"] == {"run": "first", "step": "20"}
    assert json.loads(json.dumps(data)) == data


def test_other_runs_are_offered_at_their_intact_checkpoints_alone(home: Path) -> None:
    runs = [make_run(home, name, DIGITS, "digits") for name in ("first", "torn", "lost")]
    for run, steps in zip(runs[1:], ((20,), (10, 20, 30)), strict=True):
        for step in steps:
            (run.path / f"checkpoints/{step:08d}.safetensors").write_bytes(b"torn")
    offered = tuple((run.id, run) for run in runs)
    data = component.data(ExplorerSubject("first", 0, "Mine", 20, DIGITS, "digits", runs[0], None, offered))
    steps_of = {model["id"]: [step for step, _ in model["checkpoints"]] for model in data["models"]}
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
    data = component.data(subject)
    assert data["urls"]["space"] == f"api/explore/uploads/{upload.secret}/space.json"
    assert data["urls"]["generator"] == f"api/explore/uploads/{upload.secret}/generator.onnx"
    assert data["query"] is None
    assert len(json.dumps(data)) < 100_000
    assert component.data(subject) == data
