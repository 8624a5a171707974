"""The live board of a training in a browser: what it shows, and what its owner presses."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import SLOW, settle

BOARD = ".live-board"
EVENTS = re.compile(r"/api/runs/[^/]+/events")
SHOWN = """(check) => [...document.querySelectorAll('*')].some((e) => {
  const board = e.shadowRoot?.querySelector('.live-board');
  return board && (new Function('board', 'return ' + check))(board);
})"""


def button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button:visible").first


def picture(page: Page) -> Locator:
    """Wait for a sample grid; return it."""
    image = page.locator(".film .stage img")
    expect(image).to_be_visible(timeout=SLOW)
    return image


def step_on_show(page: Page) -> int:
    return int(picture(page).get_attribute("data-step") or -1)


def start(page: Page) -> None:
    """Start the ring from its card; wait until there is a second picture."""
    page.goto("/train")
    settle(page)
    button(page, "start-ring").click()
    page.wait_for_url(re.compile(r"run="), timeout=SLOW)
    later_than(page, 0)


def stop(page: Page) -> None:
    button(page, "control-stop").click()
    expect(page.locator(".st-key-next")).to_be_visible(timeout=SLOW)


def later_than(page: Page, step: int) -> None:
    """Wait until a later grid is shown."""
    page.wait_for_function(
        "step => [...document.querySelectorAll('*')].some(e => e.shadowRoot &&"
        " Number(e.shadowRoot.querySelector('.film .stage img')?.dataset.step ?? -1) > step)",
        arg=step,
        timeout=SLOW,
    )


def board_shows(page: Page, check: str) -> None:
    """Wait until a JavaScript expression about ``board`` is true."""
    page.wait_for_function(SHOWN, arg=check, timeout=SLOW)


def board_step(page: Page) -> int:
    """Return the step of the board's last update."""
    board_shows(page, "board.dataset.step !== undefined")
    return int(page.locator(BOARD).get_attribute("data-step") or -1)


def board_is_after(page: Page, step: int) -> None:
    board_shows(page, f"Number(board.dataset.step) > {step}")


def connection_is(page: Page, state: str) -> None:
    expect(page.locator(BOARD)).to_have_attribute("data-connection", state, timeout=SLOW)


def pictures(page: Page) -> int:
    """Return the number of pictures on the scrubber."""
    return int(page.locator(".film input[type=range]").get_attribute("max") or 0) + 1


def hide(page: Page, hidden: bool) -> None:
    """Hide the page, or show it again, as a browser does with a tab."""
    page.evaluate(
        "hidden => { Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        hidden,
    )


def until(page: Page, condition: Callable[[], bool]) -> None:
    """Wait for a condition outside the page, while the page goes on."""
    for _ in range(SLOW // 50):
        if condition():
            return
        page.wait_for_timeout(50)
    pytest.fail("it never came true")
