"""Polls of a class: a question with two to six options, and one vote per voter.

An option may carry settings that the run's owner can apply with one click once the poll is over. A setting is a value,
or {"times": factor} of the value in effect when it is applied. A ready-made poll has its texts in every language.
"""

from __future__ import annotations

import dataclasses
import hashlib
import secrets
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from gan_demo.config import RunConfig, TrainConfig
from gan_demo.errors import ConfigError

MAX_VOTERS = 5000  # counted at most; beyond that, the newest vote of somebody who has left makes way
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
class Texts:
    """Question and answers of a poll in one language."""

    question: str
    options: Sequence[str]


@dataclass(frozen=True)
class Poll:
    """A poll at one moment. ``votes`` maps the hash of a voter to the index of their option."""

    id: str
    question: str
    options: tuple[Option, ...]
    votes: Mapping[str, int] = field(default_factory=dict)
    open: bool = True
    texts: Mapping[str, Texts] = field(default_factory=dict)  # by language; empty if the teacher wrote the poll

    def with_vote(self, voter: str, choice: int, present: Collection[str] = (), max_voters: int = MAX_VOTERS) -> Poll:
        """Return the poll with ``voter``'s vote, in place of their earlier one. Raises ConfigError.

        A poll with ``max_voters`` votes drops one of nobody in ``present``: the newest, which is that of whoever votes
        under one name after the other, and not those of a class whose phones sleep.
        """
        if not self.open:
            raise ConfigError("vote", "", "is closed")
        if not 0 <= choice < len(self.options):
            raise ConfigError("vote", choice, "is not one of the answers")
        name, votes = self._name(voter), self.votes
        if name not in votes and len(votes) >= min(MAX_VOTERS, max_voters):
            present_names = {self._name(other) for other in present}
            absent = next((other for other in reversed([*votes]) if other not in present_names), None)
            if absent is None:
                raise ConfigError("vote", "", "has reached its limit of voters")
            votes = {other: choice for other, choice in votes.items() if other != absent}
        return dataclasses.replace(self, votes={**votes, name: choice})

    def _name(self, voter: str) -> str:
        """Return the name under which a vote is kept, which cannot be linked to other polls or to a browser."""
        return hashlib.sha256(f"{self.id} {voter}".encode()).hexdigest()

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
            "texts": {language: dataclasses.asdict(texts) for language, texts in self.texts.items()},
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the poll as plain JSON types."""
        return dataclasses.asdict(self)

    @staticmethod
    def from_dict(raw: Mapping[str, Any]) -> Poll:
        """Return the poll that ``to_dict`` described, which had no texts in earlier versions.

        Raises TypeError, ValueError, KeyError, AttributeError or OverflowError for anything else.
        """
        options = tuple(Option(str(option["text"]), dict(option["settings"])) for option in raw["options"])
        votes = {str(name): int(choice) for name, choice in raw["votes"].items()}
        texts = {
            str(language): Texts(str(translation["question"]), [str(option) for option in translation["options"]])
            for language, translation in raw.get("texts", {}).items()
        }
        if (
            not 2 <= len(options) <= MAX_OPTIONS
            or len(votes) > MAX_VOTERS
            or not all(0 <= choice < len(options) for choice in votes.values())
            or not all(len(translation.options) == len(options) for translation in texts.values())
        ):
            raise ValueError
        return Poll(str(raw["id"]), str(raw["question"]), options, votes, bool(raw["open"]), texts)


def new(
    question: str, options: list[Option], config: RunConfig | None, texts: Mapping[str, Texts] | None = None
) -> Poll:
    """Return a poll, about a run with ``config``: settings can be voted on with one only.

    ``texts`` are those of a ready-made poll in every language. Raises ConfigError if texts or settings do not fit.
    """
    question, lines = _one_line(question), [_one_line(option.text) for option in options]
    if not 1 <= len(question) <= MAX_QUESTION_LENGTH:
        raise ConfigError("question", question, "must have 1 to {most} characters", most=MAX_QUESTION_LENGTH)
    if not 2 <= len(options) <= MAX_OPTIONS:
        raise ConfigError("options", len(options), "must be 2 to {most} answers", most=MAX_OPTIONS)
    for text in lines:
        if not 1 <= len(text) <= MAX_OPTION_LENGTH:
            raise ConfigError("options", text, "must have 1 to {most} characters", most=MAX_OPTION_LENGTH)
    if len(set(lines)) < len(lines):
        raise ConfigError("options", "", "must differ from each other")
    for option in options:
        if option.settings:
            _check_settings(option.settings, config)
    checked = tuple(Option(text, dict(option.settings)) for text, option in zip(lines, options, strict=True))
    return Poll(secrets.token_hex(8), question, checked, texts=dict(texts or {}))


def _check_settings(settings: Mapping[str, Any], config: RunConfig | None) -> None:
    if config is None:
        raise ConfigError("setting", next(iter(settings)), "can't be voted on", "Show the class a training")
    config.with_settings(resolved(settings, config))


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


def current(poll: Poll | None, poll_id: str) -> Poll:
    """Return the poll if it has this id. Raises ConfigError."""
    if poll is None or poll.id != poll_id:
        raise ConfigError("vote", "", "is over")
    return poll
