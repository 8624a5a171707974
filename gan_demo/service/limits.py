"""Limits of the trainings on a shared server, from environment variables; see docs/hosting.md."""

from __future__ import annotations

from gan_demo.classroom.attendance import PER_ADDRESS
from gan_demo.config import MAX_STEPS
from gan_demo.errors import ConfigError
from gan_demo.support.numbers import whole_number
from gan_demo.training.jobs.manager import JobLimits

RUNS = "GAN_DEMO_MOST_RUNS"  # trainings of one visitor that are not over
RESIDENT = "GAN_DEMO_MOST_RESIDENT"  # trainings in memory
HELD = "GAN_DEMO_PAUSED_SECONDS"  # for which a paused training stays in memory
VOTERS = "GAN_DEMO_MOST_VOTERS"  # of a class who are there at once from one address
STEPS = "GAN_DEMO_MOST_STEPS"  # that one training may still have to take


def job_limits() -> JobLimits:
    """Return the limits of the job manager. Raises ConfigError for a variable that is no whole number."""
    usual = JobLimits()
    return JobLimits(
        resident=whole_number(RESIDENT, usual.resident, MAX_STEPS),
        per_owner=whole_number(RUNS, usual.per_owner, MAX_STEPS),
        held=whole_number(HELD, round(usual.held), MAX_STEPS),
    )


def voters_per_address() -> int:
    """Return how many voters of one address count in a class. Raises ConfigError as ``job_limits`` does."""
    return whole_number(VOTERS, PER_ADDRESS, MAX_STEPS)


def most_steps() -> int:
    """Return the most steps that a training may have left. Raises ConfigError as ``job_limits`` does."""
    return whole_number(STEPS, MAX_STEPS, MAX_STEPS)


def check_steps(steps: int) -> None:
    """Raise ConfigError if a training of so many steps is too long for this server."""
    most = most_steps()
    if steps > most:
        raise ConfigError("steps", steps, "are more than this server takes on", "Give at most {most}", most=most)
