"""The address of explanations: one computation at a time, in a thread of its own, kept for all who ask the same."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from gan_demo.errors import RunError
from gan_demo.runs import library, ownership
from gan_demo.runs.run_dir import RunDir

KEPT = "private, max-age=31536000, immutable"
_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="explain")


async def explain(request: Request) -> Response:
    """GET /api/runs/{run_id}/explain/{step}/{index}: see ``explaining.as_json``. It never changes, so browsers keep it.

    The nearest training image of a run on own images is for the run's owner alone: others have the link, not the data.
    """
    run_id, step, index = (request.path_params[name] for name in ("run_id", "step", "index"))
    token = request.cookies.get(ownership.OWNER_COOKIE, "")
    loop = asyncio.get_running_loop()
    try:
        answer = await loop.run_in_executor(_worker, _answer, run_id, step, index, token)
    except RunError:
        return JSONResponse({"error": "no such sample"}, 404, headers={"Cache-Control": "no-store"})
    headers = {"Cache-Control": KEPT, "Vary": "Cookie", "X-Content-Type-Options": "nosniff"}
    return Response(answer, media_type="application/json", headers=headers)


def _answer(run_id: str, step: int, index: int, token: str) -> bytes:
    run = library.find(run_id)
    begun = (run.path / "config.json").stat().st_mtime_ns  # resuming begins anew what comes after the last save
    private = bool(run.config.data.path) and not ownership.owns(run, token)
    return _explained(str(run.path), begun, step, index, private)


@lru_cache(maxsize=512)  # some 20 KB each
def _explained(path: str, begun: int, step: int, index: int, private: bool) -> bytes:
    from gan_demo.explorer import sample_explanation  # torch comes with it

    found = sample_explanation.explain(RunDir(Path(path)), step, index, private)
    return json.dumps(sample_explanation.as_json(found), ensure_ascii=False, separators=(",", ":")).encode()


ROUTES: list[BaseRoute] = [Route("/api/runs/{run_id}/explain/{step:int}/{index:int}", explain)]
