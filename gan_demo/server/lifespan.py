"""The lifespan of the web server: what is opened at start and saved at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from gan_demo.classroom import classes
from gan_demo.explorer import prepare
from gan_demo.server.api import live
from gan_demo.service.job_manager import manager, shutdown
from gan_demo.training.jobs import Snapshot


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[dict[str, Any]]:
    """From the server's start to SIGTERM, when whatever trains is saved."""
    manager()
    live.open_hub(_snapshot, _beside)
    prepare.open_up()
    try:
        yield {}
    finally:
        live.close_hub()
        prepare.close()
        await asyncio.to_thread(shutdown)


def _snapshot(run_id: str) -> Snapshot | None:
    job = manager().get(run_id)
    return None if job is None else job.snapshot


def _beside(run_id: str) -> tuple[int, Mapping[str, Any]]:
    """What is shown with a run besides its training: its class."""
    return classes.version(run_id), classes.state(run_id)
