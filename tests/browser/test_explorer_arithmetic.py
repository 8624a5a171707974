"""Arithmetic with samples in a browser: the sum, the picks, the result, and how often it works."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from gan_demo.runs import library
from tests.browser.explorer_page import READ, empty_page, mount, shows, stage
from tests.browser.hosts import Host


@pytest.fixture(scope="module")
def own_page(host: Host, chromium: Browser) -> Iterator[Page]:
    """One page for all tests of this file, which use shipped models."""
    with empty_page(chromium, host, library.find("digits"), height=1000) as page:
        yield page


@pytest.fixture
def page(own_page: Page) -> Page:
    """Open that page with the arithmetic of the shipped digits."""
    return show(own_page, "digits")


def show(page: Page, name: str, fragment: str = "#tool=arithmetic") -> Page:
    mount(page, library.find(name), fragment)
    drawn(page)
    return page


def drawn(page: Page) -> None:
    page.locator(".panel.arithmetic > [data-drawn='1']").wait_for()


def pictures(page: Page) -> list[str]:
    """Return the pixels of the three terms and the result."""
    return [str(canvas.evaluate(READ)) for canvas in page.locator(".sum canvas").all()]


def another(page: Page, k: int, before: str) -> None:
    """Wait until term k shows another picture."""
    test = f"([k, before]) => ({READ})(document.querySelectorAll('.sum canvas')[k]) !== before"
    page.wait_for_function(test, arg=[k, before])


def choose(page: Page) -> None:
    """Choose the last formula offered; wait for its samples."""
    before = pictures(page)[0]
    page.locator(".presets button").last.click()
    another(page, 0, before)
    drawn(page)


@pytest.mark.both_hosts
def test_terms_are_what_their_names_say_and_the_result_is_read(page: Page) -> None:
    expect(page.locator(".sum .term > span")).to_have_text(["thick 4", "thin 4", "thin 7", "thick 7"])
    expect(page.locator(".formula")).to_have_text("thick 4 − thin 4 + thin 7 = thick 7?")
    expect(page.locator(".ways .term").nth(1).locator("em")).to_have_text(["✓ thick", "✓ 7"])
    expect(page.locator(".ways .term").nth(2).locator("em").last).to_have_text("✗ 7")  # its label is still 4
    assert len(set(pictures(page))) == 4


def test_one_click_goes_to_the_result_and_undo_returns(page: Page) -> None:
    before, result = stage(page), pictures(page)[3]
    page.get_by_role("button", name="Go to the result").click()
    shows(page, result)
    expect(page.locator(".mixer [aria-pressed=true]").first).to_have_text("7")
    page.get_by_role("button", name="Undo").click()
    shows(page, before)


def test_choosing_other_examples_changes_the_term_and_one_stays_chosen(page: Page) -> None:
    before = pictures(page)
    tiles = page.locator(".picker .tile")
    expect(tiles).to_have_count(12)
    for k in (0, 1):
        tiles.nth(k).click()
    another(page, 0, before[0])
    tiles.nth(2).click()  # the last one
    expect(page.locator(".picker .tile[aria-pressed=true]")).to_have_count(1)
    page.locator(".sum .term").nth(1).click()
    expect(page.locator(".picker h2")).to_have_text("thin 4")
    expect(page.locator(".picker .tile[aria-pressed=true]")).to_have_count(3)
    assert pictures(page)[1] == before[1]


def test_the_link_leads_to_the_same_sum(page: Page) -> None:
    choose(page)
    page.get_by_role("button", name="5 each").click()
    page.get_by_role("button", name="Use the current one").click()
    page.wait_for_function("() => /arithmetic.n=5/.test(location.hash) && /arithmetic.o=[^&]/.test(location.hash)")
    expect(page.locator(".picker .tile")).to_have_count(13)
    page.wait_for_function("() => document.querySelector('.sum .term small').textContent === ''")  # a single one
    before, fragment = pictures(page), page.evaluate("location.hash")
    show(page, "digits", fragment)
    assert pictures(page) == before
    expect(page.get_by_role("button", name="5 each")).to_have_attribute("aria-pressed", "true")


def test_another_link_in_the_address_bar_brings_its_formula(page: Page) -> None:
    before = pictures(page)[0]
    page.wait_for_function("() => location.hash.includes('digit.7.4')")
    page.wait_for_function("""() => { // again, should the explorer write the address at the same moment
      const other = location.hash.replace('thickness.more.less~digit.7.4', 'slant.more.less~digit.9.1');
      if (other !== location.hash) location.hash = other;
      return document.querySelector('.formula').textContent.endsWith('= slanted 9?');
    }""")
    another(page, 0, before)


def test_other_examples_are_of_the_same_kind(page: Page) -> None:
    before = pictures(page)
    page.locator(".sum .term").nth(2).click()
    page.get_by_role("button", name="Others").click()
    another(page, 2, before[2])
    expect(page.locator(".picker h2")).to_have_text("thin 7")
    assert pictures(page)[:2] == before[:2]


def test_an_own_formula_is_put_together_from_attributes(own_page: Page) -> None:
    page = show(own_page, "faces")
    expect(page.locator(".sum .term > span").last).to_have_text("dark glasses, long hair")
    page.get_by_text("Make your own formula").click()
    before = pictures(page)[0]
    page.get_by_label("Add", exact=True).select_option(label="bearded")
    page.get_by_label("To", exact=True).select_option(label="red hair")
    another(page, 0, before)
    expect(page.locator(".sum .term > span").last).to_have_text("bearded, red hair")


def test_how_often_it_works_is_counted_live_for_labels_and_z_apart(own_page: Page) -> None:
    page = show(own_page, "faces")
    page.get_by_role("button", name="1 each").click()
    page.get_by_role("button", name="Measure on 100 random triples").click()
    page.locator(".rate[data-done='100']").wait_for()
    shares = [int(text.split(" ")[0]) for text in page.locator(".bar b").all_inner_texts()]
    assert shares[0] >= 80  # z and labels
    assert shares[1] >= 80  # labels alone
    assert shares[2] <= 20  # z alone: the label still says short hair
    expect(page.locator(".rate .verdict")).to_contain_text("The labels do the work")
    expect(page.get_by_role("button", name="Measure on 100 random triples")).to_be_visible()


def test_measuring_stops_when_told_and_another_formula_forgets_it(page: Page) -> None:
    page.get_by_role("button", name="Measure on 100 random triples").click()
    page.get_by_role("button", name="Stop (").click()
    expect(page.get_by_role("button", name="Measure on 100 random triples")).to_be_visible()
    done = int(page.locator(".rate").get_attribute("data-done") or 0)
    assert 0 < done < 100
    choose(page)
    expect(page.locator(".bar")).to_have_count(0)


def test_without_labels_examples_are_found_by_what_is_read_and_chance_is_told(own_page: Page) -> None:
    page = show(own_page, "tutorial")
    expect(page.locator(".ways")).to_be_hidden()
    expect(page.locator(".sum .term > span")).to_have_text(["thick 4", "thin 4", "thin 7", "thick 7"])
    page.get_by_role("button", name="Measure on 100 random triples").click()
    page.locator(".rate[data-done]").wait_for()
    page.get_by_role("button", name="Stop (").click()
    expect(page.locator(".bar > span")).to_have_text(["With the formula", "By chance, without arithmetic"])
