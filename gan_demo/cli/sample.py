"""The sample command: draw samples from a run or a weights file."""

from __future__ import annotations

import argparse

from gan_demo.cli import arguments
from gan_demo.cli.arguments import Commands
from gan_demo.config import RunConfig
from gan_demo.errors import ConfigError
from gan_demo.export import formats


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = commands.add_parser("sample", help="draw samples from a run or a weights file")
    parser.add_argument(
        "source", metavar="RUN_OR_WEIGHTS", type=arguments.path, help="a run's folder or id, or a weights file"
    )
    parser.add_argument("--n", type=int, default=64, metavar="N", help="number of samples; 64 by default")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="the seed of the random numbers; 0 by default")
    parser.add_argument("--label", metavar="L", help="a class (3, sandal), or field=value,field=value")
    parser.add_argument("--step", type=int, metavar="N", help="an earlier checkpoint of the run")
    parser.add_argument("--out", required=True, type=arguments.path, metavar="FILE", help=".npz or .png")
    arguments.add_weights_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the samples to --out; return the exit code."""
    if options.out.suffix not in (".npz", ".png"):
        raise ConfigError("out", options.out.name, "must end in .npz or .png")
    formats.check_writable(options.out)

    import numpy

    from gan_demo.analysis import sampling
    from gan_demo.data import datasets
    from gan_demo.pictures import images

    sampling.check(options.n, options.seed)
    weights = arguments.weights_options(options)
    source, weights = formats.find_source(options.source, weights)
    loaded, fields, data_name = formats.load_generator(source, options.step, weights)
    labels = None
    if fields and len(fields) > 1 and data_name == "faces":
        faces = datasets.load(RunConfig().with_settings({"data.name": "faces"}).data)
        labels = sampling.data_labels(faces, options.n, options.seed)
    if options.label is not None:
        labels = sampling.balanced_labels(fields, options.n, options.seed) if labels is None else labels
        labels = sampling.parse_labels(options.label, fields, options.n, labels)
    drawn = sampling.draw(loaded.generator, fields, options.n, options.seed, labels)
    try:
        if options.out.suffix == ".npz":
            arrays = {"samples": drawn.samples} | ({} if drawn.labels is None else {"labels": drawn.labels})
            numpy.savez_compressed(options.out, **arrays)  # type: ignore[arg-type]  # the stub takes them for flags
        elif drawn.samples.ndim == 2:
            options.out.write_bytes(images.png(images.points_picture(drawn.samples)))
        else:
            columns = max(1, round(len(drawn.samples) ** 0.5))
            options.out.write_bytes(images.png(images.grid(drawn.samples, columns)))
    except OSError as failure:
        raise ConfigError("out", options.out, "cannot be written", "Choose another place") from failure
    print(f"{len(drawn.samples)} samples: {options.out}")
    return 0
