"""The charts in a browser as a board uses them: steps, marks, bands, parents, and panels that come later."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chart_page import Draw, columns, legend, line_offset, messages, panel, pixels, plot, point_at
from tests.browser.chart_page import draw as draw
from tests.browser.chart_page import own_page as own_page
from tests.browser.chart_page import page as page


def test_a_click_asks_to_go_to_its_step(page: Page, draw: Draw) -> None:
    draw()
    page.mouse.click(*point_at(page, 0.25))
    assert messages(page) == [["seek", pytest.approx(50, abs=2)]]


def test_the_line_at_the_step_on_show_moves_without_a_redraw(page: Page, draw: Draw) -> None:
    draw(at=None)
    line = plot(page).locator(".at")
    expect(line).to_be_hidden()
    draw(at=50)
    quarter = line_offset(line)
    before = pixels(page)
    page.evaluate("curves.at(document.getElementById('here'), 100)")
    assert line_offset(line) == pytest.approx(2 * quarter, abs=3)
    assert pixels(page) == before
    assert line_offset(plot(page, "quality").locator(".at")) == pytest.approx(line_offset(line), abs=1)


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
    def drawn(step: int) -> str:
        draw(columns=columns() | {"fcd": [7.0 if k == step else None for k in range(200)]})
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
    assert line_offset(lines.nth(1)) == pytest.approx(3 * line_offset(lines.nth(0)), abs=5)
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
    assert ["marks", [1]] in messages(page)


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
    assert line_offset(plot(page).locator(".mark")) == pytest.approx(whole["width"] / 2, abs=3), (
        "its steps are in view too"
    )
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
