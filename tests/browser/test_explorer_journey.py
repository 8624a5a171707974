"""Journeys in a browser: keyframes, playing and the address."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorer_page import READ, shows, stage
from tests.browser.explorer_page import own_page as own_page
from tests.browser.journey_page import explore, keyframes
from tests.browser.journey_page import page as page
from tests.browser.journey_page import runs as runs


def position(page: Page) -> float:
    return float(page.locator(".scrub input").input_value())


def address_value(page: Page, name: str) -> str:
    """Wait until the address has ``name``; return its value."""
    page.wait_for_function("name => new URLSearchParams(location.hash.slice(1)).has(name)", arg=name)
    value: str = page.evaluate("name => new URLSearchParams(location.hash.slice(1)).get(name)", name)
    return value


def test_play_moves_the_stage_pause_stays_there_and_undo_leads_back(page: Page) -> None:
    before = stage(page)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => Number(document.querySelector('.scrub input').value) > 0.2")
    page.locator(".panel.journey .play:visible").click()
    expect(page.get_by_role("button", name="Play")).to_be_focused()
    there = position(page)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert position(page) == there
    assert stage(page) != before
    page.get_by_role("button", name="Undo", exact=True).click()
    shows(page, before)


def test_whoever_goes_elsewhere_ends_the_playing(page: Page) -> None:
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => Number(document.querySelector('.scrub input').value) > 0.05")
    page.get_by_role("button", name="New random").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_journey_plays_on_while_another_tool_is_open_until_the_stage_is_paused(page: Page) -> None:
    page.get_by_role("button", name="Play").click()
    page.get_by_role("tab").first.click()
    drawn = int(page.locator(".stage canvas").get_attribute("data-drawn") or 0)
    page.wait_for_function("n => Number(document.querySelector('.stage canvas').dataset.drawn) > n", arg=drawn + 2)
    page.locator(".overlay .playing").click()
    expect(page.locator(".overlay .playing")).to_be_hidden()


def test_a_way_without_loop_ends_at_its_last_keyframe(page: Page) -> None:
    page.get_by_role("button", name="Loop").click()
    page.locator(".pace input").fill("0.5")
    wanted = keyframes(page)[-1]
    page.locator(".scrub input").press("PageUp")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert position(page) == 2
    shows(page, wanted)


def test_the_film_strip_is_scrubbed_by_keys(page: Page) -> None:
    line = page.locator(".scrub input")
    line.press("ArrowRight")
    assert position(page) == pytest.approx(0.05)
    line.press("PageUp")
    assert position(page) == 1
    shows(page, keyframes(page)[1])
    expect(line).to_have_attribute("aria-valuetext", "2.0 s of 6.0 s")


def test_a_click_on_a_keyframe_goes_there_and_plus_adds_where_one_is(page: Page) -> None:
    page.get_by_role("button", name="Keyframe 2 of 3", exact=True).click()
    shows(page, keyframes(page)[1])
    page.get_by_role("button", name="New random").click()
    page.wait_for_function(
        f"before => ({READ})(document.querySelector('.stage canvas')) !== before", arg=keyframes(page)[1]
    )
    page.get_by_role("button", name="Add the current place").click()
    expect(page.locator(".keyframe")).to_have_count(4)
    expect(page.locator(".keyframe").last).to_have_attribute("aria-pressed", "true")
    page.locator(".keyframe").last.click()
    shows(page, keyframes(page)[3])


def test_keyframes_are_dragged_to_another_place(page: Page) -> None:
    a, b, c = keyframes(page)
    first, last = (page.locator(".keyframe").nth(k).bounding_box() for k in (0, 2))
    assert first
    assert last
    page.mouse.move(first["x"] + 30, first["y"] + 30)
    page.mouse.down()
    page.mouse.move(last["x"] + 40, last["y"] + 35, steps=6)
    page.mouse.up()
    assert keyframes(page) == [b, c, a]
    expect(page.locator(".keyframe").nth(2)).to_have_attribute("aria-pressed", "true")


def test_keys_carry_and_remove_keyframes(page: Page) -> None:
    a, b, c = keyframes(page)
    page.locator(".keyframe").first.focus()
    page.keyboard.press("Shift+ArrowRight")
    assert keyframes(page) == [b, a, c]
    expect(page.locator(".keyframe").nth(1)).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Delete")
    assert keyframes(page) == [b, a]
    expect(page.locator(".keyframe").nth(1)).to_be_focused()


def test_a_keyframe_is_duplicated_and_the_last_one_cannot_be_deleted(page: Page) -> None:
    a, b, c = keyframes(page)
    page.get_by_role("button", name="Duplicate").click()
    assert keyframes(page) == [a, a, b, c]
    for _ in range(3):
        page.locator(".edit").get_by_role("button", name="Delete").click()
    expect(page.locator(".edit").get_by_role("button", name="Delete")).to_be_disabled()
    expect(page.get_by_role("button", name="Play")).to_be_disabled()


def test_changes_of_a_journey_can_be_undone(page: Page) -> None:
    before = keyframes(page)
    page.get_by_role("button", name="Random journey").click()
    page.locator(".edit").get_by_role("button", name="Delete").click()
    undo = page.get_by_role("button", name="Undo the last change of the journey")
    undo.click()
    undo.click()
    assert keyframes(page) == before
    expect(undo).to_be_disabled()


def test_a_link_holds_the_whole_journey(page: Page) -> None:
    page.get_by_role("button", name="Random journey").click()
    page.get_by_role("button", name="Straight").click()
    page.get_by_role("button", name="Loop").click()
    page.locator(".pace input").fill("3")
    before = stage(page)
    page.locator(".scrub input").press("ArrowRight")
    page.wait_for_function(f"before => ({READ})(document.querySelector('.stage canvas')) !== before", arg=before)
    page.evaluate("() => window.dispatchEvent(new Event('pagehide'))")  # a page that is left writes its address at once
    assert (
        address_value(page, "journey.way"),
        address_value(page, "journey.loop"),
        address_value(page, "journey.s"),
    ) == ("line", "0", "3")
    wanted, on_stage, link = keyframes(page), stage(page), page.evaluate("() => location.hash")
    explore(page, hash=link)
    assert keyframes(page) == wanted
    shows(page, on_stage)
    expect(page.get_by_role("button", name="Straight")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".clock")).to_have_text("0.0 s of 6.0 s")
