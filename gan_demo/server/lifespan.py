"""The lifespan of the web server, which opens and closes the state of the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from gan_demo.server.state import ServerState
from gan_demo.service import app_state, trash


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[dict[str, Any]]:
    """Open the state and empty the trash at the server's start; at SIGTERM end all streams and save all trainings."""
    state = ServerState()
    app_state.open_state(state)
    await asyncio.to_thread(trash.empty_trash)
    try:
        yield {}
    finally:
        state.hub.close()
        await asyncio.to_thread(app_state.close_current)
