"""The networks of a run, rebuilt from its folder."""

from __future__ import annotations

from gan_demo.errors import RunError
from gan_demo.gan.models.base import Discriminator
from gan_demo.gan.models.build import build_discriminator
from gan_demo.runs.run_dir import RunDir


def discriminator(run: RunDir, step: int) -> Discriminator:
    """That of a kept training state, in eval mode and frozen. Raises RunError."""
    kept = {key[2:]: value for key, value in run.load_state_at(step).items() if key.startswith("D.")}
    D = build_discriminator(run.config.model)
    try:
        D.load_state_dict(kept)
    except RuntimeError as failure:
        raise RunError("run", run.id, "has weights that do not fit its config.json") from failure
    return D.eval().requires_grad_(False)
