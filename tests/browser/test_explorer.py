"""The explorer in a browser: the generator runs there, every move is drawn at once, and a link leads to the same picture."""

from __future__ import annotations

import base64
import dataclasses
import io
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Route, expect

from gan_demo.config import ModelConfig
from gan_demo.data.datasets import DIGIT, FACES
from gan_demo.explorer import place as places
from gan_demo.explorer import place_pictures
from gan_demo.explorer.place import Place
from gan_demo.gan.models.build import build_generator
from gan_demo.runs.run_dir import RunDir
from gan_demo.weights import save
from tests.browser.axe import is_accessible
from tests.browser.explorer_page import empty_page, explore, make_run, module
from tests.browser.hosts import Host

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

pytestmark = pytest.mark.long

DIGITS = ModelConfig(arch="dcgan", z_dim=20, width=4, conditional=True, shape=(1, 28, 28), labels=DIGIT)
PEOPLE = ModelConfig(arch="dcgan", z_dim=8, width=4, conditional=True, shape=(3, 32, 32), labels=FACES)
RING = ModelConfig(arch="points", z_dim=3, width=8, shape=(2,))
OVERFLOW = """() => {
  const beyond = (one) => one.scrollWidth - one.clientWidth;
  return Math.max(...[document.documentElement, ...document.querySelectorAll('[data-testid="stMain"]')].map(beyond));
}"""
FIRST, WHOLE = re.compile(r"space\.json\?(.*&)?first=1"), re.compile(r"space\.json(?!.*first=1)")
START = """const facts = await (await fetch(given)).json();
  return m.writeHash(s.randomState(facts, 27), 'sliders', new Map());"""  # where the explorer begins by itself


def mixed(count: int, first: int, second: int, share: float) -> tuple[float, ...]:
    """Return weights of ``count`` values: ``share`` (0 to 1) for the second, the rest for the first."""
    return tuple({first: 1 - share, second: share}.get(k, 0.0) for k in range(count))


@pytest.fixture(scope="module")
def runs(app_home: Path) -> list[RunDir]:
    """Create runs of three kinds, each with two checkpoints."""
    made = (("digits", DIGITS), ("faces", PEOPLE), ("ring", RING))
    return [make_run(app_home, f"web-{data}", model, data, (10, 20)) for data, model in made]


@pytest.fixture(scope="module")
def published(host: Host, runs: list[RunDir]) -> None:
    """Publish the whole pages of all these runs."""
    for run in runs:
        host.publish(run)


@pytest.fixture(scope="module")
def bare(host: Host, published: None, chromium: Browser) -> Iterator[Page]:
    """One otherwise empty page for all tests of what the explorer does on any page."""
    with empty_page(chromium, host) as page:
        yield page


@pytest.fixture
def page(bare: Page) -> Page:
    """Open that page with the digits at their first place."""
    return begun(bare, "web-digits")


def begun(page: Page, run: str, **data: Any) -> Page:
    """Open the explorer again, without history."""
    explore(page, run, 20, hash=module(page, "url_state", START, f"/api/explore/{run}/20/space.json"), **data)
    return page


def opened(page: Page) -> Page:
    """Open a whole page; wait for its first picture and its directions."""
    page.locator('.explorer[data-ready="1"]').wait_for()
    expect(page.locator(".explorer .measuring")).to_have_count(0)
    return page


def canvas(page: Page) -> Locator:
    return page.locator(".explorer:not(.building) .stage canvas")


def pixels(page: Page) -> np.ndarray[Any, Any]:
    """Wait until the stage is at rest; return its pixels, uint8 (H, W, 4)."""
    drawn = -1
    while drawn != (drawn := int(canvas(page).get_attribute("data-drawn") or 0)):
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found = str(canvas(page).evaluate("one => one.toDataURL()")).partition(",")[2]
    with Image.open(io.BytesIO(base64.b64decode(found))) as image:
        return np.asarray(image.convert("RGBA"))


