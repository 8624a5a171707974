"""A server on this machine that speaks the Hugging Face Hub's API: model info, files, repositories and commits."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.server
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

COMMIT = "0123456789abcdef0123456789abcdef01234567"
TOKEN = "hf_" + "t" * 34


@dataclass
class Repository:
    files: dict[str, bytes] = field(default_factory=dict)
    private: bool = False
    gated: bool = False
    revisions: tuple[str, ...] = ("main", COMMIT)
    claims: dict[str, int] = field(default_factory=dict)  # sizes that the listing says, where they are not true


@dataclass
class Hub:
    url: str
    repositories: dict[str, Repository] = field(default_factory=dict)
    requests: list[tuple[str, str, str]] = field(default_factory=list)  # method, path, authorization
    large: dict[str, bytes] = field(default_factory=dict)  # uploaded by their SHA-256


class _Handler(http.server.BaseHTTPRequestHandler):
    hub: Hub

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        path, authorization = self._note()
        info = re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/(.+))?", path)
        if info:
            repository = self._repository(info[1], info[2] or "main", authorization)
            if repository:
                sizes = {name: repository.claims.get(name, len(data)) for name, data in repository.files.items()}
                siblings = [{"rfilename": name, "size": size, "blobId": "0"} for name, size in sizes.items()]
                self._json({"id": info[1], "modelId": info[1], "sha": COMMIT, "siblings": siblings})
            return
        file = re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path)
        repository = self._repository(file[1], file[2], authorization) if file else None
        if file and repository:
            if file[3] not in repository.files:
                self._refuse(404, "EntryNotFound")
            elif repository.gated:
                self._refuse(403, "GatedRepo")
            else:
                self._bytes(repository.files[file[3]], "application/octet-stream")
        elif not file:
            self._refuse(404, "")

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        path, authorization = self._note()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if authorization != f"Bearer {TOKEN}":
            self._refuse(401, "")
        elif path == "/api/repos/create":
            wanted = json.loads(body)
            name = f"{wanted.get('organization') or 'me'}/{wanted['name']}"
            self.hub.repositories.setdefault(name, Repository(private=wanted.get("visibility") == "private"))
            self._json({"url": f"{self.hub.url}/{name}"})
        elif path == "/api/validate-yaml":
            self._json({"errors": [], "warnings": []})
        elif "/preupload/" in path:
            files = [
                {
                    "path": file["path"],
                    "uploadMode": "lfs" if file["size"] > 50_000 else "regular",
                    "shouldIgnore": False,
                }
                for file in json.loads(body)["files"]
            ]
            self._json({"files": files})
        elif path.endswith("/info/lfs/objects/batch"):
            self._json(
                {"transfer": "basic", "objects": [self._upload_action(entry) for entry in json.loads(body)["objects"]]}
            )
        else:
            self._commit(path, body)

    def do_PUT(self) -> None:
        path, _ = self._note()
        data = self.rfile.read(int(self.headers["Content-Length"]))
        assert hashlib.sha256(data).hexdigest() == path.rpartition("/")[2]
        self.hub.large[path.rpartition("/")[2]] = data
        self._json({})

    def _upload_action(self, entry: dict[str, Any]) -> dict[str, Any]:
        action = {"upload": {"href": f"{self.hub.url}/store/{entry['oid']}", "header": {}}}
        return {"oid": entry["oid"], "size": entry["size"], "actions": action}

    def _commit(self, path: str, body: bytes) -> None:
        match = re.fullmatch(r"/api/models/([^/]+/[^/]+)/commit/(.+)", path)
        assert match, path
        repository = self.hub.repositories[match[1]]
        for line in body.decode().splitlines():
            entry = json.loads(line)
            value = entry["value"]
            if entry["key"] == "file":
                repository.files[value["path"]] = base64.b64decode(value["content"])
            elif entry["key"] == "lfsFile":
                repository.files[value["path"]] = self.hub.large[value["oid"]]
        self._json({"success": True, "commitOid": COMMIT, "commitUrl": f"{self.hub.url}/{match[1]}/commit/{COMMIT}"})

    def _repository(self, name: str, revision: str, authorization: str) -> Repository | None:
        repository = self.hub.repositories.get(name)
        if repository is None or (repository.private and authorization != f"Bearer {TOKEN}"):
            self._refuse(401, "RepoNotFound")
        elif revision not in repository.revisions:
            self._refuse(404, "RevisionNotFound")
        else:
            return repository
        return None

    def _note(self) -> tuple[str, str]:
        path = self.path.partition("?")[0].replace("%2F", "/")
        authorization = self.headers.get("Authorization") or ""
        self.hub.requests.append((self.command, path, authorization))
        return path, authorization

    def _json(self, value: object) -> None:
        self._bytes(json.dumps(value).encode(), "application/json")

    def _bytes(self, data: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if self.command != "HEAD":
            with contextlib.suppress(ConnectionError):  # a reader that stops early
                self.wfile.write(data)

    def _refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextlib.contextmanager
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """Serve a Hub of its own, and let ``huggingface_hub`` take it for the real one."""
    from huggingface_hub import constants

    handler = type("Handler", (_Handler,), {})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    hub = handler.hub = Hub(f"http://127.0.0.1:{server.server_address[1]}")  # type: ignore[attr-defined]
    monkeypatch.setattr(constants, "ENDPOINT", hub.url)  # what HF_ENDPOINT sets when the library is first imported
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", hub.url + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)  # this server keeps whole files
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
