"""A vote of a class: a question, two to six answers, and one voice a browser.

An answer may carry settings, which the owner of the run can then apply with one click: a value, or {"times": factor} of
what is set when it is applied.
"""

from __future__ import annotations

import dataclasses
import hashlib
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gan_demo.config import RunConfig, TrainConfig
from gan_demo.errors import ConfigError

MOST_VOTERS = 1000
MOST_OPTIONS = 6
QUESTION_LENGTH = 140
OPTION_LENGTH = 60
MOST_FACTOR = 1000
SETTINGS = {"lr", *(one.name for one in dataclasses.fields(TrainConfig))}
RATES = ("g_lr", "d_lr")  # what "lr" stands for


@dataclass(frozen=True)
class Option:
    """One answer, and what it changes: {"g_lr": {"times": 2}, "loss": "hinge"}."""

    text: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Poll:
    """A vote at one moment. ``votes``: the hash of a voter -> the number of the answer, from 0."""

    id: str
    question: str
    options: tuple[Option, ...]
    votes: Mapping[str, int] = field(default_factory=dict)
    open: bool = True

    def with_vote(self, voter: str, choice: int) -> Poll:
        """With ``voter``'s voice, in place of an earlier one. Raises ConfigError."""
        if not self.open:
            raise ConfigError("vote", "", "is closed")
        if not 0 <= choice < len(self.options):
            raise ConfigError("vote", choice, "is no answer to choose from")
        name = hashlib.sha256(f"{self.id} {voter}".encode()).hexdigest()  # says nothing about who it was elsewhere
        if name not in self.votes and len(self.votes) >= MOST_VOTERS:
            raise ConfigError("vote", "", "has as many voters as it can hold")
        return dataclasses.replace(self, votes={**self.votes, name: choice})

    @property
    def counts(self) -> list[int]:
        """Voices for each answer."""
        chosen = list(self.votes.values())
        return [chosen.count(index) for index in range(len(self.options))]

    @property
    def winners(self) -> list[int]:
        """The answers with most voices: several after a tie, none if nobody voted."""
        counts = self.counts
        return [index for index, count in enumerate(counts) if count and count == max(counts)]

    def shown(self) -> dict[str, Any]:
        """What everyone may see: no voters, only their number."""
        return {
            "id": self.id, "question": self.question, "options": [one.text for one in self.options],
            "can": [bool(one.settings) for one in self.options], "counts": self.counts, "total": len(self.votes),
            "winners": self.winners, "open": self.open,
        }  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return dataclasses.asdict(self)

    @staticmethod
    def from_dict(raw: Mapping[str, Any]) -> Poll:
        """The inverse of ``to_dict``. Raises TypeError, ValueError or KeyError for what is none."""
        options = tuple(Option(str(one["text"]), dict(one["settings"])) for one in raw["options"])
        votes = {str(name): int(choice) for name, choice in raw["votes"].items()}
        if not 2 <= len(options) <= MOST_OPTIONS or not all(0 <= one < len(options) for one in votes.values()):
            raise ValueError
        return Poll(str(raw["id"]), str(raw["question"]), options, votes, bool(raw["open"]))


def new(question: str, options: list[Option], config: RunConfig) -> Poll:
    """A vote about a run with ``config``. Raises ConfigError if it makes no sense there."""
    question, texts = _plain(question), [_plain(one.text) for one in options]
    if not 1 <= len(question) <= QUESTION_LENGTH:
        raise ConfigError("question", question, "must have 1 to {most} characters", most=QUESTION_LENGTH)
    if not 2 <= len(options) <= MOST_OPTIONS:
        raise ConfigError("options", len(options), "must be 2 to {most} answers", most=MOST_OPTIONS)
    for text in texts:
        if not 1 <= len(text) <= OPTION_LENGTH:
            raise ConfigError("options", text, "must have 1 to {most} characters", most=OPTION_LENGTH)
    if len(set(texts)) < len(texts):
        raise ConfigError("options", "", "must differ from each other")
    for one in options:
        config.with_settings(settled(one.settings, config))
    kept = tuple(Option(text, dict(one.settings)) for text, one in zip(texts, options, strict=True))
    return Poll(secrets.token_hex(8), question, kept)


def _plain(text: str) -> str:
    """One line without control characters and halves of characters."""
    return " ".join("".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs")).split())


def settled(settings: Mapping[str, Any], config: RunConfig) -> dict[str, object]:
    """Settings as values, factors applied to those of ``config``. Raises ConfigError for what is no such setting."""
    found: dict[str, object] = {}
    for key, value in settings.items():
        if key not in SETTINGS:
            raise ConfigError("setting", key, "can't be voted on", "Choose a setting of the training")
        if not isinstance(value, Mapping):
            found |= dict.fromkeys(RATES if key == "lr" else (key,), value)
            continue
        factor = value.get("times")
        if set(value) != {"times"} or isinstance(factor, bool) or not isinstance(factor, int | float):
            raise ConfigError("setting", key, "must be a number")
        if not 0 < factor <= MOST_FACTOR:
            raise ConfigError(key, factor, "must be above 0 and at most {most}", most=MOST_FACTOR)
        for name in RATES if key == "lr" else (key,):
            now = getattr(config.train, name)
            if isinstance(now, bool) or not isinstance(now, int | float):
                raise ConfigError("setting", name, "must be a number")
            found[name] = round(now * factor) if isinstance(now, int) else now * factor
    return found
