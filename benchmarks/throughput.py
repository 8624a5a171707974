"""Images a second of the tutorial's MLP at batch 64: our trainer, the tutorial's loop, a bare loop over tensors.

    python -m benchmarks.throughput [--data-root DIR] [--seconds 15] [--rounds 6]

Three processes train on full MNIST, one at a time, in turn. Ours is ``trainer.train`` with everything it records by
default: rows, pictures, checkpoints, the state for resuming, and evaluations.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from pathlib import Path

from benchmarks import common


def ours(data_root: str) -> Generator[int, None, None]:
    """Train the `tutorial` preset on full MNIST; yield the images of each step."""
    from gan_demo.presets import PRESETS
    from gan_demo.runs.run_dir import RunDir
    from gan_demo.training import trainer

    settings = {"data.name": "mnist", "root": data_root, "batch": 64, "steps": 100_000_000}
    config = PRESETS["tutorial"].with_settings(settings)
    with tempfile.TemporaryDirectory() as folder:
        run = RunDir.create(Path(folder) / "run", config, "tutorial")
        for progress in trainer.train(run):
            if progress.phase == "training":
                yield config.train.batch if progress.step else 0


def tutorial(data_root: str) -> Generator[int, None, None]:
    """Return the images of each step of the tutorial's loop."""
    from benchmarks import loops

    return (images for _, images in loops.tutorial(data_root))


def bare(data_root: str) -> Generator[int, None, None]:
    """Return the images of each step of our algorithm without recording."""
    from benchmarks import loops

    return (images for _, images in loops.bare(data_root))


def main() -> None:
    """Measure and print."""
    options = common.parser(__doc__, seconds=15, rounds=6).parse_args()
    print(f"throughput of the tutorial's MLP, batch 64, full MNIST\n{common.machine()}")
    sides = {"trainer": ours, "tutorial": tutorial, "bare": bare}
    running = {name: common.Side(loop, options.data_root) for name, loop in sides.items()}
    rates: dict[str, list[float]] = {name: [] for name in sides}
    for side in running.values():
        side.ready()
    for turn in range(options.rounds):
        for name, side in running.items():
            rates[name].append(side.run(options.seconds))
        common.progress(f"round {turn + 1}: " + ", ".join(f"{name} {rates[name][-1]:,.0f}" for name in sides))
    overall = {name: side.images / side.seconds for name, side in running.items()}
    for side in running.values():
        side.close()
    print(
        common.table(
            ["loop", "images/s: median (lowest to highest)", "all rounds together"],
            [[name, common.spread(rates[name], 0), f"{overall[name]:,.0f}"] for name in sides],
        )
    )
    aims = {"tutorial": "2.2", "bare": "0.95"}
    print(
        common.table(
            ["ratio", "aim at least", "median of rounds", "all rounds together"],
            [
                [
                    f"trainer / {other}",
                    aim,
                    common.spread(common.ratios(rates["trainer"], rates[other])),
                    f"{overall['trainer'] / overall[other]:.2f}",
                ]
                for other, aim in aims.items()
            ],
        )
    )


if __name__ == "__main__":
    main()
