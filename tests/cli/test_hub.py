"""Weights of the Hugging Face Hub wherever the command line takes a weights file, and models that go there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gan_demo.cli.main import main
from gan_demo.config import ModelConfig
from gan_demo.gan.models.build import build_generator
from gan_demo.weights import save
from tests.hub_server import Repository, serving

MODEL = ModelConfig("mlp", 6, 2, 2, shape=(1, 28, 28))


def mistake(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return the single line that a wrong command prints."""
    capsys.readouterr()
    assert main(words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_weights_of_the_hub_are_sampled_and_exported_as_files_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    weights = save.weights_file(build_generator(MODEL).eval(), MODEL)
    with serving(monkeypatch) as hub:
        hub.repositories["me/gan"] = Repository({"a/G.safetensors": weights})
        assert main(["sample", "hf:me/gan", "--n", "4", "--out", "hub.npz"]) == 0
        assert main(["export", "hf:me/gan@main:a/G.safetensors", "--format", "onnx", "--out", "hub.onnx"]) == 0
        assert "no public model" in mistake(capsys, "sample", "hf:me/none", "--out", "x.npz")
    (tmp_path / "G.safetensors").write_bytes(weights)
    assert main(["sample", "G.safetensors", "--n", "4", "--out", "file.npz"]) == 0
    assert np.array_equal(np.load("hub.npz")["samples"], np.load("file.npz")["samples"])
    assert "no connection" in mistake(capsys, "sample", "hf:me/gan", "--out", "x.npz")
