"""Journeys in a browser: keyframes, playing, the address, and downloads."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from gan_demo.config import ModelConfig
from gan_demo.data.datasets import DIGIT
from gan_demo.i18n.text import table
from gan_demo.runs.run_dir import RunDir
from tests.browser import explorer_page
from tests.browser.explorer_page import READ, changed_page, empty_page, make_run, pixels, shows, stage
from tests.browser.hosts import Host

DIGITS = ModelConfig(arch="dcgan", z_dim=20, width=4, conditional=True, shape=(1, 28, 28), labels=DIGIT)
RING = ModelConfig(arch="points", z_dim=3, width=8, shape=(2,))


@pytest.fixture(scope="module")
def runs(app_home: Path) -> list[RunDir]:
    """Two untrained models."""
    made = (("digits", DIGITS), ("ring", RING))
    return [make_run(app_home, f"journey-{data}", model, data, (10,)) for data, model in made]


@pytest.fixture(scope="module")
def own_page(host: Host, runs: list[RunDir], chromium: Browser) -> Iterator[Page]:
    """One page for all tests of this file."""
    with empty_page(chromium, host, *runs) as page:
        yield page


@pytest.fixture
def page(own_page: Page) -> Page:
    """Open that page, with the tool opened again."""
    return explore(own_page)


def explore(page: Page, run: str = "journey-digits", **data: Any) -> Page:
    """Open the explorer; wait until the pictures of the journey are there."""
    explorer_page.explore(page, run, 10, "journey", **data)
    page.locator(".panel.journey .scrub[data-drawn]").wait_for()
    return page


def keyframes(page: Page) -> list[str]:
    """Return the pixels of each keyframe, in the order of the strip."""
    page.wait_for_function("() => [...document.querySelectorAll('.keyframe canvas')].every((one) => one.width === 28)")
    return [pixels(each) for each in page.locator(".keyframe canvas").all()]


def position(page: Page) -> float:
    return float(page.locator(".scrub input").input_value())


def address_value(page: Page, name: str) -> str:
    """Wait until the address has ``name``; return its value."""
    page.wait_for_function("name => new URLSearchParams(location.hash.slice(1)).has(name)", arg=name)
    found: str = page.evaluate("name => new URLSearchParams(location.hash.slice(1)).get(name)", name)
    return found


# ---- playing


def test_play_moves_the_stage_pause_stays_there_and_undo_leads_back(page: Page) -> None:
    before = stage(page)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => Number(document.querySelector('.scrub input').value) > 0.2")
    page.locator(".panel.journey .play:visible").click()
    expect(page.get_by_role("button", name="Play")).to_be_focused()
    there = position(page)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert position(page) == there
    assert stage(page) != before
    page.get_by_role("button", name="Undo", exact=True).click()
    shows(page, before)


def test_whoever_goes_elsewhere_ends_the_playing(page: Page) -> None:
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => Number(document.querySelector('.scrub input').value) > 0.05")
    page.get_by_role("button", name="New random").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_journey_plays_on_while_another_tool_is_open_until_the_stage_is_paused(page: Page) -> None:
    page.get_by_role("button", name="Play").click()
    page.get_by_role("tab").first.click()
    drawn = int(page.locator(".stage canvas").get_attribute("data-drawn") or 0)
    page.wait_for_function("n => Number(document.querySelector('.stage canvas').dataset.drawn) > n", arg=drawn + 2)
    page.locator(".overlay .playing").click()
    expect(page.locator(".overlay .playing")).to_be_hidden()


def test_a_way_without_loop_ends_at_its_last_keyframe(page: Page) -> None:
    page.get_by_role("button", name="Loop").click()
    page.locator(".pace input").fill("0.5")
    wanted = keyframes(page)[-1]
    page.locator(".scrub input").press("PageUp")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert position(page) == 2
    shows(page, wanted)


def test_the_film_strip_is_scrubbed_by_keys(page: Page) -> None:
    line = page.locator(".scrub input")
    line.press("ArrowRight")
    assert position(page) == pytest.approx(0.05)
    line.press("PageUp")
    assert position(page) == 1
    shows(page, keyframes(page)[1])
    expect(line).to_have_attribute("aria-valuetext", "2.0 s of 6.0 s")


# ---- keyframes


def test_a_click_on_a_keyframe_goes_there_and_plus_adds_where_one_is(page: Page) -> None:
    page.get_by_role("button", name="Keyframe 2 of 3", exact=True).click()
    shows(page, keyframes(page)[1])
    page.get_by_role("button", name="New random").click()
    page.wait_for_function(
        f"before => ({READ})(document.querySelector('.stage canvas')) !== before", arg=keyframes(page)[1]
    )
    page.get_by_role("button", name="Add the current place").click()
    expect(page.locator(".keyframe")).to_have_count(4)
    expect(page.locator(".keyframe").last).to_have_attribute("aria-pressed", "true")
    page.locator(".keyframe").last.click()
    shows(page, keyframes(page)[3])


def test_keyframes_are_dragged_to_another_place(page: Page) -> None:
    a, b, c = keyframes(page)
    first, last = (page.locator(".keyframe").nth(k).bounding_box() for k in (0, 2))
    assert first
    assert last
    page.mouse.move(first["x"] + 30, first["y"] + 30)
    page.mouse.down()
    page.mouse.move(last["x"] + 40, last["y"] + 35, steps=6)
    page.mouse.up()
    assert keyframes(page) == [b, c, a]
    expect(page.locator(".keyframe").nth(2)).to_have_attribute("aria-pressed", "true")


def test_keys_carry_and_remove_keyframes(page: Page) -> None:
    a, b, c = keyframes(page)
    page.locator(".keyframe").first.focus()
    page.keyboard.press("Shift+ArrowRight")
    assert keyframes(page) == [b, a, c]
    expect(page.locator(".keyframe").nth(1)).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Delete")
    assert keyframes(page) == [b, a]
    expect(page.locator(".keyframe").nth(1)).to_be_focused()


def test_a_keyframe_is_duplicated_and_the_last_one_cannot_be_deleted(page: Page) -> None:
    a, b, c = keyframes(page)
    page.get_by_role("button", name="Duplicate").click()
    assert keyframes(page) == [a, a, b, c]
    for _ in range(3):
        page.locator(".edit").get_by_role("button", name="Delete").click()
    expect(page.locator(".edit").get_by_role("button", name="Delete")).to_be_disabled()
    expect(page.get_by_role("button", name="Play")).to_be_disabled()


def test_changes_of_a_journey_can_be_undone(page: Page) -> None:
    before = keyframes(page)
    page.get_by_role("button", name="Random journey").click()
    page.locator(".edit").get_by_role("button", name="Delete").click()
    undo = page.get_by_role("button", name="Undo the last change of the journey")
    undo.click()
    undo.click()
    assert keyframes(page) == before
    expect(undo).to_be_disabled()


def test_a_link_holds_the_whole_journey(page: Page) -> None:
    page.get_by_role("button", name="Random journey").click()
    page.get_by_role("button", name="Straight").click()
    page.get_by_role("button", name="Loop").click()
    page.locator(".pace input").fill("3")
    page.locator(".scrub input").press("ArrowRight")
    assert (
        address_value(page, "journey.way"),
        address_value(page, "journey.loop"),
        address_value(page, "journey.s"),
    ) == ("line", "0", "3")
    wanted, on_stage, link = keyframes(page), stage(page), page.evaluate("() => location.hash")
    explore(page, hash=link)
    assert keyframes(page) == wanted
    shows(page, on_stage)
    expect(page.get_by_role("button", name="Straight")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".clock")).to_have_text("0.0 s of 6.0 s")


# ---- files


def saved(page: Page, name: str) -> Path:
    """Press a download button; return its file."""
    with page.expect_download() as download:
        page.get_by_role("button", name=name, exact=True).click()
    return Path(download.value.path())


def test_the_gif_has_the_greys_of_the_pictures_and_goes_round_for_ever(page: Page) -> None:
    page.locator(".pace input").fill("0.5")
    with Image.open(saved(page, "GIF")) as film:
        assert (film.size, film.info["loop"], getattr(film, "n_frames", 1)) == ((308, 308), 0, 30)
        small = np.asarray(film.convert("L"))[5::11, 5::11]
        assert film.info["duration"] == 50
    seen = np.array(keyframes(page)[0].split(","), dtype=np.uint8).reshape(28, 28, 4)[:, :, 0]
    assert seen.std() > 0
    np.testing.assert_array_equal(small, seen)


@pytest.mark.both_hosts
def test_the_film_is_h264_with_a_picture_for_each_thirtieth_of_a_second(page: Page) -> None:
    page.locator(".pace input").fill("0.5")
    expect(page.locator("[data-file=film]")).to_have_attribute("data-method", "encode-mp4")
    expect(page.locator(".panel.journey .note")).to_be_hidden()
    film = saved(page, "MP4")
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        assert (stream.codec_context.name, stream.width, stream.height, len(frames)) == ("h264", 476, 476, 45)
        assert float(stream.duration * stream.time_base) == pytest.approx(1.5)
        assert [float(frame.time) for frame in frames] == pytest.approx([k / 30 for k in range(45)], abs=1e-6)
        assert {frame.rotation for frame in frames} == {0}
    data = film.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "the index stands in front, so that it plays while it loads"
    greys = frames[0].to_ndarray(format="gray")
    seen = np.array(keyframes(page)[0].split(","), dtype=np.int32).reshape(28, 28, 4)[:, :, 0]
    assert np.abs(greys[8::17, 8::17].astype(int) - seen).mean() < 4


def test_the_writer_of_videos_is_fetched_when_one_is_saved(page: Page) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    explore(page)
    page.locator(".pace input").fill("0.5")
    saved(page, "GIF")
    assert not [url for url in requests if "mediabunny" in url]


@pytest.fixture
def open_without(own_page: Page) -> Iterator[Callable[[str], Page]]:
    """Open the explorer in a browser that lacks what a script takes away before the page's own code runs."""
    with ExitStack() as pages:

        def opened(script: str) -> Page:
            page = pages.enter_context(changed_page(own_page, script))
            explore(page)
            page.locator(".pace input").fill("0.5")
            return page

        yield opened


