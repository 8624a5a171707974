"""Every page, on a desktop and on a phone: it keeps the rules of axe-core, and is no wider than the screen.

None of the rules of serious or critical impact is broken: in the dark theme on a desktop, in the light one on a phone;
the other way round in ``make soak``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, NewPage

pytestmark = pytest.mark.long

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SLOW = 120_000  # ms: a busy machine
ALSO_REFUSED = {"heading-order", "page-has-heading-one"}  # of less impact, but easily kept
RULES_BROKEN = """async (part) => {
  const changing = document.getAnimations({ subtree: true }).filter((one) => one instanceof CSSTransition);
  await Promise.allSettled(changing.map((one) => one.finished)); // colours between two themes are neither's
  const { violations } = await axe.run(document.querySelector(part), { resultTypes: ["violations"] });
  return violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map((node) =>
    `${node.target.flat().join(" ")} ${node.html.slice(0, 160)} ${node.failureSummary}`) }));
}"""
# formulas are wide until their style sheet has come; regions become stops of the keyboard a frame after they became too wide
FITS = """() => {
  const main = document.querySelector('[data-testid="stMain"]');
  const regions = [...main.querySelectorAll(
    '.katex-display, [class*=st-key-wide-table] [data-testid=stMarkdownContainer]')];
  return document.documentElement.scrollWidth <= innerWidth && main.scrollWidth <= main.clientWidth
    && regions.every((one) => one.scrollWidth <= one.clientWidth + 1 || one.tabIndex === 0);
}"""


def broken_rules(page: Page, part: str = "html") -> list[str]:
    """Return the rules that a part of the page breaks as it stands, each with the elements that do."""
    if not AXE.exists():
        pytest.fail("no axe-core: scripts/npm.sh installs it")
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{Path(AXE).read_text('utf-8')}; null")
    found: list[dict[str, Any]] = page.evaluate(RULES_BROKEN, part)
    return [
        f"{rule['id']} ({rule['impact']}): " + "\n".join(rule["nodes"])
        for rule in found
        if rule["impact"] in ("serious", "critical") or rule["id"] in ALSO_REFUSED
    ]


def keeps_the_rules(page: Page, theme: str, part: str = "html") -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.wait_for_function(
        "theme => getComputedStyle(document.querySelector('.stApp')).colorScheme === theme", arg=theme
    )
    assert broken_rules(page, part) == [], f"{page.url}, {theme}"


@pytest.mark.parametrize(
    "themes", [("dark", "light"), pytest.param(("light", "dark"), marks=pytest.mark.soak)], ids=lambda both: both[0]
)
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
        ("help", ".diagnostics pre"),
        ("explore?run=digits&native=1", ".st-key-explore_stage img"),
        ("explore?run=faces", ".explorer[data-ready] .stage canvas"),
    ],
)
def test_a_page_keeps_the_rules_on_a_desktop_and_on_a_phone_whose_screen_it_fits(
    new_page: NewPage, path: str, ready: str, themes: tuple[str, str]
) -> None:
    page = new_page(path, locale="zh-CN")
    expect(page.locator(ready)).to_be_visible(timeout=SLOW)
    expect(page.locator("html")).to_have_attribute("lang", "zh")  # the browser's language is taken at first
    keeps_the_rules(page, themes[0])
    page.set_viewport_size({"width": 390, "height": 844})  # regions that scroll, and the menu's button
    page.wait_for_function(FITS)
    keeps_the_rules(page, themes[1])


@pytest.mark.soak  # seven tools in two themes: the page above with its sliders stands for them in the suite
def test_every_tool_of_the_explorer_keeps_the_rules_in_both_themes(new_page: NewPage) -> None:
    page = new_page("explore?run=faces")
    expect(page.locator(".explorer[data-ready]")).to_be_visible(timeout=SLOW)
    tabs = page.locator(".explorer [role=tab]")
    assert tabs.count() > 5
    for tab in tabs.all():
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        expect(page.locator(".explorer .panel:visible")).to_have_count(1)
        for theme in ("dark", "light"):
            keeps_the_rules(page, theme, ".st-key-explorer")
