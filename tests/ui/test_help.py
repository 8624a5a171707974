"""The Help page: diagnostics of the run that one came from, privacy in both languages, and the links that lead there."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gan_demo.i18n import text
from gan_demo.runs import library
from tests.ui.app_page import RepeatingJob, app, words

pytestmark = pytest.mark.usefixtures("fresh_state")


def diagnostics(at: AppTest) -> dict[str, Any]:
    """Return the data of the diagnostics component."""
    (component,) = [element for element in at.get("bidi_component") if "Copy diagnostics" in element.proto.json]
    data: dict[str, Any] = json.loads(component.proto.json)
    return data


def help_links(at: AppTest) -> list[tuple[str, str]]:
    """Return label and query of each link to the Help page."""
    links = [element.proto for element in at.get("page_link")]
    return [(link.label, link.query_string) for link in links if link.page == "help"]


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_page_says_what_is_stored_in_each_language(language: str) -> None:
    shown = words(app("help", language=language))
    sentences = text.table(language)
    sections = [key.removesuffix(".title") for key in sentences if re.fullmatch(r"help\..+\.title", key)]
    assert len(sections) == 8
    assert [key for key in sections if sentences[key] not in shown] == []


def test_the_diagnostics_are_of_the_run_in_the_address() -> None:
    run = library.find("digits")
    assert "Run: digits, finished at step" not in diagnostics(app("help"))["report"]
    assert "Run: digits, done at step" in diagnostics(app("help", run=run.id))["report"]
    assert "Run:" not in diagnostics(app("help", run="gone-000000000000"))["report"]


@pytest.mark.parametrize("page", ["home", "train", "compare", "explore", "lab", "learn"])
def test_every_page_links_to_help_and_takes_its_run_along(page: str) -> None:
    label = text.table("en")["nav.help"]
    assert help_links(app(page)) == [(label, "")]
    if page in ("train", "explore"):
        assert help_links(app(page, run="digits")) == [(label, "run=digits")]


def test_an_unexpected_error_leads_to_its_diagnostics() -> None:
    broken = RepeatingJob()
    broken.items = [ZeroDivisionError("by nobody in particular")]
    broken.until(lambda job: job.snapshot.status.is_over)
    at = app("train", run=broken.run.id)
    assert (text.table("en")["help.diagnostics"], f"run={broken.run.id}") in help_links(at)
    report = diagnostics(app("help", run=broken.run.id))["report"]
    assert "Error: ZeroDivisionError" in report
    assert "nobody in particular" not in report
