"""Streamlit's page at the addresses of the app's pages, and the modules of the frontend."""

from __future__ import annotations

import gzip
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.convertors import StringConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from gan_demo.boards import addresses, assets
from gan_demo.server.api import responses
from gan_demo.support.memory_cache import MemoryCache

# Without it the page looks for the server below its own address first, train/_stcore/health, and waits after the 404.
# A host that embeds the app may have said more.
_SERVER_ADDRESS = b"""<script>
      window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href, ...window.__streamlit }
    </script>"""


_TEXT, _LARGE = (".mjs", ".css", ".json"), 2**18  # bytes of a file that is not kept in memory
_MOST_PACKED = 2**23  # bytes
_LAB, _LAB_SNAPSHOTS = "lab/lab.mjs", "lab/snapshots.json"


class _PageName(StringConvertor):
    """A page's name in an address: letters, so neither a file nor a folder of Streamlit's own."""

    regex = "[a-z]+"


register_url_convertor("page", _PageName())


def page(index: bytes) -> Callable[[Request], Awaitable[Response]]:
    """Return the handler of GET of any page: Streamlit's page ``index``, told where the server is."""
    page_html = index.replace(b"<head>", b"<head>\n    " + _SERVER_ADDRESS, 1)
    others = gzip.compress(page_html, mtime=0)
    lab = gzip.compress(page_html.replace(b"</head>", f"{_lab_preloads()}\n  </head>".encode(), 1), mtime=0)

    async def handle(request: Request) -> Response:
        packed = lab if request.path_params["page"] == "lab" else others
        return responses.packed(request, packed, "text/html", responses.REVALIDATE)

    return handle


def _lab_preloads() -> str:
    """Return the links by which browsers fetch the lab while Streamlit starts, so that its first picture is early."""
    address = f"{addresses.FRONTEND}/{{}}".format
    modules = [f'<link rel="modulepreload" href="{address(module)}" />' for module in assets.module_graph(_LAB)]
    snapshots = f'<link rel="preload" as="fetch" crossorigin="anonymous" href="{address(_LAB_SNAPSHOTS)}" />'
    return "\n".join([snapshots, *modules])


class Modules(StaticFiles):
    """The frontend's files, compressed once; one that is not there is answered as other addresses below api/ are."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory)
        self._packed: MemoryCache[bytes] = MemoryCache(_MOST_PACKED, len)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, or an error as JSON."""
        try:
            return await super().get_response(path, scope)
        except HTTPException as refused:
            return responses.error(refused.status_code, "no such file")

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Return a file: one of text from memory, as a page has a hundred of them; 304 if the browser has it."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        path, request = Path(full_path), Request(scope)
        is_small_text = path.suffix in _TEXT and stat_result.st_size < _LARGE
        if response.status_code != 200 or not is_small_text or not responses.accepts(request, "gzip"):
            return response
        key = path, stat_result.st_mtime_ns, stat_result.st_size
        content = self._packed.get_or_make(key, lambda: gzip.compress(path.read_bytes(), mtime=0))
        validators = {name: response.headers[name] for name in ("etag", "last-modified")}
        headers = validators | {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(content, media_type=response.media_type, headers=headers)
