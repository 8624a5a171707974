"""The list command: presets, data sets, shipped models and own runs."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from gan_demo.cli.arguments import Commands
from gan_demo.presets import PRESETS

if TYPE_CHECKING:
    from gan_demo.runs.run_dir import RunDir


def add_parser(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser("list", help="list presets, data sets, shipped models and own runs")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print a line for each of them; return the exit code."""
    from gan_demo.data import datasets
    from gan_demo.runs import library

    print("presets (train PRESET):")
    for name, preset in PRESETS.items():
        print(f"  {name:12} {preset.data.name}, {preset.model.arch}, {preset.train.loss}")
    print(f"  {'images':12} your own: train images --set path=FOLDER (or a zip file or tar.gz)")
    print("data sets (--data NAME):")
    for source in datasets.DATASETS.values():
        origin = "built in" if source.embedded else "yours" if source.licence == "yours" else "downloaded at first use"
        print(f"  {source.name:12} {source.title}, {origin}")
    _print_runs("shipped models", library.pretrained())
    library.check_home(writes=False)
    _print_runs(f"own runs in {library.home()}", library.list_runs(library.home()))
    return 0


def _print_runs(title: str, runs: list[RunDir]) -> None:
    print(f"{title}:")
    for run in runs:
        print(f"  {run.id:32} {_summary(run)}")


def _summary(run: RunDir) -> str:
    info = run.info
    name = info.name if info.forked_at is None else f"{info.name} from step {info.forked_at}"
    return f"{name}, {info.status}, step {info.step}, {len(run.checkpoints)} checkpoints"
