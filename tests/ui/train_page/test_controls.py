"""The owner's live controls and the fork dialog, each alone on a page, over real trainings."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gan_demo.config import RunConfig
from gan_demo.errors import ConfigError, JobError
from gan_demo.i18n import text
from gan_demo.presets import PRESETS
from gan_demo.runs import library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import app_state, run_actions, run_control
from gan_demo.training.jobs.job import Job

ME = "m" * 43
OTHER = "o" * 43
PATIENCE = 60.0
TINY = PRESETS["ring"].with_settings({"steps": 10**7, "batch": 8, "width": 8, "d_width": 8, "evaluate": "false"})


@pytest.fixture(autouse=True)
def jobs() -> Iterator[None]:
    """Give the test a job manager of its own, and shut it down afterwards."""
    app_state.close_current()
    yield
    app_state.close_current()


def until(condition: Callable[[], bool]) -> None:
    pulse = threading.Event()
    for _ in range(int(PATIENCE / 0.01)):
        if condition():
            return
        pulse.wait(0.01)
    raise AssertionError("the condition never came true")


def training(config: RunConfig = TINY, *, paused: bool = True) -> tuple[RunDir, Job]:
    """Return a run that has trained for some steps, paused or still training, and its job."""
    run_id = run_actions.start(config, "ring", ME)
    job = app_state.current().jobs.get(run_id)
    assert job is not None
    until(lambda: getattr(job.snapshot.progress, "step", 0) > 2)
    if paused:
        job.pause()
    return library.find(run_id), job


def stopped(config: RunConfig = TINY) -> RunDir:
    """Return a stopped run with a saved training state."""
    run, job = training(config, paused=False)
    job.stop()
    assert job.wait(PATIENCE)
    return RunDir(run.path)


def controls_page(run_id: str) -> None:
    import streamlit as st

    from gan_demo.service import run_state
    from gan_demo.ui import attempts, session
    from gan_demo.ui.train_page import controls

    run = session.run(run_id)
    attempts.show_kept_error()
    controls.show_live_controls(run, run_state.state(run))
    st.markdown("drawn")


def dialog_page(run_id: str, step: int, settings: dict) -> None:  # type: ignore[type-arg]
    import streamlit as st

    from gan_demo.ui import session
    from gan_demo.ui.train_page import fork_dialog

    if st.session_state.get("opened") is None and session.linked_run() == "":
        fork_dialog.show(session.run(run_id), step, settings)


def shown(page: Callable[..., None], language: str = "en", owner: str = ME, **arguments: Any) -> AppTest:
    at = AppTest.from_function(page, default_timeout=PATIENCE, kwargs=arguments)
    at.session_state["owner"] = owner
    at.session_state["language"] = language
    at.run()
    assert not at.exception
    return at


def keys(at: AppTest) -> set[str]:
    return {str(button.key) for button in at.button}


def rerun(page_or_widget: Any) -> AppTest:
    """Return the page after it ran again, with a widget's new value or as it is."""
    at: AppTest = page_or_widget.run()
    assert not at.exception
    return at


# ---- live settings


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


# ---- single updates


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


# ---- forks


def test_the_dialog_begins_as_the_run_and_starts_a_fork() -> None:
    run = stopped()
    (step,) = run.states
    at = shown(dialog_page, run_id=run.id, step=step, settings={})
    key = f"fork-{run.id}-{step}"
    assert at.selectbox(f"{key}-loss").value == "relativistic"
    assert at.number_input(f"{key}-g_lr").value == 1e-3
    at.number_input(f"{key}-g_lr").set_value(0.005)
    rerun(at.button("fork-start").click())
    (new,) = [other for other in library.list_runs(library.home()) if other.id != run.id]
    assert at.query_params["run"] in (new.id, [new.id])
    assert new.info.parent == f"{run.id}@{step}"
    assert new.config == RunDir(run.path).config.with_settings({"g_lr": 0.005})
    assert ownership.owns(new, ME)


def test_another_loss_in_the_dialog_brings_what_it_needs() -> None:
    run = stopped()
    (step,) = run.states
    at = shown(dialog_page, run_id=run.id, step=step, settings={})
    key = f"fork-{run.id}-{step}"
    rerun(at.selectbox(f"{key}-loss").set_value("wasserstein"))
    assert at.number_input(f"{key}-wasserstein-gp").value == 1.0
    assert at.number_input(f"{key}-wasserstein-d_steps").value == 5
    rerun(at.button("fork-start").click())
    (new,) = [other for other in library.list_runs(library.home()) if other.id != run.id]
    train = new.config.train
    assert (train.loss, train.gp, train.d_steps, train.r1, train.r2) == ("wasserstein", 1.0, 5, 0.0, 0.0)


