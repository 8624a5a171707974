"""Small frozen classifiers, one for digits and one for pixel faces: what they read and the features they read it from.

They are trained by ``scripts/train_classifiers.py`` and shipped in ``data/`` with a card each. One CPU core puts some
18,000 digits a second through, so that quality can be measured while a GAN trains. The features are taken before their
ReLU: their Fréchet distance then rises less with few samples, relative to what it says of real differences.
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
SURE = 0.9  # a reading with a probability above this counts as confident
_FOLDER = Path(__file__).parent / "data"
_FILES: dict[tuple[int, ...], str] = {
    (1, 28, 28): "classifier_digits.safetensors",
    (3, 32, 32): "classifier_faces.safetensors",
}


class Reading(NamedTuple):
    """What a classifier makes of N samples; F is the number of fields it reads."""

    features: Tensor  # float32 (N, 128), before their ReLU
    values: Tensor  # int64 (N, F): the most probable value of each field
    confidence: Tensor  # float32 (N, F): its probability, 0 to 1


class Classifier(nn.Module):
    """Four convolutions, a layer of 128 features, and one linear head a field, side by side."""

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
        """Logits (N, K) of samples (N, C, H, W) in [-1, 1]; K is the sum of the fields' sizes."""
        logits: Tensor = self.head(self.trunk(samples))
        return logits

    @torch.no_grad()
    def read(self, samples: Tensor) -> Reading:
        """Features and readings of ``samples``, float (N, C, H, W) in [-1, 1], on the classifier's device."""
        features = self.trunk(samples)  # (N, 128)
        fields = [logits.softmax(1).max(1) for logits in self.head(features).split(self.sizes, dim=1)]
        values = torch.stack([best.indices for best in fields], dim=1)  # (N, F)
        return Reading(features, values, torch.stack([best.values for best in fields], dim=1))


def load_classifier(shape: Sequence[int], device: str = "cpu") -> Classifier | None:
    """The shipped classifier for samples of ``shape`` (C, H, W), frozen and shared; None where there is none."""
    return _shipped(_FILES[tuple(shape)], device) if tuple(shape) in _FILES else None


@functools.lru_cache(maxsize=8)
def _shipped(name: str, device: str) -> Classifier:
    return open_classifier(_FOLDER / name).to(device)


def open_classifier(path: Path) -> Classifier:
    """A classifier written by ``save_classifier``, in float32 and frozen."""
    with safetensors.safe_open(path, framework="pt") as file:
        described = json.loads(file.metadata()["classifier"])
        weights = {key: file.get_tensor(key).float() for key in file.keys()}  # noqa: SIM118 - not a dict
    fields = [LabelField(one["name"], tuple(one["values"])) for one in described["fields"]]
    classifier = Classifier(described["shape"], fields)
    classifier.load_state_dict(weights)
    return classifier.eval().requires_grad_(False)


def save_classifier(classifier: Classifier, path: Path) -> None:
    """Write weights in half precision; the shape and the fields go into the file's header."""
    fields = [{"name": field.name, "values": field.values} for field in classifier.fields]
    described = {"classifier": json.dumps({"shape": classifier.shape, "fields": fields})}  # one entry: one order
    weights = {key: value.half().contiguous() for key, value in classifier.state_dict().items()}
    path.write_bytes(safetensors.torch.save(weights, metadata=described))
