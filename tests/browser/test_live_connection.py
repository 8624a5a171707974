"""The connection of a live board: streams held back for seconds, and servers killed under the page."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from gan_demo.runs.run_dir import RunDir
from tests.browser.board_page import (
    BOARD,
    EVENTS,
    board_is_after,
    board_shows,
    board_step,
    button,
    connection_is,
    hide,
    later_than,
    pictures,
    start,
    step_on_show,
    stop,
    until,
)
from tests.browser.pages import SLOW, NewPage, settle
from tests.browser.servers import free_port, serving


@pytest.mark.soak  # it waits seven seconds; run_feed.test.mjs has both sides of it
def test_a_stream_is_polled_when_it_is_held_back_and_kept_when_it_is_quiet(page: Page, new_page: NewPage) -> None:
    """Nothing changes in a paused run; a tab that comes back to it has all there is, and keeps its stream."""
    start(page)
    held: list[Route] = []
    watcher = new_page(None)
    watcher.route(EVENTS, lambda route: held.append(route))  # neither answered nor refused
    watcher.goto(page.url)
    connection_is(watcher, "polling")
    assert held
    board_is_after(watcher, board_step(watcher))
    button(page, "control-pause").click()
    expect(button(page, "control-resume")).to_be_visible(timeout=SLOW)
    board_shows(page, "board.dataset.connection === 'live'")
    with page.expect_request(EVENTS) as again:
        hide(page, True)
        hide(page, False)
    page.evaluate(
        "() => new Promise(done => setTimeout(done, 4500))"
    )  # longer than run_feed.mjs waits for a first word
    assert again.value.failure is None, "the stream is still open"
    connection_is(page, "live")
    stop(page)


@pytest.fixture
def own_page(chromium: Browser) -> Iterator[Page]:
    """Open a page that stays open when its server ends."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(SLOW)
    yield page
    context.close()


@pytest.mark.soak  # two servers; test_trainer.py resumes a killed run, run_feed.test.mjs waits for a server
def test_after_a_kill_the_page_reconnects_and_resume_goes_on(own_page: Page, tmp_path: Path) -> None:
    page, port = own_page, free_port()
    with serving(tmp_path, port) as server:
        page.goto(f"{server.url}/train")
        settle(page)
        button(page, "start-ring").click()
        page.wait_for_url(re.compile("run="))
        run = RunDir(server.home / page.url.rpartition("run=")[2])
        later_than(page, 0)
        until(page, lambda: run.info.state is not None)  # saved for the first time
        board_is_after(page, run.info.step)
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()
        connection_is(page, "waiting")
        expect(page.locator(f"{BOARD} .connection")).to_contain_text("The connection is interrupted")
    step, grids = run.info.step, run.grids
    with serving(tmp_path, port):
        connection_is(page, "live")
        expect(page.locator(f"{BOARD} .connection")).to_be_hidden()
        expect(button(page, "resume")).to_be_visible(timeout=SLOW)
        assert pictures(page) == len(grids)
        assert step_on_show(page) == grids[-1]
        assert board_step(page) == step
        button(page, "resume").click()
        expect(button(page, "control-pause")).to_be_visible(timeout=SLOW)
        board_is_after(page, step)
        later_than(page, step)
        stop(page)
