"""The sentence of what was skipped beside weights: every kind in both languages, in one bounded line."""

from __future__ import annotations

import pytest

from gan_demo.explorer import skipped_weights
from gan_demo.i18n import text
from gan_demo.weights.reading.extras import Extra, Skipped

KINDS = [key.removeprefix("explore.extra.") for key in text.keys("explore.extra.")]


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_its_name_number_and_class(kind: str, language: str) -> None:
    with text.use_language(language):
        sentence = skipped_weights.sentence(Skipped((Extra("beside", kind, 12_345, "a.Class"),), 1), 4)
    assert "beside" in sentence
    assert ("12,345" in sentence) == ("{n}" in text.table(language)[f"explore.extra.{kind}"])
    assert ("a.Class" in sentence) == (kind in ("object", "code"))
    assert "{" not in sentence


def test_the_first_few_are_named_and_the_others_counted() -> None:
    named = tuple(Extra(f"n{k}", "number") for k in range(9))
    sentence = skipped_weights.sentence(Skipped(named, 2_000), 6)
    assert "n5 (a number), and 1,994 more" in sentence
    assert "n6" not in sentence
    with text.use_language("zh"):
        assert skipped_weights.sentence(Skipped(named[:2], 2), 6) == "权重之外的内容已跳过：n0（一个数）、n1（一个数）"


def test_nothing_skipped_says_nothing() -> None:
    assert skipped_weights.sentence(Skipped(), 6) == ""
