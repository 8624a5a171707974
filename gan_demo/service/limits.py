"""Limits of the trainings on a shared server, from environment variables; see docs/hosting.md."""

from __future__ import annotations

import os

from gan_demo.config import MAX_STEPS
from gan_demo.errors import ConfigError
from gan_demo.training.jobs.manager import JobLimits

RUNS = "GAN_DEMO_MOST_RUNS"  # trainings of one visitor that are not over
RESIDENT = "GAN_DEMO_MOST_RESIDENT"  # trainings in memory
HELD = "GAN_DEMO_PAUSED_SECONDS"  # for which a paused training stays in memory
STEPS = "GAN_DEMO_MOST_STEPS"  # that one training may still have to take


def job_limits() -> JobLimits:
    """Return the limits of the job manager. Raises ConfigError for a variable that is no whole number."""
    usual = JobLimits()
    resident, per_owner = _number(RESIDENT, usual.resident), _number(RUNS, usual.per_owner)
    return JobLimits(resident, per_owner, held=_number(HELD, round(usual.held)))


def most_steps() -> int:
    """Return the most steps that a training may have left. Raises ConfigError as ``job_limits`` does."""
    return _number(STEPS, MAX_STEPS)


def check_steps(steps: int) -> None:
    """Raise ConfigError if a training of so many steps is too long for this server."""
    most = most_steps()
    if steps > most:
        raise ConfigError("steps", steps, "are more than this server takes on", "Give at most {most}", most=most)


def _number(name: str, usual: int) -> int:
    text = os.environ.get(name, "")
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:12]) <= MAX_STEPS:
        raise ConfigError(name, text, "must be a whole number", "Unset it for no limit of your own")
    return int(text)
