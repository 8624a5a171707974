"""Pages of a class in a browser: a teacher who shows a run, and pupils who enter and follow."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from gan_demo.runs.library import PRETRAINED
from gan_demo.runs.ownership import digest
from tests.browser.pages import SLOW, NewPage
from tests.browser.servers import AppServer


@pytest.fixture
def teacher() -> str:
    """Return the token of a browser of the test's own, as the class of the last test goes on."""
    return secrets.token_urlsafe(32)


@pytest.fixture
def run_id(app_server: AppServer, teacher: str) -> str:
    return copy_of_digits(app_server.home, teacher)


def copy_of_digits(home: Path, teacher: str) -> str:
    """Return the id of a finished run of the teacher's, with pictures of its whole training."""
    name = f"digits-{secrets.token_hex(6)}"
    shutil.copytree(PRETRAINED / "digits", home / name)
    (home / name / "card.json").unlink()
    (home / name / "owner").write_text(digest(teacher))
    return name


@pytest.fixture
def teach(new_page: NewPage, teacher: str) -> Callable[..., Page]:
    """Open a run as its owner."""

    def open_run(run_id: str, more: str = "", **options: Any) -> Page:
        page = new_page(f"train?run={run_id}{more}", owner=teacher, **options)
        expect(page.locator(".film .picture img").first).to_be_visible(timeout=SLOW)
        return page

    return open_run


def show(page: Page) -> str:
    """Press "Show to a class"; return the code. The teacher's film stays where it is."""
    before = shown(page).get_attribute("data-step")
    page.locator(".st-key-class-button button:visible").first.click()
    code = page.locator(".class-share .address b").inner_text()
    page.keyboard.press("Escape")
    expect(page.locator(".class-share")).to_be_hidden()
    expect(strip(page)).to_have_attribute("data-role", "teacher")
    expect(shown(page)).to_have_attribute("data-step", before or "")
    return code


def enter(new_page: NewPage, code: str, **options: Any) -> Page:
    page = new_page(f"c/{code}", **options)
    expect(strip(page)).to_have_attribute("data-role", "following", timeout=SLOW)
    expect(page.locator(".film .picture img").first).to_be_visible(timeout=SLOW)
    return page


def strip(page: Page) -> Locator:
    return page.locator(".classroom .strip")


def shown(page: Page) -> Locator:
    return page.locator(".film .now img")


def scrub(page: Page, *presses: str) -> str:
    """Move the scrubber by keys; return the step that is then shown."""
    before = shown(page).get_attribute("data-step")
    for key in presses:
        page.locator(".film input[type=range]").press(key)
    page.wait_for_function(
        "before => [...document.querySelectorAll('*')].some(e => e.shadowRoot?.querySelector('.film .now img') &&"
        " e.shadowRoot.querySelector('.film .now img').dataset.step !== before)",
        arg=before,
    )
    step = re.sub(r"\D", "", page.locator(".film output").inner_text())
    sees(page, step)  # not the nearest picture that is there already
    return step


def sees(page: Page, step: str, within: float = 10_000) -> None:
    expect(shown(page)).to_have_attribute("data-step", step, timeout=within)
