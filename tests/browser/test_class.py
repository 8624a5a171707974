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
from tests.browser.axe import is_accessible
from tests.browser.conftest import READY, AppServer, NewPage, free_port, serving

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
    step = re.sub(r"\D", "", page.locator(".film output").inner_text())
    sees(page, step)  # not the nearest picture that is there already
    return step


def sees(page: Page, step: str, within: float = 10_000) -> None:
    expect(shown(page)).to_have_attribute("data-step", step, timeout=within)


# ---- in


def shared(page: Page) -> tuple[str, str]:
    """Press "Show to a class"; return the code that is shown and the link that is scanned off the screen."""
    import zxingcpp
    from PIL import Image

    page.locator(".st-key-class-button button:visible").first.click()
    expect(page.locator(".class-share .code svg")).to_be_visible()
    code = page.locator(".class-share .address b").inner_text()
    picture = Image.open(io.BytesIO(page.locator(".class-share .code").screenshot())).convert("RGB")
    (scanned,) = zxingcpp.read_barcodes(picture)
    assert code not in scanned.text, "what is scanned cannot be guessed"
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".class-share .copy").click()
    expect(page.locator(".class-share .copy")).to_have_text("Copied")
    assert re.search("/c/[A-Za-z0-9_-]{22}$", page.evaluate("navigator.clipboard.readText()"))
    page.keyboard.press("Escape")
    return code, scanned.text


def test_a_class_is_entered_by_its_scanned_link_by_its_code_and_from_the_runs_own_page(
    teach: Callable[..., Page], new_page: NewPage, run_id: str
) -> None:
    visitor = new_page(f"train?run={run_id}")
    expect(shown(visitor)).to_be_visible()
    expect(strip(visitor)).to_be_hidden()
    page = teach(run_id, theme="dark")  # where a code is harder to read
    code, link = shared(page)
    expect(strip(visitor)).to_have_attribute("data-role", "alone")
    pupil = new_page("c/XXXXXX", width=390, height=844)
    expect(pupil.get_by_text("No class has this code")).to_be_visible()
    is_accessible(pupil)
    field = pupil.locator(".st-key-class-code input")
    field.fill(f"{code[:3].lower()} {code[3:].lower()}")
    field.press("Enter")
    expect(strip(pupil)).to_have_attribute("data-role", "following", timeout=SLOW)
    pupil.goto(link)
    pupil.wait_for_url(re.compile(rf"/train\?run={run_id}&class={link.rpartition('/')[2]}$"))
    expect(strip(pupil)).to_have_attribute("data-role", "following", timeout=SLOW)
    expect(pupil.locator(".classroom .join, .classroom .ask, .classroom .end")).to_have_count(3)
    for name in ("join", "ask", "end", "present"):
        expect(pupil.locator(f".classroom .{name}")).to_be_hidden()
    expect(pupil.locator(".st-key-class-button")).to_have_count(0)
    step = scrub(page, "Home")
    visitor.locator(".classroom .follow").click()
    sees(visitor, step)


# ---- follow


def listened(page: Page) -> list[bytes]:
    """Collect what a page is sent of a class and of a run from now on."""
    heard: list[bytes] = []
    page.on("websocket", lambda one: one.on("framereceived", lambda frame: heard.append(_bytes(frame))))
    page.on("response", lambda one: heard.append(one.body()) if "/updates" in one.url else None)
    return heard


def _bytes(frame: str | bytes) -> bytes:
    return frame if isinstance(frame, bytes) else frame.encode()


def test_the_class_sees_what_the_teacher_points_at_and_may_look_around_until_the_end(
    teach: Callable[..., Page], new_page: NewPage, run_id: str
) -> None:
    page, keys = teach(run_id), set()
    code = show(page)
    page.on("request", lambda request: keys.add(request.headers.get("x-presenter-key")))
    pupil = new_page(None)
    heard = listened(pupil)
    pupil.goto(f"/c/{code}")
    expect(strip(pupil)).to_have_attribute("data-role", "following", timeout=SLOW)
    first = scrub(page, "Home")
    sees(pupil, first)
    assert scrub(pupil, "End") != first
    expect(strip(pupil)).to_have_attribute("data-role", "alone")
    own, later = shown(pupil).get_attribute("data-step") or "", scrub(page, "ArrowRight", "ArrowRight")
    late = enter(new_page, code)
    sees(late, later)
    sees(pupil, own)
    pupil.locator(".classroom .follow").click()
    sees(pupil, later)
    expect(strip(pupil)).to_have_attribute("data-role", "following")
    sees(page, later)
    points_at_a_sample_and_a_moment(page, pupil)
    (key,) = keys - {None}
    assert re.fullmatch("[0-9a-f]{64}", key or "")
    assert any(run_id.encode() in frame for frame in heard), "the board's data was among what was heard"
    assert not any((key or "").encode() in frame for frame in heard), "a follower is never given the owner's key"
    counts_and_ends(page, pupil, late)


