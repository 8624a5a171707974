"""The app below a path of its server (``server.baseUrlPath``): nothing is fetched from beside it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from gan_demo.runs.ownership import OWNER_COOKIE
from tests.browser.class_pages import copy_of_digits, show, strip
from tests.browser.pages import PATIENCE, settle
from tests.browser.servers import AppServer, free_port, serving

pytestmark = pytest.mark.long(17)

SLOW = 120_000  # ms: torch loads, and a busy machine
TEACHER = secrets.token_urlsafe(32)


@pytest.fixture
def app_below(tmp_path: Path) -> Iterator[AppServer]:
    with serving(tmp_path, free_port(), "/gan") as server:
        yield server


def visitor(chromium: Browser, trouble: list[str]) -> BrowserContext:
    """Return a new browser profile, which notes failed answers and requests that leave the path."""
    context = chromium.new_context(locale="en-US", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    context.on("weberror", lambda error: trouble.append(str(error.error)))
    context.on("response", lambda answer: answer.status >= 400 and trouble.append(f"{answer.status} {answer.url}"))
    context.on(
        "request",
        lambda request: (
            request.url.startswith("http")
            and not urlsplit(request.url).path.startswith("/gan/")
            and trouble.append(f"beside the app: {request.url}")
        ),
    )
    return context


def test_below_a_path_board_class_and_explorer_work_and_nothing_is_fetched_from_beside_it(
    app_below: AppServer, chromium: Browser
) -> None:
    run_id, trouble = copy_of_digits(app_below.home, TEACHER), list[str]()
    teacher, pupil = visitor(chromium, trouble), visitor(chromium, trouble)
    teacher.add_cookies([{"name": OWNER_COOKIE, "value": TEACHER, "url": f"{app_below.url}/"}])  # for /gan/ and below
    board = teacher.new_page()
    board.goto(f"{app_below.url}/train?run={run_id}")
    settle(board)
    expect(board.locator(".film .picture img").first).to_be_visible(timeout=SLOW)
    expect(board.locator(".curves canvas").first).to_be_visible()
    code = show(board)

    follower = pupil.new_page()
    follower.goto(f"{app_below.url}/c/{code}")
    expect(strip(follower)).to_have_attribute("data-role", "following", timeout=SLOW)
    assert follower.url.startswith(f"{app_below.url}/train?run={run_id}")
    assert {cookie["path"] for cookie in pupil.cookies() if cookie["name"] == OWNER_COOKIE} == {"/gan"}

    follower.get_by_test_id("stTopNavLink").filter(has_text="Explore").click()
    expect(follower.locator(".explorer[data-ready] .stage canvas")).to_be_visible(timeout=SLOW)
    assert urlsplit(follower.url).path == "/gan/explore"
    teacher.close()
    pupil.close()
    assert trouble == []
