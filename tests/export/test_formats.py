"""What can be taken away of a run: the files say the same as torch."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import numpy as np
import onnxruntime
import pytest

from gan_demo.cli.main import main
from gan_demo.errors import RunError
from gan_demo.export import formats
from gan_demo.gan import latent
from gan_demo.runs import library, networks
from gan_demo.runs.run_dir import RunDir
from gan_demo.weights.save import weights_file

pytestmark = pytest.mark.usefixtures("one_thread")


def samples(file: Path, z: np.ndarray, y: np.ndarray | None) -> np.ndarray:
    """Return the samples of an exported generator."""
    labels = {} if y is None else {"y": y}
    output = onnxruntime.InferenceSession(file).run(["x"], {"z": z, **labels, "psi": np.ones(1, np.float32)})[0]
    assert isinstance(output, np.ndarray)
    return output


@pytest.mark.parametrize("name", ["digits", "tutorial"])
def test_an_exported_run_draws_what_the_run_draws(name: str, tmp_path: Path) -> None:
    run, file = library.find(name), tmp_path / "g.onnx"
    step = run.checkpoints[-2]
    assert main(["export", name, "--format", "onnx", "--step", str(step), "--out", str(file)]) == 0
    model = run.config.model
    z = latent.sample_z(5, model.z_dim, seed=1)
    y = latent.random_labels(5, model.labels, seed=1) if model.labels else None
    wanted = latent.generate(networks.generator(run, step), z, y).numpy()
    output = samples(file, z.numpy(), None if y is None else y.numpy())
    np.testing.assert_allclose(output, wanted, rtol=0, atol=1e-4)


def test_a_weights_file_exports_too(tmp_path: Path) -> None:
    run, file = library.find("tutorial"), tmp_path / "g.onnx"
    (tmp_path / "g.safetensors").write_bytes(weights_file(networks.generator(run), run.config.model))
    assert main(["export", str(tmp_path / "g.safetensors"), "--format", "onnx", "--out", str(file)]) == 0
    z = latent.sample_z(3, run.config.model.z_dim, seed=1)
    np.testing.assert_allclose(
        samples(file, z.numpy(), None), latent.generate(networks.generator(run), z).numpy(), rtol=0, atol=1e-4
    )


def test_a_folder_with_weights_is_a_source_and_a_run_stays_a_run(tmp_path: Path) -> None:
    options = formats.WeightsOptions(Mock())
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(RunError):
        formats.find_source(tmp_path, options)
    (tmp_path / "model.safetensors").write_bytes(b"")
    assert formats.find_source(tmp_path, options) == (tmp_path, options)
    assert isinstance(formats.find_source(library.find("tutorial").path, options)[0], RunDir)
