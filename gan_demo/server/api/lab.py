"""Route of compiled training steps (docs/compiled-step.md), compiled one file at a time in a process of its own."""

from __future__ import annotations

import asyncio

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute

from gan_demo.boards import addresses
from gan_demo.config import RunConfig
from gan_demo.errors import ConfigError, GanDemoError
from gan_demo.lab import graphs
from gan_demo.lab.page import GRAPHS
from gan_demo.server.api import request_body, responses
from gan_demo.server.state import ServerState, server_state

MOST_WAITING = 8  # compilations, beyond which a request is refused


async def lab_graphs(request: Request) -> Response:
    """Handle GET of the graphs for the settings in the query, by their names in config.py.

    400 for settings that are wrong, 429 and 503 with Retry-After for too many that need a compilation.
    """
    state = server_state()
    try:
        config = graphs.graph_config(dict(request.query_params))
        content = await run_in_threadpool(graphs.cached, config)
        if content is None:
            if not state.compile_limit.take(request_body.address(request)):
                return responses.error(429, "too many compilations", {"Retry-After": "10"})
            if state.compilations >= MOST_WAITING:
                return responses.error(503, "others wait for compilations", {"Retry-After": "10"})
            content = await _in_turn(state, config)
    except ConfigError as wrong:
        return responses.error(400, str(wrong))
    except GanDemoError as failure:
        # too long or too large, perhaps for others' work
        return responses.error(503, str(failure), {"Retry-After": "30"})
    return responses.packed(request, content, "application/octet-stream", responses.REVALIDATE)


async def shipped_graphs(request: Request) -> Response:
    """Handle GET of the graphs that are shipped, whose parts are compressed."""
    headers = responses.headers(responses.IMMUTABLE_SHARED)  # the page's address of it names its version
    return FileResponse(GRAPHS, media_type="application/octet-stream", headers=headers)


async def _in_turn(state: ServerState, config: RunConfig) -> bytes:
    state.compilations += 1  # in the event loop alone
    try:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(state.compile_worker, graphs.graph_files, config)
    finally:
        state.compilations -= 1


ROUTES: list[BaseRoute] = [
    responses.route(addresses.LAB_GRAPHS, lab_graphs),
    responses.route(addresses.SHIPPED_GRAPHS, shipped_graphs),
]
