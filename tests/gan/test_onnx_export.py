"""Networks as ONNX: the same numbers as torch's, for every architecture, any number of rows, labels and truncation."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import Tensor

from gan_demo.config import LabelField, ModelConfig
from gan_demo.data.datasets import multi_hot
from gan_demo.errors import ConfigError
from gan_demo.gan import latent, onnx_export
from gan_demo.gan.classifier import load_classifier
from gan_demo.gan.models.base import Generator
from gan_demo.gan.models.build import build_discriminator, build_generator
from gan_demo.runs import library, networks
from tests.gan.architectures import KINDS

COLOURS = (LabelField("colour", ("red", "green", "blue")), LabelField("hat", ("no", "yes")))
TOLERANCE = 1e-4  # what the issue of the explorer allows; found are some 1e-6

pytestmark = pytest.mark.usefixtures("one_thread")


def model_of(arch: str, shape: tuple[int, ...], mapping: int = 0, labels: tuple[LabelField, ...] = ()) -> ModelConfig:
    return ModelConfig(
        arch=arch, z_dim=16, width=4, d_width=4, mapping=mapping, conditional=bool(labels), shape=shape, labels=labels
    )


def loud(generator: Generator) -> Generator:
    """Weights that fill the range of the output, and batch statistics that are not those of the first day."""
    rng = torch.Generator().manual_seed(5)
    for name, value in generator.state_dict().items():
        if name.endswith(("running_mean", "scale")):
            value.copy_(torch.randn(value.shape, generator=rng))
        elif name.endswith("running_var"):
            value.copy_(torch.rand(value.shape, generator=rng) + 0.5)
        elif value.is_floating_point() and value.dim() > 1:
            value.copy_(torch.randn(value.shape, generator=rng) * 0.1)
    return generator.eval()


def assert_same_samples(generator: Generator, model: ModelConfig, opset: int = onnx_export.OPSET) -> None:
    session = onnxruntime.InferenceSession(onnx_export.generator_onnx(generator, model, opset))
    assert [each.name for each in session.get_inputs()] == ["z", *(["y"] if model.label_width else []), "psi"]
    rng = torch.Generator().manual_seed(0)
    for rows, psi in ((1, 1.0), (7, 0.6), (16, 0.0)):
        z = torch.randn(rows, model.z_dim, generator=rng)
        y = torch.rand(rows, model.label_width, generator=rng) if model.label_width else None
        label_feeds = {} if y is None else {"y": y.numpy()}
        (output,) = session.run(["x"], {"z": z.numpy(), "psi": np.array([psi], np.float32), **label_feeds})
        wanted = latent.generate(generator, z, y, psi).numpy()
        assert output.shape == wanted.shape
        np.testing.assert_allclose(output, wanted, rtol=0, atol=TOLERANCE)


def mapped_rows(model: ModelConfig, y: Tensor, psi: float, folder: Path) -> int:
    """Return the largest number of rows in any layer's input."""
    options = onnxruntime.SessionOptions()
    options.enable_profiling, options.profile_file_prefix = True, str(folder / "profile")
    file = onnx_export.generator_onnx(build_generator(model).eval(), model)
    session = onnxruntime.InferenceSession(file, options)
    z = np.zeros((len(y), model.z_dim), np.float32)
    session.run(["x"], {"z": z, "y": y.numpy(), "psi": np.array([psi], np.float32)})
    events = json.loads(Path(session.end_profiling()).read_text())
    shapes = [
        next(iter(each.values())) for event in events for each in event.get("args", {}).get("output_type_shape", [])
    ]
    return max(shape[0] for shape in shapes if len(shape) == 2)


def test_the_mean_of_a_mapping_is_made_once_a_label_and_only_where_it_counts(tmp_path: Path) -> None:
    model = model_of("points", (2,), 2, COLOURS)
    y = multi_hot(torch.tensor([[1, 0]]), COLOURS).expand(8, -1)
    two = torch.cat([y, multi_hot(torch.tensor([[2, 1]]), COLOURS)])
    assert mapped_rows(model, y, 1.0, tmp_path) <= 8 + 1
    assert mapped_rows(model, y, 0.7, tmp_path) == latent.MEAN_SAMPLES
    assert mapped_rows(model, two, 0.7, tmp_path) == 2 * latent.MEAN_SAMPLES


