"""One training step: the order of D's and G's updates, learning rates, moving average, and the report.

``gan.step`` computes the losses; the updates change a ``TrainState``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from gan_demo.config import TrainConfig
from gan_demo.gan import augment
from gan_demo.gan.losses import LOSSES, real_shares
from gan_demo.gan.step import DiscriminatorLoss, discriminator_loss, generator_loss, packed
from gan_demo.schedule import rate_factor
from gan_demo.training.state import TrainState

Batch = tuple[Tensor, Tensor | None]  # samples (N, ...) and labels (N, K)


class StepReport(NamedTuple):
    """Losses and logits of one step, detached and still on the device; ``summary`` turns many into numbers at once."""

    d_loss: Tensor  # scalar, without penalties
    g_loss: Tensor  # scalar
    real_logits: Tensor  # (N,)
    fake_logits: Tensor  # (N,)
    penalty: Tensor | None  # scalar; None if none was due


def train_step(state: TrainState, real: Iterator[Batch], train: TrainConfig) -> StepReport:
    """Update D ``d_steps`` times, then G once. Reports D's last batch, and the mean penalty of all of D's updates."""
    _set_learning_rates(state, train)
    penalties: list[Tensor] = []
    for _ in range(train.d_steps - 1):
        x, y = next(real)
        with torch.no_grad():
            fake = state.G(_latents(state, len(x)), y)
        penalties += _update_discriminator(state, train, x, fake, y).penalties
    x, y = next(real)
    fake = state.G(_latents(state, len(x)), y)  # with its graph: G learns from the same fakes
    d_result = _update_discriminator(state, train, x, fake.detach(), y)
    penalties += d_result.penalties
    g_loss = _update_generator(state, train, x, fake, y)
    _end_step(state, train)
    penalty = torch.stack(penalties).sum() / train.d_steps if penalties else None
    return StepReport(d_result.adversarial, g_loss, d_result.real_logits, d_result.fake_logits, penalty)


def d_step(state: TrainState, real: Iterator[Batch], train: TrainConfig) -> StepReport:
    """Update D alone; the step count stays. The reported G loss is computed, but not learned from."""
    _set_learning_rates(state, train)
    x, y = next(real)
    with torch.no_grad():
        fake = state.G(_latents(state, len(x)), y)
    d_result = _update_discriminator(state, train, x, fake, y)
    penalty = torch.stack(d_result.penalties).sum() if d_result.penalties else None
    g_loss = LOSSES[train.loss].g(d_result.real_logits, d_result.fake_logits)
    return StepReport(d_result.adversarial, g_loss, d_result.real_logits, d_result.fake_logits, penalty)


def g_step(state: TrainState, real: Iterator[Batch], train: TrainConfig) -> StepReport:
    """Update G alone; the step count advances. The reported D loss has no penalties and is not learned from."""
    _set_learning_rates(state, train)
    x, y = next(real)
    fake = state.G(_latents(state, len(x)), y)
    g_loss = _update_generator(state, train, x, fake, y)
    with torch.no_grad():
        x, fake = _augmented(state, train, x, fake)
        real_logits, fake_logits = (state.D(packed(samples, state.D.packing), y) for samples in (x, fake))
    _end_step(state, train)
    return StepReport(LOSSES[train.loss].d(real_logits, fake_logits), g_loss, real_logits, fake_logits, None)


def summary(reports: list[StepReport], loss: str) -> dict[str, float]:
    """Return means over some steps: ``d_loss``, ``g_loss``, ``penalty``, ``d_real`` = D(x), ``d_fake`` = D(G(z))."""
    real_logits = torch.stack([report.real_logits for report in reports])  # (S, N)
    fake_logits = torch.stack([report.fake_logits for report in reports])  # (S, N)
    d_real, d_fake = real_shares(loss, real_logits, fake_logits)  # (S, N)
    penalties = [report.penalty for report in reports if report.penalty is not None]
    scalars = {
        "d_loss": torch.stack([report.d_loss for report in reports]).mean(),
        "g_loss": torch.stack([report.g_loss for report in reports]).mean(),
        "d_real": d_real.mean(),
        "d_fake": d_fake.mean(),
        "penalty": torch.stack(penalties).sum() / len(reports) if penalties else real_logits.new_zeros(()),
    }
    return dict(zip(scalars, torch.stack(list(scalars.values())).tolist(), strict=True))  # one wait for the device


def _latents(state: TrainState, n: int) -> Tensor:
    return torch.randn(n, state.G.z_dim, generator=state.rng, device=state.device)  # (N, Z)


def _augmented(state: TrainState, train: TrainConfig, *samples: Tensor) -> tuple[Tensor, ...]:
    """Return samples (N, ...) as D is shown them, each batch changed by strengths of its own."""
    if not train.augment:
        return samples
    return tuple(augment.apply(x, train.augment, augment.draw(len(x), state.rng)) for x in samples)


def _update_discriminator(
    state: TrainState, train: TrainConfig, x: Tensor, fake: Tensor, y: Tensor | None
) -> DiscriminatorLoss:
    """Update D once; the penalties come every ``penalty_every`` updates."""
    D, penalised = state.D, state.d_updates % train.penalty_every == 0
    x, fake = _augmented(state, train, x, fake)
    x, fake = packed(x, D.packing), packed(fake, D.packing)  # (N, ...), or (N/m, m·C, ...)
    positions = torch.rand(len(x), generator=state.rng, device=state.device) if penalised and train.gp else None  # (N,)
    joint = train.gp == 0 and not D.has_batch_norm
    result = discriminator_loss(D, train, x, fake, y, penalised=penalised, joint=joint, positions=positions)
    _minimise(result.total, state.d_optimizer)
    state.d_updates += 1
    return result.detach()


def _update_generator(state: TrainState, train: TrainConfig, x: Tensor, fake: Tensor, y: Tensor | None) -> Tensor:
    """Update G once through a fixed D; return the loss, detached."""
    packing = state.D.packing
    if LOSSES[train.loss].g_needs_real:
        (x,) = _augmented(state, train, x)
    (fake,) = _augmented(state, train, fake)
    loss = generator_loss(state.D, train, packed(x, packing), packed(fake, packing), y)
    _minimise(loss, state.g_optimizer)
    return loss.detach()


def _minimise(loss: Tensor, optimizer: torch.optim.Optimizer) -> None:
    """Take one optimiser step; gradients of other parameters are neither computed nor touched."""
    parameters = optimizer.param_groups[0]["params"]
    for parameter in parameters:
        parameter.grad = None
    loss.backward(inputs=parameters)  # type: ignore[no-untyped-call]
    optimizer.step()


def _set_learning_rates(state: TrainState, train: TrainConfig) -> None:
    factor = rate_factor(train, state.step)
    for optimizer, rate in ((state.d_optimizer, train.d_lr), (state.g_optimizer, train.g_lr)):
        optimizer.param_groups[0]["lr"] = rate * factor


def _end_step(state: TrainState, train: TrainConfig) -> None:
    if train.ema:
        _update_average(state, train.ema)
    state.step += 1


def _update_average(state: TrainState, decay: float) -> None:
    """Move G_ema towards G, batch statistics too; faster at first, so that it does not lag in the first pictures."""
    weight = 1 - min(decay, (1 + state.step) / (10 + state.step))
    targets = [*state.G_ema.parameters(), *(b for b in state.G_ema.buffers() if b.is_floating_point())]
    sources = [*state.G.parameters(), *(b for b in state.G.buffers() if b.is_floating_point())]
    with torch.no_grad():
        torch._foreach_lerp_(targets, sources, weight)
