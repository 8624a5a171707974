"""The map of latent space in a browser: its geometry, its cells, and what a click, a wheel and a colour do."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from gan_demo.cli.main import main
from gan_demo.explorer.artifacts import CLASSIFIERS
from gan_demo.gan import losses
from gan_demo.gan.classifier import load_classifier
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from tests.browser.explorer_page import READ, empty_page, module, mount
from tests.browser.hosts import Host

TINY = [
    "--device",
    "cpu",
    "--steps",
    "3",
    "--set",
    "batch=8",
    "--set",
    "evaluate=false",
    "--set",
    "limit=100",
    "--set",
    "width=4",
    "--set",
    "d_width=4",
]
SPACE = """const space = {z_dim: 6, labels: [{name: 'digit', values: ['0', '1', '2']}, {name: 'hat', values: ['no', 'yes']}],
  directions: [{key: 'change-1', family: 'change', u: [1, 0, 0, 0, 0, 0]}, {key: 'change-2', family: 'change', u: [.6, .8, 0, 0, 0, 0]}]};
  const all = m.axes(space), by = (key) => all.find((one) => one.key === key);
  const here = s.latentState([1, 2, 3, -1, .5, 2], [0, 1, 0, .3, .7], .8);"""


@pytest.fixture(scope="module")
def trained(app_home: Path) -> dict[str, RunDir]:
    """Create runs of three steps, which have discriminators, and a copy of the shipped digits."""
    for preset in ("digits", "ring"):
        assert main(["train", preset, "--out", str(app_home / f"map-{preset}"), *TINY]) == 0
    return {
        "ready-made": library.find("digits"),
        "digits": RunDir(app_home / "map-digits"),
        "ring": RunDir(app_home / "map-ring"),
    }


@pytest.fixture(scope="module")
def own_page(host: Host, chromium: Browser) -> Iterator[Page]:
    """One page for all tests of this file."""
    with empty_page(chromium, host, library.find("digits"), height=1000) as page:
        yield page


@pytest.fixture
def page(own_page: Page, trained: dict[str, RunDir]) -> Page:
    """Open that page with the map of the shipped digits, label across and the strongest direction up."""
    return show(own_page, trained["ready-made"], "#tool=map&map.x=label-digit&map.y=change-1")


def show(page: Page, run: RunDir, fragment: str = "#tool=map", discriminator: bool = True) -> Page:
    mount(page, run, fragment, discriminator)
    complete(page)
    return page


def complete(page: Page) -> None:
    """Wait until every cell of the wanted level is there."""
    page.locator(".map-board[data-complete='1']").wait_for()


def address_value(page: Page, name: str) -> str:
    """Wait until the address has ``name``; return its value."""
    page.wait_for_function("name => new URLSearchParams(location.hash.slice(1)).get(name)", arg=name)
    return str(page.evaluate("name => new URLSearchParams(location.hash.slice(1)).get(name)", name))


def wait_for_address_value(page: Page, name: str, value: str) -> None:
    """Wait until ``name`` has this value in the address."""
    read = "([name, value]) => new URLSearchParams(location.hash.slice(1)).get(name) === value"
    page.wait_for_function(read, arg=[name, value])


def place(page: Page) -> tuple[float, float]:
    """Return the position of the marker, in pixels of the map."""
    found = page.locator(".map-board .here").evaluate(
        "one => [...one.style.transform.matchAll(/(-?[\\d.]+)px/g)].map((found) => Number(found[1]))"
    )
    return float(found[0]), float(found[1])


def size(page: Page) -> tuple[float, float]:
    box = page.locator(".map-board canvas").bounding_box()
    assert box is not None
    return box["width"], box["height"]


def click(page: Page, x: float, y: float) -> None:
    """Click at shares of the map's width and height, from the top left."""
    wide, high = size(page)
    page.locator(".map-board canvas").click(position={"x": x * wide, "y": y * high})


