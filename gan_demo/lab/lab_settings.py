"""Which runs the lab can go on with: the settings that it has, by their names in config.py, and their limits."""

from __future__ import annotations

from gan_demo.config import RunConfig

# What the lab's controls take, as frontend/lab/settings.mjs says it; choices by name are config.py's.
RANGES: dict[str, tuple[float, float]] = {
    "z_dim": (1, 64),
    "depth": (0, 5),
    "width": (1, 256),
    "g_lr": (1e-7, 10),
    "ema": (0, 0.9999),
    "d_depth": (0, 5),
    "d_width": (1, 256),
    "d_lr": (1e-7, 10),
    "d_steps": (1, 10),
    "packing": (1, 4),
    "r1": (0, 1000),
    "r2": (0, 1000),
    "gp": (0, 1000),
    "label_smoothing": (0, 0.49),
    "beta1": (0, 0.999),
    "beta2": (0, 0.9999),
    "batch": (16, 512),
    "seed": (0, 2**32 - 1),
}
OFF = ("mapping", "limit")  # settings that the lab does not have, so that they must be 0


def missing(config: RunConfig) -> list[str]:
    """Return the names of a run's settings, of 2-D points, that the lab does not have or whose values it does not take.

    A schedule and rarer penalties are not among them: the lab goes on with the rates of the moment, and says so.
    """
    values = vars(config.data) | vars(config.model) | vars(config.train)
    values["d_depth"] = config.model.discriminator_depth
    beyond = [name for name, (least, most) in RANGES.items() if not least <= values[name] <= most]
    return beyond + [name for name in OFF if values[name]]
