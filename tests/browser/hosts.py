"""Hosts of the explorer: the app, and a plain file server with static pages. A smoke test of each file runs on both."""

from __future__ import annotations

import functools
import json
import os
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gan_demo.boards import explorer
from gan_demo.explorer import artifacts
from gan_demo.export import static_site
from gan_demo.runs.run_dir import RunDir

ALWAYS = ("space", "generator", "runtime", "wasm")  # addresses without which there is no explorer


class Host(ABC):
    """A host. ``trouble`` collects errors on its pages; ``missing`` names paths that a test expects to be missing."""

    name = ""

    def __init__(self, url: str) -> None:
        self.url = url
        self.trouble: list[str] = []
        self.missing: set[str] = set()

    @abstractmethod
    def publish(self, run: RunDir, *steps: int) -> None:
        """Serve a run at these checkpoints, by default the newest. Its page shows the last of them."""

    @abstractmethod
    def page_of(self, run: str) -> str:
        """Return the path of a run's page on this host."""

    @abstractmethod
    def explorer_data(self, run: str, step: int) -> dict[str, Any]:
        """Return the data that the explorer is given, with every address it may have, as paths on this host."""

    @abstractmethod
    def note_request(self, url: str) -> None:
        """Note the address of a request."""

    @abstractmethod
    def note_answer(self, url: str, status: int) -> None:
        """Note the status of an answer."""

    def note_missing(self, path: str) -> None:
        """Note a request for a path that does not exist."""
        if path not in self.missing:
            self.trouble.append(f"not there: {path}")


class AppHost(Host):
    """The app's server, which answers for every run in its home."""

    name = "app"

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.runs: dict[str, RunDir] = {}

    def publish(self, run: RunDir, *steps: int) -> None:
        """Remember the run; the app serves it already."""
        self.runs[run.id] = run

    def page_of(self, run: str) -> str:
        return f"/explore?run={run}"

    def note_request(self, url: str) -> None:
        """Accept every request: the app's pages may need it."""

    def note_answer(self, url: str, status: int) -> None:
        """Note networks that are missing. Other addresses may answer 404, as the app offers them for every run."""
        path = urlsplit(url).path
        if status >= 400 and path.endswith(".onnx"):
            self.note_missing(path)

    def explorer_data(self, run: str, step: int) -> dict[str, Any]:
        here, reader = f"/api/explore/{run}/{step}", artifacts.classifier_of(self.runs[run].config.data.name)
        urls = {name: f"{here}/{name}.onnx" for name in ("generator", "discriminator")}
        urls |= {"classifier": f"/api/explore/classifiers/{reader}.onnx"} if reader else {}
        urls |= {"space": f"{here}/space.json", "runtime": "/api/runtime/", "real": f"/api/explore/{run}/real.png"}
        generators = {step: f"/api/explore/{run}/{step}/generator.onnx" for step in self.runs[run].checkpoints}
        models = [explorer.offer(self.runs[run], run, generators)]
        return {"texts": explorer.texts(), "urls": urls, "site": False, "models": models}


class SiteHost(Host):
    """Pages of runs below one root, each in a folder of its own, as GitHub Pages has them.

    What lies below ``api/`` in them lies at the root too: there it has the very addresses at which the app answers.
    """

    name = "site"

    def __init__(self, url: str, root: Path) -> None:
        super().__init__(url)
        self.root = root
        (root / "favicon.ico").touch()  # of a page that names none, browsers ask for it by themselves
        self.pages: dict[tuple[str, int], dict[str, Any]] = {}

    def publish(self, run: RunDir, *steps: int) -> None:
        for step in steps or run.checkpoints[-1:]:
            if (run.id, step) not in self.pages:
                self.pages[run.id, step] = self._written(run, step)

    def _written(self, run: RunDir, step: int) -> dict[str, Any]:
        content = static_site.files(run, step)
        for name, data in content.items():
            page, shared = self.root / run.id / name, self.root / name
            page.parent.mkdir(parents=True, exist_ok=True)
            page.unlink(missing_ok=True)
            page.write_bytes(data)
            if name.startswith("api/") and not shared.exists():
                shared.parent.mkdir(parents=True, exist_ok=True)
                os.link(page, shared)
        explorer: dict[str, Any] = json.loads(content["site.json"])["explorer"]
        return explorer

    def page_of(self, run: str) -> str:
        return f"/{run}/"

    def note_request(self, url: str) -> None:
        """Note a request that leads to another host."""
        if not url.startswith((f"{self.url}/", "blob:", "data:")):
            self.trouble.append(f"elsewhere: {url}")

    def note_answer(self, url: str, status: int) -> None:
        """Do nothing: the file server notes missing files itself."""

    def explorer_data(self, run: str, step: int) -> dict[str, Any]:
        explorer = self.pages[run, step]
        urls = {name: f"/{url}" for name, url in explorer["urls"].items()}
        models = [
            model | {"checkpoints": [[step, f"/{url}"] for step, url in model["checkpoints"]]}
            for model in explorer["models"]
        ]
        return explorer | {"texts": explorer["texts"]["en"], "urls": urls, "models": models}


@contextmanager
def file_server(root: Path) -> Iterator[SiteHost]:
    """Serve the pages published below ``root`` with Python's file server."""

    class Files(SimpleHTTPRequestHandler):
        def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
            host.note_missing(self.path)
            super().send_error(code, message, explain)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Log nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Report errors as usual, but for a browser that closed its connection before it had the whole answer."""
            if not isinstance(sys.exc_info()[1], ConnectionError):
                super().handle_error(request, client_address)

    server = Server(("127.0.0.1", 0), functools.partial(Files, directory=root))
    host = SiteHost(f"http://127.0.0.1:{server.server_port}", root)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
