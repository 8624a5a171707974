"""The Analyse page, run by AppTest: each part, what it needs, and who sees which pictures."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gan_demo.i18n import text
from gan_demo.presets import PRESETS
from gan_demo.runs import library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import analyses, app_state
from gan_demo.support.background_tasks import Report
from gan_demo.training.trainer import train
from gan_demo.ui.analyse_page import charts, computed
from tests.ui.opened_page import ME, OTHER, PATIENCE, opened_page

pytestmark = pytest.mark.usefixtures("fresh_state")
TINY = {"width": 4, "d_width": 4, "batch": 8, "steps": 3, "limit": 60}


def trained(preset: str, **settings: Any) -> RunDir:
    config = PRESETS[preset].with_settings(TINY | settings)
    run = RunDir.create(library.home() / library.new_id(preset), config, preset)
    for _ in train(run):
        pass
    ownership.claim(run, ME)
    return run


def page(run_id: str, part: str = "", owner: str = ME, language: str = "en") -> AppTest:
    """Return the page with nothing left to compute."""
    return opened_page("analyse", owner, language, run=run_id, **({"part": part} if part else {}))


def finished(at: AppTest, run: RunDir, part: str) -> AppTest:
    """Return the page once what it computes is there."""
    task = analyses.task(run, part, analyses.steps(run, part)[-1])
    assert task is not None
    assert task.over.wait(PATIENCE)
    at.run()
    assert not at.exception
    return at


def words(at: AppTest) -> str:
    parts = [*at.title, *at.header, *at.markdown, *at.caption, *at.error, *at.info]
    return "\n".join(str(part.value) for part in parts)


def count_charts(at: AppTest) -> int:
    return len(at.get("plotly_chart"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_part_of_a_finished_run_is_drawn_in_both_languages(language: str) -> None:
    run = trained("digits")
    drawn = {"quality": 1, "classes": 1, "outputs": 1, "plane": 1, "weights": 1, "gradients": 2, "networks": 2}
    for part, charts_drawn in drawn.items():
        at = page(run.id, part, language=language)
        if part in analyses.COMPUTED and not count_charts(at):
            finished(at, run, part)
        assert count_charts(at) == charts_drawn, part
        assert text.table(language)[f"analyse.{part}.note"] in words(at)


def test_the_runs_own_page_leads_here_and_loads_no_plotly() -> None:
    run = trained("ring")
    at = page(run.id)
    at.switch_page("train.py")
    at.query_params["run"] = run.id
    at.run()
    assert not at.exception
    assert count_charts(at) == 0
    links = [link for link in at.get("page_link") if link.proto.page == "analyse"]
    assert [link.proto.label for link in links] == [text.table("en")["analyse.open"]]


def test_a_part_that_lacks_something_says_what_to_do() -> None:
    run = trained("ring", evaluate=False)
    assert text.table("en")["analyse.obstacle.not_evaluated"] in words(page(run.id, "quality"))
    new = RunDir.create(library.home() / library.new_id("ring"), PRESETS["ring"], "ring")
    assert text.table("zh")["analyse.obstacle.no_checkpoint"] in words(page(new.id, "plane", language="zh"))


def test_an_unknown_run_is_an_error_with_a_way_on() -> None:
    at = page("no-such-run")
    assert "is not known here" in words(at)
    assert at.get("page_link")


def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Let computations wait for the event."""
    go = threading.Event()
    compute: Callable[[RunDir, str, int, Report], None] = analyses._compute

    def waiting(run: RunDir, part: str, step: int, report: Report) -> None:
        report(0.25)
        go.wait(PATIENCE)
        compute(run, part, step, report)

    monkeypatch.setattr(analyses, "_compute", waiting)
    return go


def test_a_computation_shows_its_progress_and_can_be_stopped_and_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    run, go = trained("ring"), held(monkeypatch)
    at = page(run.id, "outputs")
    assert count_charts(at) == 0
    assert [bar.proto.value for bar in at.get("progress")] == [25]
    at.button("analyse-stop").click().run()
    go.set()
    finished(at, run, "outputs")
    assert text.table("en")["analyse.stopped"] in words(at)
    at.button("analyse-again").click().run()
    finished(at, run, "outputs")
    assert count_charts(at) == 1


