"""Every page in both themes, on a desktop and on a phone, in Chinese: it keeps the rules of axe-core, and fits the screen.

In the suite tests that open a page anyway check it once (``is_accessible``); the others run in ``make soak``.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.axe import Theme, is_accessible, keeps_the_rules
from tests.browser.pages import NewPage

SLOW = 120_000  # ms: a busy machine


def test_home_is_accessible_and_takes_the_browsers_language_at_first(new_page: NewPage) -> None:
    page = new_page(locale="zh-CN")
    expect(page.locator(".film .stage img")).to_be_visible(timeout=SLOW)
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    expect(page.locator("h1")).to_contain_text("机器")
    is_accessible(page)


@pytest.mark.soak
@pytest.mark.parametrize("themes", [("dark", "light"), ("light", "dark")], ids=lambda both: both[0])
@pytest.mark.parametrize(
    ("path", "ready"),
    [
        ("", ".film .stage img"),
        ("train", "img.cover >> nth=5"),
        ("train?run=digits", ".curves canvas >> nth=1"),
        ("train?run=gone", "h1"),
        ("train?class=join", ".stMain input"),
        ("compare", ".st-key-compare-example button"),
        ("compare?runs=digits,tutorial,faces", ".sheets figure >> nth=2"),
        ("learn", ".katex-display >> nth=5"),
        ("lab", ".lab .numbers dd >> nth=0"),
        ("help", ".diagnostics pre"),
        ("explore?run=digits&native=1", ".st-key-explore_stage img"),
        ("explore?run=faces", ".explorer[data-ready] .stage canvas"),
    ],
)
def test_a_page_is_accessible(new_page: NewPage, path: str, ready: str, themes: tuple[Theme, Theme]) -> None:
    page = new_page(path, locale="zh-CN")
    expect(page.locator(ready)).to_be_visible(timeout=SLOW)
    is_accessible(page, *themes)


@pytest.mark.soak  # seven tools in two themes: the page with its sliders stands for them in the suite
def test_every_tool_of_the_explorer_keeps_the_rules_in_both_themes(new_page: NewPage) -> None:
    page = new_page("explore?run=faces")
    expect(page.locator(".explorer[data-ready]")).to_be_visible(timeout=SLOW)
    tabs = page.locator(".explorer [role=tab]")
    assert tabs.count() > 5
    for tab in tabs.all():
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        expect(page.locator(".explorer .panel:visible")).to_have_count(1)
        keeps_the_rules(page, "dark", ".st-key-explorer")
        keeps_the_rules(page, "light", ".st-key-explorer")
