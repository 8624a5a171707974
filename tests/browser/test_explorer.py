"""The explorer in a browser: the generator runs there, every move is drawn at once, labels are mixed, and files open."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

from gan_demo.data.datasets import DIGIT, FACES
from gan_demo.explorer import latent_pictures, latent_point
from gan_demo.gan.models.build import build_generator

if TYPE_CHECKING:
    from tests.browser.pages import Visit
from tests.browser.stage_page import DIGITS, PEOPLE, after, begun, canvas, opened, pixels, saved_point, slider
from tests.browser.stage_page import bare as bare
from tests.browser.stage_page import page as page
from tests.browser.stage_page import published as published
from tests.browser.stage_page import runs as runs

pytestmark = pytest.mark.long(20)


def mixed(count: int, first: int, second: int, share: float) -> tuple[float, ...]:
    """Return weights of ``count`` values: ``share`` (0 to 1) for the second, the rest for the first."""
    return tuple({first: 1 - share, second: share}.get(k, 0.0) for k in range(count))


@pytest.mark.both_hosts
@pytest.mark.usefixtures("published")
def test_the_browser_draws_what_torch_draws(visit: Visit, tmp_path: Path) -> None:
    page = opened(visit("web-digits"))
    page.get_by_role("button", name="New random").click()
    page.get_by_role("button", name="7", exact=True).click()
    slider(page, 1).press("PageUp")
    seen, point = pixels(page), saved_point(page, tmp_path)
    assert point.labels == (latent_point.one_hot(10, 7),)
    wanted = latent_pictures.pictures(build_generator(DIGITS, seed=20).eval(), [point])[0].astype(int)
    assert wanted.std() > 0
    assert np.abs(seen[:, :, :1] - wanted).max() <= 1


def test_dragging_a_slider_draws_all_the_way_and_is_one_step_of_undo(page: Page) -> None:
    start = pixels(page)
    box = slider(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    seen = [pixels(page)]
    for k in range(8):
        page.mouse.move(box["x"] + box["width"] * (0.5 + 0.04 * (k + 1)), box["y"] + box["height"] / 2)
        seen.append(after(page, seen[-1]))
    page.mouse.up()
    assert len({image.tobytes() for image in seen}) >= 9
    page.get_by_role("button", name="Undo").click()
    assert (after(page, seen[-1]) == start).all()
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    page.keyboard.press("Control+Shift+Z")
    assert (after(page, start) == seen[-1]).all()
    page.keyboard.press("Control+z")
    assert (after(page, seen[-1]) == start).all()


def test_another_link_in_the_same_tab_leads_there(page: Page) -> None:
    start, first = pixels(page), str(page.evaluate("location.hash"))
    page.get_by_role("button", name="New random").click()
    seen = after(page, start)
    page.wait_for_function("first => location.hash !== first", arg=first)
    page.evaluate("hash => { location.hash = hash; }", first)
    assert (after(page, seen) == start).all()


def test_a_drag_on_the_picture_and_the_arrow_keys_move_through_its_plane(page: Page, tmp_path: Path) -> None:
    space = page.evaluate("fetch('/api/explore/web-digits/20/space.json').then((one) => one.json())")
    known = {direction["key"]: torch.tensor(direction["u"]) for direction in space["directions"]}
    page.get_by_role("combobox", name="across").select_option("change-2")
    page.get_by_role("combobox", name="up", exact=True).select_option("sefa-1")
    across, up = known["change-2"], known["sefa-1"]
    start, before = saved_point(page, tmp_path), pixels(page)
    canvas(page).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    after(page, before)
    moved = torch.tensor(saved_point(page, tmp_path).z) - torch.tensor(start.z)
    assert torch.allclose(moved, 0.1 * across + 0.5 * up, atol=1e-4)
    box, before = canvas(page).bounding_box(), pixels(page)
    assert box is not None
    here = torch.tensor(saved_point(page, tmp_path).z)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    after(page, before)
    assert torch.allclose(torch.tensor(saved_point(page, tmp_path).z) - here, across, atol=1e-3)
    for _ in range(3):
        page.get_by_role("button", name="Undo").click()
    assert saved_point(page, tmp_path) == start


def test_sixteen_at_once_and_a_click_goes_to_one_of_them(page: Page) -> None:
    alone = pixels(page)
    page.get_by_role("button", name="15 neighbours").click()
    sheet = after(page, alone)
    assert sheet.shape == (115, 115, 4)
    assert (sheet[:28, :28] == alone).all()
    page.get_by_role("button", name="Neighbour 6").press("Enter")
    chosen = after(page, sheet)
    assert np.abs(chosen[:28, :28].astype(int) - sheet[29:57, 58:86]).max() <= 1
    box = canvas(page).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.1)
    last = after(page, chosen)
    assert np.abs(last[:28, :28].astype(int) - chosen[:28, 87:115]).max() <= 1


def test_a_digit_is_mixed_by_dragging_a_border(page: Page, tmp_path: Path) -> None:
    page.get_by_role("button", name="4", exact=True).click()
    page.get_by_role("button", name="Mix", exact=True).click()
    page.get_by_role("button", name="9", exact=True).click()
    border = page.get_by_role("slider", name="4 against 9")
    expect(border).to_have_attribute("aria-valuetext", "4 50 %, 9 50 %")
    bar = page.locator(".shares").bounding_box()
    assert bar is not None
    page.mouse.move(bar["x"] + bar["width"] / 2, bar["y"] + 10)
    page.mouse.down()
    page.mouse.move(bar["x"] + bar["width"] * 0.4, bar["y"] + 10, steps=3)
    page.mouse.up()
    expect(border).to_have_attribute("aria-valuetext", "4 40 %, 9 60 %")
    assert saved_point(page, tmp_path).labels[0] == pytest.approx(mixed(10, 4, 9, 0.6), abs=1e-5)
    border.press("ArrowRight")
    expect(border).to_have_attribute("aria-valuetext", "4 45 %, 9 55 %")
    page.get_by_role("button", name="Mix", exact=True).click()
    expect(border).to_have_count(0)
    assert saved_point(page, tmp_path).labels == (latent_point.one_hot(10, 9),)


def test_each_attribute_of_a_face_can_be_had_in_part(bare: Page, tmp_path: Path) -> None:
    page = begun(bare, "web-faces")
    before = saved_point(page, tmp_path, PEOPLE)
    smile = page.get_by_role("slider", name="Smile")
    smile.fill("40")
    hair = page.get_by_role("group", name="Hair colour")
    hair.get_by_label("Hair colour", exact=True).select_option("black")
    hair.get_by_role("button", name="Mix").click()
    hair.get_by_label("Mixed with").select_option("red")
    hair.get_by_role("slider").fill("70")
    labels = saved_point(page, tmp_path, PEOPLE).labels
    assert labels[0] == pytest.approx((0.6, 0.4), abs=1e-5)
    black, red = (FACES[5].values.index(value) for value in ("1", "9"))
    assert labels[5] == pytest.approx(mixed(11, black, red, 0.7), abs=1e-5)
    assert labels[1:5] == before.labels[1:5]
    expect(hair.get_by_label("Hair colour", exact=True)).to_have_value(str(black))  # 70 % of the other: they stay put
    page.get_by_role("button", name="Smile").click()
    expect(smile).to_have_value("100")


def test_a_latent_saved_elsewhere_opens_and_a_wrong_one_is_said(page: Page, tmp_path: Path) -> None:
    before = pixels(page)
    point = dataclasses.replace(latent_point.random_point(DIGITS, 77), psi=0.6, labels=(mixed(10, 3, 8, 0.25),))
    (tmp_path / "in.json").write_text(
        latent_point.to_json(point, DIGIT, latent_point.Origin("web-digits", 20)), "utf-8"
    )
    (tmp_path / "wrong.json").write_text('{"z": [0, 1]}', "utf-8")
    chooser = page.locator('.explorer .menu input[type="file"]')
    chooser.set_input_files(tmp_path / "in.json")
    seen = after(page, before)
    wanted = latent_pictures.pictures(build_generator(DIGITS, seed=20).eval(), [point])[0].astype(int)
    assert np.abs(seen[:, :, :1] - wanted).max() <= 1
    again = saved_point(page, tmp_path)
    assert (again.z, again.psi) == (pytest.approx(point.z), 0.6)
    assert again.labels[0] == pytest.approx(point.labels[0])
    chooser.set_input_files(tmp_path / "wrong.json")
    expect(page.locator(".explorer .notice")).to_have_text(
        "This latent has 2 numbers, this model takes 20. Choose the model it was saved from first."
    )
    page.locator(".explorer .menu summary").click()
    with page.expect_download() as png:
        page.get_by_role("button", name="Picture as PNG").click()
    assert png.value.path().read_bytes().startswith(b"\x89PNG")
    assert png.value.suggested_filename == "web-digits-20.png"


def test_a_reader_is_told_what_everything_is(bare: Page) -> None:
    page = begun(bare, "web-faces")
    nameless = page.locator(".explorer").evaluate(
        """root => [...root.querySelectorAll('button, input:not([hidden]), select, canvas[tabindex], summary')]
        .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length))
        .map((one) => one.outerHTML)"""
    )
    assert nameless == []
