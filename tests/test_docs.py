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
PAGES = ("README.md", "docs/architecture.md", "docs/live-board.md", "docs/class-mode.md", "docs/explorer.md")
FOLDERS = ("gan_demo", "tests", "benchmarks", "docs", "scripts", "pretrained", ".streamlit", ".ci")
PACKAGES = sorted(folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").is_file())
PATH = re.compile(r"`([\w.*-]*/?[\w./*-]*\.(?:py|mjs|css|md|toml|jinja)|[\w.*-]+/(?:[\w.*-]+/)*)`")
DOTTED = re.compile(rf"(?<![\w./-])((?:{'|'.join(PACKAGES)})(?:\.\w+)+)(?![\w/])")
PLACEHOLDER = re.compile(r"(?<![A-Za-z])(?:NAME|LANGUAGE|RUN|FOLDER|FILE|ID|STEP)(?![A-Za-z])")
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
    place = PACKAGE
    for part in dotted.split("."):
        if place.is_dir() and (place / part).is_dir():
            place = place / part
        elif place.is_dir():
            place = place / f"{part}.py"
            if not place.is_file():
                return False
        else:
            return part in defined_names(place)
    return True


@pytest.mark.parametrize("page", PAGES)
def test_every_path_on_a_page_exists(page: str) -> None:
    paths = {path for path in PATH.findall((ROOT / page).read_text("utf-8")) if not PLACEHOLDER.search(path)}
    assert sorted(path for path in paths - WRITTEN_ELSEWHERE if not exists(path)) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_dotted_name_on_a_page_is_defined(page: str) -> None:
    names = set(DOTTED.findall((ROOT / page).read_text("utf-8")))
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
