"""The Analyse page in a browser: plotly loads there alone, and what is selected leads to its moment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from gan_demo.analysis.inside import evaluations
from gan_demo.i18n.text import table
from gan_demo.runs import library
from tests.browser.axe import is_accessible

if TYPE_CHECKING:
    from tests.browser.pages import NewPage

SLOW = 60_000


def loads_plotly(page: Page) -> bool:
    is_there: bool = page.evaluate(
        "performance.getEntriesByType('resource').some((entry) => entry.name.includes('Plotly'))"
    )
    return is_there


def test_a_selected_evaluation_leads_to_its_moment_in_the_training(new_page: NewPage) -> None:
    run, words = library.find("digits"), table("en")
    steps = evaluations.quality_path(run.metrics())["steps"]
    page = new_page("train?run=digits")
    picture = page.locator(".film .stage img").first
    expect(picture).to_have_attribute("data-step", str(run.grids[-1]), timeout=SLOW)
    assert not loads_plotly(page)
    is_accessible(page)
    page.get_by_role("link", name=words["analyse.open"]).click()
    points = page.locator(".js-plotly-plot .scatterlayer path.point")
    expect(points).to_have_count(len(steps), timeout=SLOW)
    assert loads_plotly(page)
    points.first.scroll_into_view_if_needed()
    box = points.first.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".js-plotly-plot .hoverlayer text").first).to_be_visible(timeout=SLOW)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page).to_have_url(re.compile(rf"[?&]step={steps[0]}\b"), timeout=SLOW)
    page.get_by_role("link", name=words["analyse.go.training"]).click()
    nearest = min(run.grids, key=lambda grid: abs(grid - steps[0]))
    expect(picture).to_have_attribute("data-step", str(nearest), timeout=SLOW)


def test_a_finger_selects_a_cell_of_the_classes_and_scrolls_the_page(new_page: NewPage) -> None:
    steps = evaluations.class_shares(library.find("digits").metrics())["steps"]
    page = new_page("analyse?run=digits&part=classes", height=600)
    finger = page.context.new_cdp_session(page)
    finger.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    cells = page.locator(".js-plotly-plot .scatterlayer path.point")
    expect(cells).to_have_count(10 * len(steps), timeout=SLOW)
    chosen = len(steps) // 2
    cell = cells.nth(10 * chosen + 4)
    box = cell.bounding_box()
    assert box
    finger.send("Input.synthesizeScrollGesture", {"x": box["x"], "y": box["y"], "yDistance": -100})
    moved = cell.bounding_box()
    assert moved
    assert moved["y"] < box["y"] - 50, "the page was not scrolled"
    point = {"x": moved["x"] + moved["width"] / 2, "y": moved["y"] + moved["height"] / 2}
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page).to_have_url(re.compile(rf"[?&]step={steps[chosen]}\b"), timeout=SLOW)
