"""The static page of a run, from a plain file server and with the network cut."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from gan_demo.boards.explorer import tools
from gan_demo.i18n.text import table
from gan_demo.lab import training_file
from gan_demo.presets import PRESETS
from gan_demo.runs import library
from tests.browser.hosts import Host

if TYPE_CHECKING:
    from tests.browser.pages import Visit

pytestmark = [
    pytest.mark.long(26),
    pytest.mark.on_site("the page around the explorer is its own"),
    pytest.mark.usefixtures("_digits"),
]
EN = table("en")
DRAWN = {  # by tools once they have the networks and pictures that they need
    "sliders": "input[type=range]",
    "journey": ".scrub[data-drawn]",
    "map": ".map-board[data-complete='1']",
    "arithmetic": "[data-drawn='1']",
    "find": ".search .acts",
    "time": ".column:not(.waiting)",
    "quiz": ".card:not(.shown)",
}
WIDTH = "document.documentElement.scrollWidth"


@pytest.fixture(scope="module")
def _digits(host: Host) -> None:
    """Publish the static page of the shipped digits."""
    host.publish(library.find("digits"))


def explorer(page: Page) -> Locator:
    explorer = page.locator(".explorer[data-ready]")
    explorer.wait_for(timeout=60_000)
    return explorer


def picture(page: Page) -> str:
    return str(page.locator(".explorer .stage canvas").evaluate("(canvas) => canvas.toDataURL()"))


def test_the_network_is_cut_and_whatever_goes_wrong_on_a_page_is_noticed(visit: Visit, host: Host) -> None:
    page = visit("digits", "api/ui/explorer/explorer.css")  # it asks for nothing by itself
    page.evaluate("() => fetch('/gone.json')")
    with page.expect_event("pageerror"):
        page.evaluate("() => { setTimeout(() => { throw new Error('dropped'); }); }")
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://192.0.2.1/")  # of documentation, RFC 5737: nobody has it
    assert sorted(host.trouble) == ["dropped", "elsewhere: http://192.0.2.1/", "not there: /gone.json"]
    host.trouble.clear()


def test_a_slider_draws_its_link_leads_to_the_same_picture_and_every_tool_opens(visit: Visit) -> None:
    page = visit("digits")
    first = explorer(page).locator(".right input[type=range]").first
    expect(page).to_have_url(re.compile("#z="))
    before, link = picture(page), page.url
    first.fill("2")
    page.wait_for_function(
        "(before) => document.querySelector('.place').shadowRoot.querySelector('.stage canvas').toDataURL() !== before",
        arg=before,
    )
    expect(page).not_to_have_url(link)
    moved, link = picture(page), page.url
    other = visit("digits", link[link.index("#") :], anew=True)
    explorer(other)
    assert picture(other) == moved
    tabs = page.locator(".explorer").get_by_role("tab")
    expect(tabs).to_have_count(len(set(tools()) - {"styles"}))  # digits have none
    for tab in tabs.all():
        tab.click()
        panel = page.locator(".explorer [role=tabpanel]:visible")
        expect(panel.locator(DRAWN[str(tab.get_attribute("data-tool"))]).first).to_be_visible()
        expect(page.locator(".failed:visible")).to_have_count(0)


def test_the_training_can_be_scrubbed_with_its_curves_also_on_a_phone(visit: Visit) -> None:
    page = visit("digits", "?show=training", width=390)
    slider = page.get_by_role("slider", name=EN["film.scrub"])
    values = page.locator("[data-panel=losses] .legend b").first
    expect(page.locator(".film .now img")).to_be_visible()
    last = values.inner_text()
    slider.fill("3")
    expect(values).not_to_have_text(last)
    expect(page.locator("[data-panel=losses] .u-over .at")).to_be_visible()
    assert page.evaluate(WIDTH) <= 390
    page.get_by_role("tab", name=EN["site.explore"]).click()
    explorer(page)
    assert page.evaluate(WIDTH) <= 390


def test_a_preset_trains_without_a_server_also_on_a_phone_and_is_kept(visit: Visit, tmp_path: Path) -> None:
    page = visit("digits", "?show=train&preset=tutorial", width=390)
    page.get_by_role("button", name="Train for 2 min").click()
    expect(page.get_by_text(re.compile(r"Step [1-9][\d,]* of [1-9][\d,]* ·"))).to_be_visible()
    page.get_by_role("button", name="中文").click()  # the training goes on
    page.get_by_role("button", name=table("zh")["browser.pause"]).click()
    page.get_by_role("button", name="English").click()
    paused = page.get_by_text(re.compile(r"Paused at step [1-9]"))
    expect(paused).to_be_visible()
    assert page.evaluate(WIDTH) <= 390
    expect(page.get_by_role("button", name=EN["browser.save"])).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("button", name=EN["browser.save_file"]).click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    saved = training_file.read(file.read_bytes())
    assert f"{saved.vectors.g_updates:,}" in paused.inner_text()
    assert saved.plan == PRESETS["tutorial"].train.steps
    page.reload()
    expect(page.get_by_text(re.compile(rf"Kept in this browser: step {saved.vectors.g_updates:,} "))).to_be_visible()


def test_it_changes_language_and_theme_and_remembers(visit: Visit) -> None:
    page = visit("digits", locale="zh-CN", theme="dark")
    expect(page.get_by_role("tab", name=table("zh")["site.training"])).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name=EN["site.light"]).click()
    page.reload()
    explorer(page)
    expect(page.get_by_role("tab", name=EN["site.training"])).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
