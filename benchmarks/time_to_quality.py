"""Seconds until the `digits` preset on full MNIST is as good as the tutorial's loop after two minutes.

    python -m benchmarks.time_to_quality [--data-root DIR] [--seconds 120] [--rounds 3] [--ours 15] [--samples 10000]

A round trains both, each in a fresh process with the round as its seed: ours for ``--ours`` seconds, keeping its
averaged generator every quarter of a second, and the tutorial's for ``--seconds``. Afterwards the FCD of both is
measured on equally many samples. Loading data and measuring count on neither side; ours trains with evaluate=false.
"""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from statistics import median

from benchmarks import common, quality
from gan_demo.config import RunConfig
from gan_demo.data import datasets
from gan_demo.presets import PRESETS

EVERY = 0.25  # seconds of training between two of our generators


def main() -> None:
    """Measure and print."""
    parser = common.parser(__doc__, seconds=120, rounds=3)
    parser.add_argument("--ours", type=float, default=15, metavar="S", help="seconds that ours may train (15)")
    parser.add_argument("--samples", type=int, default=10_000, metavar="N", help="for each FCD (10000)")
    options = parser.parse_args()
    print(f"time to quality, full MNIST, FCD of {options.samples:,} samples\n{common.machine()}")
    times = [EVERY * (k + 1) for k in range(math.ceil(options.ours / EVERY))]
    base = {"data.name": "mnist", "root": options.data_root, "evaluate": False}
    data = datasets.load(PRESETS["digits"].with_settings(base).data)
    rows, fractions = [], []
    for turn in range(options.rounds):
        config = PRESETS["digits"].with_settings(base | {"seed": turn})
        with tempfile.TemporaryDirectory() as our_folder, tempfile.TemporaryDirectory() as folder:
            common.progress(f"round {turn + 1}: ours trains for {options.ours:g} s")
            checkpoints = quality.ours(config, times, Path(our_folder))
            common.progress(f"round {turn + 1}: the tutorial's loop trains for {options.seconds:g} s")
            last = quality.tutorial(options.data_root, [options.seconds], Path(folder), turn)[0]
        target = _fcd(quality.measure_tutorial(last.weights, data, options.samples))
        common.progress(f"round {turn + 1}: the tutorial's FCD is {target:.1f}; measuring ours")
        reached, fcd = _first(config, checkpoints, data, options.samples, target)
        fractions.append(reached / last.seconds)
        after = f"{reached:.2f}" if math.isfinite(reached) else f"not within {checkpoints[-1].seconds:.0f}"
        rows.append([str(turn), f"{last.seconds:.0f}", f"{target:.1f}", after, f"{fcd:.1f}", _share(fractions[-1])])
    print(common.table(["seed", "tutorial, s", "its FCD", "digits as good after, s", "its FCD then", "share"], rows))
    print(f"median share: {_share(median(fractions))} (aim: at most 1/20)")


def _first(
    config: RunConfig, checkpoints: list[quality.Checkpoint], data: datasets.Dataset, n: int, target: float
) -> tuple[float, float]:
    """Return (seconds, FCD) of our first generator with at most ``target``; (inf, last FCD) if there is none."""
    fcd = math.nan
    for checkpoint in checkpoints:
        fcd = _fcd(quality.measure(config, checkpoint.weights, data, n))
        common.progress(f"  {checkpoint.seconds:.2f} s, {checkpoint.images:,} images: FCD {fcd:.1f}")
        if fcd <= target:
            return checkpoint.seconds, fcd
    return math.inf, fcd


def _fcd(measures: quality.Measures) -> float:
    value = measures["fcd"]
    assert isinstance(value, float)
    return value


def _share(fraction: float) -> str:
    return f"1/{1 / fraction:.1f}" if fraction else "0"


if __name__ == "__main__":
    main()
