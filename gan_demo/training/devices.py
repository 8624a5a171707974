"""Choice and check of the device that a training runs on."""

from __future__ import annotations

import torch

from gan_demo.errors import ConfigError


def check_device(device: str) -> None:
    """Raise ConfigError if torch cannot train on ``device`` on this machine."""
    try:
        torch.empty(1, device=device)
        torch.Generator(device=device)  # "meta" and some others have memory, but no random numbers
    except (RuntimeError, AssertionError) as failure:
        raise ConfigError("device", device, "is not available here", "Use cpu, or leave it out") from failure


def default_device() -> str:
    """Return the fastest device of this machine: "cuda" or "cpu"."""
    return "cuda" if torch.cuda.is_available() else "cpu"
