"""Seconds from opening the Train page to the first recognisable digit on it, and until the card's training is done.

    python -m benchmarks.first_digit [--rounds 3]

Each round starts a server and opens the Train page twice, each time in a new browser profile: cold, as soon as the
server answers, and warm, when that training is done. The clock starts with the navigation. As soon as the card of
`digits` is there, its button is pressed. The page is asked every 50 ms which step's picture it shows. Afterwards the
shipped classifier reads all of these pictures: a digit is recognised if it is read as its label with a probability
above 0.9, and a picture is recognisable if nine of the ten classes have such a digit. Nothing here passes or fails.
"""

from __future__ import annotations

import io
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from playwright.sync_api import Browser, Page

from benchmarks import browser, common
from gan_demo.gan.classifier import Classifier, load_classifier
from gan_demo.pictures import sheet_layout
from gan_demo.runs.run_dir import RunDir

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 180_000  # ms that the training may take
ASK_EVERY = 50  # ms
SURE = 0.9
STEP_ON_SHOW = """() => {
  for (const element of document.querySelectorAll("*")) {
    const image = element.shadowRoot?.querySelector(".film .stage img");
    if (image?.complete && image.dataset.step) return Number(image.dataset.step);
  }
  return -1;
}"""


def main() -> None:
    """Measure and print."""
    options = common.parser(__doc__, seconds=0, rounds=3).parse_args()
    print(f"first digit, {options.rounds} rounds\n{common.machine()}", flush=True)
    cold, warm = [], []
    with browser.chromium() as chromium:
        for turn in range(options.rounds):
            common.progress(f"round {turn + 1}")
            with (
                tempfile.TemporaryDirectory() as folder,
                browser.served(["run", "app.py"], ROOT, Path(folder)) as (url, server),
            ):
                browser.wait_until_healthy(url, server)
                cold.append(measure(chromium, url, Path(folder)))
                warm.append(measure(chromium, url, Path(folder)))
    columns = [figure for rows in (cold, warm) for figure in (_medians(rows), _worst(rows))]
    names = ("card pressed", "first picture", "first digit", "nine classes", "half of all", "done")
    table = [[name, *(f"{value:.1f}" for value in row)] for name, *row in zip(names, *columns, strict=True)]
    header = ["seconds from opening the page", "cold: median", "worst", "warm: median", "worst"]
    print(common.table(header, table))


def _medians(rows: list[list[float]]) -> list[float]:
    return [statistics.median(values) for values in zip(*rows, strict=True)]


def _worst(rows: list[list[float]]) -> list[float]:
    return [max(values) for values in zip(*rows, strict=True)]


def measure(chromium: Browser, url: str, folder: Path) -> list[float]:
    """Return the seconds of one training, in the order of the table."""
    before = set(folder.glob("*/run.json"))
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    begin = time.perf_counter()
    page.goto(f"{url}/train")
    page.locator(".st-key-start-digits button:visible").first.click()
    pressed = time.perf_counter() - begin
    shown, done = watch(page, begin)
    (path,) = (file.parent for file in set(folder.glob("*/run.json")) - before)
    shares, classes = read(RunDir(path), sorted(shown))
    context.close()
    missing = float("nan")
    first = next((shown[step] for step in sorted(shown) if shares[step] > 0), missing)
    nine = next((shown[step] for step in sorted(shown) if classes[step] >= 9), missing)
    half = next((shown[step] for step in sorted(shown) if shares[step] >= 0.5), missing)
    return [pressed, min(shown.values()), first, nine, half, done]


def watch(page: Page, begin: float) -> tuple[dict[int, float], float]:
    """Return when the page first showed each step's picture, and when it said that the training is done."""
    shown: dict[int, float] = {}
    finished = page.locator(".st-key-next")
    while not finished.is_visible():
        step = page.evaluate(STEP_ON_SHOW)
        if step >= 0:
            shown.setdefault(int(step), time.perf_counter() - begin)
        if time.perf_counter() - begin > PATIENCE / 1000:
            raise SystemExit("the training took too long")
        page.wait_for_timeout(ASK_EVERY)
    return shown, time.perf_counter() - begin


def read(run: RunDir, steps: list[int]) -> tuple[dict[int, float], dict[int, int]]:
    """Return the share of recognised digits in each step's picture, and the number of classes that have one."""
    classifier, sheet = load_classifier((1, 28, 28)), sheet_layout.layout(run.config.model)
    assert isinstance(classifier, Classifier)
    assert sheet is not None
    shares, classes = {}, {}
    for step in steps:
        with Image.open(io.BytesIO(run.grid_png(step))) as picture:
            pixels = picture.convert("L")
            samples = np.stack([np.asarray(pixels.crop(sheet.box(k))) for k in range(sheet.count)])  # (S, H, W)
        reading = classifier.read(torch.from_numpy(samples)[:, None].float() / 127.5 - 1)
        labels = torch.arange(sheet.count) % sheet.columns  # a column is a class
        known = (reading.values[:, 0] == labels) & (reading.confidence[:, 0] > SURE)
        shares[step] = float(known.float().mean())
        classes[step] = len(set(labels[known].tolist()))
    return shares, classes


if __name__ == "__main__":
    main()
