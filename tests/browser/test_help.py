"""The Help page in a browser: what the browser says of itself, and what the button copies."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.axe import is_accessible, keeps_the_rules
from tests.browser.pages import settle


def test_the_diagnostics_that_are_shown_are_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/train?run=digits")
    settle(page)
    page.locator(".st-key-footer a").click()
    page.wait_for_url(re.compile(r"/help\?run=digits"))
    lines = page.locator(".diagnostics pre")
    expect(lines).to_contain_text("Run: digits, done at step")
    expect(lines).to_contain_text("Browser: Mozilla/5.0")
    expect(lines).to_contain_text(re.compile("(Has|Lacks): .*WebAssembly SIMD"))
    button = page.get_by_role("button", name="Copy diagnostics")
    button.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == lines.text_content()
    is_accessible(page)
    button.hover()
    keeps_the_rules(page, "dark", "[data-testid=stMain]")
    cookie = next(entry["value"] for entry in page.context.cookies() if entry["name"] == "gan_demo_owner")
    assert cookie not in (lines.text_content() or "")
