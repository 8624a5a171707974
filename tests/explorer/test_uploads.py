"""Uploaded weights: the names of the files that are downloaded of them."""

from __future__ import annotations

import pytest

from gan_demo.config import ModelConfig
from gan_demo.explorer.uploads import Upload
from gan_demo.gan.models.build import build_generator
from gan_demo.weights.recognised import Loaded

MODEL = ModelConfig("mlp", 6, 2, shape=(1, 28, 28))


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("checkpoint_epoch199.pth", "checkpoint_epoch199"),
        ("owner/name: weights/G ema.safetensors", "G_ema"),
        ('猫"\n.pkl', "猫__"),
        (".pth", ".pth"),
        ("", "generator"),
    ],
)
def test_downloads_are_named_after_the_weights_file(title: str, stem: str) -> None:
    upload = Upload("upload-1", title, Loaded(MODEL, build_generator(MODEL).eval(), "gan_demo"), "")
    assert upload.stem == stem
