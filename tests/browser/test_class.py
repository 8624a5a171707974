"""A class in a browser: the teacher shows a run, the class scans, follows, looks around, votes; and the projector."""

from __future__ import annotations

import io
import os
import re
import secrets
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from gan_demo.presets import PRESETS
from gan_demo.runs.library import PRETRAINED
from gan_demo.runs.ownership import OWNER_COOKIE, digest
from gan_demo.runs.run_dir import RunDir
from tests.browser.conftest import AppServer, NewPage, free_port, serving

pytestmark = pytest.mark.long

SLOW = 120_000  # ms: torch loads, and a busy machine trains slowly
TEACHER = ""  # the browser of a test's teacher, by its cookie


@pytest.fixture(autouse=True)
def _another_teacher(monkeypatch: pytest.MonkeyPatch) -> None:
    """Teach each test's class in another browser, as the class of the last test goes on."""
    monkeypatch.setattr(sys.modules[__name__], "TEACHER", secrets.token_urlsafe(32))


@pytest.fixture
def run_id(app_server: AppServer) -> str:
    return copy_of_digits(app_server.home)


def copy_of_digits(home: Path, teacher: str = "") -> str:
    """Return the id of a finished run of the teacher's, with pictures of its whole training."""
    name = f"digits-{secrets.token_hex(6)}"
    shutil.copytree(PRETRAINED / "digits", home / name)
    (home / name / "card.json").unlink()
    (home / name / "owner").write_text(digest(teacher or TEACHER))
    return name


@pytest.fixture
def teach(new_page: NewPage) -> Callable[..., Page]:
    """Open a run as its owner."""

    def open_run(run_id: str, more: str = "", **options: Any) -> Page:
        page = new_page(f"train?run={run_id}{more}", owner=TEACHER, **options)
        expect(page.locator(".film .picture img").first).to_be_visible(timeout=SLOW)
        return page

    return open_run


def show(page: Page) -> str:
    """Press "Show to a class"; return the code. The teacher's film stays where it is."""
    before = shown(page).get_attribute("data-step")
    page.locator(".st-key-class-button button:visible").first.click()
    code = page.locator(".class-share .address b").inner_text()
    page.keyboard.press("Escape")
    expect(page.locator(".class-share")).to_be_hidden()
    expect(strip(page)).to_have_attribute("data-role", "teacher")
    expect(shown(page)).to_have_attribute("data-step", before or "")
    return code


def enter(new_page: NewPage, code: str, **options: Any) -> Page:
    page = new_page(f"c/{code}", **options)
    expect(strip(page)).to_have_attribute("data-role", "following", timeout=SLOW)
    expect(page.locator(".film .picture img").first).to_be_visible(timeout=SLOW)
    return page


def strip(page: Page) -> Locator:
    return page.locator(".classroom .strip")


def shown(page: Page) -> Locator:
    return page.locator(".film .now img")


def scrub(page: Page, *presses: str) -> str:
    """Move the scrubber by keys; return the step that is then shown."""
    before = shown(page).get_attribute("data-step")
    for key in presses:
        page.locator(".film input[type=range]").press(key)
    page.wait_for_function(
        "before => [...document.querySelectorAll('*')].some(e => e.shadowRoot?.querySelector('.film .now img') &&"
        " e.shadowRoot.querySelector('.film .now img').dataset.step !== before)",
        arg=before,
    )
    expect(page.locator(".film output")).to_contain_text(re.compile(r"\d"))
    steps = page.evaluate(
        "() => { for (const e of document.querySelectorAll('*')) { const i = e.shadowRoot?.querySelector('.film input');"
        " if (i) return e.shadowRoot.querySelector('.film output').textContent; } }"
    )
    return re.sub(r"\D", "", steps)


def sees(page: Page, step: str, within: float = 10_000) -> None:
    expect(shown(page)).to_have_attribute("data-step", step, timeout=within)


# ---- in