@pytest.mark.parametrize("labels", [(), COLOURS], ids=["free", "labelled"])
@pytest.mark.parametrize("mapping", [0, 2], ids=["direct", "mapped"])
@pytest.mark.parametrize(("arch", "shape"), KINDS)
def test_a_generator_draws_the_same_as_onnx(
    arch: str, shape: tuple[int, ...], mapping: int, labels: tuple[LabelField, ...]
) -> None:
    model = model_of(arch, shape, mapping, labels)
    assert_same_samples(loud(build_generator(model)), model)


@pytest.mark.parametrize("opset", [onnx_export.OLDEST_OPSET, 13, onnx_export.NEWEST_OPSET])
@pytest.mark.parametrize(("arch", "shape"), KINDS)
def test_older_and_newer_operators_draw_the_same(arch: str, shape: tuple[int, ...], opset: int) -> None:
    model = model_of(arch, shape, 2, COLOURS)
    assert_same_samples(loud(build_generator(model)), model, opset)


@pytest.mark.parametrize(("opset", "ir_version"), [(11, 6), (13, 7), (17, 8), (20, 9)])
def test_a_file_says_the_versions_that_came_out_together(opset: int, ir_version: int) -> None:
    model = model_of("points", (2,))
    file = onnx.load_model_from_string(onnx_export.generator_onnx(build_generator(model).eval(), model, opset))
    assert ([entry.version for entry in file.opset_import], file.ir_version) == ([opset], ir_version)


@pytest.mark.parametrize("opset", [10, 21])
def test_an_opset_that_the_exporter_lacks_is_refused(opset: int) -> None:
    model = model_of("points", (2,))
    with pytest.raises(ConfigError) as caught:
        onnx_export.generator_onnx(build_generator(model).eval(), model, opset)
    assert caught.value.field == "opset"


@pytest.mark.parametrize("name", ["digits", "faces", "tutorial"])
def test_a_shipped_generator_draws_the_same_as_onnx(name: str) -> None:
    run = library.find(name)
    assert_same_samples(networks.generator(run), run.config.model)


@pytest.mark.parametrize("labels", [(), COLOURS], ids=["free", "labelled"])
@pytest.mark.parametrize(("arch", "shape"), KINDS)
def test_a_discriminator_says_the_same_as_onnx(
    arch: str, shape: tuple[int, ...], labels: tuple[LabelField, ...]
) -> None:
    model = model_of(arch, shape, labels=labels)
    discriminator = build_discriminator(model).eval()
    session = onnxruntime.InferenceSession(onnx_export.discriminator_onnx(discriminator, model))
    rng = torch.Generator().manual_seed(0)
    x, y = torch.randn(5, *shape, generator=rng), torch.rand(5, model.label_width, generator=rng)
    (output,) = session.run(["logit"], {"x": x.numpy(), **({"y": y.numpy()} if labels else {})})
    with torch.no_grad():
        wanted = discriminator(x, y if labels else None).numpy()
    np.testing.assert_allclose(output, wanted, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32)])
def test_a_classifier_reads_the_same_as_onnx(shape: tuple[int, ...]) -> None:
    classifier = load_classifier(shape)
    assert classifier is not None
    session = onnxruntime.InferenceSession(onnx_export.classifier_onnx(classifier))
    x = torch.randn(5, *shape, generator=torch.Generator().manual_seed(0))
    (output,) = session.run(["p"], {"x": x.numpy()})
    with torch.no_grad():
        wanted = [each.softmax(1) for each in classifier(x).split(classifier.sizes, dim=1)]
    np.testing.assert_allclose(output, torch.cat(wanted, 1).numpy(), rtol=0, atol=TOLERANCE)


def test_exporting_leaves_the_generator_as_it_was() -> None:
    model = model_of("dcgan", (1, 28, 28))
    generator = loud(build_generator(model))
    before = {name: value.clone() for name, value in generator.state_dict().items()}
    onnx_export.generator_onnx(generator, model)
    assert all(torch.equal(value, before[name]) for name, value in generator.state_dict().items())
    assert not generator.training
