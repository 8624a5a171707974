"""Routes of the explorer: onnxruntime-web, networks, descriptions of latent spaces, and training images.

Existing files are read at once; missing ones are computed one at a time in a worker thread and cached. Describing the
latent space of a large model takes long, so it has its own thread, and networks and images do not wait for it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute

from gan_demo.boards import addresses
from gan_demo.boards.assets import RUNTIME, runtime_version
from gan_demo.errors import GanDemoError, RunError
from gan_demo.explorer import artifacts, uploads
from gan_demo.runs import library, ownership
from gan_demo.runs.parts.explorer_cache import packed
from gan_demo.server.api import responses
from gan_demo.server.state import ServerState, server_state
from gan_demo.support import numbers

T = TypeVar("T")
RUNTIME_TYPES = {
    "ort.wasm.min.mjs": "text/javascript",
    "ort-wasm-simd-threaded.mjs": "text/javascript",
    "ort-wasm-simd-threaded.wasm": "application/wasm",
}
MAX_TRAINING_IMAGES = 256  # in one picture
TRAINING_IMAGE_SEEDS = 64  # different pictures of one size
_ONNX = "application/octet-stream"


async def runtime(request: Request) -> Response:
    """Handle GET of a file of onnxruntime-web, with or without its version: in the smallest coding accepted.

    Chromium accepts brotli over https and from localhost only, everything else accepts gzip; 406 for what does not.
    """
    file, version = request.path_params["file"], request.path_params.get("version")
    if file not in RUNTIME_TYPES or version not in (None, runtime_version()):
        return responses.not_found("no such file")
    coding = next((coding for coding in ("br", "gzip") if responses.accepts(request, coding)), None)
    if coding is None:
        return responses.error(406, "accept br or gzip", {"Vary": "Accept-Encoding"})
    cache = responses.IMMUTABLE_SHARED if version else responses.ONE_DAY_SHARED
    headers = responses.headers(cache, {"Content-Encoding": coding, "Vary": "Accept-Encoding"})
    path = RUNTIME / f"{file}.{'br' if coding == 'br' else 'gz'}"
    return FileResponse(path, media_type=RUNTIME_TYPES[file], headers=headers)


async def network(request: Request) -> Response:
    """Handle GET of a checkpoint's generator or discriminator as ONNX; with ?v=VERSION it never changes."""
    name = f"{request.path_params['network']}.onnx"
    if name not in artifacts.NAMES:
        return responses.not_found("no such network")
    try:
        content = await _file(request.path_params["run_id"], request.path_params["step"], name)
    except RunError:
        return responses.not_found("no such file of this run")
    assert content is not None, "it was waited for"
    cache = responses.IMMUTABLE if "v" in request.query_params else responses.REVALIDATE
    return responses.packed(request, content, _ONNX, cache)


async def space(request: Request) -> Response:
    """Handle GET of a checkpoint's space.json, which changes with the run's list of checkpoints.

    With ?first=1 the answer does not wait for measurements: "pending" in it says to ask again without.
    """
    run_id, step = request.path_params["run_id"], request.path_params["step"]
    try:
        measured = await _file(run_id, step, "space.json", wait="first" not in request.query_params)
        content = await run_in_threadpool(lambda: packed(_space_json(run_id, step, measured)))
    except RunError:
        return responses.not_found("no such file of this run")
    return responses.packed(request, content, "application/json", responses.REVALIDATE)


async def uploaded(request: Request) -> Response:
    """Handle GET of generator.onnx or space.json of uploaded weights, for the visitor who uploaded them.

    ?first=1 works as for ``space``. The files are gone with the visitor's session.
    """
    name, wait = request.path_params["name"], "first" not in request.query_params
    if name not in uploads.NAMES:
        return responses.not_found("no such file")
    try:
        upload = uploads.find(request.path_params["secret"], request.cookies.get(ownership.OWNER_COOKIE, ""))
    except RunError:
        return responses.not_found("no such upload")
    workers = server_state().explorer
    if name == "generator.onnx":
        network = await _in_turn(workers.networks, upload.network)
        return responses.packed(request, network, _ONNX, responses.REVALIDATE)
    measured = upload.space
    if measured is None and wait:
        measured = await _in_turn(workers.spaces, upload.measure)
    content = await run_in_threadpool(upload.outline) if measured is None else measured
    return responses.packed(request, content, "application/json", responses.REVALIDATE)


