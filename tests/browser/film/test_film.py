"""The film on an otherwise empty page: scrubbing, playing, comparing, selecting a sample."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.film.film_page import (
    STEPS,
    Film,
    centre,
    data,
    gray,
    seeks,
    shows,
    slider,
)


def test_it_begins_at_the_newest_moment_and_says_so(film: Film) -> None:
    page = film()
    shows(page, 590)
    assert seeks(page) == [[590, True, False]]
    expect(page.locator("output")).to_have_text("Step 590")


def test_keys_move_through_the_history(film: Film) -> None:
    page = film()
    slider(page).focus()
    for key, step in (("ArrowLeft", 580), ("Home", 0), ("ArrowRight", 10), ("End", 590)):
        slider(page).press(key)
        shows(page, step)
        assert seeks(page)[-1] == [step, step == 590, True]


def test_a_drag_shows_the_moment_under_the_pointer(film: Film) -> None:
    page = film()
    box = slider(page).bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 9, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle, steps=15)
    here = int(slider(page).input_value())
    assert 25 <= here <= 35
    shows(page, STEPS[here])
    page.mouse.move(box["x"] + 9, middle, steps=15)
    shows(page, 0)
    page.mouse.up()


FETCHED = "performance.getEntriesByType('resource').filter(e => e.name.includes('grids')).length"


def test_the_history_is_loaded_once_and_not_before_somebody_is_about_to_scrub(
    open_film: Callable[[], Page],
) -> None:
    page, requests = open_film(), list[str]()
    page.on("request", lambda request: requests.append(request.url) if "/grids/" in request.url else None)
    page.evaluate("data => show(data)", data())
    shows(page, 590)
    page.evaluate("data => show(data)", data(steps=STEPS[:-1], live=True))
    shows(page, 580)
    assert page.evaluate(FETCHED) == 2
    page.evaluate("data => show(data)", data())
    slider(page).focus()
    for key, step in (("Home", 0), ("End", 590)):
        slider(page).press(key)
        shows(page, step)
    page.wait_for_function(f"() => {FETCHED} >= 60")
    for key, step in (("Home", 0), ("ArrowRight", 10), ("ArrowRight", 20), ("End", 590)):
        slider(page).press(key)
        shows(page, step)
    assert len(requests) == len(set(requests)) == len(STEPS)


def test_a_picture_that_is_late_leaves_the_nearest_on_show(film: Film) -> None:
    page = film()
    slider(page).focus()
    slider(page).press("Home")
    shows(page, 0)
    page.route("**/grids/600.png", lambda route: None)  # never answered
    page.evaluate("data => show(data)", data(steps=[*STEPS, 600]))
    slider(page).press("End")
    expect(page.locator("output")).to_have_text("Step 600")
    shows(page, 590)


def test_play_runs_to_the_end_and_stops(film: Film) -> None:
    page = film(steps=STEPS[:12])
    button = page.get_by_role("button", name="Play", exact=True)
    button.click()
    expect(page.get_by_role("button", name="Pause the replay")).to_be_visible()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    shows(page, 110)
    went = [step for step, _, _ in seeks(page)]
    assert went == [110, *STEPS[:12]]


def test_the_space_bar_on_the_scrubber_plays_and_pauses(film: Film) -> None:
    page = film()
    slider(page).focus()
    slider(page).press("Home")
    slider(page).press(" ")
    expect(page.get_by_role("button", name="Pause the replay")).to_be_visible()
    slider(page).press(" ")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_who_wants_no_motion_gets_no_autoplay(own_page: Page, film: Film) -> None:
    own_page.emulate_media(reduced_motion="reduce")
    page = film(autoplay=True)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    shows(page, 590)
    page.emulate_media(reduced_motion="no-preference")


def test_live_follows_the_newest_until_one_scrubs_back(film: Film) -> None:
    page = film(live=True, steps=STEPS[:20])
    shows(page, 190)
    page.evaluate("data => show(data)", data(live=True, steps=STEPS[:30]))
    shows(page, 290)
    slider(page).focus()
    slider(page).press("Home")
    page.evaluate("data => show(data)", data(live=True, steps=STEPS[:40]))
    shows(page, 0)
    page.get_by_role("button", name="Back to live").click()
    shows(page, 390)


def test_others_can_move_it_and_it_says_that_no_hand_did(film: Film) -> None:
    page = film(live=True)
    page.evaluate("goTo(123)")
    shows(page, 120)
    assert seeks(page)[-1] == [120, False, False]
    page.evaluate("goTo(null)")
    shows(page, 590)
    assert seeks(page)[-1] == [590, True, False]


# ---- two moments


def test_compare_holds_a_while_the_scrubber_moves_b(film: Film) -> None:
    page = film()
    page.get_by_role("button", name="Keep this moment").click()
    slider(page).focus()
    slider(page).press("Home")
    shows(page, 0)
    expect(page.locator(".held img")).to_have_attribute("data-step", "590")
    expect(page.locator(".names b").first).to_have_text("A · Step 590")
    expect(page.locator(".names b").last).to_have_text("B · Step 0")
    page.get_by_role("button", name="End comparison").click()
    expect(page.locator(".held img")).to_have_count(0)
    expect(page.locator(".line")).to_be_hidden()
    assert page.locator(".now").evaluate("one => one.style.clipPath") == ""


def test_the_line_between_both_moves_by_keys_and_by_drag(film: Film) -> None:
    page = film()
    page.get_by_role("button", name="Keep this moment").click()
    line = page.get_by_role("slider", name="Line between A and B")
    expect(line).to_have_attribute("aria-valuenow", "50")
    line.focus()
    for key, at in (("ArrowLeft", 48), ("ArrowRight", 50), ("PageUp", 60), ("End", 100), ("Home", 0)):
        line.press(key)
        expect(line).to_have_attribute("aria-valuenow", str(at))
    line.press("PageUp")
    box, grip = page.locator(".picture").bounding_box(), line.bounding_box()
    assert box is not None
    assert grip is not None
    page.mouse.move(grip["x"] + grip["width"] / 2, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 40, steps=4)
    page.mouse.up()
    expect(line).to_have_attribute("aria-valuenow", "75")
    seen = [colour_at(page, box["x"] + share * box["width"], box["y"] + 60) for share in (0.1, 0.65, 0.9)]
    assert seen == [gray(590)] * 3  # both are the same moment still
    slider(page).focus()
    slider(page).press("Home")
    shows(page, 0)
    seen = [colour_at(page, box["x"] + share * box["width"], box["y"] + 60) for share in (0.1, 0.65, 0.9)]
    assert seen == [gray(590), gray(590), gray(0)]


def colour_at(page: Page, x: float, y: float) -> int:
    """Return the red value of one pixel on screen."""
    import io

    from PIL import Image

    shot = page.screenshot(clip={"x": round(x), "y": round(y), "width": 1, "height": 1})
    return int(np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))[0, 0, 0])


# ---- one sample


def test_a_click_picks_the_sample_under_it(film: Film) -> None:
    page, index = film(), 37
    shows(page, 590)
    page.mouse.click(*centre(page, index))
    assert page.evaluate("picked") == [[590, index]]
    ring = page.locator(".ring.chosen").bounding_box()
    assert ring is not None
    x, y = centre(page, index)
    assert (ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2) == pytest.approx((x, y), abs=1)


def test_the_pointer_says_which_sample_it_is_on(film: Film) -> None:
    page = film()
    page.mouse.move(*centre(page, 23))
    expect(page.locator(".ring.hover")).to_be_visible()
    expect(page.locator(".picture")).to_have_attribute("title", "Row 3, column 4")
    page.mouse.move(2, 2)
    expect(page.locator(".ring.hover")).to_be_hidden()


def test_a_second_click_and_escape_let_go(film: Film) -> None:
    page = film()
    for act in (lambda: page.mouse.click(*centre(page, 5)), lambda: page.keyboard.press("Escape")):
        page.mouse.click(*centre(page, 5))
        page.locator(".picture").focus()
        act()
        assert page.evaluate("picked.at(-1)") == [590, None]
        expect(page.locator(".ring.chosen")).to_be_hidden()


def test_the_keyboard_picks_too(film: Film) -> None:
    page = film()
    page.locator(".picture").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("picked") == [[590, 21]]


def test_in_a_comparison_each_side_is_picked_at_its_own_moment(film: Film) -> None:
    page = film()
    page.get_by_role("button", name="Keep this moment").click()
    slider(page).focus()
    slider(page).press("Home")
    shows(page, 0)
    page.mouse.click(*centre(page, 12))
    page.mouse.click(*centre(page, 18))
    assert page.evaluate("picked") == [[590, 12], [0, 18]]


def test_points_have_nothing_to_pick(film: Film) -> None:
    page = film(sheet=None, pixelated=False)
    page.mouse.click(*centre(page, 12))
    assert page.evaluate("picked") == []
    assert page.locator(".picture").get_attribute("tabindex") is None


def test_what_someone_points_out_is_ringed(film: Film) -> None:
    page = film(highlight=33)
    ring = page.locator(".ring.shown").bounding_box()
    assert ring is not None
    x, y = centre(page, 33)
    assert (ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2) == pytest.approx((x, y), abs=1)
    page.evaluate("data => show(data)", data(highlight=None))
    expect(page.locator(".ring.shown")).to_be_hidden()


def test_marks_lie_where_their_step_is(film: Film) -> None:
    page = film(marks=[{"step": 295, "text": "lr down"}])
    mark = page.locator(".marks i")
    expect(mark).to_have_attribute("title", "lr down")
    assert float(mark.evaluate("one => one.style.getPropertyValue('--share')")) == pytest.approx(0.5)


def test_clear_leaves_nothing_behind(film: Film) -> None:
    page = film()
    page.evaluate("clear()")
    expect(page.locator(".film")).to_have_count(0)
    page.evaluate("goTo(3)")
