"""The charts in a browser, with rows made by the tests: zoom, hover and the callbacks that a board uses."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ROOT, AppServer

CSS = "".join(
    (ROOT / f"gan_demo/frontend/{name}.css").read_text("utf-8") for name in ("vendor/uplot/uplot", "curves/curves")
)
COLOURS = (
    "--st-text-color:#211d1a;--st-background-color:#fbf9f5;--st-border-color:#ddd5c8;--st-primary-color:#c03a0a;"
    "--st-secondary-background-color:#f2eee6;--st-chart-categorical-colors:#c43d0c,#1368b3,#124a2a,#b8850a;--st-font:sans-serif"
)
TEXTS = {
    "empty": "nothing yet",
    "smooth": "Smoothing",
    "scale": "Scale",
    "reset": "Show all",
    "step": "step {step}",
    "chart": "{title}, a chart",
    "help": "help",
}
PANELS = [
    {
        "id": "losses",
        "kind": "lines",
        "title": "Losses",
        "series": [
            {"name": "Generator", "tag": "G", "color": 0, "column": "g_loss"},
            {"name": "Discriminator", "tag": "D", "color": 1, "column": "d_loss"},
        ],
    },
    {
        "id": "quality",
        "kind": "lines",
        "title": "FCD",
        "log": True,
        "optional": True,
        "series": [{"name": "FCD", "tag": "", "color": 2, "column": "fcd"}],
    },
    {"id": "classes", "kind": "bars", "title": "Classes", "column": "histogram", "names": ["cat", "dog"]},
]
NOTHING = "/api/ui/vendor/uplot/VENDORED.json"  # a page of the origin
Draw = Callable[..., None]


def columns(rows: int = 200) -> dict[str, list[Any]]:
    """Rows in which g_loss is the step and d_loss half of it, so that a legend tells the position of the mouse."""
    return {
        "step": list(range(rows)),
        "g_loss": [float(k) for k in range(rows)],
        "d_loss": [k / 2 for k in range(rows)],
        "fcd": [1000 / (k + 1) if k % 10 == 0 else None for k in range(rows)],
        "histogram": [[3.0, 1.0] if k == 50 else None for k in range(rows)],
    }


@pytest.fixture(scope="module")
def own_page(app_server: AppServer, chromium: Browser) -> Iterator[Page]:
    """One page of the app's origin for all tests of this file."""
    errors: list[str] = []
    context = chromium.new_context(base_url=app_server.url, viewport={"width": 900, "height": 900}, has_touch=True)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(NOTHING)
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def page(own_page: Page) -> Page:
    """Empty that page but for an element for charts; set the toolbar back."""
    own_page.mouse.move(0, 0)
    empty(own_page)
    own_page.evaluate("async () => (await load('view_settings')).changeSettings({ smooth: 0, scale: 'fit' })")
    return own_page


def empty(page: Page) -> None:
    page.evaluate("window.curves?.clear(document.getElementById('here'))")
    page.set_content(f"<style>{CSS}</style><body style='{COLOURS}'><div id='here'></div>")
    page.evaluate("""async () => {
      window.load = (name) => import(new URL(`/api/ui/curves/${name}.mjs`, location.origin).href);
      window.curves = await load('curves'); window.said = [];
    }""")


@pytest.fixture
def draw(page: Page) -> Draw:
    """Draw data as a board does; callbacks are recorded in ``said``."""

    def drawn(**data: Any) -> None:
        page.evaluate(
            """(data) => curves.draw({ parentElement: document.getElementById('here'), data: {
              ...data, onSeek: (step) => said.push(['seek', step]),
              onMarks: (numbers) => said.push(['marks', numbers]), onZoom: (...all) => said.push(['zoom', ...all]) } })""",
            {"panels": PANELS, "columns": columns(), "language": "en", "texts": TEXTS} | data,
        )

    return drawn


def panel(page: Page, name: str = "losses") -> Locator:
    return page.locator(f'section[data-panel="{name}"]')


def plot(page: Page, name: str = "losses") -> Locator:
    return panel(page, name).locator(".u-over")


def legend(page: Page, name: str = "losses") -> list[float]:
    return [float(text.replace("−", "-")) for text in panel(page, name).locator(".legend b").all_inner_texts()]


def point_at(page: Page, share: float, name: str = "losses") -> tuple[float, float]:
    box = plot(page, name).bounding_box()
    assert box
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


