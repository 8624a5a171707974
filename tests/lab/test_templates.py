"""Shipped templates, filled in for some sizes, compute what a graph that was compiled for these sizes computes."""

from __future__ import annotations

import gzip
from typing import Any

import numpy as np
import onnxruntime
import pytest

from gan_demo.config import ModelConfig
from gan_demo.gan.compiled.export import step_onnx
from gan_demo.gan.compiled.layout import StateLayout
from gan_demo.gan.compiled.spec import GraphSpec
from gan_demo.gan.compiled.views import ViewSpec, view_onnx
from gan_demo.lab import page, shipped, templates

SIZES = {"batch": 12, "z_dim": 2, "width": 7, "d_width": 1}
MEGABYTES = 3


@pytest.fixture(scope="module")
def parts() -> dict[str, bytes]:
    return shipped.read()


def model(name: str) -> ModelConfig:
    g_depth, d_depth, activation = name.split("-")
    return ModelConfig(
        "points",
        SIZES["z_dim"],
        SIZES["width"],
        SIZES["d_width"],
        depth=int(g_depth),
        d_depth=int(d_depth),
        activation=activation,
        shape=(2,),
    )


def graph(part: bytes, key: str) -> tuple[dict[str, Any], bytes]:
    header, contents = shipped.split(gzip.decompress(part))
    offset, length = header["graphs"][key]
    return header, templates.filled(contents[offset:][:length], header["formulas"], SIZES)


def compare(actual: bytes, wanted: bytes) -> None:
    sessions = [onnxruntime.InferenceSession(content) for content in (actual, wanted)]
    rng = np.random.default_rng(0)
    feed = {value.name: rng.uniform(0.1, 0.5, value.shape).astype(np.float32) for value in sessions[1].get_inputs()}
    for actual_value, wanted_value in zip(*(session.run(None, feed) for session in sessions), strict=True):
        np.testing.assert_allclose(actual_value, wanted_value, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("2-2-leaky_relu", "step/relativistic/adam/r"),
        ("0-0-leaky_relu", "step/wasserstein/sgd/gp"),
        ("3-3-leaky_relu", "d/least_squares/adam/"),
    ],
)
def test_a_template_is_the_graph_of_any_sizes(parts: dict[str, bytes], name: str, key: str) -> None:
    update, loss, optimizer, penalties = key.split("/")
    spec = GraphSpec(model(name), loss, optimizer, SIZES["batch"], update, *shipped.PENALTIES[penalties])
    header, filled = graph(parts[name], key)
    compare(filled, step_onnx(spec))
    layout = StateLayout.of(spec.model)
    for network in ("g", "d"):
        shapes = [[SIZES.get(size, size) for size in shape] for _, shape in header["tensors"][network]]
        assert shapes == [list(entry.shape) for entry in getattr(layout, network).tensors]


def test_templates_of_views_serve_any_sizes(parts: dict[str, bytes]) -> None:
    _, filled = graph(parts["2-2-leaky_relu"], "slopes/relativistic")
    compare(filled, view_onnx(ViewSpec(model("2-2-leaky_relu"), "slopes", shipped.ROWS["slopes"], "relativistic")))


def test_the_likeliest_parts_are_shipped_and_small(parts: dict[str, bytes]) -> None:
    names = list(shipped.part_names())
    assert list(parts) == names[: len(parts)]
    assert {f"{depth}-{depth}-leaky_relu" for depth in range(4)} <= set(parts)
    assert page.GRAPHS.stat().st_size < MEGABYTES * 2**20


def test_a_size_without_a_formula_is_refused() -> None:
    spec = GraphSpec(model("1-1-relu"), "hinge", "adam", 13)
    formulas = templates.Formulas.of(model("1-1-relu"), frozenset())
    content = step_onnx(spec)
    with pytest.raises(AssertionError, match="no formula"):
        templates.template(content, formulas)
