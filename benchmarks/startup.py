"""Seconds from `streamlit run app.py` to a usable page, against `streamlit hello`.

    python -m benchmarks.startup [--rounds 5]

Both are measured in turn, each with a fresh server and an empty browser profile in a Chromium that is open already. The
clock runs from the launch of the command until the home page's main button, or hello's heading, is drawn and its script
is over.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks import browser, common

ENDED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
PATIENCE = 120_000  # ms for a page


def main() -> None:
    """Measure and print."""
    options = common.parser(__doc__, seconds=0, rounds=5).parse_args()
    print(f"from the command to a usable page\n{common.machine()}")
    times: dict[str, list[tuple[float, float]]] = {"app": [], "hello": []}
    with browser.chromium() as chromium, tempfile.TemporaryDirectory() as empty:
        for turn in range(options.rounds):
            times["hello"].append(_start(chromium, ["hello"], Path(empty), Path(empty), "h1"))
            times["app"].append(
                _start(chromium, ["run", "app.py"], common.ROOT, Path(empty) / "home", ".st-key-start button")
            )
            latest = ", ".join(f"{name} {pairs[-1][1]:.2f} s" for name, pairs in times.items())
            common.progress(f"round {turn + 1}: {latest}")
    rows = [
        [name, common.spread([server for server, _ in pairs]), common.spread([page for _, page in pairs])]
        for name, pairs in times.items()
    ]
    print(common.table(["command", "server answers, s: median (lowest to highest)", "page usable, s"], rows))
    pages = {name: [page for _, page in pairs] for name, pairs in times.items()}
    print(f"app / hello: {common.spread(common.ratios(pages['app'], pages['hello']))}")


def _start(chromium: Browser, command: list[str], cwd: Path, home: Path, selector: str) -> tuple[float, float]:
    """Return the seconds until the server answers, and until the page has drawn ``selector``."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    begin = time.perf_counter()
    with browser.served(command, cwd, home) as (url, process):
        browser.wait_until_healthy(url, process)
        answered = time.perf_counter() - begin
        page.goto(url, wait_until="commit")
        page.locator(selector).first.wait_for()
        page.locator(ENDED).wait_for()
        usable = time.perf_counter() - begin
        context.close()
    return answered, usable


if __name__ == "__main__":
    main()
