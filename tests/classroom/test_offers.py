"""The lab of a class: handing out, and offers with their limits."""

from __future__ import annotations

import base64
import io
import secrets
from pathlib import Path

import pytest
from PIL import Image

from gan_demo.classroom import lab_desk, offers
from gan_demo.classroom.classes import Classes
from gan_demo.classroom.page_location import PageLocation
from gan_demo.errors import ConfigError

TEACHER = secrets.token_urlsafe(32)


def picture(side: int = 64, form: str = "JPEG") -> str:
    file = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(file, form)
    return base64.b64encode(file.getvalue()).decode()


@pytest.fixture
def classes(home: Path) -> Classes:
    return Classes()


@pytest.fixture
def ticket(classes: Classes) -> str:
    classes.show_location(PageLocation("lab"), TEACHER)
    return classes.ticket_of(TEACHER)


def offer(classes: Classes, ticket: str, voter: str, state: str = "#seed=1") -> str:
    """Offer as somebody who is connected; return the offer's id."""
    classes.join(ticket, voter)
    offered = offers.new(state, picture(), "")
    classes.lab.offer(ticket, voter, offered)
    return offered.id


def seen(classes: Classes, ticket: str) -> list[str]:
    return [offer["hash"] for offer in classes.lab.offers(ticket, for_teacher=True)["offers"]]


def test_a_lab_is_shown_to_a_class_without_a_run_and_handed_out_again(classes: Classes, ticket: str) -> None:
    assert classes.state(ticket)["place"] == {"page": "lab", "query": {}, "hash": ""}
    for times in (1, 2):
        classes.lab.hand_out(ticket, PageLocation("lab", {}, "#seed=7"))
        assert classes.state(ticket)["lab"]["handouts"] == times, "the same lab again counts, too"
    classes.show_location(PageLocation("lab"), TEACHER)
    assert classes.location(ticket) == PageLocation("lab", {}, "#seed=7"), (
        "the button does not take back what was handed out"
    )
    classes.go_to(ticket, PageLocation("train", {"run": "a"}))
    classes.go_to(ticket, PageLocation("lab", {}, "#seed=8"))
    assert classes.state(ticket)["lab"]["handouts"] == 3
    classes.close()
    assert Classes().location(ticket) == PageLocation("lab", {}, "#seed=8")


def test_the_teacher_sees_all_offers_and_the_class_the_one_on_the_board(classes: Classes, ticket: str) -> None:
    first, _ = offer(classes, ticket, "a", "#seed=1"), offer(classes, ticket, "b", "#seed=2")
    assert seen(classes, ticket) == ["#seed=2", "#seed=1"]
    assert classes.lab.offers(ticket, for_teacher=False) == {"offers": [], "shown": None}
    classes.lab.change(ticket, lambda changed: changed.show(first))
    assert classes.state(ticket)["lab"]["shown"] == first
    offer(classes, ticket, "a", "#seed=3")
    assert seen(classes, ticket) == ["#seed=3", "#seed=2"], "a voter has one offer, the newest"
    seen_by_pupils = classes.lab.offers(ticket, for_teacher=False)
    assert seen_by_pupils["offers"] == []
    assert seen_by_pupils["shown"]["hash"] == "#seed=1", "what was put on the board does not change by itself"
    with pytest.raises(ConfigError):
        classes.lab.change(ticket, lambda changed: changed.show("no such offer"))
    classes.lab.change(ticket, lambda changed: changed.remove(first))
    assert classes.lab.offers(ticket, for_teacher=False) == {"offers": [], "shown": None}
    classes.lab.change(ticket, lambda changed: changed.clear())
    assert seen(classes, ticket) == []


def test_each_change_is_a_new_version_for_viewers(classes: Classes, ticket: str) -> None:
    before = classes.version(ticket)
    offer(classes, ticket, "a")
    assert classes.version(ticket) > before
    assert classes.state(ticket)["lab"]["changes"] == 1


def test_offers_are_refused_to_the_unconnected_the_fast_and_when_unwanted(classes: Classes, ticket: str) -> None:
    def field(voter: str) -> str:
        with pytest.raises(ConfigError) as refused:
            classes.lab.offer(ticket, voter, offers.new("#seed=1", "", ""))
        return str(refused.value.field)

    assert field("nobody") == "voter"
    for _ in range(3):
        offer(classes, ticket, "a")
    assert field("a") == "pace"
    classes.lab.change(ticket, lambda changed: setattr(changed, "are_taken", False))
    classes.join(ticket, "b")
    assert field("b") == "offer"


def test_offers_are_bounded_in_number_and_bytes(classes: Classes, ticket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "MAX_OFFERS", 2)
    offer(classes, ticket, "a")
    offer(classes, ticket, "b")
    with pytest.raises(ConfigError, match="no space"):
        offer(classes, ticket, "c")
    offer(classes, ticket, "a", "#seed=5")
    monkeypatch.setattr(lab_desk, "MAX_BYTES", 2 * len(picture()))
    with pytest.raises(ConfigError, match="no space"):
        offer(classes, ticket, "b", "#seed=6")
    assert seen(classes, ticket) == ["#seed=5", "#seed=1"]


def test_offers_are_erased_with_the_class_and_never_written(classes: Classes, ticket: str, home: Path) -> None:
    offer(classes, ticket, "a", "#seed=424242")
    classes.close()
    assert not any("424242" in file.read_text() for file in home.rglob("*.json"))
    classes.set_open(ticket, False)
    with pytest.raises(ConfigError):
        offer(classes, ticket, "a")
    classes.set_open(ticket, True)
    assert seen(classes, ticket) == []
    assert classes.state(ticket)["lab"]["shown"] is None


def test_an_offer_needs_no_picture_and_no_name() -> None:
    assert offers.new("#seed=1", "", "").picture == ""
    named = offers.new("#seed=1", picture(offers.MAX_PICTURE_SIDE), "  Ada ")
    assert (named.name, named.picture) == ("Ada", picture(offers.MAX_PICTURE_SIDE))


@pytest.mark.parametrize(
    ("state", "image", "name"),
    [
        ("", "", ""),
        (None, "", ""),
        ("seed=1", "", ""),
        ("#a b", "", ""),
        ("#" + "a" * 9000, "", ""),
        ("#seed=1", None, ""),
        ("#seed=1", "!", ""),
        ("#seed=1", "AAAA", ""),
        ("#seed=1", base64.b64encode(b"<svg onload=alert(1)>").decode(), ""),
        ("#seed=1", picture(form="PNG"), ""),
        ("#seed=1", picture(offers.MAX_PICTURE_SIDE + 1), ""),
        ("#seed=1", picture() + "A" * 4 * offers.MAX_PICTURE_BYTES, ""),
        ("#seed=1", base64.b64encode(base64.b64decode(picture()) + b"\0" * offers.MAX_PICTURE_BYTES).decode(), ""),
        ("#seed=1", "", "a" * 41),
        ("#seed=1", "", "a\nb"),
        ("#seed=1", "", 1),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_anything_but_a_lab_with_a_small_jpeg_and_a_short_name_is_refused(
    state: object, image: object, name: object
) -> None:
    with pytest.raises(ConfigError):
        offers.new(state, image, name)
