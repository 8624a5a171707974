"""Settings that work, by name: whole presets, and the settings with which each loss learns (``LOSS_SETTINGS``)."""

from __future__ import annotations

from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig

_POINTS_MODEL = ModelConfig(arch="points", z_dim=8, width=128, d_width=128, depth=3)
_POINTS_TRAIN = TrainConfig(
    loss="relativistic",
    batch=256,
    steps=10_000,
    g_lr=1e-3,
    d_lr=1e-3,
    beta1=0.0,
    beta2=0.99,
    schedule="cosine",
    r1=0.05,
    r2=0.05,
    ema=0.99,
)
_IMAGE_TRAIN = TrainConfig(
    loss="hinge", batch=32, steps=30_000, g_lr=1e-3, d_lr=1e-3, beta1=0.5, beta2=0.99, schedule="cosine", ema=0.999
)


def _points(name: str) -> RunConfig:
    return RunConfig(DataConfig(name), _POINTS_MODEL, _POINTS_TRAIN)


def _images(name: str, conditional: bool = True) -> RunConfig:
    model = ModelConfig(arch="dcgan", z_dim=64, width=32, d_width=32, conditional=conditional)
    return RunConfig(DataConfig(name), model, _IMAGE_TRAIN)


# Digits learn twice as fast with twice the rate: FCD 12 in the place of 24 after 500 steps; faces do not.
_DIGIT_RATES: dict[str, object] = {"g_lr": 2e-3, "d_lr": 2e-3}


def _fails(name: str, **settings: object) -> RunConfig:
    """Return a small preset of 2-D points without the penalties, schedule and average that stabilise the others."""
    bare: dict[str, object] = {"batch": 128, "schedule": "constant", "r1": 0.0, "r2": 0.0, "ema": 0.0}
    return _points(name).with_settings(bare | {"width": 64, "d_width": 64} | settings)


PRESETS: dict[str, RunConfig] = {
    "digits": _images("digits").with_settings(_DIGIT_RATES),
    "faces": _images("faces"),
    # The original GAN with the classic tutorial's settings, on the embedded 5,000 MNIST images instead of all 60,000.
    "tutorial": RunConfig(
        DataConfig("digits"), ModelConfig(arch="mlp", z_dim=100, width=32, d_width=32), TrainConfig(steps=50_000)
    ),
    "fashion": _images("fashion"),
    "mnist": _images("mnist").with_settings(_DIGIT_RATES),
    "kmnist": _images("kmnist"),
    "letters": _images("emnist"),
    "cifar10": _images("cifar10"),
    "svhn": _images("svhn"),
    "ring": _points("ring"),
    "grid": _points("grid"),
    "spiral": _points("spiral"),
    "moons": _points("moons"),
    "gaussians": _points("gaussians"),
    "blobs": _points("blobs"),
    "line": _points("line"),
    # Each of these fails in its own way within half a minute; see FAILURES.
    "fail-collapse": _fails("ring", loss="minimax", g_lr=1e-4, d_lr=3e-3),
    "fail-d-wins": _fails("ring", loss="minimax", g_lr=1e-4, d_steps=5),
    "fail-oscillation": _fails("ring", loss="wasserstein", beta1=0.5),
    "fail-weak-d": _fails("ring", loss="non_saturating", beta1=0.5, d_lr=1e-5),
    "fail-memorise": _images("digits").with_settings(
        # the first 46 images are the fewest that contain all ten digits
        {"limit": 46, "arch": "mlp", "width": 16, "d_width": 16, "schedule": "constant", "ema": 0.99, "steps": 15_000}
    ),
    "fail-nan": _fails("ring", loss="wasserstein", beta1=0.5, g_lr=0.02, d_lr=0.02),
}

