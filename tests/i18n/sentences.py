"""The tables of sentences, and the translations of errors."""

from __future__ import annotations

import ast
import json
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from gan_demo import errors

PACKAGE = Path(errors.__file__).parent
I18N = PACKAGE / "i18n"
FILES = sorted(PACKAGE.rglob("*.py"))


def entries(language: str, area: str) -> list[tuple[str, str]]:
    """Return all (key, sentence) pairs of a file; unlike in a dict, a duplicate key is there twice."""
    pairs: list[tuple[str, str]] = json.loads((I18N / language / area).read_text("utf-8"), object_pairs_hook=list)
    return pairs


def translations() -> dict[str, str]:
    return dict(entries("zh", "errors.json"))


def placeholders(sentence: str) -> set[str]:
    """Return the {names} in a sentence."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@cache
def parse(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args)


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
