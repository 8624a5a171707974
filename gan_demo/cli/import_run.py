"""The import command: unpack a run that ``export --format run`` or the Train page wrote."""

from __future__ import annotations

import argparse
import sys

from gan_demo.cli import arguments
from gan_demo.cli.arguments import Commands
from gan_demo.config import NO_IMAGES


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = commands.add_parser("import", help="unpack a run that export --format run wrote")
    parser.add_argument("file", metavar="FILE", type=arguments.path, help="the run as a zip file")
    parser.add_argument(
        "--out", metavar="RUN", type=arguments.path, help="the run's folder; by default among the app's runs"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check the file and unpack it; return the exit code."""
    from gan_demo.runs import library
    from gan_demo.runs.archive import unpacking

    with unpacking.opened(options.file, options.file.name) as archive:
        imported = archive.unpack(options.out or library.home() / archive.free_id(library.home()))
    info = imported.info
    print(f"run: {imported.path}", file=sys.stderr)
    if imported.config.data.path == NO_IMAGES:
        print("the file does not hold its own images: to train on, give them with --set path=FILE", file=sys.stderr)
    print(f"{imported.id}: {info.name}, {info.status} at step {info.step}, {len(imported.checkpoints)} checkpoints")
    return 0
