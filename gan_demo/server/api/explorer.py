"""The explorer's addresses: the runtime that runs networks in the browser, the networks, what describes them, images.

Files that were made before are read at once; others are made one at a time in a thread of their own, and kept. What
describes a latent space takes long of a large model, so it has a thread for itself: networks and images do not wait.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from gan_demo.boards.assets import RUNTIME, runtime_version
from gan_demo.errors import GanDemoError, RunError
from gan_demo.explorer import artifacts, uploads
from gan_demo.explorer.prepare import network_worker, space_worker
from gan_demo.runs import library, ownership
from gan_demo.runs.explorer_cache import packed
from gan_demo.support.memory_cache import MemoryCache

T = TypeVar("T")
RUNTIME_TYPES = {
    "ort.wasm.min.mjs": "text/javascript", "ort-wasm-simd-threaded.mjs": "text/javascript",
    "ort-wasm-simd-threaded.wasm": "application/wasm",
}  # fmt: skip
FOR_EVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"
OURS = "private, max-age=31536000, immutable"  # of those who have the link
ASK_AGAIN = "private, no-cache"
MOST_REAL = 256  # real images in one picture
SEEDS = 64  # as many different pictures of them
_sprites: MemoryCache[tuple[bytes, str]] = MemoryCache(2**25, lambda one: len(one[0]) + len(one[1]))
_NOSNIFF = {"X-Content-Type-Options": "nosniff"}


async def runtime(request: Request) -> Response:
    """GET /api/runtime/{version}/{file} or /api/runtime/{file}: as it lies there, in the smallest form accepted.

    Chromium accepts brotli over https and from localhost only, everything else accepts gzip; 406 for what does not.
    """
    file, version = request.path_params["file"], request.path_params.get("version")
    if file not in RUNTIME_TYPES or version not in (None, runtime_version()):
        return _missing("no such file")
    coding = next((one for one in ("br", "gzip") if _accepts(request, one)), None)
    if coding is None:
        return JSONResponse({"error": "accept br or gzip"}, 406, headers={"Vary": "Accept-Encoding"})
    headers = {
        "Content-Encoding": coding, "Vary": "Accept-Encoding", "Cache-Control": FOR_EVER if version else A_DAY,
    }  # fmt: skip
    path = RUNTIME / f"{file}.{'br' if coding == 'br' else 'gz'}"
    return FileResponse(path, media_type=RUNTIME_TYPES[file], headers=headers | _NOSNIFF)


async def network(request: Request) -> Response:
    """GET /api/explore/{run_id}/{step}/{generator|discriminator}.onnx; with ?v=VERSION browsers keep it for ever."""
    name = f"{request.path_params['network']}.onnx"
    if name not in artifacts.NAMES:
        return _missing("no such network")
    try:
        found = await _made(request.path_params["run_id"], request.path_params["step"], name)
    except RunError:
        return _missing("no such file of this run")
    assert found is not None, "it was waited for"
    return _packed(request, found, "application/octet-stream", OURS if "v" in request.query_params else ASK_AGAIN)


async def space(request: Request) -> Response:
    """GET /api/explore/{run_id}/{step}/space.json. Which steps are kept may change, so browsers ask again.

    With ?first=1 nobody waits for what has to be measured yet: "pending" says that it has to be asked for once more.
    """
    run_id, step = request.path_params["run_id"], request.path_params["step"]
    try:
        made = await _made(run_id, step, "space.json", wait="first" not in request.query_params)
        content = await run_in_threadpool(lambda: packed(_text(run_id, step, made)))
    except RunError:
        return _missing("no such file of this run")
    return _packed(request, content, "application/json", ASK_AGAIN)


async def uploaded(request: Request) -> Response:
    """GET /api/explore/uploads/{secret}/{generator.onnx|space.json}: of weights that somebody brought, for them alone.

    ?first=1 as above. They are gone with the session of who brought them.
    """
    name, wait = request.path_params["name"], "first" not in request.query_params
    if name not in uploads.NAMES:
        return _missing("no such file")
    try:
        upload = uploads.find(request.path_params["secret"], request.cookies.get(ownership.OWNER_COOKIE, ""))
    except RunError:
        return _missing("no such upload")
    if name == "generator.onnx":
        return _packed(request, await _in_turn(upload.network), "application/octet-stream", ASK_AGAIN)
    made = upload.space if upload.space is not None or not wait else await _in_turn(upload.measure, space_worker)
    content = await run_in_threadpool(upload.outline) if made is None else made
    return _packed(request, content, "application/json", ASK_AGAIN)


async def classifier(request: Request) -> Response:
    """GET /api/explore/classifiers/{digits|faces}.onnx: inputs and outputs as in ``onnx_export.classifier_onnx``."""
    name = request.path_params["name"]
    if name not in artifacts.CLASSIFIERS:
        return _missing("no such classifier")
    content = await _in_turn(lambda: _classifier(name))
    return _packed(request, content, "application/octet-stream", FOR_EVER if "v" in request.query_params else A_DAY)


async def real(request: Request) -> Response:
    """GET /api/explore/{run_id}/real.png?n=64&seed=S: ``n`` training images as a square, row by row.

    There are ``SEEDS`` such pictures of a run for an ``n``; further seeds lead to the same again.

    The header X-Labels has a list for each: which of its values each field of space.json's labels has. Images that
    somebody brought are for the owner of the run alone.
    """
    n, seed = (_whole(request.query_params.get(name), default) for name, default in (("n", 64), ("seed", 0)))
    if n is None or seed is None or not 1 <= n <= MOST_REAL or seed >= 2**63:
        return JSONResponse({"error": f"n is 1 to {MOST_REAL}, seed a whole number"}, 400)
    run_id, token = request.path_params["run_id"], request.cookies.get(ownership.OWNER_COOKIE, "")
    try:
        png, labels = await _in_turn(lambda: _real(run_id, n, seed % SEEDS, token))
    except GanDemoError:
        return _missing("no such images")
    headers = {"X-Labels": labels, "Cache-Control": "private, max-age=86400", "Vary": "Cookie"}
    return Response(png, media_type="image/png", headers=headers | _NOSNIFF)


async def _made(run_id: str, step: int, name: str, wait: bool = True) -> bytes | None:
    """A file gzipped, made in turn where it was not made before; None where that would have to be waited for."""
    found = await run_in_threadpool(lambda: artifacts.kept(library.find(run_id), step, name))
    if found is not None or not wait:
        return found
    one = space_worker if name == "space.json" else network_worker
    return await _in_turn(lambda: artifacts.content(library.find(run_id), step, name), one)


def _text(run_id: str, step: int, made: bytes | None) -> bytes:
    run = library.find(run_id)
    found = artifacts.outline(run, step) if made is None else artifacts.space(run, step, made)
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


@lru_cache(maxsize=2)
def _classifier(name: str) -> bytes:
    return artifacts.classifier(name)


def _real(run_id: str, n: int, seed: int, token: str) -> tuple[bytes, str]:
    from gan_demo.explorer import training_images  # torch comes with it

    run = library.find(run_id)
    if run.config.data.path and not ownership.owns(run, token):
        raise RunError("run", run_id, "has images that are its owner's alone")
    key = str(run.path), (run.path / "config.json").stat().st_mtime_ns, n, seed
    return _sprites.get_or_make(key, lambda: training_images.real_images(run, n, seed))


async def _in_turn(work: Callable[[], T], one: ThreadPoolExecutor = network_worker) -> T:
    """In the one thread for what takes a core for a while."""
    return await asyncio.get_running_loop().run_in_executor(one, work)


def _packed(request: Request, content: bytes, kind: str, keep: str) -> Response:
    """Gzipped content, as it is where that is accepted; nothing at all where the browser has it."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {"Cache-Control": keep, "ETag": tag, "Vary": "Accept-Encoding"} | _NOSNIFF
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if _accepts(request, "gzip"):
        return Response(content, media_type=kind, headers=headers | {"Content-Encoding": "gzip"})
    return Response(gzip.decompress(content), media_type=kind, headers=headers)


def _accepts(request: Request, coding: str) -> bool:
    """Is a content coding named in Accept-Encoding, and not with a weight of 0?"""
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in (coding, "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _whole(text: str | None, default: int) -> int | None:
    if text is None:
        return default
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def _missing(what: str) -> Response:
    return JSONResponse({"error": what}, 404, headers={"Cache-Control": "no-store"} | _NOSNIFF)


ROUTES: list[BaseRoute] = [
    Route("/api/runtime/{file}", runtime),
    Route("/api/runtime/{version}/{file}", runtime),
    Route("/api/explore/classifiers/{name}.onnx", classifier),
    Route("/api/explore/uploads/{secret}/{name}", uploaded),
    Route("/api/explore/{run_id}/real.png", real),
    Route("/api/explore/{run_id}/{step:int}/space.json", space),
    Route("/api/explore/{run_id}/{step:int}/{network}.onnx", network),
]
