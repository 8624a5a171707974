"""Find yourself, in a browser: the solver on problems whose answers are known, and pictures found by a real generator."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from gan_demo.runs import library
from tests.browser.conftest import watched
from tests.browser.hosts import Host

DONE = ".hunt:not([data-running])[data-error]"
FIND = ".panel.find"
MODULE = """async (body) => {
  const solve = await import(new URL("api/ui/explorer/find/levenberg_marquardt.mjs", location.origin));
  const pictures = await import(new URL("api/ui/explorer/find/image_input.mjs", location.origin));
  const { rng } = await import(new URL("api/ui/explorer/latent.mjs", location.origin));
  return await (0, eval)(body)({ ...solve, ...pictures, rng });
}"""
# a linear network of Z numbers and P pixels, drawn by a seed; sample(z) for one, draw for many, as solve.mjs wants it
LINEAR = """(Z, P, seed, square = 0) => {
  const chance = rng(seed);
  const M = chance.normals(Z * P).map((value) => value / Math.sqrt(Z));
  const draw = async (zs, n) => Float32Array.from({ length: n * P }, (_, at) => {
    const [i, p] = [Math.floor(at / P), at % P];
    let sum = 0;
    for (let k = 0; k < Z; k++) sum += M[p * Z + k] * (zs[i * Z + k] + square * zs[i * Z + k] ** 2);
    return sum;
  });
  return { draw, chance };
}"""


@pytest.fixture(scope="module")
def page(host: Host, chromium: Browser) -> Iterator[Page]:
    """One page for all tests of this file, with the tool open on the digits."""
    with watched(chromium, host, viewport={"width": 1440, "height": 1000}, locale="en-US") as made:
        _open(made, host, "digits")
        yield made


def _open(page: Page, host: Host, run: str) -> None:
    host.publish(library.find(run))
    page.goto(f"{host.page_of(run)}#tool=find")
    page.locator(".explorer[data-ready='1']").wait_for()
    page.locator(f"{FIND} .hunt .acts").wait_for()


def _solve(page: Page, body: str) -> Any:
    return page.evaluate(MODULE, f"async ({{Descent, solved, distance, centred, palette, rng}}) => {{ {body} }}")


def _draw(page: Page, points: list[tuple[float, float]]) -> None:
    """Draw one stroke on the pad; coordinates are shares of its side."""
    box = page.locator("canvas.pad").bounding_box()
    assert box is not None
    for k, (x, y) in enumerate(points):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=3)
        if k == 0:
            page.mouse.down()
    page.mouse.up()


def _grey(page: Page, canvas: str) -> np.ndarray[Any, Any]:
    """Return the red channel of a canvas (H, W)."""
    found = page.locator(canvas).evaluate(
        "c => [c.width, ...c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((_, k) => k % 4 === 0)]"
    )
    return np.array(found[1:], dtype=float).reshape(-1, found[0])


def _search(page: Page) -> tuple[float, float]:
    """Wait for the end of the search; return its error and that of the nearest random sample."""
    page.locator(f"{FIND} [data-act=go]").click()
    hunt = page.locator(f"{FIND} {DONE}")
    hunt.wait_for()
    return float(hunt.get_attribute("data-error") or "nan"), float(hunt.get_attribute("data-nearest") or "nan")


def _choose(page: Page, what: str) -> None:
    """Upload a picture; return when it is the target."""
    before = page.locator(f"{FIND} .hunt").get_attribute("data-target") or ""
    page.locator(f"{FIND} [data-from={what}]").click()
    expect(page.locator(f"{FIND} .hunt")).not_to_have_attribute("data-target", before)


def _clear(page: Page) -> None:
    page.locator(f"{FIND} [data-act=clear]").click()


def test_cholesky_solves_what_it_should_and_refuses_the_indefinite(page: Page) -> None:
    """2x + y = 5, x + 3y = 10."""
    found = _solve(page, "return [[...solved([2, 1, 1, 3], [5, 10])], solved([1, 2, 2, 1], [1, 1])]")
    assert found[0] == pytest.approx([1, 3])
    assert found[1] is None


def test_a_linear_network_is_inverted_in_a_few_steps(page: Page) -> None:
    """It starts far away and arrives at the z that made the target."""
    body = f"""
      const {{ draw, chance }} = ({LINEAR})(12, 40, 3);
      const truth = chance.normals(12).map((value) => value / 2);
      const target = await draw(truth, 1);
      const descent = await new Descent(draw, target, chance.normals(12)).begin();
      const before = descent.error;
      while (descent.steps < 12 && await descent.step());
      return [before, descent.error, Math.max(...truth.map((value, k) => Math.abs(value - descent.z[k]))), descent.steps];
    """
    before, error, apart, steps = _solve(page, body)
    assert before > 0.1
    assert error < 1e-6
    assert apart < 1e-2
    assert steps <= 12


def test_a_curved_network_is_inverted_and_the_loss_never_rises(page: Page) -> None:
    """The network has a square of each z, so that a single linear step does not arrive."""
    body = f"""
      const {{ draw, chance }} = ({LINEAR})(8, 60, 5, 0.15);
      const target = await draw(chance.normals(8).map((value) => value / 2), 1);
      const descent = await new Descent(draw, target, new Float32Array(8)).begin();
      const losses = [descent.loss];
      while (descent.steps < 25 && await descent.step()) losses.push(descent.loss);
      return [losses, descent.error];
    """
    losses, error = _solve(page, body)
    assert error < 1e-4
    assert all(b <= a for a, b in itertools.pairwise(losses))


def test_a_target_out_of_reach_does_not_blow_up_the_norm(page: Page) -> None:
    """The target is ten times further away than samples are."""
    body = f"""
      const {{ draw, chance }} = ({LINEAR})(10, 10, 7);
      const target = await draw(chance.normals(10).map((value) => 10 * value), 1);
      const descent = await new Descent(draw, target, chance.normals(10)).begin();
      while (descent.steps < 25 && await descent.step());
      return descent.z.reduce((sum, value) => sum + value * value, 0) / 10;
    """
    assert 1.2 < _solve(page, body) < 50  # without the prior: 100


def test_label_shares_are_brought_back_to_where_shares_may_be(page: Page) -> None:
    """Each field goes to the nearest shares; valid shares stay as they are."""
    found = page.evaluate(
        """async () => {
          const { shares } = await import(new URL("api/ui/explorer/find/search.mjs", location.origin));
          const fields = [{ values: ["a", "b"] }, { values: ["c", "d", "e"] }];
          return [[0.3, 0.7, 0.2, 0.3, 0.5], [2, 0, 0.5, 0.7, -0.4], [0, 0, 1, 1, 1]].map((y) => {
            const told = Float64Array.from(y);
            shares(told, fields);
            return [...told];
          });
        }"""
    )
    assert found[0] == pytest.approx([0.3, 0.7, 0.2, 0.3, 0.5])
    assert found[1] == pytest.approx([1, 0, 0.4, 0.6, 0])
    assert found[2] == pytest.approx([0.5, 0.5, 1 / 3, 1 / 3, 1 / 3])


def test_numbers_that_are_no_normals_are_not_pulled_to_the_middle(page: Page) -> None:
    """Of twelve numbers four are limited to 3, and only the first eight are normal."""
    body = f"""
      const {{ draw, chance }} = ({LINEAR})(12, 40, 3);
      const truth = chance.normals(12).map((value, k) => (k < 8 ? value / 2 : 3));
      const target = await draw(truth, 1);
      const tidy = (z) => {{ for (let k = 8; k < 12; k++) z[k] = Math.min(3, z[k]); }};
      const descent = await new Descent(draw, target, new Float32Array(12), null, {{ normal: 8, tidy }}).begin();
      while (descent.steps < 12 && await descent.step());
      return [descent.error, Math.max(...descent.z), ...descent.z.slice(8)];
    """
    error, most, *others = _solve(page, body)
    assert error < 1e-4
    assert most <= 3
    assert others == pytest.approx([3, 3, 3, 3], abs=0.05)


def test_more_coordinates_than_one_step_moves_still_come_down(page: Page) -> None:
    """Of two hundred coordinates each step moves 128, different ones each time."""
    body = f"""
      const {{ draw, chance }} = ({LINEAR})(200, 60, 9);
      const target = await draw(chance.normals(200), 1);
      const descent = await new Descent(draw, target, chance.normals(200), rng(1)).begin();
      const before = descent.error;
      while (descent.steps < 6 && await descent.step());
      return [before, descent.error];
    """
    before, after = _solve(page, body)
    assert after < before / 100


def test_centring_brings_the_mass_to_the_middle(page: Page) -> None:
    """The picture is a dot in the corner of 9 × 9 pixels."""
    found = _solve(
        page, "const x = new Float32Array(81); x[0] = 200; return [...centred(x, 9, 9).entries()].filter((p) => p[1])"
    )
    assert found == [[40, 200]]


def test_a_palette_has_the_colours_most_seen(page: Page) -> None:
    """The colours are three reds, one blue, and a red too close to the first to count."""
    colours = "[[200,0,0],[200,0,0],[201,1,0],[0,0,255]]"
    found = _solve(page, f"return palette([Uint8ClampedArray.from({colours}.flatMap((c) => [...c, 255]))], 5)")
    assert found == ["#c80000", "#0000ff"]


def test_a_drawn_digit_is_centred_and_as_large_as_the_network_knows_them(page: Page) -> None:
    """The digit is drawn small, in a corner."""
    _draw(page, [(0.1, 0.1), (0.2, 0.1), (0.12, 0.3)])
    grey = _grey(page, f"{FIND} canvas.target")
    rows, _ = np.nonzero(grey > 100)
    assert grey.shape == (28, 28)
    assert 17 <= rows.max() - rows.min() + 1 <= 22
    total = grey.sum()
    middle = (grey.sum(1) @ np.arange(28) / total, grey.sum(0) @ np.arange(28) / total)
    assert middle == (pytest.approx(13.5, abs=0.75), pytest.approx(13.5, abs=0.75))


@pytest.mark.both_hosts
def test_the_found_place_becomes_the_current_one_and_can_be_undone(page: Page) -> None:
    """The place found for a seven is much nearer than the random samples, on stage, in the address and in all tools."""
    _clear(page)
    _draw(page, [(0.28, 0.25), (0.7, 0.25), (0.45, 0.8)])
    before = page.evaluate("location.hash")
    error, nearest = _search(page)
    assert error < nearest / 2
    assert error < 0.1
    stage = page.locator(".explorer .stage canvas")
    expect(page.locator(f"{FIND} [data-act=take]")).to_be_hidden()
    page.wait_for_function("before => location.hash !== before", arg=before)
    page.wait_for_function(
        """() => {
          const data = (c) => c.getContext("2d").getImageData(0, 0, c.width, c.height).data.join();
          const roots = [document, ...[...document.querySelectorAll("*")].map((one) => one.shadowRoot).filter(Boolean)];
          const at = (what) => roots.map((one) => one.querySelector(what)).find(Boolean);
          return data(at(".explorer .stage canvas")) === data(at(".panel.find canvas.found"));
        }"""
    )
    assert (
        np.mean((_grey(page, ".explorer .stage canvas") - _grey(page, f"{FIND} canvas.target")) ** 2) < 0.1 * 127.5**2
    )
    drawn = stage.get_attribute("data-drawn")
    page.keyboard.press("Control+z")
    expect(stage).not_to_have_attribute("data-drawn", drawn or "")
    page.locator(f"{FIND} [data-act=take]").click()  # the other way back
    expect(page.locator(f"{FIND} [data-act=take]")).to_be_hidden()


def test_every_step_can_be_looked_back_at(page: Page) -> None:
    """The first picture differs from the last one."""
    back = page.locator(f"{FIND} .back")
    found = _grey(page, f"{FIND} canvas.found")
    back.focus()
    back.press("Home")
    expect(page.locator(f"{FIND} .now")).to_contain_text("step 0")
    assert np.abs(_grey(page, f"{FIND} canvas.found") - found).max() > 50


def test_the_stage_answers_during_a_search_and_stop_ends_it(page: Page) -> None:
    """A slider moves the stage while a search runs; then the search is stopped."""
    page.locator(f"{FIND} [data-act=go]").click()
    page.locator(f"{FIND} .hunt[data-running]").wait_for()
    drawn = int(page.locator(".explorer .stage canvas").get_attribute("data-drawn") or 0)
    page.locator(".explorer .stage canvas").press("ArrowRight")
    page.wait_for_function(
        """drawn => {
          const roots = [...document.querySelectorAll("*")].map((one) => one.shadowRoot).filter(Boolean);
          const stage = roots.map((one) => one.querySelector(".explorer .stage canvas")).find(Boolean);
          return Number(stage.dataset.drawn) > drawn;
        }""",
        arg=drawn,
    )
    page.locator(f"{FIND} [data-act=stop]").dispatch_event("click")  # it may have ended by itself, and be hidden
    page.locator(f"{FIND} .hunt:not([data-running])").wait_for()
    expect(page.locator(f"{FIND} [data-act=go]")).to_be_enabled()


def test_one_can_draw_with_the_keyboard(page: Page) -> None:
    """Space puts the pen down, arrows move it, space lifts it."""
    _clear(page)
    expect(page.locator(f"{FIND} .result")).to_contain_text("Draw something")
    pad = page.locator("canvas.pad")
    for key in ("Space", *["ArrowDown"] * 5, *["ArrowRight"] * 4, "Space"):
        pad.press(key)
    assert (_grey(page, f"{FIND} canvas.target") > 200).sum() > 20


def test_what_is_no_picture_is_refused_in_words(page: Page) -> None:
    """The file is a text with the name of a picture."""
    chooser = page.locator(f"{FIND} .sources input[type=file]")
    chooser.set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": b"no picture at all"})
    expect(page.locator(f"{FIND} .said-here")).to_contain_text("can't be read as a picture")


def test_a_digit_on_paper_is_turned_to_light_on_dark(page: Page) -> None:
    """The upload is a photograph of a one, off centre, on grey paper."""
    paper = np.full((300, 400, 3), 180, np.uint8)
    paper[60:220, 130:160] = 40
    buffer = io.BytesIO()
    Image.fromarray(paper).save(buffer, "JPEG")
    chooser = page.locator(f"{FIND} .sources input[type=file]")
    chooser.set_input_files({"name": "one.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()})
    expect(page.locator(f"{FIND} .said-here")).to_contain_text("light digits on a dark background")
    grey = _grey(page, f"{FIND} canvas.target")
    assert grey[0].max() < 40
    assert grey[13, 12:16].max() > 200


def test_a_real_picture_is_found(page: Page) -> None:
    """The target is one of the training images."""
    _choose(page, "real")
    error, nearest = _search(page)
    assert error < nearest


def test_a_face_is_painted_by_the_pixel_and_found(page: Page, host: Host) -> None:
    """Painting starts from the stage; with a fill, a new colour, an undone stroke and the keyboard."""
    _open(page, host, "faces")
    easel = page.locator(f"{FIND} .easel canvas")
    page.locator(f"{FIND} .swatch").nth(11).wait_for()  # the colours of real faces have come
    expect(page.locator(f"{FIND} .said-here")).to_be_empty()
    start = _grey(page, f"{FIND} .easel canvas")
    assert start.std() > 5
    page.locator(f"{FIND} .swatch").first.click()
    page.locator(f"{FIND} [data-mode=brush]").click()
    easel.press("ArrowRight")
    easel.press("Space")
    assert (_grey(page, f"{FIND} .easel canvas") != start).sum() <= 1
    page.locator(f"{FIND} [data-mode=fill]").click()
    box = easel.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 3, box["y"] + 3)
    page.locator(f"{FIND} [data-act=unstroke]").click()
    page.locator(f"{FIND} [data-act=unstroke]").click()
    assert (_grey(page, f"{FIND} .easel canvas") == start).all()
    _choose(page, "sample")
    error, nearest = _search(page)
    assert error < nearest
