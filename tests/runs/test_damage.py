"""A damaged run never breaks more than itself: whatever happens to its files, every way in answers or says what is wrong.

Hypothesis chooses a file of a run and what happens to it; the run is then opened by pages, routes, command line and
exports. ``make soak`` tries more, and opens pages and slow exports for each.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from gan_demo.analysis import comparison
from gan_demo.boards import compare_board, titles
from gan_demo.boards import explorer as board_explorer
from gan_demo.boards import live_board as board_live
from gan_demo.boards.classroom import Visit
from gan_demo.cli.main import main
from gan_demo.errors import GanDemoError
from gan_demo.export import charts_page, static_site
from gan_demo.export.script import build
from gan_demo.export.script.options import ScriptOptions
from gan_demo.presets import PRESETS
from gan_demo.runs import library, networks, ownership, resuming
from gan_demo.runs.archive import packing
from gan_demo.runs.run_dir import RunDir
from gan_demo.server import lifespan, routes
from gan_demo.service import app_state, diagnostics, remedies, run_files, run_state
from gan_demo.training.trainer import train
from gan_demo.ui import session

ME = "m" * 43
MAIN = Path(session.__file__).parent / "main.py"
CONTENTS = (
    b"",
    b"[",
    b"[" * 200_000,
    b'{"a":' * 9_000,
    b"null",
    b"{}",
    b"[]",
    b'"gestern"',
    b"\xff\xfe",
    b"1" * 400,
    b"NaN",
)
VALUES = (
    None,
    True,
    -1,
    10**400,
    1e300,
    1e999,
    "",
    "gestern",
    "\ud800",
    "²",
    [],
    {},
    [[[[]]]],
    {"a": {"b": [1]}},
    "x" * 9_000,
)
NAMES = ("²²²²²²²²", "٠٠٠٠٠٠٠٧", "00000002", "99999999", "-0000001", "x", ".x.1.2.3", "9" * 30)


SETTINGS: Any = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "phases": [Phase.explicit, Phase.generate],  # a damage is small as it is
    "report_multiple_bugs": False,
    "suppress_health_check": list(HealthCheck),
}


@dataclasses.dataclass(frozen=True)
class Damage:
    """What happens to the file of this number, with numbers that decide the rest."""

    file: int
    kind: str
    number: int
    other: int


damages = st.builds(
    Damage,
    st.integers(0, 99),
    st.sampled_from(["truncate", "flip", "replace", "nest", "retype", "rename", "directory", "remove"]),
    st.integers(0, 9_999),
    st.integers(0, 9_999),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run with every kind of file that a run may have."""
    config = PRESETS["ring"].with_settings({"steps": 3, "batch": 8, "width": 4, "d_width": 4})
    run = RunDir.create(tmp_path_factory.mktemp("whole") / "whole", config, "ring")
    for _ in train(run):
        pass
    run.add_change(1, 0.1, {"g_lr": 0.1, "loss": "hinge"}, {"g_lr": 0.2, "loss": "relativistic"})
    run.set_refused((("a.png", "it is encrypted"),))
    (run.path / "card.json").write_text('{"licence": "MIT"}')
    ownership.claim(run, ME)
    former = {"code": "7KFNQX", "teacher": ownership.digest(ME), "open": True, "poll": None, "moved": ""}
    (run.path / "class").write_text(json.dumps(former))  # as an earlier version kept it
    return run.path