NO_ENCODER = "delete window.VideoEncoder;"
NO_H264 = """const { isConfigSupported } = VideoEncoder;
VideoEncoder.isConfigSupported = async (config) => config.codec.startsWith("avc1")
  ? { supported: false, config } : isConfigSupported.call(VideoEncoder, config);"""
NO_MP4_RECORDER = """const { isTypeSupported } = MediaRecorder;
MediaRecorder.isTypeSupported = (kind) => !kind.startsWith("video/mp4") && isTypeSupported.call(MediaRecorder, kind);"""
NO_RECORDER = "delete window.MediaRecorder;"
FAILING_ENCODER = """const { isConfigSupported } = VideoEncoder;
window.VideoEncoder = class extends EventTarget {
  static isConfigSupported = (config) => isConfigSupported.call(this, config);
  constructor({ error }) { super(); Object.assign(this, { error, state: 'configured', encodeQueueSize: 0 }); }
  configure() {}
  encode() {
    if (++this.encodeQueueSize < 9) return;
    setTimeout(() => { this.state = 'closed'; this.error(new Error('no more H.264')); });
  }
  close() { this.state = 'closed'; }
};"""


def note(key: str) -> str:
    """Return the sentence below the buttons that save files."""
    return table("en")[f"explorer.journey.{key}"]


