"""Parse the command line and run one command: start the app, or use the same core without it.

    python -m gan_demo serve [--port N] [--address HOST]
    python -m gan_demo train PRESET [--data NAME] [--data-root DIR] [--steps N | --seconds S] [--seed N] [--device D]
                                    [--set key=value …] [--out RUN] [--resume]
                                    [--from-weights FILE [--network NAME] [--weights-set name=value …]]
    python -m gan_demo train images --set path=FOLDER|FILE.zip|FILE.tar.gz [the same options]
    python -m gan_demo train --fork RUN [--at STEP] [the options that do not change data, networks or seed]
    python -m gan_demo sample RUN_OR_WEIGHTS --n N [--seed N] [--label L] [--step N] [--network NAME]
                                    [--set name=value …] --out FILE(.npz|.png)
    python -m gan_demo evaluate RUN [--step N] [--data-root DIR]
    python -m gan_demo export RUN_OR_WEIGHTS --format onnx|py|ipynb|site|hub|run [--step N] [--language en|zh]
                                    [--opset N] [--network NAME] [--set name=value …] --out FILE
    python -m gan_demo push RUN_OR_WEIGHTS OWNER/NAME [--step N] [--private] [--network NAME] [--set name=value …]
    python -m gan_demo import FILE.zip [--out RUN]
    python -m gan_demo list
    python -m gan_demo diagnostics [RUN]
    python -m gan_demo --version

A mistake ends in one line on standard error and exit code 2. Ctrl-C, SIGTERM and SIGHUP save the training and end with
exit code 130, 143 and 129; the first two end ``serve`` with exit code 0. A command whose output's reader left ends with
exit code 141.
Each command is a module with ``add_parser(commands)`` and ``run(options) -> exit code``. torch takes seconds to import,
so the modules import it inside of ``run``: a mistyped command does not wait for it.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

import gan_demo
from gan_demo.cli import diagnostics, evaluate, export, import_run, list_runs, push, sample, serve, terminal, train
from gan_demo.errors import GanDemoError

COMMANDS = (serve, train, sample, evaluate, export, push, import_run, list_runs, diagnostics)


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line, without argparse's usage text."""

    def error(self, message: str) -> NoReturn:
        print(f"gan_demo: {message}. See {self.prog} --help", file=sys.stderr)
        raise SystemExit(2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    terminal.prepare()
    try:
        try:
            return _run(arguments)
        finally:  # of argparse's exit, too
            terminal.flush()
    except BrokenPipeError:  # the reader left, as head does
        terminal.discard()
        return terminal.BROKEN_PIPE
    except OSError as failure:
        terminal.say(f"gan_demo: {failure.filename or 'the output cannot be written'}: {failure.strerror}.")
        terminal.discard()
        return terminal.CANNOT_WRITE


def _run(arguments: Sequence[str] | None) -> int:
    options = _parser().parse_args(arguments)
    with contextlib.ExitStack() as stack:
        if options.run is not serve.run:  # the server has handlers of its own
            stack.enter_context(terminal.signals_raise())
        try:
            code: int = options.run(options)
        except GanDemoError as failure:
            print(f"gan_demo: {failure}", file=sys.stderr)
            return 2
        except OSError as failure:
            if failure.errno != errno.ENAMETOOLONG:
                raise
            print(
                f"gan_demo: {str(failure.filename)[:60]}: this path is too long. Choose a shorter one", file=sys.stderr
            )
            return 2
        except KeyboardInterrupt as interrupt:
            terminal.say("gan_demo: interrupted; what was trained is kept")
            return 128 + getattr(interrupt, "number", signal.SIGINT)
    return code


def _parser() -> argparse.ArgumentParser:
    description = "Start the app, or train GANs, sample from them and measure them without it."
    parser = _Parser(prog="python -m gan_demo", description=description)
    parser.add_argument("--version", action="version", version=f"gan_demo {gan_demo.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    for command in COMMANDS:
        command.add_parser(commands)
    return parser
