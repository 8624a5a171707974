"""The push command: upload a generator to the Hugging Face Hub as a model repository."""

from __future__ import annotations

import argparse

from gan_demo.cli import arguments
from gan_demo.cli.arguments import Commands
from gan_demo.export import formats


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = commands.add_parser("push", help="upload a generator to the Hugging Face Hub")
    parser.add_argument(
        "source", metavar="RUN_OR_WEIGHTS", type=arguments.path, help="a run's folder or id, or a weights file"
    )
    parser.add_argument("repo", metavar="OWNER/NAME", help="the model repository, made if there is none")
    parser.add_argument("--step", type=int, metavar="N", help="an earlier checkpoint of the run")
    parser.add_argument("--private", action="store_true", help="let only its owner see a new repository")
    arguments.add_weights_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Upload the files of ``export --format hub``; return the exit code."""
    from gan_demo.export import hub_repository

    source, weights = formats.find_source(options.source, arguments.weights_options(options))
    files = hub_repository.files(source, options.step, weights)
    print(hub_repository.push(files, options.repo, options.private))
    return 0
