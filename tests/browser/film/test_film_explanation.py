"""What the film says about a sample, and films as downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.film.film_page import Film, centre, slider

if TYPE_CHECKING:
    from tests.browser.pages import NewPage

pytestmark = pytest.mark.long(22)

# ---- what there is to say about a sample


ANSWER = {
    "step": 590,
    "index": 12,
    "label": [["digit", "2"]],
    "sample": "data:image/png;base64,",
    "verdict": {
        "step": 550,
        "share": 0.25,
        "real": 0.8,
        "fakes": 0.3,
        "rank": 41,
        "count": 60,
        "relative": False,
        "of": 590,
    },
    "why_no_verdict": "",
    "why_no_nearest": "",
    "nearest": {
        "image": "data:image/png;base64,",
        "label": [["digit", "3"]],
        "distance": 0.125,
        "usual": 0.2,
        "copied": False,
        "among": 5000,
    },
    "history": [{"step": 580, "image": "data:,", "moved": None}, {"step": 590, "image": "data:,", "moved": 0.034}],
}


def answered(page: Page, **changes: object) -> list[str]:
    """Answer every request for an explanation with this; return the list of requested addresses."""
    requests: list[str] = []

    def reply(route: Route) -> None:
        requests.append(route.request.url.partition("/api/")[2])
        route.fulfill(json=ANSWER | changes)

    page.route("**/explain/**", reply)
    return requests


def test_a_click_explains_the_sample(film: Film) -> None:
    page = film(explain=True)
    requests = answered(page)
    page.mouse.click(*centre(page, 12))
    panel = page.locator(".explain")
    expect(panel).to_contain_text("Row 2, column 3 · Step 590")
    for words in (
        "this sample 25%",
        "real images 80%",
        "ranks 41",
        "step 550",
        "13%",
        "5,000",
        "Δ 3.4%",
        "a copy would",
    ):
        expect(panel).to_contain_text(words)
    expect(panel.locator(".nearest figcaption")).to_have_text(["this sample", "3"])
    assert requests == ["runs/film-test/explain/590/12"]


FRAMES = 2000  # that a request may take


def holding(page: Page, address: str) -> list[Route]:
    """Collect the requests of this address without answering them."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route))
    return held


def first(page: Page, held: list[Route]) -> Route:
    """Wait, frame by frame, until there is a request; fail where none comes in many."""
    for _ in range(FRAMES):
        if held:
            return held[0]
        page.evaluate("() => new Promise(requestAnimationFrame)")
    pytest.fail("the page has not asked")


def test_while_it_waits_a_skeleton_stands_there(film: Film) -> None:
    page = film(explain=True)
    held = holding(page, "**/explain/**")
    page.mouse.click(*centre(page, 12))
    expect(page.locator(".explain")).to_have_attribute("aria-busy", "true")
    first(page, held).fulfill(json=ANSWER)
    expect(page.locator(".explain")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator(".explain")).to_contain_text("ranks 41")


def test_parts_that_are_missing_say_why(film: Film) -> None:
    page = film(explain=True)
    answered(page, verdict=None, why_no_verdict="no_state", nearest=None, why_no_nearest="private")
    page.mouse.click(*centre(page, 12))
    expect(page.locator(".explain .verdict")).to_contain_text("No discriminator was saved")
    expect(page.locator(".explain .nearest")).to_contain_text("Only the owner")


def test_what_went_wrong_is_said_in_words(film: Film) -> None:
    page = film(explain=True)
    page.route("**/explain/590/12", lambda route: route.fulfill(status=404, json={"error": ""}))
    page.route("**/explain/590/13", lambda route: route.fulfill(status=500, json={"error": ""}))
    for index, words in ((12, "no longer saved"), (13, "could not be loaded")):
        page.mouse.click(*centre(page, index))
        expect(page.locator(".explain .problem")).to_contain_text(words)


def test_it_closes_by_its_button_by_escape_and_by_a_second_click(film: Film) -> None:
    page = film(explain=True)
    answered(page)
    for close in (
        lambda: page.get_by_role("button", name="Close the explanation").click(),
        lambda: (page.locator(".picture").focus(), page.keyboard.press("Escape")),
        lambda: page.mouse.click(*centre(page, 12)),
    ):
        page.mouse.click(*centre(page, 12))
        expect(page.locator(".explain")).to_be_visible()
        close()
        expect(page.locator(".explain")).to_have_count(0)
        expect(page.locator(".ring.chosen")).to_be_hidden()


def test_the_explanation_follows_the_scrubber_when_it_rests(film: Film) -> None:
    page = film(explain=True)
    requests = answered(page)
    page.mouse.click(*centre(page, 12))
    slider(page).focus()
    slider(page).press("Home")
    expect(page.locator(".explain h2")).to_have_text("Row 2, column 3 · Step 0")
    assert requests == ["runs/film-test/explain/590/12", "runs/film-test/explain/0/12"]


def test_a_late_answer_never_replaces_a_newer_one(film: Film) -> None:
    page = film(explain=True)
    held = holding(page, "**/explain/590/12")
    page.route("**/explain/590/13", lambda route: route.fulfill(json=ANSWER | {"label": [["digit", "9"]]}))
    page.mouse.click(*centre(page, 12))
    late = first(page, held)
    page.mouse.click(*centre(page, 13))
    expect(page.locator(".sample figcaption")).to_have_text("9")
    late.abort()
    expect(page.locator(".explain h2")).to_have_text("Row 2, column 4 · Step 590")
    expect(page.locator(".explain .problem")).to_be_hidden()


def test_on_a_small_film_a_click_explains_nothing(film: Film) -> None:
    page = film(explain=True, compact=True)
    page.mouse.click(*centre(page, 12))
    expect(page.locator(".explain")).to_have_count(0)


def test_a_shipped_run_is_explained_on_its_page(new_page: NewPage) -> None:
    page = new_page("train?run=faces")
    image = page.locator(".film .now img")
    expect(image).to_be_visible()
    image.click(position={"x": 30, "y": 30})
    panel = page.locator(".explain")
    expect(panel).to_contain_text("the nearest of", timeout=120_000)
    assert panel.locator(".history figure").count() == 9
    assert panel.locator(".nearest img").last.evaluate("one => one.naturalWidth") == 32


def test_explore_shows_how_a_model_learned_and_its_film_is_a_download(new_page: NewPage) -> None:
    page = new_page("explore?run=digits&native=1")
    page.locator(".st-key-explore-film summary").click()
    expect(page.locator(".film .now img")).to_have_attribute("data-step", "30000")
    with page.expect_download() as film:
        page.locator(".st-key-explore-film .st-key-film-gif button:visible").first.click()
    assert film.value.path().read_bytes().startswith(b"GIF89a")


def test_a_runs_film_is_a_download_of_its_page(new_page: NewPage) -> None:
    page = new_page("train?run=film-test")
    page.get_by_role("button", name="Take away").click()
    for kind, head in (("gif", b"GIF89a"), ("mp4", b"ftyp")):
        with page.expect_download() as film:
            page.locator(f".st-key-film-{kind} button:visible").first.click()
        assert film.value.suggested_filename == f"film-test.{kind}"
        assert head in film.value.path().read_bytes()[:12]