async def classifier(request: Request) -> Response:
    """Handle GET of a shipped classifier as ONNX, with the inputs and outputs of ``onnx_export.classifier_onnx``."""
    name = request.path_params["name"]
    if name not in artifacts.CLASSIFIERS:
        return responses.not_found("no such classifier")
    content = await _in_turn(server_state().explorer.networks, lambda: _classifier(name))
    cache = responses.IMMUTABLE_SHARED if "v" in request.query_params else responses.ONE_DAY_SHARED
    return responses.packed(request, content, _ONNX, cache)


async def training_images(request: Request) -> Response:
    """Handle GET of ``n`` training images as one square PNG, row by row, drawn by ``seed``.

    There are ``TRAINING_IMAGE_SEEDS`` such pictures of a run for an ``n``; larger seeds repeat them. The header
    X-Labels has a list for each image: the index of its value of each label field of space.json. Own images are
    sent to the owner of the run only.
    """
    n, seed = (_whole_number(request.query_params.get(name), default) for name, default in (("n", 64), ("seed", 0)))
    if n is None or seed is None or not 1 <= n <= MAX_TRAINING_IMAGES or seed >= 2**63:
        return responses.error(400, f"n is 1 to {MAX_TRAINING_IMAGES}, seed a whole number")
    state, run_id, token = (
        server_state(),
        request.path_params["run_id"],
        request.cookies.get(ownership.OWNER_COOKIE, ""),
    )
    try:
        png, labels = await _in_turn(
            state.explorer.networks, lambda: _training_images(state, run_id, n, seed % TRAINING_IMAGE_SEEDS, token)
        )
    except GanDemoError:
        return responses.not_found("no such images")
    headers = responses.headers(responses.ONE_DAY, {"X-Labels": labels, "Vary": "Cookie"})
    return Response(png, media_type="image/png", headers=headers)


async def _file(run_id: str, step: int, name: str, wait: bool = True) -> bytes | None:
    """Return an explorer file, gzipped; None if it has yet to be made and ``wait`` is False. Raises RunError."""
    content = await run_in_threadpool(lambda: artifacts.cached(library.find(run_id), step, name))
    if content is not None or not wait:
        return content
    workers = server_state().explorer
    worker = workers.spaces if name == "space.json" else workers.networks
    return await _in_turn(worker, lambda: artifacts.content(library.find(run_id), step, name))


def _space_json(run_id: str, step: int, measured: bytes | None) -> bytes:
    run = library.find(run_id)
    description = artifacts.outline(run, step) if measured is None else artifacts.space(run, step, measured)
    return json.dumps(description, ensure_ascii=False, separators=(",", ":")).encode()


@lru_cache(maxsize=2)  # there are two, and they never change
def _classifier(name: str) -> bytes:
    return packed(artifacts.classifier(name))


def _training_images(state: ServerState, run_id: str, n: int, seed: int, token: str) -> tuple[bytes, str]:
    from gan_demo.explorer import training_images  # loads torch

    run = library.find(run_id)
    if not ownership.may_see_images(run, token):
        raise RunError("run", run_id, "has images that only its owner may see")
    key = str(run.path), (run.path / "config.json").stat().st_mtime_ns, n, seed
    return state.training_images.get_or_make(key, lambda: training_images.real_images(run, n, seed))


async def _in_turn(worker: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    """Return the result of ``work``, which runs in this worker's single thread after the tasks queued before."""
    return await asyncio.get_running_loop().run_in_executor(worker, work)


def _whole_number(text: str | None, default: int) -> int | None:
    return default if text is None else numbers.from_digits(text, 19)


ROUTES: list[BaseRoute] = [
    responses.route(f"{addresses.RUNTIME_UNVERSIONED}/{{file}}", runtime),
    responses.route(f"{addresses.RUNTIME}/{{file}}", runtime),
    responses.route(addresses.CLASSIFIER, classifier),
    responses.route(addresses.UPLOAD, uploaded),
    responses.route(addresses.TRAINING_IMAGES, training_images),
    responses.route(addresses.SPACE, space),
    responses.route(addresses.NETWORK, network),
]
