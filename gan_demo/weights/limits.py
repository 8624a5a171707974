"""Limits and refusals that all readers of foreign weights share."""

from __future__ import annotations

from typing import NoReturn

from gan_demo.errors import DataError

READ_ARE = "Read are our safetensors, MLP generators like the tutorial's, and the generator of PyTorch's DCGAN example"


def refuse_network(filename: str, kind: str) -> NoReturn:
    remedy = SAVE_PLAIN
    if kind == "discriminator":
        raise DataError("file", filename, "is a discriminator, which judges images and makes none", remedy)
    if kind in ("optimizer", "training state"):
        raise DataError("file", filename, "is the state of a training, not a network", remedy)
    raise DataError("file", filename, "holds no generator but {kind}", remedy, kind=kind)


LIMIT = 256 * 1024**2  # bytes of weights
MAX_TENSORS = 2_000
MAX_HEADER = 1024**2  # bytes of a pickle, or of a safetensors header
SAVE_PLAIN = "Save the generator's weights alone: torch.save(generator.state_dict(), file)"


def refuse_kind(filename: str, kind: str) -> NoReturn:
    remedy = "Save them as plain float32 tensors on the CPU"
    raise DataError("file", filename, "holds tensors of a kind that is not read: {kind}", remedy, kind=kind)


def too_large(filename: str) -> DataError:
    remedy = "Up to {limit} MB of weights are read"
    return DataError("file", filename, "is too large", remedy, limit=LIMIT // 1024**2)


def too_many(filename: str) -> DataError:
    remedy = "Up to {limit} are read"
    return DataError("file", filename, "holds too many tensors", remedy, limit=MAX_TENSORS)
