"""The runs whose scripts the tests carry out: settings of every kind, torchvision's sets, own images, a fork."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir
from gan_demo.training import fork as training_fork
from tests.export.scripts import DIGITS, FACES, RING, SMALL, STEPS, carry_out, exported, go_on, trained

THIN: dict[str, object] = {"width": 4, "d_width": 4}
CONFIGS = {
    "augmented": DIGITS.with_settings({"augment": "translation-cutout", "loss": "wasserstein", "gp": 1.0} | THIN),
    "augmented pairs": FACES.with_settings(
        {"augment": "color-translation-cutout", "loss": "relativistic", "r1": 0.1} | THIN
    ),
    "tutorial": PRESETS["tutorial"].with_settings(SMALL | {"limit": 100}),
    "digits": DIGITS,
    "faces": FACES.with_settings({"flip": True, "seed": 3} | THIN),
    "points": PRESETS["ring"].with_settings({"steps": STEPS, "evaluate": False}),
    "wasserstein": DIGITS.with_settings({"loss": "wasserstein", "gp": 10.0, "d_steps": 3, "conditional": False} | THIN),
    "wasserstein, labels": FACES.with_settings({"loss": "wasserstein", "gp": 1.0, "d_steps": 2, "limit": 40} | THIN),
    "all penalties": RING.with_settings({"gp": 1.0, "r1": 0.5, "r2": 0.1, "penalty_every": 3, "loss": "minimax"}),
    "smoothing": PRESETS["spiral"].with_settings(
        SMALL | {"loss": "non_saturating", "label_smoothing": 0.1, "r2": 0.0, "warmup": 4, "schedule": "linear"}
    ),
    "a schedule that falls later": PRESETS["line"].with_settings(SMALL | {"schedule_from": 2, "final_factor": 0.35}),
    "rmsprop": PRESETS["moons"].with_settings(
        SMALL | {"optimizer": "rmsprop", "beta1": 0.5, "warmup": 3, "schedule": "constant"}
    ),
    "sgd": PRESETS["grid"].with_settings(SMALL | {"optimizer": "sgd", "loss": "least_squares", "r1": 0.0, "r2": 0.0}),
    "mapping": PRESETS["line"].with_settings(SMALL | {"mapping": 2, "penalty_every": 2}),
    "mapping, labels": DIGITS.with_settings({"mapping": 3, "ema": 0.0, "r1": 0.1} | THIN),
    "resnet": FACES.with_settings(
        {"arch": "resnet", "depth": 2, "loss": "relativistic", "r1": 0.1, "r2": 0.1, "batch": 4} | THIN
    ),
    "mlp, colours": FACES.with_settings({"arch": "mlp", "conditional": False} | THIN),
    "gaussians": PRESETS["gaussians"].with_settings(SMALL | {"d_steps": 2}),
    "linear G, packed D": PRESETS["grid"].with_settings(
        SMALL | {"depth": 0, "d_depth": 1, "activation": "tanh", "noise": "uniform", "z_dim": 1, "packing": 2}
    ),
    "linear D": RING.with_settings({"depth": 1, "d_depth": 0, "activation": "sigmoid", "loss": "non_saturating"}),
}
TORCHVISION = {
    name: RunConfig(
        DataConfig(name, limit=30 if name in ("mnist", "emnist", "cifar10") else 0),
        ModelConfig("dcgan", 4, 2, 2, conditional=name not in ("kmnist", "svhn")),
        TrainConfig(steps=2, batch=8, evaluate=False),
    )
    for name in ("mnist", "fashion", "kmnist", "emnist", "cifar10", "svhn")
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[RunDir, Path]]:
    """Each run trained here, and by its script: (run, the folder with train.py and out). One process runs all scripts."""
    root = tmp_path_factory.mktemp("scripts")
    runs = {name: trained(root / str(k) / "run", config) for k, (name, config) in enumerate(CONFIGS.items())}
    runs |= torchvision_runs(root)
    runs |= {"own images": own_images_run(root / "own"), "fork of a fork": fork_of_a_fork(root / "fork")}
    scripts = {exported(run, run.path.parent): ["--out", str(run.path.parent / "out")] for run in runs.values()}
    scripts[root / "own" / "train.py"].insert(0, str(root / "own" / "pictures"))
    carry_out(scripts, root, root / "library")
    return {name: (run, run.path.parent) for name, run in runs.items()}


def torchvision_runs(root: Path) -> dict[str, RunDir]:
    """Train on each of torchvision's sets: 32 images in each of its layouts stand in the place of the downloads."""
    stub = root / "library" / "torchvision"
    stub.mkdir(parents=True)
    (stub / "__init__.py").write_text("")
    (stub / "datasets.py").write_text(STUB)
    spec: dict[str, object] = {}
    exec(STUB, spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gan_demo.data.downloads._open", lambda name, folder, train, download: _stub(spec, name, folder))
        return {name: trained(root / name / "run", config) for name, config in TORCHVISION.items()}


def own_images_run(root: Path) -> RunDir:
    """Train at 64 pixels on a folder of images of two classes, as people's folders are: split, with files of systems."""
    rng = np.random.default_rng(0)
    for k in range(20):
        folder = root / "pictures" / ("test" if k > 15 else "train") / ("cats" if k % 3 else "dogs & co")
        folder.mkdir(parents=True, exist_ok=True)
        shape = (40 + k, 90, 4 if k % 2 else 3)
        Image.fromarray(rng.integers(0, 256, shape).astype(np.uint8)).save(folder / f"{k}.png")
    levels = rng.integers(0, 4096, (64, 64)).astype(np.uint16)
    Image.fromarray(levels).save(root / "pictures" / "train" / "cats" / "twelve bits.tiff")
    large = np.kron(rng.integers(0, 256, (21, 22, 3)), np.ones((100, 100, 1))).astype(np.uint8)
    Image.fromarray(large).save(folder / "large", "PNG")  # without an ending
    (root / "pictures" / "broken.png").write_bytes(b"no image")
    (root / "pictures" / "notes.txt").write_bytes(b"no image")
    for name in ("__MACOSX/train/cats/._0.png", "train/cats/.ipynb_checkpoints/0-checkpoint.png", "@eaDir/0.png"):
        hidden = root / "pictures" / name
        hidden.parent.mkdir(parents=True)
        hidden.write_bytes(b"no image")
    config = RunConfig(
        DataConfig("images", path=str(root / "pictures"), size=64, flip=True),
        ModelConfig("dcgan64", 8, 2, 2, conditional=True),
        TrainConfig(steps=4, batch=4, evaluate=False, ema=0.9),
    )
    return trained(root / "run", config)


def fork_of_a_fork(root: Path) -> RunDir:
    """Train two steps, fork the run for two more, and fork that one for a last step."""
    first = trained(root / "first", DIGITS.with_settings({"steps": 2, "schedule": "constant"} | THIN))
    second = go_on(training_fork.fork(first, 2, {"steps": 4}, root / "second"))
    return go_on(training_fork.fork(second, 4, {"steps": 5}, root / "third"))


STUB = """
import numpy as np
import torch

def _images(*shape):
    return np.random.default_rng(0).integers(0, 256, (32, *shape)).astype(np.uint8)

LABELS = np.arange(32) % 10

class MNIST:
    def __init__(self, root, split="", train=True, download=False):
        self.data, self.targets = torch.from_numpy(_images(28, 28)), torch.from_numpy(LABELS)

class FashionMNIST(MNIST): pass
class KMNIST(MNIST): pass

class EMNIST(MNIST):
    def __init__(self, root, split, train=True, download=False):
        super().__init__(root)
        self.targets = self.targets + 1

class CIFAR10:
    def __init__(self, root, train=True, download=False):
        self.data, self.targets = _images(32, 32, 3), LABELS.tolist()

class SVHN:
    def __init__(self, root, split, download=False):
        self.data, self.labels = _images(3, 32, 32), LABELS
"""


def _stub(spec: dict[str, object], name: str, folder: Path) -> object:
    kinds = {"fashion": "FashionMNIST"}
    kind: type = spec[kinds.get(name, name.upper())]  # type: ignore[assignment]
    return kind(folder, split="") if name in ("emnist", "svhn") else kind(folder)
