"""Embedded image sets as files for training in a browser: a uint32 L, L bytes of JSON, then pixels and labels.

Pixels are uint8 (N, H, W, C), which packs smaller than planes of colour; labels follow as uint8 (N, F), an index for
each field. The JSON has ``count``, ``shape`` and ``labels``, the number of values of each field.
"""

from __future__ import annotations

import functools
import gzip
import json
import struct

from gan_demo.config import DataConfig
from gan_demo.data import datasets
from gan_demo.errors import DataError


@functools.cache
def packed(name: str) -> bytes:
    """Return the gzipped file of an embedded set; kept in memory. Raises DataError for any other."""
    source = datasets.DATASETS.get(name)
    if source is None or not source.embedded or source.kind != "images":
        raise DataError("data", name, "is not shipped", "Choose one of the data sets")
    data = datasets.load(DataConfig(name))
    fields = [len(field.values) for field in data.fields]
    head = json.dumps({"count": len(data.samples), "shape": list(data.shape), "labels": fields}).encode()
    pixels = data.samples.permute(0, 2, 3, 1).contiguous().numpy().tobytes()
    return gzip.compress(
        struct.pack("<I", len(head)) + head + pixels + data.labels.numpy().astype("uint8").tobytes(), 6, mtime=0
    )