def picture(page: Page) -> str:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return str(page.locator(".map-board canvas").evaluate("one => one.toDataURL()"))


def choose(page: Page, label: str, value: str) -> None:
    page.get_by_label(label).select_option(value)
    complete(page)


# ---- pure functions


@pytest.mark.parametrize(
    ("across", "up"),
    [("change-1", "change-2"), ("label-digit", "change-2"), ("label-hat", "label-digit"), ("change-2", "label-hat")],
)
def test_a_place_of_the_plane_is_found_again_from_its_state(own_page: Page, across: str, up: str) -> None:
    found = module(
        own_page,
        "map/axes",
        f"""{SPACE}
      const p = m.plane(here, by('{across}'), by('{up}')), wrong = [];
      for (const [s_, t] of [[.5, 1.3], [1.9, 2.2], [2.2, .7]]) {{
        const one = m.at(p, space.labels, s_, t), back = m.where(p, space.labels, one);
        const again = m.at(p, space.labels, back.s, back.t);
        if (back.off || !m.alike(m.plane(again, by('{across}'), by('{up}')), p, space.labels)) wrong.push([s_, t, back]);
        if ([...one.z, ...one.y].some((v, k) => Math.abs(v - [...again.z, ...again.y][k]) > 1e-5)) wrong.push([s_, t, again]);
      }}
      return wrong;""",
    )
    assert found == []


def test_the_map_goes_through_the_current_place_and_says_when_one_is_beside_it(own_page: Page) -> None:
    found = module(
        own_page,
        "map/axes",
        f"""{SPACE}
      const p = m.plane(here, by('change-1'), by('change-2'));
      const beside = s.latentState([1, 2, 3, -1, .5, 2.5], here.y, here.psi), less = s.latentState(here.z, here.y, .7);
      return [m.where(p, space.labels, here), m.where(p, space.labels, beside).off, m.where(p, space.labels, less).off];
    """,
    )
    assert found[0]["off"] is False
    assert (found[0]["s"], found[0]["t"]) == pytest.approx((1, 2))  # up: what of change-2 is square to change-1
    assert found[1:] == [True, True]


def test_in_the_middle_of_its_band_a_value_is_pure_and_between_two_both_are_half(own_page: Page) -> None:
    found = module(
        own_page,
        "map/axes",
        f"""{SPACE}
      const axis = by('label-digit');
      return [axis, [.5, 1, 1.5, 2.5].map((k) => [...m.band(axis, k * axis.width)]), m.spot(axis, [0, .5, .5]) / axis.width];
    """,
    )
    assert found[0]["high"] == 3 * found[0]["width"]
    np.testing.assert_allclose(found[1], [[1, 0, 0], [0.5, 0.5, 0], [0, 1, 0], [0, 0, 1]])
    assert found[2] == 2


def test_what_is_under_the_pointer_stays_there_while_one_zooms(own_page: Page) -> None:
    found = module(
        own_page,
        "map/viewport",
        """
      const view = {x: 1, y: -2, scale: 40};
      return [m.toWorld(view, 100, 30, 600, 400), m.toWorld(m.zoomed(view, 3.7, 100, 30, 600, 400), 100, 30, 600, 400)];
    """,
    )
    np.testing.assert_allclose(found[0], found[1])


