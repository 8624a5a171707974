"""Turn a finished run into a shipped model: half precision, a few checkpoints and pictures, and a model card.

    python -m scripts.ship_run RUN NAME [--data-root DIR] [--checkpoints 16]
    python -m scripts.ship_run RUN NAME --extras
    python -m scripts.ship_run pretrained/NAME NAME --explorer

writes pretrained/NAME, a smaller run folder. It holds one whole training state, the last in half precision, for forks
and for its discriminator, and the browser explorer's files of the last step. The metrics on the card are measured here,
on 10,000 samples against all of the training data. ``--extras`` writes the state and the explorer's files again,
``--explorer`` the explorer's files alone, for when the code that makes them has changed.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import platform
import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from gan_demo.analysis import sampling
from gan_demo.analysis.downsampling import evenly_spaced
from gan_demo.config import RunConfig
from gan_demo.data import datasets
from gan_demo.errors import GanDemoError
from gan_demo.explorer import artifacts
from gan_demo.gan.models.build import build_discriminator, parameter_count
from gan_demo.runs import library, networks
from gan_demo.runs.parts.files import read_tensors, write_tensors
from gan_demo.runs.parts.states import compact
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status

LOSS_ROWS = 500  # of metrics.jsonl
EVALUATION_ROWS = 60
PICTURES = 48  # sample sheets through the training


def ship(source: RunDir, folder: Path, root: str | None, count: int) -> None:
    """Write the shipped run with ``count`` checkpoints. Raises GanDemoError if the source can't be used."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "grids").mkdir()
    steps = evenly_spaced(source.checkpoints, count)
    for step in steps:
        name = f"checkpoints/{step:08d}.safetensors"
        tensors = {
            key: value.half() if value.is_floating_point() else value
            for key, value in load_file(source.path / name).items()
        }
        header = {"format": 1, "kind": "generator", "model": dataclasses.asdict(source.config.model)}
        save_file(tensors, folder / name, {"gan_demo": json.dumps(header)})
    for step in evenly_spaced(source.grids, PICTURES):
        shutil.copy(source.path / "grids" / f"{step:08d}.png", folder / "grids")
    lines = (source.path / "metrics.jsonl").read_text().splitlines()
    evaluations = [line for line in lines if '"fcd"' in line]
    losses = [line for line in lines if '"fcd"' not in line]
    rows = sorted(
        evenly_spaced(evaluations, EVALUATION_ROWS) + evenly_spaced(losses, LOSS_ROWS),
        key=lambda line: json.loads(line)["step"],
    )
    (folder / "metrics.jsonl").write_text("\n".join(rows) + "\n")
    config = dataclasses.replace(source.config, data=dataclasses.replace(source.config.data, root=""))
    write_json(folder / "config.json", config.to_dict())
    info = dataclasses.replace(source.info, status=Status.DONE, state=None, checkpoints=tuple(steps), error=None)
    write_json(folder / "run.json", dataclasses.asdict(info))
    write_json(folder / "card.json", card(RunDir(folder), config, root))
    extras(source, folder)


def extras(source: RunDir, folder: Path) -> None:
    """Write the last training state, and the explorer's files of the last step."""
    shipped = RunDir(folder)
    last = shipped.checkpoints[-1]
    state = read_tensors(source.path / f"state-{last:08d}.safetensors")
    (folder / "states").mkdir(exist_ok=True)
    write_tensors(folder / "states" / f"{last:08d}.safetensors", compact(state))
    explorer(folder)


def explorer(folder: Path) -> None:
    """Write the explorer's files of the last step anew."""
    shutil.rmtree(folder / "explorer", ignore_errors=True)
    shipped = RunDir(folder)
    artifacts.make_all(shipped, shipped.checkpoints[-1])


def card(run: RunDir, config: RunConfig, root: str | None) -> dict[str, object]:
    """Return the model card; quality is measured on the shipped, half-precision weights."""
    data, info = datasets.source(config.data.name), run.info
    generator = networks.generator(run)
    metrics = sampling.evaluate(run, root=root)
    return {
        "data": data.title,
        "samples": data.count,
        "licence": f"weights: MIT; trained on {data.title} ({data.licence})",
        "parameters": {
            "generator": parameter_count(generator),
            "discriminator": parameter_count(build_discriminator(config.model)),
        },
        "settings": dataclasses.asdict(config.train) | {"arch": config.model.arch, "z_dim": config.model.z_dim},
        "steps": info.step,
        "images": info.images,
        "seconds": round(info.seconds),
        "machine": f"one thread of a two-core {platform.machine()} machine, other work beside it",
        "torch": torch.__version__.split("+")[0],
        "metrics": {key: rounded(value) for key, value in metrics.items() if key not in ("step", "histogram")},
    }


def rounded(value: object) -> object:
    """Round a float to four significant digits."""
    return float(f"{value:.4g}") if isinstance(value, float) else value


def write_json(path: Path, value: object) -> None:
    """Write a value as indented JSON that ends in a line break."""
    path.write_text(json.dumps(value, indent=1, default=float) + "\n")


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("name")
    parser.add_argument("--data-root")
    parser.add_argument("--checkpoints", type=int, default=16)
    parser.add_argument("--extras", action="store_true", help="only the training state and the explorer's files")
    parser.add_argument("--explorer", action="store_true", help="only the explorer's files")
    options = parser.parse_args()
    source, folder = RunDir(options.run), library.PRETRAINED / options.name
    try:
        if options.explorer:
            explorer(folder)
        elif options.extras:
            extras(source, folder)
        else:
            ship(source, folder, options.data_root, options.checkpoints)
    except GanDemoError as failure:
        print(failure, file=sys.stderr)
        return 2
    print((library.PRETRAINED / options.name / "card.json").read_text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
