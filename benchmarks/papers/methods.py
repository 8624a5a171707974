"""Settings of the methods that are compared, and the figures that their papers published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from benchmarks.papers import protocol
from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig


class Preset(NamedTuple):
    """Settings of a training, and those that ``Trainings`` has beside them."""

    config: RunConfig
    d_activation: str
    spread: float  # standard deviation of the data as the networks see it
    slope: float = 1.0  # of G's tanh at the last step

    def with_settings(self, settings: Mapping[str, object]) -> Preset:
        """Return a copy with other settings: ``slope`` is the preset's own, the others its configuration's."""
        slope = settings.get("slope", self.slope)
        assert isinstance(slope, float)
        config = self.config.with_settings({name: value for name, value in settings.items() if name != "slope"})
        return self._replace(config=config, slope=slope)

    def with_steps(self, steps: int | None) -> Preset:
        """Return a copy with as many steps, if a number is given."""
        return self.with_settings({"steps": steps}) if steps else self


# Penalties in every step: lazy ones fail on 2-D sets (R3GAN's appendix). G's tanh saturates between its jumps from mode
# to mode; with a leaky ReLU there, far more samples lie between the modes (docs/papers.md).
_R3 = TrainConfig(
    loss="relativistic",
    batch=100,
    steps=20_000,
    d_steps=2,  # with one, fewer samples are of high quality
    g_lr=7e-4,
    d_lr=1.5e-3,
    beta1=0.0,
    beta2=0.99,
    schedule="cosine",
    r1=0.3,
    r2=0.3,
    ema=0.9999,  # ``training.step`` lets it grow: an average over about the last tenth of the steps
    evaluate=False,
)
_MODEL = ModelConfig("points", protocol.LATENT_DIM, width=64, d_width=64, depth=4, d_depth=3, activation="tanh")
# The steeper G's tanh, the fewer samples between the modes; a slope that grows brings what longer training does not.
_GRID: dict[str, object] = {"slope": 3.0, "d_depth": 4, "steps": 40_000, "d_steps": 1, "g_lr": 2.5e-4, "d_lr": 1e-3}
OURS: dict[str, Preset] = {
    "ring": Preset(RunConfig(DataConfig("ring"), _MODEL, _R3), "leaky_relu", spread=3.0),
    "grid": Preset(RunConfig(DataConfig("grid"), _MODEL, _R3), "leaky_relu", spread=6.0).with_settings(_GRID),
}

# What the others change: networks, data and batch stay. The plain GAN has no penalties, schedules or average.
_PLAIN: dict[str, object] = {"loss": "non_saturating", "r1": 0.0, "r2": 0.0, "ema": 0.0, "schedule": "constant"}
_PLAIN |= {"slope": 1.0, "g_lr": 1e-3, "d_lr": 1e-3, "beta1": 0.5, "beta2": 0.999}
_WASSERSTEIN: dict[str, object] = {"loss": "wasserstein", "gp": 1.0, "d_steps": 5, "g_lr": 1e-3, "d_lr": 1e-3}
OTHERS: dict[str, dict[str, object]] = {
    "plain GAN": _PLAIN,
    "WGAN-GP, 5 D steps": _PLAIN | _WASSERSTEIN,
    **{f"plain GAN, packing {m}": _PLAIN | {"packing": m} for m in (2, 3, 4)},
    "R3 without R2": {"r2": 0.0},
    "R3, packing 2": {"packing": 2},
}


class Published(NamedTuple):
    """Figures of PacGAN's table 1 (arXiv 1712.04086), after 400,000 steps of batch 100."""

    modes: str
    high_quality: str
    kl: str


PUBLISHED: dict[str, dict[str, Published]] = {
    "ring": {
        "GAN": Published("6.3 ± 0.5", "98.2 %", "0.45"),
        "PacGAN2": Published("7.9", "95.6 %", "0.07"),
        "PacGAN3": Published("7.8", "97.7 %", "0.10"),
        "PacGAN4": Published("7.8", "95.9 %", "0.07"),
    },
    "grid": {
        "GAN": Published("17.3 ± 0.8", "94.8 %", "0.70"),
        "PacGAN2": Published("23.8", "91.3 %", "0.13"),
        "PacGAN3": Published("24.6", "94.2 %", "0.06"),
        "PacGAN4": Published("24.8 ± 0.2", "93.6 %", "0.04"),
    },
}
