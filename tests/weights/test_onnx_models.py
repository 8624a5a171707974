"""Foreign ONNX generators: they draw what their own network draws, and others are refused with a reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from gan_demo.errors import DataError
from gan_demo.explorer.directions import find
from gan_demo.export import formats, hub_repository
from gan_demo.gan import latent, onnx_export
from gan_demo.gan.models.build import build_generator
from gan_demo.presets import PRESETS
from gan_demo.weights import load
from gan_demo.weights.onnx_models import process
from gan_demo.weights.onnx_models.files import OnnxFiles
from gan_demo.weights.onnx_models.generator import OnnxGenerator, read_onnx
from gan_demo.weights.onnx_models.images import layout
from gan_demo.weights.onnx_models.interface import interface, parse
from tests.weights.onnx_files import LATENTS, Z, dcgan, onnx_file, run, run_adapted, seeded

pytestmark = pytest.mark.usefixtures("one_thread")


class Conditional(nn.Module):
    """MLP with an embedding of seven classes; images as TensorFlow lays them out, in [0, 1]."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(7, 5)
        self.net = nn.Sequential(nn.Linear(Z + 5, 32), nn.ReLU(), nn.Linear(32, 784), nn.Sigmoid())

    def forward(self, noise: Tensor, label: Tensor) -> Tensor:
        x: Tensor = self.net(torch.cat([noise, self.table(label)], 1))
        return x.view(-1, 28, 28, 1)