@pytest.mark.parametrize("theme", ["dark"])  # where a code is harder to read
def test_a_phone_reads_the_code_off_the_screen_and_is_led_to_the_board(
    teach: Callable[..., Page], new_page: NewPage, run_id: str, theme: str
) -> None:
    import zxingcpp
    from PIL import Image

    page = teach(run_id, theme=theme)
    page.locator(".st-key-class-button button:visible").first.click()
    expect(page.locator(".class-share .code svg")).to_be_visible()
    code = page.locator(".class-share .address b").inner_text()
    picture = Image.open(io.BytesIO(page.locator(".class-share .code").screenshot())).convert("RGB")
    found = zxingcpp.read_barcodes(picture)
    assert [code in one.text for one in found] == [False], "what is scanned cannot be guessed"
    pupil = new_page(None, width=390, height=844)
    pupil.goto(found[0].text)
    pupil.wait_for_url(re.compile(rf"/train\?run={run_id}&class={found[0].text.rpartition('/')[2]}$"))
    expect(strip(pupil)).to_have_attribute("data-role", "following", timeout=SLOW)
    expect(pupil.locator(".classroom .join, .classroom .ask, .classroom .end")).to_have_count(3)
    for name in ("join", "ask", "end", "present"):
        expect(pupil.locator(f".classroom .{name}")).to_be_hidden()
    expect(pupil.locator(".st-key-class-button")).to_have_count(0)


def test_the_link_is_copied(teach: Callable[..., Page], run_id: str) -> None:
    page = teach(run_id)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".st-key-class-button button:visible").first.click()
    page.locator(".class-share .copy").click()
    expect(page.locator(".class-share .copy")).to_have_text("Copied")
    assert re.search("/c/[A-Za-z0-9_-]{22}$", page.evaluate("navigator.clipboard.readText()"))


def test_a_wrong_code_asks_again_and_the_right_one_leads_in(
    teach: Callable[..., Page], new_page: NewPage, run_id: str
) -> None:
    code = show(teach(run_id))
    pupil = new_page("c/XXXXXX")
    expect(pupil.get_by_text("No class has this code")).to_be_visible()
    field = pupil.locator(".st-key-class-code input")
    field.fill(f"{code[:3].lower()} {code[3:].lower()}")
    field.press("Enter")
    expect(strip(pupil)).to_have_attribute("data-role", "following", timeout=SLOW)


def test_a_runs_own_link_works_as_before_and_offers_to_follow(
    teach: Callable[..., Page], new_page: NewPage, run_id: str
) -> None:
    page = teach(run_id)
    visitor = new_page(f"train?run={run_id}")
    expect(shown(visitor)).to_be_visible()
    expect(strip(visitor)).to_be_hidden()
    show(page)
    expect(strip(visitor)).to_have_attribute("data-role", "alone")
    step = scrub(page, "Home")
    visitor.locator(".classroom .follow").click()
    sees(visitor, step)


# ---- follow


def test_the_class_sees_what_the_teacher_scrubs_to_and_may_look_around(
    teach: Callable[..., Page], new_page: NewPage, run_id: str
) -> None:
    page = teach(run_id)
    code = show(page)
    pupil = enter(new_page, code)
    first = scrub(page, "Home")
    sees(pupil, first)
    own = scrub(pupil, "End")
    assert own != first
    expect(strip(pupil)).to_have_attribute("data-role", "alone")
    later = scrub(page, "ArrowRight", "ArrowRight")
    late = enter(new_page, code)
    sees(late, later)
    sees(pupil, own)
    pupil.locator(".classroom .follow").click()
    sees(pupil, later)
    expect(strip(pupil)).to_have_attribute("data-role", "following")
    sees(page, later)
    newest = scrub(page, "End")
    sees(pupil, newest)
    pupil.locator(".classroom .leave").click()
    expect(strip(pupil)).to_have_attribute("data-role", "alone")


