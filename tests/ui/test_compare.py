"""The Compare page, run by AppTest: what can be chosen, what the address keeps, and who sees whose runs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gan_demo.i18n import text
from gan_demo.presets import PRESETS
from gan_demo.runs import library, ownership
from gan_demo.runs.parts import about
from gan_demo.runs.parts.about import About
from gan_demo.runs.run_dir import RunDir
from tests.ui.opened_page import MAIN, ME, OTHER, PATIENCE, opened_page

pytestmark = pytest.mark.usefixtures("fresh_state")


def page(owner: str = ME, language: str = "en", **query: str) -> AppTest:
    return opened_page("compare", owner, language, **query)


def a_run(owner: str = ME, name: str = "ring", **settings: Any) -> RunDir:
    run = RunDir.create(library.home() / library.new_id(name), PRESETS[name].with_settings(settings), name)
    ownership.claim(run, owner)
    run.append({"step": 10, "images": 320, "seconds": 1.5, "g_loss": 0.5, "d_loss": 0.7, "modes": 3.0})
    run.append({"step": 20, "images": 640, "seconds": 3.0, "g_loss": 0.6, "d_loss": 0.6, "modes": 8.0})
    return run


def query(at: AppTest, name: str) -> str:
    value = at.query_params.get(name, "")
    return value if isinstance(value, str) else value[0]


def words(at: AppTest) -> str:
    parts = [*at.title, *at.markdown, *at.caption, *at.error, *at.info, *at.header]
    return "\n".join(str(part.value) for part in parts)


def board(at: AppTest) -> dict[str, Any]:
    """Return the data of the board."""
    (component,) = [element for element in at.get("bidi_component") if "metrics" in element.proto.json]
    data: dict[str, Any] = json.loads(component.proto.json)
    return data


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_empty_page_says_what_to_do_and_offers_an_example(language: str) -> None:
    at = page(language=language)
    assert text.table(language)["compare.empty.help"] in words(at)
    at.button("compare-example").click().run()
    assert not at.exception
    assert query(at, "runs") == "digits,tutorial"
    assert [run["letter"] for run in board(at)["runs"]] == ["A", "B"]


def test_a_link_opens_its_runs_on_its_axis() -> None:
    at = page(runs="digits,faces", by="images")
    assert [run["id"] for run in board(at)["runs"]] == ["digits", "faces"]
    assert board(at)["axis"] == "images"
    assert "Settings that differ" in words(at)


def test_what_is_chosen_goes_into_the_address() -> None:
    mine = a_run()
    at = page(runs="digits")
    at.multiselect("compare.runs").set_value(["digits", mine.id]).run()
    assert query(at, "runs") == f"digits,{mine.id}"
    at.segmented_control("compare-by").set_value("seconds").run()
    assert (query(at, "by"), board(at)["axis"]) == ("seconds", "seconds")


def test_others_runs_are_offered_to_nobody_but_open_by_their_link() -> None:
    others = a_run(OTHER)
    at = page(runs="digits")
    assert not [option for option in at.multiselect("compare.runs").options if "Ring" in option]
    at.text_input("compare.link").set_value(f"http://example.com/train?run={others.id}").run()
    assert not at.exception
    assert query(at, "runs") == f"digits,{others.id}"
    assert [run["id"] for run in board(at)["runs"]] == ["digits", others.id]


@pytest.mark.parametrize("pasted", ["http://example.com/train?run=gone", "gone", "../../etc"])
def test_a_link_that_leads_nowhere_is_said_and_keeps_the_choice(pasted: str) -> None:
    at = page(runs="digits")
    at.text_input("compare.link").set_value(pasted).run()
    assert not at.exception
    assert len(at.error) == 1
    assert query(at, "runs") == "digits"


def test_a_deleted_run_is_said_and_the_others_stay() -> None:
    at = page(runs="gone,digits")
    assert "gone" in at.error[0].value
    assert query(at, "runs") == "digits"


def test_results_and_differences_are_tables() -> None:
    first, second = a_run(), a_run(g_lr=0.01)
    shown = words(page(runs=f"{first.id},{second.id}"))
    assert "8 at step 20" in shown
    assert "| Generator's learning rate | 0.001 | 0.01 |" in shown
    assert "Batch size" not in shown.split("Settings that differ")[-1]
    notes = text.table("en")
    assert notes["compare.note.modes"] in shown
    assert notes["compare.note.fcd"] not in shown, "points have no FCD"


def test_the_same_settings_are_said_to_be_the_same() -> None:
    first, second = a_run(), a_run()
    assert text.table("en")["compare.settings.same"] in words(page(runs=f"{first.id},{second.id}"))


def test_a_name_of_a_run_becomes_no_markup() -> None:
    run = RunDir.create(library.home() / library.new_id("x"), PRESETS["ring"], "**[a](http://b)** | <b>")
    ownership.claim(run, ME)
    shown = words(page(runs=f"{run.id},digits"))
    assert "[a](http" not in shown
    assert "\\[a\\]" in shown


def test_an_earlier_run_leads_here() -> None:
    first, second = a_run(), a_run(seed=1)
    at = AppTest.from_file(str(MAIN), default_timeout=PATIENCE)
    at.session_state["owner"] = ME
    at.run()
    at.switch_page("train.py").run()
    at.button(f"compare-{first.id}").click().run()
    assert query(at, "runs") == first.id
    assert text.table("en")["compare.one"] in words(at)
    at.switch_page("train.py").run()
    at.button(f"compare-{second.id}").click().run()
    assert query(at, "runs") == f"{first.id},{second.id}"
    assert not at.exception


@pytest.mark.parametrize("language", ["en", "zh"])
def test_charts_for_a_closer_look_load_when_opened_and_need_three_runs_to_be_parallel(language: str) -> None:
    runs = [a_run(name=name) for name in ("ring", "moons", "spiral")]
    at = page(runs=",".join(run.id for run in runs[:2]), language=language)
    assert not at.get("plotly_chart")
    at.toggle("compare-analyse").set_value(True).run()
    assert not at.exception, at.exception[0].stack_trace
    assert len(at.get("plotly_chart")) == 1, "results against time"
    assert text.table(language)["analyse.compare.few"] in words(at)
    at = page(runs=",".join(run.id for run in runs), language=language)
    at.toggle("compare-analyse").set_value(True).run()
    assert not at.exception
    assert len(at.get("plotly_chart")) == 2


def test_the_note_of_a_run_stands_below_the_results_with_its_letter() -> None:
    first, second = a_run(), a_run()
    about.write(second.path, About("Tuesday", "Too *fast*"))
    shown = words(page(runs=f"{first.id},{second.id}"))
    assert "**B** Too \\*fast\\*" in shown
    assert "**B** Tuesday" in shown
