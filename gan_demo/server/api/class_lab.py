"""HTTP routes of the lab of a class: what the teacher hands out, and the labs that pupils offer."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from gan_demo.boards import addresses
from gan_demo.classroom import offers, page_location
from gan_demo.classroom.classes import Classes
from gan_demo.classroom.offers import Offers
from gan_demo.server.api import classroom, request_body, responses
from gan_demo.server.api.classroom import Sender
from gan_demo.server.api.request_body import Body, RequestRefusedError
from gan_demo.server.state import server_state

MAX_OFFER_BYTES = 44_000  # a picture as base64, a hash, a name, the voter's token


async def teach(request: Request) -> Response:
    """Handle the teacher's POST of {"hand_out": hash}, {"show": id or null}, {"remove": id} or {"change": what}.

    What may be "clear", "allow" and "refuse": erase all offers, take offers from now on, take none.
    """

    def act(classes: Classes, sender: Sender, body: Body) -> None:
        if len(body) != 1:
            raise RequestRefusedError(400, "one change at a time")
        classroom.check_keys(body, {"hand_out", "show", "remove", "change"})
        ((name, value),) = body.items()
        if name == "hand_out":
            classes.lab.hand_out(sender.ticket, page_location.from_dict({"page": "lab", "query": {}, "hash": value}))
            return
        if not isinstance(value, str) and not (name == "show" and value is None):
            raise RequestRefusedError(400, "must be text")
        classes.lab.change(sender.ticket, lambda changed: _change(changed, name, value))

    return await classroom.answer(request, act, teacher_only=True)


def _change(changed: Offers, name: str, value: str | None) -> None:
    if name == "show":
        changed.show(value)
    elif name == "remove":
        changed.remove(str(value))
    elif value == "clear":
        changed.clear()
    elif value in ("allow", "refuse"):
        changed.are_taken = value == "allow"
    else:
        raise RequestRefusedError(400, "must be clear, allow or refuse")


async def offer(request: Request) -> Response:
    """Handle a voter's POST of {"hash", "picture": JPEG as base64 or "", "name": str, "voter": token}."""

    def act(classes: Classes, sender: Sender, body: Body) -> None:
        classroom.check_keys(body, {"hash", "picture", "name", "voter"})
        if sender.voter is None:
            raise RequestRefusedError(403, "no voter of this class")
        offered = offers.new(body.get("hash"), body.get("picture", ""), body.get("name", ""))
        classes.lab.offer(sender.ticket, sender.voter, offered)

    return await classroom.answer(request, act, teacher_only=False, max_bytes=MAX_OFFER_BYTES)


async def offered(request: Request) -> Response:
    """Handle GET of {"offers", "shown"}: all offers for the teacher's key alone, and the one on the board or null."""
    classes, ticket = server_state().classes, request.path_params["ticket"]
    is_teacher = classes.is_presenter(ticket, request.headers.get(classroom.KEY_HEADER, ""))
    sender = Sender(ticket, is_teacher, None, request_body.address(request))
    if not server_state().post_limit.take(sender.limited_as):
        return responses.error(429, "too many requests")
    content = await run_in_threadpool(classes.lab.offers, ticket, is_teacher)
    return JSONResponse(content, headers=responses.headers(responses.NO_STORE))


ROUTES: list[BaseRoute] = [
    responses.route(addresses.CLASS_LAB, offered),
    responses.route(addresses.CLASS_LAB, teach, "POST"),
    responses.route(addresses.OFFER, offer, "POST"),
]
