"""A class in a browser: the class scans, enters, follows and looks around, also to other pages; and the projector."""

from __future__ import annotations

import io
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from gan_demo.runs.ownership import OWNER_COOKIE
from tests.browser.axe import is_accessible
from tests.browser.class_pages import copy_of_digits, enter, scrub, sees, show, shown, strip
from tests.browser.class_pages import run_id as run_id
from tests.browser.class_pages import teach as teach
from tests.browser.class_pages import teacher as teacher
from tests.browser.pages import READY, SLOW, NewPage
from tests.browser.servers import free_port, serving

pytestmark = pytest.mark.long(40)


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


def listened(page: Page) -> list[bytes]:
    """Collect what a page is sent of a class and of a run from now on."""
    heard: list[bytes] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(_bytes(frame))))
    page.on("response", lambda answer: heard.append(answer.body()) if "/updates" in answer.url else None)
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
def test_after_a_kill_of_the_server_the_teacher_leads_on(chromium: Browser, teacher: str, tmp_path: Path) -> None:
    port, contexts = free_port(), [chromium.new_context(locale="en-US") for _ in range(2)]
    page, pupil = (context.new_page() for context in contexts)
    with serving(tmp_path, port) as server:
        contexts[0].add_cookies([{"name": OWNER_COOKIE, "value": teacher, "url": server.url}])
        page.goto(f"{server.url}/train?run={copy_of_digits(server.home, teacher)}")
        expect(shown(page)).to_be_visible(timeout=SLOW)
        code = show(page)
        pupil.goto(f"{server.url}/c/{code}")
        expect(shown(pupil)).to_be_visible(timeout=SLOW)
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()
        for each in (page, pupil):
            expect(each.locator(".live-board")).to_have_attribute("data-connection", "waiting", timeout=SLOW)
    with serving(tmp_path, port):
        for each in (page, pupil):
            expect(each.locator(".live-board")).to_have_attribute("data-connection", "live", timeout=SLOW)
            each.locator(f"{READY}[data-test-connection-state=CONNECTED]").wait_for(timeout=SLOW)  # and drawn again
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
    for each in (page, pupil):
        expect(each.locator(".explorer[data-ready]")).to_be_visible(timeout=SLOW)
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
