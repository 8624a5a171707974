"""Streamlit's scripts and stylesheets, compressed once per process: Streamlit itself serves them uncompressed."""

from __future__ import annotations

import gzip
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from gan_demo.server.api import responses
from gan_demo.support.memory_cache import MemoryCache

_MEDIA_TYPES = {"js": "text/javascript", "css": "text/css"}  # by folder below Streamlit's static/
_MAX_CACHED_BYTES = 32 * 1024**2  # all of Streamlit 1.67's are 7 MB compressed


class CompressedFiles:
    """ASGI middleware that answers GET of Streamlit's scripts and stylesheets, which no route may, as it reserves them.

    Their names hold a hash of their content, so browsers keep them.
    """

    def __init__(self, app: ASGIApp, folder: Path, base_path: str) -> None:
        """Serve what lies in Streamlit's ``folder`` now, and nothing else, below ``base_path``."""
        self.app = app
        self._files = {
            f"{base_path}/static/{kind}/{path.name}": path
            for kind in _MEDIA_TYPES
            for path in (folder / "static" / kind).glob(f"*.{kind}")
        }
        self._cache: MemoryCache[bytes] = MemoryCache(_MAX_CACHED_BYTES, len)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        path = self._files.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if path is None:
            await self.app(scope, receive, send)
            return
        content = await run_in_threadpool(self._compressed, path)
        media_type = _MEDIA_TYPES[path.parent.name]
        response = responses.packed(Request(scope), content, media_type, responses.IMMUTABLE_SHARED)
        await response(scope, receive, send)

    def _compressed(self, path: Path) -> bytes:
        return self._cache.get_or_make(path, lambda: gzip.compress(path.read_bytes(), mtime=0))
