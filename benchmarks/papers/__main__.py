"""Mode collapse by the protocol of the papers: PacGAN's ring and grid, Stacked-MNIST, with the published figures.

    python -m benchmarks.papers [--parts ring grid others stacked] [--seeds 10] [--other-seeds 3]
                                [--first-seed 0] [--steps N] [--other-steps N] [--stacked-steps N] [--device D]
                                [--data-root DIR]

``ring`` and ``grid``: the settings with which ours is to cover every mode, trained from ``--seeds`` seeds side by side.
``others``: plain GAN, WGAN-GP, packing and R3 under the same budget. ``stacked``: see ``stacked_trainings``.
docs/papers.md has the protocol. Seconds are processor time, as others may use the machine.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Sequence

import torch

from benchmarks import common
from benchmarks.papers import protocol, stacked_trainings
from benchmarks.papers.methods import OTHERS, OURS, PUBLISHED, Preset
from benchmarks.papers.protocol import MIXTURES, Measures, mean_and_error
from benchmarks.papers.side_by_side import Trainings

PARTS = ("ring", "grid", "others", "stacked")
HEAD = ("method", "seeds", "steps", "batch", "modes", "all modes", "high quality", "KL", "worst KL", "CPU s a seed")


def main() -> None:
    """Measure and print."""
    options = _options()
    torch.set_num_threads(1)
    print(f"{common.machine()}; each training on one thread")
    mixtures = [name for name in MIXTURES if name in options.parts] or list(MIXTURES)
    for name in mixtures if set(options.parts) - {"stacked"} else ():
        rows = _published_rows(name)
        if name in options.parts:
            rows.append(_row("ours (R3)", name, OURS[name].with_steps(options.steps), _seeds(options, options.seeds)))
        if "others" in options.parts:
            rows += _other_rows(name, options.other_steps, _seeds(options, options.other_seeds))
        print(f"\n{name}\n{common.table(HEAD, [*rows, _perfect_row(name)])}", flush=True)
    if "stacked" in options.parts:
        stacked_trainings.measure_and_print(options.data_root, options.stacked_steps, options.device)


def _options() -> argparse.Namespace:
    parser = common.with_data_root(__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--seeds", type=_positive, default=10, metavar="N", help="of ours (10)")
    parser.add_argument("--other-seeds", type=_positive, default=3, metavar="N", help="of the other methods (3)")
    parser.add_argument("--first-seed", type=int, default=0, metavar="N", help="first of these seeds (0)")
    parser.add_argument("--steps", type=_positive, metavar="N", help="of ours, instead of the settings' own")
    parser.add_argument("--other-steps", type=_positive, metavar="N", help="of the others, instead of as many as ours")
    parser.add_argument("--stacked-steps", type=_positive, metavar="N", help="of Stacked-MNIST; default: a smoke run")
    parser.add_argument("--device", default="cpu", metavar="D", help="of Stacked-MNIST (cpu)")
    return parser.parse_args()


def _seeds(options: argparse.Namespace, count: int) -> range:
    return range(options.first_seed, options.first_seed + count)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def _other_rows(name: str, steps: int | None, seeds: Sequence[int]) -> list[list[str]]:
    """Train every other method, and ours where the budget is not its own.

    A batch that packing does not divide is made smaller.
    """
    rows = []
    budget: dict[str, dict[str, object]] = {"ours (R3), same budget": {}} if steps else {}
    for method, changes in (budget | OTHERS).items():
        packing = changes.get("packing", 1)
        assert isinstance(packing, int)
        batch = OURS[name].config.train.batch // packing * packing
        preset = OURS[name].with_settings({"batch": batch}).with_settings(changes)
        rows.append(_row(method, name, preset.with_steps(steps), seeds))
    return rows


def _row(method: str, name: str, preset: Preset, seeds: Sequence[int]) -> list[str]:
    """Train one method from all seeds side by side; return its row."""
    train, begin = preset.config.train, time.process_time()
    trainings = Trainings(MIXTURES[name], preset.config, seeds, preset.d_activation, preset.spread, preset.slope)
    for _ in range(train.steps):
        trainings.step()
    seconds = time.process_time() - begin
    results = [protocol.measure(MIXTURES[name], points) for points in trainings.samples(protocol.SAMPLES)]
    for seed, result in zip(seeds, results, strict=True):
        measures = f"{result.modes} modes, {100 * result.high_quality:.1f} %, KL {result.kl:.4f}"
        common.progress(f"{name}, {method}, seed {seed}: {measures}")
    facts = [f"{len(seeds)}", f"{train.steps:,}", f"{train.batch}"]
    return [method, *facts, *_measured(results, name), f"{seconds / len(seeds):.0f}"]


def _measured(results: Sequence[Measures], name: str) -> list[str]:
    """Return the columns from modes to the worst KL: means and their standard errors."""
    modes, modes_error = mean_and_error([result.modes for result in results])
    quality, quality_error = mean_and_error([100 * result.high_quality for result in results])
    kl, kl_error = mean_and_error([result.kl for result in results])
    complete = sum(result.modes == len(MIXTURES[name].centres) for result in results)
    return [
        f"{modes:.1f} ± {modes_error:.1f}",
        f"{complete}/{len(results)}",
        f"{quality:.1f} ± {quality_error:.1f} %",
        f"{kl:.4f} ± {kl_error:.4f}",
        f"{_worst([result.kl for result in results]):.4f}",
    ]


def _worst(values: Sequence[float]) -> float:
    """Return the largest value, NaN if there is one."""
    return math.nan if any(math.isnan(value) for value in values) else max(values)


def _published_rows(name: str) -> list[list[str]]:
    return [
        [f"{method} (paper)", "10", "400,000", "100", row.modes, "", row.high_quality, row.kl, "", ""]
        for method, row in PUBLISHED[name].items()
    ]


def _perfect_row(name: str) -> list[str]:
    """Return what fresh samples of the mixture read, from ten seeds."""
    rngs = [torch.Generator().manual_seed(seed) for seed in range(10)]
    results = [protocol.measure(MIXTURES[name], protocol.draw(MIXTURES[name], protocol.SAMPLES, rng)) for rng in rngs]
    return ["perfect data", "10", "", "", *_measured(results, name), ""]


if __name__ == "__main__":
    main()
