"""ONNX generators whose weights lie in a second file: joined where both are given, else refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import onnx
import pytest
import torch
from torch import nn

from gan_demo.errors import DataError
from gan_demo.gan import latent
from gan_demo.weights import load
from gan_demo.weights.onnx_models.files import OnnxFiles, copied
from gan_demo.weights.onnx_models.interface import parse
from tests.weights.onnx_files import LATENTS, Z, dcgan, onnx_file, seeded
from tests.weights.test_onnx_models import external

pytestmark = pytest.mark.usefixtures("one_thread")


def split_model(folder: Path) -> nn.Module:
    """Write a generator with its weights in a second file, as torch does by default; return the network."""
    network = seeded(dcgan)
    model = onnx.load_model_from_string(onnx_file(network, {"input": torch.zeros(2, Z, 1, 1)}))
    path = str(folder / "G.onnx")
    onnx.save_model(model, path, save_as_external_data=True, location="G.onnx.data", size_threshold=0)
    return network


@pytest.mark.parametrize("container", ["folder", "zip"])
def test_weights_in_a_second_file_are_joined_where_both_are_given(tmp_path: Path, container: str) -> None:
    network = split_model(tmp_path)
    source: Path | bytes = tmp_path
    if container != "folder":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in tmp_path.iterdir():
                archive.write(path, "model/" + path.name)
            archive.writestr("model/README.md", "a generator")
            archive.writestr("discriminator.onnx", b"")
        source = buffer.getvalue()
    loaded = load.load_weights(source, "model.zip")
    with torch.no_grad():
        expected = network(LATENTS[:, :, None, None])
    torch.testing.assert_close(latent.generate(loaded.generator, LATENTS), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ({"offset": 4, "length": 1000}, "claims more"),
        ({"offset": -4}, "claims more"),
        ({"location": "y.data"}, "keeps its weights in other files"),
    ],
)
def test_a_part_that_is_not_in_the_second_file_is_refused(tmp_path: Path, part: dict[str, Any], reason: str) -> None:
    (tmp_path / "x.data").write_bytes(bytes(900))
    with pytest.raises(DataError, match=reason):
        parse(external(**part), {"x.data": tmp_path / "x.data"})


def test_a_second_file_alone_or_one_of_two_is_not_enough(tmp_path: Path) -> None:
    split_model(tmp_path)
    with pytest.raises(DataError, match="keeps its weights in other files"):
        load.open_weights(tmp_path / "G.onnx")
    files = OnnxFiles(memoryview(b""), {"a": lambda: memoryview(b"x")})
    with pytest.raises(DataError, match="lacks a part of its weights"):
        copied(files, ["a", "b"], tmp_path, "G.onnx")


def test_files_that_hold_pytorch_weights_too_are_opened_as_these(tmp_path: Path) -> None:
    split_model(tmp_path)
    torch.save(nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 784)).state_dict(), tmp_path / "G.pt")
    file = load.open_weights(tmp_path)
    recognised = file.recognise()
    assert recognised.family == "mlp"
    assert "G.onnx" in str(file.skipped(recognised)), "the other is named"
