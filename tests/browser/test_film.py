"""The film on an otherwise empty page: scrubbing, playing, comparing, selecting a sample."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, ViewportSize, expect

from gan_demo.config import DataConfig, ModelConfig, RunConfig
from gan_demo.data.datasets import DIGIT
from gan_demo.i18n.text import table
from gan_demo.pictures import images
from gan_demo.pictures.sheet_layout import Layout, layout
from gan_demo.runs.run_dir import RunDir

if TYPE_CHECKING:
    from tests.browser.conftest import AppServer, NewPage

MODEL = ModelConfig(arch="dcgan", conditional=True, shape=(1, 28, 28), labels=DIGIT)
STEPS = [10 * k for k in range(60)]
HTML = """<!doctype html><base href="/"><link rel="stylesheet" href="api/ui/shared/range.css">
<link rel="stylesheet" href="api/ui/film/film.css">
<style>body { margin: 20px; --st-primary-color: #2454c4; --st-border-color: #aaa; --st-background-color: #fff;
  --st-secondary-background-color: #eee; --st-text-color: #111; }</style><div id="here" style="width: 640px"></div>
<script type="module">
import { clear, draw, goTo } from "./api/ui/film/film.mjs";
const here = document.querySelector("#here");
window.seeks = [];
window.picked = [];
window.show = (data, picks = true) => draw({ parentElement: here, data: { ...data,
  onGo: (...all) => seeks.push(all), ...(picks ? { onPick: (...all) => picked.push(all) } : {}) } });
window.goTo = (step) => goTo(here, step);
window.clear = () => clear(here);
</script>"""

Film = Callable[..., Page]


def gray(step: int) -> int:
    return 20 + 3 * STEPS.index(step)


@pytest.fixture(scope="module", autouse=True)
def run(app_server: AppServer) -> RunDir:
    """Sixty pictures, each in a gray of its own."""
    made = RunDir.create(app_server.home / "film-test", RunConfig(DataConfig("digits"), MODEL), "digits")
    sheet = found_layout()
    for step in STEPS:
        picture = np.full((sheet.size[1], sheet.size[0], 3), gray(step), np.uint8)
        made.add_grid(step, images.png(picture))
    return made


def found_layout() -> Layout:
    found = layout(MODEL)
    assert found is not None
    return found


def data(**changes: Any) -> dict[str, Any]:
    texts = {key.removeprefix("film."): words for key, words in table("en").items() if key.startswith("film.")}
    return {
        "run": "film-test",
        "steps": STEPS,
        "live": False,
        "pixelated": True,
        "most": 640,
        "language": "en",
        "texts": texts | {"labels": {}},
        "sheet": dataclasses.asdict(found_layout()),
    } | changes


@pytest.fixture(scope="module")
def open_film(app_server: AppServer, chromium: Browser) -> Iterator[Callable[[], Page]]:
    """Open pages that are empty but for a film to be drawn, each in a browser profile of its own."""
    errors: list[str] = []
    with ExitStack() as contexts:

        def opened() -> Page:
            window = ViewportSize(width=720, height=900)
            context = chromium.new_context(base_url=app_server.url, viewport=window, reduced_motion="no-preference")
            contexts.callback(context.close)
            page = context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.route("**/film-test.html", lambda route: route.fulfill(body=HTML, content_type="text/html"))
            page.goto("/film-test.html")
            page.wait_for_function("() => window.show")
            return page

        yield opened
    assert errors == []


@pytest.fixture(scope="module")
def own_page(open_film: Callable[[], Page]) -> Page:
    """One page for all tests of this file but those that count what is fetched."""
    return open_film()


@pytest.fixture
def film(own_page: Page) -> Iterator[Film]:
    """Draw a film anew on that page."""

    def drawn(**changes: Any) -> Page:
        own_page.mouse.move(2, 2)
        own_page.evaluate("data => { clear(); seeks.length = picked.length = 0; show(data); }", data(**changes))
        expect(image(own_page)).to_be_visible()
        return own_page

    yield drawn
    own_page.unroute_all()


def image(page: Page) -> Locator:
    return page.locator(".now img")


def slider(page: Page) -> Locator:
    return page.locator(".film input[type=range]")


def shows(page: Page, step: int) -> None:
    """Wait for the picture of a step; check its pixels."""
    expect(image(page)).to_have_attribute("data-step", str(step))
    found = image(page).evaluate(
        """one => { const c = document.createElement("canvas"); c.width = c.height = 1;
        const pen = c.getContext("2d"); pen.drawImage(one, 0, 0); return pen.getImageData(0, 0, 1, 1).data[0]; }"""
    )
    assert found == gray(step)


def seeks(page: Page) -> list[list[Any]]:
    found: list[list[Any]] = page.evaluate("seeks")
    return found


def centre(page: Page, index: int) -> tuple[float, float]:
    """Return the position of a sample in the window."""
    box = page.locator(".picture").bounding_box()
    assert box is not None
    sheet = found_layout()
    left, top, right, bottom = sheet.box(index)
    scale = box["width"] / sheet.size[0]
    return box["x"] + scale * (left + right) / 2, box["y"] + scale * (top + bottom) / 2


def test_it_begins_at_the_newest_moment_and_says_so(film: Film) -> None:
    page = film()
    shows(page, 590)
    assert seeks(page) == [[590, True, False]]
    expect(page.locator("output")).to_have_text("Step 590")


def test_keys_move_through_the_history(film: Film) -> None:
    page = film()
    slider(page).focus()
    for key, step in (("ArrowLeft", 580), ("Home", 0), ("ArrowRight", 10), ("End", 590)):
        slider(page).press(key)
        shows(page, step)
        assert seeks(page)[-1] == [step, step == 590, True]


def test_a_drag_shows_the_moment_under_the_pointer(film: Film) -> None:
    page = film()
    box = slider(page).bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 9, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle, steps=15)
    here = int(slider(page).input_value())
    assert 25 <= here <= 35
    shows(page, STEPS[here])
    page.mouse.move(box["x"] + 9, middle, steps=15)
    shows(page, 0)
    page.mouse.up()


FETCHED = "performance.getEntriesByType('resource').filter(e => e.name.includes('grids')).length"


def test_the_history_is_loaded_once_and_not_before_somebody_is_about_to_scrub(
    open_film: Callable[[], Page],
) -> None:
    page, asked = open_film(), list[str]()
    page.on("request", lambda request: asked.append(request.url) if "/grids/" in request.url else None)
    page.evaluate("data => show(data)", data())
    shows(page, 590)
    page.evaluate("data => show(data)", data(steps=STEPS[:-1], live=True))
    shows(page, 580)
    assert page.evaluate(FETCHED) == 2
    page.evaluate("data => show(data)", data())
    slider(page).focus()
    for key, step in (("Home", 0), ("End", 590)):
        slider(page).press(key)
        shows(page, step)
    page.wait_for_function(f"() => {FETCHED} >= 60")
    for key, step in (("Home", 0), ("ArrowRight", 10), ("ArrowRight", 20), ("End", 590)):
        slider(page).press(key)
        shows(page, step)
    assert len(asked) == len(set(asked)) == len(STEPS)


def test_a_picture_that_is_late_leaves_the_nearest_on_show(film: Film) -> None:
    page = film()
    slider(page).focus()
    slider(page).press("Home")
    shows(page, 0)
    page.route("**/grids/600.png", lambda route: None)  # never answered
    page.evaluate("data => show(data)", data(steps=[*STEPS, 600]))
    slider(page).press("End")
    expect(page.locator("output")).to_have_text("Step 600")
    shows(page, 590)


def test_play_runs_to_the_end_and_stops(film: Film) -> None:
    page = film(steps=STEPS[:12])
    button = page.get_by_role("button", name="Play", exact=True)
    button.click()
    expect(page.get_by_role("button", name="Pause the replay")).to_be_visible()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    shows(page, 110)
    went = [step for step, _, _ in seeks(page)]
    assert went == [110, *STEPS[:12]]


def test_the_space_bar_on_the_scrubber_plays_and_pauses(film: Film) -> None:
    page = film()
    slider(page).focus()
    slider(page).press("Home")
    slider(page).press(" ")
    expect(page.get_by_role("button", name="Pause the replay")).to_be_visible()
    slider(page).press(" ")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_who_wants_no_motion_gets_no_autoplay(own_page: Page, film: Film) -> None:
    own_page.emulate_media(reduced_motion="reduce")
    page = film(autoplay=True)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    shows(page, 590)
    page.emulate_media(reduced_motion="no-preference")


def test_live_follows_the_newest_until_one_scrubs_back(film: Film) -> None:
    page = film(live=True, steps=STEPS[:20])
    shows(page, 190)
    page.evaluate("data => show(data)", data(live=True, steps=STEPS[:30]))
    shows(page, 290)
    slider(page).focus()
    slider(page).press("Home")
    page.evaluate("data => show(data)", data(live=True, steps=STEPS[:40]))
    shows(page, 0)
    page.get_by_role("button", name="Back to live").click()
    shows(page, 390)


def test_others_can_move_it_and_it_says_that_no_hand_did(film: Film) -> None:
    page = film(live=True)
    page.evaluate("goTo(123)")
    shows(page, 120)
    assert seeks(page)[-1] == [120, False, False]
    page.evaluate("goTo(null)")
    shows(page, 590)
    assert seeks(page)[-1] == [590, True, False]


# ---- two moments


def test_compare_holds_a_while_the_scrubber_moves_b(film: Film) -> None:
    page = film()
    page.get_by_role("button", name="Keep this moment").click()
    slider(page).focus()
    slider(page).press("Home")
    shows(page, 0)
    expect(page.locator(".held img")).to_have_attribute("data-step", "590")
    expect(page.locator(".names b").first).to_have_text("A · Step 590")
    expect(page.locator(".names b").last).to_have_text("B · Step 0")
    page.get_by_role("button", name="End comparison").click()
    expect(page.locator(".held img")).to_have_count(0)
    expect(page.locator(".line")).to_be_hidden()
    assert page.locator(".now").evaluate("one => one.style.clipPath") == ""


def test_the_line_between_both_moves_by_keys_and_by_drag(film: Film) -> None:
    page = film()
    page.get_by_role("button", name="Keep this moment").click()
    line = page.get_by_role("slider", name="Line between A and B")
    expect(line).to_have_attribute("aria-valuenow", "50")
    line.focus()
    for key, at in (("ArrowLeft", 48), ("ArrowRight", 50), ("PageUp", 60), ("End", 100), ("Home", 0)):
        line.press(key)
        expect(line).to_have_attribute("aria-valuenow", str(at))
    line.press("PageUp")
    box, grip = page.locator(".picture").bounding_box(), line.bounding_box()
    assert box is not None
    assert grip is not None
    page.mouse.move(grip["x"] + grip["width"] / 2, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 40, steps=4)
    page.mouse.up()
    expect(line).to_have_attribute("aria-valuenow", "75")
    seen = [colour_at(page, box["x"] + share * box["width"], box["y"] + 60) for share in (0.1, 0.65, 0.9)]
    assert seen == [gray(590)] * 3  # both are the same moment still
    slider(page).focus()
    slider(page).press("Home")
    shows(page, 0)
    seen = [colour_at(page, box["x"] + share * box["width"], box["y"] + 60) for share in (0.1, 0.65, 0.9)]
    assert seen == [gray(590), gray(590), gray(0)]


def colour_at(page: Page, x: float, y: float) -> int:
    """Return the red value of one pixel on screen."""
    import io

    from PIL import Image

    shot = page.screenshot(clip={"x": round(x), "y": round(y), "width": 1, "height": 1})
    return int(np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))[0, 0, 0])


# ---- one sample


def test_a_click_picks_the_sample_under_it(film: Film) -> None:
    page, index = film(), 37
    shows(page, 590)
    page.mouse.click(*centre(page, index))
    assert page.evaluate("picked") == [[590, index]]
    ring = page.locator(".ring.chosen").bounding_box()
    assert ring is not None
    x, y = centre(page, index)
    assert (ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2) == pytest.approx((x, y), abs=1)


def test_the_pointer_says_which_sample_it_is_on(film: Film) -> None:
    page = film()
    page.mouse.move(*centre(page, 23))
    expect(page.locator(".ring.hover")).to_be_visible()
    expect(page.locator(".picture")).to_have_attribute("title", "Row 3, column 4")
    page.mouse.move(2, 2)
    expect(page.locator(".ring.hover")).to_be_hidden()


def test_a_second_click_and_escape_let_go(film: Film) -> None:
    page = film()
    for act in (lambda: page.mouse.click(*centre(page, 5)), lambda: page.keyboard.press("Escape")):
        page.mouse.click(*centre(page, 5))
        page.locator(".picture").focus()
        act()
        assert page.evaluate("picked.at(-1)") == [590, None]
        expect(page.locator(".ring.chosen")).to_be_hidden()


def test_the_keyboard_picks_too(film: Film) -> None:
    page = film()
    page.locator(".picture").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("picked") == [[590, 21]]


def test_in_a_comparison_each_side_is_picked_at_its_own_moment(film: Film) -> None:
    page = film()
    page.get_by_role("button", name="Keep this moment").click()
    slider(page).focus()
    slider(page).press("Home")
    shows(page, 0)
    page.mouse.click(*centre(page, 12))
    page.mouse.click(*centre(page, 18))
    assert page.evaluate("picked") == [[590, 12], [0, 18]]


def test_points_have_nothing_to_pick(film: Film) -> None:
    page = film(sheet=None, pixelated=False)
    page.mouse.click(*centre(page, 12))
    assert page.evaluate("picked") == []
    assert page.locator(".picture").get_attribute("tabindex") is None


def test_what_someone_points_out_is_ringed(film: Film) -> None:
    page = film(highlight=33)
    ring = page.locator(".ring.shown").bounding_box()
    assert ring is not None
    x, y = centre(page, 33)
    assert (ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2) == pytest.approx((x, y), abs=1)
    page.evaluate("data => show(data)", data(highlight=None))
    expect(page.locator(".ring.shown")).to_be_hidden()


def test_marks_lie_where_their_step_is(film: Film) -> None:
    page = film(marks=[{"step": 295, "text": "lr down"}])
    mark = page.locator(".marks i")
    expect(mark).to_have_attribute("title", "lr down")
    assert float(mark.evaluate("one => one.style.getPropertyValue('--share')")) == pytest.approx(0.5)


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
    asked: list[str] = []

    def reply(route: Route) -> None:
        asked.append(route.request.url.partition("/api/")[2])
        route.fulfill(json=ANSWER | changes)

    page.route("**/explain/**", reply)
    return asked


def test_a_click_explains_the_sample(film: Film) -> None:
    page = film(explain=True)
    asked = answered(page)
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
    assert asked == ["runs/film-test/explain/590/12"]


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
    asked = answered(page)
    page.mouse.click(*centre(page, 12))
    slider(page).focus()
    slider(page).press("Home")
    expect(page.locator(".explain h2")).to_have_text("Row 2, column 3 · Step 0")
    assert asked == ["runs/film-test/explain/590/12", "runs/film-test/explain/0/12"]


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


def test_clear_leaves_nothing_behind(film: Film) -> None:
    page = film()
    page.evaluate("clear()")
    expect(page.locator(".film")).to_have_count(0)
    page.evaluate("goTo(3)")
