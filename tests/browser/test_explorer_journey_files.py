"""Files of a journey: a film, a GIF or a strip, in whatever the browser can write, and why one failed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from gan_demo.i18n.text import table
from tests.browser.explorer_page import changed_page
from tests.browser.explorer_page import own_page as own_page
from tests.browser.journey_page import explore, keyframes
from tests.browser.journey_page import page as page
from tests.browser.journey_page import runs as runs


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
