"""The Compare page in a browser: samples at one moment, curves of all runs, a run that still grows."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from gan_demo.runs import library
from tests.browser.axe import is_accessible
from tests.browser.hosts import AppHost
from tests.browser.pages import NewPage, settle, watched
from tests.browser.servers import AppServer

pytestmark = pytest.mark.long(22)

SLOW = 20_000


@pytest.fixture
def growing(app_server: AppServer, tmp_path: Path) -> Iterator[Path]:
    """Create a run that another process trains: a copy of a shipped run with its first rows and pictures only."""
    folder = app_server.home / "growing-0123456789ab"
    shutil.copytree(library.PRETRAINED / "digits", folder)
    (folder / "card.json").unlink()
    rows = (folder / "metrics.jsonl").read_text("utf-8").splitlines(keepends=True)
    (folder / "metrics.jsonl").write_text("".join(rows[:40]))
    for grid in sorted((folder / "grids").iterdir())[5:]:
        grid.unlink()
    info = json.loads((folder / "run.json").read_text("utf-8"))
    (folder / "run.json").write_text(json.dumps(info | {"name": "growing", "status": "training", "checkpoints": []}))
    yield folder
    folder.rename(tmp_path / folder.name)  # at once, as the trash does it: a page may still look


@pytest.fixture(scope="module")
def both(app_server: AppServer, chromium: Browser) -> Iterator[Page]:
    """Open the comparison of two shipped runs once for the tests that leave its axis as it was."""
    with watched(chromium, AppHost(app_server.url), locale="en-US") as page:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto("/compare?runs=digits,tutorial")
        settle(page)
        shown(page, 2)
        yield page


def figures(page: Page) -> Locator:
    return page.locator(".sheets figure")


def shown(page: Page, count: int) -> None:
    """Wait until every run's picture and the charts are there."""
    expect(page.locator(".sheets .stage img")).to_have_count(count, timeout=SLOW)
    expect(page.locator(".compare .u-over").first).to_be_visible(timeout=SLOW)


def moments(page: Page) -> list[int]:
    return [int(each.get_attribute("data-step") or -1) for each in figures(page).all()]


def scrub(page: Page, share: float) -> None:
    page.locator(".sheets input[type=range]").evaluate(
        "(e, share) => { e.value = Math.round(e.max * share); e.dispatchEvent(new Event('input')); }", share
    )


def legend(page: Page, metric: str) -> list[str]:
    labels: list[str] = page.locator(f'section[data-panel="{metric}"] .legend > span').all_inner_texts()
    return labels


def chart(page: Page, panel: str) -> tuple[Locator, FloatRect]:
    """Scroll the area of a panel's curves into view; return it and its box."""
    plot = page.locator(f'section[data-panel="{panel}"] .u-over')
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box
    return plot, box


def test_the_example_shows_both_runs_from_one_click(new_page: NewPage) -> None:
    page = new_page("compare")
    expect(page.locator(".st-key-compare-example button")).to_be_visible()
    is_accessible(page)
    page.locator(".st-key-compare-example button").click()
    shown(page, 2)
    page.wait_for_url(re.compile("runs=digits"))
    assert [each[0] for each in legend(page, "g_loss")] == ["A", "B"]
    page.reload()
    settle(page)
    shown(page, 2)


def test_one_scrubber_moves_all_runs_to_the_same_moment(both: Page) -> None:
    page = both
    newest = moments(page)
    assert newest[0] == max(run for run in library.find("digits").grids)
    scrub(page, 0.4)
    line = page.locator('section[data-panel="g_loss"] .at')
    expect(line).to_be_visible()
    at = int(line.get_attribute("data-step") or -1)
    assert 0 < at < max(newest)
    page.wait_for_function(  # as they were then: the last picture of each that is not from later
        "([at, wanted]) => [...document.querySelectorAll('*')].some(e => e.shadowRoot && wanted.join() ==="
        " [...e.shadowRoot.querySelectorAll('.sheets figure')].map(f => f.dataset.step).join())",
        arg=[at, [max(step for step in library.find(run).grids if step <= at) for run in ("digits", "tutorial")]],
        timeout=SLOW,
    )


