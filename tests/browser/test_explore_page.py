"""The Explore page in a browser: what is drawn, clicked and downloaded, on a desktop and on a phone."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime
import pytest
from playwright.sync_api import Page, expect

from gan_demo.boards import assets
from gan_demo.config import DataConfig, ModelConfig, RunConfig
from gan_demo.data.datasets import DIGIT, FACES
from gan_demo.explorer import latent_pictures, latent_point
from gan_demo.export import snippets
from gan_demo.gan.models.build import build_generator
from gan_demo.i18n.text import table
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from gan_demo.weights import save
from tests.browser.axe import is_accessible
from tests.browser.pages import PARKED

if TYPE_CHECKING:
    from tests.browser.pages import NewPage
    from tests.browser.servers import AppServer

pytestmark = pytest.mark.long(15)

DIGITS = ModelConfig(arch="dcgan", z_dim=20, width=4, conditional=True, shape=(1, 28, 28), labels=DIGIT)
PEOPLE = ModelConfig(arch="dcgan", z_dim=8, width=4, conditional=True, shape=(3, 32, 32), labels=FACES)
RING = ModelConfig(arch="points", z_dim=3, width=8, shape=(2,))
OVERFLOW = """() => {
  const main = document.querySelector('[data-testid="stMain"]');
  return Math.max(document.documentElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth);
}"""


@pytest.fixture(scope="module", autouse=True)
def _runs(app_server: AppServer) -> None:
    """Untrained runs in the app's home."""
    for name, model, data in (
        ("few-digits", DIGITS, "digits"),
        ("few-faces", PEOPLE, "faces"),
        ("few-ring", RING, "ring"),
    ):
        run = RunDir.create(app_server.home / name, RunConfig(DataConfig(data), model), name)
        for step in (10, 20):
            run.add_checkpoint(step, build_generator(model, seed=step).state_dict())
        run.set_info(dataclasses.replace(run.info, status="done", step=20, checkpoints=(10, 20)))


# while a page is redrawn, the old picture and the new may stand side by side for a moment
ONE_OTHER = """before => {
  const pictures = document.querySelectorAll('.st-key-explore_stage img');
  return pictures.length === 1 && pictures[0].getAttribute('src') !== before;
}"""


def stage(page: Page) -> str:
    """Return the address of the picture on stage, which differs between pictures."""
    image = page.locator(".st-key-explore_stage img")
    expect(image).to_have_count(1)
    return image.get_attribute("src") or ""


def changed(page: Page, before: str) -> str:
    """Wait until the stage shows another picture; return it."""
    page.wait_for_function(ONE_OTHER, arg=before)
    return stage(page)


def test_sliders_draw_files_are_saved_and_opened_and_a_phone_keeps_the_picture_in_sight(
    new_page: NewPage, tmp_path: Path
) -> None:
    page = new_page("explore?native=1&run=few-digits")
    before = stage(page)
    image = page.locator(".st-key-explore_stage img")
    expect(image).to_have_js_property("naturalWidth", 28)
    expect(image).to_have_css("image-rendering", "pixelated")
    assert image.evaluate("one => one.clientWidth") == 448
    page.locator(".st-key-explore-direction-0").get_by_role("slider").press("ArrowRight")
    changed(page, before)
    page.get_by_role("button", name="Undo").click()
    expect(image).to_have_attribute("src", before)
    page.locator(".st-key-explore-t").get_by_role("slider").press("End")
    changed(page, before)
    page.locator(".st-key-explore-t").get_by_role("slider").press("Home")
    expect(image).to_have_attribute("src", before)
    files_are_saved_and_opened(page, tmp_path / "latent.json")
    is_accessible(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".st-key-explore-psi").scroll_into_view_if_needed()
    expect(image).to_be_in_viewport()


