"""What a page without a server can offer: the shipped graphs, and the settings that they serve."""

from __future__ import annotations

from pathlib import Path

from gan_demo.lab import headed_file

GRAPHS = Path(__file__).parent / "graphs.bin"  # written by lab/shipped.py, which needs torch and onnx

# Choices of the lab's controls, by their names in lab/settings.mjs; the others are free. Not all go together; the
# page says what the file lacks.
OFFER: dict[str, list[int] | list[str]] = {
    "gLayers": [0, 1, 2, 3, 4],
    "dLayers": [0, 1, 2, 3, 4],
    "pack": [1],
    "optimizer": ["adam", "sgd"],
}


def parts() -> list[str]:
    """Return the names of the file's parts: "G's depth-D's depth-activation"."""
    with GRAPHS.open("rb") as file:
        return list(headed_file.read_header(file)["graphs"])
