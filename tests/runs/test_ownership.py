"""Who owns a run: one rule, whatever way a visitor takes to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gan_demo.analysis.findings import Finding
from gan_demo.boards import explorer as board_explorer
from gan_demo.classroom import page_location
from gan_demo.errors import GanDemoError, JobError
from gan_demo.explorer import artifacts, training_images
from gan_demo.presets import PRESETS
from gan_demo.runs import disk_space, library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.server import lifespan
from gan_demo.server.api import explain, explorer
from gan_demo.service import app_state, remedies, run_actions, run_control, run_state, trash
from gan_demo.ui import attempts, classroom, session

ME = "m" * 43
OTHER = "o" * 43
DAMAGED = {
    "empty": b"",
    "not text": b"\xff\xfe\x00",
    "cut": ownership.digest(ME)[:40].encode(),
    "token itself": ME.encode(),
    "two lines": f"{ownership.digest(ME)}\n{ownership.digest(OTHER)}".encode(),
}
# What lies in the run's folder, and whether the run is mine then.
CASES = {
    "own": True,
    "someone else's": False,
    "no owner file": True,
    "shipped": False,
    "a folder": False,
} | dict.fromkeys(DAMAGED, False)


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def mine(case: str) -> bool:
    return CASES[case]


@pytest.fixture
def run(case: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunDir:
    """Create a run on own images, as ``case`` says."""
    monkeypatch.setattr(library, "PRETRAINED", tmp_path / "pretrained")
    config = PRESETS["faces"].with_settings({"data.path": "flowers.zip"})
    run = RunDir.create((library.PRETRAINED if case == "shipped" else home) / "faces-1", config, "faces")
    if case == "own":
        ownership.claim(run, ME)
    elif case == "someone else's":
        ownership.claim(run, OTHER)
    elif case == "a folder":
        (run.path / "owner").mkdir()
    elif case in DAMAGED:
        (run.path / "owner").write_bytes(DAMAGED[case])
    return run


class PassedError(Exception):
    """Raised in the place of what an action would do to the run."""


def passes(action: Callable[[], object]) -> bool:
    """Return whether the owner check of ``action`` lets the visitor through."""
    with pytest.raises((PassedError, JobError), match=r"passed|belongs to someone else") as caught:
        action()
    return caught.type is PassedError


def stop_here(monkeypatch: pytest.MonkeyPatch, *targets: tuple[Any, str]) -> None:
    def raise_passed(*args: object, **named: object) -> None:
        raise PassedError("passed")

    for module, name in targets:
        monkeypatch.setattr(module, name, raise_passed)


# ---- the rule


def test_the_rule(run: RunDir, mine: bool) -> None:
    assert ownership.owns(run, ME) == mine


def test_the_list_holds_what_is_mine(run: RunDir, mine: bool) -> None:
    assert [listed.id for listed in ownership.own_runs(ME)] == ([run.id] if mine else [])


@pytest.mark.parametrize("token", ["", "short", "m" * 42, "m" * 65, "ü" * 43])
def test_no_token_but_the_owners_opens_a_claimed_run(home: Path, token: str) -> None:
    run = RunDir.create(home / "faces-1", PRESETS["faces"], "faces")
    ownership.claim(run, ME)
    assert not ownership.owns(run, token)
    (run.path / "owner").write_text(ownership.digest(token))
    assert ownership.owns(run, token) == ownership.valid_token(token)


def test_a_run_of_the_command_line_belongs_to_visitors_without_a_cookie_too(home: Path) -> None:
    assert ownership.owns(RunDir.create(home / "faces-1", PRESETS["faces"], "faces"), "")


def test_a_line_break_after_the_digest_is_no_damage(home: Path) -> None:
    run = RunDir.create(home / "faces-1", PRESETS["faces"], "faces")
    (run.path / "owner").write_text(f"{ownership.digest(ME)}\n")
    assert ownership.owns(run, ME)
    assert not ownership.owns(run, OTHER)


def test_only_the_tokens_digest_is_kept(home: Path) -> None:
    run = RunDir.create(home / "faces-1", PRESETS["faces"], "faces")
    ownership.claim(run, ME)
    assert not any(ME.encode() in path.read_bytes() for path in run.path.iterdir() if path.is_file())


# ---- the ways in: what the buttons do


def test_resuming(run: RunDir, mine: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    stop_here(monkeypatch, (disk_space, "check_free"))
    assert passes(lambda: run_actions.resume(run, ME)) == mine


def test_deleting(run: RunDir, mine: bool) -> None:
    if mine:
        trash.delete(run, ME)
    else:
        with pytest.raises(JobError):
            trash.delete(run, ME)
    assert run.path.is_dir() != mine


@pytest.mark.parametrize("private", [True, False])
def test_own_images_are_forked_and_trained_again_by_the_owner_alone(
    run: RunDir, mine: bool, private: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not private:
        run.set_config(PRESETS["faces"])
    stop_here(monkeypatch, (run_actions, "check_space"))
    assert passes(lambda: run_actions.fork(run, 1, {}, ME)) == (mine or not private)
    assert passes(lambda: run_actions.start_again(run, {}, ME)) == (mine or not private)


def test_a_run_goes_on_with_built_in_data_where_it_is_mine_and_begins_anew_elsewhere(
    run: RunDir, mine: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gan_demo.data import datasets

    shape = datasets.source("faces").shape
    model = dataclasses.replace(run.config.model, shape=shape, labels=(), conditional=False)
    run.set_config(dataclasses.replace(run.config, model=model))
    run.set_info(dataclasses.replace(run.info, state=1))
    monkeypatch.setattr(run_actions, "_submit", lambda *given: None)
    trained = run_actions.start_on_built_in(run, "faces", ME)
    assert (trained == run.id) == mine
    assert library.find(trained).config.data.path == ""
    assert (RunDir(run.path).config.data.path == "") == mine


def test_a_remedy_stops_a_training_where_it_is_mine(run: RunDir, mine: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[str] = []
    monkeypatch.setattr(run_state, "state", lambda run: run_state.RunState(Status.RUNNING, None))
    monkeypatch.setattr(run_control, "stop_and_wait", lambda run, owner: stopped.append(run.id))
    monkeypatch.setattr(run_actions, "start_again", lambda *given: "new")
    finding = Finding("d_wins", "warning", 1, "verdicts", 1, 1, {"d_lr": 1e-5})
    monkeypatch.setattr(remedies, "findings", lambda run: [finding])
    remedies.apply(run, "d_wins", ME)
    assert stopped == ([run.id] if mine else [])


@pytest.mark.parametrize("act", [run_control.pause, run_control.unpause, run_control.stop])
def test_a_job_is_controlled_by_whoever_started_it_alone(act: Callable[[str, str], None], home: Path) -> None:
    app_state.close_current()
    app_state.current().jobs.submit("ring-1", "ring", ME, "cpu", lambda job: iter(()))
    try:
        with pytest.raises(JobError):
            act("ring-1", OTHER)
        with pytest.raises(JobError):
            act("ring-1", "")
    finally:
        app_state.close_current()


# ---- the ways in: class mode


@pytest.fixture
def class_page(run: RunDir, fresh_state: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """My browser on the run's page; nobody has a class yet."""
    monkeypatch.setattr(session, "owner", lambda: ME)
    monkeypatch.setattr(session, "language", lambda: "en")