def test_a_sample_that_the_teacher_clicks_is_ringed_for_all(
    teach: Callable[..., Page], new_page: NewPage, run_id: str
) -> None:
    page = teach(run_id)
    pupil = enter(new_page, show(page))
    expect(pupil.locator(".film .ring.shown")).to_be_hidden()
    page.locator(".film .picture").click(position={"x": 30, "y": 30})
    expect(pupil.locator(".film .ring.shown")).to_be_visible()
    page.locator(".film .picture").click(position={"x": 30, "y": 30})
    expect(pupil.locator(".film .ring.shown")).to_be_hidden()


def test_a_click_on_a_chart_leads_the_class_too(teach: Callable[..., Page], new_page: NewPage, run_id: str) -> None:
    page = teach(run_id)
    pupil = enter(new_page, show(page))
    newest = shown(pupil).get_attribute("data-step") or ""
    page.locator(".board-of-curves .u-over").first.click()
    expect(shown(pupil)).not_to_have_attribute("data-step", newest)
    sees(pupil, shown(page).get_attribute("data-step") or "")


def test_followers_are_counted_and_the_end_ends_it(teach: Callable[..., Page], new_page: NewPage, run_id: str) -> None:
    page = teach(run_id)
    code = show(page)
    first, second = enter(new_page, code), enter(new_page, code)
    expect(strip(page)).to_contain_text("2 watching")
    second.context.close()
    expect(strip(page)).to_contain_text("1 watching")
    page.locator(".classroom .end").click()
    for one in (page, first):
        expect(strip(one)).to_contain_text("The class has ended")
    page.locator(".classroom .reopen").click()
    expect(strip(page)).to_have_attribute("data-role", "teacher")
    expect(strip(first)).to_have_attribute("data-role", "following")
    page.locator(".classroom .end").click()
    for one in (page, first):
        one.locator(".classroom .dismiss").click()
        expect(strip(one)).to_be_hidden()


def test_a_followers_browser_is_never_given_the_owners_key(
    teach: Callable[..., Page], new_page: NewPage, run_id: str
) -> None:
    page, keys = teach(run_id), set()
    code = show(page)
    page.on("request", lambda request: keys.add(request.headers.get("x-presenter-key")))
    pupil, heard = new_page(None), []
    pupil.on("websocket", lambda one: one.on("framereceived", lambda frame: heard.append(frame)))
    pupil.on("response", lambda one: heard.append(one.text()) if "/updates" in one.url else None)
    pupil.goto(f"/c/{code}")
    expect(strip(pupil)).to_have_attribute("data-role", "following", timeout=SLOW)
    sees(pupil, scrub(page, "Home"))
    (key,) = keys - {None}
    assert re.fullmatch("[0-9a-f]{64}", key or "")
    frames = [frame if isinstance(frame, bytes) else str(frame).encode() for frame in heard]
    assert any(run_id.encode() in frame for frame in frames), "the board's data was among what was heard"
    assert not any((key or "").encode() in frame for frame in frames)


def test_after_a_kill_of_the_server_the_teacher_leads_on(chromium: Browser, tmp_path: Path) -> None:
    port, contexts = free_port(), [chromium.new_context(locale="en-US") for _ in range(2)]
    page, pupil = (one.new_page() for one in contexts)
    with serving(tmp_path, port) as server:
        contexts[0].add_cookies([{"name": OWNER_COOKIE, "value": TEACHER, "url": server.url}])
        page.goto(f"{server.url}/train?run={copy_of_digits(server.home)}")
        expect(shown(page)).to_be_visible(timeout=SLOW)
        code = show(page)
        pupil.goto(f"{server.url}/c/{code}")
        expect(shown(pupil)).to_be_visible(timeout=SLOW)
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()
        for one in (page, pupil):
            expect(one.locator(".live-board")).to_have_attribute("data-connection", "waiting", timeout=SLOW)
    with serving(tmp_path, port):
        for one in (page, pupil):
            expect(one.locator(".live-board")).to_have_attribute("data-connection", "live", timeout=SLOW)
        sees(pupil, scrub(page, "Home"), within=SLOW)
        late = contexts[1].new_page()
        late.goto(f"http://127.0.0.1:{port}/c/{code}")
        expect(strip(late)).to_have_attribute("data-role", "following", timeout=SLOW)
    for context in contexts:
        context.close()


