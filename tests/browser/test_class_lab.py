"""A class in the lab: everybody opens the teacher's as their own copy, and a pupil's comes to the board."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from gan_demo.i18n.text import table
from tests.browser.axe import FITS, keeps_the_rules
from tests.browser.class_pages import strip
from tests.browser.pages import SLOW
from tests.browser.test_lab import SMALL, press, ready

if TYPE_CHECKING:
    from tests.browser.pages import NewPage

pytestmark = pytest.mark.long(33)

EN, ZH = table("en"), table("zh")
BAR = ".st-key-class-strip-bar"


def test_a_class_gets_the_teachers_lab_as_copies_and_a_pupils_lab_is_put_on_the_board(new_page: NewPage) -> None:
    page = new_page(f"lab#{SMALL}", owner=secrets.token_urlsafe(32))
    ready(page)
    press(page, "step.both")
    page.locator(".st-key-class-button button:visible").first.click()
    code = page.locator(".class-share .address b").inner_text()
    expect(page.locator(".class-share .presenter")).to_have_attribute("href", "lab?view=presenter")
    page.keyboard.press("Escape")
    expect(strip(page)).to_contain_text(EN["class.strip.teaching_lab"])

    pupil = new_page(None, locale="zh-CN")
    compiled: list[str] = []
    pupil.on("request", lambda request: compiled.append(request.url) if "api/lab/graphs" in request.url else None)
    pupil.goto(f"/c/{code}")
    expect(strip(pupil)).to_contain_text(ZH["class.strip.following_lab"], timeout=SLOW)
    ready(pupil)
    expect(pupil.locator(".lab .iteration")).to_have_text(ZH["lab.iteration"].format(n=1))
    assert compiled == [], "shipped graphs serve a class"

    pupil.locator(".lab").get_by_label(ZH["lab.setting.loss"], exact=True).select_option("hinge")
    expect(pupil).to_have_url(re.compile("loss=hinge"))
    before = rate(page.url)
    page.locator(".lab").get_by_label(EN["lab.setting.gLr"]).first.fill("9")  # an input of the graphs that are there
    page.wait_for_url(lambda url: rate(url) != before)
    teachers = rate(page.url)
    page.locator(".classroom .hand-out").click()
    expect(pupil.locator(".classroom .open-lab")).to_be_visible()
    expect(pupil).to_have_url(re.compile("loss=hinge"))

    pupil.locator(".classroom .offer").click()
    pupil.locator(".classroom .lab-form input").fill("小明 <b>")
    strip_is_accessible(pupil)
    pupil.locator(".classroom .lab-form .primary").click()
    expect(pupil.locator(".classroom .lab-desk .note")).to_have_text(ZH["class.strip.lab_sent"])
    pupil.locator(".classroom .open-lab").click()
    pupil.wait_for_url(lambda url: rate(url) == teachers and "loss=hinge" not in url)
    expect(pupil.locator(".classroom .open-lab")).to_be_hidden()

    offers = page.locator(".classroom .lab-offers")
    expect(offers.locator("summary")).to_have_text(EN["class.strip.lab_offers"].format(n=1))
    expect(offers.locator(".lab-offer")).to_be_hidden()
    offers.locator("summary").click()
    expect(offers.locator(".lab-offer")).to_contain_text("小明 <b>")
    expect(offers.locator(".settings")).to_contain_text(EN["lab.value.loss.hinge"])
    offers.get_by_role("button", name=EN["class.strip.lab_show"]).click()
    board = pupil.locator(".classroom .lab-board")
    expect(board).to_contain_text("小明 <b>")
    board.locator("img").evaluate("image => image.decode()")
    strip_is_accessible(page)
    board.get_by_role("button", name=ZH["class.strip.lab_open"]).click()
    expect(pupil).to_have_url(re.compile("loss=hinge"))
    offers.get_by_role("button", name=EN["class.strip.lab_clear"]).click()
    expect(board).to_be_hidden()
    offers.get_by_role("button", name=EN["class.strip.lab_refuse"]).click()
    expect(pupil.locator(".classroom .offer")).to_be_hidden()
    the_presenter_view_has_strip_and_vote(page, pupil, code)
    page.locator(".classroom .end").click()
    expect(strip(pupil)).to_contain_text(ZH["class.strip.ended"])


def rate(url: str) -> str:
    """Return G's learning rate in the lab's address."""
    match = re.search(r"gLr=([^&]+)", url)
    assert match is not None, url
    return match[1]


def the_presenter_view_has_strip_and_vote(page: Page, pupil: Page, code: str) -> None:
    """Present the teacher's lab: code, watchers and vote stand above it, and it goes on as it was."""
    iteration = page.locator(".lab .iteration").inner_text()
    press(page, "present")
    expect(page.locator(".lab.presenter")).to_be_visible()
    expect(strip(page)).to_contain_text(code.replace(" ", ""))
    expect(strip(page)).to_contain_text(EN["class.strip.watching_one"])
    page.locator(".classroom .hand-out").click()  # nobody's lab is replaced by that, not the teacher's either
    expect(pupil.locator(".classroom .open-lab")).to_be_visible()
    page.locator(".classroom .ask").click()
    page.locator(".classroom .composer button.primary").click()
    pupil.locator(".classroom .option").first.click()
    expect(page.locator(".classroom .outcome")).to_contain_text("1")
    expect(page.locator(".classroom .option .votes").first).to_have_text("1")
    bottom = "element => element.getBoundingClientRect().bottom"
    top = "element => element.getBoundingClientRect().top"
    above = page.locator(".strip-place")
    assert above.evaluate(bottom) == pytest.approx(page.locator(".lab.presenter").evaluate(top), abs=1)
    assert above.locator(".vote").evaluate(bottom) <= above.evaluate(bottom)
    expect(page.locator(".lab .iteration")).to_have_text(iteration)
    page.keyboard.press("Escape")
    expect(page.locator(".lab.presenter")).to_have_count(0)
    expect(above).to_have_css("display", "contents")


def strip_is_accessible(page: Page) -> None:
    """Check the strip in the dark on a desktop, and in light on a phone, whose screen the page has to fit."""
    keeps_the_rules(page, "dark", BAR)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(FITS)
    keeps_the_rules(page, "light", BAR)
    page.set_viewport_size({"width": 1440, "height": 900})
