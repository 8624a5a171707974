"""The export command: take a run or its generator away in a form that others read."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gan_demo.cli.arguments import Commands
from gan_demo.export import formats as export_formats

if TYPE_CHECKING:
    from gan_demo.runs.run_dir import RunDir


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = commands.add_parser("export", help="take a run or its generator away in a form that others read")
    parser.add_argument("source", metavar="RUN_OR_WEIGHTS", type=Path)
    parser.add_argument("--format", required=True, choices=[*export_formats.FORMATS, "site", "run"])
    parser.add_argument("--step", type=int, metavar="N", help="an earlier checkpoint of the run")
    parser.add_argument("--language", default="en", choices=("en", "zh"), help="of a notebook's explanations")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the form to --out; return the exit code."""
    if options.format == "run":
        size = export_formats.write_run(options.source, options.step, options.out)
    else:
        formats = export_formats.FORMATS | {"site": export_formats.Format("", _site, marker="site.json")}
        size = export_formats.write(
            options.source, formats[options.format], options.step, options.out, options.language
        )
    print(f"{options.out}, {size / 1e6:.1f} MB")
    return 0


def _site(source: RunDir | Path, request: export_formats.ExportRequest) -> dict[str, bytes]:
    """Return the files of a static page; its words come from the app."""
    from gan_demo.export import static_site

    return static_site.content(source, request.step)
