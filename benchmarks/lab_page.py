"""The lab's own page in Chromium: with all layers drawn, how fast it trains, draws and answers; thirty at one server.

Part of ``python -m benchmarks.lab``. A page counts its animation frames (at most 60 a second here) while it trains. An
answer is the time from a click to the change on the screen: a layer that the engine has to compute, while the training
is paused, and a setting while it trains, whose first frame counts.
"""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Browser, Page

from benchmarks import browser, common
from gan_demo.export import static_site
from gan_demo.runs import library

LAYERS = "surface,density,warp,real,fake,trails,arrows"
SETTLE = 2.0  # seconds of training before it is measured
PLAYED = """async (lab, seconds) => {
  const line = lab.querySelector(".iteration");
  const iteration = () => Number(line.textContent.replace(/\\D/g, ""));
  let [frames, shown, on] = [0, 0, true];
  const observer = new MutationObserver(() => shown++);
  observer.observe(line, { childList: true, characterData: true, subtree: true });
  const frame = () => { frames++; if (on) requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  const [first, begin] = [iteration(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  const took = (performance.now() - begin) / 1000;
  on = false;
  observer.disconnect();
  return { rate: (iteration() - first) / took, frames: frames / took, shown: shown / took };
}"""
LAYER = """async (lab, count) => {
  const button = lab.querySelector('[data-layer="surface"]');
  const canvas = lab.querySelector(".stage > canvas");
  const pixel = () => canvas.getContext("2d").getImageData(8, 8, 1, 1).data.join();
  const times = [];
  for (let k = 0; k < count; k++) {
    const [before, begin] = [pixel(), performance.now()];
    button.click();
    while (pixel() === before && performance.now() - begin < 5000) await new Promise(requestAnimationFrame);
    times.push(performance.now() - begin);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return times;
}"""
SETTING = """async (lab, count) => {
  const slider = lab.querySelector('[data-setting="dLr"] input');
  const line = lab.querySelector(".iteration");
  const times = [];
  for (let k = 0; k < count; k++) {
    const begin = performance.now();
    slider.value = String(Number(slider.value) + (k % 2 ? 1 : -1));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    slider.dispatchEvent(new Event("change", { bubbles: true }));
    await new Promise((done) => {
      const observer = new MutationObserver(() => { observer.disconnect(); requestAnimationFrame(done); });
      observer.observe(line, { childList: true, characterData: true, subtree: true });
    });
    times.push(performance.now() - begin);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return times;
}"""


def measure(chromium: Browser, url: str, server: int, seconds: float, rounds: int, labs: int) -> None:
    """Measure the page and print; ``labs`` 0 leaves out those that one server has at once."""
    page = _opened(chromium, f"{url}/lab#show={LAYERS}")
    lab = page.locator(".lab")
    layer = lab.evaluate(LAYER, 20)
    _press_play(page)
    results: list[dict[str, float]] = [lab.evaluate(PLAYED, seconds) for _ in range(rounds)]
    setting = lab.evaluate(SETTING, 20)
    page.close()
    names = ("rate", "frames", "shown")
    print(
        common.table(
            ["the page, all layers", "iterations/s", "page's frames/s", "shown/s"],
            [["2 × 32", *(common.spread([result[name] for result in results], 0) for name in names)]],
        )
    )
    answers = [[name, f"{_p95(times):.0f}"] for name, times in (("a layer", layer), ("a setting", setting))]
    print(common.table(["answer on the screen", "p95, ms"], answers))
    if labs:
        _at_once(chromium, url, server, seconds, labs)
    print(_site_size())


def _opened(chromium: Browser, address: str) -> Page:
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.goto(address)
    page.locator(".lab .numbers dd").first.wait_for(timeout=120_000)
    return page


def _press_play(page: Page) -> None:
    page.locator(".lab .play").click()
    page.wait_for_timeout(1000 * SETTLE)


def _at_once(chromium: Browser, url: str, server: int, seconds: float, labs: int) -> None:
    """Open many labs, let all of them train, and print the CPU time of the server."""
    before = browser.cpu_seconds(server)
    pages = [_opened(chromium, f"{url}/lab") for _ in range(labs)]
    opening = browser.cpu_seconds(server) - before
    for page in pages:
        page.locator(".lab .play").click()
    before, begin = browser.cpu_seconds(server), time.perf_counter()
    pages[-1].wait_for_timeout(1000 * seconds)
    training = (browser.cpu_seconds(server) - before) / (time.perf_counter() - begin)
    for page in pages:
        page.close()
    head = ["labs at once", "server's CPU to open one, s", "server's CPU while all train, of a core"]
    print(common.table(head, [[str(labs), f"{opening / labs:.2f}", f"{100 * training:.1f} %"]]))


def _site_size() -> str:
    """Return in words how large a static page with the lab is, and the lab's own part of it."""
    files: dict[str, Any] = static_site.files(library.find("digits"))
    lab = sum(len(content) for path, content in files.items() if "/lab/" in path or "/trainer/" in path)
    return (
        f"static page of the digits: {sum(map(len, files.values())) / 1e6:.1f} MB, of which the lab {lab / 1e6:.1f} MB"
    )


def _p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]