def test_another_axis_is_kept_in_the_address_and_moves_the_moments(both: Page) -> None:
    page = both
    for axis, words, moment in (
        ("seconds", "time", r"\d+ min \d+ s"),
        ("images", "images seen", r"[\d,]+ images"),
        ("step", "step", "^step [\\d,]+"),
    ):
        page.locator(".st-key-compare-by").get_by_text(words, exact=True).click()
        page.wait_for_url(re.compile(f"by={axis}" if axis != "step" else "^(?!.*by=)"), timeout=SLOW)
        expect(page.locator(".sheets output")).to_have_text(re.compile(moment), timeout=SLOW)


def test_a_click_on_a_curve_goes_to_that_moment(both: Page) -> None:
    page = both
    plot, box = chart(page, "g_loss")
    plot.click(position={"x": box["width"] / 2, "y": 40})
    expect(page.locator(".sheets output")).to_have_text(re.compile("step 2[2-7],"), timeout=SLOW)


def test_a_run_that_trains_grows_by_itself_keeps_the_zoom_and_is_missed_once_it_is_deleted(
    new_page: NewPage, growing: Path
) -> None:
    page = new_page(f"compare?runs={growing.name},digits")
    shown(page, 2)
    before = legend(page, "d_loss")[0]
    _, box = chart(page, "d_loss")
    page.mouse.move(box["x"] + 20, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 50, steps=3)
    page.mouse.up()
    page.mouse.move(0, 0)
    zoom = page.locator(".board-of-curves").get_attribute("data-zoom")
    assert zoom
    last = json.loads((growing / "metrics.jsonl").read_text("utf-8").splitlines()[-1])
    row: dict[str, Any] = {"step": last["step"] + 50, "images": last["images"] + 1600, "seconds": last["seconds"] + 9}
    with (growing / "metrics.jsonl").open("a") as file:
        file.write(json.dumps(row | {"g_loss": 5.25, "d_loss": 7.75}) + "\n")
    page.wait_for_function(
        "() => [...document.querySelectorAll('*')].some(e => e.shadowRoot &&"
        " e.shadowRoot.querySelector('section[data-panel=d_loss] .legend b')?.textContent === '7.75')",
        timeout=SLOW,
    )
    assert "7.75" not in before
    assert page.locator(".board-of-curves").get_attribute("data-zoom") == zoom
    copy = growing.with_name("elsewhere")
    growing.rename(copy)
    try:
        expect(page.locator(".lost")).to_contain_text("No longer available", timeout=SLOW)
        expect(page.locator(".sheets .stage img").last).to_be_visible()
    finally:
        copy.rename(growing)


def test_a_zoomed_stretch_is_asked_for_in_detail_run_by_run(both: Page) -> None:
    page = both
    _, box = chart(page, "g_loss")
    requests: list[str] = []
    page.on("response", lambda answer: requests.append(answer.url) if "/rows?" in answer.url and answer.ok else None)
    with page.expect_response(lambda answer: "/runs/tutorial/rows?" in answer.url, timeout=SLOW):
        page.mouse.move(box["x"] + 100, box["y"] + 50)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + 50, steps=3)
        page.mouse.up()
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').filter(e => e.name.includes('/rows?')).length >= 2"
    )
    assert {re.search(r"runs/(\w+)/rows", url)[1] for url in requests} == {"digits", "tutorial"}  # type: ignore[index]
    low, high = map(float, str(page.locator(".board-of-curves").get_attribute("data-zoom")).split(","))
    for url in requests:
        first, last = (float(value) for value in re.findall(r"(?:from|to)=(\d+)", url))
        assert first <= low
        assert last >= min(high, 30_000)


def test_the_page_is_accessible(both: Page) -> None:
    is_accessible(both)


def test_downloads_hold_a_line_a_run_and_every_row(both: Page, tmp_path: Path) -> None:
    page = both
    for key, name in (("compare-summary", "summary.csv"), ("compare-rows", "rows.csv")):
        with page.expect_download() as download:
            page.locator(f".st-key-{key} button").first.click()
        download.value.save_as(tmp_path / name)
    with (tmp_path / "summary.csv").open() as file:
        assert [line["run"] for line in csv.DictReader(file)] == ["digits", "tutorial"]
    with (tmp_path / "rows.csv").open() as file:
        lines = list(csv.DictReader(file))
    known = [value for value in library.find("digits").metrics()["d_loss"] if value == value]
    assert len([each for each in lines if (each["run"], each["metric"]) == ("digits", "d_loss")]) == len(known)
