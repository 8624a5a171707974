"""A page of the app in AppTest, as a visitor opens it."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from gan_demo.ui import session

MAIN = Path(session.__file__).parent / "main.py"
ME, OTHER = "m" * 43, "o" * 43  # tokens of two visitors
PATIENCE = 60.0


def opened_page(name: str, owner: str = ME, language: str = "en", **query: str) -> AppTest:
    """Return the page NAME.py with these parameters in its address, after its first run."""
    at = AppTest.from_file(str(MAIN), default_timeout=PATIENCE)
    at.session_state["owner"] = owner
    at.session_state["language"] = language
    at.switch_page(f"{name}.py")
    for key, value in query.items():
        at.query_params[key] = value
    at.run()
    assert not at.exception
    return at
