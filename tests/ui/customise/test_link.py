"""Settings as a link: they come back as they went, and what is invalid is named."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from gan_demo.i18n import text
from gan_demo.presets import PRESETS, own_images
from gan_demo.runs import library
from gan_demo.service import app_state
from gan_demo.ui.customise import link
from tests.ui.opened_page import PATIENCE, opened_page

pytestmark = pytest.mark.usefixtures("fresh_state")


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("settings", [{}, {"g_lr": 1e-5, "d_steps": 3, "evaluate": False, "seed": 2**60}])
def test_settings_come_back_as_they_went(preset: str, settings: dict[str, object]) -> None:
    config = PRESETS[preset].with_settings(settings)
    assert link.read(link.write(preset, config)) == link.Link(preset, config)


def test_a_link_has_only_what_differs_from_its_preset() -> None:
    assert link.write("digits", PRESETS["digits"]) == "digits"
    config = PRESETS["digits"].with_settings({"conditional": False, "r1": 0.1})
    assert link.write("digits", config) == "digits,conditional=false,r1=0.1"


def test_own_images_have_no_link_and_no_link_names_a_folder() -> None:
    assert link.write("faces", own_images("somebody/me.zip", 32)) == ""
    assert "somebody" not in link.write("digits", PRESETS["digits"].with_settings({"root": "somebody"}))
    for folder in ("path=/etc", "root=/etc", "data.path=/etc", "name=images"):
        (problem,) = link.read(f"digits,{folder}").problems
        assert "can't come with a link" in str(problem)


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ("nothing", "preset"),
        ("digits,batch=1", "batch"),
        ("digits,batch=many", "batch"),
        ("digits,warp=9", "setting"),
        ("digits,r1", "link"),
        ("digits,name=cats", "data"),
        ("digits,g_lr=nan", "g_lr"),
        ("digits," + "x" * 3_000, "link"),
    ],
)
def test_what_is_unknown_or_invalid_is_named_and_the_rest_is_used(written: str, field: str) -> None:
    opened = link.read(f"{written},d_steps=2")
    assert [problem.field for problem in opened.problems] == [field]
    assert opened.config.train.d_steps == (1 if len(written) > link.MAX_LENGTH else 2)


def test_settings_that_fit_only_together_are_taken_together() -> None:
    opened = link.read("digits,label_smoothing=0.1,loss=minimax")
    assert (opened.problems, opened.config.train.label_smoothing) == ((), 0.1)


def test_a_link_may_say_after_how_much_training_to_stop() -> None:
    written = link.write("digits", PRESETS["digits"], 90.0)
    assert written == "digits,seconds=90"
    assert link.read(written) == link.Link("digits", PRESETS["digits"], seconds=90.0)
    for wrong in ("0", "-5", "nan", "1e9", "soon"):
        opened = link.read(f"digits,seconds={wrong}")
        assert ([problem.field for problem in opened.problems], opened.seconds) == (["seconds"], 0.0)


def page(settings: str, language: str = "en") -> AppTest:
    return opened_page("train", language=language, settings=settings)


def words(at: AppTest) -> str:
    return "\n".join(str(element.value) for element in [*at.markdown, *at.caption, *at.warning]).replace("\\", "")


def test_a_link_fills_the_form_and_trains_only_when_start_is_pressed() -> None:
    at = page("ring,loss=hinge,r1=0.1,r2=0,width=8,d_width=8,steps=5,batch=4")
    assert "Ring of 8, with" in words(at)
    assert "Loss: Relativistic (R3GAN) → Hinge" in words(at)
    assert list(app_state.current().jobs.jobs()) == []
    at.button("start-link").click().run()
    assert not at.exception
    (job,) = app_state.current().jobs.jobs()
    assert (library.find(job.id).config.train.loss, job.name) == ("hinge", "ring")
    assert job.wait(PATIENCE)
    assert "settings" not in at.query_params


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_link_with_something_invalid_says_so_and_opens_the_rest(language: str) -> None:
    at = page("digits,batch=1,d_steps=2", language)
    assert text.table(language)["setting.batch"] in str(at.warning[0].value)
    assert at.session_state["draft"].values["d_steps"] == 2
    (address,) = [str(code.value) for code in at.code]
    assert address.endswith("?settings=digits,d_steps=2")


def test_what_is_typed_after_a_link_was_opened_is_what_starts() -> None:
    at = page("ring,width=8,d_width=8,steps=5")
    (batch,) = [field for field in at.number_input if str(field.key).startswith("draft.batch.")]
    batch.set_value(4).run()
    at.button("start-link").click().run()
    (job,) = app_state.current().jobs.jobs()
    assert library.find(job.id).config.train.batch == 4
    assert job.wait(PATIENCE)
