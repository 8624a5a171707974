"""When a real page gets the events of a run, and when it has drawn their rows and pictures."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

# Notes in the page; what was drawn is on screen in the frame after the next.
SCRIPT = """
(() => {
  const probe = window.__probe = { rows: [], pictures: [] };
  const wall = () => performance.timeOrigin + performance.now();
  const drawn = (then) => requestAnimationFrame(() => requestAnimationFrame(() => then(wall())));
  const Source = window.EventSource;
  window.EventSource = class extends Source {
    constructor(...args) {
      super(...args);
      this.addEventListener("update", (event) => {
        const arrived = wall(), update = JSON.parse(event.data), seconds = update.rows.seconds?.at(-1);
        if (seconds !== undefined && !update.reset) drawn((at) => probe.rows.push([seconds, arrived, at]));
      });
    }
  };
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    let last;
    new MutationObserver(() => {
      const step = root.querySelector(".film [data-step]")?.dataset.step;
      if (step === undefined || step === last) return;
      last = step;
      drawn((at) => probe.pictures.push([Number(step), at]));
    }).observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-step"] });
    return root;
  };
})();
"""


def take(page: Page) -> dict[str, Any]:
    """Return the rows and pictures that SCRIPT noted since the last call."""
    probe: dict[str, Any] = page.evaluate(
        "() => { const s = window.__probe, f = { ...s }; s.rows = []; s.pictures = []; return f; }"
    )
    return probe