class OneHot(nn.Module):
    """MLP of latents and one-hot classes, with pixels in 0 to 255."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(Z + 4, 3 * 64), nn.Sigmoid())

    def forward(self, z: Tensor, classes: Tensor) -> Tensor:
        x: Tensor = self.net(torch.cat([z, classes], 1))
        return 255 * x.view(-1, 3, 8, 8)


@pytest.mark.parametrize(
    ("rows", "opset"), [(0, 17), (1, 17), (3, 11)], ids=["free", "one row", "three rows, opset 11"]
)
def test_any_number_of_latents_is_drawn_whatever_the_file_s_own_number(rows: int, opset: int) -> None:
    network = seeded(dcgan)
    data = onnx_file(network, {"input": torch.zeros(rows or 2, Z, 1, 1)}, free=not rows, opset=opset)
    with torch.no_grad():
        expected = network(LATENTS[:, :, None, None])
    torch.testing.assert_close(run_adapted(data, LATENTS), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("free", [True, False])
def test_classes_by_index_and_images_with_channels_last_in_0_to_1(free: bool) -> None:
    network = seeded(Conditional)
    rows = 2 if free else 1
    data = onnx_file(network, {"noise": torch.zeros(rows, Z), "label": torch.zeros(rows, dtype=torch.int64)}, free)
    classes = torch.tensor([0, 6, 3, 3, 1])
    with torch.no_grad():
        expected = 2 * network(LATENTS, classes).permute(0, 3, 1, 2) - 1
    drawn = run_adapted(data, LATENTS, nn.functional.one_hot(classes, 7).float())
    torch.testing.assert_close(drawn, expected, rtol=0, atol=1e-5)


def test_one_hot_classes_and_pixels_in_0_to_255() -> None:
    network = seeded(OneHot)
    data = onnx_file(network, {"z": torch.zeros(2, Z), "classes": torch.zeros(2, 4)})
    y = nn.functional.one_hot(torch.tensor([0, 1, 2, 3, 0]), 4).float()
    with torch.no_grad():
        expected = network(LATENTS, y) / 127.5 - 1
    torch.testing.assert_close(run_adapted(data, LATENTS, y), expected, rtol=0, atol=1e-5)


def test_truncation_pulls_latents_towards_zero_where_the_file_has_none_of_its_own() -> None:
    network = seeded(dcgan)
    data = onnx_file(network, {"input": torch.zeros(2, Z, 1, 1)})
    with torch.no_grad():
        expected = network(0.5 * LATENTS[:, :, None, None])
    torch.testing.assert_close(run_adapted(data, LATENTS, psi=0.5), expected, rtol=0, atol=1e-5)


def test_our_own_export_comes_back_with_its_classes_and_its_truncation() -> None:
    config = PRESETS["digits"].with_settings({"width": 4}).fit((1, 28, 28), (latent_digit(),))
    generator = build_generator(config.model).eval()
    data = onnx_export.generator_onnx(generator, config.model)
    z = latent.sample_z(3, config.model.z_dim, seed=0)
    y = latent.random_labels(3, config.model.labels, seed=0)
    expected = latent.generate(generator, z, y, psi=0.5)
    torch.testing.assert_close(run_adapted(data, z, y, psi=0.5), expected, rtol=0, atol=1e-4)


def latent_digit() -> object:
    from gan_demo.config import LabelField

    return LabelField("digit", tuple("0123456789"))


def graph(inputs: list[tuple[str, int, list[int | str]]], node: onnx.NodeProto, output: list[int | str]) -> bytes:
    """Return a model of a single node."""
    values = [helper.make_tensor_value_info(name, kind, dims) for name, kind, dims in inputs]
    result = helper.make_tensor_value_info("image", TensorProto.FLOAT, output)
    model = helper.make_model(
        helper.make_graph([node], "g", values, [result]), opset_imports=[helper.make_opsetid("", 17)]
    )
    content: bytes = model.SerializeToString()
    return content


def external(location: str = "x.data", **part: int) -> bytes:
    model = onnx.load_model_from_string(onnx_file(seeded(dcgan), {"input": torch.zeros(2, Z, 1, 1)}))
    keep_outside(model.graph.initializer[0], location, **part)
    content: bytes = model.SerializeToString()
    return content


def keep_outside(weight: TensorProto, location: str = "x.data", **part: int) -> None:
    """Let a tensor say that another file holds its numbers."""
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, **part}.items():
        entry = weight.external_data.add()
        entry.key, entry.value = key, str(value)


def external_sparse() -> bytes:
    """Return a graph with a sparse constant, as an attribute, whose numbers another file holds."""
    values, places = (numpy_helper.from_array(np.zeros(1, kind)) for kind in (np.float32, np.int64))
    keep_outside(values)
    sparse = helper.make_sparse_tensor(values, places, [4])
    return graph([("z", FLOAT, ["n", 4])], helper.make_node("Constant", [], ["image"], sparse_value=sparse), [1, 4])


FLOAT = TensorProto.FLOAT
CUSTOM = helper.make_node("Draw", ["z"], ["image"], domain="my.company")
IDENTITY = helper.make_node("Identity", ["z"], ["image"])
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "junk": (lambda: b"\xff\xfe" * 50, "incomplete or damaged"),
    "a path of its own": (lambda: external("/etc/passwd"), "something else than a file beside it"),
    "a path that leads out": (lambda: external("../model.onnx"), "something else than a file beside it"),
    "external data": (external, "other files"),
    "external data of a sparse constant": (external_sparse, "other files"),
    "custom operator": (lambda: graph([("z", FLOAT, ["n", 4])], CUSTOM, ["n", 1, 8, 8]), "my.company.Draw"),
    "images as input": (lambda: graph([("z", FLOAT, ["n", 3, 8, 8])], IDENTITY, ["n", 3, 8, 8]), "takes images"),
    "no input": (
        lambda: graph([], helper.make_node("RandomNormal", [], ["image"], shape=[1, 1, 8, 8]), [1, 1, 8, 8]),
        "no input",
    ),
    "three inputs": (
        lambda: graph([("z", FLOAT, ["n", 4]), ("a", FLOAT, ["n", 3]), ("b", FLOAT, ["n", 2])], IDENTITY, ["n", 4]),
        "unclear",
    ),
    "free length": (lambda: graph([("z", FLOAT, ["n", "length"])], IDENTITY, ["n", 4]), "known length"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_generator_is_refused_with_its_reason(case: str) -> None:
    data, reason = REFUSED[case]
    with pytest.raises(DataError) as refusal:
        interface(parse(data()))
    assert reason in str(refusal.value)


def test_a_discriminator_is_named_as_such() -> None:
    with pytest.raises(DataError, match="is a discriminator"):
        layout(np.zeros((4, 1), np.float32))


def test_images_that_are_not_finite_are_refused() -> None:
    with pytest.raises(DataError, match="NaN"):
        layout(np.full((4, 1, 8, 8), np.nan, np.float32))


def test_a_file_is_read_and_drawn_in_a_process_that_is_started_again_when_it_has_ended() -> None:
    network = seeded(dcgan)
    data = onnx_file(network, {"input": torch.zeros(2, Z, 1, 1)})
    model, generator = read_onnx(OnnxFiles(memoryview(data)), "dcgan.onnx")
    with torch.no_grad():
        expected = network(LATENTS[:, :, None, None])
    assert (model.z_dim, model.shape, model.labels) == (Z, (3, 8, 8), ())
    generator.eval()
    torch.testing.assert_close(latent.generate(generator, LATENTS), expected, rtol=0, atol=1e-5)
    running = generator.process._process
    assert running is not None
    running.kill()
    running.wait()
    with pytest.raises(DataError, match="ends the process"):
        latent.generate(generator, LATENTS)
    torch.testing.assert_close(latent.generate(generator, LATENTS), expected, rtol=0, atol=1e-5)
    generator.multiply_adds = 10**10  # so few are drawn
    directions = find.directions(generator, model, "")
    assert {direction.family for direction in directions} == {"ganspace"}
    assert onnx_export.generator_onnx(generator, model) == generator.process.adapted("-1_to_1")
    folder = generator.process._folder
    generator.process.close()
    assert not folder.exists()


def test_an_onnx_file_is_a_weights_file_whose_range_of_values_can_be_chosen(tmp_path: Path) -> None:
    file = tmp_path / "unnamed.bin"
    file.write_bytes(onnx_file(seeded(dcgan), {"input": torch.zeros(2, Z, 1, 1)}))
    opened = load.open_weights(file).recognise()
    assert (opened.family, opened.z_dim, opened.shape) == ("onnx", Z, (3, 8, 8))
    assert [choice.name for choice in opened.choices] == ["value_range"]
    assert opened.choices[0].default == "-1_to_1"
    drawn, other = (opened.build(options) for options in ({}, {"value_range": "0_to_1"}))
    assert (drawn.assumed, other.assumed) == (("value_range",), ())
    expected = 2 * latent.generate(drawn.generator, LATENTS) - 1
    torch.testing.assert_close(latent.generate(other.generator, LATENTS), expected, rtol=0, atol=1e-5)
    assert isinstance(drawn.generator, OnnxGenerator)
    assert isinstance(other.generator, OnnxGenerator)
    assert drawn.generator.process is other.generator.process
    repository = hub_repository.files(file, None, formats.WeightsOptions(Mock()))
    assert "generator.safetensors" not in repository, "it has no weights beside the graph"
    assert repository["generator.onnx"] == drawn.generator.onnx
    torch.testing.assert_close(run(other.generator.onnx, LATENTS), expected, rtol=0, atol=1e-5)


def test_a_graph_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "READ_SECONDS", 2.0)
    with pytest.raises(DataError, match="takes longer than 2 seconds"):
        read_onnx(OnnxFiles(memoryview(endless())), "endless.onnx")


def endless() -> bytes:
    """Return a graph whose loop takes days."""
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["go_on"]), helper.make_node("Sin", ["x"], ["sine"])],
        "body",
        [
            helper.make_tensor_value_info("k", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("x", FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("sine", FLOAT, None),
        ],
    )
    values = [helper.make_tensor_value_info("z", FLOAT, ["n", 64])]
    constants = [
        helper.make_tensor("turns", TensorProto.INT64, [], [10**15]),
        helper.make_tensor("yes", TensorProto.BOOL, [], [True]),
    ]
    loop = helper.make_node("Loop", ["turns", "yes", "z"], ["image"], body=body)
    whole = helper.make_graph([loop], "g", values, [helper.make_tensor_value_info("image", FLOAT, None)], constants)
    content: bytes = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 17)]).SerializeToString()
    return content


def test_what_a_process_refuses_arrives_with_the_file_s_name(tmp_path: Path) -> None:
    with pytest.raises(DataError) as refusal:
        load.open_weights(external(), "outside.onnx")
    assert refusal.value.value == "outside.onnx"
    assert "onnx.save_model(onnx.load(path)" in str(refusal.value)
