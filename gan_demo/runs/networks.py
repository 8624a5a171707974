"""The networks of a run, rebuilt from the tensors in its folder."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from gan_demo.errors import RunError
from gan_demo.gan.models.base import Discriminator, Generator
from gan_demo.gan.models.build import build_discriminator, build_generator
from gan_demo.runs.run_dir import RunDir


def generator(run: RunDir, step: int | None = None) -> Generator:
    """Load the generator of a checkpoint, the last by default: on the CPU, in eval mode, frozen. Raises RunError."""
    weights = {key: value.float() for key, value in run.load_checkpoint(step).items()}
    G = build_generator(run.config.model)
    _load(G, weights, run)
    return G.eval().requires_grad_(False)


def discriminator(run: RunDir, step: int) -> Discriminator:
    """Load the discriminator of a saved training state: on the CPU, in eval mode, frozen. Raises RunError."""
    weights = {key[2:]: value for key, value in run.load_state_at(step).items() if key.startswith("D.")}
    D = build_discriminator(run.config.model)
    _load(D, weights, run)
    return D.eval().requires_grad_(False)


def _load(network: nn.Module, weights: Mapping[str, Tensor], run: RunDir) -> None:
    try:
        network.load_state_dict(weights)
    except RuntimeError as failure:
        raise RunError("run", run.id, "has weights that do not fit its config.json") from failure
