"""What each card of the Train page has learned when its time budget is over, on the data that is built in.

    python -m benchmarks.cards [CARD ...]

Each card trains in a fresh process as its button starts it, evaluations and pictures included, and is then measured as
by `gan_demo evaluate`: 10,000 samples against all of its training data.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import common
from gan_demo.analysis import sampling
from gan_demo.presets import PRESETS, time_budget
from gan_demo.runs.run_dir import RunDir
from gan_demo.training import budget, trainer

CARDS = ("digits", "faces", "tutorial", "ring", "grid", "spiral")


def main() -> None:
    """Measure and print."""
    parser = common.parser(__doc__, seconds=0, rounds=1)
    parser.add_argument("cards", nargs="*", default=list(CARDS), metavar="CARD", help=", ".join(CARDS))
    options = parser.parse_args()
    print(f"cards at the end of their time\n{common.machine()}", flush=True)
    rows = []
    for name in options.cards:
        for seed in range(options.rounds):
            common.progress(f"{name} trains for {options.seconds or time_budget(name):g} s")
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "run"
                common.in_process(_train, name, seed, path, options.seconds or time_budget(name))
                rows.append(_row(name, seed, RunDir(path)))
    print(common.table(["card", "seed", "seconds", "steps", "images seen", "measured"], rows))


def _train(name: str, seed: int, path: Path, seconds: float) -> None:
    run = budget.create(path, PRESETS[name].with_settings({"seed": seed}), name, seconds)
    for _ in trainer.train(run):
        pass


def _row(name: str, seed: int, run: RunDir) -> list[str]:
    measures = sampling.evaluate(run, None)
    numbers = [f"{key} {value:.3g}" for key, value in measures.items() if isinstance(value, int | float)]
    info = run.info
    images = info.step * run.config.train.batch
    return [name, str(seed), f"{info.seconds:.0f}", f"{info.step:,}", f"{images:,}", ", ".join(numbers)]


if __name__ == "__main__":
    main()
