"""What a file is by its first bytes, if not weights: each kind has a sentence of its own."""

from __future__ import annotations

from collections.abc import Callable

from gan_demo.errors import DataError
from gan_demo.support import bounded_zip
from gan_demo.weights.limits import SAVE_PLAIN
from gan_demo.weights.reading.archives import keras

_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_LFS = b"version https://git-lfs"
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<?xml", b"<!--", b"<error", b"<script")
_TEXT_BYTES = 512  # of the beginning, by which a text is told


def _pointer(filename: str) -> DataError:
    remedy = "Run git lfs pull in the repository, or download the file itself from its page"
    return DataError("file", filename, "is a Git LFS pointer: a short text that stands for the weights", remedy)


def _web_page(filename: str) -> DataError:
    remedy = "Open the link in a browser, follow it to the file itself, and download that"
    return DataError("file", filename, "is a web page that was saved instead of the weights", remedy)


def _image(filename: str) -> DataError:
    return DataError(
        "file", filename, "is an image, not weights", "To train on images, choose your own images on the Train page"
    )


def _onnx(filename: str) -> DataError:
    remedy = "Unpack it, and choose the weights file in it"
    return DataError("file", filename, "is an ONNX network inside of an archive", remedy)


def _numpy(filename: str) -> DataError:
    return DataError("file", filename, "is an array of NumPy without names, not a network", SAVE_PLAIN)


def _gguf(filename: str) -> DataError:
    remedy = "Give the generator's weights as safetensors"
    return DataError("file", filename, "holds a language model (GGUF)", remedy)


def _text(filename: str) -> DataError:
    remedy = "Choose the file that holds the weights; they are numbers, and usually megabytes of them"
    return DataError("file", filename, "is a text, not weights", remedy)


def _archive(filename: str, kind: str) -> DataError:
    remedy = "Unpack it, and choose the weights file in it"
    return DataError("file", filename, "is a compressed archive ({kind})", remedy, kind=kind)


def refusal(data: memoryview, filename: str) -> DataError | None:
    """Return the error for a file that is well known and no weights, or None."""
    start = bytes(data[:_TEXT_BYTES])
    written = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    checks: tuple[tuple[bool, Callable[[str], DataError]], ...] = (
        (start.startswith(_LFS), _pointer),
        (written.startswith(_MARKUP), _web_page),
        (start.startswith(_IMAGES) or (start[:4] == b"RIFF" and start[8:12] == b"WEBP"), _image),
        (start.startswith((b"\x89HDF", b"\x08\x01\x12")) or start[4:8] == b"TFL3", keras),  # h5, SavedModel, TFLite
        (start.startswith(b"\x93NUMPY"), _numpy),
        (start.startswith(b"GGUF"), _gguf),
        (is_onnx(start, filename), _onnx),
    )
    for applies, error in checks:
        if applies:
            return error(filename)
    kind = bounded_zip.other_archive(start)
    return _archive(filename, kind) if kind and kind != "tar" else None


def unknown(data: memoryview, filename: str) -> DataError:
    """Return the error for a file that no reader knows."""
    start = bytes(data[:_TEXT_BYTES])
    if start.isascii() and start.translate(None, b"\t\r\n\x0c").decode().isprintable():
        return _text(filename)
    problem = "is neither a safetensors nor a PyTorch file, nor another kind that is known here"
    return DataError("file", filename, problem, SAVE_PLAIN)


def is_onnx(start: bytes, filename: str) -> bool:
    """Return whether a file begins as ONNX's do: the version of its format, then who wrote it."""
    written = start[:1] == b"\x08" and start[1:2] < b"\x20" and start[2:3] in (b"\x12", b"\x3a", b"\x42")
    return written and start[8:9] != b"{" and (filename.lower().endswith(".onnx") or start[2:3] == b"\x12")
