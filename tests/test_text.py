"""Every sentence in both languages, and every sentence of the core's errors translated."""

from __future__ import annotations

import ast
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gan_demo import errors
from gan_demo.errors import ConfigError, DataError
from gan_demo.folders import REASONS
from gan_demo.presets import PRESETS
from gan_demo.ui import session, settings_form, text

UI = Path(text.__file__).parent
PAGES = sorted([*UI.rglob("*.py"), *(UI.parent / "boards").glob("*.py")])
CORE = sorted(set(UI.parent.rglob("*.py")) - set(PAGES))
ERRORS = {name for name in vars(errors) if name.endswith("Error")}
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,:;?!(]|[,;?!)][\u4e00-\u9fff]")


def texts(language: str) -> dict[str, str]:
    table: dict[str, Any] = json.loads((UI / f"{language}.json").read_text("utf-8"))
    return {key: value for key, value in table.items() if key != "errors"}


def translations() -> dict[str, str]:
    found: dict[str, str] = json.loads((UI / "zh.json").read_text("utf-8"))["errors"]
    return found


def places(sentence: str) -> set[str]:
    """The {names} in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_keys() -> None:
    assert set(texts("en")) == set(texts("zh"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_text_is_empty_and_keys_are_sorted(language: str) -> None:
    table = texts(language)
    assert [key for key, value in table.items() if not value.strip()] == []
    assert list(table) == sorted(table)


def test_a_text_has_the_same_places_in_both_languages() -> None:
    en, zh = texts("en"), texts("zh")
    markup = {key for key in en if key.startswith("learn.")}  # they hold formulas, and are not filled
    assert [key for key in en.keys() - markup if places(en[key]) != places(zh[key])] == []


def test_chinese_texts_have_chinese_punctuation() -> None:
    both = texts("zh") | translations()
    assert [f"{key}: {value}" for key, value in both.items() if HALF_WIDTH.search(value)] == []


# ---- keys that the code uses


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args)


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def patterns() -> set[str]:
    """A regular expression for each string or f-string in the pages that may be a key, places as wildcards."""
    found: set[str] = set()
    for file in PAGES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(re.escape(node.value))
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(str(p.value)) if isinstance(p, ast.Constant) else r"[\w. -]+" for p in node.values]
                found.add("".join(parts))
            elif isinstance(node, ast.Call) and called(node) == "named" and isinstance(node.args[0], ast.Constant):
                found.add(re.escape(str(node.args[0].value)) + r"\.[\w. -]+")
    return found


def test_every_literal_key_in_the_pages_exists() -> None:
    missing = {
        f"{file.name}:{node.lineno}: {node.args[0].value}"
        for file in PAGES
        for node in calls(ast.parse(file.read_text("utf-8")))
        if called(node) == "t" and isinstance(node.args[0], ast.Constant) and node.args[0].value not in texts("en")
    }
    assert missing == set()


def test_every_text_is_used() -> None:
    used = re.compile("|".join(patterns() | {r"(loss|arch|optimizer|schedule|data)\.\w+"}))
    assert [key for key in texts("en") if not used.fullmatch(key)] == []


def test_every_setting_has_a_label_and_says_what_it_does() -> None:
    names = [name for group in settings_form.GROUPS.values() for name in group]
    known = texts("en")
    assert [name for name in names if not {f"setting.{name}", f"setting.{name}.help"} <= known.keys()] == []
    left_out = set(settings_form.settings_of(PRESETS["digits"])) - set(names)
    assert left_out == {"root", "path"}, "a setting without a field in the form"


def test_every_preset_and_data_set_has_a_name() -> None:
    from gan_demo.datasets import DATASETS

    known = texts("en")
    assert [name for name in PRESETS if f"preset.{name}" not in known] == []
    assert [name for name in DATASETS if f"data.{name}" not in known] == []


# ---- errors of the core


def names_of(targets: list[ast.expr]) -> set[str]:
    return {
        part.id
        for target in targets
        for part in ast.walk(target)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }


def sentences(node: ast.expr, tree: ast.AST) -> set[str]:
    """The literals that an argument may be; a name stands for what is assigned to it."""
    found: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            found.add(part.value)
        elif isinstance(part, ast.Name):
            for other in ast.walk(tree):
                if isinstance(other, ast.Assign) and part.id in names_of(other.targets):
                    found |= {
                        c.value
                        for c in ast.walk(other.value)
                        if isinstance(c, ast.Constant) and isinstance(c.value, str)
                    }
    return found


def problems_and_remedies() -> dict[str, str]:
    """Every sentence that an error of the core may say, and the file it is in."""
    found: dict[str, str] = dict.fromkeys(REASONS, "folders.py")
    for file in CORE:
        tree = ast.parse(file.read_text("utf-8"))
        for node in calls(tree):
            if called(node) in ERRORS:
                said = [*node.args[2:4], *(one.value for one in node.keywords if one.arg in ("problem", "remedy"))]
                for argument in said:
                    assert not isinstance(argument, ast.JoinedStr), (
                        f"{file.name}:{node.lineno}: an f-string can't be looked up"
                    )
                    found |= dict.fromkeys(sentences(argument, tree) - {""}, file.name)
    return found


def test_every_error_of_the_core_is_translated() -> None:
    known = translations()
    said = problems_and_remedies()
    assert len(said) > 100
    assert [f"{file}: {english}" for english, file in said.items() if english not in known] == []


def test_a_translated_error_keeps_its_places() -> None:
    assert [english for english, chinese in translations().items() if places(english) != places(chinese)] == []


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "language", lambda: "zh")


@pytest.mark.usefixtures("chinese")
def test_an_error_is_said_in_the_sessions_language() -> None:
    problem, remedy = text.said(
        ConfigError("g_lr", 20.0, "must be above 0 and at most 10", "2e-4 is the classic choice")
    )
    assert "生成器学习率" in problem
    assert "20.0" in problem
    assert "10" in problem
    assert "2e-4" in remedy
    assert not re.search("[a-z]{4}", problem)


@pytest.mark.usefixtures("chinese")
def test_an_error_with_lost_details_is_still_a_sentence() -> None:
    problem, remedy = text.said(DataError("data", "fashion", "could not be downloaded ({megabytes} MB)"))
    assert "…" in problem
    assert remedy == ""


def test_a_sentence_without_translation_stays_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "language", lambda: "zh")
    assert text.sentence("never said before") == "never said before"
