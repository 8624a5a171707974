"""What training changes (two networks, their optimisers, G's moving average, the random state), and one step of it."""

from __future__ import annotations

import copy
import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from gan_demo.config import RunConfig, TrainConfig
from gan_demo.errors import RunError
from gan_demo.losses import LOSSES, Adversarial, gradient_penalty, real_shares, smoothed, squared_gradients
from gan_demo.models import Discriminator, Generator, build_discriminator, build_generator, refuse_giants

Batch = tuple[Tensor, Tensor | None]


class StepReport(NamedTuple):
    """What a step leaves behind, still on the device: ``summary`` makes numbers of many of them at once."""

    d_loss: Tensor
    g_loss: Tensor
    real_logits: Tensor  # (N,)
    fake_logits: Tensor  # (N,)
    penalty: Tensor | None  # None where none was due


@dataclass
class TrainState:
    """Everything that decides what the next step does."""

    G: Generator
    D: Discriminator
    G_ema: Generator  # G itself when there is no moving average
    g_optimizer: torch.optim.Optimizer
    d_optimizer: torch.optim.Optimizer
    rng: torch.Generator  # on the device; the only source of randomness
    step: int = 0  # generator updates done
    d_updates: int = 0

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        return self.rng.device

    def tensors(self) -> dict[str, Tensor]:
        """All of it by name, as ``RunDir.save_state`` wants it."""
        parts: dict[str, Tensor] = {"rng": self.rng.get_state()}
        parts["counts"] = torch.tensor([self.step, self.d_updates])
        for name, network in (("G", self.G), ("D", self.D), ("ema", self.G_ema)):
            if name != "ema" or self.G_ema is not self.G:
                parts |= {f"{name}.{key}": value for key, value in network.state_dict().items()}
        for name, optimizer in (("g_optimizer", self.g_optimizer), ("d_optimizer", self.d_optimizer)):
            for index, values in optimizer.state_dict()["state"].items():
                parts |= {f"{name}.{index}.{key}": torch.as_tensor(value) for key, value in values.items()}
        return parts

    def load(self, tensors: dict[str, Tensor]) -> None:
        """The inverse of ``tensors``: training goes on as if it never stopped. Raises RunError if they don't fit."""
        try:
            for name, network in (("G", self.G), ("D", self.D), ("ema", self.G_ema)):
                if name != "ema" or self.G_ema is not self.G:
                    network.load_state_dict(_part(tensors, name))
            for name, optimizer in (("g_optimizer", self.g_optimizer), ("d_optimizer", self.d_optimizer)):
                _load_optimizer(optimizer, _part(tensors, name))
            _restore_rng(self.rng, tensors["rng"])
            self.step, self.d_updates = (int(n) for n in tensors["counts"])
        except (KeyError, ValueError, RuntimeError) as failure:
            raise RunError(
                "run", "state", "does not fit the settings", "Start a new run with these settings"
            ) from failure


def _restore_rng(rng: torch.Generator, saved: Tensor) -> None:
    """Continue the saved random numbers; those of another kind of device cannot be, so they only give the seed."""
    if saved.shape == rng.get_state().shape:
        rng.set_state(saved)
    else:
        digest = hashlib.sha256(saved.numpy().tobytes()).digest()
        rng.manual_seed(int.from_bytes(digest[:7], "little"))


def adapted(tensors: dict[str, Tensor], was: TrainConfig, now: TrainConfig) -> dict[str, Tensor]:
    """``TrainState.tensors`` for other settings: another optimiser starts anew, an average that was not begins as G."""
    momentum = (was.beta1 > 0) != (now.beta1 > 0) and now.optimizer != "adam"
    anew = ("g_optimizer.", "d_optimizer.") if was.optimizer != now.optimizer or momentum else ()
    dropped = (*anew, *(() if now.ema else ("ema.",)))
    kept = {key: value for key, value in tensors.items() if not key.startswith(dropped)}
    if now.ema and not was.ema:
        kept |= {f"ema.{key}": value.clone() for key, value in _part(tensors, "G").items()}
    return kept


def new_state(config: RunConfig, device: str) -> TrainState:
    """Networks drawn from the seed; nothing learned yet. Raises ConfigError if they are too large."""
    train = config.train
    refuse_giants(config.model)
    G = build_generator(config.model, train.seed).to(device)
    D = build_discriminator(config.model, train.seed).to(device)
    ema = copy.deepcopy(G).requires_grad_(False).eval() if train.ema else G
    rng = torch.Generator(device=device).manual_seed(train.seed)
    return TrainState(G, D, ema, _optimizer(G, train, train.g_lr), _optimizer(D, train, train.d_lr), rng)


