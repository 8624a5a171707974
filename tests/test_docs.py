"""The documentation names files and functions that exist."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "gan_demo"
PAGES = (
    "README.md",
    "README.zh.md",
    "CONTRIBUTING.md",
    *(f"docs/{file.name}" for file in sorted((ROOT / "docs").glob("*.md"))),
)
IMAGE_BYTES = 1_500_000  # at most, for each picture of the README
README_LINES = 120
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]*)(?:#([\w-]+))?\)")
FOLDERS = ("gan_demo", "tests", "benchmarks", "docs", "scripts", "pretrained", ".streamlit", ".ci")
PACKAGES = sorted(folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").is_file())
PATH = re.compile(r"`([\w.*-]*/?[\w./*-]*\.(?:py|mjs|css|md|toml|jinja)|[\w.*-]+/(?:[\w.*-]+/)*)`")
DOTTED = re.compile(rf"(?<![\w./-])((?:{'|'.join(PACKAGES)})(?:\.\w+)+)(?![\w/])")
PLACEHOLDER = re.compile(r"(?<![A-Za-z])(?:NAME|LANGUAGE|RUN|FOLDER|FILE|ID|STEP)(?![A-Za-z])")
EXAMPLE = re.compile(r"^```(?:diff|js|json|python)\n.*?^```$", re.MULTILINE | re.DOTALL)
FILE_NAME = re.compile(r"\.(?:py|mjs|md|json|png|onnx|csv|npz|zip)$")
WRITTEN_ELSEWHERE = {"train.py", "README.md", "en/", "zh/"}  # by a command, or short for a path beside it


@cache
def project_paths() -> tuple[str, ...]:
    """Return every file and, with a slash at its end, every folder of the project, relative to its root."""
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    names = [f"{path.relative_to(ROOT).as_posix()}{'/' if path.is_dir() else ''}" for path in paths]
    return (*names, *(f"{folder}/" for folder in FOLDERS), *(path.name for path in ROOT.iterdir() if path.is_file()))


def exists(path: str) -> bool:
    """Return whether a path, or the end of one such as `boards/film.py`, is in the project; `*` matches anything."""
    return any(fnmatch(name, path) or fnmatch(name, f"*/{path}") for name in project_paths())


def defined_names(file: Path) -> set[str]:
    """Return the names that a module defines at its top level."""
    names: set[str] = set()
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def is_defined(dotted: str) -> bool:
    """Return whether `gan.step.generator_loss` names a package, a module, or a name that a module defines."""
    path = PACKAGE
    for part in dotted.split("."):
        if path.is_dir() and (path / part).is_dir():
            path = path / part
        elif path.is_dir():
            path = path / f"{part}.py"
            if not path.is_file():
                return False
        else:
            return part in defined_names(path)
    return True


@pytest.mark.parametrize("page", PAGES)
def test_every_path_on_a_page_exists(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    paths = {path for path in PATH.findall(text) if not PLACEHOLDER.search(path)}
    made_by_examples = set(re.findall(r"^New file `([^`]+)`:$", text, re.MULTILINE))  # of CONTRIBUTING.md
    assert sorted(path for path in paths - WRITTEN_ELSEWHERE - made_by_examples if not exists(path)) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_dotted_name_on_a_page_is_defined(page: str) -> None:
    prose = EXAMPLE.sub("", (ROOT / page).read_text("utf-8"))  # tests/test_contributing.py checks the examples
    names = set(DOTTED.findall(prose))
    modules = {name for name in names if not FILE_NAME.search(name) and not PLACEHOLDER.search(name)}
    assert sorted(name for name in modules if not is_defined(name)) == []


def test_a_wrong_path_and_a_wrong_name_are_noticed() -> None:
    assert exists("boards/film.py")
    assert exists("frontend/curves/view_*.mjs")
    assert not exists("boards/no_such_board.py")
    assert is_defined("gan.step.generator_loss")
    assert is_defined("gan.models.build")
    assert not is_defined("gan.step.no_such_function")
    assert not is_defined("gan.no_such_module")


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_within_the_project_leads_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    links = [link for link in LINK.findall((ROOT / page).read_text("utf-8")) if "://" not in link[0]]
    broken = [path for path, _ in links if path and not (folder / path).exists()]
    assert broken == []
    files = [((folder / path) if path else ROOT / page, anchor) for path, anchor in links if anchor]
    assert [f"{file.name}#{anchor}" for file, anchor in files if anchor not in anchors(file)] == []


def test_the_readme_is_short_and_its_pictures_are_small() -> None:
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh.md"))
    assert len(english.splitlines()) < README_LINES
    assert len(chinese.splitlines()) < README_LINES
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", english)
    assert pictures == re.findall(r"!\[[^\]]+\]\(([^)]+)\)", chinese)
    assert sorted(pictures) == sorted(f"docs/images/{file.name}" for file in (ROOT / "docs" / "images").iterdir())
    assert [name for name in pictures if (ROOT / name).stat().st_size > IMAGE_BYTES] == []


def test_both_readmes_have_the_same_commands_and_figures() -> None:
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh.md"))
    assert re.findall(r"```\n(.*?)```", english, re.DOTALL) == re.findall(r"```\n(.*?)```", chinese, re.DOTALL)
    figures = [re.findall(r"[\d.,]*\d", line) for line in english.splitlines() if line.startswith("| `")]
    assert len(figures) == 9  # three shipped models, three cards of images, three of points
    chinese_figures = [re.findall(r"[\d.,]*\d", line) for line in chinese.splitlines() if line.startswith("| `")]
    assert [sorted(line) for line in figures] == [sorted(line) for line in chinese_figures]
