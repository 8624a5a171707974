"""Options, tables and training loops in processes of their own, for all benchmarks.

Nothing here imports torch: each side of a comparison loads what it needs in its own process, so that the thread policy
of one side does not reach the others.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import statistics
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path
from typing import ParamSpec

from gan_demo.data.downloads import default_root

ROOT = Path(__file__).resolve().parent.parent
_SHARED_DATA = ROOT.parent / "shared" / "data"

P = ParamSpec("P")
Loop = Callable[[str], Generator[int, None, None]]  # data root -> the images of each step


def parser(description: str | None, seconds: float, rounds: int) -> argparse.ArgumentParser:
    """Return a parser with ``--data-root``, ``--seconds`` and ``--rounds``, with these defaults."""
    options = with_data_root(description)
    options.add_argument(
        "--seconds", type=float, default=seconds, metavar="S", help=f"length of a measurement ({seconds:g})"
    )
    options.add_argument(
        "--rounds", type=int, default=rounds, metavar="N", help=f"measurements of every side ({rounds})"
    )
    return options


def with_data_root(description: str | None) -> argparse.ArgumentParser:
    """Return a parser with ``--data-root`` alone."""
    options = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    root = _SHARED_DATA if (_SHARED_DATA / "MNIST" / "raw").is_dir() else default_root()
    options.add_argument(
        "--data-root", default=str(root), metavar="DIR", help="folder in which torchvision keeps MNIST"
    )
    return options


def machine() -> str:
    """Return one line on the machine: cores, load average and versions."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    versions = f"Python {platform.python_version()}, torch {version('torch')}, streamlit {version('streamlit')}"
    return f"{os.cpu_count()} cores, load average {load}, {versions}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table whose columns line up in a terminal."""
    widths = [max(len(row[k]) for row in (head, *rows)) for k in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(f"| {' | '.join(c.ljust(w) for c, w in zip(line, widths, strict=True))} |" for line in lines)


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Return "median (lowest to highest)"."""
    middle, low, high = statistics.median(values), min(values), max(values)
    return f"{middle:,.{digits}f} ({low:,.{digits}f} to {high:,.{digits}f})"


def ratios(a: Sequence[float], b: Sequence[float]) -> list[float]:
    """Return a / b, round by round, so that what slows both sides in a round cancels."""
    return [x / y for x, y in zip(a, b, strict=True)]


class Side:
    """A training loop in a process of its own, which trains only during ``run``."""

    def __init__(self, loop: Loop, data_root: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, other_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(other_end, loop, data_root), daemon=True)
        self._process.start()
        other_end.close()
        self.images, self.seconds = 0, 0.0  # sums over all calls of ``run``

    def ready(self) -> None:
        """Wait until data is loaded and the first step is done."""
        self._answer()

    def run(self, seconds: float) -> float:
        """Train for ``seconds``; return images a second."""
        self._pipe.send(seconds)
        images, took = self._answer()
        self.images, self.seconds = self.images + images, self.seconds + took
        return images / took

    def close(self) -> None:
        """End the process."""
        if self._process.is_alive():
            self._pipe.send(None)
        self._process.join(60)

    def _answer(self) -> tuple[int, float]:
        try:
            answer: tuple[int, float] = self._pipe.recv()
        except EOFError:
            raise SystemExit("a side of the comparison failed; its message is above") from None
        return answer


def _serve(pipe: Connection, loop: Loop, data_root: str) -> None:
    """Run the loop in this process: train for each number of seconds that arrives, until None arrives."""
    with closing(loop(data_root)) as steps:
        next(steps)
        pipe.send((0, 0.0))
        while (seconds := pipe.recv()) is not None:
            images, begin = 0, time.perf_counter()
            while (now := time.perf_counter()) - begin < seconds:
                images += next(steps)
            pipe.send((images, now - begin))


def in_process(function: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """Call ``function`` in a fresh process and wait for it; exit if it fails."""
    process = multiprocessing.get_context("spawn").Process(target=function, args=args, kwargs=kwargs)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{function.__name__} failed; its message is above")


def progress(text: str) -> None:
    """Print a line of progress."""
    print(f"  {text}", flush=True)
