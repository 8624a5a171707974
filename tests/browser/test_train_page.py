"""A training in a browser: press Train, watch, pause, scrub back, stop, return by the link."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PATIENCE, NewPage, settle

SLOW = 120_000  # ms: torch loads, and a busy machine trains slowly


def start(page: Page, preset: str = "ring") -> str:
    """Start a preset from its card; return the run's id."""
    page.goto("/train")
    settle(page)
    button(page, f"start-{preset}").click()
    page.wait_for_url(re.compile(r"run="), timeout=SLOW)
    picture(page)
    return parse_qs(urlsplit(page.url).query)["run"][0]


def button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button:visible").first


def picture(page: Page) -> Locator:
    """Wait for a sample grid; return it."""
    found = page.locator(".film .stage img")
    expect(found).to_be_visible(timeout=SLOW)
    return found


def step_on_show(page: Page) -> int:
    return int(picture(page).get_attribute("data-step") or -1)


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


def test_a_click_on_home_leads_to_a_growing_picture(page: Page) -> None:
    page.goto("/")
    settle(page)
    button(page, "start").click()
    page.wait_for_url(re.compile(r"/train\?.*run="), timeout=SLOW)
    first = step_on_show(page)
    later_than(page, first)
    stop(page)


def test_pause_holds_a_reload_finds_the_run_and_step_goes_on(page: Page) -> None:
    start(page)
    later_than(page, 0)
    button(page, "control-pause").click()
    expect(button(page, "control-resume")).to_be_visible()
    page.reload()
    settle(page)
    expect(button(page, "control-resume")).to_be_visible()
    before = step_on_show(page)
    button(page, "control-step").click()
    later_than(page, before)
    button(page, "control-resume").click()
    expect(button(page, "control-pause")).to_be_visible()
    stop(page)


def test_a_second_browser_with_the_link_watches_and_cannot_control(page: Page, new_page: NewPage) -> None:
    run_id = start(page)
    watcher = new_page(f"train?run={run_id}")
    later_than(watcher, 0)
    assert watcher.locator(".st-key-control-pause").count() == 0
    tab = page.context.new_page()  # a second tab of the owner's
    tab.goto(page.url)
    expect(button(tab, "control-pause")).to_be_visible(timeout=SLOW)
    stop(tab)


def test_scrubbing_back_stays_there_while_the_training_goes_on(page: Page) -> None:
    start(page)
    later_than(page, 0)
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
    stop(page)


def test_live_settings_leave_samples_and_curves_in_sight(page: Page) -> None:
    start(page)
    button(page, "control-change").click()
    settings = page.get_by_test_id("stPopoverBody").bounding_box()
    assert settings is not None
    picture(page)
    for frame in (".film .picture", ".curves .plot"):  # they stay, while the image in the film is replaced
        seen = page.locator(frame).first.bounding_box()
        assert seen is not None
        assert seen["y"] + seen["height"] <= settings["y"]
    page.keyboard.press("Escape")
    stop(page)


def test_updates_keep_the_elements_and_the_scroll_position(page: Page) -> None:
    start(page)
    later_than(page, 0)
    page.locator(".film").evaluate("e => { e.dataset.mark = 'same'; }")
    page.locator(".curves").first.evaluate("e => { e.dataset.mark = 'same'; }")
    page.locator('[data-testid="stMain"]').evaluate("e => e.scrollTo(0, 120)")
    later_than(page, step_on_show(page))
    assert page.locator(".film").get_attribute("data-mark") == "same"
    assert page.locator(".curves").first.get_attribute("data-mark") == "same"
    assert page.locator('[data-testid="stMain"]').evaluate("e => e.scrollTop") == 120
    stop(page)


def test_pixels_of_a_sample_are_squares_of_one_size(page: Page) -> None:
    start(page, "digits")
    picture(page)
    times, rendering = page.locator(".film .stage").evaluate(  # at once: the next picture is another element
        "stage => { const i = stage.querySelector('img'); return [i.getBoundingClientRect().width * devicePixelRatio"
        " / i.naturalWidth, getComputedStyle(i).imageRendering]; }"
    )
    assert times == pytest.approx(round(times), abs=1e-3)
    assert times >= 1
    assert rendering == "pixelated"
    stop(page)


@pytest.mark.parametrize("path", ["", "train", "learn", "train?run=gone"])
def test_no_page_is_wider_than_a_phone(new_page: NewPage, path: str) -> None:
    page = new_page(path, width=390, height=844, theme="dark", locale="zh-CN")
    page.wait_for_function(  # formulas are wide until their style sheet has come
        """() => {
          const main = document.querySelector('[data-testid="stMain"]');
          return main.scrollWidth <= main.clientWidth;
        }""",
        timeout=PATIENCE,
    )


def test_on_a_phone_the_menu_is_closed_by_its_own_button_and_by_a_choice(new_page: NewPage) -> None:
    page = new_page("learn", width=390, height=844)
    formula = page.locator(".katex-display[data-scrolls=end]").first  # wider than the phone: scrolls by keyboard, too
    expect(formula).to_have_attribute("role", "region")
    formula.press("ArrowRight")
    expect(page.locator(".katex-display[data-scrolls='start end']")).to_have_count(1)
    menu = page.get_by_test_id("stSidebar")
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(menu).to_have_attribute("data-collapsed", "false")
    page.get_by_test_id("stSidebarCollapseButton").locator("button").click()  # fails if something lies over it
    expect(menu).to_have_attribute("data-collapsed", "true")
    page.get_by_test_id("stExpandSidebarButton").click()
    menu.get_by_test_id("stSidebarNavLink").filter(has_text="Train").click()
    page.wait_for_url("**/train")
    expect(menu).to_have_attribute("data-collapsed", "true")


def test_every_card_shows_its_cover(new_page: NewPage) -> None:
    page = new_page("train")
    expect(page.locator("img.cover")).to_have_count(6)
    page.wait_for_function(
        "() => [...document.querySelectorAll('img.cover')].every((cover) => cover.naturalWidth === 960)"
    )


def test_the_browsers_language_is_taken_at_first(new_page: NewPage) -> None:
    page = new_page(locale="zh-CN")
    expect(page.locator("h1")).to_contain_text("机器")


def test_downloads_are_whole(page: Page, tmp_path: Path) -> None:
    start(page)
    later_than(page, 0)
    stop(page)
    page.get_by_role("button", name="Take away").click()
    with page.expect_download() as weights:
        button(page, "weights").click()
    weights.value.save_as(tmp_path / "w.safetensors")
    from gan_demo.weights.load import load_weights

    assert load_weights(tmp_path / "w.safetensors").config.arch == "points"
    with page.expect_download() as metrics:
        button(page, "metrics").click()
    metrics.value.save_as(tmp_path / "m.csv")
    head, *rows = (tmp_path / "m.csv").read_text("utf-8").splitlines()
    assert head.startswith("step,")
    assert rows
    with page.expect_download() as script:
        button(page, "script-py").click()
    script.value.save_as(tmp_path / script.value.suggested_filename)
    source = (tmp_path / script.value.suggested_filename).read_text("utf-8")
    assert script.value.suggested_filename.endswith(".py")
    assert "class Generator(nn.Module)" in source