@pytest.mark.usefixtures("class_page")
def test_a_class_is_opened(run: RunDir, mine: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    put: dict[str, Any] = {}
    monkeypatch.setattr(session, "put", put.__setitem__)
    monkeypatch.setattr(session, "run", library.find)
    attempts.call(classroom._open, run.id)
    assert (put.get("class-dialog") == run.id) == mine
    assert isinstance(put.get("problem"), JobError) != mine
    assert bool(app_state.current().classes.ticket_of(ME)) == mine


@pytest.mark.usefixtures("class_page")
def test_whoever_watches_is_offered_my_class(run: RunDir, mine: bool, home: Path) -> None:
    classes, other = app_state.current().classes, RunDir.create(home / "other", PRESETS["ring"], "ring")
    classes.show(other, ME)
    classes.go_to(classes.ticket_of(ME), page_location.training(run.id))
    assert bool(classes.shown_with(run.id)) == mine


# ---- the ways in: addresses


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = Starlette(routes=[*explorer.ROUTES, *explain.ROUTES], lifespan=lifespan.lifespan)
    with TestClient(app, cookies={ownership.OWNER_COOKIE: ME}) as client:
        yield client


def test_the_training_images_are_served(
    client: TestClient, run: RunDir, mine: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_images, "real_images", lambda run, n, seed: (b"png", "[]"))
    assert client.get(f"/api/explore/{run.id}/real.png").status_code == (200 if mine else 404)


def test_the_page_names_the_address_of_the_training_images(
    run: RunDir, mine: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifacts, "version", lambda run, step: "v")
    run.set_config(dataclasses.replace(run.config, model=dataclasses.replace(run.config.model, shape=(3, 32, 32))))
    data = board_explorer.run_data(run, 1, [], owner=ME)
    assert ("real" in data["urls"]) == mine


def test_the_nearest_training_image_is_told(
    client: TestClient, run: RunDir, mine: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explain, "_explanation", lambda run, step, index, private: str(private).encode())
    assert client.get(f"/api/runs/{run.id}/explain/1/0").text == str(not mine)


def test_a_run_whose_owner_file_is_damaged_can_still_be_watched(run: RunDir) -> None:
    assert library.find(run.id).path == run.path
    with pytest.raises(GanDemoError):
        library.find(f"{run.id}/owner")