def points_at_a_sample_and_a_moment(page: Page, pupil: Page) -> None:
    """Click a sample, which is ringed for all, and a chart, whose moment all see."""
    expect(pupil.locator(".film .ring.shown")).to_be_hidden()
    page.locator(".film .picture").click(position={"x": 30, "y": 30})
    expect(pupil.locator(".film .ring.shown")).to_be_visible()
    page.locator(".film .picture").click(position={"x": 30, "y": 30})
    expect(pupil.locator(".film .ring.shown")).to_be_hidden()
    before = shown(pupil).get_attribute("data-step") or ""
    page.locator(".board-of-curves .u-over").first.click()
    expect(shown(pupil)).not_to_have_attribute("data-step", before)
    sees(pupil, shown(page).get_attribute("data-step") or "")


def counts_and_ends(page: Page, pupil: Page, late: Page) -> None:
    """Count those who watch; leave, end the class, open it again, and end it."""
    expect(strip(page)).to_contain_text("2 watching")
    late.context.close()
    expect(strip(page)).to_contain_text("1 watching")
    pupil.locator(".classroom .leave").click()
    expect(strip(pupil)).to_have_attribute("data-role", "alone")
    pupil.locator(".classroom .follow").click()
    page.locator(".classroom .end").click()
    for each in (page, pupil):
        expect(strip(each)).to_contain_text("The class has ended")
    page.locator(".classroom .reopen").click()
    expect(strip(page)).to_have_attribute("data-role", "teacher")
    expect(strip(pupil)).to_have_attribute("data-role", "following")
    page.locator(".classroom .end").click()
    for each in (page, pupil):
        each.locator(".classroom .dismiss").click()
        expect(strip(each)).to_be_hidden()


@pytest.mark.soak  # two servers; a restarted class is in test_classes.py, a lost feed in run_feed.test.mjs
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
            one.locator(f"{READY}[data-test-connection-state=CONNECTED]").wait_for(timeout=SLOW)  # and drawn again
        sees(pupil, scrub(page, "Home"), within=SLOW)
        late = contexts[1].new_page()
        late.goto(f"http://127.0.0.1:{port}/c/{code}")
        expect(strip(late)).to_have_attribute("data-role", "following", timeout=SLOW)
    for context in contexts:
        context.close()


def test_a_class_follows_its_teacher_to_a_comparison_and_the_explorer_under_one_code(
    teach: Callable[..., Page], new_page: NewPage, run_id: str
) -> None:
    page = teach(run_id)
    scrub(page, "Home")
    code = show(page)
    pupil = enter(new_page, code, locale="zh-CN")
    sees(pupil, "0")
    page.goto("/compare?runs=digits,tutorial")
    pupil.wait_for_url(re.compile("/compare"), timeout=SLOW)
    expect(pupil.locator(".compare")).to_have_attribute("data-known", "2", timeout=SLOW)
    expect(strip(page)).to_contain_text(code)
    page.locator(".compare .bar input").press("Home")
    sheets = pupil.locator(".compare figure")
    expect(sheets.first).to_have_attribute("data-step", "0", timeout=SLOW)
    pupil.locator(".compare .bar input").press("End")
    expect(strip(pupil)).to_have_attribute("data-role", "alone")
    pupil.locator(".compare .charts").evaluate("charts => charts.lastElementChild.scrollIntoView({block: 'end'})")
    expect(strip(pupil)).to_be_in_viewport(ratio=1)
    pupil.locator(".classroom .follow").click()
    expect(sheets.first).to_have_attribute("data-step", "0")
    page.locator(".classroom .ask").click()
    page.locator(".classroom .composer .primary").click()
    pupil.locator(".classroom .option").filter(has_text=re.compile("^同意$")).click()
    expect(page.locator(".classroom .option .votes")).to_have_text(["1", "0"])
    page.goto("/explore?run=digits")
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


# ---- vote


@pytest.fixture
def stopped_ring(app_server: AppServer) -> str:
    """Return the id of a run of the teacher's on the ring that has a picture and nothing else."""
    from PIL import Image

    run, picture = (
        RunDir.create(app_server.home / f"ring-{secrets.token_hex(6)}", PRESETS["ring"], "ring"),
        io.BytesIO(),
    )
    Image.new("L", (64, 64)).save(picture, "PNG")
    run.add_grid(0, picture.getvalue())
    (run.path / "owner").write_text(digest(TEACHER))
    return run.id


