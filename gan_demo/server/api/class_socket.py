"""The state of a class as it changes, over a WebSocket to each of its browsers."""

from __future__ import annotations

import asyncio

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from gan_demo.boards import addresses
from gan_demo.server.api import request_body
from gan_demo.server.class_channel import ClassChannel
from gan_demo.server.state import server_state

UNKNOWN_CLASS = 4404  # the code with which the connection is closed; class_feed.mjs gives up


async def live(socket: WebSocket) -> None:
    """Send the class's state now and at each change, until the browser leaves. A voter counts as present meanwhile."""
    state, ticket = server_state(), socket.path_params["ticket"]
    if not request_body.is_from_own_page(socket.headers):
        await socket.close()
        return
    await socket.accept()
    if not state.classes.exists(ticket):
        await socket.close(UNKNOWN_CLASS)
        return
    voter = state.classes.voter_name(ticket, socket.query_params.get("voter", "")[:100])
    if voter is not None:
        state.classes.join(ticket, voter, request_body.address(socket))
    sending = asyncio.create_task(_send(socket, state.class_channels.channel(ticket)))
    try:
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass  # nothing is expected
    finally:
        sending.cancel()
        if voter is not None:
            state.classes.leave(ticket, voter)


async def _send(socket: WebSocket, channel: ClassChannel) -> None:
    try:
        async for text in channel.states():
            await socket.send_text(text)
    except (WebSocketDisconnect, RuntimeError):  # it left while something was sent
        return


ROUTES: list[BaseRoute] = [WebSocketRoute(f"/{addresses.CLASS_STATE}", live)]
