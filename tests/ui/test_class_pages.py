"""The strip of a class on the pages: whose it is, what each page says that it shows, and the form for a code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gan_demo.classroom.classes import Classes
from gan_demo.classroom.page_location import PageLocation
from gan_demo.presets import PRESETS
from gan_demo.runs import ownership
from gan_demo.runs.library import PRETRAINED
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import app_state, run_state
from gan_demo.service.run_state import RunState
from gan_demo.ui import classroom, session
from gan_demo.ui.train_page import run_view

MAIN = Path(session.__file__).parent / "main.py"
ME, PUPIL, OTHER = "m" * 43, "p" * 43, "o" * 43
PATIENCE = 60.0

pytestmark = pytest.mark.usefixtures("fresh_state")


def classes() -> Classes:
    return app_state.current().classes


@pytest.fixture
def run(home: Path) -> RunDir:
    run = RunDir.create(home / "ring-1", PRESETS["ring"], "ring")
    ownership.claim(run, ME)
    return run


@pytest.fixture
def ticket(run: RunDir) -> str:
    classes().show(run, ME)
    return classes().ticket_of(ME)


def app(page: str, owner: str = ME, **query: str) -> AppTest:
    """Return a page after its first run."""
    at = AppTest.from_file(str(MAIN), default_timeout=PATIENCE)
    at.session_state["owner"] = owner
    at.session_state["language"] = "en"
    at.switch_page(f"{page}.py")
    for key, value in query.items():
        at.query_params[key] = value
    at.run()
    assert not at.exception
    return at


def strips(at: AppTest) -> list[dict[str, Any]]:
    """Return the data of all strips on the page: of the bar, and of the live board."""
    data = [json.loads(board.proto.json) for board in at.get("bidi_component")]
    parts = [part.get("classroom", part) for part in data if isinstance(part, dict)]
    return [part for part in parts if "presenterKey" in part]


def query(at: AppTest, name: str) -> str:
    """Return a parameter of the page's address."""
    value = at.query_params[name]
    return value if isinstance(value, str) else value[0]


SHOWN = [
    ("learn", {}, None),
    ("train", {}, None),
    ("train", {"run": "ring-1"}, {"page": "train", "query": {"run": "ring-1"}, "hash": ""}),
    (
        "compare",
        {"runs": "digits,tutorial", "by": "images"},
        {"page": "compare", "query": {"runs": "digits,tutorial", "by": "images"}, "hash": ""},
    ),
    ("explore", {"run": "digits"}, {"page": "explore", "query": {"run": "digits", "step": "30000"}, "hash": ""}),
    ("analyse", {"run": "digits", "step": "no number"}, None),
    ("lab", {}, {"page": "lab", "query": {}, "hash": ""}),
]


@pytest.mark.parametrize(("page", "address", "location"), SHOWN, ids=lambda value: repr(value)[:30])
def test_every_page_has_one_strip_and_says_what_it_shows(
    ticket: str, page: str, address: dict[str, str], location: object
) -> None:
    (teaching,) = strips(app(page, **address))
    assert (teaching["ticket"], teaching["place"], teaching["voter"]) == (ticket, location, "")
    assert classes().is_presenter(ticket, teaching["presenterKey"])
    (attending,) = strips(app(page, PUPIL, **{"class": ticket}, **address))
    assert (attending["ticket"], attending["place"], attending["presenterKey"]) == (ticket, location, None)
    assert classes().voter_name(ticket, attending["voter"])
    strangers = strips(app(page, OTHER, **address))
    assert [strip["ticket"] for strip in strangers] == ([""] if address == {"run": "ring-1"} else [])


def test_a_run_that_waits_in_the_queue_has_its_strip(ticket: str, run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_state, "state", lambda run: RunState(Status.QUEUED, None))
    monkeypatch.setattr(run_view, "_queue", lambda run_id: None)
    (teaching,) = strips(app("train", run=run.id))
    assert (teaching["ticket"], teaching["place"]["query"]) == (ticket, {"run": run.id})
    assert classes().is_presenter(ticket, teaching["presenterKey"])


def test_a_follower_stays_in_the_class_on_every_page_and_after_a_reload(ticket: str) -> None:
    at = app("learn", PUPIL, **{"class": ticket})
    at.switch_page("home.py").run()
    (attending,) = strips(at)
    assert attending["ticket"] == ticket
    assert query(at, "class") == ticket
    classes().set_open(ticket, False)
    assert [strip["ticket"] for strip in strips(at.run())] == [ticket], "so that the strip can say that it ended"
    assert strips(app("learn", PUPIL, **{"class": "A" * 22})) == []