def test_cells_cover_the_view_from_its_middle_and_four_of_them_make_a_coarser_one(own_page: Page) -> None:
    found = module(
        own_page,
        "map/view",
        """
      const box = {left: -4, right: 4, bottom: -4, top: 4}, view = {x: .4, y: .3, scale: 100};
      return [2, 1].map((level) => m.cells(view, box, 450, 300, level));""",
    )
    fine, coarse = ([(one["i"], one["j"]) for one in cells] for cells in found)
    assert set(coarse) == {(i // 2, j // 2) for i, j in fine}
    edges = np.array(fine) / 4
    assert edges[:, 0].min() <= 0.4 - 2.25
    assert edges[:, 0].max() + 0.25 >= 0.4 + 2.25
    away = np.hypot(*(edges + 0.125 - [0.4, 0.3]).T)
    assert np.all(np.diff(away) >= -1e-9)


def test_no_view_is_smaller_than_the_map_nor_beside_it(own_page: Page) -> None:
    found = module(
        own_page,
        "map/viewport",
        """
      const box = {left: 0, right: 10, bottom: -4, top: 4};
      return [m.allowed({x: 99, y: 99, scale: 1}, box, 500, 400), m.allowed({x: 99, y: -99, scale: 100}, box, 500, 400)];
    """,
    )
    assert found[0] == {"x": 5, "y": 0, "scale": 50}
    assert found[1] == {"x": 7.5, "y": -2, "scale": 100}


def test_a_view_is_the_same_from_the_address_and_on_another_screen_as_large(own_page: Page) -> None:
    found = module(
        own_page,
        "map/viewport",
        """
      const text = m.write({x: 1.25, y: -3.5, scale: 64}, 600, 400);
      return [m.read(text, 600, 400), m.read(text, 300, 200), m.read('', 9, 9), m.read('1_a_2', 9, 9), m.read('1_1_-2', 9, 9)];
    """,
    )
    assert found == [{"x": 1.25, "y": -3.5, "scale": 64}, {"x": 1.25, "y": -3.5, "scale": 32}, None, None, None]


def test_what_fails_is_asked_for_again_by_the_next_move_alone(own_page: Page) -> None:
    found = module(
        own_page,
        "map/pyramid",
        """let [asked, told, lost] = [0, 0, 0];
      const make = async () => { asked++; throw new Error('gone'); };
      const want = () => pyramid.want([{key: 'a'}]);
      const made = () => { if (++told < 50) want(); };
      const pyramid = new m.Pyramid({width: 2, height: 2, make, made, failed: () => { lost++; }});
      want();
      while (pyramid.busy) await new Promise((done) => setTimeout(done));
      const first = [asked, told, lost];
      want();
      while (pyramid.busy) await new Promise((done) => setTimeout(done));
      return [first, [asked, told, lost]];""",
    )
    assert found == [[1, 0, 1], [2, 0, 2]]


def test_the_map_remembers_a_bounded_number_of_cells_and_those_looked_at_last(own_page: Page) -> None:
    found = module(
        own_page,
        "map/tile_cache",
        """
      let most = 0;
      const make = async (cells) => (most = Math.max(most, cells.length), cells.map(() => ({pixels: new Uint8ClampedArray(16)})));
      const made = () => pyramid.get('0');
      const pyramid = new m.Pyramid({width: 2, height: 2, make, made, failed() {}});
      pyramid.want(Array.from({length: 3000}, (_, k) => ({key: String(k)})));
      while (pyramid.busy) await new Promise((done) => setTimeout(done));
      const places = new Set([...pyramid.cells.values()].map((one) => [pyramid.sheets.indexOf(one.sheet), one.x, one.y].join()));
      return [pyramid.cells.size, pyramid.cells.has('0'), pyramid.cells.has('2999'), pyramid.cells.has('500'), places.size, most];
    """,
    )
    assert found == [2048, True, True, False, 2048, 8]


def test_what_is_wanted_no_more_is_not_made(own_page: Page) -> None:
    found = module(
        own_page,
        "map/pyramid",
        """
      const begun = [];
      const make = async (cells) => (begun.push(...cells.map((one) => one.key)), cells.map(() => ({pixels: new Uint8ClampedArray(16)})));
      const pyramid = new m.Pyramid({width: 2, height: 2, make, made() {}, failed() {}});
      pyramid.want(Array.from({length: 100}, (_, k) => ({key: `a${k}`})));
      pyramid.want([{key: 'b'}]);
      while (pyramid.busy) await new Promise((done) => setTimeout(done));
      return begun;""",
    )
    assert found == [*(f"a{k}" for k in range(8)), "b"]


@pytest.mark.parametrize("loss", ["non_saturating", "hinge", "least_squares", "relativistic", "wasserstein"])
def test_a_verdict_is_what_the_training_page_says(own_page: Page, loss: str) -> None:
    fake, real = torch.tensor([-2.0, 0.1, 0.7]), torch.tensor([0.4, 1.5, 3.0])
    facts = {
        "loss": loss,
        "relative": loss in losses.RELATIVE,
        "real_logit": float(real.mean()),
        "fake_logit": float(fake.mean()),
    }
    code = "return given[0].map((one) => m.verdict(one, given[1]));"
    found = module(own_page, "map/colours", code, [fake.tolist(), facts])
    np.testing.assert_allclose(found, losses.real_shares(loss, real, fake)[1], atol=1e-6)


def test_classifiers_read_the_fields_that_the_browser_believes(own_page: Page) -> None:
    for name, shape in CLASSIFIERS.items():
        classifier = load_classifier(shape)
        assert classifier is not None
        wanted = [{"name": one.name, "values": list(one.values)} for one in classifier.fields]
        assert module(own_page, "engine/classifiers", f"return m.FIELDS['{name}'];") == wanted


# ---- the map itself


def test_a_click_goes_there_the_marker_follows_and_undo_returns(page: Page) -> None:
    before = place(page)
    click(page, 0.35, 0.25)
    expect(page.locator(".mixer [aria-pressed=true]").first).to_have_text("3")
    wide, high = size(page)
    assert place(page) == pytest.approx((0.35 * wide, 0.25 * high), abs=1.5)
    page.get_by_role("button", name="Undo").click()
    assert place(page) == pytest.approx(before, abs=0.1)


def test_the_marker_moves_with_the_state_and_dragging_it_moves_the_state(page: Page) -> None:
    before = place(page)
    chip = page.locator(".mixer button", has_text="1").first
    chip.click()
    wide, high = size(page)
    assert place(page) == pytest.approx((0.15 * wide, before[1]), abs=1.5)
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
    found = module(
        own_page,
        "map/board",
        """
      document.body.innerHTML = '<div style="width: 400px"></div>';
      let finest = -1;
      const opaque = () => ({pixels: new Uint8ClampedArray(16).fill(255)});
      const never = new Promise(() => {});
      const source = {
        box: {left: -4, right: 4, bottom: -4, top: 4}, coarsest: -1, cell: [2, 2], smooth: false, strength: 0, ready: () => true,
        make: async (cells) => cells.some((one) => one.level > finest) ? never : cells.map(opaque), colour: () => '',
        where: () => null, length: () => '',
      };
      const board = new m.Board({t: (key) => key, drawingFailed(error) { throw error; }}, document.body.firstChild, {kept: '', moved() {}});
      const frame = () => new Promise(requestAnimationFrame), alpha = () => {
        const {width, height} = board.canvas, all = board.canvas.getContext('2d').getImageData(0, 0, width, height).data;
        return all.filter((_, k) => k % 4 === 3).reduce((least, one) => Math.min(least, one), 255);
      };
      board.show(source);
      board.present(true);
      finest = board.level;
      board.changed();
      while (board.box.dataset.complete !== '1') await frame();
      const whole = alpha(), before = board.level;
      board.zoom(8, 50, 90);
      while (board.due) await frame();
      const zoomed = [board.level - before, board.box.dataset.complete, alpha()];
      board.destroy();
      return [whole, ...zoomed];""",
    )
    assert found == [255, 3, "", 255]


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
    assert place(page) == pytest.approx((wide / 2, high / 2), abs=1.5)
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
    before: Any = place(page)
    click(page, 0.1, 0.1)
    page.wait_for_function(
        "before => !document.querySelector('.here').style.transform.includes(String(before).slice(0, 6))", arg=before[0]
    )
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
