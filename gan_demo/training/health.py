"""Checks that a training is still numerically sound: losses, weights, gradient norms."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import torch
from torch import nn

from gan_demo.errors import RunError

ADD_GP = "Lower the learning rates, or add a gradient penalty"
ADD_GP_KEPT = "Lower the learning rates, or add a gradient penalty; the last good checkpoint is kept"
ADD_R1 = "Lower the learning rates, or add an R1 penalty"
ADD_R1_KEPT = "Lower the learning rates, or add an R1 penalty; the last good checkpoint is kept"
DIVERGED = 1e7  # a loss with an absolute value above this counts as diverged


def gradient_norm(network: nn.Module) -> float:
    """Return the Euclidean norm of all gradients of ``network``; 0 if it has none."""
    gradients = [parameter.grad for parameter in network.parameters() if parameter.grad is not None]
    return float(torch.nn.utils.get_total_norm(gradients)) if gradients else 0.0


def check_losses(row: Mapping[str, float], step: int, has_checkpoint: bool) -> None:
    """Raise RunError if ``d_loss`` or ``g_loss`` of a metrics row is not finite or beyond DIVERGED.

    ``has_checkpoint``: whether the run has one, which the error then promises.
    """
    for name in ("d_loss", "g_loss"):
        if not math.isfinite(row[name]):
            raise _not_a_number(name, row[name], step, has_checkpoint)
        if abs(row[name]) > DIVERGED:
            remedy = ADD_GP_KEPT if has_checkpoint else ADD_GP
            raise RunError(name, f"{row[name]:,.0f}", "diverged at step {step}", remedy, step=step)


def check_weights(networks: Iterable[nn.Module], step: int, has_checkpoint: bool) -> None:
    """Raise RunError if a weight of one of the networks is not finite; ``has_checkpoint`` as in ``check_losses``."""
    for network in networks:
        with torch.no_grad():
            norm = torch.nn.utils.get_total_norm(list(network.parameters()))
        if not math.isfinite(norm):
            raise _not_a_number("weights", "NaN", step, has_checkpoint)


def _not_a_number(field: str, value: object, step: int, has_checkpoint: bool) -> RunError:
    remedy = ADD_R1_KEPT if has_checkpoint else ADD_R1
    return RunError(field, value, "became NaN or infinite at step {step}", remedy, step=step)
