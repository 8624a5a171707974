"""Every sentence in both languages, every error of the core translated, and each session in its own language."""

from __future__ import annotations

import ast
import json
import re
import string
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from gan_demo import errors
from gan_demo.boards import setting_choices
from gan_demo.data.images.limits import REASONS
from gan_demo.errors import ConfigError, DataError
from gan_demo.i18n import text
from gan_demo.presets import PRESETS
from gan_demo.ui import session
from gan_demo.ui.customise import form
from tests.component_scan import scan_components_once as scan_components_once

PACKAGE = Path(errors.__file__).parent
I18N = PACKAGE / "i18n"
FILES = sorted(PACKAGE.rglob("*.py"))
SPEAKERS = [file for file in FILES if "gan_demo.i18n" in file.read_text("utf-8")]  # all that could look a key up
AREAS = sorted(file.name for file in (I18N / "en").iterdir())
TRANSLATED = [language for language in text.LANGUAGES if language != text.DEFAULT_LANGUAGE]
ERRORS = {name for name in vars(errors) if name.endswith("Error")}
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,:;?!(]|[,;?!)][\u4e00-\u9fff]")


def entries(language: str, area: str) -> list[tuple[str, str]]:
    """Return all (key, sentence) pairs of a file; unlike in a dict, a duplicate key is there twice."""
    pairs: list[tuple[str, str]] = json.loads((I18N / language / area).read_text("utf-8"), object_pairs_hook=list)
    return pairs


def texts(language: str) -> dict[str, str]:
    return text.table(language)


def translations() -> dict[str, str]:
    return dict(entries("zh", "errors.json"))


def placeholders(sentence: str) -> set[str]:
    """Return the {names} in a sentence."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


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


# ---- keys that the code uses


@cache
def parse(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args)


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


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
    assert [f"{line}: {key}" for line, key in literals if key not in texts("en")] == []


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


# ---- errors of the core


def names_of(targets: list[ast.expr]) -> set[str]:
    return {
        part.id
        for target in targets
        for part in ast.walk(target)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }


def sentences(node: ast.expr, tree: ast.AST) -> set[str]:
    """Return the literals that an argument may be; a name stands for what is assigned to it."""
    literals: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            literals.add(part.value)
        elif isinstance(part, ast.Name):
            for other in ast.walk(tree):
                if isinstance(other, ast.Assign) and part.id in names_of(other.targets):
                    literals |= {
                        c.value
                        for c in ast.walk(other.value)
                        if isinstance(c, ast.Constant) and isinstance(c.value, str)
                    }
    return literals


def problems_and_remedies() -> dict[str, str]:
    """Return every sentence that an error may have, and the file it is in."""
    origins: dict[str, str] = dict.fromkeys(REASONS, "limits.py")
    for file in FILES:
        tree = parse(file)
        for node in calls(tree):
            if called(node) in ERRORS:
                named = [keyword.value for keyword in node.keywords if keyword.arg in ("problem", "remedy")]
                for argument in (*node.args[2:4], *named):
                    assert not isinstance(argument, ast.JoinedStr), (
                        f"{file.name}:{node.lineno}: an f-string can't be looked up"
                    )
                    origins |= dict.fromkeys(sentences(argument, tree) - {""}, file.name)
    return origins


def test_every_error_is_translated() -> None:
    known = translations()
    origins = problems_and_remedies()
    assert len(origins) > 100
    assert [f"{file}: {english}" for english, file in origins.items() if english not in known] == []


def test_a_translated_error_keeps_its_placeholders() -> None:
    assert [
        english for english, chinese in translations().items() if placeholders(english) != placeholders(chinese)
    ] == []


@pytest.fixture
def chinese() -> Iterator[None]:
    with text.use_language("zh"):
        yield


@pytest.mark.usefixtures("chinese")
def test_an_error_is_said_in_the_sessions_language() -> None:
    problem, remedy = text.error_message(
        ConfigError("g_lr", 20.0, "must be above 0 and at most 10", "2e-4 is the classic choice")
    )
    assert "生成器学习率" in problem
    assert "20.0" in problem
    assert "10" in problem
    assert "2e-4" in remedy
    assert not re.search("[a-z]{4}", problem)


@pytest.mark.usefixtures("chinese")
def test_an_error_with_lost_details_is_still_a_sentence() -> None:
    problem, remedy = text.error_message(DataError("data", "fashion", "could not be downloaded ({megabytes} MB)"))
    assert "…" in problem
    assert remedy == ""


@pytest.mark.usefixtures("chinese")
def test_a_sentence_without_translation_stays_english() -> None:
    assert text.sentence("never said before") == "never said before"


# ---- which language


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list whose last item the language provider returns."""
    languages = ["en"]
    monkeypatch.setattr(text, "_provider", None)  # the session's, which is put back
    text.set_language_provider(lambda: languages[-1])
    return languages


