"""Files for contributors and their tools: the workflow, the hooks, templates of issues, and how to cite."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import gan_demo

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
COMMANDS = ("make", "python -m pip", "python -m pytest", "docker")


@cache
def parse(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def jobs() -> dict[str, Any]:
    jobs: dict[str, Any] = parse(".github/workflows/tests.yml")["jobs"]
    return jobs


def commands() -> list[str]:
    return [step["run"] for job in jobs().values() for step in job["steps"] if "run" in step]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def test_the_workflow_runs_on_every_system_and_every_python() -> None:
    assert set(jobs()) == {"everything", "core", "container"}
    assert jobs()["everything"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert jobs()["core"]["strategy"]["matrix"]["system"] == ["windows-latest", "macos-latest"]
    assert [step["run"] for step in jobs()["everything"]["steps"] if "run" in step] == ["make test"]


def test_every_command_of_the_workflow_exists() -> None:
    for command in commands():
        assert command.startswith(COMMANDS), command
        program, *words = command.split()
        if program == "make":
            assert set(words) <= targets()
        paths = [word for word in words if re.fullmatch(r"[\w./-]+(\.py|\.txt)|tests/[\w./]+", word)]
        assert [path for path in paths if not (ROOT / path).exists()] == [], command


@pytest.mark.parametrize("page", ["README.md", "README.zh.md", "CONTRIBUTING.md"])
def test_every_make_target_on_a_page_exists(page: str) -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", (ROOT / page).read_text("utf-8"), re.MULTILINE))
    assert named
    assert named <= targets()


def test_the_core_is_all_that_needs_no_browser_and_no_server() -> None:
    """A new package's tests run on Windows and macOS, too, or stand here."""
    linux_alone = {"browser", "server", "ui", "cli", "i18n", "scripts", "frontend", "fixtures", "soak"}
    (command,) = [command for command in commands() if "pytest" in command]
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert {word.removeprefix("tests/") for word in command.split() if re.fullmatch(r"tests/\w+", word)} == (
        folders - linux_alone
    )


def test_hooks_run_the_tools_of_the_checkout() -> None:
    (repo,) = parse(".pre-commit-config.yaml")["repos"]
    assert repo["repo"] == "local"
    assert {hook["id"] for hook in repo["hooks"]} == {"ruff", "ruff-format", "mypy", "biome", "tsc"}
    for hook in repo["hooks"]:
        assert hook["language"] == "system"
        tools = [word for word in hook["entry"].split() if word.startswith((".venv/", "node_modules/"))]
        assert tools, hook["entry"]
        assert [tool for tool in tools if not (ROOT / tool).exists()] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_an_issue_template_asks_for_something(template: Path) -> None:
    form = parse(template.relative_to(ROOT).as_posix())
    if template.stem == "config":
        assert form == {"blank_issues_enabled": True}
        return
    assert {"name", "description", "body"} <= form.keys()
    ids = [field["id"] for field in form["body"]]
    assert len(set(ids)) == len(ids)
    assert all(field["attributes"]["label"] for field in form["body"])
    assert ("diagnostics" in ids) == (template.stem in ("bug", "classroom"))


def test_the_citation_names_the_contributors_and_this_version() -> None:
    citation = parse("CITATION.cff")
    assert citation["cff-version"] == "1.2.0"
    assert citation["authors"] == [{"name": "The gan_demo contributors"}]
    assert citation["version"] == gan_demo.__version__
    assert citation["license"] == "MIT"