def apply(damage: Damage, folder: Path) -> None:
    """Damage one file of the run in this folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    path = files[damage.file % len(files)]
    data = path.read_bytes()
    path.unlink()  # a copy of its own: states are hard links of each other
    position = damage.number % max(1, len(data))
    if damage.kind == "truncate":
        path.write_bytes(data[:position])
    elif damage.kind == "flip":
        path.write_bytes(data[:position] + bytes([data[position] ^ 1 << damage.other % 8]) + data[position + 1 :])
    elif damage.kind == "replace":
        path.write_bytes(CONTENTS[damage.number % len(CONTENTS)])
    elif damage.kind == "nest":
        path.write_bytes(b"[" * (damage.number % 50) + data.strip() + b"]" * (damage.number % 50))
    elif damage.kind == "retype":
        path.write_bytes(retyped(data, damage))
    elif damage.kind == "rename":
        path.with_name(NAMES[damage.number % len(NAMES)] + path.suffix).write_bytes(data)
    elif damage.kind == "directory":
        path.mkdir()


def retyped(data: bytes, damage: Damage) -> bytes:
    """Return JSON, or its first line, with one value somewhere in it replaced; other files as they are."""
    first, line_end, rest = data.partition(b"\n") if data[:1] == b"{" and b"}\n{" in data else (data, b"", b"")
    try:
        value = json.loads(first)
    except ValueError:
        return data
    places: list[tuple[Any, Any]] = []
    levels = [value]
    while levels:
        item = levels.pop()
        keys = list(item) if isinstance(item, dict) else range(len(item)) if isinstance(item, list) else ()
        places += [(item, key) for key in keys]
        levels += [item[key] for key in keys]
    if places:
        item, key = places[damage.number % len(places)]
        item[key] = VALUES[damage.other % len(VALUES)]
    return json.dumps(value).encode() + line_end + rest


@pytest.fixture
def client(fresh_state: None) -> Iterator[TestClient]:
    app = Starlette(routes=routes.served("", b"<html></html>"), lifespan=lifespan.lifespan)
    with TestClient(app, cookies={ownership.OWNER_COOKIE: ME}, follow_redirects=False) as client:
        yield client


def answers(action: Callable[[], object]) -> None:
    """Call an action, which may say in an error of ours what is wrong."""
    with contextlib.suppress(GanDemoError):
        action()


def read_all(run: RunDir) -> Iterator[Callable[[], object]]:
    """Yield ways to read a run."""
    for name in ("info", "config", "card", "refused", "checkpoints", "states", "grids"):
        yield lambda name=name: getattr(run, name)
    yield from (run.changes, run.metrics, run.load_checkpoint, run.newest_checkpoint)
    yield lambda: [run.load_state_at(step) for step in run.states]
    yield lambda: [run.config_at(step) for step in run.states]
    yield lambda: networks.generator(run)
    yield lambda: titles.run_title(run)
    yield lambda: diagnostics.report(run)
    yield lambda: remedies.findings(run)
    yield lambda: board_live.data(run, run_state.state(run), Visit(ME, "", "https://gan.example/"))
    yield lambda: board_explorer.run_data(run, run.newest_checkpoint(), [("a", run)], ME)
    yield lambda: compare_board.data([run, run], "step", ["d_loss", "fcd"])
    yield lambda: comparison.summary_csv([comparison.result(run)], comparison.differing([run.config]))
    yield lambda: comparison.rows_csv([run])
    yield lambda: run_files.metrics_csv(run.metrics())
    yield lambda: run_files.weights(run)
    yield lambda: packing.write(run, io.BytesIO())


def check(run_id: str, client: TestClient, tmp_path: Path) -> None:
    """Open a run by every quick way in."""
    library.list_runs(library.home())
    ownership.own_runs(ME)
    for address in ("updates", "rows", "grids/3.png"):
        assert client.get(f"/api/runs/{run_id}/{address}").status_code < 500, address
    for address in ("/c/7KFNQX", f"/api/explore/{run_id}/3/space.json?first=1"):
        assert client.get(address).status_code < 500, address
    assert main(["list"]) == 0
    assert main(["export", run_id, "--format", "run", "--out", str(tmp_path / "a.zip")]) in (0, 2)
    try:
        run = library.find(run_id)
    except GanDemoError:
        return
    for action in read_all(run):
        answers(action)
    answers(lambda: resuming.load_state(run))  # last, as it deletes what comes after the state


def damaged(whole: Path, damage: Damage) -> str:
    """Copy the run under a new id into the home folder, damage it and return the id."""
    run_id = library.new_id("damaged")
    shutil.copytree(whole, library.home() / run_id)
    apply(damage, library.home() / run_id)
    return run_id


def taken_away(run_id: str, folder: Path) -> None:
    """Move a run away at once, as the trash does: files of the explorer may be on their way into it."""
    (library.home() / run_id).rename(folder / run_id)


@settings(max_examples=20, **SETTINGS)
@given(damage=damages)
def test_a_damaged_run_breaks_only_itself(damage: Damage, whole: Path, client: TestClient, tmp_path: Path) -> None:
    run_id = damaged(whole, damage)
    try:
        check(run_id, client, tmp_path)
    finally:
        taken_away(run_id, tmp_path)


def visit(run_id: str) -> None:
    """Open every page with this run."""
    at = AppTest.from_file(str(MAIN), default_timeout=60)
    at.session_state["owner"] = ME
    at.run()
    for page in ("train", "compare", "explore", "help"):
        at.switch_page(f"{page}.py")
        at.query_params.clear()
        at.run()
        assert not at.exception, page
        at.query_params["run"] = at.query_params["runs"] = run_id
        at.run()
        assert not at.exception, page


@pytest.mark.soak
@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("run.json", b"[" * 200_000),
        ("run.json", b'{"name": "a", "created": "gestern"}'),
        ("class", b"[" * 200_000),
        ("metrics.jsonl", b'{"step": 1, "seconds": "x"}\n{"step": 2, "d_loss": ' + b"1" * 400 + b"}\n"),
    ],
)
def test_pages_open_beside_and_with_a_damaged_run(
    file: str, content: bytes, whole: Path, home: Path, fresh_state: None
) -> None:
    shutil.copytree(whole, home / "damaged-1")
    (home / "damaged-1" / file).write_bytes(content)
    visit("damaged-1")


@pytest.mark.soak
@settings(max_examples=50, **SETTINGS)
@given(damage=damages)
def test_a_damaged_run_breaks_only_itself_on_pages_and_in_exports_too(
    damage: Damage, whole: Path, client: TestClient, tmp_path: Path
) -> None:
    run_id = damaged(whole, damage)
    try:
        visit(run_id)
        app_state.current()
        answers(lambda: build.files(library.find(run_id), ScriptOptions("train.py", "en")))
        answers(lambda: charts_page.page(library.find(run_id)))
        answers(lambda: static_site.files(library.find(run_id), None))
        check(run_id, client, tmp_path)
        answers(lambda: [None for _ in train(library.find(run_id))])
    finally:
        taken_away(run_id, tmp_path)
