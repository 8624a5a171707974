"""The live board in a browser: it follows a run, catches up after interruptions, and reports what it cannot do."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, Route, WebSocket, expect

from gan_demo.runs.metrics_log import read_rows
from gan_demo.runs.run_dir import RunDir
from tests.browser.conftest import AppServer, NewPage, free_port, serving, settle
from tests.browser.test_train_page import SLOW, button, later_than, start, step_on_show, stop

pytestmark = pytest.mark.long

BOARD = ".live-board"
EVENTS = re.compile(r"/api/runs/[^/]+/events")
SHOWN = """(check) => [...document.querySelectorAll('*')].some((e) => {
  const board = e.shadowRoot?.querySelector('.live-board');
  return board && (new Function('board', 'return ' + check))(board);
})"""


def board_shows(page: Page, check: str) -> None:
    """Wait until a JavaScript expression about ``board`` is true."""
    page.wait_for_function(SHOWN, arg=check, timeout=SLOW)


def step_told(page: Page) -> int:
    """Return the step of the board's last update."""
    board_shows(page, "board.dataset.step !== undefined")
    return int(page.locator(BOARD).get_attribute("data-step") or -1)


def told_more_than(page: Page, step: int) -> None:
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


def last_row(run: Path) -> int:
    return max((int(row["step"]) for row in read_rows(run / "metrics.jsonl")), default=0)


def test_picture_and_curves_advance_without_a_run_of_the_page(page: Page) -> None:
    start(page)
    sent: list[WebSocket] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(socket)))
    page.reload()
    settle(page)
    later_than(page, 0)
    settle(page)
    connection_is(page, "live")
    before, asked = page.locator(f"{BOARD} .right").inner_text(), len(sent)
    assert asked > 0, "frames are seen"
    for _ in range(3):
        told_more_than(page, step_told(page))
        later_than(page, step_on_show(page))
    assert page.locator(f"{BOARD} .right").inner_text() != before, "the curves' last values"
    assert len(sent) == asked, "the page asked Streamlit for something"
    stop(page)


def test_a_reload_and_a_second_tab_catch_up(page: Page) -> None:
    start(page)
    later_than(page, 0)
    told_more_than(page, step_told(page))
    step, kept = step_on_show(page), pictures(page)
    page.reload()
    settle(page)
    tab = page.context.new_page()
    tab.goto(page.url)
    for one in (page, tab):
        one.wait_for_function(
            "step => [...document.querySelectorAll('*')].some(e => e.shadowRoot &&"
            " Number(e.shadowRoot.querySelector('.film .stage img')?.dataset.step ?? -1) >= step)",
            arg=step,
            timeout=SLOW,
        )
        assert pictures(one) >= kept
        connection_is(one, "live")
    stop(page)


def test_where_events_are_refused_polling_takes_over(page: Page, new_page: NewPage) -> None:
    start(page)
    watcher = new_page(None)
    watcher.route(EVENTS, lambda route: route.abort())
    watcher.goto(page.url)
    connection_is(watcher, "polling")
    told_more_than(watcher, step_told(watcher))
    later_than(watcher, step_on_show(watcher))
    stop(page)
    expect(watcher.locator(".st-key-next")).to_be_visible(timeout=SLOW)  # the end is noticed too


def test_where_events_are_held_back_polling_takes_over(page: Page, new_page: NewPage) -> None:
    start(page)
    held: list[Route] = []
    watcher = new_page(None)
    watcher.route(EVENTS, lambda route: held.append(route))  # neither answered nor refused
    watcher.goto(page.url)
    connection_is(watcher, "polling")
    assert held
    told_more_than(watcher, step_told(watcher))
    stop(page)


def test_a_quiet_stream_is_not_taken_for_a_held_one(page: Page) -> None:
    """Nothing changes in a paused run; a tab that comes back to it has all there is, and keeps its stream."""
    start(page)
    later_than(page, 0)
    button(page, "control-pause").click()
    expect(button(page, "control-resume")).to_be_visible(timeout=SLOW)
    board_shows(page, "board.dataset.connection === 'live'")
    with page.expect_request(EVENTS) as again:
        hide(page, True)
        hide(page, False)
    page.evaluate("() => new Promise(done => setTimeout(done, 4500))")  # longer than feed.mjs waits for a first word
    assert again.value.failure is None, "the stream is still open"
    connection_is(page, "live")
    stop(page)


def test_a_hidden_tab_holds_no_stream_and_catches_up(page: Page, app_server: AppServer) -> None:
    run = app_server.home / start(page)
    later_than(page, 0)
    with page.expect_event("requestfailed", lambda request: bool(EVENTS.search(request.url))):
        hide(page, True)
    opened: list[Request] = []
    page.on("request", lambda request: opened.append(request) if "/api/runs/" in request.url else None)
    held = step_told(page)
    until(page, lambda: last_row(run) > held + 100)
    assert step_told(page) == held
    assert opened == []
    missed = last_row(run)
    hide(page, False)
    told_more_than(page, missed - 1)
    connection_is(page, "live")
    stop(page)


@pytest.mark.parametrize("run_id", ["ring-000000000000", "..%2F..%2Fetc", "%00", "x" * 200])
def test_a_wrong_link_gets_a_clear_page_and_a_way_on(new_page: NewPage, run_id: str) -> None:
    page = new_page(f"train?run={run_id}")
    expect(page.locator("h1")).to_have_text("There is no such run here")
    assert page.locator(BOARD).count() == 0
    button(page, "unknown-start").click()
    expect(button(page, "start-ring")).to_be_visible()


def test_a_run_that_is_deleted_while_watched_says_so(page: Page, new_page: NewPage, app_server: AppServer) -> None:
    run_id = start(page)
    later_than(page, 0)
    stop(page)
    watcher = new_page(f"train?run={run_id}")
    connection_is(watcher, "live")
    (app_server.home / ".deleted").mkdir(exist_ok=True)
    (app_server.home / run_id).rename(app_server.home / ".deleted" / f"{run_id}@0")
    said = watcher.locator(f"{BOARD}[data-connection=gone] .connection", has_text="no longer exists")
    nowhere = watcher.get_by_role("heading", name="There is no such run here")  # if the page was just drawn again
    expect(said.or_(nowhere).first).to_be_visible(timeout=SLOW)
    watcher.reload()
    expect(watcher.locator("h1")).to_have_text("There is no such run here")


@pytest.fixture
def own_page(chromium: Browser) -> Iterator[Page]:
    """Open a page that stays open when its server ends."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(SLOW)
    yield page
    context.close()


@pytest.mark.soak  # test_class.py kills a server beneath its pages too, and test_trainer.py a run that is resumed
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
        told_more_than(page, run.info.step)
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()
        connection_is(page, "waiting")
        expect(page.locator(f"{BOARD} .connection")).to_contain_text("The connection is interrupted")
    saved, grids = run.info.step, run.grids
    with serving(tmp_path, port):
        connection_is(page, "live")
        expect(page.locator(f"{BOARD} .connection")).to_be_hidden()
        expect(button(page, "resume")).to_be_visible(timeout=SLOW)
        assert pictures(page) == len(grids)
        assert step_on_show(page) == grids[-1]
        assert step_told(page) == saved
        button(page, "resume").click()
        expect(button(page, "control-pause")).to_be_visible(timeout=SLOW)
        told_more_than(page, saved)
        later_than(page, saved)
        stop(page)
