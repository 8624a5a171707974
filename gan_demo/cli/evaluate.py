"""The evaluate command: measure a run's quality with 10,000 samples."""

from __future__ import annotations

import argparse
import json

from gan_demo.cli import arguments
from gan_demo.cli.arguments import Commands
from gan_demo.export import formats


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = commands.add_parser("evaluate", help="measure a run's quality with 10,000 samples")
    parser.add_argument("run_folder", metavar="RUN", type=arguments.path, help="a run's folder or id")
    parser.add_argument("--data-root", metavar="DIR", help="the folder of torchvision's data")
    parser.add_argument("--step", type=int, metavar="N", help="an earlier checkpoint of the run")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print a line for each metric; return the exit code."""
    from gan_demo.analysis import sampling

    metrics = sampling.evaluate(formats.find_run(options.run_folder), options.step, root=options.data_root)
    for name, value in metrics.items():
        shown = json.dumps([round(number, 4) for number in value]) if isinstance(value, list) else value
        print(f"{name:16} {shown:.4g}" if isinstance(value, float) else f"{name:16} {shown}")
    return 0
