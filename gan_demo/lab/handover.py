"""The state of a training as the flat vectors of compiled steps, and back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from gan_demo.errors import RunError
from gan_demo.gan.compiled.layout import StateLayout, VectorLayout
from gan_demo.training.state import TrainState

_MOMENTS = {  # names of torch's two moments by kind of optimiser; "" is one that it does not have
    "Adam": ("exp_avg", "exp_avg_sq"),
    "SGD": ("momentum_buffer", ""),
    "RMSprop": ("momentum_buffer", "square_avg"),
}


class Vectors(NamedTuple):
    """The state of a training as a compiled step takes it."""

    g: np.ndarray  # float32, as StateLayout.g says
    d: np.ndarray
    g_updates: int
    d_updates: int
    g_optimizer_steps: int = -1  # updates since the moments were zero; -1 is all of them
    d_optimizer_steps: int = -1

    def optimizer_steps(self, network: str) -> int:
        """Return the updates of "g" or "d" since its moments were zero."""
        steps = self.g_optimizer_steps if network == "g" else self.d_optimizer_steps
        return steps if steps >= 0 else (self.g_updates if network == "g" else self.d_updates)


def to_vectors(state: TrainState, layout: StateLayout) -> Vectors:
    """Return the state of a training. An optimiser without memory has zeros."""
    vectors = []
    for network, vector_layout in (("g", layout.g), ("d", layout.d)):
        module, optimizer = (state.G, state.g_optimizer) if network == "g" else (state.D, state.d_optimizer)
        moments = [_moment(optimizer, vector_layout, name) for name in _MOMENTS[type(optimizer).__name__]]
        average = [vector_layout.flatten(state.G_ema.state_dict())] if vector_layout.averaged else []
        vectors.append(np.concatenate([vector_layout.flatten(module.state_dict()), *moments, *average]))
    steps = (_optimizer_steps(state.g_optimizer), _optimizer_steps(state.d_optimizer))
    return Vectors(vectors[0], vectors[1], state.step, state.d_updates, *steps)


def from_vectors(state: TrainState, layout: StateLayout, vectors: Vectors) -> None:
    """Put vectors into a training of the same settings; its random state stays. Raises RunError on a mismatch."""
    for network, vector_layout in (("g", layout.g), ("d", layout.d)):
        vector = getattr(vectors, network)
        if vector.shape != (vector_layout.length,) or not np.isfinite(vector).all():
            raise RunError("run", "state", "does not fit the settings", "Start a new run with these settings")
        module, optimizer = (state.G, state.g_optimizer) if network == "g" else (state.D, state.d_optimizer)
        parts = {name: torch.from_numpy(vector[first:end].copy()) for name, (first, end) in vector_layout.parts.items()}
        _load(module, vector_layout, parts["weights"])
        _load_moments(optimizer, vector_layout, parts, vectors.optimizer_steps(network))
        if vector_layout.averaged and state.G_ema is not state.G:
            _load(state.G_ema, vector_layout, parts["average"], counts=False)
    state.step, state.d_updates = vectors.g_updates, vectors.d_updates


def _optimizer_steps(optimizer: torch.optim.Optimizer) -> int:
    """Return the updates that an optimiser counts; -1 if it counts none and has begun, as SGD does."""
    states = [optimizer.state[parameter] for parameter in optimizer.param_groups[0]["params"]]
    if not any(states):
        return 0
    return int(states[0]["step"]) if "step" in states[0] else -1


def _moment(optimizer: torch.optim.Optimizer, vector_layout: VectorLayout, name: str) -> np.ndarray:
    parameters = optimizer.param_groups[0]["params"]
    moments = [optimizer.state[parameter].get(name) if name else None for parameter in parameters]
    parts = [
        torch.zeros(parameter.numel()) if value is None else value.detach().cpu().contiguous().reshape(-1)
        for value, parameter in zip(moments, parameters, strict=True)
    ]
    return torch.cat(parts).float().numpy()


def _load(module: torch.nn.Module, vector_layout: VectorLayout, weights: Tensor, counts: bool = True) -> None:
    """Copy weights into a network; counts of batches become whole numbers, or stay as they are."""
    current = module.state_dict()
    with torch.no_grad():
        for name, value in vector_layout.split(weights).items():
            if current[name].is_floating_point():
                current[name].copy_(value)
            elif counts:
                current[name].copy_(value.round())


def _load_moments(
    optimizer: torch.optim.Optimizer, vector_layout: VectorLayout, parts: dict[str, Tensor], updates: int
) -> None:
    names = _MOMENTS[type(optimizer).__name__]
    learned = [entry for entry in vector_layout.tensors if entry.learned]
    for entry, parameter in zip(learned, optimizer.param_groups[0]["params"], strict=True):
        state: dict[str, Tensor] = {"step": torch.tensor(float(updates), device=parameter.device)}
        for name, moment in zip(names, ("moment1", "moment2"), strict=True):
            if name and not (name == "momentum_buffer" and not optimizer.param_groups[0]["momentum"]):
                values = parts[moment][entry.offset : entry.offset + entry.size].view(entry.shape)
                state[name] = torch.empty_like(parameter).copy_(values).detach()
        if type(optimizer).__name__ == "SGD":
            del state["step"]
        if updates:
            optimizer.state[parameter] = state
