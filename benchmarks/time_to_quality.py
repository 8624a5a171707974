"""Seconds until the `digits` preset on full MNIST is as good as the tutorial's loop after two minutes.

    python -m benchmarks.time_to_quality [--data-root DIR] [--seconds 120] [--rounds 3] [--ours 15] [--samples 10000]

A round trains both, each in a fresh process with the round as its seed: ours for ``--ours`` seconds, keeping its
averaged generator every quarter of a second, and the tutorial's for ``--seconds``. Afterwards the same FCD is measured
of the same number of samples. Loading data and measuring count on neither side; ours trains with evaluate=false.
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
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
            common.progress(f"round {turn + 1}: ours trains for {options.ours:g} s")
            kept = quality.ours(config, times, Path(one))
            common.progress(f"round {turn + 1}: the tutorial's loop trains for {options.seconds:g} s")
            last = quality.tutorial(options.data_root, [options.seconds], Path(other), turn)[0]
        wanted = _fcd(quality.measure_tutorial(last.weights, data, options.samples))
        common.progress(f"round {turn + 1}: the tutorial's FCD is {wanted:.1f}; measuring ours")
        reached, fcd = _first(config, kept, data, options.samples, wanted)
        fractions.append(reached / last.seconds)
        said = f"{reached:.2f}" if math.isfinite(reached) else f"not within {kept[-1].seconds:.0f}"
        rows.append([str(turn), f"{last.seconds:.0f}", f"{wanted:.1f}", said, f"{fcd:.1f}", _share(fractions[-1])])
    print(common.table(["seed", "tutorial, s", "its FCD", "digits as good after, s", "its FCD then", "share"], rows))
    print(f"median share: {_share(median(fractions))} (aim: at most 1/20)")


def _first(
    config: RunConfig, kept: list[quality.Kept], data: datasets.Dataset, n: int, wanted: float
) -> tuple[float, float]:
    """(seconds, FCD) of our first generator that is as good; infinite seconds and the last FCD if none is."""
    fcd = math.nan
    for one in kept:
        fcd = _fcd(quality.measure(config, one.weights, data, n))
        common.progress(f"  {one.seconds:.2f} s, {one.images:,} images: FCD {fcd:.1f}")
        if fcd <= wanted:
            return one.seconds, fcd
    return math.inf, fcd


def _fcd(found: quality.Found) -> float:
    value = found["fcd"]
    assert isinstance(value, float)
    return value


def _share(fraction: float) -> str:
    return f"1/{1 / fraction:.1f}" if fraction else "0"


if __name__ == "__main__":
    main()
