"""Frames a second while one drags through a whole training on the app's own page.

A run of 300 pictures (64 pixel faces each) is opened in Chromium, and the scrubber is dragged from end to end and back.
The first pass finds nothing loaded, the later ones what came ahead. Counted are the frames in which another picture of
the run stood than in the one before, all frames that the page made, those that the compositor presented (from a trace),
and how many of the history's pictures were seen.
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks import browser, common
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir

PICTURES = 300
PATIENCE = 60_000  # ms for a page
# From inside the page: a mouse driven from outside moves as often as two programs can agree on, some 25 times a second.
DRAG = """async (seconds) => {
  const roots = [...document.querySelectorAll("*")].map((one) => one.shadowRoot).filter(Boolean);
  const within = (what) => roots.map((one) => one.querySelector(what)).find(Boolean);
  const [slider, now] = [within(".film input[type=range]"), within(".film .now")];
  const steps = new Set();
  let [frames, drawn, longest, on] = [0, 0, 0, true];
  let [last, before] = [now.firstElementChild.dataset.step, performance.now()];
  const frame = (time) => {
    const step = now.firstElementChild.dataset.step;
    frames++;
    if (step !== last) { drawn++; steps.add(step); }
    longest = Math.max(longest, time - before);
    [last, before] = [step, time];
    if (on) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const begin = performance.now();
  slider.dispatchEvent(new PointerEvent("pointerenter"));
  await new Promise((over) => {
    const mouse = setInterval(() => {
      const share = (performance.now() - begin) / 1000 / seconds;
      slider.value = Math.round(slider.max * Math.abs(1 - 2 * Math.min(1, share)));
      slider.dispatchEvent(new InputEvent("input"));
      if (share < 1) return;
      clearInterval(mouse);
      over();
    }, 8);
  });
  on = false;
  const took = (performance.now() - begin) / 1000;
  return { drawn: drawn / took, frames: frames / took, steps: steps.size, longest, took };
}"""


def main() -> None:
    """Measure and print."""
    options = common.parser(__doc__, seconds=4, rounds=4).parse_args()
    print(f"dragging through {PICTURES} pictures\n{common.machine()}")
    with browser.chromium() as chromium, tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        run = _long_run(home)
        with browser.served(["run", "app.py"], common.ROOT, home) as (url, process):
            browser.wait_until_healthy(url, process)
            page = _opened(chromium, f"{url}/train?run={run.id}")
            rows = [_drag(chromium, page, options.seconds) for _ in range(options.rounds)]
    head = [
        "pass",
        "pictures drawn /s",
        "frames made /s",
        "frames presented /s",
        "different pictures",
        "longest frame, ms",
    ]
    table = [["first" if k == 0 else f"{k + 1}", *row] for k, row in enumerate(rows)]
    print(common.table(head, table))


def _long_run(home: Path) -> RunDir:
    """The shipped faces' pictures over and over, under steps of their own."""
    faces = next(run for run in library.pretrained() if run.id == "faces")
    made = RunDir.create(home / "long", faces.config, "faces")
    kept = [faces.grid_png(step) for step in faces.grids]
    for k in range(PICTURES):
        made.add_grid(10 * k, kept[k % len(kept)])
    made.append({"step": 1, "d_loss": 1.0, "g_loss": 1.0})
    made.set_info(dataclasses.replace(made.info, status="done", step=10 * PICTURES))
    return made


def _opened(chromium: Browser, address: str) -> Page:
    page = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US").new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.locator(".film .now img").wait_for()
    return page


def _drag(chromium: Browser, page: Page, seconds: float) -> list[str]:
    """There and back in so many seconds, with 125 moves a second as most mice have."""
    chromium.start_tracing(page=page, categories=["devtools.timeline", "disabled-by-default-devtools.timeline.frame"])
    seen = page.evaluate(DRAG, seconds)
    events = json.loads(chromium.stop_tracing())["traceEvents"]
    presented = sum(event["name"] == "DrawFrame" for event in events) / seen["took"]
    rates = [f"{rate:.1f}" for rate in (seen["drawn"], seen["frames"], presented)]
    return [*rates, str(seen["steps"]), f"{seen['longest']:.0f}"]


if __name__ == "__main__":
    main()
