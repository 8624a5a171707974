"""An otherwise empty page with charts of rows that a test makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser.servers import ROOT, AppServer

CSS = "".join(
    (ROOT / f"gan_demo/frontend/{name}.css").read_text("utf-8") for name in ("vendor/uplot/uplot", "curves/curves")
)
COLOURS = (
    "--st-text-color:#211d1a;--st-background-color:#fbf9f5;--st-border-color:#ddd5c8;--st-primary-color:#c03a0a;"
    "--st-secondary-background-color:#f2eee6;--st-chart-categorical-colors:#c43d0c,#1368b3,#124a2a,#b8850a;--st-font:sans-serif"
)
TEXTS = {
    "empty": "nothing yet",
    "smooth": "Smoothing",
    "scale": "Scale",
    "reset": "Show all",
    "step": "step {step}",
    "chart": "{title}, a chart",
    "help": "help",
}
PANELS = [
    {
        "id": "losses",
        "kind": "lines",
        "title": "Losses",
        "series": [
            {"name": "Generator", "tag": "G", "color": 0, "column": "g_loss"},
            {"name": "Discriminator", "tag": "D", "color": 1, "column": "d_loss"},
        ],
    },
    {
        "id": "quality",
        "kind": "lines",
        "title": "FCD",
        "log": True,
        "optional": True,
        "series": [{"name": "FCD", "tag": "", "color": 2, "column": "fcd"}],
    },
    {"id": "classes", "kind": "bars", "title": "Classes", "column": "histogram", "names": ["cat", "dog"]},
]
NOTHING = "/api/ui/vendor/uplot/VENDORED.json"  # a page of the origin
Draw = Callable[..., None]


def columns(rows: int = 200) -> dict[str, list[Any]]:
    """Rows in which g_loss is the step and d_loss half of it, so that a legend tells the position of the mouse."""
    return {
        "step": list(range(rows)),
        "g_loss": [float(k) for k in range(rows)],
        "d_loss": [k / 2 for k in range(rows)],
        "fcd": [1000 / (k + 1) if k % 10 == 0 else None for k in range(rows)],
        "histogram": [[3.0, 1.0] if k == 50 else None for k in range(rows)],
    }


@pytest.fixture(scope="module")
def own_page(app_server: AppServer, chromium: Browser) -> Iterator[Page]:
    """One page of the app's origin for all tests of this file."""
    errors: list[str] = []
    context = chromium.new_context(base_url=app_server.url, viewport={"width": 900, "height": 900}, has_touch=True)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(NOTHING)
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def page(own_page: Page) -> Page:
    """Empty that page but for an element for charts; set the toolbar back."""
    own_page.mouse.move(0, 0)
    empty(own_page)
    own_page.evaluate("async () => (await load('view_settings')).changeSettings({ smooth: 0, scale: 'fit' })")
    return own_page


def empty(page: Page) -> None:
    page.evaluate("window.curves?.clear(document.getElementById('here'))")
    page.set_content(f"<style>{CSS}</style><body style='{COLOURS}'><div id='here'></div>")
    page.evaluate("""async () => {
      window.load = (name) => import(new URL(`/api/ui/curves/${name}.mjs`, location.origin).href);
      window.curves = await load('curves'); window.said = [];
    }""")


@pytest.fixture
def draw(page: Page) -> Draw:
    """Draw data as a board does; callbacks are recorded in ``said``."""

    def drawn(**data: Any) -> None:
        page.evaluate(
            """(data) => curves.draw({ parentElement: document.getElementById('here'), data: {
              ...data, onSeek: (step) => said.push(['seek', step]),
              onMarks: (numbers) => said.push(['marks', numbers]), onZoom: (...all) => said.push(['zoom', ...all]) } })""",
            {"panels": PANELS, "columns": columns(), "language": "en", "texts": TEXTS} | data,
        )

    return drawn


def panel(page: Page, name: str = "losses") -> Locator:
    return page.locator(f'section[data-panel="{name}"]')


def plot(page: Page, name: str = "losses") -> Locator:
    return panel(page, name).locator(".u-over")


def legend(page: Page, name: str = "losses") -> list[float]:
    return [float(text.replace("−", "-")) for text in panel(page, name).locator(".legend b").all_inner_texts()]


def point_at(page: Page, share: float, name: str = "losses") -> tuple[float, float]:
    box = plot(page, name).bounding_box()
    assert box
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


def messages(page: Page) -> list[list[Any]]:
    messages: list[list[Any]] = page.evaluate("said")
    return messages


def line_offset(locator: Locator) -> float:
    """Return the distance in pixels of a line from the left of the chart."""
    return float(locator.evaluate("e => new DOMMatrix(getComputedStyle(e).transform).e"))


def pixels(page: Page, name: str = "losses") -> str:
    address: str = panel(page, name).locator("canvas").evaluate("c => c.toDataURL()")
    return address
