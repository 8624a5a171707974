"""The form of all settings, run by AppTest: what is greyed, what a choice replaces, and what a training will take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gan_demo.i18n import text
from gan_demo.presets import PRESETS, own_images
from gan_demo.service import app_state, estimate
from gan_demo.ui.customise import form

PATIENCE = 60.0


def _page() -> None:
    import streamlit as st

    from gan_demo.ui.customise import form

    config = form.form()
    st.session_state["config"] = config


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the form of the digits."""
    monkeypatch.setenv("GAN_DEMO_HOME", str(tmp_path))
    app_state.close_current()
    test = AppTest.from_function(_page, default_timeout=PATIENCE)
    test.session_state["language"] = "en"
    return checked(test.run())


def checked(at: AppTest) -> AppTest:
    assert not at.exception
    return at


def field(at: AppTest, kind: str, name: str) -> Any:
    (widget,) = [widget for widget in at.get(kind) if str(widget.key).startswith(f"draft.{name}.")]
    return widget


def words(at: AppTest) -> str:
    """Return the text of the form, without what escapes signs of Markdown."""
    return "\n".join(str(element.value) for element in [*at.markdown, *at.caption, *at.error]).replace("\\", "")


def choose(at: AppTest, name: str, value: str) -> AppTest:
    return checked(field(at, "selectbox", name).set_value(value).run())


def enter(at: AppTest, name: str, value: float) -> AppTest:
    return checked(field(at, "number_input", name).set_value(value).run())


def press(at: AppTest, key: str) -> AppTest:
    return checked(at.button(key).click().run())


def test_the_essentials_come_first_and_the_rest_lies_in_closed_sections(at: AppTest) -> None:
    titles = [text.table("en")[f"form.{section}"] for section in form.SECTIONS]
    assert [box.label for box in at.expander] == titles
    assert not any(box.proto.expanded for box in at.expander)
    in_sections = {str(widget.key).split(".")[1] for box in at.expander for widget in box.number_input}
    assert "steps" not in in_sections
    assert {"batch", "r1", "width"} <= in_sections
    enter(at, "batch", 48)
    assert "Training · 1 changed" in [box.label for box in at.expander]


def test_a_loss_overwrites_nothing_typed_without_saying_so_and_it_comes_back(at: AppTest) -> None:
    enter(at, "r1", 0.3)
    choose(at, "loss", "wasserstein")
    assert field(at, "number_input", "r1").value == 0.0
    assert "You had typed: R1: 0.3" in words(at)
    assert "you had typed: 0.3" in words(at), "below the field, too"
    assert "Gradient penalty: off → 10" in words(at)
    press(at, "form-keep")
    assert field(at, "number_input", "r1").value == 0.3
    assert at.session_state["config"].train.gp == 10.0
    choose(at, "loss", "hinge")
    press(at, "form-undo")
    assert field(at, "selectbox", "loss").value == "wasserstein"
    assert at.session_state["config"].train.r1 == 0.3


def test_a_preset_overwrites_nothing_typed_without_saying_so(at: AppTest) -> None:
    choose(at, "preset", "faces")
    assert "form-undo" not in {button.key for button in at.button}, "nothing was typed"
    enter(at, "batch", 48)
    choose(at, "preset", "ring")
    assert "You had typed: Batch: 48" in words(at)
    press(at, "form-undo")
    assert at.session_state["config"] == PRESETS["faces"].with_settings({"batch": 48})


def test_what_a_loss_ignores_is_greyed_with_the_reason_and_does_not_stop_the_start(at: AppTest) -> None:
    assert field(at, "number_input", "label_smoothing").disabled
    assert text.table("en")["form.unused.no_targets"] in words(at)
    choose(at, "loss", "non_saturating")
    enter(at, "label_smoothing", 0.1)
    assert at.session_state["config"].train.label_smoothing == 0.1
    choose(at, "loss", "hinge")
    press(at, "form-keep")
    assert field(at, "number_input", "label_smoothing").value == 0.1, "kept for the losses that use it"
    assert at.session_state["config"].train.label_smoothing == 0.0


def test_penalties_of_other_losses_are_greyed_until_they_are_asked_for(at: AppTest) -> None:
    assert {name: field(at, "number_input", name).disabled for name in ("r1", "r2", "gp")} == {
        "r1": False,
        "r2": True,
        "gp": True,
    }
    assert text.table("en")["form.uncommon.r2"] in words(at)
    checked(field(at, "toggle", "other_penalties").set_value(True).run())
    enter(at, "r2", 0.1)
    assert at.session_state["config"].train.r2 == 0.1
    assert not field(at, "number_input", "gp").disabled


def stop_after(at: AppTest, kind: str) -> None:
    (stop,) = [choice for choice in at.get("button_group") if str(choice.key).startswith("draft.stop.")]
    checked(stop.set_value(kind).run())


def test_the_form_says_how_many_parameters_and_how_long(at: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "333,410 parameters: generator 265,537, discriminator 67,873" in words(at)
    assert text.table("en")["form.estimate.unknown"] in words(at)
    monkeypatch.setattr(estimate, "_pace", lambda config: estimate.Pace(0.02, is_measured=True))
    checked(at.run())
    assert "About 1 min in all" in words(at), "the time of the preset's card"
    stop_after(at, "steps")
    enter(at, "steps", 30_000)
    assert "About 10 min in all" in words(at)


def test_networks_too_large_for_memory_cannot_be_started(at: AppTest) -> None:
    enter(at, "width", 1024)
    enter(at, "d_width", 1024)
    assert at.session_state["config"] is None
    assert "million" in words(at)


def test_settings_of_a_run_on_own_images_stay_those_of_the_run(at: AppTest) -> None:
    config = own_images("/somewhere/flowers.zip", 64).with_settings({"batch": 16})
    at.session_state["draft"].replace("flowers", form.setting_choices.setting_values(config))
    checked(at.run())
    assert at.session_state["config"] == config
    assert field(at, "selectbox", "preset").value == "flowers"


def test_a_training_stops_with_its_cards_time_after_another_or_after_steps(
    at: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimate, "_pace", lambda config: estimate.Pace(0.02, is_measured=True))
    assert at.session_state["draft"].seconds == 60.0, "as the preset's card"
    stop_after(at, "steps")
    assert at.session_state["draft"].seconds == 0.0
    stop_after(at, "time")
    enter(at, "minutes", 3.0)
    assert at.session_state["draft"].seconds == 180.0
    assert "About 3 min in all" in words(at)
    assert at.session_state["config"] == PRESETS["digits"], "the schedule's steps stay"
