"""The lifespan of the web server, which opens and closes the state of the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from gan_demo.runs import library
from gan_demo.server.state import ServerState
from gan_demo.service import app_state, trash

CLEAN_SECONDS = 600.0


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[dict[str, Any]]:
    """Open the state and empty the trash at the server's start; at SIGTERM end all streams and save all trainings."""
    state = ServerState()
    app_state.open_state(state)
    await asyncio.to_thread(trash.empty_trash)
    await asyncio.to_thread(library.remove_unfinished)
    cleaning = asyncio.create_task(_clean())
    try:
        yield {}
    finally:
        cleaning.cancel()
        state.hub.close()
        await asyncio.to_thread(app_state.close_current)


async def _clean() -> None:
    """Empty the trash, and delete uploads that no run was made of, every CLEAN_SECONDS."""
    while True:
        await asyncio.sleep(CLEAN_SECONDS)
        await asyncio.to_thread(trash.empty_trash)
