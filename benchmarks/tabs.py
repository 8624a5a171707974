"""The connections of a browser tab on the Train page, without the browser: a Streamlit session and the run's events.

Nothing is drawn, so thirty run in one process. A ``Tab`` runs the page over Streamlit's websocket as Streamlit's
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

PATIENCE = 120.0  # seconds that a page may take to run: torch may be loading
_TAIL = 4096  # bytes at the end of metrics.jsonl that hold its last row


class BrokenTabError(Exception):
    """The server ended a stream, or answered with a status that is an error."""


@dataclass
class Traffic:
    """What arrived at all tabs since the last ``take_all``."""

    events: int = 0
    event_bytes: int = 0
    pictures: int = 0
    picture_bytes: int = 0
    page_bytes: int = 0  # over the websockets
    reruns: int = 0
    late: list[float] = field(default_factory=list)  # seconds from the writing of a row to its arrival
    pictures_late: list[float] = field(default_factory=list)  # likewise of a picture
    statuses: Counter[int] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    def take_all(self) -> dict[str, Any]:
        """Return all fields, ready for JSON, and reset them."""
        fields = dict(vars(self))
        vars(self).update(vars(Traffic()))
        return fields


class RowClock:
    """The time at which each row was written: modification times of the file, and the run's clock between them."""

    def __init__(self, run: Path) -> None:
        self._path = run / "metrics.jsonl"
        self._changed = 0
        self._seconds: list[float] = []  # of training, at each read
        self._walls: list[float] = []  # time of day in seconds, likewise

    def read(self) -> None:
        """Read the last row, if the file has changed."""
        with suppress(OSError, ValueError, KeyError):
            changed = self._path.stat().st_mtime_ns
            if changed == self._changed:
                return
            with open(self._path, "rb") as file:
                file.seek(max(0, file.seek(0, 2) - _TAIL))
                tail = file.read()
            seconds = float(json.loads(tail.rpartition(b"\n")[0].rpartition(b"\n")[2])["seconds"])
            if self._path.stat().st_mtime_ns != changed:
                return  # another row was added during the read: the next read has it
            self._changed = changed
            if self._seconds and seconds <= self._seconds[-1]:
                self._seconds, self._walls = [], []  # a resume deleted rows
            self._seconds.append(seconds)
            self._walls.append(changed / 1e9)

    def wall(self, seconds: float) -> float | None:
        """Return the time of day at which training had taken ``seconds``; None if that is not known."""
        k = bisect_left(self._seconds, seconds - 5e-4)
        return None if k == len(self._seconds) else self._walls[k] - (self._seconds[k] - seconds)

    async def keep_reading(self) -> None:
        """Read without end, often enough to see nearly every row arrive."""
        while True:
            self.read()
            await asyncio.sleep(0.04)


class Page:
    """A Streamlit session, which runs the page on demand and counts what the server sends."""

    def __init__(self, url: str, traffic: Traffic) -> None:
        self.url = url
        self.query = ""
        self.buttons: list[str] = []  # ids of the buttons that the last run of the page drew
        self._traffic = traffic
        self._finished = asyncio.Event()
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None

    async def open(self, query: str) -> None:
        """Connect and run the page, as a browser that follows a link."""
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
        """Run the page, with the button of the key ``pressed``; return when the script is over."""
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
        """Return the id of the button with this key. Raises BrokenTabError if the page has none."""
        ids = [button_id for button_id in self.buttons if button_id.endswith(f"-{key}")]
        if not ids:
            raise BrokenTabError(f"the page has no button {key}")
        return ids[-1]

    @property
    def run_id(self) -> str:
        """The id of the run in the page's address; "" if there is none."""
        return parse_qs(self.query).get("run", [""])[0]

    async def close(self) -> None:
        """Close the session."""
        if self._reader is not None:
            self._reader.cancel()
        if self._socket is not None:
            await self._socket.close()

    async def _read(self) -> None:
        assert self._socket is not None
        message = ForwardMsg()
        async for data in self._socket:
            assert isinstance(data, bytes)
            self._traffic.page_bytes += len(data)
            message.ParseFromString(data)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.buttons.clear()
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "button":
                self.buttons.append(message.delta.new_element.button.id)
            elif kind == "script_finished":
                self._traffic.reruns += 1
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    self._finished.set()
        self._traffic.errors["the page's connection ended"] += 1
        self._finished.set()


