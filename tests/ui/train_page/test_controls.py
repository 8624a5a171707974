"""The owner's live controls alone on a page, over real trainings, and who may use them."""

from __future__ import annotations

import pytest

from gan_demo.errors import ConfigError, JobError
from gan_demo.i18n import text
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import run_control
from tests.ui.train_page.controlled_runs import ME, OTHER, PATIENCE, keys, rerun, shown, stopped, training, until
from tests.ui.train_page.controlled_runs import jobs as jobs


def controls_page(run_id: str) -> None:
    import streamlit as st

    from gan_demo.service import run_state
    from gan_demo.ui import attempts, session
    from gan_demo.ui.train_page import controls

    run = session.run(run_id)
    attempts.show_kept_error()
    controls.show_live_controls(run, run_state.state(run))
    st.markdown("drawn")


def test_a_slider_changes_the_rate_of_a_paused_run_at_once() -> None:
    run, job = training()
    at = shown(controls_page, run_id=run.id)
    rerun(at.select_slider(f"live-g_lr-{run.id}").set_value(0.002))
    assert RunDir(run.path).config.train.g_lr == 0.002
    assert [change["now"] for change in run.changes()] == [{"g_lr": 0.002}]
    assert job.snapshot.status is Status.PAUSED


def test_a_running_run_takes_changes_too() -> None:
    run, job = training(paused=False)
    at = shown(controls_page, run_id=run.id)
    rerun(at.number_input(f"live-d_steps-{run.id}").set_value(3))
    until(lambda: RunDir(run.path).config.train.d_steps == 3)
    assert job.snapshot.status is Status.RUNNING


def test_an_undo_takes_the_last_change_back_and_the_slider_with_it() -> None:
    run, _ = training()
    at = shown(controls_page, run_id=run.id)
    assert "control-undo" not in keys(at)
    slider = f"live-r1-{run.id}"
    before, scale = at.select_slider(slider).value, at.select_slider(slider).options
    rerun(at.select_slider(slider).set_value(0.2))
    assert (at.select_slider(slider).value, at.select_slider(slider).options) == (0.2, scale)
    rerun(at.button("control-undo").click())
    assert RunDir(run.path).config.train.r1 == before == at.select_slider(slider).value
    assert "control-undo" not in keys(at)
    assert len(run.changes()) == 2


def test_a_change_made_elsewhere_shows() -> None:
    run, _ = training()
    at = shown(controls_page, run_id=run.id)
    run_control.change(run, {"d_lr": 0.003}, ME)
    rerun(at)
    assert at.select_slider(f"live-d_lr-{run.id}").value == 0.003


def test_a_change_after_the_run_ended_shows_an_error() -> None:
    run, job = training()
    at = shown(controls_page, run_id=run.id)
    job.stop()
    assert job.wait(PATIENCE)
    rerun(at.select_slider(f"live-g_lr-{run.id}").set_value(0.002))
    assert any("is over" in str(element.value) for element in at.error)


def test_a_run_that_is_over_has_no_live_controls() -> None:
    at = shown(controls_page, run_id=stopped().id)
    assert (keys(at), list(at.select_slider)) == (set(), [])


def test_a_paused_run_makes_single_updates() -> None:
    run, job = training()
    at = shown(controls_page, run_id=run.id)
    assert {"control-step", "control-d", "control-g"} <= keys(at)
    until(job.is_held)
    held = job.snapshot.progress
    rerun(at.button("control-d").click())
    assert job.snapshot.progress is not held
    assert job.snapshot.progress.step == held.step
    rerun(at.button("control-g").click())
    assert job.snapshot.progress.step == held.step + 1
    rerun(at.button("control-step").click())
    assert job.snapshot.progress.step == held.step + 2
    assert RunDir(run.path).metrics()["step"][-3:] == [held.step, held.step + 1, held.step + 2]


@pytest.mark.parametrize("paused", [True, False])
def test_a_pause_lets_single_updates_be_pressed_and_moves_no_button(paused: bool) -> None:
    run, _ = training(paused=paused)
    at = shown(controls_page, run_id=run.id)
    buttons = [(button.key, button.disabled) for button in at.button]
    assert buttons == [(key, not paused) for key in ("control-step", "control-d", "control-g")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_controls_speak_both_languages(language: str) -> None:
    run, _ = training()
    at = shown(controls_page, language, run_id=run.id)
    assert at.button("control-d").label == text.table(language)["control.d"]
    assert at.select_slider(f"live-g_lr-{run.id}").label == text.table(language)["setting.g_lr"]


def test_only_the_owner_changes_a_run() -> None:
    run, job = training()
    with pytest.raises(JobError) as caught:
        run_control.change(run, {"g_lr": 0.1}, OTHER)
    assert caught.value.problem == "belongs to someone else"
    run_control.change(run, {"g_lr": 0.1}, ME)
    with pytest.raises(JobError):
        run_control.undo_change(run, OTHER)
    with pytest.raises(JobError):
        run_control.step(run.id, OTHER, "d")
    assert RunDir(run.path).config.train.g_lr == 0.1
    assert job.snapshot.status is Status.PAUSED


@pytest.mark.parametrize("settings", [{"batch": 4}, {"g_lr": 0}, {"label_smoothing": 0.1}, {"seed": 4}, {"speed": 1}])
def test_what_cannot_change_is_refused_before_it_reaches_the_training(settings: dict[str, object]) -> None:
    run, job = training()
    with pytest.raises(ConfigError):
        run_control.change(run, settings, ME)
    assert job.waiting_changes() == ()
