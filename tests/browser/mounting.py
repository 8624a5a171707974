"""The explorer on a page of its own, without Streamlit, as in the static site."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from gan_demo.runs import RunDir
from gan_demo.ui.explore_board import texts

HOME = "/api/ui/explorer/explorer.css"  # a page of the app's origin with nothing on it
DRAW = """async ([data, hash]) => {
  const { draw, clear } = await import('/api/ui/explorer/explorer.mjs');
  const old = document.getElementById('here');
  if (old) clear(old);
  document.body.innerHTML = "<div id='here' style='--st-primary-color:#c03a0a; --st-background-color:#fff'></div>";
  history.replaceState(null, '', location.pathname + hash);
  draw({ data, parentElement: document.getElementById('here'), setTriggerValue() {} });
}"""


@contextmanager
def bare_page(browser: Browser, url: str, **context: Any) -> Iterator[Page]:
    """A page of that origin. An uncaught error in it fails the test that uses it."""
    errors: list[str] = []
    made = browser.new_context(base_url=url, **({"viewport": {"width": 1200, "height": 1000}} | context))
    page = made.new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(HOME)
    yield page
    made.close()
    assert errors == [], "uncaught errors in the page"


def mount(page: Page, run: RunDir, classifier: str = "", fragment: str = "", discriminator: bool = True) -> None:
    """Open the explorer on the newest checkpoint where none was open before, and wait for its first picture."""
    here = f"/api/explore/{run.id}/{run.checkpoints[-1]}"
    urls = {"generator": f"{here}/generator.onnx"}
    urls |= {"discriminator": f"{here}/discriminator.onnx"} if discriminator else {}
    urls |= {"space": f"{here}/space.json", "runtime": "/api/runtime/"}
    urls |= {"classifier": f"/api/explore/classifiers/{classifier}.onnx"} if classifier else {}
    data = {
        "id": run.id, "stem": run.id, "urls": urls, "space": "", "generator": None, "tools": ["hold", "map", "arithmetic"],
        "texts": texts(), "language": "en", "query": {}, "site": True, "models": [],
    }  # fmt: skip
    page.evaluate(DRAW, [data, fragment])
    page.locator(".explorer[data-ready]").wait_for()


def module(page: Page, name: str, code: str, given: Any = None) -> Any:
    """The value of ``code``, in which ``m`` is a module of the explorer, ``s`` that of states, and ``given`` is given."""
    load = "const load = (name) => import(`/api/ui/explorer/${name}.mjs`);"
    return page.evaluate(
        f"async (given) => {{ {load} const m = await load('{name}'), s = await load('space'); {code} }}", given
    )
