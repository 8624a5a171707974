"""Which language: every error of the core translated, and each session and thread in its own."""

from __future__ import annotations

import ast
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from gan_demo import errors
from gan_demo.data.images.limits import REASONS
from gan_demo.errors import ConfigError, DataError
from gan_demo.i18n import text
from gan_demo.ui import session
from tests.component_scan import scan_components_once as scan_components_once
from tests.i18n.sentences import FILES, called, calls, parse, placeholders, translations

ERRORS = {name for name in vars(errors) if name.endswith("Error")}


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


@pytest.mark.parametrize(
    ("error", "english", "in_chinese"),
    [
        (DataError("file", "G.pth", "is empty"), "G.pth is empty.", "G.pth 是空的。"),
        (
            DataError("hub", "hf:a/b", "gives its files only to those who asked its owner"),
            "hf:a/b gives its files only to those who asked its owner.",
            "hf:a/b 的文件须先向作者申请才能下载。",
        ),
        (ConfigError("batch", 0, "is not known"), "Batch size (0) is not known.", "批量大小（0）未知。"),
        (
            ConfigError("conditional", True, "this data has no labels"),
            "Tell both networks the label (on): this data has no labels.",
            "把标签告诉两个网络（开）：这个数据没有标签。",
        ),
    ],
)
def test_a_value_is_the_subject_of_what_is_wrong_with_it(
    error: ConfigError | DataError, english: str, in_chinese: str
) -> None:
    assert text.error_message(error)[0] == english
    with text.use_language("zh"):
        assert text.error_message(error)[0] == in_chinese


@pytest.mark.usefixtures("chinese")
def test_an_error_with_lost_details_is_still_a_sentence() -> None:
    problem, remedy = text.error_message(DataError("data", "fashion", "could not be downloaded ({megabytes} MB)"))
    assert "…" in problem
    assert remedy == ""


@pytest.mark.usefixtures("chinese")
def test_a_sentence_without_translation_stays_english() -> None:
    assert text.sentence("never said before") == "never said before"


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