class Tab:
    """One viewer: a page, its event stream, and a connection for pictures."""

    def __init__(self, url: str, traffic: Traffic, clock: RowClock, run: Path) -> None:
        self.page = Page(url, traffic)
        self._traffic = traffic
        self._clock = clock
        self._run = run
        self._host = urlsplit(url).netloc
        self._fetched: set[int] = set()  # steps of pictures
        self._status = ""
        self._pictures: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def watch(self, open_page: bool = True, started: Callable[[], None] = lambda: None) -> None:
        """Follow the run until the task is cancelled. Raises BrokenTabError when the server ends the stream."""
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
            self._traffic.event_bytes += size
            *events, text = text.split(b"\n\n")
            for event in events:
                if event.startswith(b"event: update\ndata: "):
                    await self._take(_parsed(event[20:]))
        raise BrokenTabError("the stream ended")

    async def _take(self, update: dict[str, Any]) -> None:
        self._traffic.events += 1
        seconds = update["rows"].get("seconds")
        if seconds and not update["reset"]:
            arrived = time.time()
            self._clock.read()
            written = self._clock.wall(seconds[-1])
            if written is not None:
                self._traffic.late.append(arrived - written)
        if update["grids"] and update["grids"][-1] not in self._fetched:
            await self._picture(update["grids"][-1], fresh=not update["reset"])
        if self._status not in ("", update["status"]):
            await self.page.run()  # the board asks for this when the page around it must change
        self._status = update["status"]

    async def _picture(self, step: int, fresh: bool) -> None:
        path = f"/api/runs/{self._run.name}/grids/{step}.png"
        before, self._pictures = self._pictures, await self._get(path, self._pictures)
        try:
            head = await self._head(self._pictures[0])
        except (ConnectionError, asyncio.IncompleteReadError):
            if self._pictures is not before:
                raise
            # the server closed the idle connection meanwhile; a browser tries once more (RFC 9112, section 9.3.1)
            self._pictures = await self._get(path, None)
            head = await self._head(self._pictures[0])
        png = await self._pictures[0].readexactly(int(head["content-length"]))
        self._fetched.add(step)
        self._traffic.pictures += 1
        self._traffic.picture_bytes += len(png)
        if fresh:
            with suppress(OSError):
                drawn = (self._run / "grids" / f"{step:08d}.png").stat().st_mtime
                self._traffic.pictures_late.append(time.time() - drawn)

    async def _get(
        self, path: str, connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Send a GET over ``connection``, or over a new one if the server has closed it; return the connection."""
        if connection is None or connection[0].at_eof() or connection[1].is_closing():
            host, _, port = self._host.partition(":")
            connection = await asyncio.open_connection(host, int(port))
        connection[1].write(f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\nAccept: */*\r\n\r\n".encode())
        return connection

    async def _head(self, reader: asyncio.StreamReader) -> dict[str, str]:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(lines[0].split()[1])
        self._traffic.statuses[status] += 1
        if status != 200:
            raise BrokenTabError(f"status {status}")
        return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}


@lru_cache(maxsize=64)
def _parsed(text: bytes) -> dict[str, Any]:
    """Parse an update; all tabs get the same bytes, so the result is cached."""
    update: dict[str, Any] = json.loads(text)
    return update


async def _owner_cookie(url: str) -> str:
    """Return the owner cookie that the server gives to a new browser; "" if there is none."""
    host, _, port = urlsplit(url).netloc.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        f"GET /train HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: text/html\r\nConnection: close\r\n\r\n".encode()
    )
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    writer.close()
    cookies = [line.partition(":")[2] for line in head.split("\r\n") if line.lower().startswith("set-cookie:")]
    return cookies[0].partition(";")[0].strip() if cookies else ""
