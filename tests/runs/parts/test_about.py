"""A run's name, note and changed settings: within limits, and nothing of a damaged file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gan_demo.runs.parts import about
from gan_demo.runs.parts.about import About


def test_what_is_written_is_read(tmp_path: Path) -> None:
    known = About("Tuesday's digits", "Too little data?\nNext: all of it.", {"limit": 46}, {"limit": 0})
    about.write(tmp_path, known)
    assert about.read(tmp_path) == known


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b"[" * 100_000, b'{"title": "\xff"}', b'{"title": 7, "was": 3, "now": []}', b" " * 20_000],
    ids=["empty", "a list", "cut off", "nested", "not UTF-8", "other types", "too large"],
)
def test_a_damaged_file_says_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / about.FILE).write_bytes(content)
    assert about.read(tmp_path) == About()


def test_a_missing_file_and_a_folder_in_its_place_say_nothing(tmp_path: Path) -> None:
    assert about.read(tmp_path) == About()
    (tmp_path / about.FILE).mkdir()
    assert about.read(tmp_path) == About()


def test_texts_are_cut_and_lose_control_characters() -> None:
    raw = {"title": "a\nb\x1b[31m" + "c" * 500, "note": "one\ntwo\t" + "d" * 5_000}
    known = about.parse(json.dumps(raw).encode())
    assert known.title.startswith("a b [31mc")
    assert known.note.startswith("one\ntwo d")
    assert (len(known.title), len(known.note)) == (about.MAX_TITLE, about.MAX_NOTE)


def test_only_known_settings_with_plain_values_are_kept() -> None:
    after = {"r1": 0.1, "flip": True, "loss": "x" * 900, "path": "somebody", "evil": 1, "batch": [1]}
    known = about.parse(json.dumps({"was": {"r1": 0, "gp": 1.0}, "now": after}).encode())
    assert (known.before, known.after) == ({"r1": 0}, {"r1": 0.1, "flip": True})
