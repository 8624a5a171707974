"""Settings in an address: a preset and what differs from it, such as "ring,loss=hinge,r1=0.1".

Reading a link starts nothing: it fills the form. Folders of the server can't come in by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gan_demo import own_points
from gan_demo.boards.setting_choices import setting_values
from gan_demo.config import RunConfig
from gan_demo.errors import ConfigError, GanDemoError
from gan_demo.presets import PRESETS

OWN = ("images", own_points.NAME)  # sets that are no data by their name alone
MAX_LENGTH = 2_000  # characters
MAX_SECONDS = 86_400  # of training
MAX_PROBLEMS = 5  # that are said of one link
NEVER = ("path", "root", "points")  # folders of the server, and long texts


@dataclass(frozen=True)
class Link:
    """Settings that a link names, and what of it could not be used."""

    preset: str
    config: RunConfig
    problems: tuple[GanDemoError, ...] = ()
    seconds: float = 0.0  # of training after which the run stops; 0 is no limit

    @property
    def changes(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The settings that differ from the preset's: before, now."""
        before, after = setting_values(PRESETS[self.preset]), setting_values(self.config)
        differing = [name for name in after if before[name] != after[name]]
        return {name: before[name] for name in differing}, {name: after[name] for name in differing}


def write(preset: str, config: RunConfig, seconds: float = 0.0) -> str:
    """Return the settings as text, or "" for own images and points, which no link can bring."""
    if config.data.name in OWN:
        return ""
    _, changed = Link(preset, config).changes
    limit = [f"seconds={seconds:g}"] if seconds else []
    parts = [f"{name}={_written(value)}" for name, value in changed.items() if name not in NEVER]
    return ",".join([preset, *parts, *limit])


def read(text: str) -> Link:
    """Return the settings of a text that ``write`` wrote, or a person; what is invalid is left out and named."""
    if len(text) > MAX_LENGTH:
        return Link("digits", PRESETS["digits"], (ConfigError("link", "", "is too long", "Copy it again"),))
    preset, *parts = (part.strip() for part in text.split(","))
    problems: list[GanDemoError] = []
    if preset not in PRESETS:
        remedy = "The digits' settings take its place. Known: {known}"
        problems.append(ConfigError("preset", preset, "is not known", remedy, known=", ".join(PRESETS)))
        preset = "digits"
    settings: dict[str, str] = {}
    seconds = 0.0
    for part in filter(None, parts):
        name, equals, value = part.partition("=")
        try:
            if name == "seconds":
                seconds = _seconds(value)
                continue
            _check(name, equals, value)
            settings[name] = value
        except GanDemoError as error:
            problems.append(error)
    config, refused = _applied(PRESETS[preset], settings)
    return Link(preset, config, tuple([*problems, *refused][:MAX_PROBLEMS]), seconds)


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= MAX_SECONDS:
        raise ConfigError("seconds", value, "must be between {low} and {high}", low=1, high=MAX_SECONDS)
    return seconds


def _check(name: str, equals: str, value: str) -> None:
    """Raise ConfigError for what is no setting, or none that a link may bring."""
    if not equals:
        raise ConfigError("link", name, "is not readable", "A setting is written as name=value")
    if name.rpartition(".")[2] in NEVER or (name.rpartition(".")[2] == "name" and value in OWN):
        raise ConfigError(name, value, "can't come with a link", "Choose your own data on the page")
    if name.rpartition(".")[2] == "name":
        from gan_demo.data import datasets  # loads torch

        datasets.source(value)


def _applied(config: RunConfig, settings: dict[str, str]) -> tuple[RunConfig, list[GanDemoError]]:
    """Return ``config`` with the settings: all at once, as some fit together only, or else those that are valid."""
    try:
        return config.with_settings(settings), []
    except ConfigError:
        problems: list[GanDemoError] = []
    for name, value in settings.items():
        try:
            config = config.with_settings({name: value})
        except ConfigError as error:
            problems.append(error)
    return config, problems


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
