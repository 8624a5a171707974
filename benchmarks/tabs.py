"""What a browser tab on the Train page holds open, without the browser: a Streamlit session and the run's events.

Cheap enough for thirty in one process: nothing is drawn. A ``Tab`` runs the page over Streamlit's websocket as its own
frontend does, follows the run's event stream, and fetches every new picture once, as the board and a browser's cache
do.
"""

from __future__ import annotations

import asyncio
import json
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE = 120.0  # seconds for a page to run: torch may be loading
_TAIL = 4096  # bytes from the end of a run's rows that hold the last one


class Gone(Exception):
    """The server ended a stream, or answered with a status that is an error."""


@dataclass
class Heard:
    """What came to all tabs since it was last emptied."""

    events: int = 0
    event_bytes: int = 0
    pictures: int = 0
    picture_bytes: int = 0
    page_bytes: int = 0  # over the websockets
    reruns: int = 0
    late: list[float] = field(default_factory=list)  # seconds from a row's being written to its arrival
    pictures_late: list[float] = field(default_factory=list)  # likewise of a picture
    statuses: Counter[int] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    def taken(self) -> dict[str, Any]:
        """All of it, ready for JSON; then it is empty."""
        found = dict(vars(self))
        vars(self).update(vars(Heard()))
        return found


class RowClock:
    """When each row of a run was written: its file's time of change, looked at often, between looks the run's clock."""

    def __init__(self, run: Path) -> None:
        self._path = run / "metrics.jsonl"
        self._changed = 0
        self._seconds: list[float] = []  # of training, at each look
        self._walls: list[float] = []

    def look(self) -> None:
        """Cheap, and does nothing while no row is added."""
        with suppress(OSError, ValueError, KeyError):
            changed = self._path.stat().st_mtime_ns
            if changed == self._changed:
                return
            with open(self._path, "rb") as file:
                file.seek(max(0, file.seek(0, 2) - _TAIL))
                tail = file.read()
            seconds = float(json.loads(tail.rpartition(b"\n")[0].rpartition(b"\n")[2])["seconds"])
            if self._path.stat().st_mtime_ns != changed:
                return  # another row came while reading: the next look has it
            self._changed = changed
            if self._seconds and seconds <= self._seconds[-1]:
                self._seconds, self._walls = [], []  # taken back, by a resume
            self._seconds.append(seconds)
            self._walls.append(changed / 1e9)

    def wall(self, seconds: float) -> float | None:
        """The time of day at which training had taken so many seconds; None if that is not known."""
        k = bisect_left(self._seconds, seconds - 5e-4)
        return None if k == len(self._seconds) else self._walls[k] - (self._seconds[k] - seconds)

    async def keep_looking(self) -> None:
        """Look for ever, often enough to see nearly every row arrive."""
        while True:
            self.look()
            await asyncio.sleep(0.04)