def after(page: Page, before: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Wait until the stage shows another picture; return its pixels."""
    until = time.monotonic() + 30
    while (found := pixels(page)).tobytes() == before.tobytes():
        assert time.monotonic() < until, "the picture stayed as it was"
    return found


def kept(page: Page, tmp_path: Path, model: ModelConfig = DIGITS) -> Place:
    """Return the current place from its downloaded file."""
    page.locator(".explorer .menu summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Latent as JSON").click()
    download.value.save_as(tmp_path / "kept.json")
    return places.from_json((tmp_path / "kept.json").read_bytes(), model)


def slider(page: Page, k: int = 0) -> Locator:
    return page.locator(".panel.sliders .fold .slider-list").first.locator("input").nth(k)


# ---- what is on stage


@pytest.mark.both_hosts
@pytest.mark.usefixtures("published")
def test_the_browser_draws_what_torch_draws(visit: Visit, tmp_path: Path) -> None:
    page = opened(visit("web-digits"))
    page.get_by_role("button", name="New random").click()
    page.get_by_role("button", name="7", exact=True).click()
    slider(page, 1).press("PageUp")
    seen, place = pixels(page), kept(page, tmp_path)
    assert place.labels == (places.one_hot(10, 7),)
    wanted = place_pictures.pictures(build_generator(DIGITS, seed=20).eval(), [place])[0].astype(int)
    assert wanted.std() > 0
    assert np.abs(seen[:, :, :1] - wanted).max() <= 1


def test_dragging_a_slider_draws_all_the_way_and_is_one_step_of_undo(page: Page) -> None:
    start = pixels(page)
    box = slider(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    seen = [pixels(page)]
    for k in range(8):
        page.mouse.move(box["x"] + box["width"] * (0.5 + 0.04 * (k + 1)), box["y"] + box["height"] / 2)
        seen.append(after(page, seen[-1]))
    page.mouse.up()
    assert len({one.tobytes() for one in seen}) >= 9
    page.get_by_role("button", name="Undo").click()
    assert (after(page, seen[-1]) == start).all()
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    page.keyboard.press("Control+Shift+Z")
    assert (after(page, start) == seen[-1]).all()
    page.keyboard.press("Control+z")
    assert (after(page, seen[-1]) == start).all()


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
    earlier, place = after(page, seen), kept(page, tmp_path)
    assert "step=10" in page.url
    assert "#z=" in page.url
    wanted = place_pictures.pictures(build_generator(DIGITS, seed=10).eval(), [place])[0].astype(int)
    assert np.abs(earlier[:, :, :1] - wanted).max() <= 1


@pytest.mark.usefixtures("published")
def test_coming_back_shows_the_same_picture_and_browser_back_undoes_one_step(visit: Visit) -> None:
    page = opened(visit("web-digits"))
    start, first = pixels(page), str(page.evaluate("location.hash"))
    page.get_by_role("button", name="New random").click()
    seen = after(page, start)
    page.wait_for_function("first => location.hash !== first", arg=first)
    page.get_by_role("link", name="Learn").first.click()
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


def test_another_link_in_the_same_tab_leads_there(page: Page) -> None:
    start, first = pixels(page), str(page.evaluate("location.hash"))
    page.get_by_role("button", name="New random").click()
    seen = after(page, start)
    page.wait_for_function("first => location.hash !== first", arg=first)
    page.evaluate("hash => { location.hash = hash; }", first)
    assert (after(page, seen) == start).all()


def test_a_drag_on_the_picture_and_the_arrow_keys_move_through_its_plane(page: Page, tmp_path: Path) -> None:
    space = page.evaluate("fetch('/api/explore/web-digits/20/space.json').then((one) => one.json())")
    known = {one["key"]: torch.tensor(one["u"]) for one in space["directions"]}
    page.get_by_role("combobox", name="across").select_option("change-2")
    page.get_by_role("combobox", name="up", exact=True).select_option("sefa-1")
    across, up = known["change-2"], known["sefa-1"]
    start, before = kept(page, tmp_path), pixels(page)
    canvas(page).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    after(page, before)
    moved = torch.tensor(kept(page, tmp_path).z) - torch.tensor(start.z)
    assert torch.allclose(moved, 0.1 * across + 0.5 * up, atol=1e-4)
    box, before = canvas(page).bounding_box(), pixels(page)
    assert box is not None
    here = torch.tensor(kept(page, tmp_path).z)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    after(page, before)
    assert torch.allclose(torch.tensor(kept(page, tmp_path).z) - here, across, atol=1e-3)
    for _ in range(3):
        page.get_by_role("button", name="Undo").click()
    assert kept(page, tmp_path) == start


def test_sixteen_at_once_and_a_click_goes_to_one_of_them(page: Page) -> None:
    alone = pixels(page)
    page.get_by_role("button", name="15 neighbours").click()
    sheet = after(page, alone)
    assert sheet.shape == (115, 115, 4)
    assert (sheet[:28, :28] == alone).all()
    page.get_by_role("button", name="Neighbour 6").press("Enter")
    chosen = after(page, sheet)
    assert np.abs(chosen[:28, :28].astype(int) - sheet[29:57, 58:86]).max() <= 1
    box = canvas(page).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.1)
    last = after(page, chosen)
    assert np.abs(last[:28, :28].astype(int) - chosen[:28, 87:115]).max() <= 1


# ---- labels


def test_a_digit_is_mixed_by_dragging_a_border(page: Page, tmp_path: Path) -> None:
    page.get_by_role("button", name="4", exact=True).click()
    page.get_by_role("button", name="Mix", exact=True).click()
    page.get_by_role("button", name="9", exact=True).click()
    border = page.get_by_role("slider", name="4 against 9")
    expect(border).to_have_attribute("aria-valuetext", "4 50 %, 9 50 %")
    bar = page.locator(".shares").bounding_box()
    assert bar is not None
    page.mouse.move(bar["x"] + bar["width"] / 2, bar["y"] + 10)
    page.mouse.down()
    page.mouse.move(bar["x"] + bar["width"] * 0.4, bar["y"] + 10, steps=3)
    page.mouse.up()
    expect(border).to_have_attribute("aria-valuetext", "4 40 %, 9 60 %")
    assert kept(page, tmp_path).labels[0] == pytest.approx(mixed(10, 4, 9, 0.6), abs=1e-5)
    border.press("ArrowRight")
    expect(border).to_have_attribute("aria-valuetext", "4 45 %, 9 55 %")
    page.get_by_role("button", name="Mix", exact=True).click()
    expect(border).to_have_count(0)
    assert kept(page, tmp_path).labels == (places.one_hot(10, 9),)


def test_each_attribute_of_a_face_can_be_had_in_part(bare: Page, tmp_path: Path) -> None:
    page = begun(bare, "web-faces")
    before = kept(page, tmp_path, PEOPLE)
    smile = page.get_by_role("slider", name="Smile")
    smile.fill("40")
    hair = page.get_by_role("group", name="Hair colour")
    hair.get_by_label("Hair colour", exact=True).select_option("black")
    hair.get_by_role("button", name="Mix").click()
    hair.get_by_label("Mixed with").select_option("red")
    hair.get_by_role("slider").fill("70")
    labels = kept(page, tmp_path, PEOPLE).labels
    assert labels[0] == pytest.approx((0.6, 0.4), abs=1e-5)
    black, red = (FACES[5].values.index(value) for value in ("1", "9"))
    assert labels[5] == pytest.approx(mixed(11, black, red, 0.7), abs=1e-5)
    assert labels[1:5] == before.labels[1:5]
    expect(hair.get_by_label("Hair colour", exact=True)).to_have_value(str(black))  # 70 % of the other: they stay put
    page.get_by_role("button", name="Smile").click()
    expect(smile).to_have_value("100")


# ---- files


def test_a_latent_saved_elsewhere_opens_and_a_wrong_one_is_said(page: Page, tmp_path: Path) -> None:
    before = pixels(page)
    place = dataclasses.replace(places.random_place(DIGITS, 77), psi=0.6, labels=(mixed(10, 3, 8, 0.25),))
    (tmp_path / "in.json").write_text(places.to_json(place, DIGIT, places.Origin("web-digits", 20)), "utf-8")
    (tmp_path / "wrong.json").write_text('{"z": [0, 1]}', "utf-8")
    chooser = page.locator('.explorer .menu input[type="file"]')
    chooser.set_input_files(tmp_path / "in.json")
    seen = after(page, before)
    wanted = place_pictures.pictures(build_generator(DIGITS, seed=20).eval(), [place])[0].astype(int)
    assert np.abs(seen[:, :, :1] - wanted).max() <= 1
    again = kept(page, tmp_path)
    assert (again.z, again.psi) == (pytest.approx(place.z), 0.6)
    assert again.labels[0] == pytest.approx(place.labels[0])
    chooser.set_input_files(tmp_path / "wrong.json")
    expect(page.locator(".explorer .notice")).to_have_text(
        "This latent has 2 numbers, this model takes 20. Choose the model it was saved from first."
    )
    page.locator(".explorer .menu summary").click()
    with page.expect_download() as png:
        page.get_by_role("button", name="Picture as PNG").click()
    assert png.value.path().read_bytes().startswith(b"\x89PNG")
    assert png.value.suggested_filename == "web-digits-20.png"


@pytest.mark.usefixtures("published")
def test_uploaded_weights_run_in_the_browser_too(visit: Visit, tmp_path: Path) -> None:
    page = opened(visit("web-ring"))
    model = dataclasses.replace(DIGITS, z_dim=12)
    (tmp_path / "mine.safetensors").write_bytes(save.weights_file(build_generator(model, seed=5), model))
    page.get_by_role("button", name="Upload weights").click()
    page.locator('.st-key-explore-file input[type="file"]').set_input_files(tmp_path / "mine.safetensors")
    expect(page.get_by_role("button", name="Mix", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    assert pixels(page).shape == (28, 28, 4)
    seen, place = pixels(page), kept(page, tmp_path, model)
    wanted = place_pictures.pictures(build_generator(model, seed=5).eval(), [place])[0].astype(int)
    assert np.abs(seen[:, :, :1] - wanted).max() <= 1
    expect(page.get_by_role("button", name="Copy a link")).to_have_count(0)  # it would not bring the weights along


# ---- everywhere


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


def test_a_reader_is_told_what_everything_is(bare: Page) -> None:
    page = begun(bare, "web-faces")
    nameless = page.locator(".explorer").evaluate(
        """root => [...root.querySelectorAll('button, input:not([hidden]), select, canvas[tabindex], summary')]
        .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length))
        .map((one) => one.outerHTML)"""
    )
    assert nameless == []


# ---- what takes long


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
