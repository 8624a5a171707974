"""What a stranger with the link of a run on own images gets to see, page by page and route by route: none of the images.

Whoever adds a page or a route decides about it here: a new one fails the tests until it has an entry.
"""

from __future__ import annotations

import dataclasses
import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from gan_demo.presets import own_images
from gan_demo.runs import library, ownership
from gan_demo.runs.manifest import SavedError
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.server import lifespan, routes
from gan_demo.service import analyses
from gan_demo.training.trainer import train
from gan_demo.ui import session
from tests.component_scan import scan_components_once as scan_components_once

OWNER, STRANGER = "m" * 43, "s" * 43
SECRET = "SECRET"  # in the name of every file and folder that only the owner may read
MAIN = Path(session.__file__).parent / "main.py"
PATIENCE = 60.0

# The address of each route for a run of this id, "" for one that is about no run; and whether its answer to the owner
# and to a stranger may differ.
ROUTES = {
    "/api/runs/{run_id}/grids/{step}.png": ("/api/runs/ID/grids/2.png", "same"),
    "/api/runs/{run_id}/events": ("", "same"),  # without end: the same updates as the next one
    "/api/runs/{run_id}/updates": ("/api/runs/ID/updates", "same"),
    "/api/runs/{run_id}/rows": ("/api/runs/ID/rows", "same"),
    "/api/runs/{run_id}/explain/{step}/{index}": ("/api/runs/ID/explain/2/0", "differs"),
    "/api/classes/{ticket}/steer": ("", "post"),  # the key of the teacher, not the cookie: tests/server/api
    "/api/classes/{ticket}/poll": ("", "post"),
    "/api/classes/{ticket}/vote": ("", "post"),
    "/api/classes/{ticket}/offer": ("", "post"),
    "/api/classes/{ticket}/lab": ("", "key"),  # labs and no runs; all to the teacher's key: tests/server/api
    "/api/explore/{run_id}/{step}/{network}.onnx": ("/api/explore/ID/2/generator.onnx", "same"),
    "/api/explore/{run_id}/{step}/space.json": ("/api/explore/ID/2/space.json", "same"),
    "/api/explore/{run_id}/real.png": ("/api/explore/ID/real.png", "owner"),
    "/api/explore/classifiers/{name}.onnx": ("", "public"),
    "/api/explore/uploads/{secret}/samples": ("", "secret address"),  # tests/server/api/test_upload_samples.py
    "/api/explore/uploads/{secret}/{name}": ("", "secret address"),  # bound to its cookie: tests/server/api
    "/api/lab/graphs": ("", "public"),
    "/api/lab/data/{name}": ("", "public"),
    "/api/lab/reference/{name}": ("", "public"),
    "/api/lab/shipped.bin": ("/api/lab/shipped.bin", "same"),
    "/api/lab/runs": ("", "post"),  # makes a run of its own for each visitor: tests/server/api
    "/api/runs/{run_id}/training": ("", "same"),  # 409 for every run on own images: tests/lab
    "/api/runtime/{file}": ("", "public"),
    "/api/runtime/{version}/{file}": ("", "public"),
    "/api/ui": ("", "public"),
    "/c": ("", "public"),
    "/c/{code}": ("", "public"),
}
PAGES = ("home", "train", "compare", "explore", "lab", "learn", "help", "analyse")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train a tiny run on own images, one of which can't be read."""
    folder = tmp_path_factory.mktemp("images") / f"{SECRET}folder"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(20):
        pixels = rng.integers(0, 255, (28, 28, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{SECRET}{number:02d}.png")
    (folder / f"{SECRET}patient-name.png").write_bytes(b"no picture")
    tiny = {"steps": 2, "batch": 8, "width": 4, "d_width": 4, "evaluate": "false"}
    path = tmp_path_factory.mktemp("runs") / "flowers-1"
    run = RunDir.create(path, own_images(str(folder), 28).with_settings(tiny), "flowers")
    for _ in train(run):
        pass
    assert run.refused
    return path


@pytest.fixture
def run(trained: Path, home: Path, fresh_state: None) -> RunDir:
    shutil.copytree(trained, home / "flowers-1")
    run = library.find("flowers-1")
    ownership.claim(run, OWNER)
    return run


def secrets_in(content: bytes) -> bool:
    """Return whether a file names one of the secret files, also if it is a zip file."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(
                [*(name.encode() for name in archive.namelist()), *map(archive.read, archive.namelist())]
            )
    return SECRET.encode() in content


# ---- pages


def visited(
    page: str, run: RunDir, visitor: str, monkeypatch: pytest.MonkeyPatch, pressed: bool = True
) -> tuple[str, list[bytes]]:
    """Return all that a page sends to the browser, and the files of its download buttons, if they are ``pressed``."""
    downloads: list[bytes] = []

    def download(label: str, data: bytes | str | Callable[[], bytes], *arguments: Any, **named: Any) -> bool:
        content = (data() if pressed else b"") if callable(data) else data
        downloads.append(content.encode() if isinstance(content, str) else content)
        return False

    monkeypatch.setattr(st, "download_button", download)
    at = AppTest.from_file(str(MAIN), default_timeout=PATIENCE)
    at.session_state["owner"], at.session_state["language"] = visitor, "en"
    if page != "home":
        at.switch_page(f"{page}.py")
    for name in ("run", "runs"):
        at.query_params[name] = run.id
    at.run()
    assert not at.exception
    return "\n".join(parts(at._tree)), downloads


def parts(block: Any) -> Iterator[str]:
    for child in getattr(block, "children", {}).values():
        yield from parts(child)
        proto = getattr(child, "proto", None)
        yield "" if proto is None else str(proto)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_shows_a_stranger_the_owners_images(page: str, run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, downloads = visited(page, run, STRANGER, monkeypatch)
    assert SECRET not in shown
    assert not any(map(secrets_in, downloads))


def test_the_owner_sees_what_is_kept_from_others(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, downloads = visited("train", run, OWNER, monkeypatch)
    assert f"{SECRET}patient-name.png" in shown
    assert any(map(secrets_in, downloads))


@pytest.mark.parametrize("visitor", [OWNER, STRANGER], ids=["owner", "stranger"])
def test_an_error_names_a_file_to_the_owner_alone(visitor: str, run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    details = {"usable": "3", "files": "9", "least": "16", "why": f"{SECRET}patient-name.png: it is encrypted"}
    problem = "has {usable} usable images among {files} files; at least {least} are needed. {why}"
    error = SavedError("images", f"{SECRET}folder", problem, "", details)
    run.set_info(dataclasses.replace(run.info, status=Status.FAILED, error=error))
    shown, _ = visited("train", run, visitor, monkeypatch, pressed=False)
    assert "3 usable images among 9 files; at least 16 are needed." in shown
    assert ("it is encrypted" in shown) == (visitor == OWNER)
    assert (SECRET in shown) == (visitor == OWNER)


def test_every_page_is_decided_about() -> None:
    scripts = {path.stem for path in MAIN.parent.glob("*.py") if path.read_text("utf-8").endswith("\nshow()\n")}
    assert scripts - {"main"} == set(PAGES)


# ---- routes


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = Starlette(routes=routes.served("", b"<html></html>"), lifespan=lifespan.lifespan)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_every_route_is_decided_about() -> None:
    known = {route.path for route in routes.ROUTES if isinstance(route, Route | Mount)}
    assert {_plain(path) for path in known} - {"/c/{code}/"} == set(ROUTES)


def _plain(path: str) -> str:
    """Return a pattern without the types of its parameters."""
    return re.sub(r":\w+\}", "}", path)


@pytest.mark.parametrize("pattern", [pattern for pattern, (address, _) in ROUTES.items() if address])
def test_no_route_tells_a_stranger_of_the_owners_images(pattern: str, run: RunDir, client: TestClient) -> None:
    address, kind = ROUTES[pattern]
    answers = {}
    for visitor in (STRANGER, OWNER):
        client.cookies.set(ownership.OWNER_COOKIE, visitor)
        answers[visitor] = client.get(address.replace("ID", run.id))
    stranger, owner = answers[STRANGER], answers[OWNER]
    assert owner.status_code == 200
    assert not secrets_in(stranger.content)
    assert stranger.status_code == (404 if kind == "owner" else 200)
    if kind == "differs":
        assert stranger.json() != owner.json()
    elif kind == "same":
        assert stranger.content == owner.content


def test_the_analysis_shows_real_images_to_their_owner_alone(run: RunDir) -> None:
    assert analyses.may_see_real(run, OWNER)
    assert not analyses.may_see_real(run, STRANGER)
