"""Spot the fake, in a browser: a game by mouse and by keyboard, with D and without, and its score."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from gan_demo.cli.main import main
from gan_demo.config import DataConfig, ModelConfig, RunConfig
from gan_demo.data.datasets import DIGIT
from gan_demo.gan.models.build import build_generator
from gan_demo.runs import networks
from gan_demo.runs.run_dir import RunDir
from tests.browser.explorer_page import empty_page, explore
from tests.browser.hosts import Host
from tests.tiny_run import TINY

ALONE = ModelConfig(arch="dcgan", z_dim=8, width=4, conditional=True, shape=(1, 28, 28), labels=DIGIT)
QUIZ = ".panel.quiz"


@pytest.fixture(scope="module")
def runs(app_home: Path) -> list[RunDir]:
    """Create a run with D and three checkpoints, the first before any saved state of D; and one without D."""
    assert main(["train", "digits", "--steps", "3", "--out", str(app_home / "quiz"), *TINY, "--set", "limit=200"]) == 0
    run = RunDir(app_home / "quiz")
    for step in (1, 9):
        run.add_checkpoint(step, networks.generator(run).state_dict())
    run.set_info(dataclasses.replace(run.info, checkpoints=(1, 3, 9)))
    alone = RunDir.create(app_home / "quiz-alone", RunConfig(DataConfig("digits"), ALONE), "alone")
    alone.add_checkpoint(9, build_generator(ALONE, seed=1).state_dict())
    alone.set_info(dataclasses.replace(alone.info, status="done", step=9, checkpoints=(9,)))
    return [run, alone]


@pytest.fixture(scope="module")
def page(host: Host, runs: list[RunDir], chromium: Browser) -> Iterator[Page]:
    """One page for the tests of this file, at the first round of game 7."""
    with empty_page(chromium, host, *runs, height=1000, locale="en-US") as page:
        _play(page, host, "quiz", 7)
        yield page


def _play(page: Page, host: Host, run: str, seed: int) -> None:
    """Open the quiz of a run by the link of a game."""
    models = host.explorer_data(run, 9)["models"]
    link, also = f"#tool=quiz&quiz.seed={seed}", ("discriminator", "real")
    explore(page, run, 9, "quiz", also=also, shadow=True, models=models, site=False, hash=link)


def _round(page: Page, n: int) -> int:
    """Wait for the n-th round; return the index of the right answer."""
    host = page.locator(f"{QUIZ} > div[data-round='{n}']")
    host.wait_for()
    host.locator(".card:not(.shown)").first.wait_for()
    return int(host.get_attribute("data-wanted") or -1)


def _pictures(page: Page) -> list[str]:
    urls: list[str] = page.locator(f"{QUIZ} .card canvas").evaluate_all(
        "all => all.map((canvas) => canvas.toDataURL())"
    )
    return urls


@pytest.mark.both_hosts
def test_a_wrong_answer_shows_the_truth_and_what_d_took(page: Page) -> None:
    """The answer is marked on the pictures, and said in words and to screen readers."""
    wanted = _round(page, 1)
    cards = page.locator(f"{QUIZ} .card")
    expect(cards).to_have_count(2)
    expect(page.locator(f"{QUIZ} .standing")).to_have_text("Round 1 of 10, after 1 training steps")
    judge = int(page.locator(f"{QUIZ} > div").get_attribute("data-judge") or -1)
    assert judge in (0, 1)  # no state of D was saved so early: it is that of the page
    cards.nth(1 - wanted).click()
    expect(cards.nth(wanted)).to_have_attribute(
        "aria-label", f"Picture {wanted + 1} · Generated{' · D' if judge == wanted else ''}"
    )
    expect(cards.nth(1 - wanted)).to_have_attribute(
        "aria-label", f"Picture {2 - wanted} · Real · You{'' if judge == wanted else ' · D'}"
    )
    expect(page.locator(f"{QUIZ} .verdict")).to_have_text(
        f"No. Picture {wanted + 1} was generated, after 1 training steps."
    )
    verdict_on_d = (
        "The discriminator, D, got it right."
        if judge == wanted
        else f"The discriminator, D, was fooled: it chose picture {2 - wanted}."
    )
    expect(page.locator(f"{QUIZ} .judged")).to_have_text(verdict_on_d)
    cards.nth(wanted).click(force=True)  # too late
    expect(page.locator(f"{QUIZ} .standing")).to_contain_text("you 0")
    expect(page.locator(f"{QUIZ} .dots li").first).to_have_class("bad")


def test_the_place_of_a_fake_can_be_visited(page: Page) -> None:
    """The place becomes the current one; undo returns."""
    before = page.evaluate("location.hash.match(/z=([^&]*)/)[1]")
    page.locator(f"{QUIZ} [data-act=visit]").click()
    page.wait_for_function("before => !location.hash.includes(`z=${before}`)", arg=before)
    page.keyboard.press("Control+z")
    page.wait_for_function("before => location.hash.includes(`z=${before}`)", arg=before)


def test_a_game_can_be_played_by_keyboard_to_its_end(page: Page) -> None:
    """Numbers take a picture, Enter goes on, arrows walk from picture to picture; all right from the second round on."""
    page.locator(f"{QUIZ} [data-act=next]").focus()
    for n in range(2, 11):
        page.keyboard.press("Enter")
        wanted = _round(page, n)
        cards = page.locator(f"{QUIZ} .card")
        expect(cards.first).to_be_focused()
        if n == 3:
            for _ in range(wanted):
                page.keyboard.press("ArrowRight")
            expect(cards.nth(wanted)).to_be_focused()
            page.keyboard.press("Space")
        else:
            page.keyboard.press(str(wanted + 1))
        expect(page.locator(f"{QUIZ} .verdict")).to_contain_text("Right!")
        expect(page.locator(f"{QUIZ} [data-act=next]")).to_be_focused()
    expect(page.locator(f"{QUIZ} .standing")).to_contain_text("9 in a row")
    page.keyboard.press("Enter")
    expect(page.locator(f"{QUIZ} .end h2")).to_have_text("You spotted 9 of 10.")
    expect(page.locator(f"{QUIZ} .compared")).to_contain_text("of 10")
    expect(page.locator(f"{QUIZ} .guess")).to_contain_text("after 9 training steps")


def test_the_score_is_kept_per_model_and_can_be_forgotten(page: Page) -> None:
    """The score is kept in this browser."""
    stored = json.loads(page.evaluate("localStorage.getItem('gan_demo.quiz.quiz')"))
    assert (stored["games"], stored["rounds"], stored["right"], stored["judged"], stored["best"], stored["streak"]) == (
        1,
        10,
        9,
        10,
        9,
        9,
    )
    expect(page.locator(f"{QUIZ} .all")).to_contain_text("Right overall: 90 %")
    page.locator(f"{QUIZ} [data-act=forget]").click()
    expect(page.locator(f"{QUIZ} .all")).to_be_empty()
    assert page.evaluate("localStorage.getItem('gan_demo.quiz.quiz')") is None


def test_the_same_game_again_and_its_link_show_the_same_pictures(page: Page, host: Host) -> None:
    """Another game shows other pictures."""
    page.locator(f"{QUIZ} [data-act=same]").click()
    _round(page, 1)
    first = _pictures(page)
    _play(page, host, "quiz", 7)
    _round(page, 1)
    assert _pictures(page) == first
    _play(page, host, "quiz", 8)
    _round(page, 1)
    assert _pictures(page) != first


def test_a_model_without_d_is_played_alone(page: Page, host: Host) -> None:
    """A line says why D does not play."""
    _play(page, host, "quiz-alone", 7)
    wanted = _round(page, 1)
    expect(page.locator(f"{QUIZ} .alone")).to_contain_text("you play alone")
    page.locator(f"{QUIZ} .card").nth(wanted).click()
    expect(page.locator(f"{QUIZ} .standing")).to_contain_text("1 right")
    expect(page.locator(f"{QUIZ} .judged")).to_be_empty()


def test_without_real_pictures_a_line_says_why(page: Page, host: Host) -> None:
    """A run on own images has none for others, for example."""
    page.route("**/real.png*", lambda route: route.fulfill(status=404, body="{}"))
    _play(page, host, "quiz-alone", 8)
    expect(page.locator(f"{QUIZ} .alone")).to_contain_text("can't be shown here")
    expect(page.locator(f"{QUIZ} .card").first).to_be_hidden()
    page.unroute("**/real.png*")
