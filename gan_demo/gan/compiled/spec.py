"""What a compiled step is made for (``GraphSpec``), and the numbers that may change while it runs (``controls``)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from gan_demo.config import LOSS_NAMES, OPTIMIZERS, ModelConfig, RunConfig, TrainConfig

UPDATES = ("step", "d", "g")  # D once and then G once; D alone; G alone
SMOOTHED_LOSSES = ("minimax", "non_saturating")  # losses with label smoothing
ADAM_EPSILON = 1e-8  # torch's, of RMSprop too

_OPTIMIZER_CONTROLS = (
    "lr",  # learning rate
    "beta1",
    "beta2",
    "rest1",  # 1 - beta1, computed in double precision, as the next three are
    "rest2",  # 1 - beta2
    "correction1",  # 1 / (1 - beta1^t), for the t-th update of this network, from 1
    "correction2",  # 1 / sqrt(1 - beta2^t)
    "eps",
)
CONTROLS = (
    *(f"{network}_{name}" for network in ("g", "d") for name in _OPTIMIZER_CONTROLS),
    "r1",
    "r2",
    "gp",
    "penalty_every",  # factor of all penalties
    "label_smoothing",
    "average_weight",  # how far G's average moves towards G; 1 makes it a copy
)
REPORT = ("d_loss", "g_loss", "penalty", "d_gradient", "g_gradient")  # the output ``report``; the last two are norms


@dataclass(frozen=True)
class GraphSpec:
    """Everything that changes the graph of a step."""

    model: ModelConfig  # with ``shape`` and ``labels`` filled in
    loss: str
    optimizer: str
    batch: int
    update: str = "step"
    zero_centred: bool = False  # R1 and R2, whatever their weights
    interpolated: bool = False  # WGAN-GP's penalty

    def __post_init__(self) -> None:
        assert self.loss in LOSS_NAMES
        assert self.optimizer in OPTIMIZERS
        assert self.update in UPDATES
        assert self.model.shape, "RunConfig.fit sets the shape"

    @staticmethod
    def of(config: RunConfig, update: str = "step", penalised: bool = True) -> GraphSpec:
        """Return what settings need for an update with the penalties that they ask for, or without."""
        train, plain = config.train, update == "g" or not penalised
        return GraphSpec(
            given_noise(config.model),
            train.loss,
            train.optimizer,
            train.batch,
            update,
            zero_centred=not plain and (train.r1 > 0 or train.r2 > 0),
            interpolated=not plain and train.gp > 0,
        )


def given_noise(model: ModelConfig) -> ModelConfig:
    """Return the networks whose G takes latents as they are: whoever runs a graph draws them, uniform ones too."""
    return dataclasses.replace(model, noise="normal")


def controls(train: TrainConfig, g_updates: int, d_updates: int, factor: float = 1.0) -> np.ndarray:
    """Return float32 (C,), in the order of ``CONTROLS``, for the update after so many of G and D.

    ``factor`` is ``schedule.rate_factor``. The average's weight is the one of ``training.step``.
    """
    values = {
        **_optimizer_controls("g", train, train.g_lr * factor, g_updates + 1),
        **_optimizer_controls("d", train, train.d_lr * factor, d_updates + 1),
        "r1": train.r1,
        "r2": train.r2,
        "gp": train.gp,
        "penalty_every": train.penalty_every,
        "label_smoothing": train.label_smoothing,
        "average_weight": 1 - min(train.ema, (1 + g_updates) / (10 + g_updates)) if train.ema else 1.0,
    }
    return np.array([values[name] for name in CONTROLS], np.float32)


def _optimizer_controls(network: str, train: TrainConfig, lr: float, t: int) -> dict[str, float]:
    beta1, beta2 = train.beta1, train.beta2
    values = (lr, beta1, beta2, 1 - beta1, 1 - beta2, 1 / (1 - beta1**t), (1 - beta2**t) ** -0.5, ADAM_EPSILON)
    return {f"{network}_{name}": value for name, value in zip(_OPTIMIZER_CONTROLS, values, strict=True)}
