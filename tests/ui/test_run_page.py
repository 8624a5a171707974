"""The page of a run: its controls, its files, how it ends, and who may do what."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from gan_demo.boards import curves
from gan_demo.errors import DataError, RunError
from gan_demo.export import charts_page
from gan_demo.i18n import text
from gan_demo.presets import PRESETS
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import app_state, run_actions
from gan_demo.training.control import Progress
from gan_demo.training.jobs.job import Snapshot
from gan_demo.ui.train_page import end
from tests.ui.app_page import GATES, OTHER, PATIENCE, RepeatingJob, app, finished, keys, linked, occupied, press, words
from tests.ui.app_page import jobs as jobs


def test_images_that_were_left_out_are_listed_with_their_reason() -> None:
    run = finished()
    run.set_refused((("notes.png", "it is not an image that can be read"),))
    (table,) = app("train", run=run.id, language="zh").dataframe
    assert table.value.iloc[0].tolist() == ["notes.png", "不是可以读取的图片"]


def test_a_run_that_is_deleted_while_its_page_is_drawn_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = finished()

    show = end.show

    def delete_and_show(*about: Any) -> None:  # in the middle of the page
        if run.path.exists():
            run.path.rename(
                tmp_path / "deleted"
            )  # at once, as the trash does it: the explorer's files may be on their way
        show(*about)

    monkeypatch.setattr(end, "show", delete_and_show)
    assert app("train", run=run.id).title[0].value == "There is no such run here"
    assert (tmp_path / "deleted/run.json").exists()


def test_a_finished_run_offers_to_explore_to_go_on_and_its_files() -> None:
    run = finished()
    at = app("train", run=run.id)
    assert {"explore", "longer", "again"} <= keys(at)
    assert text.table("en")["status.done"] in words(at)
    downloads = {element.key for element in at.get("download_button")}
    films, scripts = {"film-gif", "film-mp4"}, {"script-py", "script-ipynb"}
    assert downloads == {"weights", "metrics", "report", "site", "whole-run", *films, *scripts}
    groups = [text.table("en")[f"files.group.{group}"] for group in ("pictures", "network", "run", "page")]
    assert [str(part.value).strip("*") for part in at.markdown if str(part.value).strip("*") in groups] == groups
    sized = {element.key: element.label for element in at.get("download_button")}
    assert re.search(r"· \d+ KB$", sized["weights"]), "the size that is known"
    assert re.search(r"· \d+ KB$", sized["whole-run"])


def test_a_report_is_in_the_language_of_the_session_that_downloads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    reports: list[Callable[[], bytes]] = []

    def download_button(label: str, data: Callable[[], bytes], *_args: object, key: str, **_options: object) -> None:
        if key == "report":
            reports.append(data)

    monkeypatch.setattr(st, "download_button", download_button)
    run = finished()
    app("train", language="zh", run=run.id)
    with ThreadPoolExecutor(1) as threads:  # as Streamlit does, in a thread that belongs to no session
        page = threads.submit(reports[-1]).result().decode()
    title = text.table("zh")["panel.losses"]
    assert title in page or json.dumps(title)[1:-1] in page


def test_a_card_starts_a_run_with_a_time_budget_and_a_done_run_trains_on_for_minutes() -> None:
    started: list[tuple[str, float]] = []
    run = finished()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_actions, "_submit", lambda run, name, owner: started.append((run.id, run.info.budget)))
        press(app("train"), "start-digits")
        (run_id, budget), *_ = started
        assert (budget, library.find(run_id).info.plan) == (60.0, PRESETS["digits"].train.steps)
        before = run.info.seconds
        at = app("train", run=run.id)
        assert {"train-on-5", "train-on-15", "longer"} <= keys(at)
        press(at, "train-on-5")
    assert started[-1] == (run.id, before + 300)
    assert RunDir(run.path).config.train.restart == run.info.step


def test_a_finished_run_can_train_longer() -> None:
    run = finished()
    press(app("train", run=run.id), "longer")
    job = app_state.current().jobs.get(run.id)
    assert job is not None
    assert job.wait(PATIENCE)
    assert RunDir(run.path).info.step == 60


def test_only_the_owner_has_controls() -> None:
    held = RepeatingJob().running()
    at = app("train", run=held.run.id)
    assert {"control-pause", "control-stop"} <= keys(at)
    assert "After 10 min the training is saved" in at.button("control-pause").help
    at = app("train", owner=OTHER, run=held.run.id)
    assert not any(key.startswith("control-") for key in keys(at))
    assert text.table("en")["live.watching"] in words(at)


def test_pause_step_resume_and_stop() -> None:
    held = RepeatingJob().running()
    at = press(app("train", run=held.run.id), "control-pause")
    assert held.job.snapshot.status is Status.PAUSED
    held.until(lambda job: job.is_stepping())
    held.items = [Progress("training", step=2, steps=100)]
    press(at, "control-step")
    held.until(lambda job: job.snapshot.progress.step == 2)
    assert held.job.snapshot.status is Status.PAUSED
    press(at, "control-resume")
    assert held.job.snapshot.status is Status.RUNNING
    at.button("control-stop").click().run()
    assert held.job.wait(PATIENCE)
    assert held.job.snapshot.status is Status.STOPPED


def test_a_control_pressed_after_the_run_ended_shows_an_error() -> None:
    held = RepeatingJob().running()
    at = app("train", run=held.run.id)
    held.job.stop()
    assert held.job.wait(PATIENCE)
    at = press(at, "control-pause")
    assert any("is over" in str(element.value) for element in at.error)


def test_a_run_before_its_first_turn_says_how_many_come_first_and_offers_the_explorer() -> None:
    occupied()
    second = RepeatingJob(name="digits")
    at = app("train", run=second.run.id)
    sentences = text.table("en")
    assert sentences["queue.next"] in words(at)
    assert sentences["queue.sharing"].format(n=1) in words(at)
    assert {sentences["queue.explore"], sentences["queue.lab"]} <= {link.proto.label for link in at.get("page_link")}
    GATES[-1].set()
    second.running()


def test_a_training_among_many_offers_its_owner_the_explorer(monkeypatch: pytest.MonkeyPatch) -> None:
    held = RepeatingJob().running()
    offer = text.table("en")["queue.explore"]
    assert offer not in {link.proto.label for link in app("train", run=held.run.id).get("page_link")}
    monkeypatch.setattr(Snapshot, "is_crowded", Snapshot(Status.RUNNING, sharing=3).is_crowded)
    assert offer in {link.proto.label for link in app("train", run=held.run.id).get("page_link")}
    assert offer not in {link.proto.label for link in app("train", owner=OTHER, run=held.run.id).get("page_link")}


def test_a_failed_download_offers_the_built_in_data() -> None:
    held = RepeatingJob(name="fashion")
    failure = DataError(
        "data", "fashion", "could not be downloaded ({megabytes} MB)", "Use {fallback}", megabytes=31, fallback="digits"
    )
    held.items = [failure]
    assert held.job.wait(PATIENCE)
    at = app("train", run=held.run.id)
    assert any("31 MB" in str(element.value) for element in at.error)
    occupied()
    at = press(at, "fallback")
    assert linked(at).config.data.name == "digits"


def test_a_divergence_offers_a_gentler_run() -> None:
    held = RepeatingJob()
    held.items = [RunError("d_loss", "inf", "diverged at step {step}", "Lower the learning rates", step=7)]
    assert held.job.wait(PATIENCE)
    at = app("train", run=held.run.id)
    assert any("step 7" in str(element.value) for element in at.error)
    occupied()
    assert "G's rate = D's rate\\: 0.002 → 0.0005" in words(at), "what the button changes"
    at = press(at, "calmer")
    again = linked(at).config
    assert again.train.g_lr == PRESETS["digits"].train.g_lr / 4
    assert again.model == PRESETS["digits"].model


def test_an_unexpected_failure_shows_no_traceback() -> None:
    held = RepeatingJob()
    held.items = [ZeroDivisionError("secret path")]
    assert held.job.wait(PATIENCE)
    at = app("train", run=held.run.id)
    assert any("ZeroDivisionError" in str(element.value) for element in at.error)
    assert "secret path" not in words(at)


def test_an_unknown_link_leads_on() -> None:
    at = app("train", run="no-such-run")
    assert text.table("en")["unknown.title"] in words(at)
    press(at, "unknown-start")
    assert text.table("en")["setup.title"] in words(at)


@pytest.mark.parametrize("run", ["../../etc", "..", "a/b", "%2e%2e", "-"])
def test_a_link_that_is_no_run_is_unknown_too(run: str) -> None:
    assert text.table("en")["unknown.title"] in words(app("train", run=run))


def test_a_runs_curves_become_a_page_of_their_own_with_the_changes_that_they_mark(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = next(run for run in library.pretrained() if run.id == "digits")
    change = {"step": 1200, "seconds": 9.0, "was": {"r1": 0.0}, "now": {"r1": 0.5}}
    monkeypatch.setattr(RunDir, "changes", lambda _: [change])
    page = charts_page.page(run).decode()
    assert "<li>Step 1,200: R1: off → 0.5</li>" in page
    assert page.count("<script") >= 2
    assert "cdn" not in page.split("<body>")[0].lower()
    assert all(panel["title"] in page for panel in curves.main_panels(run.metrics(), False))
