"""The map of latent space in a browser: its geometry, its cells, and what a click, a wheel and a colour do."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from gan_demo.runs.run_dir import RunDir
from tests.browser.explorer_page import READ, module
from tests.browser.map_page import (
    address_value,
    choose,
    click,
    complete,
    marker_position,
    picture,
    show,
    size,
    wait_for_address_value,
)
from tests.browser.map_page import own_page as own_page
from tests.browser.map_page import page as page
from tests.browser.map_page import trained as trained


def test_a_click_goes_there_the_marker_follows_and_undo_returns(page: Page) -> None:
    before = marker_position(page)
    click(page, 0.35, 0.25)
    expect(page.locator(".mixer [aria-pressed=true]").first).to_have_text("3")
    wide, high = size(page)
    assert marker_position(page) == pytest.approx((0.35 * wide, 0.25 * high), abs=1.5)
    page.get_by_role("button", name="Undo").click()
    assert marker_position(page) == pytest.approx(before, abs=0.1)


def test_the_marker_moves_with_the_state_and_dragging_it_moves_the_state(page: Page) -> None:
    before = marker_position(page)
    chip = page.locator(".mixer button", has_text="1").first
    chip.click()
    wide, high = size(page)
    assert marker_position(page) == pytest.approx((0.15 * wide, before[1]), abs=1.5)
    box = page.locator(".map-board canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.15 * wide, box["y"] + before[1])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.85 * wide, box["y"] + 0.5 * high, steps=4)
    page.mouse.up()
    expect(page.locator(".mixer [aria-pressed=true]").first).to_have_text("8")
    page.get_by_role("button", name="Undo").click()  # one move, one step
    expect(page.locator(".mixer [aria-pressed=true]").first).to_have_text("1")


def test_another_place_beside_the_map_draws_the_map_through_it(page: Page) -> None:
    before = picture(page)
    page.get_by_role("button", name="New random").click()
    page.wait_for_function("before => document.querySelector('.map-board canvas').toDataURL() !== before", arg=before)
    expect(page.locator(".map-board .here.off")).to_have_count(0)
    complete(page)
    page.get_by_role("button", name="Undo").click()
    page.wait_for_function("before => document.querySelector('.map-board canvas').toDataURL() === before", arg=before)


def test_while_finer_cells_are_on_their_way_coarser_ones_are_shown(own_page: Page) -> None:
    values = module(
        own_page,
        "map/canvas",
        """
      document.body.innerHTML = '<div style="width: 400px"></div>';
      let finest = -1;
      const opaque = () => ({pixels: new Uint8ClampedArray(16).fill(255)});
      const never = new Promise(() => {});
      const layer = {
        box: {left: -4, right: 4, bottom: -4, top: 4}, coarsest: -1, tileSize: [2, 2], strength: 0, isReady: () => true,
        makeTiles: async (cells) => cells.some((cell) => cell.level > finest) ? never : cells.map(opaque),
        colourOf: () => '', position: () => null, lengthText: () => '',
      };
      const app = {t: (key) => key, drawingFailed(error) { throw error; }};
      const map = new m.MapCanvas(app, document.body.firstChild, {linkedView: '', onMove() {}});
      const frame = () => new Promise(requestAnimationFrame), alpha = () => {
        const {width, height} = map.canvas, all = map.canvas.getContext('2d').getImageData(0, 0, width, height).data;
        return all.filter((_, k) => k % 4 === 3).reduce((least, value) => Math.min(least, value), 255);
      };
      map.showLayer(layer);
      map.setShown(true);
      finest = map.level;
      map.redraw();
      while (map.root.dataset.complete !== '1') await frame();
      const whole = alpha(), before = map.level;
      map.zoom(8, 50, 90);
      while (map.frameRequested) await frame();
      const zoomed = [map.level - before, map.root.dataset.complete, alpha()];
      map.destroy();
      return [whole, ...zoomed];""",
    )
    assert values == [255, 3, "", 255]


def test_the_wheel_zooms_and_the_view_is_in_the_address(page: Page, trained: dict[str, RunDir]) -> None:
    box = page.locator(".map-board canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.wheel(0, -300)
    view = address_value(page, "map.view")
    complete(page)
    before = picture(page)
    fragment = page.evaluate("location.hash")
    show(page, trained["ready-made"], fragment)
    wait_for_address_value(page, "map.view", view)
    assert picture(page) == before


def test_keys_move_the_map_and_enter_goes_to_its_middle(page: Page) -> None:
    canvas = page.locator(".map-board canvas")
    canvas.focus()
    for key in ("+", "+", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    wide, high = size(page)
    assert marker_position(page) == pytest.approx((wide / 2, high / 2), abs=1.5)
    page.keyboard.press("0")
    page.wait_for_function("() => !location.hash.includes('map.view')")


def test_two_fingers_zoom(page: Page) -> None:
    page.locator(".map-board canvas").evaluate("""one => {
      const at = one.getBoundingClientRect();
      const finger = (kind, id, x) => one.dispatchEvent(new PointerEvent(kind, {pointerId: id, pointerType: 'touch', bubbles: true,
        clientX: at.left + x, clientY: at.top + 100}));
      one.setPointerCapture = () => {};
      finger('pointerdown', 11, 100); finger('pointerdown', 12, 140);
      finger('pointermove', 12, 260);
      finger('pointerup', 11, 100); finger('pointerup', 12, 260);
    }""")
    span = float(address_value(page, "map.view").split("_")[2])
    assert span == pytest.approx(2, rel=0.02)  # 8 units, and fingers four times as far apart


def test_classes_are_coloured_named_and_can_be_turned_off(page: Page) -> None:
    plain = picture(page)
    page.get_by_label("Colour by").select_option("0")
    complete(page)
    expect(page.locator(".map-legend > span")).to_have_text([*"0123456789"])
    wide, high = size(page)
    page.locator(".map-board canvas").hover(position={"x": 0.45 * wide, "y": 0.5 * high})
    expect(page.locator(".map-board .told")).to_have_text("Digit: 4 (100 %)")
    wait_for_address_value(page, "map.colour", "digit")
    assert picture(page) != plain
    page.get_by_label("Colour by").select_option("")
    expect(page.locator(".map-legend")).to_be_hidden()
    assert picture(page) == plain


@pytest.mark.both_hosts
def test_the_discriminator_colours_the_map_and_the_legend_says_what_it_means(
    own_page: Page, trained: dict[str, RunDir]
) -> None:
    page = show(own_page, trained["digits"], "#tool=map&map.colour=verdict")
    expect(page.get_by_label("Colour by")).to_have_value("verdict")
    expect(page.locator(".map-legend .ramp")).to_contain_text("surely generated")
    page.locator(".map-board canvas").hover()
    expect(page.locator(".map-board .told")).to_contain_text("% real")


def test_without_a_discriminator_nothing_is_offered_that_needs_one(own_page: Page, trained: dict[str, RunDir]) -> None:
    page = show(own_page, trained["digits"], discriminator=False)
    assert page.get_by_label("Colour by").evaluate("one => [...one.options].map((each) => each.value)") == ["", "0"]


def test_the_map_is_saved_with_what_its_colours_mean(page: Page) -> None:
    choose(page, "Colour by", "0")
    with page.expect_download() as saved:
        page.get_by_role("button", name="PNG").click()
    picture = Image.open(io.BytesIO(saved.value.path().read_bytes()))
    wide, high = size(page)
    assert picture.width == 2 * round(wide)
    assert picture.height > 2 * high
    assert np.asarray(picture.convert("L"))[: int(2 * high)].std() > 20


def test_axes_are_chosen_swapped_and_kept_in_the_address(page: Page) -> None:
    first = picture(page)
    page.get_by_label("Up").select_option("change-2")
    complete(page)
    second = picture(page)
    assert first != second
    page.get_by_role("button", name="Swap").click()
    complete(page)
    wait_for_address_value(page, "map.x", "change-2")
    wait_for_address_value(page, "map.y", "label-digit")
    page.get_by_label("Up").select_option("change-2")  # the other one then takes its place
    expect(page.get_by_label("Across")).to_have_value("label-digit")


def test_every_axis_has_a_name_of_its_own(page: Page) -> None:
    names = page.get_by_label("Across").locator("option").all_inner_texts()
    assert len(set(names)) == len(names)
    assert {"Digit", "Slant", "Strongest change 1", "SeFa 1"} <= set(names)


def test_the_whole_map_is_shown_after_a_change_between_directions(own_page: Page, trained: dict[str, RunDir]) -> None:
    page = show(own_page, trained["ready-made"], "#tool=map&map.x=change-1&map.y=change-2")
    for label, parameter, direction in (("Across", "map.x", "change-3"), ("Up", "map.y", "sefa-1")):
        before = picture(page)
        choose(page, label, direction)
        wait_for_address_value(page, parameter, direction)
        drawn = page.locator(".map-board canvas").evaluate(f"({READ})")
        assert len(set(drawn.split(","))) > 20, "the map is blank"
        assert picture(page) != before
        assert "map.view" not in page.evaluate("location.hash")


def test_points_have_a_map_of_verdicts_and_a_click_goes_to_the_nearest_sample(
    own_page: Page, trained: dict[str, RunDir]
) -> None:
    page = show(own_page, trained["ring"])
    expect(page.locator(".map-legend .ramp")).to_contain_text("surely real")
    page.wait_for_function("() => document.querySelector('.here').style.transform")
    before: Any = marker_position(page)
    click(page, 0.1, 0.1)
    page.wait_for_function(
        "before => !document.querySelector('.here').style.transform.includes(String(before).slice(0, 6))", arg=before[0]
    )
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
