"""Route of sample explanations, which are computed one at a time and cached for all viewers."""

from __future__ import annotations

import asyncio
import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from gan_demo.boards import addresses
from gan_demo.errors import RunError
from gan_demo.runs import library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.server.api import responses
from gan_demo.server.state import ServerState, server_state


async def explain(request: Request) -> Response:
    """Handle GET of an explanation, which never changes: what ``sample_explanation.as_json`` describes.

    Only the run's owner gets the nearest training image of a run on own images: others have the link, not the data.
    """
    run_id, step, index = (request.path_params[name] for name in ("run_id", "step", "index"))
    token = request.cookies.get(ownership.OWNER_COOKIE, "")
    state, loop = server_state(), asyncio.get_running_loop()
    try:
        text = await loop.run_in_executor(state.explanation_worker, _cached, state, run_id, step, index, token)
    except RunError:
        return responses.not_found("no such sample")
    headers = responses.headers(responses.IMMUTABLE, {"Vary": "Cookie"})
    return Response(text, media_type="application/json", headers=headers)


def _cached(state: ServerState, run_id: str, step: int, index: int, token: str) -> bytes:
    run = library.find(run_id)
    version = (run.path / "config.json").stat().st_mtime_ns  # a resumed run repeats the steps after its last state
    private = not ownership.may_see_images(run, token)
    key = (str(run.path), version, step, index, private)
    return state.explanations.get_or_make(key, lambda: _explanation(run, step, index, private))


def _explanation(run: RunDir, step: int, index: int, private: bool) -> bytes:
    from gan_demo.explorer import sample_explanation  # loads torch

    explanation = sample_explanation.explain(run, step, index, private)
    return json.dumps(sample_explanation.as_json(explanation), ensure_ascii=False, separators=(",", ":")).encode()


ROUTES: list[BaseRoute] = [responses.route(addresses.EXPLANATION, explain)]