# The presets that fail on purpose, and the key of the finding that ``diagnosis.findings`` then returns.
FAILURES: dict[str, str] = {
    "fail-collapse": "collapse",
    "fail-d-wins": "d_wins",
    "fail-oscillation": "oscillation",
    "fail-weak-d": "weak_d",
    "fail-memorise": "memorise",
    "fail-nan": "nan",
}


OWN_SIZE = 32  # pixels a side of own images, unless another is chosen
TIME_BUDGET = 60.0  # seconds of training after which a card's run is done; it can train on to the preset's steps
_TIME_BUDGETS = {"tutorial": 120.0, "letters": 180.0, "cifar10": 180.0, "svhn": 180.0}  # of those that need longer


def time_budget(name: str) -> float:
    """Return the seconds of training that the run of a preset's card, or of own images, has."""
    return _TIME_BUDGETS.get(name, TIME_BUDGET)


FEW_IMAGES = 2_000  # below which own images are augmented, unless somebody chose otherwise
FEW_IMAGES_AUGMENT = "translation"  # alone it costs least in a minute: docs/training-speed.md has all parts


def own_images(path: str, size: int, count: int = 0) -> RunConfig:
    """Return the faces' settings for a zip file of ``count`` own images, scaled to ``size`` pixels a side.

    Of a number that is not known yet (0) nothing is augmented; see ``augmentation``.
    """
    faces = PRESETS["faces"]
    data = DataConfig("images", path=path, size=size)
    settings = {"conditional": False, "augment": augmentation(count)}
    return RunConfig(data, faces.model, faces.train).with_settings(settings)


def augmentation(count: int) -> str:
    """Return the augmentation for ``count`` own images; "" for many, and for a number that is not known (0)."""
    return FEW_IMAGES_AUGMENT if 0 < count < FEW_IMAGES else ""


KINDS = ("points", "images")

_POINTS_LOSS: dict[str, object] = {
    "r1": 0.0,
    "r2": 0.0,
    "gp": 0.0,
    "penalty_every": 1,
    "d_steps": 1,
    "label_smoothing": 0.0,
    "optimizer": "adam",
    "g_lr": 1e-3,
    "d_lr": 1e-3,
    "beta1": 0.0,
    "beta2": 0.99,
}
_IMAGE_LOSS = _POINTS_LOSS | {"beta1": 0.5}

# The settings to change along with the loss in a preset of either kind, by (loss, kind).
LOSS_SETTINGS: dict[tuple[str, str], dict[str, object]] = {
    # every entry sets the same names, so that it replaces all settings of the previous loss
    ("minimax", "points"): _POINTS_LOSS | {"loss": "minimax", "r1": 0.1},
    ("non_saturating", "points"): _POINTS_LOSS | {"loss": "non_saturating", "r1": 0.1},
    ("least_squares", "points"): _POINTS_LOSS | {"loss": "least_squares", "r1": 0.1},
    ("hinge", "points"): _POINTS_LOSS | {"loss": "hinge", "r1": 0.1},
    # with a penalty of 10, as in the paper, or a single D step, the ring collapses
    ("wasserstein", "points"): _POINTS_LOSS | {"loss": "wasserstein", "gp": 1.0, "d_steps": 5, "beta1": 0.5},
    ("relativistic", "points"): _POINTS_LOSS | {"loss": "relativistic", "r1": 0.05, "r2": 0.05},
    ("minimax", "images"): _IMAGE_LOSS | {"loss": "minimax"},
    ("non_saturating", "images"): _IMAGE_LOSS | {"loss": "non_saturating"},
    ("least_squares", "images"): _IMAGE_LOSS | {"loss": "least_squares"},
    ("hinge", "images"): _IMAGE_LOSS | {"loss": "hinge"},
    ("wasserstein", "images"): _IMAGE_LOSS | {"loss": "wasserstein", "gp": 10.0, "d_steps": 2},
    ("relativistic", "images"): _IMAGE_LOSS | {"loss": "relativistic", "r1": 0.02, "r2": 0.02},
}
