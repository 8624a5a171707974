"""The pages, run by Streamlit's AppTest: every page in both languages, its covers, and its own settings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from gan_demo.i18n import text
from gan_demo.presets import PRESETS
from gan_demo.runs import library
from gan_demo.ui import session
from tests.ui.app_page import MAIN, ME, PATIENCE, app, field, linked, occupied, press, words
from tests.ui.app_page import jobs as jobs


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("page", ["home", "train", "compare", "lab", "learn"])
def test_every_page_opens_in_both_languages(page: str, language: str) -> None:
    at = app(page, language=language)
    heading = {"train": "setup.title"}.get(page, f"{page}.title")
    assert text.table(language)[heading] in words(at)


def test_the_language_can_be_switched_on_the_page() -> None:
    at = app()
    at.segmented_control("language").set_value("zh").run()
    assert text.table("zh")["home.title"] in words(at)


def test_an_address_may_ask_for_a_language() -> None:
    at = AppTest.from_file(str(MAIN), default_timeout=PATIENCE)
    at.query_params["lang"] = "zh"
    assert text.table("zh")["home.title"] in words(at.run())

    # Streamlit forgets the widget's value for a browser that goes on to another page before it has answered with it
    next_page = AppTest.from_file(str(MAIN), default_timeout=PATIENCE).switch_page("learn.py")
    next_page.session_state[session.LANGUAGE_KEPT] = at.session_state[session.LANGUAGE_KEPT]
    assert text.table("zh")["learn.title"] in words(next_page.run())


def covers(at: AppTest) -> list[str]:
    """Return the addresses of the covers on a page."""
    return [
        address
        for element in at.get("html")
        for address in re.findall(r'<img class="cover" src="([^"]+)"', element.proto.body)
    ]


def test_every_card_has_its_cover_among_the_static_files() -> None:
    addresses = covers(app("train"))
    assert len(set(addresses)) == 6
    for address in addresses:
        folder, _, name = address.rpartition("/")
        assert folder == "app/static", "relative, so that it holds below a base path"
        file = MAIN.parent / "static" / name
        assert file.stat().st_size < 32_000, "a page has six of them"
        with Image.open(file) as picture:
            assert (picture.format, picture.size) == ("PNG", (960, 320))


def test_home_shows_a_cover_where_no_model_is_shipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(library, "PRETRAINED", tmp_path)
    assert covers(app()) == ["app/static/cover-digits.png"]


def customised() -> AppTest:
    at = AppTest.from_file(str(MAIN), default_timeout=PATIENCE)
    at.session_state["owner"] = ME
    at.session_state["wanted-settings"] = True
    at.run()
    at.switch_page("train.py").run()
    assert not at.exception
    return at


def test_a_changed_setting_reaches_the_run() -> None:
    at = customised()
    field(at, "number_input", "batch").set_value(48).run()
    occupied()
    at = press(at, "start-custom")
    in_a_minute = {"schedule_from": PRESETS["digits"].train.steps}  # until the trainer knows its steps
    assert linked(at).config == PRESETS["digits"].with_settings({"batch": 48} | in_a_minute)
    assert linked(at).info.budget == 60.0


def test_a_setting_out_of_range_is_marked_and_disables_the_start_button() -> None:
    at = customised()
    field(at, "number_input", "batch").set_value(1).run()
    field(at, "number_input", "g_lr").set_value(-1.0).run()
    messages = [str(element.value) for element in at.caption if ":red[" in str(element.value)]
    assert len(messages) == 2
    assert any(text.table("en")["setting.batch"] in message for message in messages)
    assert at.button("start-custom").disabled


def test_another_loss_brings_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    from gan_demo import presets

    monkeypatch.setitem(presets.LOSS_SETTINGS, ("wasserstein", "images"), {"gp": 10.0, "d_steps": 5})
    at = customised()
    field(at, "selectbox", "loss").set_value("wasserstein").run()
    assert field(at, "number_input", "d_steps").value == 5
    assert field(at, "number_input", "gp").value == 10.0


def test_another_kind_of_data_brings_its_networks() -> None:
    at = customised()
    field(at, "selectbox", "name").set_value("spiral").run()
    assert session_values(at)["arch"] == "points"
    assert session_values(at)["name"] == "spiral"
    assert not at.button("start-custom").disabled


def session_values(at: AppTest) -> dict[str, Any]:
    values: dict[str, Any] = at.session_state["draft"].values
    return values
