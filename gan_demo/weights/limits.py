"""Limits of foreign weights files, and the refusals that several of their readers share."""

from __future__ import annotations

from typing import NoReturn

from gan_demo.errors import DataError
from gan_demo.support import numbers

SIZE_VARIABLE = "GAN_DEMO_MOST_WEIGHTS_MB"  # environment variable: megabytes of one weights file
MEGABYTES = 500  # unless the variable says less; .streamlit/config.toml allows no more
MAX_TENSORS = 10_000
MAX_HEADER_BYTES = 8 * 1024**2  # of a safetensors header
WEIGHT_ENDINGS = (".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".model", ".weights")

SAVE_PLAIN = "Save the generator's weights alone: torch.save(generator.state_dict(), file)"
SUPPORTED = "Known: MLPs, stacks of convolutions, residual and style-based generators. Any other opens as an ONNX file"


def max_megabytes() -> int:
    """Return how many megabytes of weights are read. Raises ConfigError if the environment variable is no number."""
    return numbers.whole_number(SIZE_VARIABLE, MEGABYTES, MEGABYTES)


def max_weight_bytes() -> int:
    """Return how many bytes of weights are read."""
    return max_megabytes() * 1024**2


def refuse_network(filename: str, kind: str) -> NoReturn:
    """Raise DataError for a file that holds something else than a generator, such as a discriminator."""
    remedy = SAVE_PLAIN
    if kind == "discriminator":
        raise DataError("file", filename, "is a discriminator, which judges images but does not make any", remedy)
    if kind in ("optimizer", "training state"):
        raise DataError("file", filename, "is the state of a training, not a network", remedy)
    raise DataError("file", filename, "holds {kind}, not a generator", remedy, kind=kind)


def unsupported_tensors(filename: str, kind: str) -> DataError:
    """Return the error for tensors that are not dense numbers on the CPU, such as sparse or quantised ones."""
    remedy = "Save them as plain float32 tensors on the CPU"
    return DataError("file", filename, "holds tensors of an unsupported kind: {kind}", remedy, kind=kind)


def refuse_tensors(filename: str, kind: str) -> NoReturn:
    """Raise the error for tensors that are not dense numbers on the CPU."""
    raise unsupported_tensors(filename, kind)


def too_large(filename: str) -> DataError:
    """Return the error for a file with more than ``max_weight_bytes``."""
    remedy = "At most {limit} MB of weights can be read"
    return DataError("file", filename, "is too large", remedy, limit=max_megabytes())


def too_many_tensors(filename: str) -> DataError:
    """Return the error for a file with more than ``MAX_TENSORS`` tensors."""
    remedy = "At most {limit} can be read"
    return DataError("file", filename, "holds too many tensors", remedy, limit=MAX_TENSORS)