def in_a_new_thread(make: Callable[[], str]) -> str:
    results: list[str] = []
    thread = threading.Thread(target=lambda: results.append(make()))
    thread.start()
    thread.join()
    return results[0]


def test_without_a_provider_the_language_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "_provider", None)
    assert text.t("app.language") == "Language"
    assert text.sentence("must be positive") == "must be positive"


def test_outside_a_session_the_sessions_language_is_english() -> None:
    assert text._provider is session.language
    st.session_state["language"] = "zh"  # the state that all threads without a session share
    try:
        assert text.language() == "en"
        assert in_a_new_thread(text.language) == "en"
    finally:
        del st.session_state["language"]


def test_the_provider_is_asked_each_time(provider: list[str]) -> None:
    assert text.t("app.language") == "Language"
    provider.append("zh")
    assert text.t("app.language") == "语言"


def test_use_language_wins_over_the_provider_and_ends_with_its_block(provider: list[str]) -> None:
    provider.append("zh")
    with text.use_language("en"):
        assert text.language() == "en"
        with text.use_language("zh"):
            assert text.language() == "zh"
        with pytest.raises(KeyError), text.use_language("zh"):
            text.t("no such key")
        assert text.language() == "en"
    assert text.language() == "zh"


@pytest.mark.usefixtures("provider")
def test_threads_use_different_languages_at_the_same_time() -> None:
    inside = threading.Barrier(2, timeout=60)

    def greet(language: str) -> str:
        with text.use_language(language):
            inside.wait()  # both blocks are open
            greeting = text.t("app.language")
            inside.wait()
        return greeting

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(greet, ["en", "zh"])) == ["Language", "语言"]


@pytest.mark.usefixtures("provider")
def test_another_thread_takes_the_language_along_only_when_bound_to_it() -> None:
    with text.use_language("zh"):
        assert in_a_new_thread(text.language) == "en"
        bound = text.in_current_language(text.language)
    assert in_a_new_thread(bound) == "zh"
    assert text.language() == "en"


# ---- the language of a session


def page_with_callback_fragment_and_download() -> None:
    import streamlit as st

    from gan_demo.i18n import text
    from gan_demo.ui import session  # registers its language

    def greet() -> None:
        session.put("greeting", text.t("app.language"))

    @st.fragment
    def part() -> None:
        st.button("in the fragment", on_click=greet, key="in-fragment")
        st.text(text.t("app.language"))

    st.button("on the page", on_click=greet, key="on-page")
    st.download_button("file", text.in_current_language(lambda: text.t("app.language")), key="file")
    part()


@pytest.mark.parametrize("button", ["on-page", "in-fragment"])
def test_callbacks_and_downloads_use_their_sessions_language(button: str, monkeypatch: pytest.MonkeyPatch) -> None:
    files: list[Callable[[], str]] = []
    monkeypatch.setattr(st, "download_button", lambda label, data, key: files.append(data))
    sessions = []
    for language in ("zh", "en"):
        app = AppTest.from_function(page_with_callback_fragment_and_download)
        app.session_state["language"] = language
        sessions.append(app.run())
    for app, greeting in zip(sessions, ("语言", "Language"), strict=True):
        assert not app.exception
        app.button(key=button).click().run()
        assert not app.exception
        assert app.session_state["greeting"] == greeting
        assert [element.value for element in app.text] == [greeting]
    assert [in_a_new_thread(make) for make in files] == ["语言", "Language", "语言", "Language"]


# ---- one word for one thing, in 中文

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
    found = {(file.name, word) for file in CHINESE for word in never if word in file.read_text("utf-8")}
    assert found == set()


def test_the_code_of_a_class_is_no_source_code() -> None:
    assert [key for key, sentence in entries("zh", "classroom.json") if "代码" in sentence] == []
