"""FCD, speed and classes after 10, 30, 60 and 120 seconds of training, for three presets.

    python -m benchmarks.quality_table [--data-root DIR] [--seconds 120] [--samples 10000] [PRESET ...]

`digits` and `tutorial` train on full MNIST, `faces` on its own 20,000. A preset trains once in a fresh process, as from
the command line, evaluations included; its averaged generator is copied at these times and measured afterwards.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import common, quality
from gan_demo.data import datasets
from gan_demo.presets import PRESETS

TIMES = (10, 30, 60, 120)
NAMES = ("digits", "tutorial", "faces")


def main() -> None:
    """Measure and print."""
    parser = common.parser(__doc__, seconds=120, rounds=1)
    parser.add_argument("presets", nargs="*", default=list(NAMES), metavar="PRESET", help=", ".join(NAMES))
    parser.add_argument("--samples", type=int, default=10_000, metavar="N", help="for each FCD (10000)")
    options = parser.parse_args()
    print(f"quality by training time, {options.samples:,} samples\n{common.machine()}")
    times = [t for t in TIMES if t < options.seconds] + [options.seconds]
    rows = []
    for name in options.presets:
        for turn in range(options.rounds):
            rows += _rows(name, turn, times, options.data_root, options.samples)
    head = ["preset", "seed", "seconds", "images/s", "FCD", "precision", "recall", "classes", "confident"]
    print(common.table(head, rows))


def _rows(name: str, seed: int, times: list[float], data_root: str, n: int) -> list[list[str]]:
    full = {} if name == "faces" else {"data.name": "mnist", "root": data_root}
    config = PRESETS[name].with_settings(full | {"seed": seed})
    common.progress(f"{name} trains for {times[-1]:g} s on {config.data.name}")
    with tempfile.TemporaryDirectory() as folder:
        checkpoints = quality.ours(config, times, Path(folder))
    data = datasets.load(config.data)
    rows = []
    for checkpoint in checkpoints:
        seconds = checkpoint.seconds
        common.progress(f"{name} after {seconds:.0f} s is measured")
        measures = quality.measure(config, checkpoint.weights, data, n)
        shares = measures["histogram"]
        assert isinstance(shares, list)
        rows.append(
            [
                name,
                str(seed),
                f"{seconds:.0f}",
                f"{checkpoint.images / seconds:,.0f}",
                f"{measures['fcd']:.1f}",
                f"{measures['precision']:.3f}",
                f"{measures['recall']:.3f}",
                f"{measures['classes']:.0f}/{len(shares)}",
                f"{measures['confident']:.3f}",
            ]
        )
    return rows


if __name__ == "__main__":
    main()
