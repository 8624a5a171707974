"""Polls of a class: a question with two to six options, and one vote per browser.

An option may carry settings that the run's owner can apply with one click once the poll is over. A setting is a value,
or {"times": factor} of the value in effect when it is applied.
"""

from __future__ import annotations

import dataclasses
import hashlib
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from gan_demo.config import RunConfig, TrainConfig
from gan_demo.errors import ConfigError

MAX_VOTERS = 1000
MAX_OPTIONS = 6
MAX_QUESTION_LENGTH = 140  # characters
MAX_OPTION_LENGTH = 60  # characters
MAX_FACTOR = 1000
SETTINGS = {"lr", *(setting.name for setting in dataclasses.fields(TrainConfig))}
RATES = ("g_lr", "d_lr")  # the settings that "lr" stands for


@dataclass(frozen=True)
class Option:
    """One option and what it would change, such as {"g_lr": {"times": 2}, "loss": "hinge"}."""

    text: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Poll:
    """A poll at one moment. ``votes`` maps the hash of a voter to the index of their option."""

    id: str
    question: str
    options: tuple[Option, ...]
    votes: Mapping[str, int] = field(default_factory=dict)
    open: bool = True

    def with_vote(self, voter: str, choice: int) -> Poll:
        """Return the poll with ``voter``'s vote, in place of their earlier one. Raises ConfigError."""
        if not self.open:
            raise ConfigError("vote", "", "is closed")
        if not 0 <= choice < len(self.options):
            raise ConfigError("vote", choice, "is not one of the answers")
        name = hashlib.sha256(f"{self.id} {voter}".encode()).hexdigest()  # cannot be linked to other polls or cookies
        if name not in self.votes and len(self.votes) >= MAX_VOTERS:
            raise ConfigError("vote", "", "has reached its limit of voters")
        return dataclasses.replace(self, votes={**self.votes, name: choice})

    @property
    def counts(self) -> list[int]:
        """Number of votes for each option."""
        choices = list(self.votes.values())
        return [choices.count(index) for index in range(len(self.options))]

    @property
    def winners(self) -> list[int]:
        """Indices of the options with most votes: several after a tie, none without votes."""
        counts = self.counts
        return [index for index, count in enumerate(counts) if count and count == max(counts)]

    def shown(self) -> dict[str, Any]:
        """Return what all viewers may know: the number of voters, but not who they are."""
        return {
            "id": self.id,
            "question": self.question,
            "options": [option.text for option in self.options],
            "can": [bool(option.settings) for option in self.options],
            "counts": self.counts,
            "total": len(self.votes),
            "winners": self.winners,
            "open": self.open,
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the poll as plain JSON types."""
        return dataclasses.asdict(self)

    @staticmethod
    def from_dict(raw: Mapping[str, Any]) -> Poll:
        """Return the poll that ``to_dict`` described. Raises TypeError, ValueError or KeyError for anything else."""
        options = tuple(Option(str(option["text"]), dict(option["settings"])) for option in raw["options"])
        votes = {str(name): int(choice) for name, choice in raw["votes"].items()}
        if not 2 <= len(options) <= MAX_OPTIONS or not all(0 <= choice < len(options) for choice in votes.values()):
            raise ValueError
        return Poll(str(raw["id"]), str(raw["question"]), options, votes, bool(raw["open"]))


def new(question: str, options: list[Option], config: RunConfig) -> Poll:
    """Return a poll about a run with ``config``. Raises ConfigError if the texts or settings do not fit."""
    question, texts = _one_line(question), [_one_line(option.text) for option in options]
    if not 1 <= len(question) <= MAX_QUESTION_LENGTH:
        raise ConfigError("question", question, "must have 1 to {most} characters", most=MAX_QUESTION_LENGTH)
    if not 2 <= len(options) <= MAX_OPTIONS:
        raise ConfigError("options", len(options), "must be 2 to {most} answers", most=MAX_OPTIONS)
    for text in texts:
        if not 1 <= len(text) <= MAX_OPTION_LENGTH:
            raise ConfigError("options", text, "must have 1 to {most} characters", most=MAX_OPTION_LENGTH)
    if len(set(texts)) < len(texts):
        raise ConfigError("options", "", "must differ from each other")
    for option in options:
        config.with_settings(resolved(option.settings, config))
    checked = tuple(Option(text, dict(option.settings)) for text, option in zip(texts, options, strict=True))
    return Poll(secrets.token_hex(8), question, checked)


def _one_line(text: str) -> str:
    """Return the text on one line, without control characters and lone surrogates."""
    return " ".join("".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs")).split())


def resolved(settings: Mapping[str, Any], config: RunConfig) -> dict[str, object]:
    """Return settings as values, with factors applied to those of ``config``. Raises ConfigError."""
    values: dict[str, object] = {}
    for key, value in settings.items():
        if key not in SETTINGS:
            raise ConfigError("setting", key, "can't be voted on", "Choose a setting of the training")
        names = RATES if key == "lr" else (key,)
        if not isinstance(value, Mapping):
            values |= dict.fromkeys(names, value)
            continue
        factor = value.get("times")
        if set(value) != {"times"} or not _is_number(factor):
            raise ConfigError("setting", key, "must be a number")
        if not 0 < factor <= MAX_FACTOR:
            raise ConfigError(key, factor, "must be above 0 and at most {most}", most=MAX_FACTOR)
        for name in names:
            before = getattr(config.train, name)
            if not _is_number(before):
                raise ConfigError("setting", name, "must be a number")
            values[name] = round(before * factor) if isinstance(before, int) else before * factor
    return values


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
