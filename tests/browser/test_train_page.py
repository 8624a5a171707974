"""The Train page and the pages around it in a browser: cards, a training of images, and a phone's menu."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from gan_demo.i18n.text import table
from tests.browser.axe import is_accessible
from tests.browser.board_page import button, picture, stop
from tests.browser.pages import SLOW, NewPage

pytestmark = pytest.mark.long(23)


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
    page.get_by_test_id("stTopNavLink").filter(has_text="Train").click()  # from a run to the cards, on the same page
    expect(page.locator("img.cover")).to_have_count(6)
    assert "run=" not in page.url


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


def test_own_images_are_looked_at_and_trained_on_with_every_word_in_the_pages_language(
    new_page: NewPage, tmp_path: Path
) -> None:
    words, page = table("zh"), new_page("train", locale="zh-CN")
    button(page, "choose-images").click()
    field = page.get_by_test_id("stFileUploader")
    texts = field.locator("p, section span").filter(visible=True)
    expect(field).to_contain_text(words["app.upload.most"].format(kept="256MB"))
    expect(field.get_by_role("button", name=words["app.upload.files"])).to_be_visible()
    foreign = set(re.findall("[A-Za-z]+", " ".join(texts.all_inner_texts())))
    assert foreign <= {"zip", "tar", "gz", "MB", "upload"}, "the last is the button's icon"
    for k in range(20):
        Image.new("RGB", (32, 32), (k * 12, 90, 200)).save(tmp_path / f"{k}.png")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(sorted(tmp_path.glob("*.png")))
    expect(page.get_by_text(words["own.enough.few"])).to_be_visible(timeout=SLOW)
    assert "run=" not in page.url
    button(page, "use-images").click()
    page.wait_for_url(re.compile(r"/train\?.*run="), timeout=SLOW)
    picture(page)
    stop(page)
