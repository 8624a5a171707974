"""Images trained in the viewer's own browser: it says what that costs, trains, goes on after a reload, becomes a run."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from gan_demo.i18n.text import table
from gan_demo.runs.run_dir import RunDir
from tests.browser.pages import NewPage, settle
from tests.browser.servers import AppServer

pytestmark = pytest.mark.long(28)

TEXTS = table("en")
# Another picture of the samples than the first one, in colours that are not all the same.
DRAWN = """() => {
  const roots = [...document.querySelectorAll("*")].map((element) => element.shadowRoot).filter(Boolean);
  const canvas = roots.map((root) => root.querySelector(".browser-training .sheet")).find(Boolean);
  if (!canvas) return false;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(data).size > 50;
}"""


def press(page: Page, key: str) -> None:
    page.get_by_role("button", name=TEXTS[key]).click()


def paused_at(page: Page) -> int:
    """Pause the training; return its step."""
    press(page, "browser.pause")
    paused = page.get_by_text(re.compile(r"Paused at step \d+"))
    expect(paused).to_be_visible()
    return int(re.findall(r"\d+", paused.inner_text().replace(",", ""))[0])


def test_a_preset_trains_in_the_browser_goes_on_after_a_reload_and_becomes_a_run(
    app_server: AppServer, new_page: NewPage
) -> None:
    page = new_page("train")
    page.locator(".st-key-browser-tutorial").get_by_role("button").click()
    settle(page)
    expect(page).to_have_url(re.compile("browser=tutorial"))
    expect(page.get_by_text("5 MB")).to_be_visible()
    page.get_by_role("button", name="Train for 2 min").click()
    expect(page.get_by_text(re.compile(r"Measured: this device trains [\d,.]+ images a second"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"Step [1-9][\d,]* of [1-9][\d,]* ·"))).to_be_visible()
    page.wait_for_function(DRAWN)
    step = paused_at(page)
    expect(page.locator(".browser-training canvas")).not_to_have_count(1)  # the curves' beside the samples'

    page.reload()
    settle(page)
    expect(page.get_by_text(re.compile(rf"Kept in this browser: step {step:,} of"))).to_be_visible()
    page.wait_for_function(DRAWN)
    press(page, "browser.go_on")
    later = paused_at(page)
    assert later >= step

    press(page, "browser.save")
    page.get_by_role("link", name=TEXTS["browser.open"]).click()
    settle(page)
    run = RunDir(app_server.home / page.evaluate("new URLSearchParams(location.search).get('run')"))
    assert run.info.step >= later
    assert run.info.plan == 50_000
    assert run.load_state_at(run.info.step)
    assert len(run.metrics()["d_loss"]) > 0

    press(page, "end.more")
    press(page, "browser.go_on_here")  # and the run goes on in the browser again
    settle(page)
    press(page, "browser.train_run")
    assert paused_at(page) >= run.info.step
    press(page, "browser.back_to_run")
    press(page, "end.more")
    expect(page.get_by_role("button", name=TEXTS["browser.go_on_here"])).to_be_visible()
