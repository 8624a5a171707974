"""What DiffAugment does for small data sets: FCD against the whole set, of trainings on its first 100 or 500 images.

    python -m benchmarks.augmentation --images 100 500 --seeds 0 1 --steps 2500

Trains on one thread and prints a row for each training: data, images, augmentation, seed, FCD, CPU seconds. Both
trainings of a pair take the same number of steps, so that other work on the machine changes nothing.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import time
from pathlib import Path

import torch

from benchmarks import quality
from gan_demo.config import RunConfig
from gan_demo.data import datasets
from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir
from gan_demo.training.trainer import train

SAMPLES = 5_000
CONDITIONAL = {"digits": True, "faces": False}  # faces as own images are trained: without labels
POLICY = "color-translation-cutout"


def main() -> None:
    """Train, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", nargs="+", default=["faces", "digits"], choices=tuple(CONDITIONAL))
    parser.add_argument("--images", type=int, nargs="+", default=[100, 500])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--steps", type=int, default=2_500)
    parser.add_argument("--policies", nargs="+", default=["", POLICY])
    options = parser.parse_args()
    torch.set_num_threads(1)
    for seed, images, name, policy in itertools.product(options.seeds, options.images, options.data, options.policies):
        settings = {"conditional": CONDITIONAL[name], "limit": images, "augment": policy, "seed": seed}
        config = PRESETS[name].with_settings(settings | {"steps": options.steps, "evaluate": False})
        fcd, seconds = measured(config)
        print(f"{name} | {images} | {policy or 'none'} | {seed} | {fcd:.1f} | {seconds:.0f}", flush=True)


def measured(config: RunConfig) -> tuple[float, float]:
    """Train with ``config``; return the averaged generator's FCD against the whole set, and the CPU seconds."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.process_time()
        run = RunDir.create(Path(folder) / "run", config, "benchmark")
        for _ in train(run):
            pass
        seconds = time.process_time() - begin
        weights = run.load_checkpoint(run.info.checkpoints[-1])
    whole = datasets.load(datasets.DataConfig(config.data.name))
    return float(str(quality.measure(config, weights, whole, SAMPLES)["fcd"])), seconds


if __name__ == "__main__":
    main()