def test_a_remedy_fills_the_dialog() -> None:
    run = stopped()
    at = shown(dialog_page, run_id=run.id, step=run.states[0], settings={"r1": 0.3, "d_lr": 2e-4})
    key = f"fork-{run.id}-{run.states[0]}"
    assert at.number_input(f"{key}-relativistic-r1").value == 0.3
    assert at.number_input(f"{key}-d_lr").value == 2e-4


def test_the_dialog_takes_the_nearest_saved_step_and_says_so() -> None:
    run = stopped()
    (step,) = run.states
    at = shown(dialog_page, run_id=run.id, step=step + 7, settings={})
    assert any(f"{step + 7:,}" in str(element.value) and f"{step:,}" in str(element.value) for element in at.caption)
    rerun(at.button("fork-start").click())
    assert any(other.info.parent == f"{run.id}@{step}" for other in library.list_runs(library.home()))


def test_one_of_several_saved_steps_is_chosen() -> None:
    run = stopped()
    (first,) = run.states
    run_actions.resume(run, ME)
    job = app_state.current().jobs.get(run.id)
    assert job is not None
    until(lambda: getattr(job.snapshot.progress, "step", 0) > first + 5)
    job.stop()
    assert job.wait(PATIENCE)
    at = shown(dialog_page, run_id=run.id, step=10**6, settings={})
    assert at.select_slider(f"fork-{run.id}-{10**6}-at").value == run.states[-1]
    rerun(at.select_slider(f"fork-{run.id}-{10**6}-at").set_value(first))
    rerun(at.button("fork-start").click())
    assert any(other.info.parent == f"{run.id}@{first}" for other in library.list_runs(library.home()))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_without_states_says_that_it_cannot_be_forked(language: str) -> None:
    run = stopped()
    shutil.rmtree(run.path / "states")
    at = shown(dialog_page, language, run_id=run.id, step=5, settings={})
    assert [element.value for element in at.info] == [text.table(language)["fork.none"]]
    assert "fork-start" not in keys(at)


def test_a_shipped_model_is_forked_at_its_last_step() -> None:
    at = shown(dialog_page, run_id="faces", step=5, settings={})
    (last,) = library.find("faces").states
    assert f"{last:,}" in " ".join(element.value for element in at.markdown)
    rerun(at.button("fork-start").click())
    (new,) = library.list_runs(library.home())
    assert new.info.parent == f"faces@{last}"
    assert ownership.owns(new, ME)


def test_a_fork_whose_download_fails_trains_on_with_its_weights_on_the_built_in_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run_actions, "_submit", lambda run, name, owner: None)
    digits = library.find("digits")
    new = library.find(run_actions.fork(digits, digits.states[-1], {"steps": 60_000}, ME))
    assert run_actions.start_on_built_in(new, "digits", ME) == new.id
    again = RunDir(new.path)
    assert (again.config.data.name, again.config.model) == ("digits", digits.config.model)
    assert again.info.state == digits.states[-1]
    other = library.find(run_actions.start_on_built_in(new, "digits", OTHER))
    assert other.info.state is None, "someone else's goes on for nobody: a new one begins"
    begun = library.find(run_actions.start(PRESETS["mnist"], "mnist", ME))
    assert run_actions.start_on_built_in(begun, "digits", ME) != begun.id, "it has learned nothing yet"


def test_the_dialog_shows_the_error_of_a_setting_out_of_range() -> None:
    run = stopped()
    at = shown(dialog_page, run_id=run.id, step=run.states[0], settings={})
    at.number_input(f"fork-{run.id}-{run.states[0]}-g_lr").set_value(0.0)
    rerun(at.button("fork-start").click())
    assert any("above 0" in str(element.value) for element in at.error)
    assert len(library.list_runs(library.home())) == 1


# ---- who may


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


def test_anyone_forks_what_they_may_watch_and_owns_the_fork() -> None:
    run = stopped()
    new = library.find(run_actions.fork(run, run.states[0], {"g_lr": 0.01}, OTHER))
    assert ownership.owns(new, OTHER)
    assert not ownership.owns(new, ME)
    assert not ownership.owns(run, OTHER)


def test_nobody_forks_a_training_on_someone_elses_images() -> None:
    run = stopped()
    config = run.config.with_settings({"data.path": "flowers.zip"})
    run.set_config(config)
    with pytest.raises(JobError) as caught:
        run_actions.fork(run, run.states[0], {}, OTHER)
    assert caught.value.problem == "belongs to someone else"
    assert len(library.list_runs(library.home())) == 1
    assert run_actions.fork(run, run.states[0], {}, ME)
