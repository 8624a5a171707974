"""The terminal that a command runs in: signals that end it, output that nobody reads or that cannot be shown, progress.

A signal raises Interrupted wherever the command is, as Ctrl-C raises KeyboardInterrupt, so that every command cleans up
and a training saves. An output whose reader is gone ends the command without a traceback.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gan_demo.data.datasets import Dataset
    from gan_demo.runs.run_dir import RunDir
    from gan_demo.training.control import Progress

BROKEN_PIPE = 141  # exit code after the reader of an output left: 128 + SIGPIPE, as the shell counts
CANNOT_WRITE = 74  # exit code where an output cannot be written, such as on a full disk: EX_IOERR
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP


class Interrupted(KeyboardInterrupt):
    """A signal that ends the command; Ctrl-C is SIGINT."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


@contextlib.contextmanager
def signals_raise() -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP raise Interrupted within the block.

    One that is ignored stays so: nohup ignores SIGHUP, and a shell ignores SIGINT for its background jobs.
    """

    def interrupt(number: int, frame: object) -> None:
        raise Interrupted(number)

    with _handled(interrupt):
        yield


class Ending:
    """The wish that a training ends between two steps; ``signal`` is the signal that said so, None before."""

    def __init__(self) -> None:
        self.signal: int | None = None


@contextlib.contextmanager
def signals_end() -> Iterator[Ending]:
    """Yield an Ending that the first signal sets; a second one raises Interrupted at once."""
    ending = Ending()

    def end(number: int, frame: object) -> None:
        if ending.signal is not None:
            raise Interrupted(number)
        ending.signal = number

    with _handled(end):
        yield ending


@contextlib.contextmanager
def _handled(handler: signal._HANDLER) -> Iterator[None]:
    """Handle the ending signals with ``handler`` within the block; only the main thread may."""
    before: dict[int, signal._HANDLER] = {}
    try:
        if threading.current_thread() is threading.main_thread():
            for name in _NAMES:
                number = getattr(signal, name, None)
                if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                    before[number] = signal.signal(number, handler)
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


# ---- outputs


def prepare() -> None:
    """Make both outputs writable whatever they are: closed, or of an encoding that lacks some of our characters."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # closed: the next file to be opened would get its number, and what is printed
            os.open(os.devnull, os.O_RDWR)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - until the process ends
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def say(text: str) -> None:
    """Print a line on standard error, if it has a reader."""
    with contextlib.suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)


def flush() -> None:
    """Write what is still buffered. Raises OSError if it can't be written."""
    sys.stdout.flush()
    sys.stderr.flush()


def discard() -> None:
    """Send what is still to be printed nowhere, after an output failed, so that Python's own end does not fail too."""
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            os.dup2(null, stream.fileno())
    os.close(null)


# ---- the progress of a training


def follow(run: RunDir, device: str, seconds: float | None, data: Dataset | None = None) -> int:
    """Train with a progress bar, which shows ``seconds`` if they end the run; return the exit code."""
    from gan_demo.training.trainer import train

    print(f"run: {run.path}", file=sys.stderr)
    steps = train(run, device=device, data=data)
    with signals_end() as ending, contextlib.closing(steps):
        _show(itertools.takewhile(lambda progress: ending.signal is None, _announced(run, steps)), seconds)
    if ending.signal is not None:
        raise Interrupted(ending.signal)
    for file, reason in run.refused:
        print(f"left out {file}: {reason}", file=sys.stderr)
    info = run.info
    print(f"{info.status} at step {info.step}, {info.images} images, {info.seconds:.1f} s")
    return 0


def _announced(run: RunDir, steps: Iterator[Progress]) -> Iterator[Progress]:
    """Pass the progress on, and say before the first step if the training was set back because of a damaged state."""
    from tqdm import tqdm

    has_checked = False
    for progress in steps:
        if not has_checked and progress.loading is None:
            has_checked, set_back = True, run.info.set_back
            if set_back is not None:
                words = f"the state of step {set_back[0]} is damaged; going on from step {set_back[1]}"
                tqdm.write(words, file=sys.stderr)  # above the bar, where print() would go on in its line
        yield progress


def _show(steps: Iterator[Progress], seconds: float | None) -> None:
    """Show a progress bar with rate and time left; its total is ``seconds`` if they end the run, else steps."""
    from tqdm import tqdm

    bar_format = "{desc}{percentage:3.0f}%|{bar}| [{elapsed}<{remaining}{postfix}]"
    with tqdm(total=seconds, bar_format=bar_format, mininterval=0.2) as bar:
        start: float | None = None
        for progress in steps:
            if progress.loading is not None:
                bar.set_description(progress.loading.what)
                bar.total, bar.n = progress.loading.total, progress.loading.done
                bar.update(0)
                continue
            if start is None:
                start = progress.seconds
                bar.reset(total=seconds or progress.steps)
            bar.set_description(f"step {progress.step}", refresh=False)
            rate = f"{progress.images_per_second:,.0f} images/s"
            if progress.scalars:
                rate += f", D {progress.scalars['d_loss']:.3f}, G {progress.scalars['g_loss']:.3f}"
            bar.set_postfix_str(rate, refresh=False)
            done = min(progress.seconds - start, seconds) if seconds else progress.step
            bar.update(done - bar.n)