def test_a_browser_that_cannot_encode_h264_makes_a_webm_and_says_why(open_without: Callable[[str], Page]) -> None:
    page = open_without(NO_H264)
    expect(page.locator("[data-file=film]")).to_have_attribute("data-method", "encode-webm")
    expect(page.locator(".panel.journey .note")).to_have_text(note("webm"))
    with av.open(str(saved(page, "WebM"))) as film:
        stream = film.streams.video[0]
        frames = list(film.decode(stream))
        assert "webm" in film.format.name
        assert (stream.codec_context.name, stream.width, stream.height, len(frames)) == ("vp9", 476, 476, 45)
        assert [float(frame.time) for frame in frames] == pytest.approx([k / 30 for k in range(45)], abs=1e-3)


def test_without_an_encoder_the_film_is_recorded_in_real_time(open_without: Callable[[str], Page]) -> None:
    page = open_without(NO_ENCODER)
    expect(page.locator("[data-file=film]")).to_have_attribute("data-method", "record-mp4")
    expect(page.locator(".panel.journey .note")).to_have_text(note("real_time"))
    with av.open(str(saved(page, "MP4"))) as film:
        assert film.streams.video[0].codec_context.name == "h264"
        assert sum(1 for _ in film.decode(video=0)) > 1


@pytest.mark.soak
def test_without_encoder_and_mp4_recorder_the_film_is_a_webm(open_without: Callable[[str], Page]) -> None:
    page = open_without(NO_ENCODER + NO_MP4_RECORDER)
    expect(page.locator("[data-file=film]")).to_have_attribute("data-method", "record-webm")
    with av.open(str(saved(page, "WebM"))) as film:
        assert "webm" in film.format.name
        assert sum(1 for _ in film.decode(video=0)) > 1


