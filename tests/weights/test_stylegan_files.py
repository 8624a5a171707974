"""Style-based generators in files as people have them, opened, exported and drawn by onnxruntime."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor

from gan_demo.explorer import artifacts
from gan_demo.gan import latent, onnx_export
from gan_demo.gan.models.stylegan.base import StyleGenerator
from gan_demo.weights.families.stylegan.stylegan2 import from_nvidia
from gan_demo.weights.load import load_weights, open_weights
from tests.weights import stylegan_files

FILES = {
    "nvidia": stylegan_files.nvidia,
    "conditional": lambda: stylegan_files.nvidia(classes=3),
    "lucidrains": stylegan_files.lucidrains,
    "stylegan3": stylegan_files.stylegan3,
    "r3gan": lambda: stylegan_files.r3gan(classes=3),
}
SETTINGS = {"stylegan3": {"margin_size": 2, "first_cutoff": 4.0}}


def saved(content: Any) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def opened(kind: str) -> Any:
    tensors = FILES[kind]()
    config = {"config": SETTINGS[kind]} if kind in SETTINGS else {}
    return load_weights(saved({"state_dict": tensors} | config), "w.pt")


def test_rosinalitys_checkpoint_opens_with_its_average_and_its_mean() -> None:
    tensors = stylegan_files.nvidia()
    theirs = stylegan_files.rosinality(tensors)
    noisy = {name: value + 1 for name, value in theirs.items()}
    beside = {"latent_avg": tensors["mapping.w_avg"], "args": {"latent": 5}, "ada_aug_p": 0.1}
    loaded = load_weights(saved({"g": noisy, "g_ema": theirs, **beside}), "550000.pt")
    _, ours = from_nvidia(tensors, {})
    z = latent.sample_z(2, stylegan_files.Z, seed=1)
    assert (loaded.source, loaded.network) == ("stylegan2", "g_ema")
    assert [extra.name for extra in loaded.skipped.named] == ["ada_aug_p"]  # mean and settings are made use of
    images = latent.generate(ours, z, psi=0.5)
    torch.testing.assert_close(latent.generate(loaded.generator, z, psi=0.5), images, atol=1e-5, rtol=1e-5)


def test_lucidrains_checkpoint_opens_with_a_factor_to_choose() -> None:
    networks = {"": stylegan_files.lucidrains(0), "E": stylegan_files.lucidrains(1)}
    gan = {f"{name[0]}{e}{name[1:]}": value for e, part in networks.items() for name, value in part.items()}
    gan["D.blocks.0.conv_res.weight"] = torch.randn(4, 3, 1, 1)
    file = open_weights(saved({"GAN": gan, "version": "1.8.9"}), "model_12.pt")
    recognised = file.recognise()
    assert [choice.name for choice in recognised.choices] == ["mapping_factor"]
    weights = [recognised.build({"mapping_factor": f}).generator.mapping.layers[0].weight for f in ("0.1", "1")]
    torch.testing.assert_close(10 * weights[0], weights[1])
    torch.testing.assert_close(weights[1], networks["E"]["S.net.0.weight"])


def test_a_network_exported_for_others_takes_latents_labels_and_psi_alone() -> None:
    loaded = opened("conditional")
    data = onnx_export.generator_onnx(loaded.generator, loaded.config)
    z, y = latent.sample_z(3, stylegan_files.Z, seed=1), torch.eye(3)
    assert [node.name for node in onnxruntime.InferenceSession(data).get_inputs()] == ["z", "y", "psi"]
    (x,) = run_file(data, z, y, psi=0.6)
    torch.testing.assert_close(x, latent.generate(loaded.generator, z, y, psi=0.6), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("kind", FILES)
def test_the_exported_network_draws_what_torch_draws(kind: str) -> None:
    loaded = opened(kind)
    z = latent.sample_z(3, stylegan_files.Z, seed=1)
    y = torch.eye(3) if loaded.config.labels else None
    x = run(loaded, z, y, psi=0.6)
    torch.testing.assert_close(x, latent.generate(loaded.generator, z, y, psi=0.6), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("kind", ["nvidia", "conditional", "lucidrains", "stylegan3"])
def test_the_exported_network_mixes_styles_by_groups_of_layers(kind: str) -> None:
    loaded = opened(kind)
    generator, classes = loaded.generator, loaded.config.label_width
    assert isinstance(generator, StyleGenerator)
    z, y = latent.sample_z(4, stylegan_files.Z, seed=1), torch.eye(max(classes, 1))[[0] * 4, :classes]
    share = torch.tensor([1.0, 0.0, 0.5])
    style = torch.cat([z[1:].flatten(), y[1:].flatten(), share])[None]
    x = run(loaded, z[:1], y[:1] if classes else None, psi=0.8, style=style)
    w = generator.mean_w() + 0.8 * (generator.map(z, y if classes else None) - generator.mean_w())
    by_group = torch.lerp(w[:1].expand(3, -1), w[1:], share[:, None])
    torch.testing.assert_close(x, generator.synthesise(by_group[generator.layer_groups()][None]), atol=1e-4, rtol=1e-4)


def test_the_exported_network_takes_noise_and_leaves_it_out() -> None:
    loaded = opened("nvidia")
    generator, z = loaded.generator, latent.sample_z(2, stylegan_files.Z, seed=1)
    generator.noise_mode = "off"
    torch.testing.assert_close(run(loaded, z, fixed=torch.zeros(1)), generator(z), atol=1e-4, rtol=1e-4)
    generator.noise_mode = "random"
    maps = generator.random_noise(torch.Generator().manual_seed(generator.noise_seed))
    noise = torch.cat([part.flatten() for part in maps])[None]
    x = run(loaded, z, fixed=torch.zeros(1), noise=noise)
    torch.testing.assert_close(x, generator(z), atol=1e-4, rtol=1e-4)


def test_a_preview_is_the_sum_of_colours_up_to_its_size_and_costs_no_full_image() -> None:
    tensors = stylegan_files.nvidia(channels=(6, 5, 5, 4, 4, 4))  # 128 pixels
    loaded = load_weights(saved(tensors), "w.pt")
    _, small = from_nvidia({name: value for name, value in tensors.items() if ".b128." not in name}, {})
    z = latent.sample_z(1, stylegan_files.Z, seed=1)
    full, preview = outputs(loaded, z)
    none, same = outputs(loaded, z, full=torch.zeros(1))
    assert (full.shape, none.shape) == ((1, 3, 128, 128), (0, 3, 128, 128))
    torch.testing.assert_close(same, preview)
    torch.testing.assert_close(preview, small(z), atol=1e-4, rtol=1e-4)


def test_the_explorer_is_told_of_styles_and_noise() -> None:
    loaded = opened("nvidia")
    space = artifacts.generator_space(loaded.generator, loaded.config, "")
    assert space["mapped"]
    assert space["styles"] == {
        "layers": [2, 2, 2],
        "noise": 16 + 2 * 64 + 2 * 256,
        "uniform_noise": False,
        "preview": None,
    }
    assert {direction["family"] for direction in space["directions"]} == {"change", "ganspace"}
    conditional = opened("r3gan")
    space = artifacts.generator_space(conditional.generator, conditional.config, "")
    assert "styles" not in space
    assert {direction["family"] for direction in space["directions"]} == {"change", "sefa"}


def run(loaded: Any, z: Tensor, y: Tensor | None = None, **given: Any) -> Tensor:
    return outputs(loaded, z, y, **given)[0]


def outputs(loaded: Any, z: Tensor, y: Tensor | None = None, psi: float = 1.0, **given: Tensor) -> list[Tensor]:
    """Return what onnxruntime draws; inputs that are not given are as the explorer sends them."""
    return run_file(onnx_export.explorer_onnx(loaded.generator, loaded.config), z, y, psi, **given)


def run_file(data: bytes, z: Tensor, y: Tensor | None = None, psi: float = 1.0, **given: Tensor) -> list[Tensor]:
    session = onnxruntime.InferenceSession(data)
    given = {"z": z, "psi": torch.tensor([psi]), "fixed": torch.ones(1), "full": torch.ones(1)} | given
    given |= {} if y is None else {"y": y}
    feeds: dict[str, np.ndarray] = {}
    for node in session.get_inputs():
        shape = [size if isinstance(size, int) else len(z) for size in node.shape]
        feeds[node.name] = given[node.name].numpy() if node.name in given else np.zeros(shape, np.float32)
    return [torch.from_numpy(value) for value in session.run(None, feeds)]
