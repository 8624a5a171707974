"""The explorer on whole pages: links, history, phones, and directions that come late or not at all."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from gan_demo.explorer import latent_pictures
from gan_demo.gan.models.build import build_generator
from gan_demo.weights import save
from tests.browser.axe import is_accessible
from tests.browser.explorer_page import explore, make_run
from tests.browser.hosts import Host

if TYPE_CHECKING:
    from tests.browser.pages import Visit
from tests.browser.stage_page import DIGITS, after, canvas, opened, pixels, saved_point, slider
from tests.browser.stage_page import bare as bare
from tests.browser.stage_page import page as page
from tests.browser.stage_page import published as published
from tests.browser.stage_page import runs as runs

pytestmark = pytest.mark.long(35)

OVERFLOW = """() => {
  const beyond = (one) => one.scrollWidth - one.clientWidth;
  return Math.max(...[document.documentElement, ...document.querySelectorAll('[data-testid="stMain"]')].map(beyond));
}"""
FIRST, WHOLE = re.compile(r"space\.json\?(.*&)?first=1"), re.compile(r"space\.json(?!.*first=1)")


@pytest.mark.usefixtures("published")
def test_a_copied_link_leads_to_exactly_the_same_picture_and_another_step_draws_the_same_place(
    visit: Visit, host: Host, tmp_path: Path
) -> None:
    page = opened(visit("web-digits"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    before = pixels(page)
    page.get_by_role("button", name="New random").click()
    page.get_by_role("button", name="4", exact=True).click()
    slider(page, 2).press("PageDown")
    page.get_by_role("slider", name="Truncation").press("ArrowLeft")
    seen = after(page, before)
    box = page.locator(".explorer .mixer").bounding_box()
    page.get_by_role("button", name="Copy a link").click()
    expect(page.locator(".explorer .notice")).to_contain_text("Link copied")
    assert page.locator(".explorer .mixer").bounding_box() == box, "nothing moves"
    link = str(page.evaluate("navigator.clipboard.readText()"))
    own = f"{host.url}{host.page_of('web-digits')}"
    assert link.startswith(own)
    other = opened(visit("web-digits", link.removeprefix(own), anew=True))
    assert (pixels(other) == seen).all()
    assert other.evaluate("location.hash") == page.evaluate("location.hash")
    is_accessible(other)
    page.get_by_role("slider", name="Training step").press("ArrowLeft")
    earlier, point = after(page, seen), saved_point(page, tmp_path)
    assert "step=10" in page.url
    assert "#z=" in page.url
    wanted = latent_pictures.pictures(build_generator(DIGITS, seed=10).eval(), [point])[0].astype(int)
    assert np.abs(earlier[:, :, :1] - wanted).max() <= 1


@pytest.mark.usefixtures("published")
def test_coming_back_shows_the_same_picture_and_browser_back_undoes_one_step(visit: Visit) -> None:
    page = opened(visit("web-digits"))
    start, first = pixels(page), str(page.evaluate("location.hash"))
    page.get_by_role("button", name="New random").click()
    seen = after(page, start)
    page.wait_for_function("first => location.hash !== first", arg=first)
    page.get_by_role("link", name="Learn").first.click()
    page.wait_for_url("**/learn**")  # the server skips a page that is left before it has begun
    expect(page.locator(".explorer")).to_have_count(0)
    page.get_by_role("link", name="Explore").first.click()
    page.get_by_role("combobox", name="Model").wait_for()
    page.locator('.explorer[data-ready="1"]').wait_for()
    assert (pixels(page) == seen).all()
    for _ in range(2):  # one entry of the tab's history, however many changes
        page.get_by_role("button", name="New random").click()
        earlier, seen = seen, after(page, seen)
    page.go_back()
    assert (after(page, seen) == earlier).all()
    page.go_forward()
    assert (after(page, earlier) == seen).all()
    page.go_back()
    assert (after(page, seen) == earlier).all()
    page.go_back()
    expect(page.locator(".explorer")).to_have_count(0)
    page.wait_for_url("**/learn**")


@pytest.mark.usefixtures("published")
def test_uploaded_weights_run_in_the_browser_too(visit: Visit, tmp_path: Path) -> None:
    page = opened(visit("web-ring"))
    model = dataclasses.replace(DIGITS, z_dim=12)
    (tmp_path / "mine.safetensors").write_bytes(save.weights_file(build_generator(model, seed=5), model))
    page.get_by_role("button", name="Open weights").click()
    page.locator('.st-key-explore-file input[type="file"]').set_input_files(tmp_path / "mine.safetensors")
    expect(page.get_by_role("button", name="Mix", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    assert pixels(page).shape == (28, 28, 4)
    seen, point = pixels(page), saved_point(page, tmp_path, model)
    wanted = latent_pictures.pictures(build_generator(model, seed=5).eval(), [point])[0].astype(int)
    assert np.abs(seen[:, :, :1] - wanted).max() <= 1
    expect(page.get_by_role("button", name="Copy a link")).to_have_count(0)  # it would not bring the weights along


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(  # faces are among the pages of test_accessibility.py, digits below
    "run",
    [pytest.param("web-digits", marks=pytest.mark.soak), pytest.param("web-faces", marks=pytest.mark.soak), "web-ring"],
)
def test_a_phone_shows_all_of_it_in_chinese_with_the_picture_in_sight(visit: Visit, run: str) -> None:
    page = opened(visit(run, width=390, height=844, theme="dark", locale="zh-CN"))
    assert page.evaluate(OVERFLOW) <= 0
    expect(page.get_by_role("button", name="随机一个")).to_be_visible()
    assert "{" not in page.locator(".explorer").inner_text()
    expect(page.locator(".explorer .caption")).to_contain_text("灰色：数据" if run == "web-ring" else "")
    raw = page.get_by_text("z 的每个数")
    raw.click()
    page.get_by_label("z3", exact=True).scroll_into_view_if_needed()
    expect(canvas(page)).to_be_in_viewport(ratio=0.9)
    assert page.evaluate(OVERFLOW) <= 0
    before = pixels(page)
    page.get_by_label("z1", exact=True).press("PageUp")
    after(page, before)


@pytest.mark.usefixtures("published")
def test_a_finger_finds_everything_on_a_phone(visit: Visit) -> None:
    page = opened(visit("web-digits", width=390, height=844))
    tabs = page.locator(".explorer .tabs")
    assert tabs.evaluate("e => e.clientHeight") < 48, "one row"
    for name in ("Spot the fake", "Hold it"):
        page.get_by_role("tab", name=name).click()
        expect(page.get_by_role("tab", name=name)).to_be_in_viewport(ratio=0.9)
    # a tool comes up to the picture, which stays: both are seen
    top = "tabs => tabs.getBoundingClientRect().top < innerHeight / 2"
    page.wait_for_function(top, arg=tabs.element_handle())
    expect(canvas(page)).to_be_in_viewport(ratio=0.9)
    page.locator(".explorer .menu summary").click()
    expect(page.locator(".explorer .menu .items")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    small = page.locator(".explorer").evaluate(
        """root => [...root.querySelectorAll('button:not(.cells *), select, summary, input[type=range]')]
        .map((one) => [one, one.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.height < 39.5 || box.width < 39))
        .map(([one, box]) => `${one.outerHTML.slice(0, 80)} ${box.width} x ${box.height}`)"""
    )
    assert small == []


@pytest.mark.parametrize("tab", ["sliders", "map"])
def test_no_picture_waits_for_directions_and_they_come_without_a_reload(
    bare: Page, host: Host, app_home: Path, tab: str
) -> None:
    run = make_run(app_home, f"late-{tab}", DIGITS, "digits", (10,))
    host.publish(run)
    page, held = bare, list[Route]()
    page.route(WHOLE, lambda route: held.append(route))
    with page.expect_request(WHOLE):
        explore(page, run.id, 10, "map", hash=f"#tool={tab}", site=False)
    waiting = page.locator(f".panel.{tab}").get_by_text("Looking for directions")
    expect(waiting).to_be_visible()
    before = pixels(page)
    page.get_by_role("button", name="New random").click()
    after(page, before)
    held[0].continue_()
    page.unroute(WHOLE)
    expect(waiting).to_have_count(0)
    if tab == "sliders":
        before = pixels(page)
        slider(page, 1).press("PageUp")
        before = after(page, before)
        canvas(page).focus()
        page.keyboard.press("Shift+ArrowRight")
        after(page, before)
    else:
        expect(page.locator(".panel.map select").first.locator("option")).not_to_have_count(1)


def test_where_directions_do_not_come_all_else_stays(bare: Page) -> None:
    page = bare
    page.route(FIRST, _pending)
    page.route(WHOLE, lambda route: route.fulfill(status=500))
    explore(page, "web-digits", 20, site=False)
    page.unroute(FIRST)
    page.unroute(WHOLE)
    expect(page.get_by_text("could not look for directions")).to_be_visible()
    before = pixels(page)
    page.get_by_role("button", name="New random").click()
    after(page, before)


def _pending(route: Route) -> None:
    """Answer with space.json as it is before directions are measured."""
    space = route.fetch().json()
    route.fulfill(json=space | {"pending": True, "directions": []})