def test_an_error_is_shown_and_tried_again_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    run = trained("ring")

    def fail(*_: object) -> None:
        raise ValueError("bad")

    with monkeypatch.context() as patch:
        patch.setattr(analyses, "_compute", fail)
        at = page(run.id, "weights")
        finished(at, run, "weights")
        assert text.table("en")["analyse.failed"] in words(at)
    at.button("analyse-again").click().run()
    finished(at, run, "weights")
    assert count_charts(at) == 1


def test_too_many_at_once_are_asked_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    run = trained("ring")
    monkeypatch.setattr(app_state.current().analyses, "_most", 0)
    assert text.table("en")["analyse.busy"] in words(page(run.id, "plane"))


def selecting(monkeypatch: pytest.MonkeyPatch, points: list[dict[str, Any]]) -> None:
    """Let every chart have these points selected, which AppTest cannot do."""

    def show(
        *args: object, selects: bool = False, on_select: Callable[[Any], None] | None = None
    ) -> list[dict[str, Any]]:
        if on_select is not None:
            on_select(points)
        return points if selects else []

    monkeypatch.setattr(charts, "show", show)


def check_moment(at: AppTest, step: int) -> None:
    """Check that the page shows a step, has it in its address, and leads there."""
    assert at.query_params["step"] == str(step)
    (picture,) = at.get("image")
    assert picture.captions == [f"step {step}"]
    queries = {link.proto.page: link.proto.query_string for link in at.get("page_link")}
    assert f"step={step}" in queries["train"]


@pytest.mark.parametrize(("part", "point"), [("quality", {"customdata": 3}), ("classes", {"customdata": 3})])
def test_a_selected_evaluation_shows_its_picture_and_moves_the_page_there(
    monkeypatch: pytest.MonkeyPatch, part: str, point: dict[str, int]
) -> None:
    run = trained("ring")
    selecting(monkeypatch, [point])
    check_moment(page(run.id, part), 3)


def course_of_layers(run: RunDir, part: str) -> dict[str, Any]:
    """Return a result of two layers at two steps, of which the run has pictures."""
    layer = {
        "steps": [0, 3],
        "edges": [-1.0, 0.0, 1.0],
        "shares": [[0.5, 0.5], [0.25, 0.75]],
        "spread" if part == "weights" else "norm": [0.125, 2.0],
    }
    layers = [layer | {"name": f"net.{k}.weight", "title": f"net.{k}: Linear"} for k in range(2)]
    return {"generator": layers, "discriminator": layers, "batch": 8}


@pytest.mark.parametrize("part", ["weights", "gradients"])
def test_a_selected_cell_of_the_layers_shows_its_step_and_its_layer(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    run = trained("ring")
    assert 0 in run.grids
    monkeypatch.setattr(computed, "value", lambda *_: course_of_layers(run, part))
    with monkeypatch.context() as patch:
        selecting(patch, [{"customdata": 0 if part == "weights" else [0, 1]}])
        at = page(run.id, part)
    at.run()
    check_moment(at, 0)
    assert "**0.125**" in words(at)
    if part == "gradients":
        assert at.selectbox("analyse-layer-generator").value == 1
    slider = at.select_slider(f"analyse-step-{run.id}-{part}")
    slider.set_value(3).run()
    check_moment(at, 3)
    assert "**2**" in words(at), "the same by keyboard"


def count_pictures(at: AppTest) -> int:
    return len(at.get("image"))


def test_selected_samples_are_shown_and_own_images_to_their_owner_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from PIL import Image

    for k in range(20):
        Image.new("RGB", (32, 32), (k * 9, 90, 200 - k)).save(tmp_path / f"{k}.png")
    run = trained("faces", name="images", path=str(tmp_path), size=32, conditional=False, limit=0)
    selecting(monkeypatch, [{"customdata": ["real", 1]}, {"customdata": ["fake", 2]}])
    at = page(run.id, "plane")
    finished(at, run, "plane")
    assert count_pictures(at) == 2
    at = page(run.id, "plane", owner=OTHER)
    assert count_pictures(at) == 1
    assert text.table("en")["analyse.plane.private"] in words(at)
