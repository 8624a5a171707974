"""Embedded image sets, and what measures samples of them, as files for training in a browser.

Both have the form of ``headed_file``. A set has pixels and labels after its JSON.
Pixels are uint8 (N, H, W, C), which packs smaller than planes of colour; labels follow as uint8 (N, F), an index for
each field. The JSON has ``count``, ``shape`` and ``labels``, the number of values of each field. The other file, of the
FCD, has the classifier's features as ONNX after its JSON, then float32: their mean over the data (D,), and the
symmetric root of their covariance (D, D); its JSON has ``features``, D, and ``onnx``, a number of bytes.
"""

from __future__ import annotations

import functools
import gzip

import torch

from gan_demo.config import DataConfig
from gan_demo.data import datasets
from gan_demo.data.datasets import Dataset
from gan_demo.errors import DataError
from gan_demo.gan import metrics
from gan_demo.gan.onnx_export import features_onnx
from gan_demo.lab import headed_file
from gan_demo.training.evaluator import LIVE_REFERENCE


@functools.cache
def packed(name: str) -> bytes:
    """Return the gzipped file of an embedded set; kept in memory. Raises DataError for any other."""
    data = _embedded(name)
    fields = [len(field.values) for field in data.fields]
    head = {"count": len(data.samples), "shape": list(data.shape), "labels": fields}
    pixels = data.samples.permute(0, 2, 3, 1).contiguous().numpy().tobytes()
    labels = data.labels.numpy().astype("uint8").tobytes()
    return gzip.compress(headed_file.joined(head, pixels, labels), 6, mtime=0)


@functools.cache
def packed_reference(name: str) -> bytes:
    """Return the gzipped file that measures samples of an embedded set; kept in memory. Raises DataError for any other.

    The data are those of a training's evaluations: ``LIVE_REFERENCE`` samples.
    """
    quality = metrics.quality_for(_embedded(name), LIVE_REFERENCE)
    assert quality is not None, "the shipped classifiers know the embedded sets"
    mean, covariance = quality.reference
    values, vectors = torch.linalg.eigh(covariance)
    root = (vectors * values.clamp_min(0).sqrt()) @ vectors.T  # (D, D)
    network = features_onnx(quality.classifier)
    head = {"features": len(mean), "onnx": len(network)}
    numbers = torch.cat([mean, root.flatten()]).numpy().astype("<f4").tobytes()
    return gzip.compress(headed_file.joined(head, network, numbers), 6, mtime=0)


def _embedded(name: str) -> Dataset:
    source = datasets.DATASETS.get(name)
    if source is None or not source.embedded or source.kind != "images":
        raise DataError("data", name, "is not shipped", "Choose one of the data sets")
    return datasets.load(DataConfig(name))
