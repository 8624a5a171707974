"""The Lab page: what its component is given, and the scripts that it asks for."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gan_demo.errors import ConfigError, DataError
from gan_demo.export.lab_script import lab_script
from gan_demo.i18n import text
from gan_demo.presets import PRESETS
from gan_demo.runs import library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.training.trainer import train
from gan_demo.ui import lab
from tests.ui.opened_page import ME, opened_page

pytestmark = pytest.mark.usefixtures("fresh_state")
SETTINGS: dict[str, Any] = {
    "name": "spiral",
    "arch": "points",
    "z_dim": 2,
    "width": 16,
    "d_width": 8,
    "depth": 1,
    "d_depth": 2,
    "activation": "tanh",
    "loss": "hinge",
    "batch": 64,
    "g_lr": 0.002,
    "seed": 7,
}


def component(at: AppTest) -> dict[str, Any]:
    """Return the data of the lab's component."""
    (element,) = [each for each in at.get("bidi_component") if '"graphs"' in each.proto.json]
    data: dict[str, Any] = json.loads(element.proto.json)
    return data


def trained(preset: str = "ring", **change: object) -> RunDir:
    """Return a run of mine that is done after three steps."""
    tiny = {"steps": 3, "batch": 16, "width": 8, "d_width": 8, "evaluate": False}
    config = PRESETS[preset].with_settings(tiny | change)
    run = RunDir.create(library.home() / library.new_id(preset), config, preset)
    ownership.claim(run, ME)
    for _ in train(run):
        pass
    return run


def labels(at: AppTest) -> list[str]:
    return [button.label for button in at.button]


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_run_of_points_that_is_done_leads_to_the_lab_which_is_told_of_it(language: str) -> None:
    run, words = trained(), text.table(language)
    at = opened_page("train", language=language, run=run.id)
    (button,) = [button for button in at.button if button.label == words["end.lab"]]
    assert "3" in button.help
    data = component(opened_page("lab", language=language, run=run.id))["run"]
    assert data == {
        "id": run.id,
        "title": words["preset.ring"],
        "training": f"api/runs/{run.id}/training",
        "page": f"train?run={run.id}",
    }


def test_a_run_with_settings_that_the_lab_lacks_says_which_and_what_to_do() -> None:
    run, words = trained(mapping=2), text.table("en")
    sentence = words["end.lab.missing"].format(settings=words["setting.mapping"])
    at = opened_page("train", run=run.id)
    assert words["end.lab"] not in labels(at)
    assert sentence in [caption.value for caption in at.caption]
    at = opened_page("lab", run=run.id)
    assert component(at)["run"] is None
    assert [note.value for note in at.info] == [sentence]


def test_a_run_of_images_and_none_at_all_do_not_go_on_in_the_lab() -> None:
    words = text.table("en")
    assert words["end.lab"] not in labels(opened_page("train", run="digits"))
    at = opened_page("lab", run="digits")
    assert (component(at)["run"], at.info[0].value) == (None, words["end.lab.images"])
    at = opened_page("lab", run="nobody")
    assert component(at)["run"] is None
    assert len(at.error) == 1


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_page_has_its_component_in_the_sessions_language(language: str) -> None:
    data = component(opened_page("lab", language=language))
    assert data["texts"]["play"] == text.table(language)["lab.play"]
    assert data["script"] is None


def test_a_script_is_python_with_the_settings_of_the_lab() -> None:
    source = lab_script(SETTINGS)
    ast.parse(source)
    for setting in ("0.002", "Tanh", "spiral"):
        assert setting.lower() in source.lower()


@pytest.mark.parametrize(
    ("change", "error"),
    [({"name": "drawn"}, DataError), ({"g_steps": 2}, ConfigError), ({"loss": "best"}, ConfigError)],
)
def test_settings_that_no_run_has_are_refused(change: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        lab_script({**SETTINGS, **change})


def test_the_component_is_told_why_there_is_no_script() -> None:
    answer = lab._script({**SETTINGS, "loss": "best"})
    assert answer["text"] == ""
    assert "best" in answer["trouble"]
    assert lab._script(SETTINGS)["trouble"] == ""
