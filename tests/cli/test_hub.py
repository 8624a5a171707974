"""Weights of the Hugging Face Hub wherever the command line takes a weights file, and models that go there."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_demo.cli.main import main
from gan_demo.config import ModelConfig
from gan_demo.gan.models.build import build_generator
from gan_demo.runs import library
from gan_demo.weights import load, save
from tests.hub_server import TOKEN, Repository, serving

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


def test_a_model_with_several_files_offers_them_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {f"G_{k}.safetensors": save.weights_file(build_generator(MODEL, k).eval(), MODEL) for k in (1, 2)}
    with serving(monkeypatch) as hub:
        hub.repositories["me/gan"] = Repository(files | {"config.json": b"{}", "netD.pt": b"no"})
        for options in ([], ["--network", "G_2"]):
            assert main(["sample", "hf:me/gan", "--n", "4", *options, "--out", f"{len(options)}.npz"]) == 0
        assert "file: G_1.safetensors (also in the repository: G_2.safetensors; " in capsys.readouterr().err
        assert main(["sample", "hf:me/gan", "--network", "G_3", "--out", "x.npz"]) == 2
        assert "G_3: is not in this file" in capsys.readouterr().err
    (tmp_path / "G.safetensors").write_bytes(files["G_2.safetensors"])
    assert main(["sample", "G.safetensors", "--n", "4", "--out", "file.npz"]) == 0
    samples = [np.load(name)["samples"] for name in ("0.npz", "2.npz", "file.npz")]
    assert np.array_equal(samples[1], samples[2])
    assert not np.array_equal(samples[0], samples[1])


def test_a_model_repository_has_weights_settings_pictures_and_metrics(tmp_path: Path) -> None:
    out = tmp_path / "repository"
    assert main(["export", "digits", "--format", "hub", "--out", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "README.md",
        "config.json",
        "generator.safetensors",
        "samples.png",
    ]
    run = library.find("digits")
    assert load.load_weights(out).config == run.config.model
    settings = json.loads((out / "config.json").read_text("utf-8"))
    assert settings["train"]["loss"] == run.config.train.loss
    assert not {"path", "root"} & settings["data"].keys()
    card = (out / "README.md").read_text("utf-8")
    assert card.startswith("---\nlibrary_name: gan_demo\n")
    assert "![Samples](samples.png)" in card
    fcd = [value for value in run.metrics()["fcd"] if math.isfinite(value)][-1]
    assert f"| {fcd:.3g} |" in card
    with Image.open(out / "samples.png") as picture:
        assert picture.width >= 8 * 28


def test_what_is_pushed_opens_from_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with serving(monkeypatch) as hub:
        assert main(["push", "digits", "me/digits", "--private"]) == 0
        repository = hub.repositories["me/digits"]
        assert (repository.private, len(repository.files)) == (True, 4)
        assert main(["sample", "hf:me/digits", "--n", "4", "--out", str(tmp_path / "hub.npz")]) == 0
    assert main(["sample", "digits", "--n", "4", "--out", str(tmp_path / "here.npz")]) == 0
    assert np.array_equal(np.load(tmp_path / "hub.npz")["samples"], np.load(tmp_path / "here.npz")["samples"])


def test_a_stranger_may_not_push(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_" + "x" * 34)
    with serving(monkeypatch):
        assert "may not" in mistake(capsys, "push", "digits", "me/digits")
    assert "no connection" in mistake(capsys, "push", "digits", "me/digits")
    assert "no address" in mistake(capsys, "push", "digits", "digits")