def files_are_saved_and_opened(page: Page, path: Path) -> None:
    """Save the picture and the latent, go elsewhere, open the latent; take the generator away."""
    before = stage(page)
    page.get_by_role("button", name="Files").click()
    with page.expect_download() as png:
        page.get_by_role("button", name="Picture as PNG").click()
    assert png.value.path().read_bytes().startswith(b"\x89PNG")
    with page.expect_download() as latent:
        page.get_by_role("button", name="Latent as JSON").click()
    latent.value.save_as(path)
    saved = json.loads(path.read_text("utf-8"))
    assert (saved["model"], saved["step"], len(saved["z"])) == ("few-digits", 20, 20)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="New random").click()
    changed(page, before)
    page.get_by_role("button", name="Files").click()
    page.locator('.st-key-explore-latent input[type="file"]').set_input_files(path)
    expect(page.locator(".st-key-explore_stage img")).to_have_attribute("src", before)
    page.keyboard.press("Escape")
    page.get_by_text(table("en")["explore.take"]).click()
    with page.expect_download() as network:
        page.get_by_role("button", name=table("en")["explore.take.onnx"]).click()
    session = onnxruntime.InferenceSession(network.value.path().read_bytes())
    assert [each.name for each in session.get_inputs()] == ["z", "y", "psi"]
    expect(page.get_by_text("onnxruntime.InferenceSession")).to_be_visible()


def test_the_picture_is_that_of_the_generator_pixel_for_pixel_and_uploaded_weights_take_its_place(
    new_page: NewPage, tmp_path: Path
) -> None:
    page = new_page("explore?native=1&run=few-faces")
    before = stage(page)
    seen = page.locator(".st-key-explore_stage img").evaluate(
        """async (image) => {
          await image.decode();
          const canvas = Object.assign(document.createElement('canvas'), { width: image.naturalWidth, height: image.naturalHeight });
          const pen = canvas.getContext('2d');
          pen.drawImage(image, 0, 0);
          return [...pen.getImageData(0, 0, canvas.width, canvas.height).data];
        }"""
    )
    start = latent_point.random_point(PEOPLE, 1)
    wanted = latent_pictures.pictures(build_generator(PEOPLE, seed=20).eval(), [start])[0].astype(int)
    assert wanted.std() > 0
    difference = np.array(seen).reshape(32, 32, 4)[:, :, :3] - wanted
    assert np.abs(difference).max() <= 1  # the last bit of a product depends on the number of threads
    (tmp_path / "mine.safetensors").write_bytes(save.weights_file(build_generator(DIGITS, seed=5), DIGITS))
    (tmp_path / "torn.safetensors").write_bytes((tmp_path / "mine.safetensors").read_bytes()[:900])
    page.get_by_role("button", name="Open weights").click()
    chooser = page.locator('.st-key-explore-file input[type="file"]')
    chooser.set_input_files(tmp_path / "torn.safetensors")
    expect(page.get_by_test_id("stAlert")).to_be_visible()
    assert stage(page) == before
    chooser.set_input_files(tmp_path / "mine.safetensors")
    changed(page, before)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    expect(chooser).not_to_be_attached()  # the picture is not covered any longer


@pytest.mark.soak  # digits are above, faces among the pages of test_accessibility.py
@pytest.mark.parametrize(("run", "locale"), [("few-digits", "en-US"), ("few-faces", "zh-CN"), ("few-ring", "zh-CN")])
def test_a_phone_shows_the_page_without_scrolling_sideways_and_the_picture_stays_in_sight(
    new_page: NewPage, run: str, locale: str
) -> None:
    page = new_page(f"explore?native=1&run={run}", width=390, height=844, theme="dark", locale=locale)
    stage(page)
    assert page.evaluate(OVERFLOW) <= 0
    page.locator(".st-key-explore-psi").scroll_into_view_if_needed()
    expect(page.locator(".st-key-explore_stage img")).to_be_in_viewport()


def test_the_javascript_lines_on_the_page_draw_a_sample(page: Page, app_server: AppServer) -> None:
    runtime = f"{app_server.url}/api/runtime/{assets.runtime_version()}/"
    lines = snippets.javascript(
        library.find("faces").config.model, f"{app_server.url}/api/explore/faces/25000/generator.onnx"
    )
    lines = lines.replace('import * as ort from "onnxruntime-web";', "")
    page.goto(PARKED["app"])
    output = page.evaluate(
        """async ([runtime, lines]) => {
          const ort = await import(`${runtime}ort.wasm.min.mjs`);
          ort.env.wasm.wasmPaths = runtime;
          ort.env.wasm.numThreads = 1;
          const run = Object.getPrototypeOf(async () => {}).constructor("ort", `${lines}\\nreturn x;`);
          const x = await run(ort);
          return { dims: [...x.dims], real: x.data.every(Number.isFinite), wide: Math.max(...x.data) - Math.min(...x.data) };
        }""",
        [runtime, lines],
    )
    assert output["dims"] == [1, 3, 32, 32]
    assert output["real"]
    assert output["wide"] > 0.5
