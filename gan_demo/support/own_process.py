"""Work in a Python process of its own: how it finds this package, and its limits."""

from __future__ import annotations

import contextlib
import os

from gan_demo.support.top_level import PACKAGE

NICENESS = 5  # trainings go first


def environment() -> dict[str, str]:
    """Return the environment in which ``python -m gan_demo.MODULE`` finds this package, installed or not."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")])}


def limit(memory: int, cpu_seconds: int) -> None:
    """Limit this process's bytes of address space and processor time where the system can, and let others go first."""
    with contextlib.suppress(ImportError, OSError, ValueError, AttributeError):
        os.nice(NICENESS)
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
