"""The lab in a browser: it trains there, steps back, repeats from its link, and takes points of one's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from gan_demo.i18n.text import table
from gan_demo.presets import PRESETS
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from gan_demo.training.trainer import train
from tests.browser.axe import broken_rules
from tests.browser.hosts import SiteHost
from tests.browser.pages import watched

if TYPE_CHECKING:
    from tests.browser.pages import NewPage

pytestmark = pytest.mark.long(50)

EN, ZH = table("en"), table("zh")
SMALL = "gLayers=1&gWidth=8&dLayers=1&dWidth=8&batch=64"  # one file of graphs for all tests here
READY = 90_000  # milliseconds: a server compiles the graphs, on a busy machine


@pytest.fixture
def opened(new_page: NewPage) -> Page:
    """Open the lab with small networks, ready to play."""
    page = new_page(f"lab#{SMALL}")
    ready(page)
    return page


def paste_link(page: Page, link: str) -> None:
    """Paste a link over the page's own, for which the browser loads nothing, and wait until its lab is there."""
    page.evaluate("(link) => { location.hash = link; }", link)
    ready(page)
    at_iteration(page, 0)


def ready(page: Page) -> Locator:
    """Wait until the lab has drawn and measured its first state."""
    lab = page.locator(".lab")
    lab.locator(".numbers dd").first.wait_for(timeout=READY)
    expect(lab.locator(".stage-status")).to_be_hidden()
    return lab


def iteration(page: Page) -> int:
    return int(re.sub(r"\D", "", page.locator(".lab .iteration").inner_text()))


def at_iteration(page: Page, number: int) -> None:
    expect(page.locator(".lab .iteration")).to_have_text(EN["lab.iteration"].format(n=number))


def press(page: Page, key: str) -> None:
    page.locator(".lab").get_by_role("button", name=EN[f"lab.{key}"], exact=True).click()


# The plane is drawn otherwise than in this picture.
OTHER_PICTURE = """(before) => {
  const roots = [...document.querySelectorAll("*")].map((element) => element.shadowRoot).filter(Boolean);
  const canvas = roots.map((root) => root.querySelector(".lab .stage > canvas")).find(Boolean);
  return canvas !== undefined && canvas.toDataURL() !== before;
}"""


# A finger that goes over the plane until it meets the bent grid, and is lifted, leaves the noise of that cell on show.
TOUCHED = """(canvas) => {
  const { left, top, width } = canvas.getBoundingClientRect();
  const inset = canvas.parentElement.querySelector(".inset");
  const touch = (type, x, y) => canvas.dispatchEvent(
    new PointerEvent(type, { pointerType: "touch", clientX: left + x * width, clientY: top + y * width }));
  for (let k = 0; k < 3600 && inset.hidden; k++) touch("pointerdown", (k % 60) / 60, Math.floor(k / 60) / 60);
  touch("pointerleave", 0, 0);
  return !inset.hidden;
}"""


