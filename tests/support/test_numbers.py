"""Numbers in environment variables: those in range are taken, all others named with the variable."""

from __future__ import annotations

import pytest

from gan_demo.errors import ConfigError
from gan_demo.support import numbers

NAME = "GAN_DEMO_SOMETHING"


def test_an_unset_or_empty_variable_is_the_usual_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)
    assert (numbers.whole_number(NAME, 8, 99), numbers.positive_number(NAME)) == (8, None)
    monkeypatch.setenv(NAME, " ")
    assert (numbers.whole_number(NAME, 8, 99), numbers.positive_number(NAME)) == (8, None)


def test_a_number_in_range_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    for text, number in (("1", 1), (" 99 ", 99)):
        monkeypatch.setenv(NAME, text)
        assert numbers.whole_number(NAME, 8, 99) == number
    monkeypatch.setenv(NAME, "0.5")
    assert numbers.positive_number(NAME) == 0.5


@pytest.mark.parametrize("text", ["0", "100", "-1", "1.5", "²", "9" * 5000, "x"])
def test_what_is_no_whole_number_in_range_is_named(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, text)
    with pytest.raises(ConfigError, match=f"{NAME} = .*must be a whole number from 1 to 99"):
        numbers.whole_number(NAME, 8, 99)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "x"])
def test_what_is_no_number_above_0_is_named(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, text)
    with pytest.raises(ConfigError, match=f"{NAME} = .*must be a number above 0"):
        numbers.positive_number(NAME)


def test_ascii_digits_up_to_the_given_number_are_a_number() -> None:
    assert [numbers.from_digits(text, 3) for text in ("0", "007", "999")] == [0, 7, 999]


@pytest.mark.parametrize("text", ["", "1234", "²", "٣", "-1", "+1", " 1", "1 ", "1_0", "1.0", "0x1"])
def test_any_other_text_is_none(text: str) -> None:
    assert numbers.from_digits(text, 3) is None
