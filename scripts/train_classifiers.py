"""Train the two classifiers that quality is measured with; write them and their cards to gan_demo/gan/classifiers/.

    python -m scripts.train_classifiers --data-root DIR [--only digits|faces] [--out FOLDER]

DIR holds MNIST in torchvision's layout (DIR/MNIST/raw/train-images-idx3-ubyte ...); without ``--data-root`` torchvision
downloads it to the user's cache. One core, a few minutes each; the same seed on the same machine gives the same file.

One training image in eight is no sample of the data, and its target says so: noise or shuffled patches (Hendrycks et
al. 2019, "Deep Anomaly Detection with Outlier Exposure"), or a blend of two images (Zhang et al. 2018, "mixup").
Without these, a network of the same accuracy took noise for a digit with high confidence, and each of the identical
blobs that the tutorial's GAN draws after half a minute for a 0. Both networks are confident of about half of the digits
of a half-trained DCGAN.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import fuse_conv_bn_eval, fuse_linear_bn_eval

from gan_demo.config import LabelField
from gan_demo.data.datasets import DIGIT, FACES, multi_hot, to_float
from gan_demo.gan.classifier import FEATURES, SURE, Classifier, open_classifier, save_classifier
from gan_demo.gan.metrics import read
from scripts.classifier_batches import Settings, augment, noise_like, shuffled, spoil

PACKAGE = Path(__file__).parents[1] / "gan_demo"
CLASSIFIERS = PACKAGE / "gan" / "classifiers"


@dataclass(frozen=True)
class Split:
    """Training and held-out data: uint8 images (N, C, H, W) and int64 labels (N, F)."""

    images: Tensor
    labels: Tensor
    test_images: Tensor
    test_labels: Tensor


def digits(root: Path) -> tuple[Split, list[LabelField]]:
    """Return MNIST's own split, 60,000 and 10,000 images, and its label field."""
    from torchvision.datasets import MNIST

    raw = root / "MNIST" / "raw"
    if not (raw / "train-images-idx3-ubyte").exists():
        MNIST(str(root), download=True)
    parts: list[Tensor] = []
    for name in ("train", "t10k"):
        images = np.fromfile(raw / f"{name}-images-idx3-ubyte", np.uint8)[16:]
        labels = np.fromfile(raw / f"{name}-labels-idx1-ubyte", np.uint8)[8:]
        parts += [torch.from_numpy(images).view(-1, 1, 28, 28), torch.from_numpy(labels).long().view(-1, 1)]
    return Split(*parts), list(DIGIT)


def faces(_root: Path) -> tuple[Split, list[LabelField]]:
    """Return the embedded pixel faces, a random 18,000 and the other 2,000, and their label fields."""
    with np.load(PACKAGE / "data" / "pixel_faces_32.npz") as file:
        images = torch.from_numpy(file["images"]).permute(0, 3, 1, 2).contiguous()
        labels = torch.from_numpy(np.stack([file[field.name] for field in FACES], axis=1)).long()
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    train, test = order[:18_000], order[18_000:]
    return Split(images[train], labels[train], images[test], labels[test]), list(FACES)


TASKS: dict[str, tuple[Callable[[Path], tuple[Split, list[LabelField]]], Settings, str, str]] = {
    "digits": (
        digits,
        Settings(epochs=10, rotate=12, scale=0.1, shift=2, noisy=0.25, blurred=0.25),
        "MNIST, 60,000 images for training and its 10,000 for testing",
        "CC BY-SA 3.0, as MNIST (Yann LeCun and Corinna Cortes), on which it was trained",
    ),
    "faces": (
        faces,
        Settings(epochs=20, shift=1, noisy=0.25, blurred=0.25),
        "20,000 pixel faces, a random 18,000 for training and the other 2,000 held out",
        "CC0 1.0, as the DiceBear Pixel Art designs",
    ),
}


