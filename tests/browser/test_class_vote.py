"""Votes of a class in a browser: the bars, ties, changed minds, and a run forked as the class decided."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gan_demo.presets import PRESETS
from gan_demo.runs.ownership import digest
from gan_demo.runs.run_dir import RunDir
from tests.browser.class_pages import enter, scrub, sees, show, strip
from tests.browser.class_pages import run_id as run_id
from tests.browser.class_pages import teach as teach
from tests.browser.class_pages import teacher as teacher
from tests.browser.pages import SLOW, NewPage
from tests.browser.servers import AppServer

pytestmark = pytest.mark.long(18)


@pytest.fixture
def stopped_ring(app_server: AppServer, teacher: str) -> str:
    """Return the id of a run of the teacher's on the ring that has a picture and nothing else."""
    from PIL import Image

    run, picture = (
        RunDir.create(app_server.home / f"ring-{secrets.token_hex(6)}", PRESETS["ring"], "ring"),
        io.BytesIO(),
    )
    Image.new("L", (64, 64)).save(picture, "PNG")
    run.add_grid(0, picture.getvalue())
    (run.path / "owner").write_text(digest(teacher))
    return run.id


def ask_own(page: Page) -> None:
    """Ask a question of the teacher's own, with markup in it, and with one answer at first."""
    page.locator(".classroom .ask").click()
    page.get_by_role("button", name="Write your own").click()
    page.locator(".classroom .question input").fill("<img src=x onerror=alert(1)>?")
    answers = page.locator(".classroom .answer input")
    answers.nth(1).fill("Yes")
    page.locator(".classroom .composer .primary").click()
    expect(page.locator(".classroom .wrong")).to_be_visible()
    answers.nth(0).fill("<b>bold</b>")
    page.locator(".classroom .composer .primary").click()


def test_a_class_votes_sees_the_bars_once_it_has_answered_and_comes_along_to_what_it_decided(
    teach: Callable[..., Page], new_page: NewPage, stopped_ring: str
) -> None:
    page = teach(stopped_ring)
    code = show(page)
    pupils = [enter(new_page, code) for _ in range(2)]
    ask_own(page)
    for pupil, index in zip(pupils, (0, 1), strict=True):
        expect(pupil.get_by_role("heading", name="<img src=x onerror=alert(1)>?")).to_be_visible()
        pupil.locator(".classroom .option").nth(index).click()
    expect(page.locator(".classroom .outcome")).to_have_text("2 of 2 have answered")
    page.get_by_role("button", name="Close the vote").click()
    expect(pupils[0].locator(".classroom .outcome")).to_have_text("A tie: “<b>bold</b>” and “Yes” have 1 each.")
    page.get_by_role("button", name="Dismiss").click()
    expect(pupils[0].locator(".classroom .vote")).to_be_hidden()
    asks_from_a_template(page, pupils)
    pupils[1].close()
    page.get_by_role("button", name="Apply: Halve it").click()
    pupils[0].wait_for_url(lambda url: "run=ring-" in url and stopped_ring not in url, timeout=SLOW)
    expect(strip(pupils[0])).to_have_attribute("data-role", "following", timeout=SLOW)
    expect(strip(page)).to_have_attribute("data-role", "teacher", timeout=SLOW)
    assert stopped_ring not in page.url
    page.locator(".st-key-control-stop button:visible").first.click()
    expect(page.locator(".st-key-next")).to_be_visible(timeout=SLOW)


def asks_from_a_template(page: Page, pupils: list[Page]) -> None:
    """Let two pupils vote; one changes their mind, one comes back by a reload."""
    page.locator(".classroom .ask").click()
    page.locator(".classroom .composer .primary").click()
    options = [each.locator(".classroom .option") for each in pupils]
    expect(options[0]).to_have_count(3)
    expect(options[0].locator(".votes")).to_have_text(["", "", ""])
    options[0].nth(2).click()
    expect(options[0].locator(".votes")).to_have_text(["0", "0", "1"])
    expect(options[1].locator(".votes")).to_have_text(["", "", ""])
    expect(page.locator(".classroom .option .votes")).to_have_text(["0", "0", "1"])
    options[1].nth(0).click()
    expect(page.locator(".classroom .outcome")).to_have_text("2 of 2 have answered")
    options[1].nth(2).click()
    expect(page.locator(".classroom .option .votes")).to_have_text(["0", "0", "2"])
    pupils[0].reload()
    expect(options[0].nth(2)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Close the vote").click()
    for viewer in (page, *pupils):
        expect(viewer.locator(".classroom .outcome")).to_have_text("“Halve it” won with 2 of 2 votes.")
    expect(pupils[0].locator(".classroom .vote button")).to_have_count(0)


def test_the_projector_shows_the_board_alone_in_large_type_and_follows_the_teachers_own_window(
    teach: Callable[..., Page], run_id: str
) -> None:
    page = teach(run_id)
    show(page)
    header = page.locator('[data-testid="stHeader"]')
    small = type_size(page)
    page.locator(".classroom .present").click()
    expect(header).to_be_hidden()
    expect(page.locator(".st-key-class-button button").first).to_be_hidden()
    assert page.locator(".live-board").bounding_box() == {"x": 0, "y": 0, "width": 1440, "height": 900}
    assert type_size(page) >= 1.4 * small
    picture = page.locator(".film .picture").bounding_box()
    assert picture is not None
    assert picture["width"] > 700
    expect(page.locator(".film input[type=range]")).to_be_in_viewport()
    assert "view=presenter" in page.url
    page.keyboard.press("Escape")
    expect(header).to_be_visible()
    assert "view=presenter" not in page.url
    assert type_size(page) == small
    projector = page.context.new_page()
    projector.goto(f"/train?run={run_id}&view=presenter")
    expect(projector.locator(".live-board.presenter")).to_be_visible(timeout=SLOW)
    sees(projector, scrub(page, "Home"))
    sees(page, scrub(projector, "End"))
    projector.get_by_role("button", name="Leave presenter view").click()
    expect(projector.locator('[data-testid="stHeader"]')).to_be_visible()


def type_size(page: Page) -> float:
    return float(strip(page).evaluate("e => parseFloat(getComputedStyle(e).fontSize)"))
