"""The charts in a browser: zoom, hover, smoothing, scales, themes, and a million rows."""

from __future__ import annotations

import math

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chart_page import (
    NOTHING,
    PANELS,
    TEXTS,
    Draw,
    columns,
    empty,
    legend,
    line_offset,
    messages,
    panel,
    pixels,
    plot,
    point_at,
)
from tests.browser.chart_page import draw as draw
from tests.browser.chart_page import own_page as own_page
from tests.browser.chart_page import page as page


def drag(page: Page, start: float, end: float) -> None:
    page.mouse.move(*point_at(page, start))
    page.mouse.down()
    page.mouse.move(*point_at(page, (start + end) / 2))
    page.mouse.move(*point_at(page, end))
    page.mouse.up()


def test_a_drag_zooms_all_charts_and_the_zoom_survives_a_live_update(page: Page, draw: Draw) -> None:
    draw(marks=[{"number": 1, "step": 60, "text": "here"}])
    whole = line_offset(plot(page).locator(".mark"))
    drag(page, 0.2, 0.4)
    near = line_offset(plot(page).locator(".mark"))
    assert abs(near - whole) > 50
    assert line_offset(plot(page, "quality").locator(".mark")) == pytest.approx(near, abs=2)
    canvas = panel(page).locator("canvas").element_handle()
    draw(columns=columns(400), marks=[{"number": 1, "step": 60, "text": "here"}])
    assert line_offset(plot(page).locator(".mark")) == near
    assert canvas.evaluate("c => c.isConnected"), "the same element"
    (call,) = [each for each in messages(page) if each[0] == "zoom"]
    assert call[1] == "losses"
    assert [call[2], call[3]] == pytest.approx([40, 80], abs=3)


def test_all_is_shown_again_by_a_double_click_by_the_button_and_by_escape(page: Page, draw: Draw) -> None:
    draw()
    button = page.locator(".tools button")
    expect(button).to_be_hidden()
    for show_all in (
        lambda: plot(page).dblclick(),
        lambda: button.click(),
        lambda: panel(page).locator(".plot").press("Escape"),
    ):
        drag(page, 0.2, 0.4)
        expect(button).to_be_visible()
        show_all()
        expect(button).to_be_hidden()
        assert messages(page)[-1][:4] == ["zoom", "losses", None, None]


def test_detail_of_the_zoomed_stretch_takes_the_place_of_coarse_rows(page: Page, draw: Draw) -> None:
    coarse = {name: column[::50] for name, column in columns(401).items()}
    fine = columns(401)
    fine["d_loss"][75] = 777.0
    draw(columns=coarse)
    drag(page, 0.2, 0.3)
    detail = {name: column[60:130] for name, column in fine.items()}
    draw(columns=coarse, detail={"from": 60, "to": 129, "columns": detail})
    page.mouse.move(*point_at(page, 0))
    assert legend(page)[0] % 50 != 0, "a row that the coarse ones lack"


def test_two_fingers_zoom(page: Page, draw: Draw) -> None:
    draw()
    plot(page).evaluate("""over => {
      const { left, top, width } = over.getBoundingClientRect();
      const touch = (type, id, share) => over.dispatchEvent(new PointerEvent(type, {
        pointerType: 'touch', pointerId: id, clientX: left + share * width, clientY: top + 20, bubbles: true }));
      touch('pointerdown', 1, .4); touch('pointerdown', 2, .6);
      touch('pointermove', 1, .2); touch('pointermove', 2, .8);
      touch('pointerup', 1, .2); touch('pointerup', 2, .8);
    }""")
    low, high = map(float, str(page.locator(".board-of-curves").get_attribute("data-zoom")).split(","))
    assert (low, high) == (pytest.approx(66, abs=4), pytest.approx(133, abs=4)), "what was between the fingers still is"
    assert len([each for each in messages(page) if each[0] == "zoom"]) == 1, (
        "asked for once, when the fingers are lifted"
    )


def test_keys_move_zoom_and_go(page: Page, draw: Draw) -> None:
    draw()
    box = panel(page).locator(".plot")
    box.press("ArrowRight")
    box.press("ArrowRight")
    assert legend(page)[0] == pytest.approx(199 / 50, abs=1)
    box.press("Enter")
    assert messages(page)[-1] == ["seek", pytest.approx(4, abs=1)]
    box.press("+")
    expect(page.locator(".tools button")).to_be_visible()


