"""A training in a browser and its board: it follows the run, catches up after interruptions, and stays in hand.

The tests watch one training, which goes on from test to test; what one test changes, it puts back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, ViewportSize, WebSocket, expect

from gan_demo.runs.metrics_log import read_rows
from gan_demo.weights.load import load_weights
from tests.browser.axe import is_accessible
from tests.browser.board_page import (
    BOARD,
    EVENTS,
    board_is_after,
    board_step,
    button,
    connection_is,
    hide,
    later_than,
    picture,
    pictures,
    start,
    step_on_show,
    stop,
    until,
)
from tests.browser.pages import SLOW, NewPage, settle
from tests.browser.servers import AppServer, stop_trainings

pytestmark = pytest.mark.long(28)


@dataclass(frozen=True)
class Training:
    """A training that goes on, the page of its owner, and the folder of its run."""

    page: Page
    run: Path


@pytest.fixture(scope="module")
def training(app_server: AppServer, chromium: Browser) -> Iterator[Training]:
    """Start the ring from its card; wait until there is a second picture."""
    errors: list[str] = []
    window = ViewportSize(width=1440, height=900)
    context = chromium.new_context(base_url=app_server.url, viewport=window, locale="en-US", reduced_motion="reduce")
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.set_default_timeout(SLOW)
    page = context.new_page()
    start(page)
    (run,) = parse_qs(urlsplit(page.url).query)["run"]
    yield Training(page, app_server.home / run)
    stop_trainings(app_server)
    context.close()
    assert errors == []


# Do samples and curves end above the settings, which the page moves to their place after it has shown them?
IN_SIGHT = """() => {
  const roots = [document, ...[...document.querySelectorAll("*")].map((element) => element.shadowRoot).filter(Boolean)];
  const box = (what) => roots.map((root) => root.querySelector(what)).find(Boolean)?.getBoundingClientRect();
  const settings = box('[data-testid="stPopoverBody"]');
  const isInSight = ({ bottom }) => bottom <= settings.top;
  return settings && [".film .picture", ".curves .plot"].every((frame) => box(frame) && isInSight(box(frame)));
}"""


def last_row(run: Path) -> int:
    return max((int(row["step"]) for row in read_rows(run / "metrics.jsonl")), default=0)


def test_a_reload_catches_up_and_updates_come_without_a_run_of_the_page_to_the_same_elements(
    training: Training,
) -> None:
    page, sent = training.page, list[WebSocket]()
    step, earlier = step_on_show(page), pictures(page)
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(socket)))
    page.reload()
    settle(page)
    later_than(page, step - 1)
    assert pictures(page) >= earlier
    settle(page)
    connection_is(page, "live")
    page.locator(".film").evaluate("e => { e.dataset.mark = 'same'; }")
    page.locator(".curves").first.evaluate("e => { e.dataset.mark = 'same'; }")
    page.locator('[data-testid="stMain"]').evaluate("e => e.scrollTo(0, 120)")
    before, frames = page.locator(f"{BOARD} .right").inner_text(), len(sent)
    assert frames > 0, "frames are seen"
    for _ in range(2):
        board_is_after(page, board_step(page))
        later_than(page, step_on_show(page))
    assert page.locator(f"{BOARD} .right").inner_text() != before, "the curves' last values"
    assert len(sent) == frames, "the page asked Streamlit for something"
    assert page.locator(".film").get_attribute("data-mark") == "same"
    assert page.locator(".curves").first.get_attribute("data-mark") == "same"
    assert page.locator('[data-testid="stMain"]').evaluate("e => e.scrollTop") == 120
    page.locator('[data-testid="stMain"]').evaluate("e => e.scrollTo(0, 0)")


def test_scrubbing_back_stays_there_while_the_training_goes_on(training: Training) -> None:
    page = training.page
    slider = page.locator(".film input[type=range]")
    slider.focus()
    slider.press("Home")
    expect(picture(page)).to_have_attribute("data-step", "0")
    most = int(slider.get_attribute("max") or 0)
    page.wait_for_function(
        "most => [...document.querySelectorAll('*')].some(e => e.shadowRoot &&"
        " Number(e.shadowRoot.querySelector('.film input')?.max ?? 0) > most)",
        arg=most,
        timeout=SLOW,
    )
    assert step_on_show(page) == 0
    page.locator(".film .live").click()
    later_than(page, 0)


def test_a_hidden_tab_holds_no_stream_and_catches_up(training: Training) -> None:
    page = training.page
    with page.expect_event("requestfailed", lambda request: bool(EVENTS.search(request.url))):
        hide(page, True)
    opened: list[Request] = []
    page.on("request", lambda request: opened.append(request) if "/api/runs/" in request.url else None)
    held = board_step(page)
    until(page, lambda: last_row(training.run) > held + 50)
    assert board_step(page) == held
    assert opened == []
    missed = last_row(training.run)
    hide(page, False)
    board_is_after(page, missed - 1)
    connection_is(page, "live")


def test_live_settings_leave_samples_and_curves_in_sight(training: Training) -> None:
    page = training.page
    picture(page)
    page.set_viewport_size({"width": 1280, "height": 720})  # where the settings cover the picture
    button(page, "control-change").click()
    page.wait_for_function(IN_SIGHT)
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 1440, "height": 900})


def test_pause_holds_a_second_tab_has_the_controls_too_and_step_goes_on(training: Training) -> None:
    page = training.page
    button(page, "control-pause").click()
    expect(button(page, "control-resume")).to_be_visible()
    earlier = pictures(page)
    tab = page.context.new_page()
    tab.goto(page.url)
    settle(tab)
    expect(button(tab, "control-resume")).to_be_visible()
    before = step_on_show(tab)
    assert pictures(tab) >= earlier
    button(tab, "control-step").click()
    later_than(tab, before)
    button(tab, "control-resume").click()
    expect(button(tab, "control-pause")).to_be_visible()
    tab.close()
    expect(button(page, "control-pause")).to_be_visible(timeout=SLOW)


@pytest.mark.soak  # when a board polls is tested in node (tests/frontend/shared)
def test_another_browser_watches_by_polling_where_events_are_refused_until_the_end(
    training: Training, new_page: NewPage, tmp_path: Path
) -> None:
    page, watcher = training.page, new_page(None)
    watcher.route(EVENTS, lambda route: route.abort())
    watcher.goto(page.url)
    connection_is(watcher, "polling")
    board_is_after(watcher, board_step(watcher))
    later_than(watcher, step_on_show(watcher))
    assert watcher.locator(".st-key-control-pause").count() == 0
    stop(page)
    expect(watcher.locator(".st-key-next")).to_be_visible(timeout=SLOW)  # the end is noticed too
    watcher.unroute(EVENTS)
    watcher.reload()
    connection_is(watcher, "live")
    downloads_are_whole(page, tmp_path)
    elsewhere = training.run.parent / ".deleted"
    elsewhere.mkdir(exist_ok=True)
    training.run.rename(elsewhere / f"{training.run.name}@0")
    gone = watcher.locator(f"{BOARD}[data-connection=gone] .connection", has_text="no longer exists")
    unknown = watcher.get_by_role("heading", name="There is no such run here")  # if the page was just drawn again
    expect(gone.or_(unknown).first).to_be_visible(timeout=SLOW)
    watcher.reload()
    expect(watcher.locator("h1")).to_have_text("There is no such run here")
    assert watcher.locator(BOARD).count() == 0
    is_accessible(watcher)
    button(watcher, "unknown-start").click()
    expect(button(watcher, "start-ring")).to_be_visible()


def downloads_are_whole(page: Page, folder: Path) -> None:
    """Take away weights, rows and script of the run on the page; open each."""
    page.get_by_role("button", name="Take away").click()
    assert load_weights(saved(page, "weights", folder / "w.safetensors")).config.arch == "points"
    head, *rows = saved(page, "metrics", folder / "m.csv").read_text("utf-8").splitlines()
    assert head.startswith("step,")
    assert rows
    assert "class Generator(nn.Module)" in saved(page, "script-py", folder / "s.py").read_text("utf-8")


def saved(page: Page, key: str, path: Path) -> Path:
    """Press a download button; save its file, which has the suffix of ``path``."""
    with page.expect_download() as download:
        button(page, key).click()
    assert download.value.suggested_filename.endswith(path.suffix)
    download.value.save_as(path)
    return path