def test_a_class_follows_its_teacher_to_a_comparison_and_the_explorer_under_one_code(
    teach: Callable[..., Page], new_page: NewPage, run_id: str, app_server: AppServer
) -> None:
    page, other = teach(run_id), copy_of_digits(app_server.home)
    scrub(page, "Home")
    code = show(page)
    pupil = enter(new_page, code, locale="zh-CN")
    sees(pupil, "0")
    page.goto(f"/train?run={other}")
    pupil.wait_for_url(re.compile(f"/train.*{other}"), timeout=SLOW)
    expect(strip(page)).to_contain_text(code)
    assert show(page) == code, "the other training's button"
    page.goto(f"/compare?runs={run_id},{other}")
    pupil.wait_for_url(re.compile("/compare"), timeout=SLOW)
    expect(pupil.locator(".compare")).to_have_attribute("data-known", "2", timeout=SLOW)
    page.locator(".classroom .ask").click()
    page.locator(".classroom .composer .primary").click()
    pupil.locator(".classroom .option").filter(has_text=re.compile("^同意$")).click()
    expect(page.locator(".classroom .option .votes")).to_have_text(["1", "0"])
    page.goto(f"/explore?run={run_id}")
    pupil.wait_for_url(re.compile("/explore"), timeout=SLOW)
    for one in (page, pupil):
        expect(one.locator(".explorer[data-ready]")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Random").first.click()
    pupil.wait_for_url(lambda url: url.partition("#")[2] == page.url.partition("#")[2], timeout=SLOW)
    expect(strip(pupil)).to_have_attribute("data-role", "following")
    pupil.get_by_role("link", name="学习").click()
    expect(strip(pupil)).to_have_attribute("data-role", "alone")
    expect(strip(pupil)).to_contain_text("全班正在看探索页")
    pupil.locator(".classroom .follow").click()
    pupil.wait_for_url(re.compile("/explore"), timeout=SLOW)
    page.locator(".classroom .end").click()
    expect(strip(pupil)).to_contain_text("课堂已结束", timeout=SLOW)
    expect(new_page(f"c/{code}").get_by_text("No class has this code")).to_be_visible()


# ---- vote


def test_a_class_votes_and_sees_the_bars_once_it_has_answered(
    teach: Callable[..., Page], new_page: NewPage, run_id: str
) -> None:
    page = teach(run_id)
    code = show(page)
    pupils = [enter(new_page, code) for _ in range(2)]
    page.locator(".classroom .ask").click()
    page.locator(".classroom .composer .primary").click()
    options = [one.locator(".classroom .option") for one in pupils]
    expect(options[0]).to_have_count(3)
    expect(options[0].locator(".votes")).to_have_text(["", "", ""])
    options[0].nth(0).click()
    expect(options[0].locator(".votes")).to_have_text(["1", "0", "0"])
    expect(options[1].locator(".votes")).to_have_text(["", "", ""])
    expect(page.locator(".classroom .option .votes")).to_have_text(["1", "0", "0"])
    options[1].nth(2).click()
    expect(page.locator(".classroom .outcome")).to_have_text("2 of 2 have answered")
    options[1].nth(0).click()
    expect(page.locator(".classroom .option .votes")).to_have_text(["2", "0", "0"])
    pupils[0].reload()
    expect(options[0].nth(0)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Close the vote").click()
    for one in (page, *pupils):
        expect(one.locator(".classroom .outcome")).to_have_text("“Double it” won with 2 of 2 votes.")
    expect(page.get_by_role("button", name="Apply: Double it")).to_be_visible()
    expect(pupils[0].locator(".classroom .vote button")).to_have_count(0)
    page.get_by_role("button", name="Dismiss").click()
    expect(pupils[0].locator(".classroom .vote")).to_be_hidden()


def test_own_answers_are_asked_without_markup_and_a_tie_is_said(
    teach: Callable[..., Page], new_page: NewPage, run_id: str
) -> None:
    page = teach(run_id)
    code = show(page)
    pupils = [enter(new_page, code) for _ in range(2)]
    page.locator(".classroom .ask").click()
    page.get_by_role("button", name="Write your own").click()
    page.locator(".classroom .question input").fill("<img src=x onerror=alert(1)>?")
    answers = page.locator(".classroom .answer input")
    answers.nth(1).fill("Yes")
    page.locator(".classroom .composer .primary").click()
    expect(page.locator(".classroom .wrong")).to_be_visible()
    answers.nth(0).fill("<b>bold</b>")
    page.locator(".classroom .composer .primary").click()
    for pupil, index in zip(pupils, (0, 1), strict=True):
        expect(pupil.get_by_role("heading", name="<img src=x onerror=alert(1)>?")).to_be_visible()
        pupil.locator(".classroom .option").nth(index).click()
    expect(page.locator(".classroom .outcome")).to_have_text("2 of 2 have answered")
    page.get_by_role("button", name="Close the vote").click()
    expect(pupils[0].locator(".classroom .outcome")).to_have_text("A tie: “<b>bold</b>” and “Yes” have 1 each.")


def test_what_the_class_decides_is_trained_and_the_class_comes_along(
    teach: Callable[..., Page], new_page: NewPage, app_server: AppServer
) -> None:
    from PIL import Image

    old = RunDir.create(app_server.home / f"ring-{secrets.token_hex(6)}", PRESETS["ring"], "ring")
    picture = io.BytesIO()
    Image.new("L", (64, 64)).save(picture, "PNG")
    old.add_grid(0, picture.getvalue())
    (old.path / "owner").write_text(digest(TEACHER))
    page = teach(old.id)
    pupil = enter(new_page, show(page))
    page.locator(".classroom .ask").click()
    page.locator(".classroom .composer .primary").click()
    pupil.locator(".classroom .option").nth(2).click()
    page.get_by_role("button", name="Close the vote").click()
    page.get_by_role("button", name="Apply: Halve it").click()
    pupil.wait_for_url(lambda url: "run=ring-" in url and old.id not in url, timeout=SLOW)
    expect(strip(pupil)).to_have_attribute("data-role", "following", timeout=SLOW)
    expect(strip(page)).to_have_attribute("data-role", "teacher", timeout=SLOW)
    assert old.id not in page.url
    page.locator(".st-key-control-stop button:visible").first.click()
    expect(page.locator(".st-key-next")).to_be_visible(timeout=SLOW)


# ---- the projector


def test_the_presenter_view_fills_the_screen_in_large_type_and_escape_leads_out(
    teach: Callable[..., Page], run_id: str
) -> None:
    page = teach(run_id)
    show(page)
    header = page.locator('[data-testid="stHeader"]')
    small = float(strip(page).evaluate("e => parseFloat(getComputedStyle(e).fontSize)"))
    page.locator(".classroom .present").click()
    expect(header).to_be_hidden()
    expect(page.locator(".st-key-class-button button").first).to_be_hidden()
    box = page.locator(".live-board").bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 1440, 900)
    assert float(strip(page).evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= 1.4 * small
    picture = page.locator(".film .picture").bounding_box()
    assert picture is not None
    assert picture["width"] > 700
    expect(page.locator(".film input[type=range]")).to_be_in_viewport()
    assert "view=presenter" in page.url
    page.keyboard.press("Escape")
    expect(header).to_be_visible()
    assert "view=presenter" not in page.url
    assert float(strip(page).evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) == small


def test_a_window_opened_for_the_projector_follows_the_teachers_own(teach: Callable[..., Page], run_id: str) -> None:
    page = teach(run_id)
    show(page)
    projector = page.context.new_page()
    projector.goto(f"/train?run={run_id}&view=presenter")
    expect(projector.locator(".live-board.presenter")).to_be_visible(timeout=SLOW)
    sees(projector, scrub(page, "Home"))
    sees(page, scrub(projector, "End"))
    projector.get_by_role("button", name="Leave presenter view").click()
    expect(projector.locator('[data-testid="stHeader"]')).to_be_visible()
