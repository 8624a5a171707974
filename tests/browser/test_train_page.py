"""The Train page and the pages around it in a browser: cards, a training of images, and a phone's menu."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import is_accessible
from tests.browser.conftest import NewPage
from tests.browser.test_live_board import SLOW, button, picture, stop


def test_covers_are_shown_and_a_click_on_home_leads_to_a_picture_whose_pixels_are_squares(page: Page) -> None:
    page.goto("/train")
    expect(page.locator("img.cover")).to_have_count(6)
    page.wait_for_function(
        "() => [...document.querySelectorAll('img.cover')].every((cover) => cover.naturalWidth === 960)"
    )
    is_accessible(page)
    page.get_by_test_id("stTopNavLink").filter(has_text="Home").click()
    button(page, "start").click()
    page.wait_for_url(re.compile(r"/train\?.*run="), timeout=SLOW)
    picture(page)
    times, rendering = page.locator(".film .stage").evaluate(  # at once: the next picture is another element
        "stage => { const i = stage.querySelector('img'); return [i.getBoundingClientRect().width * devicePixelRatio"
        " / i.naturalWidth, getComputedStyle(i).imageRendering]; }"
    )
    assert times == pytest.approx(round(times), abs=1e-3)
    assert times >= 1
    assert rendering == "pixelated"
    stop(page)


def test_on_a_phone_the_menu_is_closed_by_its_own_button_and_by_a_choice(new_page: NewPage) -> None:
    page = new_page("learn")
    expect(page.locator(".katex-display").nth(5)).to_be_visible()
    is_accessible(page)
    page.set_viewport_size({"width": 390, "height": 844})
    formula = page.locator(".katex-display[data-scrolls=end]").first  # wider than the phone: scrolls by keyboard, too
    expect(formula).to_have_attribute("role", "region")
    formula.press("ArrowRight")
    expect(page.locator(".katex-display[data-scrolls='start end']")).to_have_count(1)
    menu = page.get_by_test_id("stSidebar")
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(menu).to_have_attribute("data-collapsed", "false")
    page.get_by_test_id("stSidebarCollapseButton").locator("button").click()  # fails if something lies over it
    expect(menu).to_have_attribute("data-collapsed", "true")
    page.get_by_test_id("stExpandSidebarButton").click()
    menu.get_by_test_id("stSidebarNavLink").filter(has_text="Train").click()
    page.wait_for_url("**/train")
    expect(menu).to_have_attribute("data-collapsed", "true")