def schedule(train: TrainConfig, step: int) -> float:
    """The learning rates' factor at a step: 0..1."""
    climb = min(1.0, (step + 1) / train.warmup) if train.warmup else 1.0
    done = min(1.0, step / train.steps)
    fall = {"constant": 1.0, "linear": 1.0 - done, "cosine": 0.5 * (1 + math.cos(math.pi * done))}
    return climb * fall[train.schedule]


def train_step(state: TrainState, real: Iterator[Batch], train: TrainConfig) -> StepReport:
    """``d_steps`` updates of D, one of G. Only the last batch of D is reported, but the penalties of all."""
    loss = LOSSES[train.loss]
    _set_rates(state, train)
    penalties: list[Tensor] = []
    for _ in range(train.d_steps - 1):
        x, y = next(real)
        with torch.no_grad():
            fake = state.G(_latents(state, len(x)), y)
        penalties += _update_discriminator(state, loss, train, x, fake, y).penalties
    x, y = next(real)
    fake = state.G(_latents(state, len(x)), y)  # with its graph: the same fakes then teach G
    seen = _update_discriminator(state, loss, train, x, fake.detach(), y)
    penalties += seen.penalties
    g_loss = _update_generator(state, loss, x, fake, y)
    _end_step(state, train)
    penalty = torch.stack(penalties).sum() / train.d_steps if penalties else None
    return StepReport(seen.loss, g_loss, seen.real_logits, seen.fake_logits, penalty)


def d_step(state: TrainState, real: Iterator[Batch], train: TrainConfig) -> StepReport:
    """One update of D alone; the step does not advance. G's loss is what it would be, unlearned."""
    loss = LOSSES[train.loss]
    _set_rates(state, train)
    x, y = next(real)
    with torch.no_grad():
        fake = state.G(_latents(state, len(x)), y)
    seen = _update_discriminator(state, loss, train, x, fake, y)
    penalty = torch.stack(seen.penalties).sum() if seen.penalties else None
    g_loss = loss.g(seen.real_logits, seen.fake_logits)
    return StepReport(seen.loss, g_loss, seen.real_logits, seen.fake_logits, penalty)


def g_step(state: TrainState, real: Iterator[Batch], train: TrainConfig) -> StepReport:
    """One update of G alone; the step advances. D's loss is what it would be, unlearned and without penalties."""
    loss = LOSSES[train.loss]
    _set_rates(state, train)
    x, y = next(real)
    fake = state.G(_latents(state, len(x)), y)
    g_loss = _update_generator(state, loss, x, fake, y)
    with torch.no_grad():
        real_logits, fake_logits = state.D(x, y), state.D(fake, y)
    _end_step(state, train)
    return StepReport(loss.d(real_logits, fake_logits), g_loss, real_logits, fake_logits, None)


def _set_rates(state: TrainState, train: TrainConfig) -> None:
    factor = schedule(train, state.step)
    for optimizer, rate in ((state.d_optimizer, train.d_lr), (state.g_optimizer, train.g_lr)):
        optimizer.param_groups[0]["lr"] = rate * factor


def _end_step(state: TrainState, train: TrainConfig) -> None:
    if train.ema:
        _average(state, train.ema)
    state.step += 1


def summary(reports: list[StepReport], loss: str) -> dict[str, float]:
    """Means over some steps: ``d_loss``, ``g_loss``, ``penalty``; ``d_real`` = D(x) and ``d_fake`` = D(G(z))."""
    real, fake = (  # (S, N)
        torch.stack(logits) for logits in ([r.real_logits for r in reports], [r.fake_logits for r in reports])
    )
    real_share, fake_share = real_shares(loss, real, fake)
    penalties = [report.penalty for report in reports if report.penalty is not None]
    numbers = {
        "d_loss": torch.stack([report.d_loss for report in reports]).mean(),
        "g_loss": torch.stack([report.g_loss for report in reports]).mean(),
        "d_real": real_share.mean(),
        "d_fake": fake_share.mean(),
        "penalty": torch.stack(penalties).sum() / len(reports) if penalties else real.new_zeros(()),
    }
    return dict(zip(numbers, torch.stack(list(numbers.values())).tolist(), strict=True))  # one wait for the device


def _latents(state: TrainState, n: int) -> Tensor:
    return torch.randn(n, state.G.z_dim, generator=state.rng, device=state.device)  # (N, Z)


class _Seen(NamedTuple):
    """Of one update of D, detached: its loss without penalties, logits (N,), and the penalty if one was due."""

    loss: Tensor
    real_logits: Tensor
    fake_logits: Tensor
    penalties: list[Tensor]