def drag(page: Page, start: float, end: float) -> None:
    page.mouse.move(*point_at(page, start))
    page.mouse.down()
    page.mouse.move(*point_at(page, (start + end) / 2))
    page.mouse.move(*point_at(page, end))
    page.mouse.up()


def said(page: Page) -> list[list[Any]]:
    found: list[list[Any]] = page.evaluate("said")
    return found


def place(locator: Locator) -> float:
    """Return the distance in pixels of a line from the left of the chart."""
    return float(locator.evaluate("e => new DOMMatrix(getComputedStyle(e).transform).e"))


def pixels(page: Page, name: str = "losses") -> str:
    found: str = panel(page, name).locator("canvas").evaluate("c => c.toDataURL()")
    return found


# ---- zoom


def test_a_drag_zooms_all_charts_and_the_zoom_survives_a_live_update(page: Page, draw: Draw) -> None:
    draw(marks=[{"number": 1, "step": 60, "text": "here"}])
    whole = place(plot(page).locator(".mark"))
    drag(page, 0.2, 0.4)
    near = place(plot(page).locator(".mark"))
    assert abs(near - whole) > 50
    assert place(plot(page, "quality").locator(".mark")) == pytest.approx(near, abs=2)
    canvas = panel(page).locator("canvas").element_handle()
    draw(columns=columns(400), marks=[{"number": 1, "step": 60, "text": "here"}])
    assert place(plot(page).locator(".mark")) == near
    assert canvas.evaluate("c => c.isConnected"), "the same element"
    (call,) = [each for each in said(page) if each[0] == "zoom"]
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
        assert said(page)[-1][:4] == ["zoom", "losses", None, None]


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
    assert len([each for each in said(page) if each[0] == "zoom"]) == 1, "asked for once, when the fingers are lifted"


def test_keys_move_zoom_and_go(page: Page, draw: Draw) -> None:
    draw()
    box = panel(page).locator(".plot")
    box.press("ArrowRight")
    box.press("ArrowRight")
    assert legend(page)[0] == pytest.approx(199 / 50, abs=1)
    box.press("Enter")
    assert said(page)[-1] == ["seek", pytest.approx(4, abs=1)]
    box.press("+")
    expect(page.locator(".tools button")).to_be_visible()


# ---- hover


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


# ---- a board's hooks


def test_a_click_asks_to_go_to_its_step(page: Page, draw: Draw) -> None:
    draw()
    page.mouse.click(*point_at(page, 0.25))
    assert said(page) == [["seek", pytest.approx(50, abs=2)]]


def test_the_line_at_the_step_on_show_moves_without_a_redraw(page: Page, draw: Draw) -> None:
    draw(at=None)
    line = plot(page).locator(".at")
    expect(line).to_be_hidden()
    draw(at=50)
    quarter = place(line)
    before = pixels(page)
    page.evaluate("curves.at(document.getElementById('here'), 100)")
    assert place(line) == pytest.approx(2 * quarter, abs=3)
    assert pixels(page) == before
    assert place(plot(page, "quality").locator(".at")) == pytest.approx(place(line), abs=1)


def test_the_legend_tells_the_values_at_the_step_on_show(page: Page, draw: Draw) -> None:
    draw(at=50)
    assert legend(page) == [50, 25]
    assert legend(page, "quality") == [pytest.approx(1000 / 51, rel=0.01)]
    page.evaluate("curves.at(document.getElementById('here'), 19)")
    assert legend(page, "quality") == [pytest.approx(1000 / 11, rel=0.01)], "step 20 was measured later"
    page.evaluate("curves.at(document.getElementById('here'), 100)")
    assert legend(page) == [100, 50]
    page.evaluate("curves.at(document.getElementById('here'), null)")
    assert legend(page) == [199, 99.5]


def test_a_lone_measurement_is_a_dot_where_it_was_taken(page: Page, draw: Draw) -> None:
    def drawn(place: int) -> str:
        draw(columns=columns() | {"fcd": [7.0 if k == place else None for k in range(200)]})
        expect(panel(page, "quality").locator(".plot.empty")).to_have_count(0)
        return str(panel(page, "quality").locator("canvas").evaluate("(canvas) => canvas.toDataURL()"))

    early, late = drawn(50), drawn(150)
    assert early != late
    assert legend(page, "quality") == [7]


