"""Style-based generators: what is read from a file draws what the papers say, in every naming."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from gan_demo.errors import DataError
from gan_demo.gan import latent
from gan_demo.weights.families.stylegan.lucidrains import from_lucidrains
from gan_demo.weights.families.stylegan.r3gan import from_r3gan
from gan_demo.weights.families.stylegan.stylegan2 import from_nvidia, from_rosinality
from gan_demo.weights.families.stylegan.stylegan3 import from_nvidia3
from tests.weights import stylegan_files

ROOT2 = math.sqrt(2)


def latents(n: int = 2, z_dim: int = stylegan_files.Z) -> Tensor:
    return latent.sample_z(n, z_dim, seed=1)


def linear(x: Tensor, tensors: dict[str, Tensor], name: str, factor: float = 1.0) -> Tensor:
    """Return the equalised linear layer: weights divided by √I at run time."""
    weight, bias = tensors[f"{name}.weight"].double(), tensors[f"{name}.bias"].double()
    return x @ weight.T * factor / math.sqrt(weight.shape[1]) + bias * factor


def unit(x: Tensor) -> Tensor:
    return x / (x.square().mean(1, keepdim=True) + 1e-8).sqrt()


def doubled(x: Tensor, padding: int) -> Tensor:
    """Insert zeros between pixels, pad, and convolve with [1, 3, 3, 1] squared, of sum 4."""
    n, c, h, w = x.shape
    wide = torch.zeros(n, c, 2 * h, 2 * w, dtype=x.dtype)
    wide[:, :, ::2, ::2] = x
    kernel = (4 * stylegan_files.KERNEL).to(x).expand(c, 1, 4, 4)
    return F.conv2d(F.pad(wide, (padding, padding - 1, padding, padding - 1)), kernel, groups=c)


def modulated(x: Tensor, weight: Tensor, style: Tensor, demodulate: bool) -> Tensor:
    """Convolve each sample with weights of its own, as equations 1 and 3 of the StyleGAN2 paper have it."""
    rows = []
    for sample, s in zip(x, style, strict=True):
        w = weight.double() * s[None, :, None, None]
        w = w / (w.square().sum((1, 2, 3), keepdim=True) + 1e-8).sqrt() if demodulate else w
        rows.append(F.conv2d(sample[None], w, padding=weight.shape[-1] // 2))
    return torch.cat(rows)


def styled(x: Tensor, w: Tensor, tensors: dict[str, Tensor], name: str) -> Tensor:
    """Return a styled convolution; conv0 up-samples: zeros inserted, convolved, low-passed."""
    weight, style = tensors[f"{name}.weight"], linear(w, tensors, f"{name}.affine")
    if name.endswith("conv0"):
        n, c, h, _ = x.shape
        wide = torch.zeros(n, c, 2 * h + 3, 2 * h + 3, dtype=x.dtype)
        wide[:, :, 2:-2:2, 2:-2:2] = x
        y = modulated(wide, weight.flip(2, 3), style, True)[:, :, 1:-1, 1:-1]  # (2h + 1)²
        kernel = (4 * stylegan_files.KERNEL).double().expand(y.shape[1], 1, 4, 4)
        x = F.conv2d(F.pad(y, (1, 1, 1, 1)), kernel, groups=y.shape[1])
    else:
        x = modulated(x, weight, style, True)
    x = x + tensors[f"{name}.noise_strength"] * tensors[f"{name}.noise_const"]
    return F.leaky_relu(x + tensors[f"{name}.bias"][:, None, None], 0.2) * ROOT2


def stylegan2(tensors: dict[str, Tensor], z: Tensor, y: Tensor | None = None) -> Tensor:
    """Return images of weights as NVIDIA names them, in float64 and sample by sample."""
    w = unit(z.double())
    if y is not None:
        w = torch.cat([w, unit(linear(y.double(), tensors, "mapping.embed"))], 1)
    for layer in range(2):
        w = F.leaky_relu(linear(w, tensors, f"mapping.fc{layer}", 0.01), 0.2) * ROOT2
    x = tensors["synthesis.b4.const"].double().expand(len(z), -1, -1, -1)
    image = None
    for size in (4, 8, 16):
        block = f"synthesis.b{size}"
        x = styled(x, w, tensors, f"{block}.conv0") if size > 4 else x
        x = styled(x, w, tensors, f"{block}.conv1")
        weight = tensors[f"{block}.torgb.weight"] / math.sqrt(x.shape[1])
        rgb = modulated(x, weight, linear(w, tensors, f"{block}.torgb.affine"), False)
        rgb = rgb + tensors[f"{block}.torgb.bias"][:, None, None]
        image = rgb if image is None else doubled(image, 2) + rgb
    assert image is not None
    return image


@pytest.mark.parametrize("classes", [0, 3])
def test_nvidias_weights_draw_what_the_paper_says(classes: int) -> None:
    tensors = stylegan_files.nvidia(classes=classes)
    model, generator = from_nvidia(tensors, {})
    y = torch.eye(3)[:2] if classes else None
    assert model.shape == (3, 16, 16)
    assert [len(field.values) for field in model.labels] == ([3] if classes else [])
    torch.testing.assert_close(generator(latents(), y).double(), stylegan2(tensors, latents(), y), atol=1e-4, rtol=1e-5)


def test_both_namings_of_the_same_weights_draw_the_same() -> None:
    tensors = stylegan_files.nvidia()
    settings = {"latent_avg": tensors["mapping.w_avg"]}
    _, theirs = from_rosinality(stylegan_files.rosinality(tensors), settings)
    _, ours = from_nvidia(tensors, {})
    for psi in (1.0, 0.5):
        images = latent.generate(ours, latents(), psi=psi)
        torch.testing.assert_close(latent.generate(theirs, latents(), psi=psi), images, atol=1e-5, rtol=1e-5)


def test_truncation_moves_towards_the_files_mean() -> None:
    tensors = stylegan_files.nvidia()
    _, generator = from_nvidia(tensors, {})
    images = latent.generate(generator, latents(), psi=0.0)
    torch.testing.assert_close(images, generator.synthesise(tensors["mapping.w_avg"].expand(2, -1)))


def test_a_file_without_a_mean_gets_that_of_many_latents() -> None:
    tensors = stylegan_files.nvidia()
    del tensors["mapping.w_avg"]
    _, generator = from_nvidia(tensors, {})
    w = generator.map(latent.sample_z(20_000, stylegan_files.Z, seed=5)).detach()
    deviation = float((w.mean(0) - generator.w_avg).abs().max() / w.std())
    assert deviation < 0.1


def test_settings_of_the_file_win_over_what_weights_suggest() -> None:
    tensors = stylegan_files.nvidia()
    nested = {"init_kwargs": {"mapping_kwargs": {"lr_multiplier": 0.1}, "synthesis_kwargs": {"conv_clamp": 0.5}}}
    _, generator = from_nvidia(tensors, nested)
    _, plain = from_nvidia(tensors, {})
    weights = [network.mapping.layers[0].weight for network in (generator, plain)]
    torch.testing.assert_close(weights[0], 10 * weights[1])
    assert {convolution.clamp for convolution in generator.convolutions} == {0.5}
    assert {convolution.clamp for convolution in plain.convolutions} == {None}


def test_each_layer_takes_a_style_of_its_own() -> None:
    _, generator = from_nvidia(stylegan_files.nvidia(), {})
    a, b = generator.map(latents())
    assert generator.num_ws == 6
    layers = torch.stack([a] * 5 + [b])[None]  # b for the last colours alone
    whole = generator.synthesise(a[None])
    torch.testing.assert_close(generator.synthesise(a.repeat(6)[None]), whole)
    mixed = generator.synthesise(layers)
    torch.testing.assert_close(generator.synthesise(layers.flatten(1)), mixed)
    assert not torch.allclose(mixed, whole)


def test_noise_is_fixed_random_by_its_seed_or_off() -> None:
    tensors = stylegan_files.nvidia()
    _, generator = from_nvidia(tensors, {})
    w = generator.map(latents())
    images = {"fixed": generator.synthesise(w)}
    generator.noise_mode = "random"
    images["random"], again = generator.synthesise(w), generator.synthesise(w)
    torch.testing.assert_close(again, images["random"])
    generator.noise_seed = 1
    assert not torch.allclose(generator.synthesise(w), images["random"])
    generator.noise_mode = "off"
    silent = {name: torch.zeros(()) if name.endswith("strength") else value for name, value in tensors.items()}
    torch.testing.assert_close(generator.synthesise(w), from_nvidia(silent, {})[1].synthesise(w))
    assert not torch.allclose(images["fixed"], images["random"])


@pytest.mark.parametrize("classes", [0, 3])
def test_r3gans_weights_draw_what_the_paper_says(classes: int) -> None:
    tensors = {name.removeprefix("Model."): value for name, value in stylegan_files.r3gan(classes).items()}
    model, generator = from_r3gan(stylegan_files.r3gan(classes), {})
    z, y = latents(), torch.eye(3)[:2] if classes else None
    w = z if y is None else torch.cat([z, y @ tensors["EmbeddingLayer.weight"].T], 1)
    x = (
        tensors["MainLayers.0.Layers.0.Basis"]
        * (w @ tensors["MainLayers.0.Layers.0.LinearLayer.weight"].T)[:, :, None, None]
    )
    for stage in (0, 1):
        if stage:
            x = doubled(F.conv2d(x, tensors["MainLayers.1.Layers.0.LinearLayer.Layer.weight"]), 2)
        for block in (1, 2):
            name = f"MainLayers.{stage}.Layers.{block}"
            h = F.conv2d(x, tensors[f"{name}.LinearLayer1.Layer.weight"])
            h = F.leaky_relu(h + tensors[f"{name}.NonLinearity1.Bias"][:, None, None], 0.2)
            h = F.conv2d(h, tensors[f"{name}.LinearLayer2.Layer.weight"], padding=1, groups=2)
            h = F.leaky_relu(h + tensors[f"{name}.NonLinearity2.Bias"][:, None, None], 0.2)
            x = x + F.conv2d(h, tensors[f"{name}.LinearLayer3.Layer.weight"])
    assert model.shape == (3, 8, 8)
    torch.testing.assert_close(generator(z, y), F.conv2d(x, tensors["AggregationLayer.Layer.weight"]))


def test_lucidrains_weights_draw_what_the_package_draws() -> None:
    tensors = stylegan_files.lucidrains()
    _, generator = from_lucidrains(tensors, {"lr_mlp": 0.1})
    t = {name: value.double() for name, value in tensors.items()}
    w = F.normalize(latents().double(), dim=1)
    for layer in ("S.net.0", "S.net.2"):
        w = F.leaky_relu(0.1 * (w @ t[f"{layer}.weight"].T + t[f"{layer}.bias"]), 0.2)
    noise = generator.fixed_noise()[0].double()
    x = F.conv2d(t["G.initial_block"], t["G.initial_conv.weight"], t["G.initial_conv.bias"], padding=1)
    x, image = x.expand(2, -1, -1, -1), torch.zeros(())
    for index, block in enumerate(("G.blocks.0", "G.blocks.1")):
        x = F.interpolate(x, scale_factor=2, mode="bilinear") if index else x
        size = x.shape[-1]
        for k in (1, 2):
            style = w @ t[f"{block}.to_style{k}.weight"].T + t[f"{block}.to_style{k}.bias"]
            x = modulated(x, t[f"{block}.conv{k}.weight"], 1 + style, True)
            scaled = t[f"{block}.to_noise{k}.weight"][:, :, None] * noise[:size, :size]
            x = F.leaky_relu(x + scaled + t[f"{block}.to_noise{k}.bias"][:, None, None], 0.2)
        style = w @ t[f"{block}.to_rgb.to_style.weight"].T + t[f"{block}.to_rgb.to_style.bias"]
        image = image + modulated(x, t[f"{block}.to_rgb.conv.weight"], 1 + style, False)
        if index == 0:
            image = F.interpolate(image, scale_factor=2, mode="bilinear")
            blur = torch.outer(*[torch.tensor([0.25, 0.5, 0.25]).double()] * 2).expand(3, 1, 3, 3)
            image = F.conv2d(F.pad(image, (1, 1, 1, 1), mode="reflect"), blur, groups=3)
    torch.testing.assert_close(generator(latents()).double(), 2 * image.clamp(0, 1) - 1, atol=1e-5, rtol=1e-5)


def test_lucidrains_factor_follows_from_the_weights_where_nothing_says_it() -> None:
    tensors = stylegan_files.lucidrains()
    small = {name: value / 16 if name.startswith("S.") else value for name, value in tensors.items()}
    _, plain = from_lucidrains(small, {})
    _, scaled = from_lucidrains(tensors, {})
    torch.testing.assert_close(plain.mapping.layers[0].weight, small["S.net.0.weight"])
    torch.testing.assert_close(scaled.mapping.layers[0].weight, 0.1 * tensors["S.net.0.weight"])


@pytest.mark.parametrize("radial", [False, True], ids=["T", "R"])
def test_stylegan3_draws_its_size_and_follows_a_shift(radial: bool) -> None:
    """A whole pixel's shift of the Fourier features shifts the images by a pixel, up to what the filters let through."""
    tensors = stylegan_files.stylegan3(radial)
    model, generator = from_nvidia3(tensors, {"margin_size": 2, "first_cutoff": 4.0})
    assert model.shape == (3, 16, 16)
    assert generator.num_ws == 6
    moved = torch.eye(3)
    moved[0, 2] = 2 / 16  # the image is 1 wide
    _, other = from_nvidia3(tensors | {"synthesis.input.transform": moved}, {"margin_size": 2, "first_cutoff": 4.0})
    images, shifted = generator(latents()), other(latents())
    back = shifted[:, :, 4:-4, 2:-6] - images[:, :, 4:-4, 4:-4]
    assert images.std() > 0.05
    assert back.std() < 0.2 * images.std()


def test_left_over_and_missing_weights_are_named() -> None:
    tensors = stylegan_files.nvidia()
    with pytest.raises(DataError) as refusal:
        from_nvidia(tensors | {"synthesis.b8.skip.weight": torch.zeros(5, 6, 1, 1)}, {})
    assert refusal.value.details["name"] == "synthesis.b8.skip.weight"
    del tensors["synthesis.b16.conv0.affine.bias"]
    with pytest.raises(DataError) as refusal:
        from_nvidia(tensors, {})
    assert "affine.bias" in str(refusal.value.details["name"])
