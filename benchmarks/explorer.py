"""The explorer in Chromium: frames while dragging, slider to pixel, the first picture, what thirty of them cost.

    python -m benchmarks.explorer [--seconds 4] [--rounds 3] [--explorers 30]

Dragging moves a slider 125 times a second, as most mice do, from end to end and back. Counted are the frames in which
the canvas was drawn anew, and the time from a move to the canvas with it ("slider to pixel", which the component
measures). The map is zoomed by the wheel in the same rhythm. The first picture is timed from the navigation to the
component's own mark, the whole page included: cold in a new browser profile, warm in one that has been here. A shipped
model's plain page (?native=1), drawn by the server, is the fallback: from a key press to its new picture. Thirty
explorers are tabs that have loaded and are being dragged; the CPU time is the server's alone. Nothing here passes or
fails.
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
PATIENCE = 90_000  # ms for a page
KEYS = 60  # presses of the fallback, half of them one way
# From inside the page: a mouse driven from outside moves as often as two programs can agree on.
DRAG = """async (seconds) => {
  const roots = [...document.querySelectorAll("*")].map((one) => one.shadowRoot).filter(Boolean);
  const within = (what) => roots.map((one) => one.querySelector(what)).find(Boolean);
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
  const waits = performance.getEntriesByName("explorer:draw").map((one) => one.duration).sort((a, b) => a - b);
  const at = (share) => waits[Math.min(waits.length - 1, Math.floor(share * waits.length))];
  return { drawn: drawn / took, frames: frames / took, median: at(0.5), p95: at(0.95) };
}"""
# Through the map by the wheel, in and half of the way out, each picture of it counted; then how long the last view is
# not whole yet. Nobody has made its cells before.
ZOOM = """async (seconds) => {
  const roots = [...document.querySelectorAll("*")].map((one) => one.shadowRoot).filter(Boolean);
  const board = roots.map((one) => one.querySelector(".map-board")).find(Boolean);
  const canvas = board.querySelector("canvas");
  const pen = canvas.getContext("2d"), box = canvas.getBoundingClientRect(), clear = pen.clearRect;
  let [drawn, frames, on] = [0, 0, true];
  pen.clearRect = (...all) => { drawn++; clear.apply(pen, all); };
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
  return { drawn: 1000 * drawn / took, frames: 1000 * frames / took, whole: performance.now() - begin - took };
}"""
SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
CHANGED = """(before) => {
  const now = document.querySelector(".st-key-explore_stage img");
  return now && now.getAttribute("src") !== before && now.complete;
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
            _warmed(chromium, url, process.pid)
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


def _warmed(chromium: Browser, url: str, server: int) -> None:
    """The server's first page, and the loading of torch that it begins: over when a second costs next to nothing."""
    context = _context(chromium)
    context.new_page().goto(url)
    before, quiet = browser.cpu_seconds(server), 0
    while quiet < 3:
        time.sleep(1)
        now = browser.cpu_seconds(server)
        quiet = quiet + 1 if now - before < 0.1 else 0
        before = now
    context.close()


def _first_pictures(chromium: Browser, url: str, rounds: int) -> None:
    """The server has drawn a page before; nobody has asked for the explorer's files."""
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
        found = [(cold, 1e3), (warm, 1e3), (loaded, 1e6), (component, 1e6)]
        rows.append([name, *(f"{statistics.median(some) / unit:.2f}" for some, unit in found)])
    print(common.table(["model", "first picture cold, s", "warm, s", "bytes cold, MB", "of these explorer, MB"], rows))


def _timed(context: BrowserContext, address: str) -> dict[str, float]:
    """Milliseconds from the navigation to the first picture, and bytes that came over the network."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    sizes: dict[str, float] = {}
    names: dict[str, str] = {}
    devtools.on("Network.responseReceived", lambda told: names.update({told["requestId"]: told["response"]["url"]}))
    devtools.on("Network.loadingFinished", lambda told: sizes.update({told["requestId"]: told["encodedDataLength"]}))
    # a worker fetches the runtime by itself, which the page's own session does not hear of
    runtime: list[float] = []
    context.on("response", lambda answer: runtime.append(_length(answer)) if "/api/runtime/" in answer.url else None)
    page.goto(address)
    page.locator(".explorer[data-ready]").wait_for()
    first = page.evaluate("performance.getEntriesByName('explorer:first-picture')[0].startTime")
    parts = ("/api/explore/", "/api/ui/explorer/", "/api/runtime/")
    ours = sum(size for one, size in sizes.items() if any(part in names.get(one, "") for part in parts))
    heard = any("/api/runtime/" in name and name.endswith(".wasm") for name in names.values())
    more = 0.0 if heard else sum(runtime)
    page.close()
    return {"first": first, "bytes": sum(sizes.values()) + more, "explorer": ours + more}


def _length(answer: Any) -> float:
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
            found = [page.evaluate(DRAG, options.seconds) for _ in range(options.rounds)]
            middle = {key: statistics.median(one[key] for one in found) for key in found[0]}
            rows.append([name, "4×4" if count == 16 else "1", f"{middle['drawn']:.1f}", f"{middle['frames']:.1f}",
                         f"{middle['median']:.1f}", f"{middle['p95']:.1f}"])  # fmt: skip
        context.close()
    head = ["model", "pictures", "drawn /s", "frames made /s", "slider to pixel, ms", "p95, ms"]
    print(common.table(head, rows))


def _map(chromium: Browser, url: str, options: argparse.Namespace) -> None:
    rows = []
    for name in MODELS:
        found = []
        for _ in range(options.rounds):  # anew: a map remembers its cells
            context = _context(chromium)
            page = _page(context, f"{url}/explore?run={name}#tool=map")
            page.locator(".map-board[data-complete='1']").wait_for()
            found.append(page.evaluate(ZOOM, options.seconds))
            context.close()
        middle = {key: statistics.median(one[key] for one in found) for key in found[0]}
        rows.append([name, f"{middle['drawn']:.1f}", f"{middle['frames']:.1f}", f"{middle['whole']:.0f}"])
    print(common.table(["model, map", "drawn /s while zooming", "frames made /s", "then whole after, ms"], rows))


def _fallback(chromium: Browser, url: str) -> None:
    """From a key press on the server's slider to the picture it leads to."""
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
    before = page.locator(".st-key-explore_stage img").get_attribute("src")
    begin = time.perf_counter()
    page.keyboard.press(key)
    page.wait_for_function(CHANGED, arg=before)
    took = time.perf_counter() - begin
    page.locator(SETTLED).wait_for()  # the sliders come after the picture
    return 1000 * took


# ---- many at once


def _many(chromium: Browser, url: str, server: int, options: argparse.Namespace) -> None:
    """Their own work is Chromium's, so only the server's time is told; all are dragged in turn."""
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
    print(common.table(
        [f"{options.explorers} explorers", "server CPU, s", "core"],
        [["loading, each", f"{(loaded - before) / options.explorers:.3f}", ""],
         [f"dragging for {took:.0f} s", f"{after - loaded:.2f}", f"{(after - loaded) / took:.3f}"]],
    ))  # fmt: skip


if __name__ == "__main__":
    main()
