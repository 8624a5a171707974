"""The export command: write a run or its generator in a form that other programs read."""

from __future__ import annotations

import argparse

from gan_demo.cli import arguments
from gan_demo.cli.arguments import Commands
from gan_demo.export import formats
from gan_demo.i18n.text import DEFAULT_LANGUAGE, LANGUAGES


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = commands.add_parser("export", help="write a run or its generator in a form that other programs read")
    parser.add_argument(
        "source", metavar="RUN_OR_WEIGHTS", type=arguments.path, help="a run's folder or id, or a weights file"
    )
    parser.add_argument(
        "--format",
        required=True,
        choices=[*formats.FORMATS, "run"],
        help="onnx: the generator; py, ipynb: a script or notebook that trains it; site: a web page; "
        "hub: a model repository of the Hugging Face Hub; run: all of it",
    )
    parser.add_argument("--step", type=int, metavar="N", help="an earlier checkpoint of the run")
    parser.add_argument(
        "--language", default=DEFAULT_LANGUAGE, choices=tuple(LANGUAGES), help="of a notebook's explanations"
    )
    parser.add_argument(
        "--opset", type=int, metavar="N", help="of an ONNX file: 11 to 20, for older or newer runtimes; 17 by default"
    )
    parser.add_argument(
        "--out", required=True, type=arguments.path, metavar="FILE", help="the file, or for site and hub the folder"
    )
    arguments.add_weights_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the form to --out; return the exit code."""
    if options.format == "run":
        size = formats.write_run(options.source, options.step, options.out)
    else:
        form = formats.FORMATS[options.format]
        weights = arguments.weights_options(options)
        size = formats.write(options.source, form, options.step, options.out, weights, options.language, options.opset)
    print(f"{options.out}, {_size_text(size)}")
    return 0


def _size_text(size: int) -> str:
    """Return a number of bytes in the unit that suits it: "812 bytes", "12 KB", "3.4 MB"."""
    if size < 1e3:
        return f"{size} bytes"
    return f"{size / 1e3:.0f} KB" if size < 1e6 else f"{size / 1e6:.1f} MB"