def ask_own(page: Page) -> None:
    """Ask a question of the teacher's own, with markup in it, and with one answer at first."""
    page.locator(".classroom .ask").click()
    page.get_by_role("button", name="Write your own").click()
    page.locator(".classroom .question input").fill("<img src=x onerror=alert(1)>?")
    answers = page.locator(".classroom .answer input")
    answers.nth(1).fill("Yes")
    page.locator(".classroom .composer .primary").click()
    expect(page.locator(".classroom .wrong")).to_be_visible()
    answers.nth(0).fill("<b>bold</b>")
    page.locator(".classroom .composer .primary").click()


def test_a_class_votes_sees_the_bars_once_it_has_answered_and_comes_along_to_what_it_decided(
    teach: Callable[..., Page], new_page: NewPage, stopped_ring: str
) -> None:
    page = teach(stopped_ring)
    code = show(page)
    pupils = [enter(new_page, code) for _ in range(2)]
    ask_own(page)
    for pupil, index in zip(pupils, (0, 1), strict=True):
        expect(pupil.get_by_role("heading", name="<img src=x onerror=alert(1)>?")).to_be_visible()
        pupil.locator(".classroom .option").nth(index).click()
    expect(page.locator(".classroom .outcome")).to_have_text("2 of 2 have answered")
    page.get_by_role("button", name="Close the vote").click()
    expect(pupils[0].locator(".classroom .outcome")).to_have_text("A tie: “<b>bold</b>” and “Yes” have 1 each.")
    page.get_by_role("button", name="Dismiss").click()
    expect(pupils[0].locator(".classroom .vote")).to_be_hidden()
    asks_from_a_template(page, pupils)
    pupils[1].close()
    page.get_by_role("button", name="Apply: Halve it").click()
    pupils[0].wait_for_url(lambda url: "run=ring-" in url and stopped_ring not in url, timeout=SLOW)
    expect(strip(pupils[0])).to_have_attribute("data-role", "following", timeout=SLOW)
    expect(strip(page)).to_have_attribute("data-role", "teacher", timeout=SLOW)
    assert stopped_ring not in page.url
    page.locator(".st-key-control-stop button:visible").first.click()
    expect(page.locator(".st-key-next")).to_be_visible(timeout=SLOW)


def asks_from_a_template(page: Page, pupils: list[Page]) -> None:
    """Let two pupils vote; one changes their mind, one comes back by a reload."""
    page.locator(".classroom .ask").click()
    page.locator(".classroom .composer .primary").click()
    options = [one.locator(".classroom .option") for one in pupils]
    expect(options[0]).to_have_count(3)
    expect(options[0].locator(".votes")).to_have_text(["", "", ""])
    options[0].nth(2).click()
    expect(options[0].locator(".votes")).to_have_text(["0", "0", "1"])
    expect(options[1].locator(".votes")).to_have_text(["", "", ""])
    expect(page.locator(".classroom .option .votes")).to_have_text(["0", "0", "1"])
    options[1].nth(0).click()
    expect(page.locator(".classroom .outcome")).to_have_text("2 of 2 have answered")
    options[1].nth(2).click()
    expect(page.locator(".classroom .option .votes")).to_have_text(["0", "0", "2"])
    pupils[0].reload()
    expect(options[0].nth(2)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Close the vote").click()
    for one in (page, *pupils):
        expect(one.locator(".classroom .outcome")).to_have_text("“Halve it” won with 2 of 2 votes.")
    expect(pupils[0].locator(".classroom .vote button")).to_have_count(0)


# ---- the projector


def test_the_projector_shows_the_board_alone_in_large_type_and_follows_the_teachers_own_window(
    teach: Callable[..., Page], run_id: str
) -> None:
    page = teach(run_id)
    show(page)
    header = page.locator('[data-testid="stHeader"]')
    small = type_size(page)
    page.locator(".classroom .present").click()
    expect(header).to_be_hidden()
    expect(page.locator(".st-key-class-button button").first).to_be_hidden()
    assert page.locator(".live-board").bounding_box() == {"x": 0, "y": 0, "width": 1440, "height": 900}
    assert type_size(page) >= 1.4 * small
    picture = page.locator(".film .picture").bounding_box()
    assert picture is not None
    assert picture["width"] > 700
    expect(page.locator(".film input[type=range]")).to_be_in_viewport()
    assert "view=presenter" in page.url
    page.keyboard.press("Escape")
    expect(header).to_be_visible()
    assert "view=presenter" not in page.url
    assert type_size(page) == small
    projector = page.context.new_page()
    projector.goto(f"/train?run={run_id}&view=presenter")
    expect(projector.locator(".live-board.presenter")).to_be_visible(timeout=SLOW)
    sees(projector, scrub(page, "Home"))
    sees(page, scrub(projector, "End"))
    projector.get_by_role("button", name="Leave presenter view").click()
    expect(projector.locator('[data-testid="stHeader"]')).to_be_visible()


def type_size(page: Page) -> float:
    return float(strip(page).evaluate("e => parseFloat(getComputedStyle(e).fontSize)"))
