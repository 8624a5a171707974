"""A copy of what version 0.1.0 left: its runs, a client, and pages opened by its links."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from tests.component_scan import scan_components_once as scan_components_once

ROOT = next(folder for folder in Path(__file__).resolve().parents if (folder / "app.py").is_file())
V01 = ROOT / "tests" / "fixtures" / "v0_1"
RING, FORK, KILLED, DELETED = "ring-1057946649d0", "ring-cf01fd4c8049", "cli-digits", "ring-26b42417c2aa"
TEACHER, OTHER = "m" * 43, "x" * 43  # browsers, as their cookies name them
PATIENCE = 60.0


@pytest.fixture
def frozen(home: Path) -> Path:
    """Copy the old runs to the user's runs, among them one that was deleted a moment ago."""
    shutil.copytree(V01 / "home", home, dirs_exist_ok=True)
    for deleted in (home / ".deleted").iterdir():
        deleted.rename(deleted.with_name(f"{deleted.name.partition('@')[0]}@{int(time.time())}"))
    return home


def opened(address: str, owner: str = TEACHER, **state: Any) -> AppTest:
    """Return the page of an address, after its first run in a session with that state."""
    page, query = urlsplit(address).path, dict(parse_qsl(urlsplit(address).query))
    app = AppTest.from_file(str(ROOT / "gan_demo" / "ui" / "main.py"), default_timeout=PATIENCE)
    for key, value in {"owner": owner, **state}.items():
        app.session_state[key] = value
    app.query_params.update(query)
    return rerun(app.switch_page(f"{page}.py"))


def rerun(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception, app.exception
    assert [error.value for error in app.error] == []
    return app


def boards(app: AppTest) -> str:
    """Return the data of a page's components, as JSON, without those that every page has: its own, a class's strip."""
    data = [board.proto.json for board in app.get("bidi_component")]
    return "\n".join(text for text in data if not text.startswith('{"ticket"') and '"scrolls"' not in text)
