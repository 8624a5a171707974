"""FCD of `digits` on full MNIST within its minute: the schedule fitted to it against that of the preset's whole plan.

    python -m benchmarks.minute [--data-root DIR] [--seconds 60] [--rounds 1] [--samples 10000]

A round trains both, each in a fresh process with the round as its seed, the fitted one as a card starts it: with a time
budget of ``--seconds``, which it turns into steps by its own pace. The averaged generators at 1/20, 1/6, 1/2 and all of
that time (3, 10, 30 and 60 s) are measured afterwards. Loading data and measuring count on neither side.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import common, quality
from gan_demo.data import datasets
from gan_demo.presets import PRESETS

SHARES = (1 / 20, 1 / 6, 1 / 2, 1.0)


def main() -> None:
    """Measure and print."""
    parser = common.parser(__doc__, seconds=60, rounds=1)
    parser.add_argument("--samples", type=int, default=10_000, metavar="N", help="for each FCD (10000)")
    parser.add_argument("--preset", default="digits", metavar="NAME", help="the preset (digits)")
    options = parser.parse_args()
    print(f"{options.preset} within {options.seconds:g} s, FCD of {options.samples:,} samples\n{common.machine()}")
    times = [options.seconds * share for share in SHARES]
    base: dict[str, object] = {"evaluate": False}
    if options.preset == "digits":
        base |= {"data.name": "mnist", "root": options.data_root}
    preset = PRESETS[options.preset].with_settings(base)
    data = datasets.load(preset.data)
    rows = []
    for turn in range(options.rounds):
        config = preset.with_settings({"seed": turn})
        for name, budget in (("whole plan", 0.0), ("fitted", options.seconds)):
            with tempfile.TemporaryDirectory() as folder:
                common.progress(f"round {turn + 1}: {name}")
                checkpoints = quality.ours(config, times, Path(folder), budget)
            for checkpoint in checkpoints:
                measures = quality.measure(config, checkpoint.weights, data, options.samples)
                facts = [f"{measures[key]:.2f}" for key in ("fcd", "precision", "recall")]
                rows.append([name, str(turn), f"{checkpoint.seconds:.1f}", f"{checkpoint.images:,}", *facts])
    print(common.table(["schedule", "seed", "seconds", "images", "FCD", "precision", "recall"], rows))


if __name__ == "__main__":
    main()
