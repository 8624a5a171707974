"""Every sentence in all languages, used and with equal placeholders, and one word for one thing in 中文."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from gan_demo.boards import setting_choices
from gan_demo.i18n import text
from gan_demo.presets import PRESETS
from gan_demo.ui.customise import form
from tests.component_scan import scan_components_once as scan_components_once
from tests.i18n.sentences import FILES, I18N, PACKAGE, called, calls, entries, parse, placeholders, translations

SPEAKERS = [file for file in FILES if "gan_demo.i18n" in file.read_text("utf-8")]  # all that could look a key up
AREAS = sorted(file.name for file in (I18N / "en").iterdir())
TRANSLATED = [language for language in text.LANGUAGES if language != text.DEFAULT_LANGUAGE]
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,:;?!(]|[,;?!)][\u4e00-\u9fff]")


def texts(language: str) -> dict[str, str]:
    return text.table(language)


def test_all_languages_have_the_same_files() -> None:
    assert len(AREAS) > 10
    for language in TRANSLATED:  # a language may do without errors.json: errors are English there
        assert {file.name for file in (I18N / language).iterdir()} - {"errors.json"} == set(AREAS), language
    assert (I18N / "zh" / "errors.json").is_file()
    assert sorted(folder.name for folder in I18N.iterdir() if (folder / AREAS[0]).exists()) == sorted(text.LANGUAGES)


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_file_has_the_same_sorted_keys_in_all_languages_and_no_empty_sentence(language: str, area: str) -> None:
    pairs = entries(language, area)
    keys = [key for key, _ in pairs]
    assert keys == sorted(keys)
    assert keys == [key for key, _ in entries("en", area)]
    assert [key for key, value in pairs if not value.strip()] == []


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_no_key_stands_twice_and_all_files_are_loaded(language: str) -> None:
    counts = Counter(key for area in AREAS for key, _ in entries(language, area))
    assert [key for key, count in counts.items() if count > 1] == []
    assert list(text.table(language)) == sorted(counts)


def test_no_error_is_translated_twice() -> None:
    assert len(translations()) == len(entries("zh", "errors.json"))


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_sentence_has_the_same_placeholders_in_all_languages(language: str) -> None:
    en, other = texts("en"), texts(language)
    markup = {key for key in en if key.startswith("learn.")}  # they hold formulas, and are not filled
    assert [key for key in en.keys() - markup if placeholders(en[key]) != placeholders(other[key])] == []


def test_chinese_texts_have_chinese_punctuation() -> None:
    both = texts("zh") | translations()
    assert [f"{key}: {value}" for key, value in both.items() if HALF_WIDTH.search(value)] == []


def pattern(node: ast.JoinedStr) -> str:
    """Return an f-string as a regular expression, with wildcards for its values."""
    parts = (re.escape(str(p.value)) if isinstance(p, ast.Constant) else r"[\w. -]+" for p in node.values)
    return "".join(parts)


def patterns() -> set[str]:
    """Return a regular expression for each string or f-string that may be a key."""
    expressions: set[str] = set()
    for node in (node for file in SPEAKERS for node in ast.walk(parse(file))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            expressions.add(re.escape(node.value))
        elif isinstance(node, ast.JoinedStr):
            expressions.add(pattern(node))
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            prefix = re.escape(str(node.args[0].value))
            if called(node) == "named":
                expressions.add(prefix + r"\.[\w. -]+")
            elif called(node) == "keys":  # all of a component's sentences
                expressions.add(prefix + r"[\w. -]+")
    return expressions


def looked_up() -> Iterator[tuple[str, ast.expr]]:
    """Yield (file and line, key) of every ``t(key)`` in the package."""
    for file in FILES:
        for node in calls(parse(file)):
            if called(node) == "t":
                yield f"{file.relative_to(PACKAGE)}:{node.lineno}", node.args[0]


def test_every_literal_key_exists() -> None:
    literals = [(line, key.value) for line, key in looked_up() if isinstance(key, ast.Constant)]
    assert len(literals) > 200
    known = texts("en")
    assert [f"{line}: {key}" for line, key in literals if key not in known] == []


def test_every_key_built_from_values_fits_a_sentence() -> None:
    built = [(line, pattern(key)) for line, key in looked_up() if isinstance(key, ast.JoinedStr)]
    assert len(built) > 30
    known = texts("en")
    assert [f"{line}: {key}" for line, key in built if not any(re.fullmatch(key, name) for name in known)] == []


def test_every_sentence_is_used() -> None:
    used = re.compile("|".join(patterns() | {r"(loss|arch|optimizer|schedule|data)\.\w+"}))
    assert [key for key in texts("en") if not used.fullmatch(key)] == []


def test_every_setting_has_a_label_and_says_what_it_does() -> None:
    names = [name for group in form.GROUPS.values() for name in group]
    known = texts("en")
    assert [name for name in names if not {f"setting.{name}", f"setting.{name}.help"} <= known.keys()] == []
    left_out = set(setting_choices.setting_values(PRESETS["digits"])) - set(names)
    assert left_out == {"root", "path", "encoding", "points"}, "a setting without a field in the form"


def test_every_preset_and_data_set_has_a_name() -> None:
    from gan_demo.data.datasets import DATASETS

    known = texts("en")
    assert [name for name in PRESETS if f"preset.{name}" not in known] == []
    assert [name for name in DATASETS if f"data.{name}" not in known] == []


GLOSSARY = re.compile(
    r"^\| [^|]+ \| (?P<said>[^|]*[\u4e00-\u9fff][^|]*) \| (?P<never>[^|]*[\u4e00-\u9fff][^|]*) \|$", re.M
)
CHINESE = [
    *sorted((I18N / "zh").iterdir()),
    PACKAGE / "export" / "script" / "templates" / "zh.json",
    PACKAGE.parent / "README.zh.md",
]


def test_words_that_the_glossary_replaced_have_not_come_back() -> None:
    rows = list(GLOSSARY.finditer((PACKAGE.parent / "CONTRIBUTING.md").read_text("utf-8")))
    never = {word for row in rows for word in row["never"].split("、")}
    assert {"点团", "演示视图", "头像"} <= never, "the table is read"
    forbidden = {(file.name, word) for file in CHINESE for word in never if word in file.read_text("utf-8")}
    assert forbidden == set()


def test_the_code_of_a_class_is_no_source_code() -> None:
    assert [key for key, sentence in entries("zh", "classroom.json") if "代码" in sentence] == []