@pytest.mark.soak
def test_without_encoder_and_recorder_the_gif_remains_and_a_note_says_why(open_without: Callable[[str], Page]) -> None:
    page = open_without(NO_ENCODER + NO_RECORDER)
    expect(page.locator(".panel.journey .note")).to_have_text(note("no_video"))
    expect(page.locator("[data-file=film]")).to_be_hidden()
    with Image.open(saved(page, "GIF")) as film:
        assert getattr(film, "n_frames", 1) == 30


def test_why_a_film_failed_is_said_and_another_file_can_be_made(open_without: Callable[[str], Page]) -> None:
    """First there is no connection; then the encoder fails."""
    page = open_without(FAILING_ENCODER)
    page.route("**/mediabunny.mjs", lambda route: route.abort())
    for reason in ("offline", "other"):
        page.get_by_role("button", name="MP4", exact=True).click()
        sentence = note("failed").format(reason=table("en")[f"explorer.trouble.{reason}"])
        expect(page.locator(".panel.journey .failed")).to_have_text(sentence)
        expect(page.get_by_role("button", name="MP4", exact=True)).to_be_enabled()
        page.unroute("**/mediabunny.mjs")


def test_the_strip_has_a_row_for_each_leg_with_keyframes_at_both_ends(page: Page) -> None:
    with Image.open(io.BytesIO(saved(page, "Strip as PNG").read_bytes())) as sheet:
        assert sheet.size == (9 * 112, 3 * 112)
        small = np.asarray(sheet.convert("L"))[2::4, 2::4].reshape(3, 28, 9, 28)
    shown = [np.array(each.split(","), dtype=np.uint8).reshape(28, 28, 4)[:, :, 0] for each in keyframes(page)]
    for leg in range(3):
        np.testing.assert_array_equal(small[leg, :, 0], shown[leg])
        np.testing.assert_array_equal(small[leg, :, 8], shown[(leg + 1) % 3])


def test_a_file_that_takes_long_can_be_cancelled(page: Page) -> None:
    page.locator(".pace input").fill("6")
    page.get_by_role("button", name="GIF", exact=True).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.get_by_role("button", name="Cancel").press("Enter")  # what moves below the mouse does not matter to a key
    expect(page.get_by_role("progressbar")).to_be_hidden()
    expect(page.get_by_role("button", name="GIF", exact=True)).to_be_enabled()
    expect(page.locator(".panel.journey .failed")).to_be_hidden()


def test_among_points_the_way_is_drawn_on_the_stage_while_the_tool_is_open(page: Page) -> None:
    explore(page, "journey-ring")
    line = page.locator(".overlay .path")
    expect(line.locator("circle")).to_have_count(3)
    with Image.open(saved(page, "GIF")) as film:
        assert film.size == (320, 320)
    page.get_by_role("tab").first.click()
    expect(line).to_have_count(0)