def train(split: Split, fields: list[LabelField], settings: Settings) -> Classifier:
    """Return a trained classifier in eval mode.

    It is trained with batch norm, its weights are averaged over the last steps, the norms folded into the layers before
    them, and its features rescaled.
    """
    torch.manual_seed(settings.seed)
    rng = torch.Generator().manual_seed(settings.seed)
    plain = Classifier(split.images.shape[1:], fields)
    net = _with_norm(plain)
    average = copy.deepcopy(net)
    images, sizes = to_float(split.images), plain.sizes
    truth = multi_hot(split.labels, plain.fields)  # (N, K)
    flat = torch.cat([torch.full((size,), 1 / size) for size in sizes])
    steps = settings.epochs * (len(images) // settings.batch)
    optimizer = torch.optim.AdamW(net.parameters(), lr=settings.lr, weight_decay=settings.weight_decay, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, settings.lr, total_steps=steps)
    order = torch.empty(0, dtype=torch.long)
    for step in range(steps):
        if len(order) < settings.batch:
            order = torch.randperm(len(images), generator=rng)
            print(f"\r  step {step:6,} of {steps:,}", end="", flush=True)
        chosen, order = order[: settings.batch], order[settings.batch :]
        x, target = augment(images[chosen], settings, rng), truth[chosen].clone()
        spoil(x, target, flat, settings, rng)
        pairs = zip(torch.split(net(x), sizes, 1), torch.split(target, sizes, 1), strict=True)
        loss = torch.stack([F.cross_entropy(logits, probabilities) for logits, probabilities in pairs]).sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        _average(average, net, min(settings.ema, step / (step + 10)))
    print()
    _fold(average.eval(), plain)
    return _rescaled(plain.eval().requires_grad_(False), split.images, settings.total_variance)


def _with_norm(plain: Classifier) -> nn.Sequential:
    """Return a copy of the layers with a batch norm after each of the trunk's."""
    layers: list[nn.Module] = []
    for layer in plain.trunk:
        layers.append(copy.deepcopy(layer))
        if isinstance(layer, nn.Conv2d):
            layers.append(nn.BatchNorm2d(layer.out_channels))
        elif isinstance(layer, nn.Linear):
            layers.append(nn.BatchNorm1d(layer.out_features))
    return nn.Sequential(*layers, *copy.deepcopy(plain.head))


@torch.no_grad()
def _average(average: nn.Module, net: nn.Module, decay: float) -> None:
    """Move the exponential moving average on by a step."""
    for slow, fast in zip(average.state_dict().values(), net.state_dict().values(), strict=True):
        if slow.is_floating_point():
            slow.lerp_(fast, 1 - decay)


def _fold(net: nn.Sequential, plain: Classifier) -> None:
    """Fold the batch norms of ``net`` into the layers before them and copy the result into ``plain``."""
    folded: list[nn.Module] = []
    for layer in net:
        before = folded[-1] if folded else None
        if isinstance(layer, nn.BatchNorm2d) and isinstance(before, nn.Conv2d):
            folded[-1] = fuse_conv_bn_eval(before, layer)
        elif isinstance(layer, nn.BatchNorm1d) and isinstance(before, nn.Linear):
            folded[-1] = fuse_linear_bn_eval(before, layer)
        else:
            folded.append(layer)
    trunk = len(plain.trunk)
    plain.trunk.load_state_dict(nn.Sequential(*folded[:trunk]).state_dict())
    plain.head.load_state_dict(nn.Sequential(*folded[trunk:]).state_dict())


def _rescaled(classifier: Classifier, images: Tensor, total_variance: float) -> Classifier:
    """Return the same function with features of ``total_variance``.

    ReLU is homogeneous, so a factor on the layer before it can be divided out of the layer after it.
    """
    features = read(classifier, images).features
    factor = math.sqrt(total_variance / float(features.double().var(0).sum()))
    before, after = classifier.trunk[-1], classifier.head[-1]
    assert isinstance(before, nn.Linear)
    assert isinstance(after, nn.Linear)
    before.weight.mul_(factor)
    before.bias.mul_(factor)
    after.weight.div_(factor)
    return classifier


def judge(classifier: Classifier, split: Split) -> dict[str, object]:
    """Return accuracy and calibration on held-out images, and the share of other images predicted with confidence."""
    reading = read(classifier, split.test_images)
    is_right = (reading.values == split.test_labels).double()  # (N, F)
    rng = torch.Generator().manual_seed(1)
    noise = read(classifier, noise_like(to_float(split.test_images[:1000]), rng)).confidence
    patches = read(classifier, shuffled(to_float(split.test_images[:1000]), rng)).confidence
    return {
        "accuracy": _by_field(classifier, is_right.mean(0)),
        "mean_confidence": _by_field(classifier, reading.confidence.mean(0)),
        "confident": round(float((reading.confidence > SURE).double().mean()), 4),
        "accuracy_when_confident": round(float(is_right[reading.confidence > SURE].mean()), 4),
        "confident_on_noise": round(float((noise > SURE).double().mean()), 4),
        "confident_on_shuffled_patches": round(float((patches > SURE).double().mean()), 4),
    }


def _by_field(classifier: Classifier, values: Tensor) -> dict[str, float]:
    return {field.name: round(float(v), 4) for field, v in zip(classifier.fields, values, strict=True)}


def main() -> None:
    """Train the classifiers that the command line names."""
    parser = argparse.ArgumentParser(description="Train the classifiers that quality is measured with.")
    parser.add_argument("--data-root", type=Path, default=Path.home() / ".cache" / "gan_demo" / "data")
    parser.add_argument("--only", choices=sorted(TASKS), help="train this one alone")
    parser.add_argument("--out", type=Path, default=CLASSIFIERS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for name, (load, settings, data, licence) in TASKS.items():
        if arguments.only not in (None, name):
            continue
        print(f"{name}: {data}")
        split, fields = load(arguments.data_root)
        start = time.process_time()  # other work on the machine does not count
        classifier = train(split, fields, settings)
        seconds = round(time.process_time() - start, 1)
        path = arguments.out / f"{name}.safetensors"
        save_classifier(classifier, path)
        shipped = open_classifier(path)
        card = {
            "name": name,
            "data": data,
            "held_out": judge(shipped, split),
            "training_seconds": seconds,
            "trained_on": f"one core, {platform.machine()}, torch {torch.__version__}",
            "settings": asdict(settings),
            "parameters": sum(p.numel() for p in shipped.parameters()),
            "bytes": path.stat().st_size,
            "features": FEATURES,
            "licence": licence,
        }
        path.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
        print(json.dumps(card["held_out"], indent=2), f"\n  {seconds} s, {path}")


if __name__ == "__main__":
    main()
