"""Routes of trainings that go on elsewhere: a run's state for a browser, and a browser's training as a run."""

from __future__ import annotations

import gzip
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from gan_demo.boards import addresses
from gan_demo.errors import GanDemoError, RunError
from gan_demo.runs import library, ownership
from gan_demo.server.api import request_body, responses
from gan_demo.server.api.request_body import RequestRefusedError
from gan_demo.server.state import server_state
from gan_demo.service import run_files
from gan_demo.support import numbers

MAX_BYTES = 66 * 2**20  # of a file: those of the largest networks
_TYPE = "application/octet-stream"


async def training(request: Request) -> Response:
    """Handle GET of a run's training at ?step=STEP or its newest state: the file of docs/compiled-step.md.

    404 without such a state; 409 for what no browser trains; 429 for too many.
    """
    if not _is_within_limit(request):
        return responses.error(429, "too many requests")
    step = request.query_params.get("step")
    number = None if step is None else numbers.from_digits(step, 9)
    if step is not None and number is None:
        return responses.error(400, "no such step")
    try:
        run = await run_in_threadpool(library.find, request.path_params["run_id"])
    except RunError:
        return responses.not_found("no such run")
    try:
        file = await run_in_threadpool(run_files.training, run, number)
    except GanDemoError as failure:
        return responses.error(409, str(failure))
    content = await run_in_threadpool(gzip.compress, file, 1)
    return await run_in_threadpool(responses.packed, request, content, _TYPE, responses.NO_STORE)


async def images(request: Request) -> Response:
    """Handle GET of an embedded image set: the file of ``lab.image_data``."""
    from gan_demo.lab import image_data  # loads torch

    return await _shipped(request, image_data.packed)


async def reference(request: Request) -> Response:
    """Handle GET of what measures samples of an embedded image set: the file of ``lab.image_data``."""
    from gan_demo.lab import image_data  # loads torch

    return await _shipped(request, image_data.packed_reference)


async def _shipped(request: Request, packed: Callable[[str], bytes]) -> Response:
    try:
        content = await run_in_threadpool(packed, request.path_params["name"])
    except GanDemoError:
        return responses.not_found("no such data")
    return await run_in_threadpool(responses.packed, request, content, _TYPE, responses.ONE_DAY_SHARED)


async def save(request: Request) -> Response:
    """Handle POST of a training's file: make a run that belongs to the sender, and answer {"id": run id}.

    400 for a file or settings that do not work here, 413 for too large a one, 429 for too many.
    """
    owner = request.cookies.get(ownership.OWNER_COOKIE, "")
    try:
        request_body.check_sender(request, _TYPE)
        if not _is_within_limit(request):
            raise RequestRefusedError(429, "too many requests")
        content = await request_body.text(request, MAX_BYTES)
        run_id = await run_in_threadpool(run_files.keep_training, content, owner)
    except RequestRefusedError as refused:
        return responses.error(refused.status, refused.reason)
    except RunError as failure:  # no space, or nowhere to write
        return responses.error(507, str(failure))
    except GanDemoError as wrong:
        return responses.error(403 if wrong.field == "owner" else 400, str(wrong))
    return JSONResponse({"id": run_id}, headers=responses.headers(responses.NO_STORE))


def _is_within_limit(request: Request) -> bool:
    """Count a request of the sender's; return whether there are not too many."""
    owner = request.cookies.get(ownership.OWNER_COOKIE, "")
    return server_state().post_limit.take(owner or request_body.address(request))


ROUTES: list[BaseRoute] = [
    responses.route(addresses.TRAINING, training),
    responses.route(addresses.LAB_DATA, images),
    responses.route(addresses.LAB_REFERENCE, reference),
    responses.route(addresses.LAB_RUNS, save, "POST"),
]
