"""Frames a second while a whole training is scrubbed through on its page.

    python -m benchmarks.scrubbing [--seconds 4] [--rounds 4]

A run of 300 pictures (64 pixel faces each) is opened in Chromium, and the scrubber is dragged from end to end and back.
In the first pass no picture is loaded, in the later ones all are. Counted are the frames that show another picture than
the frame before, all frames that the page made, those that the compositor presented (from a trace), and the different
pictures shown.
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
# From inside the page: a mouse driven from outside it moves some 25 times a second only.
DRAG = """async (seconds) => {
  const roots = [...document.querySelectorAll("*")].map((element) => element.shadowRoot).filter(Boolean);
  const within = (what) => roots.map((root) => root.querySelector(what)).find(Boolean);
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
    print(f"scrubbing through {PICTURES} pictures\n{common.machine()}")
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
    """Make a finished run from the shipped faces' pictures, repeated."""
    faces = library.find("faces")
    run = RunDir.create(home / "long", faces.config, "faces")
    pictures = [faces.grid_png(step) for step in faces.grids]
    for k in range(PICTURES):
        run.add_grid(10 * k, pictures[k % len(pictures)])
    run.append({"step": 1, "d_loss": 1.0, "g_loss": 1.0})
    run.set_info(dataclasses.replace(run.info, status="done", step=10 * PICTURES))
    return run


def _opened(chromium: Browser, address: str) -> Page:
    page = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US").new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.locator(".film .now img").wait_for()
    return page


def _drag(chromium: Browser, page: Page, seconds: float) -> list[str]:
    """Drag to the beginning and back in ``seconds``, 125 moves a second as most mice make; return a row."""
    chromium.start_tracing(page=page, categories=["devtools.timeline", "disabled-by-default-devtools.timeline.frame"])
    result = page.evaluate(DRAG, seconds)
    events = json.loads(chromium.stop_tracing())["traceEvents"]
    presented = sum(event["name"] == "DrawFrame" for event in events) / result["took"]
    rates = [f"{rate:.1f}" for rate in (result["drawn"], result["frames"], presented)]
    return [*rates, str(result["steps"]), f"{result['longest']:.0f}"]


if __name__ == "__main__":
    main()
