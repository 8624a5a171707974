"""What a class can be shown: pages of this app, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from gan_demo.classroom import page_location
from gan_demo.classroom.page_location import MAX_HASH_LENGTH, PageLocation
from gan_demo.errors import ConfigError


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ({"page": "train", "query": {"run": "ring-1"}}, "train?run=ring-1&class=T"),
        ({"page": "compare", "query": {"runs": "a,b", "by": "images"}}, "compare?runs=a,b&by=images&class=T"),
        ({"page": "analyse", "query": {"run": "a", "part": "plane"}}, "analyse?run=a&part=plane&class=T"),
        ({"page": "lab", "query": {}, "hash": "#data=ring&seed=7"}, "lab?class=T#data=ring&seed=7"),
        (
            {"page": "explore", "query": {"run": "a", "step": "7"}, "hash": "#z=A_-&psi=1"},
            "explore?run=a&step=7&class=T#z=A_-&psi=1",
        ),
    ],
)
def test_a_location_has_an_address(raw: dict[str, Any], address: str) -> None:
    shown = page_location.from_dict(raw)
    assert shown.address({"class": "T"}) == address
    assert page_location.from_dict(shown.to_dict()) == shown
    assert shown.run_id == ("ring-1" if shown.page == "train" else "")


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {},
        {"page": "train"},
        {"page": "train", "query": {}},
        {"page": "train", "query": []},
        {"page": ["train"], "query": {"run": "a"}},
        {"page": "learn", "query": {"run": "a"}},
        {"page": "//evil.example/train", "query": {"run": "a"}},
        {"page": "train", "query": {"run": "a", "next": "x"}},
        {"page": "train", "query": {"run": "a"}, "address": "x"},
        {"page": "train", "query": {"run": 1}},
        {"page": "train", "query": {"run": "../a"}},
        {"page": "train", "query": {"run": "a\n"}},
        {"page": "train", "query": {"run": "a" * 200}},
        {"page": "compare", "query": {"runs": "a,b,c,d,e,f,g"}},
        {"page": "compare", "query": {"by": "images"}},
        {"page": "compare", "query": {"runs": "a", "by": "<b>"}},
        {"page": "lab", "query": {"run": "a"}},
        {"page": "explore", "query": {"run": "a", "step": "²"}},
        {"page": "explore", "query": {"run": "a", "step": "9" * 400}},
        {"page": "explore", "query": {"run": "a"}, "hash": 1},
        {"page": "explore", "query": {"run": "a"}, "hash": "z=A"},
        {"page": "explore", "query": {"run": "a"}, "hash": "#z=A\r\nSet-Cookie: x"},
        {"page": "explore", "query": {"run": "a"}, "hash": "#中"},
        {"page": "explore", "query": {"run": "a"}, "hash": "#" + "z" * MAX_HASH_LENGTH},
    ],
    ids=lambda raw: repr(raw)[:60],
)
def test_anything_else_is_refused(raw: object) -> None:
    with pytest.raises(ConfigError):
        page_location.from_dict(raw)


def test_the_longest_state_is_shown() -> None:
    assert page_location.from_dict(
        {"page": "explore", "query": {"run": "a"}, "hash": "#" + "z" * (MAX_HASH_LENGTH - 1)}
    )
    assert PageLocation("compare").run_id == ""