def test_marks_are_lines_with_numbers_above_the_chart_and_near_ones_share_a_place(page: Page, draw: Draw) -> None:
    texts = {50: "slower", 51: "R1 on", 150: "fork"}
    marks = [{"number": k + 1, "step": step, "text": text} for k, (step, text) in enumerate(texts.items())]
    draw(marks=marks)
    lines = plot(page).locator(".mark")
    assert lines.all_inner_texts() == ["1–2", "3"]
    assert place(lines.nth(1)) == pytest.approx(3 * place(lines.nth(0)), abs=5)
    assert lines.nth(0).locator("b").get_attribute("title") == "1. slower\n2. R1 on"
    badge, whole = lines.nth(0).locator("b").bounding_box(), plot(page).bounding_box()
    assert badge
    assert whole
    assert badge["y"] + badge["height"] <= whole["y"] + 1, "it hides no curve"
    page.mouse.move(*point_at(page, 51 / 199))
    assert "1. slower" in panel(page).locator("h2 small").inner_text()


def test_a_mark_and_its_line_in_the_list_light_up_together(page: Page, draw: Draw) -> None:
    draw(marks=[{"number": 1, "step": 50, "text": "slower"}, {"number": 2, "step": 150, "text": "fork"}])
    page.evaluate("curves.highlight(document.getElementById('here'), [2])")
    for name in ("losses", "quality"):
        lit = [str(line.get_attribute("class")) for line in plot(page, name).locator(".mark").all()]
        assert lit == ["mark", "mark lit"]
    plot(page).locator(".mark b").first.hover()
    assert ["marks", [1]] in said(page)


def test_bands_lie_under_the_chart_they_are_evidence_in(page: Page, draw: Draw) -> None:
    draw(
        bands=[{"panel": "losses", "from": 50, "to": 100, "kind": "warning"}, {"panel": "classes", "from": 0, "to": 1}]
    )
    band = panel(page).locator(".u-under > .band")
    box, whole = band.bounding_box(), plot(page).bounding_box()
    assert box
    assert whole
    assert box["width"] == pytest.approx(whole["width"] * 50 / 199, abs=3)
    assert panel(page, "quality").locator(".band").count() == 0
    assert "flagged" in str(panel(page, "classes").get_attribute("class"))


def test_the_parents_curves_are_drawn_faint_and_named_and_leave_the_own_values_alone(page: Page, draw: Draw) -> None:
    draw()
    alone = pixels(page)
    draw(parentCurves={"columns": {"step": [0, 300], "g_loss": [199, 0]}, "name": "parent"})
    assert pixels(page) != alone
    assert panel(page).locator(".legend .parent").inner_text().strip() == "parent"
    assert panel(page).locator(".legend b").all_inner_texts()[:2] == ["199", "99.5"]
    draw(
        marks=[{"number": 1, "step": 150, "text": ""}],
        parentCurves={"columns": {"step": [0, 300], "g_loss": [199, 0]}, "name": "parent"},
    )
    whole = plot(page).bounding_box()
    assert whole
    assert place(plot(page).locator(".mark")) == pytest.approx(whole["width"] / 2, abs=3), "its steps are in view too"
    draw()
    assert pixels(page) == alone


def test_a_panel_may_bring_its_own_values(page: Page, draw: Draw) -> None:
    series = [
        {"name": "A", "tag": "A", "color": 0, "x": [0, 5, 10], "values": [1, 2, 3]},
        {"name": "B", "tag": "B", "color": 1, "x": [1, 2, 20], "values": [4, None, 6]},
    ]
    draw(panels=[{"id": "losses", "kind": "lines", "title": "Two runs", "series": series}], columns=None)
    assert legend(page) == [3, 6]
    assert plot(page).locator(".tag").all_inner_texts() == ["B", "A"]


def test_an_optional_panel_comes_with_its_first_value_and_one_point_is_no_curve(page: Page, draw: Draw) -> None:
    few = {"step": [1], "g_loss": [0.5], "d_loss": [0.5]}
    draw(columns=few)
    expect(panel(page, "quality")).to_be_hidden()
    expect(panel(page, "classes")).to_be_hidden()
    assert panel(page).locator(".plot").get_attribute("data-empty") == "nothing yet"
    draw()
    expect(panel(page, "quality")).to_be_visible()
    assert [bar.get_attribute("title") for bar in panel(page, "classes").locator(".bars > div").all()] == [
        "cat: 75 %",
        "dog: 25 %",
    ]


# ---- smoothing, scale, theme


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


# ---- many rows


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
