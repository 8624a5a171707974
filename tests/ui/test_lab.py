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
from gan_demo.ui import lab
from tests.ui.opened_page import opened_page

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
    (found,) = [element for element in at.get("bidi_component") if '"graphs"' in element.proto.json]
    data: dict[str, Any] = json.loads(found.proto.json)
    return data


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