def picture(page: Page) -> str:
    """Return the plane as it is drawn, once nothing is waiting to be drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return str(page.locator(".lab .stage > canvas").evaluate("(canvas) => canvas.toDataURL()"))


def test_it_trains_steps_back_and_repeats_from_its_link(opened: Page, new_page: NewPage) -> None:
    page = opened
    assert [rule for rule in broken_rules(page) if rule.startswith("heading-order")] == []
    press(page, "play")
    expect(page.locator(".lab .rate")).to_have_text(re.compile(r"\d"))
    press(page, "pause")
    press(page, "restart")
    at_iteration(page, 0)
    start = picture(page)
    for number in (1, 2, 3):
        press(page, "step.both")
        at_iteration(page, number)
    third = picture(page)
    assert third != start
    press(page, "step.back")
    at_iteration(page, 2)
    assert picture(page) != third
    press(page, "step.both")
    at_iteration(page, 3)
    assert picture(page) == third
    link = page.evaluate("() => location.hash") + "&at=3"
    other = new_page(f"lab{link}")
    ready(other)
    at_iteration(other, 3)
    assert picture(other) == third


def test_a_setting_changes_while_it_trains_and_links_pasted_over_its_own_begin_anew(opened: Page) -> None:
    settings_change(opened)
    paste_link(opened, SMALL)
    slow_motion_goes_forth_and_back(opened)
    paste_link(opened, SMALL)
    a_touch_draws_points(opened)


def settings_change(page: Page) -> None:
    """Change the rate and the loss while it trains; the weights stay."""
    lab = page.locator(".lab")
    press(page, "play")
    expect(lab.locator(".rate")).to_have_text(re.compile(r"\d"))
    lab.get_by_label(EN["lab.setting.gLr"]).first.fill("9")
    lab.get_by_label(EN["lab.setting.loss"], exact=True).select_option("hinge")
    expect(page).to_have_url(re.compile("loss=hinge"))
    expect(lab.locator(".formulas .d")).to_contain_text("max(0, 1 − D(x))", timeout=READY)
    before = iteration(page)
    assert before > 0
    expect(lab.locator(".iteration")).not_to_have_text(EN["lab.iteration"].format(n=before))
    expect(lab.locator(".trouble:visible")).to_have_count(0)


def slow_motion_goes_forth_and_back(page: Page) -> None:
    """Go through the steps of one iteration; training on shows the next one."""
    press(page, "slow.help")
    caption = page.locator(".lab .caption")
    expect(caption).to_contain_text("64")
    before = picture(page)
    press(page, "slow.next")
    expect(caption).to_have_text(EN["lab.slow.forward"].format(batch=64))
    assert picture(page) != before
    press(page, "slow.back")
    assert picture(page) == before
    at_iteration(page, 0)
    count = page.locator(".lab .slow .count")
    page.keyboard.press("ArrowRight")  # on a button, which has no use for arrows
    expect(count).to_have_text("2 / 10")
    page.keyboard.press("ArrowLeft")
    expect(count).to_have_text("1 / 10")
    at_iteration(page, 0)
    press(page, "step.both")  # the training moves, and slow motion shows its next iteration
    at_iteration(page, 1)
    expect(count).to_have_text("1 / 10")
    page.wait_for_function(OTHER_PICTURE, arg=before)
    page.locator(".lab").get_by_label(EN["lab.setting.loss"], exact=True).select_option("hinge")
    expect(page.locator(".lab .slow")).to_be_hidden()


def a_touch_draws_points(page: Page) -> None:
    """Draw points on a phone; the training takes them."""
    lab = page.locator(".lab")
    page.set_viewport_size({"width": 390, "height": 844})
    lab.get_by_role("button", name=EN["lab.value.data.drawn"], exact=True).click()
    expect(lab.locator(".stage")).to_be_in_viewport(ratio=1)
    done = lab.get_by_role("button", name=EN["lab.pad.done"], exact=True)
    expect(done).to_be_disabled()
    box = lab.locator(".stage").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.5 * box["height"], steps=8)
    page.mouse.up()
    expect(done).to_be_enabled()
    done.click()
    expect(page).to_have_url(re.compile("data=drawn&.*points="))
    press(page, "step.both")
    at_iteration(page, 1)
    lab.locator("[data-layer=warp]").click()
    page.wait_for_function(TOUCHED, arg=lab.locator(".stage > canvas").element_handle())
    expect(lab.locator(".inset")).to_be_visible()
    lab.locator("[data-layer=warp]").click()
    expect(lab.locator(".inset")).to_be_hidden()


def test_a_link_hides_controls_and_opens_a_lesson(new_page: NewPage) -> None:
    page = new_page(f"lab#{SMALL}&lesson=dirac&hide=loss,gLr,files,networks,best")
    lab = ready(page)
    expect(lab.locator(".lesson")).to_contain_text("3.0969")
    expect(lab.locator("[data-group=loss]")).to_be_hidden()
    expect(lab.locator("[data-setting=gLr]")).to_be_hidden()
    expect(lab.locator("[data-setting=dLr]")).to_be_visible()
    expect(lab.locator(".files, .networks")).to_have_count(0)
    press(page, "present")
    expect(page).to_have_url(re.compile("view=presenter"))
    expect(lab.locator("[data-setting=dLr]")).to_be_hidden()
    expect(lab.locator(".lesson")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("view=presenter"))
    expect(lab.locator("[data-setting=dLr]")).to_be_visible()


def test_points_of_ones_own_are_pasted_drawn_and_saved(opened: Page, tmp_path: Path) -> None:
    page = opened
    lab = page.locator(".lab")
    lab.get_by_role("button", name=EN["lab.value.data.table"], exact=True).click()
    field = lab.get_by_label(EN["lab.table.title"])
    field.fill("x,y\n1,2\n3,four")
    press(page, "table.done")
    expect(lab.locator("dialog .trouble")).to_have_text(EN["lab.table.error.number"].format(line=3, cell="four"))
    csv = tmp_path / "points.csv"
    csv.write_text("\n".join(f"{k},{k * k}" for k in range(12)))
    with page.expect_file_chooser() as chooser:
        press(page, "table.file")
    chooser.value.set_files(csv)
    expect(field).to_have_value(csv.read_text())
    press(page, "table.done")
    expect(page).to_have_url(re.compile("data=table&.*points="))
    press(page, "step.both")
    at_iteration(page, 1)
    with page.expect_download() as download:
        lab.locator(".files summary").click()
        press(page, "file.json")
    saved = tmp_path / "lab.json"
    download.value.save_as(saved)
    lab.get_by_role("button", name=EN["lab.value.data.moons"], exact=True).click()
    expect(page).to_have_url(re.compile("data=moons"))
    lab.locator(".files input[type=file]").set_input_files(saved)
    expect(page).to_have_url(re.compile("data=table&.*points="))
    at_iteration(page, 1)
    press(page, "file.save")
    lab.get_by_role("link", name=EN["lab.save.open"]).click()
    expect(page.get_by_role("heading", name=EN["data.own_points"])).to_be_visible()


def test_a_run_goes_on_in_the_lab_and_comes_back_as_another_run(app_home: Path, new_page: NewPage) -> None:
    tiny = {"steps": 20, "batch": 16, "width": 8, "d_width": 8, "depth": 1, "evaluate": False}
    run = RunDir.create(app_home / "ring-for-the-lab", PRESETS["ring"].with_settings(tiny), "ring")
    for _ in train(run):
        pass
    page = new_page(f"train?run={run.id}")
    page.get_by_role("button", name=EN["end.lab"]).click()
    lab = ready(page)
    at_iteration(page, 20)
    origin = lab.locator(".run-origin")
    expect(origin).to_contain_text(EN["lab.run.from"].format(title=EN["preset.ring"], step=20))
    press(page, "step.both")
    at_iteration(page, 21)
    page.get_by_role("radio", name="中文").click()  # the training goes on in the other language
    expect(lab.locator(".iteration")).to_have_text(ZH["lab.iteration"].format(n=21))
    expect(origin).to_contain_text(ZH["lab.run.from"].format(title=EN["preset.ring"], step=20))
    lab.get_by_role("button", name=ZH["lab.file.save"]).click()
    link = lab.get_by_role("link", name=ZH["lab.save.open"])
    expect(link).to_be_visible()
    back = RunDir(app_home / parse_qs(urlsplit(link.get_attribute("href") or "").query)["run"][0])
    assert back.newest_state() == 21
    assert set(back.load_state_at(21)) == set(run.load_state_at(20))
    assert back.metrics()["step"][0] == run.metrics()["step"][0]
    lab.get_by_role("button", name=ZH["lab.restart"]).click()  # from here on it is a training of its own
    expect(origin).to_be_hidden()
    expect(page).not_to_have_url(re.compile("run="))
    expect(lab.locator(".iteration")).to_have_text(ZH["lab.iteration"].format(n=0))


def test_a_static_page_trains_with_the_shipped_graphs(static_pages: SiteHost, chromium: Browser) -> None:
    static_pages.publish(library.find("digits"))
    with watched(chromium, static_pages) as page:
        page.goto(f"{static_pages.page_of('digits')}?show=lab#{SMALL}")
        lab = ready(page)
        expect(lab.locator("[data-setting=pack] input")).to_be_disabled()
        press(page, "step.both")
        at_iteration(page, 1)
        lab.get_by_label(EN["lab.setting.gp"]).fill("5")
        expect(lab.locator(".trouble:visible")).to_contain_text(EN["lab.setting.gp"])
        expect(page).to_have_url(re.compile("gp=0&"))
        press(page, "step.both")
        at_iteration(page, 2)
        lab.locator(".files summary").click()
        with page.expect_download() as download:
            press(page, "file.script")
        assert "nn.Linear(2, 8)" in download.value.path().read_text()
    assert static_pages.trouble == []
