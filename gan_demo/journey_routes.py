"""The address that makes films of journeys, for browsers without an encoder: one at a time, and not too often."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from gan_demo import ownership, posts, runs
from gan_demo.errors import GanDemoError, RunError
from gan_demo.posts import Refused
from gan_demo.throttle import Throttle

MOST_BYTES = 600_000  # of a journey: 24 keyframes of a thousand numbers
LOOK = 0.5  # seconds after which it is asked again whether somebody still waits
_NEVER_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journey")
_busy = threading.Lock()
_films = Throttle(rate=1 / 15, burst=4)  # by viewer


def forget() -> None:
    """Nobody has asked for anything yet."""
    global _films
    _films = Throttle(rate=1 / 15, burst=4)


async def film(request: Request) -> Response:
    """POST /api/explore/{run_id}/{step}/journey.mp4 of a body as in ``journeys.from_json``.

    429 while another one is made, or for who asks too often; 400 with what is wrong. Who goes away ends the work.
    """
    try:
        posts.check_sender(request)
        told = posts.parsed(await posts.text(request, MOST_BYTES))
        if not _films.take(_viewer(request)):
            raise Refused(429, "too many films")
        if not _busy.acquire(blocking=False):
            raise Refused(429, "another film is being made")
        try:
            made = await _made(request, told)
        finally:
            _busy.release()
    except Refused as refused:
        return JSONResponse({"error": refused.why}, refused.status, headers=_NEVER_KEPT)
    except RunError as error:
        return JSONResponse({"error": str(error)}, 404, headers=_NEVER_KEPT)
    except GanDemoError as error:
        return JSONResponse({"error": str(error)}, 400, headers=_NEVER_KEPT)
    return Response(made, media_type="video/mp4", headers=_NEVER_KEPT)


async def _made(request: Request, told: posts.Body) -> bytes:
    """In a thread; told to stop when the browser is gone."""
    stop = threading.Event()
    run_id, step = request.path_params["run_id"], request.path_params["step"]
    work = asyncio.get_running_loop().run_in_executor(_worker, _film, run_id, step, told, stop)
    try:
        while not (await asyncio.wait([work], timeout=LOOK))[0]:
            if await request.is_disconnected():
                stop.set()
        return await work
    finally:
        stop.set()  # the server may end this task itself


def _film(run_id: str, step: int, told: posts.Body, stop: threading.Event) -> bytes:
    from gan_demo import journeys  # torch comes with it

    run = runs.find(run_id)
    if step not in run.checkpoints:
        raise RunError(
            "step", step, "is not kept in this run", "Kept: {kept}", kept=", ".join(map(str, run.checkpoints))
        )
    model = run.config.model
    journey = journeys.from_json(told, model)
    try:
        return journeys.mp4(journey, run.generator(step), model, run.config.data.name, stop.is_set)
    except journeys.Stopped:
        raise Refused(400, "stopped") from None


def _viewer(request: Request) -> str:
    """The browser, where it is known; else where it is."""
    token = request.cookies.get(ownership.OWNER_COOKIE, "")
    return ownership.digest(token) if ownership.valid_token(token) else posts.address(request)


ROUTES: list[BaseRoute] = [Route("/api/explore/{run_id}/{step:int}/journey.mp4", film, methods=["POST"])]
