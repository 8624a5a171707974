"""The lifespan of the web server, which opens and closes the state of the process."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from gan_demo.runs import library
from gan_demo.server.state import ServerState
from gan_demo.service import app_state, trash

CLEAN_SECONDS = 600.0
SHUTDOWN_SECONDS = 3  # that open connections have to end, after the grace of event streams (server.api.live.GRACE)


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[dict[str, Any]]:
    """Open the state and empty the trash at the server's start; at SIGTERM end all streams and save all trainings."""
    _bound_shutdown()
    send_at_once()
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


def _bound_shutdown() -> None:
    """Let the server wait only SHUTDOWN_SECONDS for its connections: a client that stops reading never ends its own.

    Streamlit offers no option for it. The server is found by its signal handler; other servers are left as they are.
    """
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    if isinstance(server, uvicorn.Server) and server.config.timeout_graceful_shutdown is None:
        server.config.timeout_graceful_shutdown = SHUTDOWN_SECONDS


def send_at_once() -> None:
    """Set TCP_NODELAY on this process's listening sockets, whose connections inherit it.

    asyncio sets it on connections, but only where a socket's protocol number says TCP, and Streamlit's says nothing.
    Without it the body of each answer waits until the browser has acknowledged its header, which takes Linux 40 ms.
    """
    for candidate in gc.get_objects():  # uvicorn does not say which sockets it is about to serve
        if type(candidate) is socket.socket and candidate.type == socket.SOCK_STREAM and _is_listening(candidate):
            candidate.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _is_listening(candidate: socket.socket) -> bool:
    is_tcp = candidate.fileno() >= 0 and candidate.family in (socket.AF_INET, socket.AF_INET6)
    return is_tcp and bool(candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


async def _clean() -> None:
    """Empty the trash, and delete uploads that no run was made of, every CLEAN_SECONDS."""
    while True:
        await asyncio.sleep(CLEAN_SECONDS)
        await asyncio.to_thread(trash.empty_trash)
