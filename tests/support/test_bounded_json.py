"""JSON from strangers: what is parsed, and one error for everything else."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from gan_demo.support.bounded_json import (
    InvalidJsonError,
    OutOfBoundsError,
    parse,
    parse_numbers,
    parse_object,
    parse_strict_object,
    read,
)


@pytest.mark.parametrize(
    "text", ['{"a": [1, "é"]}', '{"a": [1, "é"]}'.encode(), codecs.BOM_UTF8 + b'{"a": [1, "\\u00e9"]}']
)
def test_text_and_utf8_bytes_are_parsed(text: str | bytes) -> None:
    assert parse(text) == parse_object(text) == parse_strict_object(text) == {"a": [1, "é"]}


@pytest.mark.parametrize(
    "text", ["", "{", "{'a': 1}", b"\xff", '{"a": "é"}'.encode("latin-1"), "[" * 200_000, '{"a":' * 200_000]
)
def test_what_is_no_json_or_nested_too_deep_is_invalid(text: str | bytes) -> None:
    for parser in (parse, parse_object, parse_strict_object):
        with pytest.raises(InvalidJsonError, match="not JSON"):
            parser(text)


@pytest.mark.parametrize("text", ["[]", "3", "null", '"a"'])
def test_only_an_object_is_an_object(text: str) -> None:
    parse(text)
    for parser in (parse_object, parse_strict_object):
        with pytest.raises(InvalidJsonError, match="must be an object"):
            parser(text)


@pytest.mark.parametrize("text", ['{"a": 1, "a": 1}', '{"b": {"a": 1, "a": 2}}', '{"a": NaN}', '{"a": [-Infinity]}'])
def test_strictly_no_key_comes_twice_and_numbers_are_finite(text: str) -> None:
    assert isinstance(parse_object(text), dict)
    with pytest.raises(InvalidJsonError, match="not JSON"):
        parse_strict_object(text)


@pytest.mark.parametrize("text", ['{"a": 1e999}', '{"a": -1e999}'])
def test_strictly_no_number_overflows(text: str) -> None:
    with pytest.raises(InvalidJsonError, match="not JSON"):
        parse_strict_object(text)


@pytest.mark.parametrize("text", ["[" * 33 + "]" * 33, "9" * 30, '{"a": [' + "1" * 400 + "]}", '"' + "a" * 2**24 + '"'])
def test_what_is_out_of_bounds_is_invalid_and_said_to_be_so(text: str) -> None:
    with pytest.raises(OutOfBoundsError):
        parse(text)


def test_up_to_the_bounds_everything_is_parsed() -> None:
    assert parse("[" * 32 + "]" * 32)
    assert parse(str(2**63 - 1)) == 2**63 - 1


@pytest.mark.parametrize(
    "text", ['{"a": "x"}', '{"a": null}', '{"a": true}', '{"a": [[1]]}', '{"a": ["x"]}', '{"a": NaN}']
)
def test_rows_hold_numbers_and_lists_of_numbers_alone(text: str) -> None:
    assert parse_numbers('{"a": 1, "b": [0.5, 2]}') == {"a": 1, "b": [0.5, 2]}
    with pytest.raises(InvalidJsonError):
        parse_numbers(text)


def test_a_file_is_read_up_to_a_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("[1, 2]")
    assert read(tmp_path / "a", 6) == [1, 2]
    with pytest.raises(OutOfBoundsError):
        read(tmp_path / "a", 5)
    with pytest.raises(OSError):
        read(tmp_path)