class Page:
    """A Streamlit session: it runs the page when asked and counts what the server sends."""

    def __init__(self, url: str, heard: Heard) -> None:
        self.url = url
        self.query = ""
        self.buttons: list[str] = []  # their ids, as the last run of the page drew them
        self._heard = heard
        self._finished = asyncio.Event()
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None

    async def open(self, query: str) -> None:
        """Connect and run the page as a browser does that follows a link."""
        cookie = await _owner_cookie(self.url)
        self._socket = await connect(
            f"ws{self.url.removeprefix('http')}/_stcore/stream",
            subprotocols=[Subprotocol("streamlit"), Subprotocol("PLACEHOLDER_AUTH_TOKEN")],
            origin=Origin(self.url),
            additional_headers={"Cookie": cookie} if cookie else {},
            compression=None,
            max_size=None,
        )
        self._reader = asyncio.create_task(self._read())
        self.query = query
        await self.run()

    async def run(self, pressed: str = "") -> None:
        """Run the page, with the button of that key pressed; returns when the script is over."""
        assert self._socket is not None
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name = self.query, "train"
        state.context_info.url, state.context_info.locale = f"{self.url}/train?{self.query}", "en-US"
        if pressed:
            widget = state.widget_states.widgets.add()
            widget.id, widget.trigger_value = self.button(pressed), True
        self._finished.clear()
        await self._socket.send(message.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            await self._finished.wait()

    def button(self, key: str) -> str:
        """The id of the button with that key."""
        found = [one for one in self.buttons if one.endswith(f"-{key}")]
        if not found:
            raise Gone(f"the page has no button {key}")
        return found[-1]

    @property
    def run_id(self) -> str:
        """Of the run in the page's address."""
        return parse_qs(self.query).get("run", [""])[0]

    async def close(self) -> None:
        """Leave."""
        if self._reader is not None:
            self._reader.cancel()
        if self._socket is not None:
            await self._socket.close()

    async def _read(self) -> None:
        assert self._socket is not None
        message = ForwardMsg()
        async for data in self._socket:
            assert isinstance(data, bytes)
            self._heard.page_bytes += len(data)
            message.ParseFromString(data)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.buttons.clear()
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "button":
                self.buttons.append(message.delta.new_element.button.id)
            elif kind == "script_finished":
                self._heard.reruns += 1
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    self._finished.set()
        self._heard.errors["the page's connection ended"] += 1
        self._finished.set()


class Tab:
    """One viewer: a page, its event stream, and a connection for pictures."""

    def __init__(self, url: str, heard: Heard, clock: RowClock, run: Path) -> None:
        self.page = Page(url, heard)
        self._heard = heard
        self._clock = clock
        self._run = run
        self._host = urlsplit(url).netloc
        self._seen: set[int] = set()
        self._status = ""
        self._pictures: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def watch(self, open_page: bool = True, started: Callable[[], None] = lambda: None) -> None:
        """Follow the run for ever; cancel it to leave. Raises Gone when the server ends the stream."""
        if open_page:
            await self.page.open(f"run={self._run.name}")
        reader, writer = await self._get(f"/api/runs/{self._run.name}/events?epoch=&have=0", None)
        try:
            await self._head(reader)
            started()
            await self._events(reader)
        finally:
            writer.close()
            if self._pictures is not None:
                self._pictures[1].close()
            if open_page:
                await self.page.close()

    async def _events(self, reader: asyncio.StreamReader) -> None:
        text = b""
        while size := int(await reader.readline() or b"0", 16):  # chunks, each with its length
            text += (await reader.readexactly(size + 2))[:-2]
            self._heard.event_bytes += size
            *whole, text = text.split(b"\n\n")
            for event in whole:
                if event.startswith(b"event: update\ndata: "):
                    await self._take(_parsed(event[20:]))
        raise Gone("the stream ended")

    async def _take(self, update: dict[str, Any]) -> None:
        self._heard.events += 1
        seconds = update["rows"].get("seconds")
        if seconds and not update["reset"]:
            arrived = time.time()
            self._clock.look()
            written = self._clock.wall(seconds[-1])
            if written is not None:
                self._heard.late.append(arrived - written)
        if update["grids"] and update["grids"][-1] not in self._seen:
            await self._picture(update["grids"][-1], fresh=not update["reset"])
        if self._status not in ("", update["status"]):
            await self.page.run()  # as the board asks for when the page around it must change
        self._status = update["status"]

    async def _picture(self, step: int, fresh: bool) -> None:
        path = f"/api/runs/{self._run.name}/grids/{step}.png"
        kept, self._pictures = self._pictures, await self._get(path, self._pictures)
        try:
            head = await self._head(self._pictures[0])
        except (ConnectionError, asyncio.IncompleteReadError):
            if self._pictures is not kept:
                raise
            # the server closed the idle connection while we asked; a browser asks once more (RFC 9112, section 9.3.1)
            self._pictures = await self._get(path, None)
            head = await self._head(self._pictures[0])
        png = await self._pictures[0].readexactly(int(head["content-length"]))
        self._seen.add(step)
        self._heard.pictures += 1
        self._heard.picture_bytes += len(png)
        if fresh:
            with suppress(OSError):
                drawn = (self._run / "grids" / f"{step:08d}.png").stat().st_mtime
                self._heard.pictures_late.append(time.time() - drawn)

    async def _get(
        self, path: str, connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Ask over an open connection, or over a new one if the server has closed it."""
        if connection is None or connection[0].at_eof() or connection[1].is_closing():
            host, _, port = self._host.partition(":")
            connection = await asyncio.open_connection(host, int(port))
        connection[1].write(f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\nAccept: */*\r\n\r\n".encode())
        return connection

    async def _head(self, reader: asyncio.StreamReader) -> dict[str, str]:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(lines[0].split()[1])
        self._heard.statuses[status] += 1
        if status != 200:
            raise Gone(f"status {status}")
        return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}


@lru_cache(maxsize=64)
def _parsed(text: bytes) -> dict[str, Any]:
    """All tabs get the same bytes: reading them once is enough here."""
    update: dict[str, Any] = json.loads(text)
    return update


async def _owner_cookie(url: str) -> str:
    """The cookie that the server gives to a new browser with its first page."""
    host, _, port = urlsplit(url).netloc.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        f"GET /train HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: text/html\r\nConnection: close\r\n\r\n".encode()
    )
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    writer.close()
    found = [line.partition(":")[2] for line in head.split("\r\n") if line.lower().startswith("set-cookie:")]
    return found[0].partition(";")[0].strip() if found else ""