def test_hover_shows_the_values_there_in_every_chart_and_survives_an_update(page: Page, draw: Draw) -> None:
    draw()
    assert legend(page) == [199, 99.5], "the newest, as long as no mouse is there"
    page.mouse.move(*point_at(page, 0.5))
    step = legend(page)[0]
    assert step == pytest.approx(99.5, abs=2)
    assert legend(page)[1] == step / 2
    assert panel(page).locator("h2 small").inner_text().strip().startswith("step ")
    assert legend(page, "quality")[0] == pytest.approx(1000 / (10 * (step // 10) + 1), rel=0.01)
    draw(columns=columns(220))
    assert legend(page)[0] == pytest.approx(step * 219 / 199, abs=2)


def test_a_chart_says_its_newest_values_to_a_screen_reader(page: Page, draw: Draw) -> None:
    draw()
    expect(panel(page).locator(".plot")).to_have_attribute(
        "aria-label", "Losses, a chart. Generator199, Discriminator99.5"
    )


def test_smoothing_keeps_the_raw_curve_behind_and_is_remembered(page: Page, draw: Draw) -> None:
    noisy = columns()
    noisy["g_loss"] = [100.0 + (50 if k % 2 else -50) for k in range(200)]
    draw(columns=noisy)
    raw = pixels(page)
    assert legend(page)[0] == 150
    slider = page.locator(".tools input")
    slider.focus()
    slider.press("End")
    assert legend(page)[0] == pytest.approx(100, abs=5)
    assert pixels(page) != raw
    page.goto(NOTHING)
    empty(page)
    draw(columns=noisy)
    assert legend(page)[0] == pytest.approx(100, abs=5)
    assert page.locator(".tools input").input_value() == "1"


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_each_scale_draws_even_values_below_zero(page: Page, draw: Draw, scale: str) -> None:
    below = columns()
    below["g_loss"] = [math.sin(k / 9) for k in range(200)]
    draw(columns=below)
    other = "quality" if scale == "linear" else "losses"
    before = pixels(page, other)
    page.locator(".tools select").select_option(scale)
    assert pixels(page, other) != before
    page.mouse.move(*point_at(page, 0.5))
    assert -1 <= legend(page)[0] <= 1


def test_another_theme_draws_the_charts_anew(page: Page, draw: Draw) -> None:
    draw()
    before = pixels(page)
    page.evaluate("document.body.style.setProperty('--st-chart-categorical-colors', '#ff8552,#5fb0f5')")
    page.evaluate("document.body.style.setProperty('--st-text-color', '#ece8e1')")
    page.wait_for_function(
        "before => document.querySelector('[data-panel=losses] canvas').toDataURL() !== before", arg=before
    )


def test_a_million_rows_draw_with_their_one_spike_and_grow(page: Page, draw: Draw) -> None:
    page.evaluate("""() => {
      const n = 1_000_000, step = Array.from({ length: n }, (_, k) => k);
      const noise = step.map((k) => Math.sin(k * 12.9898) / 2), spiky = noise.slice();
      spiky[654321] = 40;
      window.many = { step, g_loss: spiky, d_loss: noise };
    }""")
    draw_many = """(panels, texts) => curves.draw({ parentElement: document.getElementById('here'),
      data: { panels, texts, language: 'en', columns: many } })"""
    page.evaluate(f"([panels, texts]) => ({draw_many})(panels, texts)", [PANELS, TEXTS])
    flat = page.evaluate("""() => {
      const c = document.querySelector('[data-panel=losses] canvas'), { data } = c.getContext('2d').getImageData(0, 0, c.width, 60);
      return data.some((v, i) => i % 4 === 3 && v > 0 && Math.abs(data[i - 3] - 0xc4) < 40 && data[i - 1] < 90);
    }""")
    assert flat, "the spike reaches the chart's top, in its curve's colour"
    page.evaluate("() => { many.step.push(1_000_000); many.g_loss.push(7); many.d_loss.push(8); }")
    page.evaluate(f"([panels, texts]) => ({draw_many})(panels, texts)", [PANELS, TEXTS])
    assert legend(page) == [7, 8]
