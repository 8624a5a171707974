"""Labs that pupils offer to their teacher: the link of each, a small picture and a name, in memory alone."""

from __future__ import annotations

import base64
import binascii
import io
import secrets
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from gan_demo.classroom import page_location
from gan_demo.errors import ConfigError

MAX_OFFERS = 48  # of a class
MAX_PICTURE_BYTES = 24_000
MAX_PICTURE_SIDE = 256  # pixels, so that a small file cannot unfold into a huge picture
MAX_NAME_LENGTH = 40  # characters
ID_BYTES = 8


@dataclass(frozen=True)
class Offer:
    """A pupil's lab."""

    hash: str  # the lab's address from its "#"
    picture: str = ""  # a JPEG as base64, or ""
    name: str = ""  # as the pupil typed it, or ""
    id: str = field(default_factory=lambda: secrets.token_hex(ID_BYTES))

    @property
    def size(self) -> int:
        """The bytes that it takes, about."""
        return len(self.hash) + len(self.picture) + len(self.name)

    def to_dict(self) -> dict[str, str]:
        """Return the offer as plain JSON types."""
        return {"id": self.id, "name": self.name, "hash": self.hash, "picture": self.picture}


@dataclass
class Offers:
    """The offers of a class, and how often its teacher has handed out a lab. The caller holds the lock."""

    handouts: int = 0
    are_taken: bool = True  # whether pupils may offer anything
    changes: int = 0  # grows with each change of what the teacher sees
    shown: Offer | None = None  # on the board of everybody
    _by_voter: dict[str, Offer] = field(default_factory=dict)  # oldest first

    @property
    def size(self) -> int:
        """The bytes of all offers, about."""
        return sum(offer.size for offer in self._by_voter.values()) + (self.shown.size if self.shown else 0)

    def add(self, voter: str, offer: Offer) -> None:
        """Take an offer in place of the voter's last, which stays on the board if it is there. Raises ConfigError."""
        if not self.are_taken:
            raise ConfigError("offer", "", "is not accepted at the moment")
        if voter not in self._by_voter and len(self._by_voter) >= MAX_OFFERS:
            raise ConfigError("offer", "", "finds no space", "Ask the teacher to clear some")
        self._by_voter.pop(voter, None)
        self._by_voter[voter] = offer
        self.changes += 1

    def show(self, offer_id: str | None) -> None:
        """Put an offer on the board, in place of any other; none for None. Raises ConfigError for an unknown one."""
        wanted = next((offer for offer in self._by_voter.values() if offer.id == offer_id), None)
        if wanted is None and offer_id is not None:
            raise ConfigError("offer", "", "is gone")
        self.shown = wanted
        self.changes += 1

    def remove(self, offer_id: str) -> None:
        """Erase an offer, from the board as well."""
        self._by_voter = {voter: offer for voter, offer in self._by_voter.items() if offer.id != offer_id}
        if self.shown is not None and self.shown.id == offer_id:
            self.shown = None
        self.changes += 1

    def clear(self) -> None:
        """Erase all offers, from the board as well."""
        self._by_voter.clear()
        self.shown = None
        self.changes += 1

    def state(self) -> dict[str, Any]:
        """Return what every browser of the class may know."""
        shown = self.shown.id if self.shown is not None else None
        return {"handouts": self.handouts, "offering": self.are_taken, "changes": self.changes, "shown": shown}

    def for_teacher(self) -> list[dict[str, str]]:
        """Return all offers as plain JSON types, newest first."""
        return [offer.to_dict() for offer in reversed(self._by_voter.values())]


def new(state: object, picture: object, name: object) -> Offer:
    """Return a pupil's offer, checked completely. Raises ConfigError."""
    lab = page_location.from_dict({"page": "lab", "query": {}, "hash": state})
    if not lab.hash:
        raise ConfigError("hash", "", "is empty")
    if not isinstance(name, str) or len(name.strip()) > MAX_NAME_LENGTH or not name.isprintable():
        raise ConfigError("name", "", "is too long, or has characters that can't be shown")
    return Offer(lab.hash, _checked_picture(picture), name.strip())


def _checked_picture(picture: object) -> str:
    """Return a picture's base64. Raises ConfigError unless it is "" or a small JPEG, whose header alone is read."""
    try:
        content = base64.b64decode(picture, validate=True) if isinstance(picture, str) else None
        if content == b"":
            return ""
        if content is None or len(content) > MAX_PICTURE_BYTES:
            raise ConfigError("picture", "", "is no small JPEG")
        with Image.open(io.BytesIO(content), formats=["JPEG"]) as image:
            is_small = max(image.size) <= MAX_PICTURE_SIDE
    except (binascii.Error, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as damage:
        raise ConfigError("picture", "", "is no small JPEG") from damage
    if not is_small:
        raise ConfigError("picture", "", "is no small JPEG")
    return base64.b64encode(content).decode()
