"""Small frozen classifiers, one for digits and one for pixel faces: their predictions and features.

They are trained by ``scripts/train_classifiers.py`` and shipped in ``classifiers/`` with a model card each. A CPU core
classifies about 18,000 digits per second, fast enough to measure quality while a GAN trains. Features are taken before
their ReLU: the Fréchet distance is then less biased by small sample sizes, relative to real differences.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from gan_demo.config import LabelField

FEATURES = 128
CONVOLUTIONS = ((32, 2), (64, 2), (64, 1), (64, 2))  # (channels, stride) of the 3x3 layers
SURE = 0.9  # a prediction with a probability above this counts as confident
_FOLDER = Path(__file__).parent / "classifiers"
_FILES: dict[tuple[int, ...], str] = {
    (1, 28, 28): "digits.safetensors",
    (3, 32, 32): "faces.safetensors",
}


class Reading(NamedTuple):
    """Features and predictions of N samples; F is the number of label fields."""

    features: Tensor  # float32 (N, 128), before their ReLU
    values: Tensor  # int64 (N, F): the most probable value of each field
    confidence: Tensor  # float32 (N, F): its probability, 0 to 1


class Classifier(nn.Module):
    """Classifier of four convolutions, a layer of 128 features, and one linear head per label field."""

    def __init__(self, shape: Sequence[int], fields: Sequence[LabelField]) -> None:
        super().__init__()
        self.shape = tuple(shape)
        self.fields = tuple(fields)
        self.sizes = [len(field.values) for field in fields]
        channels, height, width = self.shape
        layers: list[nn.Module] = []
        for out, stride in CONVOLUTIONS:
            layers += [nn.Conv2d(channels, out, 3, stride, padding=1), nn.ReLU()]
            channels, height, width = out, -(-height // stride), -(-width // stride)
        layers += [nn.Flatten(), nn.Linear(channels * height * width, FEATURES)]
        self.trunk = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.ReLU(), nn.Linear(FEATURES, sum(self.sizes)))

    def forward(self, samples: Tensor) -> Tensor:
        """Compute logits (N, K) of samples (N, C, H, W) in [-1, 1]; K is the sum of the fields' sizes."""
        logits: Tensor = self.head(self.trunk(samples))
        return logits

    @torch.no_grad()
    def read(self, samples: Tensor) -> Reading:
        """Classify ``samples``, float (N, C, H, W) in [-1, 1], on the classifier's device."""
        features = self.trunk(samples)  # (N, 128)
        fields = [logits.softmax(1).max(1) for logits in self.head(features).split(self.sizes, dim=1)]
        values = torch.stack([best.indices for best in fields], dim=1)  # (N, F)
        return Reading(features, values, torch.stack([best.values for best in fields], dim=1))


def load_classifier(shape: Sequence[int], device: str = "cpu") -> Classifier | None:
    """Return the shipped classifier for samples of ``shape`` (C, H, W), frozen and shared; None if there is none."""
    return _shipped(_FILES[tuple(shape)], device) if tuple(shape) in _FILES else None


@functools.lru_cache(maxsize=8)
def _shipped(name: str, device: str) -> Classifier:
    return open_classifier(_FOLDER / name).to(device)


def open_classifier(path: Path) -> Classifier:
    """Load a classifier that ``save_classifier`` wrote, in float32 and frozen."""
    with safetensors.safe_open(path, framework="pt") as file:
        description = json.loads(file.metadata()["classifier"])
        weights = {key: file.get_tensor(key).float() for key in file.keys()}  # noqa: SIM118 - not a dict
    fields = [LabelField(field["name"], tuple(field["values"])) for field in description["fields"]]
    classifier = Classifier(description["shape"], fields)
    classifier.load_state_dict(weights)
    return classifier.eval().requires_grad_(False)


def save_classifier(classifier: Classifier, path: Path) -> None:
    """Write a classifier's weights in half precision, with its shape and fields in the file's header."""
    fields = [{"name": field.name, "values": field.values} for field in classifier.fields]
    metadata = {"classifier": json.dumps({"shape": classifier.shape, "fields": fields})}  # one entry, as order varies
    weights = {key: value.half().contiguous() for key, value in classifier.state_dict().items()}
    path.write_bytes(safetensors.torch.save(weights, metadata=metadata))
