"""The explorer in Chromium: frames while dragging, slider to pixel, the first picture, the load of thirty explorers.

    python -m benchmarks.explorer [--seconds 4] [--rounds 3] [--explorers 30]

Dragging moves a slider 125 times a second, as most mice do, from end to end and back. Counted are the frames in which
the canvas was drawn anew, and the time from a move to the canvas that shows it ("slider to pixel", which the component
measures). The map is zoomed by the wheel at the same rate. The first picture is timed from the navigation to the
component's own mark, the whole page included: cold in a new browser profile, warm in one that has visited the page. The
fallback is a shipped model's plain page (?native=1), drawn by the server: from a key press to the new picture. Thirty
explorers are tabs that have loaded and are dragged; the CPU time is the server's alone. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from benchmarks import browser, common
from gan_demo.i18n.text import table

MODELS = ("digits", "faces", "tutorial")
PATIENCE = 90_000  # ms that a page may take
KEYS = 60  # key presses on the fallback's slider, half of them in each direction
# From inside the page: a mouse driven from outside it moves less often.
DRAG = """async (seconds) => {
  const roots = [...document.querySelectorAll("*")].map((element) => element.shadowRoot).filter(Boolean);
  const within = (what) => roots.map((root) => root.querySelector(what)).find(Boolean);
  const slider = within(".explorer .right input[type=range]"), canvas = within(".explorer canvas");
  let [frames, drawn, on, last] = [0, 0, true, canvas.dataset.drawn];
  performance.clearMeasures("explorer:draw");
  const frame = () => {
    frames++;
    if (canvas.dataset.drawn !== last) drawn++;
    last = canvas.dataset.drawn;
    if (on) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const begin = performance.now(), low = Number(slider.min), high = Number(slider.max);
  await new Promise((over) => {
    const mouse = setInterval(() => {
      const share = (performance.now() - begin) / 1000 / seconds;
      slider.value = low + (high - low) * Math.abs(1 - 2 * Math.min(1, share));
      slider.dispatchEvent(new InputEvent("input", { bubbles: true }));
      if (share < 1) return;
      clearInterval(mouse);
      slider.dispatchEvent(new Event("change", { bubbles: true }));
      over();
    }, 8);
  });
  on = false;
  const took = (performance.now() - begin) / 1000;
  const waits = performance.getEntriesByName("explorer:draw").map((entry) => entry.duration).sort((a, b) => a - b);
  const at = (share) => waits[Math.min(waits.length - 1, Math.floor(share * waits.length))];
  return { drawn: drawn / took, frames: frames / took, median: at(0.5), p95: at(0.95) };
}"""
# Zoom through the map by the wheel, in and half of the way out, over cells that were not drawn before; count its
# drawings, then time how long the last view takes to be complete.
ZOOM = """async (seconds) => {
  const roots = [...document.querySelectorAll("*")].map((element) => element.shadowRoot).filter(Boolean);
  const board = roots.map((root) => root.querySelector(".map-board")).find(Boolean);
  const canvas = board.querySelector("canvas");
  const pen = canvas.getContext("2d"), box = canvas.getBoundingClientRect(), clear = pen.clearRect;
  let [drawn, frames, on] = [0, 0, true];
  pen.clearRect = (...args) => { drawn++; clear.apply(pen, args); };
  const frame = () => { frames++; if (on) requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  const begin = performance.now();
  await new Promise((over) => {
    const mouse = setInterval(() => {
      const share = (performance.now() - begin) / 1000 / seconds;
      canvas.dispatchEvent(new WheelEvent("wheel", {
        deltaY: share < 0.6 ? -24 : 24, clientX: box.left + box.width * 0.4, clientY: box.top + box.height * 0.4,
        bubbles: true, composed: true, cancelable: true,
      }));
      if (share >= 1) { clearInterval(mouse); over(); }
    }, 8);
  });
  on = false;
  const took = performance.now() - begin;
  while (!board.dataset.complete) await new Promise((next) => setTimeout(next, 5));
  return { drawn: 1000 * drawn / took, frames: 1000 * frames / took, complete: performance.now() - begin - took };
}"""
SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
CHANGED = """(before) => {
  const image = document.querySelector(".st-key-explore_stage img");
  return image && image.getAttribute("src") !== before && image.complete;
}"""


def main() -> None:
    """Measure and print."""
    options = _options()
    print(common.machine())
    with tempfile.TemporaryDirectory() as folder, browser.chromium() as chromium:
        home = Path(folder) / "home"
        home.mkdir()
        with browser.served(["run", "app.py"], common.ROOT, home) as (url, process):
            browser.wait_until_healthy(url, process)
            _warm_up(chromium, url, process.pid)
            _first_pictures(chromium, url, options.rounds)
            _dragging(chromium, url, options)
            _map(chromium, url, options)
            _fallback(chromium, url)
            _many(chromium, url, process.pid, options)


def _options() -> argparse.Namespace:
    parser = common.parser(__doc__, seconds=4, rounds=3)
    parser.add_argument("--explorers", type=int, default=30, metavar="N", help="tabs at once (30)")
    return parser.parse_args()


def _page(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.locator(".explorer[data-ready]").wait_for()
    return page


def _context(chromium: Browser) -> BrowserContext:
    return chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")


# ---- the first picture


def _warm_up(chromium: Browser, url: str, server: int) -> None:
    """Open the server's first page, which loads torch in the background; return when the server is idle."""
    context = _context(chromium)
    context.new_page().goto(url)
    before, quiet = browser.cpu_seconds(server), 0
    while quiet < 3:
        time.sleep(1)
        used = browser.cpu_seconds(server)
        quiet = quiet + 1 if used - before < 0.1 else 0
        before = used
    context.close()


def _first_pictures(chromium: Browser, url: str, rounds: int) -> None:
    """Print the times of first pictures; the server has drawn a page before, but served no file of the explorer."""
    rows = []
    for name in MODELS:
        cold, warm, loaded, component = [], [], [], []
        for _ in range(rounds):
            context = _context(chromium)
            first = _timed(context, f"{url}/explore?run={name}")
            again = _timed(context, f"{url}/explore?run={name}")
            context.close()
            cold.append(first["first"])
            warm.append(again["first"])
            loaded.append(first["bytes"])
            component.append(first["explorer"])
        columns = [(cold, 1e3), (warm, 1e3), (loaded, 1e6), (component, 1e6)]
        rows.append([name, *(f"{statistics.median(values) / unit:.2f}" for values, unit in columns)])
    print(common.table(["model", "first picture cold, s", "warm, s", "bytes cold, MB", "of these explorer, MB"], rows))


def _timed(context: BrowserContext, address: str) -> dict[str, float]:
    """Return the milliseconds from the navigation to the first picture, and bytes: all, and the explorer's."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    sizes: dict[str, float] = {}
    names: dict[str, str] = {}
    devtools.on("Network.responseReceived", lambda event: names.update({event["requestId"]: event["response"]["url"]}))
    devtools.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    # a worker fetches the runtime by itself; the page's own session gets no events of that
    runtime: list[float] = []
    context.on("response", lambda answer: runtime.append(_length(answer)) if "/api/runtime/" in answer.url else None)
    page.goto(address)
    page.locator(".explorer[data-ready]").wait_for()
    first = page.evaluate("performance.getEntriesByName('explorer:first-picture')[0].startTime")
    parts = ("/api/explore/", "/api/ui/explorer/", "/api/runtime/")
    ours = sum(size for request, size in sizes.items() if any(part in names.get(request, "") for part in parts))
    is_counted = any("/api/runtime/" in name and name.endswith(".wasm") for name in names.values())
    more = 0.0 if is_counted else sum(runtime)
    page.close()
    return {"first": first, "bytes": sum(sizes.values()) + more, "explorer": ours + more}


def _length(answer: Any) -> float:
    """Return the bytes of an answer by its header; 0 from a service worker."""
    return float(answer.headers.get("content-length", 0)) if not answer.from_service_worker else 0.0


# ---- dragging


def _dragging(chromium: Browser, url: str, options: argparse.Namespace) -> None:
    rows = []
    for name in MODELS:
        context = _context(chromium)
        page = _page(context, f"{url}/explore?run={name}")
        for count in (1, 16):
            if count == 16:
                page.get_by_role("button", name=table("en")["explorer.act.many"]).click()
            medians = _medians([page.evaluate(DRAG, options.seconds) for _ in range(options.rounds)])
            rows.append(
                [
                    name,
                    "4×4" if count == 16 else "1",
                    f"{medians['drawn']:.1f}",
                    f"{medians['frames']:.1f}",
                    f"{medians['median']:.1f}",
                    f"{medians['p95']:.1f}",
                ]
            )
        context.close()
    head = ["model", "pictures", "drawn /s", "frames made /s", "slider to pixel, ms", "p95, ms"]
    print(common.table(head, rows))


def _map(chromium: Browser, url: str, options: argparse.Namespace) -> None:
    rows = []
    for name in MODELS:
        results = []
        for _ in range(options.rounds):  # in a new profile each: a map keeps its cells
            context = _context(chromium)
            page = _page(context, f"{url}/explore?run={name}#tool=map")
            page.locator(".map-board[data-complete='1']").wait_for()
            results.append(page.evaluate(ZOOM, options.seconds))
            context.close()
        medians = _medians(results)
        rows.append([name, f"{medians['drawn']:.1f}", f"{medians['frames']:.1f}", f"{medians['complete']:.0f}"])
    print(common.table(["model, map", "drawn /s while zooming", "frames made /s", "then complete after, ms"], rows))


def _medians(results: list[dict[str, float]]) -> dict[str, float]:
    """Return the median of each field over the rounds."""
    return {key: statistics.median(result[key] for result in results) for key in results[0]}


def _fallback(chromium: Browser, url: str) -> None:
    """Print the time from a key press on the plain page's slider to the new picture."""
    rows = []
    for name in MODELS:
        context = _context(chromium)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{url}/explore?run={name}&native=1")
        picture = page.locator(".st-key-explore_stage img")
        picture.wait_for()
        page.locator(".st-key-explore-direction-0").get_by_role("slider").focus()
        waits = [_press(page, "ArrowRight" if k < KEYS // 2 else "ArrowLeft") for k in range(KEYS)]
        context.close()
        waits.sort()
        rows.append([name, f"{statistics.median(waits):.0f}", f"{waits[int(0.95 * len(waits))]:.0f}"])
    print(common.table(["model, fallback", "key to picture, ms", "p95, ms"], rows))


def _press(page: Page, key: str) -> float:
    """Press a key; return the milliseconds to the new picture."""
    before = page.locator(".st-key-explore_stage img").get_attribute("src")
    begin = time.perf_counter()
    page.keyboard.press(key)
    page.wait_for_function(CHANGED, arg=before)
    took = time.perf_counter() - begin
    page.locator(SETTLED).wait_for()  # the sliders are drawn after the picture
    return 1000 * took


# ---- many at once


def _many(chromium: Browser, url: str, server: int, options: argparse.Namespace) -> None:
    """Print the server's CPU time for many explorers, which are dragged in turn; Chromium's is not counted."""
    before = browser.cpu_seconds(server)
    context = _context(chromium)
    pages = [_page(context, f"{url}/explore?run=digits") for _ in range(options.explorers)]
    loaded = browser.cpu_seconds(server)
    begin = time.monotonic()
    for page in pages:
        page.evaluate(DRAG, 1)
    took = time.monotonic() - begin
    after = browser.cpu_seconds(server)
    context.close()
    print(
        common.table(
            [f"{options.explorers} explorers", "server CPU, s", "core"],
            [
                ["loading, each", f"{(loaded - before) / options.explorers:.3f}", ""],
                [f"dragging for {took:.0f} s", f"{after - loaded:.2f}", f"{(after - loaded) / took:.3f}"],
            ],
        )
    )


if __name__ == "__main__":
    main()
