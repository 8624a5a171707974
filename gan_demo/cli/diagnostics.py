"""The diagnostics command: versions, device and a run's settings, to paste into a bug report."""

from __future__ import annotations

import argparse

from gan_demo.cli import arguments
from gan_demo.cli.arguments import Commands


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = commands.add_parser("diagnostics", help="print versions, device and settings for a bug report")
    parser.add_argument("run_folder", metavar="RUN", type=arguments.path, nargs="?", help="a run's folder or id")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the diagnostics; return the exit code."""
    from gan_demo.export import formats
    from gan_demo.service import diagnostics

    print(diagnostics.report(formats.find_run(options.run_folder) if options.run_folder else None), end="")
    return 0