def _update_discriminator(
    state: TrainState, loss: Adversarial, train: TrainConfig, x: Tensor, fake: Tensor, y: Tensor | None
) -> _Seen:
    """One update of D."""
    D, n = state.D, len(x)
    lazy = state.d_updates % train.penalty_every == 0
    wants_gradients = lazy and (train.r1 > 0 or train.r2 > 0)
    both = torch.cat([x, fake]).requires_grad_(wants_gradients)  # (2N, ...)
    if train.gp == 0 and not D.has_batch_norm:  # one pass is cheaper than two
        logits = D(both, None if y is None else torch.cat([y, y]))
        real_logits, fake_logits = logits[:n], logits[n:]
    else:
        real_logits, fake_logits = D(both[:n], y), D(both[n:], y)
        logits = torch.cat([real_logits, fake_logits])
    total = adversarial = loss.d(real_logits, fake_logits)
    if train.label_smoothing:
        total = adversarial = adversarial + smoothed(real_logits, train.label_smoothing)
    penalties: list[Tensor] = []
    if wants_gradients:
        squares = squared_gradients(logits, both)  # (2N,)
        penalties.append(0.5 * (train.r1 * squares[:n].mean() + train.r2 * squares[n:].mean()))
    if lazy and train.gp:
        penalties.append(train.gp * gradient_penalty(lambda between: D(between, y), x, fake, state.rng))
    for penalty in penalties:
        total = total + train.penalty_every * penalty  # the lazy ones in between are made up for
    _learn(total, state.d_optimizer)
    state.d_updates += 1
    weighed = [train.penalty_every * penalty.detach() for penalty in penalties]
    return _Seen(adversarial.detach(), real_logits.detach(), fake_logits.detach(), weighed)


def _update_generator(state: TrainState, loss: Adversarial, x: Tensor, fake: Tensor, y: Tensor | None) -> Tensor:
    """One update through a D that stands still; returns the loss, detached."""
    fake_logits = state.D(fake, y)
    real_logits = state.D(x, y) if loss.g_needs_real else fake_logits
    g_loss = loss.g(real_logits, fake_logits)
    _learn(g_loss, state.g_optimizer)
    return g_loss.detach()


def _learn(loss: Tensor, optimizer: torch.optim.Optimizer) -> None:
    """One update of this optimiser's parameters; no other's gradients are worked out or touched."""
    parameters = optimizer.param_groups[0]["params"]
    for parameter in parameters:
        parameter.grad = None
    loss.backward(inputs=parameters)  # type: ignore[no-untyped-call]
    optimizer.step()


def _average(state: TrainState, decay: float) -> None:
    """Move G_ema towards G, batch statistics too; early on faster, so that it does not lag in the first pictures."""
    weight = 1 - min(decay, (1 + state.step) / (10 + state.step))
    targets = [*state.G_ema.parameters(), *(b for b in state.G_ema.buffers() if b.is_floating_point())]
    sources = [*state.G.parameters(), *(b for b in state.G.buffers() if b.is_floating_point())]
    with torch.no_grad():
        torch._foreach_lerp_(targets, sources, weight)


def _optimizer(network: nn.Module, train: TrainConfig, lr: float) -> torch.optim.Optimizer:
    if train.optimizer == "adam":
        return torch.optim.Adam(network.parameters(), lr=lr, betas=(train.beta1, train.beta2), fused=True)
    if train.optimizer == "sgd":
        return torch.optim.SGD(network.parameters(), lr=lr, momentum=train.beta1)
    return torch.optim.RMSprop(network.parameters(), lr=lr, alpha=train.beta2, momentum=train.beta1, foreach=True)


def _remembered(optimizer: torch.optim.Optimizer) -> set[str]:
    """What it keeps of each parameter from its first step on."""
    if isinstance(optimizer, torch.optim.Adam):
        return {"step", "exp_avg", "exp_avg_sq"}
    names = {"step", "square_avg"} if isinstance(optimizer, torch.optim.RMSprop) else set()
    return names | ({"momentum_buffer"} if optimizer.param_groups[0]["momentum"] else set())


def _part(tensors: dict[str, Tensor], name: str) -> dict[str, Tensor]:
    return {key[len(name) + 1 :]: value for key, value in tensors.items() if key.startswith(name + ".")}


def _load_optimizer(optimizer: torch.optim.Optimizer, values: dict[str, Tensor]) -> None:
    """Into the layout of each parameter: the fused kernels walk both memories side by side."""
    parameters = optimizer.param_groups[0]["params"]
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in values.items():
        index, _, name = key.partition(".")
        parameter = parameters[int(index)]
        shaped = torch.empty_like(parameter).copy_(value) if value.shape == parameter.shape else value
        state.setdefault(int(index), {})[name] = shaped.detach()
    if any(not _remembered(optimizer) <= set(one) for one in state.values()):
        raise ValueError("the state of another kind of optimiser")
    raw = optimizer.state_dict()
    optimizer.load_state_dict({"state": state, "param_groups": raw["param_groups"]})
