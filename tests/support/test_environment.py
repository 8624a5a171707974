"""Numbers in environment variables: those in range are taken, all others named with the variable."""

from __future__ import annotations

import pytest

from gan_demo.errors import ConfigError
from gan_demo.support import environment

NAME = "GAN_DEMO_SOMETHING"


def test_an_unset_or_empty_variable_is_the_usual_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)
    assert (environment.whole_number(NAME, 8, 99), environment.positive_number(NAME)) == (8, None)
    monkeypatch.setenv(NAME, " ")
    assert (environment.whole_number(NAME, 8, 99), environment.positive_number(NAME)) == (8, None)


def test_a_number_in_range_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    for text, number in (("1", 1), (" 99 ", 99)):
        monkeypatch.setenv(NAME, text)
        assert environment.whole_number(NAME, 8, 99) == number
    monkeypatch.setenv(NAME, "0.5")
    assert environment.positive_number(NAME) == 0.5


@pytest.mark.parametrize("text", ["0", "100", "-1", "1.5", "²", "9" * 5000, "x"])
def test_what_is_no_whole_number_in_range_is_named(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, text)
    with pytest.raises(ConfigError, match=f"{NAME} = .*must be a whole number from 1 to 99"):
        environment.whole_number(NAME, 8, 99)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "x"])
def test_what_is_no_number_above_0_is_named(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, text)
    with pytest.raises(ConfigError, match=f"{NAME} = .*must be a number above 0"):
        environment.positive_number(NAME)
