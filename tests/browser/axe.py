"""Checks of a page as it stands: the rules of axe-core, and its width on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from tests.browser.servers import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
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

Theme = Literal["light", "dark"]


def broken_rules(page: Page, part: str = "html") -> list[str]:
    """Return the rules of serious or critical impact that a part of the page breaks, each with the elements that do."""
    if not AXE.exists():
        pytest.fail("no axe-core: scripts/npm.sh installs it")
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{Path(AXE).read_text('utf-8')}; null")
    violations: list[dict[str, Any]] = page.evaluate(RULES_BROKEN, part)
    return [
        f"{rule['id']} ({rule['impact']}): " + "\n".join(rule["nodes"])
        for rule in violations
        if rule["impact"] in ("serious", "critical") or rule["id"] in ALSO_REFUSED
    ]


def keeps_the_rules(page: Page, theme: Theme, part: str = "html") -> None:
    """Check that none of those rules is broken in a theme."""
    page.emulate_media(color_scheme=theme)
    page.wait_for_function(
        "theme => getComputedStyle(document.querySelector('.stApp')).colorScheme === theme", arg=theme
    )
    broken = broken_rules(page, part)
    assert broken == [], f"{page.url}, {theme}: {broken}"


def is_accessible(page: Page, desktop: Theme = "dark", phone: Theme = "light") -> None:
    """Check a page in these themes on a desktop and on a phone, whose screen it has to fit; give it back its size."""
    size = page.viewport_size
    assert size is not None
    page.mouse.move(0, 0)  # what lies under the mouse of the test by chance has other colours
    page.set_viewport_size({"width": 1440, "height": 900})
    keeps_the_rules(page, desktop)
    page.set_viewport_size({"width": 390, "height": 844})  # regions that scroll, and the menu's button
    page.wait_for_function(FITS)
    keeps_the_rules(page, phone)
    page.set_viewport_size(size)