def test_show_to_a_class_opens_one_class_whatever_the_run(run: RunDir, home: Path) -> None:
    other = RunDir.create(home / "ring-2", PRESETS["ring"], "ring")
    ownership.claim(other, ME)
    codes = []
    for shown in (run, other):
        at = app("train", run=shown.id)
        at.button("class-button").click().run()
        assert not at.exception
        codes.append(classes().state(classes().ticket_of(ME))["code"])
        assert classes().state(classes().ticket_of(ME))["place"]["query"] == {"run": shown.id}
    assert codes[0] == codes[1]


def test_a_follower_is_offered_no_class_of_their_own(ticket: str, run: RunDir) -> None:
    (run.path / "owner").unlink()  # a run of the command line, which everybody may show
    assert "class-button" in [button.key for button in app("train", OTHER, run=run.id).button]
    attending = app("train", PUPIL, **{"class": ticket, "run": run.id})
    assert "class-button" not in [button.key for button in attending.button]


def test_the_lab_is_shown_to_a_class_and_everybody_loads_shipped_graphs() -> None:
    at = app("lab")
    at.button("class-button").click().run()
    assert not at.exception
    ticket = classes().ticket_of(ME)
    assert classes().location(ticket) == PageLocation("lab")
    assert ["shipped" in urls for urls in lab_urls(at)] == [True]
    pupil = app("lab", PUPIL, **{"class": ticket})
    assert ["shipped" in urls for urls in lab_urls(pupil)] == [True]
    assert "class-button" not in [button.key for button in pupil.button]


@pytest.mark.parametrize(
    ("page", "query"),
    [("explore", {"run": "digits"}), ("compare", {"runs": "digits,tutorial"})],
    ids=["explore", "compare"],
)
def test_a_class_begins_on_any_page_that_can_be_shown(page: str, query: dict[str, str]) -> None:
    app(page, **query).button("class-button").click().run()
    location = classes().location(classes().ticket_of(ME))
    assert location is not None
    assert (location.page, location.query | query) == (page, location.query)
    pupil = app(page, PUPIL, **query, **{"class": classes().ticket_of(ME)})
    assert "class-button" not in [button.key for button in pupil.button]


def lab_urls(at: AppTest) -> list[dict[str, str]]:
    """Return the addresses that the lab's component is given."""
    data = [json.loads(board.proto.json) for board in at.get("bidi_component")]
    return [part["urls"] for part in data if isinstance(part, dict) and "urls" in part]


def test_the_form_leads_in_with_a_right_code_after_wrong_ones(
    ticket: str, run: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(classroom, "time", SimpleNamespace(sleep=waits.append))
    at = app("train", PUPIL, **{"class": "join"})
    at.text_input("class-code").set_value("XXXXXX")
    at.button[0].click().run()
    assert query(at, "class") == "unknown"
    for n in range(700):
        classes().wait_at_door("333333", f"invented {n}")
    at.text_input("class-code").set_value(classes().state(ticket)["code"].lower())
    at.button[0].click().run()
    assert (query(at, "class"), query(at, "run")) == (ticket, run.id)
    assert len(strips(at)) == 1
    assert waits[-1] > 0, "slowly"


def test_a_class_that_is_shown_a_deleted_run_is_told_so_and_can_come_along(ticket: str, run: RunDir) -> None:
    shutil.rmtree(run.path)
    classes().go_to(ticket, PageLocation("train", {"run": "ring-1"}))
    at = app("train", PUPIL, **{"class": ticket, "run": "ring-1"})
    assert [strip["ticket"] for strip in strips(at)] == [ticket]


@pytest.mark.parametrize("content", [b"[" * 200_000, b'{"code": 1}', b"\xff"], ids=["nested", "types", "bytes"])
def test_a_damaged_class_file_breaks_no_page(home: Path, content: bytes) -> None:
    name = "digits-1"
    shutil.copytree(PRETRAINED / "digits", home / name)
    (home / name / "class").write_bytes(content)
    (home / ".classes").mkdir()
    (home / ".classes" / "damaged.json").write_bytes(content)
    assert [strip["ticket"] for strip in strips(app("train", run=name))] == [""]
