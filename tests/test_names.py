"""Names of variables, parameters and functions are nouns or verbs of what they hold or do, not participles of any of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORDS = ("asked", "found", "kept", "made", "one", "place", "said", "some", "told")
ANY = "|".join(WORDS)
CANDIDATE = re.compile(
    rf"(?<![\w.\"'])(?:{ANY})\b(?=\s*(?:[:,)=(]|in\b|$))|\bas (?:{ANY})\b|\.(?:{ANY})\b(?=[,)]?.* \+?= )", re.M
)
SCRIPT_NAME = re.compile(
    rf"""\b(?:const|let)\s+(?:{ANY})\b  # const found =
    | \b(?:const|let)\s+[\[{{](?:[^=;]*[\s,\[{{])?(?:{ANY})\s*[,\]}}=]  # const {{ found }} =
    | @param\s\{{.*\}}\s\[?(?:{ANY})\b(?!\s\w)  # a parameter, but not a description: "the one to change"
    | [(,\s](?:{ANY})\s=>  # found =>
    | \((?:\w+,\s)*(?:{ANY})(?:,\s\w+)*\)\s=>""",
    re.X,
)
BEFORE_AND_AFTER = re.compile(r"(?<![\"'\w])was(?:: [\w\[\], ]+)?, now\b")  # "now" is the current time


def bound_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of each variable, parameter, attribute and definition."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.MatchAs(name=str(name)):
                yield node.lineno, name
            case ast.ExceptHandler(name=str(name)) | ast.alias(asname=str(name)):
                yield node.lineno, name


def python_files() -> Iterator[Path]:
    yield ROOT / "app.py"
    for folder in ("gan_demo", "tests", "scripts", "benchmarks"):
        yield from (file for file in (ROOT / folder).rglob("*.py") if "fixtures" not in file.parts)


def test_python_names_say_what_they_hold() -> None:
    vague = []
    for file in python_files():
        text = file.read_text("utf-8")
        if CANDIDATE.search(text):  # parsing all files would take seconds
            lines = [line for line, name in bound_names(ast.parse(text)) if name in WORDS]
            vague += [f"{file.relative_to(ROOT)}:{line}" for line in lines]
        lines = [number for number, line in enumerate(text.splitlines(), 1) if BEFORE_AND_AFTER.search(line)]
        vague += [f"{file.relative_to(ROOT)}:{line}: before, after" for line in lines]
    assert vague == []


def test_javascript_names_say_what_they_hold() -> None:
    folders = (ROOT / "gan_demo" / "frontend", ROOT / "tests" / "frontend")
    vague = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for folder in folders
        for file in folder.rglob("*.mjs")
        if "vendor" not in file.parts
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if SCRIPT_NAME.search(line)
    ]
    assert vague == []
