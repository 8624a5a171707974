"""Links into the explorer that version 0.1.0 wrote lead to the same places; see tests/fixtures/README.md."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, expect

from gan_demo.runs.run_dir import RunDir
from tests.browser.explorer_page import empty_page, explore
from tests.browser.hosts import Host
from tests.browser.servers import ROOT

V01 = ROOT / "tests" / "fixtures" / "v0_1"
RUNS = [run.name for run in sorted((V01 / "home").glob("[!.]*"))]
TOOLS = ("journey", "map", "arithmetic", "time", "quiz")
ALSO = ("discriminator", "classifier", "real")  # networks and pictures that these need
PLACES: list[dict[str, Any]] = json.loads((V01 / "links.json").read_text("utf-8"))["places"]


@pytest.fixture(scope="module", autouse=True)
def _frozen(app_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Copy the old runs into the app's home for the time of these tests."""
    for run in RUNS:
        shutil.copytree(V01 / "home" / run, app_home / run)
    yield
    folder = tmp_path_factory.mktemp("visited")
    for run in RUNS:  # at once, as the trash does it: files of the explorer may be on their way
        (app_home / run).rename(folder / run)


def pressed(page: Page, name: str) -> None:
    expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")


def chosen(page: Page, name: str, value: str) -> None:
    expect(page.get_by_role("combobox", name=name, exact=True)).to_have_value(value)


def sliders(page: Page) -> None:
    expect(page.get_by_role("combobox", name="across")).to_have_value("change-2")
    expect(page.get_by_role("slider", name="4 against 9")).to_have_attribute("aria-valuetext", "4 45 %, 9 55 %")
    expect(page.get_by_role("button", name="15 neighbours")).to_have_attribute("aria-pressed", "true")


def journey(page: Page) -> None:
    expect(page.get_by_role("button", name="Keyframe 4 of 4", exact=True)).to_be_visible()
    pressed(page, "Straight")
    expect(page.get_by_role("button", name="Loop", exact=True)).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("slider", name="Time from keyframe to keyframe")).to_have_value("3")


def the_map(page: Page) -> None:
    chosen(page, "Across", "change-2")
    chosen(page, "Up", "change-1")
    chosen(page, "Colour by", "0")
    expect(page.locator(".map-board canvas")).to_be_visible()
    read_view = "() => new URLSearchParams(location.hash.slice(1)).get('map.view')"
    assert [float(part) for part in str(page.evaluate(read_view)).split("_")] == pytest.approx(
        [-0.7457512, 0.7478805, 5.75139]
    )


def arithmetic(page: Page) -> None:
    pressed(page, "3 each")
    expect(page.locator(".panel.arithmetic")).to_contain_text("thick 4 − thin 4 + thin 7 = thick 7?")


def through_time(page: Page) -> None:
    page.get_by_text("Which moments").click()
    pressed(page, "499")
    expect(page.get_by_role("button", name="157", exact=True)).to_have_attribute("aria-pressed", "false")


def quiz(page: Page) -> None:
    expect(page.get_by_text("Round 1 of 10, after 157 training steps", exact=True)).to_be_visible()
    assert page.evaluate("() => new URLSearchParams(location.hash.slice(1)).get('quiz.seed')") == "1378779121"


def journey_of_points(page: Page) -> None:
    expect(page.get_by_role("button", name="Keyframe 3 of 3", exact=True)).to_be_visible()


SHOWN: Mapping[str, Callable[[Page], None]] = {
    "Hold it": sliders,
    "Journeys": journey,
    "Map": the_map,
    "Arithmetic": arithmetic,
    "Through time": through_time,
    "Spot the fake": quiz,
}


@pytest.fixture(scope="module")
def own_page(host: Host, chromium: Browser, app_home: Path) -> Iterator[Page]:
    """One otherwise empty page for the explorer; tests/ui/test_explore.py reads run and step of a link."""
    with empty_page(chromium, host, *(RunDir(app_home / run) for run in RUNS), locale="en-US") as page:
        yield page


@pytest.mark.parametrize("case", PLACES, ids=lambda case: case["tab"])
def test_a_link_leads_to_its_place_and_its_tool(own_page: Page, host: Host, case: dict[str, Any]) -> None:
    query, _, fragment = case["address"].partition("?")[2].partition("#")
    run, step = (parse_qs(query)[name][0] for name in ("run", "step"))
    models = host.explorer_data(run, int(step))["models"]
    explore(own_page, run, int(step), *TOOLS, also=ALSO, hash=f"#{fragment}", site=False, models=models)
    page = own_page
    page.locator(".explorer[data-ready='1']").wait_for()
    expect(page.locator(".explorer .measuring")).to_have_count(0)
    expect(page.get_by_role("tab", name=case["tab"], exact=True)).to_have_attribute("aria-selected", "true")
    (SHOWN[case["tab"]] if case["labels"] else journey_of_points)(page)
    page.locator(".explorer .menu summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Latent as JSON").click()
    saved = json.loads(download.value.path().read_text("utf-8"))
    assert saved["z"] == pytest.approx(case["z"], abs=1e-6)
    assert saved["labels"].get("digit", {}) == pytest.approx(case["labels"].get("digit", {}), abs=1e-6)
    assert saved["psi"] == case["psi"]
