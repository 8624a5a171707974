"""Client of the process that reads and runs a foreign ONNX file: native code can't be stopped in any other way."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import weakref
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gan_demo.errors import DataError
from gan_demo.support import bounded_json, own_process
from gan_demo.weights.onnx_models.files import OnnxFiles, copied

MEMORY_BYTES = 2 * 1024**3  # of the process, beside six times the file's size
READ_SECONDS = 60.0  # until the file is read, adapted and has drawn a few images
DRAW_SECONDS = 60.0  # for a drawing
IDLE_SECONDS = 30.0  # after which an idle process ends; the next drawing starts another
_TOO_LONG = "takes longer than {seconds} seconds"
_SMALLER = "Export a smaller generator"


class OnnxProcess:
    """A foreign ONNX file in a process of its own, and the files that it works on. Drawings wait for each other."""

    def __init__(self, files: OnnxFiles, filename: str) -> None:
        """Read a file. Raises DataError, which says why it is no generator for us."""
        self.filename = filename
        self._memory = MEMORY_BYTES + 6 * len(files.content)
        self._folder = Path(tempfile.mkdtemp(prefix="gan_demo_onnx_"))
        self._remove = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._idle: threading.Timer | None = None
        given = [self._folder / "model.onnx"]
        given[0].write_bytes(files.content)
        try:
            with self._turn:
                self.description = self._start()
                if "needs" in self.description:
                    given += self._give(files, self.description["needs"])
                    self.description = self._start()
                self._end_when_idle()
        except BaseException:
            self._remove()
            raise
        for path in given:
            path.unlink()

    def _give(self, files: OnnxFiles, names: list[str]) -> list[Path]:
        """Copy the files of a model's weights for the process; return their paths. Raises DataError where they lack."""
        self._stop()
        paths = copied(files, names, self._folder, self.filename)
        listed = {name: path.name for name, path in zip(names, paths, strict=True)}
        (self._folder / "beside.json").write_text(json.dumps(listed))
        self._memory += 6 * sum(path.stat().st_size for path in paths)
        return paths

    def adapted(self, value_range: str) -> bytes:
        """Return the file as ``adapt.adapted`` makes it for a range of values. Raises DataError."""
        if value_range == self.description["value_range"]:
            return (self._folder / "generator.onnx").read_bytes()
        path = self._folder / f"generator-{value_range}.onnx"
        with self._turn:
            if not path.is_file():
                request = json.dumps({"range": value_range}).encode() + b"\n"
                self._asked(self._running(), request, None, READ_SECONDS)
                self._end_when_idle()
        return path.read_bytes()

    def draw(self, z: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return images (N, C, H, W) in [-1, 1] of latents (N, Z) and classes (N, K). Raises DataError."""
        shape = (len(z), *self.description["shape"])
        request = json.dumps({"n": len(z)}).encode() + b"\n" + z.tobytes() + y.tobytes()
        with self._turn:
            content = self._asked(self._running(), request, 4 * int(np.prod(shape)), DRAW_SECONDS)
            self._end_when_idle()
        return np.frombuffer(content, np.float32).reshape(shape)

    def close(self) -> None:
        """End the process and remove its files."""
        with self._turn:
            self._stop()
        self._remove()

    def _running(self) -> subprocess.Popen[bytes]:
        """Return the process, started again if it has ended. Raises DataError."""
        if self._process is None:
            self._start()
        assert self._process is not None
        return self._process

    def _start(self) -> dict[str, Any]:
        """Start a process and return the description of the generator. Raises DataError."""
        module = "gan_demo.weights.onnx_models.worker"
        command = [sys.executable, "-m", module, str(self._folder), str(self._memory)]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=own_process.environment(),
        )
        weakref.finalize(self, _end, process)
        self._process = process
        line = self._asked(process, b"", None, READ_SECONDS)
        try:
            values = bounded_json.parse_object(line)
        except bounded_json.InvalidJsonError as failure:
            self._stop()
            raise self._ended() from failure
        if "problem" in values:
            self._stop()
            refusal = SimpleNamespace(**values)
            raise DataError("file", self.filename, refusal.problem, refusal.remedy, **refusal.details)
        return values

    def _asked(self, process: subprocess.Popen[bytes], request: bytes, size: int | None, seconds: float) -> bytes:
        """Send a request and return its answer, of ``size`` bytes or a line. Raises DataError."""
        assert process.stdin is not None
        assert process.stdout is not None
        is_late = threading.Event()

        def stop_late() -> None:
            is_late.set()
            process.kill()

        timer = threading.Timer(seconds, stop_late)
        timer.start()
        try:
            if request:
                process.stdin.write(request)
                process.stdin.flush()
            answer = process.stdout.readline() if size is None else process.stdout.read(size)
        except BrokenPipeError:
            answer = b""
        finally:
            timer.cancel()
        if not answer or (size is not None and len(answer) < size):
            self._stop()
            if is_late.is_set():
                raise DataError("file", self.filename, _TOO_LONG, _SMALLER, seconds=round(seconds))
            raise self._ended()
        return answer

    def _ended(self) -> DataError:
        return DataError("file", self.filename, "needs too much memory or ends the process that runs it", _SMALLER)

    def _end_when_idle(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        reference = weakref.ref(self)

        def end() -> None:
            this = reference()
            if this is not None:
                with this._turn:
                    this._stop()

        self._idle = threading.Timer(IDLE_SECONDS, end)
        self._idle.daemon = True
        self._idle.start()

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):  # what was still to be written can't be
                stream.close()
    process.wait()
