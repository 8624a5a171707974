"""JSON from strangers: what is parsed, and one error for everything else."""

from __future__ import annotations

import codecs

import pytest

from gan_demo.support.bounded_json import InvalidJsonError, parse, parse_object, parse_strict_object


@pytest.mark.parametrize(
    "text", ['{"a": [1, "é"]}', '{"a": [1, "é"]}'.encode(), codecs.BOM_UTF8 + b'{"a": [1, "\\u00e9"]}']
)
def test_text_and_utf8_bytes_are_parsed(text: str | bytes) -> None:
    assert parse(text) == parse_object(text) == parse_strict_object(text) == {"a": [1, "é"]}


@pytest.mark.parametrize(
    "text", ["", "{", "{'a': 1}", b"\xff", '{"a": "é"}'.encode("latin-1"), "[" * 200_000, '{"a":' * 200_000]
)
def test_what_is_no_json_or_nested_too_deep_is_invalid(text: str | bytes) -> None:
    for read in (parse, parse_object, parse_strict_object):
        with pytest.raises(InvalidJsonError, match="not JSON"):
            read(text)


@pytest.mark.parametrize("text", ["[]", "3", "null", '"a"'])
def test_only_an_object_is_an_object(text: str) -> None:
    parse(text)
    for read in (parse_object, parse_strict_object):
        with pytest.raises(InvalidJsonError, match="must be an object"):
            read(text)


@pytest.mark.parametrize("text", ['{"a": 1, "a": 1}', '{"b": {"a": 1, "a": 2}}', '{"a": NaN}', '{"a": [-Infinity]}'])
def test_strictly_no_key_comes_twice_and_numbers_are_finite(text: str) -> None:
    assert isinstance(parse_object(text), dict)
    with pytest.raises(InvalidJsonError, match="not JSON"):
        parse_strict_object(text)
