"""The lines that people copy: they run as they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gan_demo.config import LabelField, ModelConfig
from gan_demo.export import snippets
from gan_demo.gan import onnx_export
from gan_demo.gan.models.build import build_generator
from gan_demo.runs import library

ODD = (LabelField('a "name"', ("x", "y")), LabelField("line\nbreak", ("1", "2", "3")))
MODELS = {
    "digits": library.find("digits").config.model,
    "faces": library.find("faces").config.model,
    "tutorial": library.find("tutorial").config.model,
    "points": ModelConfig(arch="points", z_dim=4, width=8, d_width=8, shape=(2,)),
    "odd": ModelConfig(arch="mlp", z_dim=4, width=4, d_width=4, conditional=True, shape=(1, 28, 28), labels=ODD),
}


@pytest.mark.parametrize("name", MODELS)
def test_the_python_lines_draw_a_sample(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, file = MODELS[name], 'my "best".onnx'
    (tmp_path / file).write_bytes(onnx_export.generator_onnx(build_generator(model).eval(), model))
    monkeypatch.chdir(tmp_path)
    lines = snippets.python(model, file)
    assert len(lines.splitlines()) <= 5
    variables: dict[str, Any] = {}
    exec(lines, variables)
    assert variables["x"].shape == (1, *model.shape)
    assert np.isfinite(variables["x"]).all()
    if model.labels:
        assert variables["y"].sum() == len(model.labels)


@pytest.mark.parametrize("name", MODELS)
def test_the_javascript_lines_are_five_at_most(name: str) -> None:
    assert len(snippets.javascript(MODELS[name], "g.onnx").splitlines()) <= 5
