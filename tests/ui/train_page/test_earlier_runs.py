"""Earlier runs, by AppTest: names and notes, pictures, and failed ones that are deleted together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from gan_demo.i18n import text
from gan_demo.presets import PRESETS
from gan_demo.runs import library, ownership
from gan_demo.runs.manifest import SavedError
from gan_demo.runs.parts import about
from gan_demo.runs.parts.about import About
from gan_demo.runs.run_dir import RunDir
from gan_demo.ui.train_page import earlier_runs
from tests.ui.opened_page import ME, OTHER, opened_page

FAILED = SavedError("d_loss", "inf", "diverged at step {step}", "Lower the learning rates", {"step": "7"})


pytestmark = pytest.mark.usefixtures("fresh_state")


def a_run(status: str = "stopped", owner: str = ME) -> RunDir:
    run = RunDir.create(library.home() / library.new_id("ring"), PRESETS["ring"], "ring")
    ownership.claim(run, owner)
    run.set_info(replace(run.info, status=status, error=FAILED if status == "failed" else None))
    return run


def page(owner: str = ME, **query: str) -> AppTest:
    return opened_page("train", owner, **query)


def checked(at: AppTest) -> AppTest:
    assert not at.exception
    return at


def press(at: AppTest, key: str) -> AppTest:
    return checked(at.button(key).click().run())


def words(at: AppTest) -> str:
    return "\n".join(str(element.value) for element in [*at.markdown, *at.caption]).replace("\\", "")


def keys(at: AppTest) -> set[str]:
    return {str(button.key) for button in at.button}


def test_an_owner_names_a_run_and_notes_something_for_everybody_to_read() -> None:
    run = a_run()
    at = page(run=run.id)
    at.text_input(f"about-title-{run.id}").set_value("  Tuesday's *ring* ")
    at.text_area(f"about-note-{run.id}").set_value("Too fast.\nNext: [slower](x)")
    at = press(at, "about-save")
    assert about.read(run.path) == About("Tuesday's *ring*", "Too fast.\nNext: [slower](x)")
    assert "# Tuesday's *ring*" in words(at)
    visitor = page(owner=OTHER, run=run.id)
    assert "Next: [slower](x)" in words(visitor)
    assert "about-save" not in keys(visitor)
    listed = words(page())
    assert "**Tuesday's *ring***" in listed
    assert "Next: [slower](x)" in listed


def test_a_run_of_today_says_how_long_ago_it_began_and_an_older_one_its_date() -> None:
    for created in (datetime.now(UTC) - timedelta(seconds=130), datetime(2025, 1, 31, 12, tzinfo=UTC)):
        run = a_run()
        run.set_info(replace(run.info, created=created.isoformat()))
    listed = words(page())
    assert "2 min ago" in listed
    assert "01-31" in listed


def test_a_name_can_be_taken_back() -> None:
    run = a_run()
    about.write(run.path, About("Tuesday", before={"r1": 0.0}, after={"r1": 0.1}))
    at = page(run=run.id)
    at.text_input(f"about-title-{run.id}").set_value("")
    at = press(at, "about-save")
    assert about.read(run.path) == About(before={"r1": 0.0}, after={"r1": 0.1})
    assert "Changed: R1: off → 0.1" in words(at)


def test_all_failed_runs_are_deleted_at_once_and_come_back() -> None:
    failed, other = [a_run("failed"), a_run("failed")], a_run()
    theirs = a_run("failed", OTHER)
    at = press(page(), "delete-failed")
    assert {f"open-{run.id}" for run in [*failed, other]} & keys(at) == {f"open-{other.id}"}
    assert theirs.path.is_dir()
    assert "delete-failed" not in keys(at)
    assert text.table("en")["earlier.deleted_several"].format(n=2) in words(at)
    at = press(at, "undo-delete")
    assert {f"open-{run.id}" for run in [*failed, other]} <= keys(at)


def test_each_run_in_the_list_has_its_newest_picture() -> None:
    run, empty = a_run(), a_run()
    run.add_grid(5, b"png")
    run.add_grid(40, b"png")
    pictures = [element.proto.body for element in page().get("html") if "thumbnail" in element.proto.body]
    assert sum(f"api/runs/{run.id}/grids/40.png" in picture for picture in pictures) == 1
    assert not any(empty.id in picture for picture in pictures)


def test_older_runs_are_shown_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier_runs, "SHOWN_RUNS", 1)
    runs = {f"open-{a_run().id}" for _ in range(2)}
    at = page()
    assert len(runs & keys(at)) == 1
    assert runs <= keys(press(at, "earlier-more"))


def test_a_finished_run_offers_the_same_way_on_in_the_list_and_on_its_page() -> None:
    run = a_run("done")
    listed, shown = (
        {key.removesuffix(f"-{run.id}") for key in keys(at) if key.startswith("train-on-")}
        for at in (page(), page(run=run.id))
    )
    assert listed == {"train-on-5"}
    assert listed < shown, "the page has more of the same"
    assert "resume" not in {key.split("-")[0] for key in keys(page())}
