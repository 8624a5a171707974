"""Stacked-MNIST with a lean DCGAN: plain, with R3's loss and penalties, and with packing.

Part ``stacked`` of ``benchmarks.papers``. On a GPU: python -m benchmarks.papers --parts stacked --device cuda
--stacked-steps 50000. Without ``--stacked-steps`` it is a smoke run, whose figures say only that everything works.
"""

from __future__ import annotations

import time

import torch

from benchmarks import common
from benchmarks.papers import stacked
from benchmarks.papers.stacked import StackedMeasures
from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.data import datasets
from gan_demo.data.datasets import Dataset
from gan_demo.gan.classifier import SURE, load_classifier
from gan_demo.training.devices import check_device
from gan_demo.training.state import TrainState, new_state
from gan_demo.training.step import train_step

REAL_COUNT = 128_000  # fixed real images, as PacGAN has
SMOKE_STEPS = 100
HEAD = ("method", "steps", "batch", "modes of 1,000", "KL", "surely read", "modes surely read", "CPU s")

_PLAIN = TrainConfig(loss="non_saturating", batch=64, beta1=0.5, beta2=0.999, evaluate=False)
_R3 = TrainConfig(
    loss="relativistic",
    batch=64,
    g_lr=1e-3,
    d_lr=1e-3,
    beta1=0.0,
    beta2=0.99,
    schedule="cosine",
    r1=0.1,
    r2=0.1,
    ema=0.999,
    evaluate=False,
)
_MODEL = ModelConfig(arch="dcgan", z_dim=64, width=32, d_width=32)
METHODS: dict[str, RunConfig] = {
    "DCGAN": RunConfig(DataConfig("mnist"), _MODEL, _PLAIN),
    "DCGAN, packing 2": RunConfig(DataConfig("mnist"), _MODEL, _PLAIN).with_settings({"packing": 2}),
    "DCGAN with R3": RunConfig(DataConfig("mnist"), _MODEL, _R3),
}
PUBLISHED = (  # R3GAN's table (arXiv 2501.05441)
    ("DCGAN (paper)", "99", "3.40"),
    ("StyleGAN2 (paper)", "940", "0.42"),
    ("RpGAN + R1 + R2, small ResNet (paper)", "1,000", "0.078"),
    ("R3GAN (paper)", "1,000", "0.029"),
)


def measure_and_print(data_root: str, steps: int | None, device: str) -> None:
    """Train each method once and print the table."""
    check_device(device)
    digits = datasets.at_hand(DataConfig("mnist", root=data_root))
    assert digits is not None  # the embedded digits stand in
    rng = torch.Generator().manual_seed(0)
    images, _ = stacked.stacked(digits.samples, REAL_COUNT, rng)
    real = Dataset("stacked", images, torch.zeros(REAL_COUNT, 0, dtype=torch.int64), ()).to(device)
    rows = [[name, "", "", modes, kl, "", "", ""] for name, modes, kl in PUBLISHED]
    for name, config in METHODS.items():
        begin = time.process_time()
        state = _train(config.with_settings({"steps": steps or SMOKE_STEPS}), real, device)
        seconds = time.process_time() - begin
        facts = [f"{state.step:,}", f"{config.train.batch}"]
        rows.append([name, *facts, *_columns(_measure(_generated(state))), f"{seconds:.0f}"])
        common.progress(" ".join(rows[-1]))
    fresh, _ = stacked.stacked(digits.samples, stacked.SAMPLES, rng)
    rows.append(["perfect data", "", "", *_columns(_measure(fresh)), ""])
    label = "" if steps else ": A SMOKE RUN, far too short to compare with the papers"
    print(f"\nStacked-MNIST of {len(digits.samples):,} digits, {stacked.SAMPLES:,} samples, one seed{label}")
    print(f"surely read: all three digits with a probability above {SURE:g}; modes and KL count every sample")
    print(common.table(HEAD, rows), flush=True)


def _train(config: RunConfig, real: Dataset, device: str) -> TrainState:
    """Train from the settings' seed to their last step."""
    fitted = config.fit(real.shape, real.fields)
    state = new_state(fitted, device)
    batches = datasets.batches(real, fitted.train.batch, state.rng)
    for _ in range(fitted.train.steps):
        train_step(state, batches, fitted.train)
    return state


@torch.no_grad()
def _generated(state: TrainState) -> torch.Tensor:
    """Draw the measured images (SAMPLES, 3, 28, 28) in [-1, 1], on the CPU."""
    state.G_ema.eval()
    rng = torch.Generator().manual_seed(1)
    z = torch.randn(stacked.SAMPLES, state.G_ema.z_dim, generator=rng)
    return torch.cat([state.G_ema(part.to(state.device)).cpu() for part in torch.split(z, 1000)])


def _measure(images: torch.Tensor) -> StackedMeasures:
    classifier = load_classifier((1, 28, 28))
    assert classifier is not None
    return stacked.measure(images, classifier)


def _columns(result: StackedMeasures) -> list[str]:
    return [f"{result.modes:,}", f"{result.kl:.3f}", f"{100 * result.sure:.1f} %", f"{result.sure_modes:,}"]
