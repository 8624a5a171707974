"""Route of samples that the server draws with uploaded weights, for which a browser would be too slow or too small."""

from __future__ import annotations

import asyncio
import math

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from gan_demo.boards import addresses
from gan_demo.errors import ConfigError, GanDemoError, RunError
from gan_demo.explorer import drawing, uploads
from gan_demo.runs import ownership
from gan_demo.server.api import request_body, responses
from gan_demo.server.api.request_body import RequestRefusedError
from gan_demo.server.state import server_state

_BYTES = "application/octet-stream"
_MOST_WAITING = 30  # drawings, beyond which a request is refused
_NUMBER_BYTES = 4
_SEEDS = 2**53


async def samples(request: Request) -> Response:
    """Handle POST of rows, float32 in little endian: latents, labels and perhaps styles (``drawing.row_width``).

    ``psi`` and ``noise`` (-1 fixed, -2 none, else a seed) are in the query.

    The answer is uint8 (N, H, W, C), of the shape in the upload's space.json. An engine sends a request at a time.
    """
    try:
        upload = uploads.find(request.path_params["secret"], request.cookies.get(ownership.OWNER_COOKIE, ""))
        request_body.check_sender(request, _BYTES)
        width = upload.row_width
        body = await request_body.text(request, _NUMBER_BYTES * width * drawing.MAX_SAMPLES)
    except RunError:
        return responses.not_found("no such upload")
    except RequestRefusedError as refusal:
        return responses.error(refusal.status, refusal.reason)
    psi, noise = (_number(request.query_params.get(name, usual)) for name, usual in (("psi", "1"), ("noise", "-1")))
    if not drawing.NO_NOISE <= noise < _SEEDS:
        return responses.error(400, "noise is -1, -2 or a seed")
    if not body or len(body) % (_NUMBER_BYTES * width):
        return responses.error(400, f"rows have {width} numbers")
    rows = np.frombuffer(body, "<f4").reshape(-1, width).astype(np.float32)
    workers = server_state().explorer
    if workers.waiting_drawings >= _MOST_WAITING:
        return responses.error(503, "others wait for drawings", {"Retry-After": "5"})
    workers.waiting_drawings += 1  # in the event loop alone
    try:
        loop = asyncio.get_running_loop()
        pixels = await loop.run_in_executor(workers.drawings, upload.draw, rows, psi, int(noise))
    except ConfigError as wrong:
        return responses.error(400, str(wrong))
    except GanDemoError as failure:
        return responses.error(500, str(failure))
    finally:
        workers.waiting_drawings -= 1
    return Response(pixels.tobytes(), media_type=_BYTES, headers=responses.headers(responses.NO_STORE))


def _number(text: str) -> float:
    try:
        return float(text) if len(text) < 30 else math.nan
    except ValueError:
        return math.nan


ROUTES: list[BaseRoute] = [responses.route(addresses.UPLOAD_SAMPLES, samples, "POST")]
