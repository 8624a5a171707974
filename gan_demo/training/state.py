"""State of a training (two networks, their optimisers, G's moving average, the random state) and its serialisation."""

from __future__ import annotations

import copy
import hashlib
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gan_demo.config import RunConfig, TrainConfig
from gan_demo.errors import RunError
from gan_demo.gan.models.base import Discriminator, Generator
from gan_demo.gan.models.build import build_discriminator, build_generator, check_network_size


@dataclass
class TrainState:
    """Everything that the next training step depends on."""

    G: Generator
    D: Discriminator
    G_ema: Generator  # G itself when there is no moving average
    g_optimizer: torch.optim.Optimizer
    d_optimizer: torch.optim.Optimizer
    rng: torch.Generator  # on the device; the only source of randomness
    step: int = 0  # updates of G so far
    d_updates: int = 0

    @property
    def device(self) -> torch.device:
        """The device of the networks."""
        return self.rng.device

    def tensors(self) -> dict[str, Tensor]:
        """Return the whole state as named tensors, for ``RunDir.save_state``."""
        parts: dict[str, Tensor] = {"rng": self.rng.get_state()}
        parts["counts"] = torch.tensor([self.step, self.d_updates])
        for name, network in self._networks().items():
            parts |= {f"{name}.{key}": value for key, value in network.state_dict().items()}
        for name, optimizer in self._optimizers().items():
            for index, values in optimizer.state_dict()["state"].items():
                parts |= {f"{name}.{index}.{key}": torch.as_tensor(value) for key, value in values.items()}
        return parts

    def load(self, tensors: dict[str, Tensor]) -> None:
        """Restore what ``tensors`` returned, so that training continues bit for bit. Raises RunError on a mismatch."""
        try:
            for name, network in self._networks().items():
                network.load_state_dict(_part(tensors, name))
            for name, optimizer in self._optimizers().items():
                _load_optimizer(optimizer, _part(tensors, name))
            _restore_rng(self.rng, tensors["rng"])
            self.step, self.d_updates = (int(n) for n in tensors["counts"])
        except (LookupError, TypeError, ValueError, RuntimeError) as failure:
            raise RunError(
                "run", "state", "does not fit the settings", "Start a new run with these settings"
            ) from failure

    def _networks(self) -> dict[str, nn.Module]:
        """Return the networks by the first part of their tensors' names."""
        own_average: dict[str, nn.Module] = {} if self.G_ema is self.G else {"ema": self.G_ema}
        return {"G": self.G, "D": self.D} | own_average

    def _optimizers(self) -> dict[str, torch.optim.Optimizer]:
        return {"g_optimizer": self.g_optimizer, "d_optimizer": self.d_optimizer}


def _restore_rng(rng: torch.Generator, saved: Tensor) -> None:
    """Restore the random state; a state from another kind of device cannot be restored and only gives the seed."""
    if saved.shape == rng.get_state().shape:
        rng.set_state(saved)
    else:
        digest = hashlib.sha256(saved.numpy().tobytes()).digest()
        rng.manual_seed(int.from_bytes(digest[:7], "little"))


def adapted(tensors: dict[str, Tensor], old: TrainConfig, new: TrainConfig) -> dict[str, Tensor]:
    """Adapt ``TrainState.tensors`` of settings ``old`` to settings ``new``.

    An optimiser of another kind starts without memory; a new moving average starts as a copy of G.
    """
    momentum = (old.beta1 > 0) != (new.beta1 > 0) and new.optimizer != "adam"
    reset = ("g_optimizer.", "d_optimizer.") if old.optimizer != new.optimizer or momentum else ()
    dropped = (*reset, *(() if new.ema else ("ema.",)))
    adapted_tensors = {key: value for key, value in tensors.items() if not key.startswith(dropped)}
    if new.ema and not old.ema:
        adapted_tensors |= {f"ema.{key}": value.clone() for key, value in _part(tensors, "G").items()}
    return adapted_tensors


def new_state(config: RunConfig, device: str) -> TrainState:
    """Build the untrained networks and optimisers from the seed. Raises ConfigError if the networks are too large."""
    train = config.train
    check_network_size(config.model)
    G = build_generator(config.model, train.seed).to(device)
    D = build_discriminator(config.model, train.seed).to(device)
    ema = copy.deepcopy(G).requires_grad_(False).eval() if train.ema else G
    rng = torch.Generator(device=device).manual_seed(train.seed)
    return TrainState(G, D, ema, _optimizer(G, train, train.g_lr), _optimizer(D, train, train.d_lr), rng)


def _optimizer(network: nn.Module, train: TrainConfig, lr: float) -> torch.optim.Optimizer:
    if train.optimizer == "adam":
        return torch.optim.Adam(network.parameters(), lr=lr, betas=(train.beta1, train.beta2), fused=True)
    if train.optimizer == "sgd":
        return torch.optim.SGD(network.parameters(), lr=lr, momentum=train.beta1)
    return torch.optim.RMSprop(network.parameters(), lr=lr, alpha=train.beta2, momentum=train.beta1, foreach=True)


def _optimizer_fields(optimizer: torch.optim.Optimizer) -> set[str]:
    """Return the names of the values that the optimiser keeps for each parameter after its first step."""
    if isinstance(optimizer, torch.optim.Adam):
        return {"step", "exp_avg", "exp_avg_sq"}
    names = {"step", "square_avg"} if isinstance(optimizer, torch.optim.RMSprop) else set()
    return names | ({"momentum_buffer"} if optimizer.param_groups[0]["momentum"] else set())


def _part(tensors: dict[str, Tensor], name: str) -> dict[str, Tensor]:
    """Return the tensors named ``name.KEY``, by KEY."""
    return {key[len(name) + 1 :]: value for key, value in tensors.items() if key.startswith(name + ".")}


def _load_optimizer(optimizer: torch.optim.Optimizer, values: dict[str, Tensor]) -> None:
    """Load values named ``PARAMETER_INDEX.FIELD`` in each parameter's memory layout, as the fused kernels need it."""
    parameters = optimizer.param_groups[0]["params"]
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in values.items():
        index, _, name = key.partition(".")
        parameter = parameters[int(index)]
        shaped = torch.empty_like(parameter).copy_(value) if value.shape == parameter.shape else value
        state.setdefault(int(index), {})[name] = shaped.detach()
    if any(not _optimizer_fields(optimizer) <= set(fields) for fields in state.values()):
        raise ValueError("the state of another kind of optimiser")
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": state, "param_groups": groups})
