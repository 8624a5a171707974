"""The same place at several moments of training: side by side, large, played, and by other runs of the same kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gan_demo.config import ModelConfig
from gan_demo.data.datasets import DIGIT
from gan_demo.runs.run_dir import RunDir
from tests.browser import explorer_page
from tests.browser.explorer_page import READ, make_run, pixels, shows, stage
from tests.browser.explorer_page import own_page as own_page
from tests.browser.hosts import Host

DIGITS = ModelConfig(arch="dcgan", z_dim=20, width=4, conditional=True, shape=(1, 28, 28), labels=DIGIT)
STEPS = (1, 2, 5, 10, 20, 50, 100, 200)
MODELS = [
    {
        "id": name,
        "title": title,
        "shape": [1, 28, 28],
        "z_dim": z_dim,
        "labels": [{"name": "digit", "values": [*"0123456789"]}],
        "checkpoints": [[step, f"/api/explore/{name}/{step}/generator.onnx"] for step in steps],
    }
    for name, title, z_dim, steps in (
        ("time-digits", "This", 20, STEPS),
        ("time-other", "Other", 20, (7, 9)),
        ("time-small", "Small", 8, (7,)),
    )
]


@pytest.fixture(scope="module")
def runs(app_home: Path) -> list[RunDir]:
    """Two untrained models."""
    runs = (("time-digits", STEPS), ("time-other", (7, 9)))
    return [make_run(app_home, name, DIGITS, "digits", steps) for name, steps in runs]


@pytest.fixture
def page(own_page: Page) -> Page:
    """Open that page, with the tool opened again at the last step."""
    return explore(own_page)


def explore(page: Page, **data: str) -> Page:
    explorer_page.explore(page, "time-digits", 200, "time", models=MODELS, **data)
    return drawn(page)


def drawn(page: Page) -> Page:
    """Wait until every column has its picture."""
    page.locator(".column").first.wait_for()
    expect(page.locator(".column.waiting")).to_have_count(0)
    return page


def captions(page: Page) -> list[str]:
    return page.locator(".column > span").all_inner_texts()


def columns(page: Page) -> list[str]:
    """Wait until all columns show the current place; return their pixels. The last column is the model on stage."""
    page.wait_for_function(
        f"""() => {{ const read = {READ};
          const last = [...document.querySelectorAll('.column')].find((one) => one.innerText.includes('Step 200'));
          return read(last.querySelector('canvas')) === read(document.querySelector('.stage canvas')); }}"""
    )
    return [pixels(each) for each in page.locator(".column canvas").all()]


def test_of_many_checkpoints_six_are_shown_close_together_at_the_beginning(page: Page) -> None:
    shown = captions(page)
    assert len(shown) == 6
    assert (shown[0], shown[-1]) == ("Step 1", "Step 200")


@pytest.mark.both_hosts
def test_every_column_draws_the_same_place_with_its_own_network_and_follows(page: Page) -> None:
    before = columns(page)
    assert len(set(before)) == 6
    page.get_by_role("button", name="New random").click()
    page.wait_for_function(f"old => ({READ})(document.querySelector('.column canvas')) !== old", arg=before[0])
    after = columns(page)
    assert all(a != b for a, b in zip(before, after, strict=True))


def test_a_press_on_a_column_shows_it_on_stage_until_another_tool_is_opened(page: Page) -> None:
    seen = columns(page)
    page.locator(".column .tile").nth(1).click()
    shows(page, seen[1])
    expect(page.locator(".overlay .moment")).to_have_text(captions(page)[1])
    expect(page.locator(".column .tile").nth(1)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("tab").first.click()
    shows(page, seen[-1])
    expect(page.locator(".overlay .moment")).to_be_hidden()


def test_playing_the_training_ends_at_its_last_step(page: Page) -> None:
    last = columns(page)[-1]
    page.locator(".through input").fill("5")
    expect(page.locator(".overlay .moment")).to_have_text("Step 50")
    page.get_by_role("button", name="Play the training").click()
    expect(page.get_by_role("button", name="Play the training")).to_be_visible()
    expect(page.locator(".through .value")).to_have_text("Step 200")
    shows(page, last)


def test_moments_and_other_models_are_chosen_and_kept_in_the_address(page: Page) -> None:
    options = page.get_by_role("combobox").locator("option").all_inner_texts()
    assert options == ["Add another model…", "Other"], "not the one with another z"
    page.get_by_role("combobox").select_option("Other")
    page.get_by_text("Which moments").click()
    for step in ("1", "200"):
        page.locator(".choice .chips").get_by_role("button", name=step, exact=True).click()
    drawn(page)
    wanted = captions(page)
    assert wanted[-1] == "Other · Step 9"
    assert "Step 1" not in wanted
    steps = ".".join(each.removeprefix("Step ").replace(",", "") for each in wanted[:-1])
    page.wait_for_function(
        "(said) => said.every(([name, value]) => new URLSearchParams(location.hash.slice(1)).get(name) === value)",
        arg=[["time.models", "time-other"], ["time.steps", steps]],
    )
    link = page.evaluate("() => location.hash")
    explore(page, hash=link)
    assert captions(page) == wanted
    page.get_by_role("button", name="Remove Other").click()
    assert captions(page) == wanted[:-1]


def test_uploaded_weights_stand_beside_other_models(page: Page) -> None:
    here = "/api/explore/time-digits/200"
    space = page.request.get(f"{here}/space.json").json() | {"step": None, "steps": [], "id": "upload-1"}
    page.route("**/uploaded.json", lambda route: route.fulfill(json=space))
    explorer_page.explore(
        page,
        "time-digits",
        200,
        "time",
        id="upload-1",
        models=MODELS,
        urls={"space": "/uploaded.json"},
    )
    drawn(page)
    page.get_by_role("combobox").select_option("Other")
    drawn(page)
    assert captions(page) == ["This model", "Other · Step 9"]
    page.locator(".column .tile").nth(1).click()
    expect(page.locator(".overlay .moment")).to_have_text("Other · Step 9")
    shows(page, pixels(page.locator(".column canvas").nth(1)))
    page.unroute("**/uploaded.json")


def test_what_was_dropped_from_memory_is_loaded_again(page: Page) -> None:
    before = columns(page)
    page.evaluate(
        """async () => {
          const { GeneratorCache } = await import('/api/ui/explorer/engine/generator_cache.mjs');
          const original = GeneratorCache.prototype.trim;
          GeneratorCache.prototype.trim = function () { original.call(this, 0); };
          document.querySelector('[role=tab]').click();
          GeneratorCache.prototype.trim = original;
          document.querySelector('[data-tool=time]').click();
        }"""
    )
    page.get_by_role("button", name="New random").click()
    page.wait_for_function(f"old => ({READ})(document.querySelector('.column canvas')) !== old", arg=before[0])
    assert len(set(columns(page))) == 6


def test_a_network_that_cannot_be_fetched_leaves_the_others(page: Page, host: Host) -> None:
    broken = [
        {**MODELS[0], "checkpoints": [[3, "/api/explore/time-digits/3/generator.onnx"], *MODELS[0]["checkpoints"][-2:]]}
    ]
    host.missing.add("/api/explore/time-digits/3/generator.onnx")
    explorer_page.explore(page, "time-digits", 200, "time", models=broken)
    expect(page.locator(".column.broken")).to_have_count(1)
    drawn(page)
    assert stage(page) == columns(page)[-1]
