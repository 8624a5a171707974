"""The fork dialog alone on a page: what it begins with, what it starts, what it refuses, and to whom it is open."""

from __future__ import annotations

import shutil

import pytest

from gan_demo.errors import JobError
from gan_demo.i18n import text
from gan_demo.presets import PRESETS
from gan_demo.runs import library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import app_state, run_actions
from tests.ui.train_page.controlled_runs import ME, OTHER, PATIENCE, keys, rerun, shown, stopped, until
from tests.ui.train_page.controlled_runs import jobs as jobs


def dialog_page(run_id: str, step: int, settings: dict) -> None:  # type: ignore[type-arg]
    import streamlit as st

    from gan_demo.ui import session
    from gan_demo.ui.train_page import fork_dialog

    if st.session_state.get("opened") is None and session.linked_run() == "":
        fork_dialog.show(session.run(run_id), step, settings)


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
