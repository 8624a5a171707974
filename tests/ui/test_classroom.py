"""Where a class finds its teacher: the address that is shown, and its QR code."""

from __future__ import annotations

import re

import pytest

from gan_demo.boards import classroom as board_classroom
from gan_demo.ui import classroom


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://gan.example", "https://gan.example/"),
        ("https://gan.example:8443/some/prefix", "https://gan.example:8443/some/prefix/"),
        ("http://192.168.1.20:8501", "http://192.168.1.20:8501/"),
    ],
)
def test_the_link_has_the_address_by_which_the_teacher_came(url: str, base: str) -> None:
    assert classroom.reachable(url) == (base, "")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_localhost_is_no_address_for_a_class(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classroom, "_lan_address", lambda: "192.168.1.20")
    base, note = classroom.reachable(f"http://{host}:8501/prefix")
    assert base == "http://192.168.1.20:8501/prefix/"
    assert "192.168.1.20" in note
    monkeypatch.setattr(classroom, "_lan_address", lambda: None)
    base, note = classroom.reachable(f"http://{host}:8501")
    assert base == f"http://{host}:8501/"
    assert note, "it says that nobody else can open it"


def test_a_server_that_listens_to_itself_alone_is_not_offered_by_its_network_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(classroom, "_lan_address", lambda: "192.168.1.20")
    monkeypatch.setattr(classroom.st, "get_option", lambda name: "127.0.0.1")
    assert classroom.reachable("http://localhost:8501")[0] == "http://localhost:8501/"


def test_the_qr_code_is_dark_on_light_with_the_white_around_it_that_readers_need() -> None:
    import segno

    link = "https://gan.example/prefix/c/7KF4QX"
    svg = board_classroom.qr_svg(link)
    modules = segno.make_qr(link, error="m").symbol_size(border=0)[0]
    assert f'viewBox="0 0 {modules + 8} {modules + 8}"' in svg
    assert 'fill="#fff"' in svg
    assert 'stroke="#000"' in svg
    assert svg.index("#fff") < svg.index("#000"), "the ground comes first"
    assert not re.search(r'width="\d', svg), "it fills its place"
