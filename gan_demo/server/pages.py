"""Streamlit's page at the addresses of the app's pages, and the modules of the frontend."""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable

from starlette.convertors import StringConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from gan_demo.server.api import responses

# Without it the page looks for the server below its own address first, train/_stcore/health, and waits after the 404.
# A host that embeds the app may have said more.
_SERVER_ADDRESS = b"""<script>
      window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href, ...window.__streamlit }
    </script>"""


class _PageName(StringConvertor):
    """A page's name in an address: letters, so neither a file nor a folder of Streamlit's own."""

    regex = "[a-z]+"


register_url_convertor("page", _PageName())


def page(index: bytes) -> Callable[[Request], Awaitable[Response]]:
    """Return the handler of GET of any page: Streamlit's page ``index``, told where the server is."""
    told = index.replace(b"<head>", b"<head>\n    " + _SERVER_ADDRESS, 1)
    packed = gzip.compress(told, mtime=0)

    async def handle(request: Request) -> Response:
        return responses.packed(request, packed, "text/html", responses.REVALIDATE)

    return handle


class Modules(StaticFiles):
    """The frontend's files; one that is not there is answered as other addresses below api/ are."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, or an error as JSON."""
        try:
            return await super().get_response(path, scope)
        except HTTPException as refused:
            return responses.error(refused.status_code, "no such file")
