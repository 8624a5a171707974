"""Weights of style-based generators at random, in the namings of the files that people have."""

from __future__ import annotations

import math

import torch
from torch import Tensor

Z = W = 8
FIR = torch.tensor([1.0, 3.0, 3.0, 1.0])
KERNEL = torch.outer(FIR, FIR) / 64


def nvidia(channels: tuple[int, ...] = (6, 5, 4), classes: int = 0, seed: int = 0) -> dict[str, Tensor]:
    """Return a StyleGAN2 generator of 4·2^(blocks - 1) pixels as NVIDIA's classes name it, learning rate factor 0.01."""
    rng = torch.Generator().manual_seed(seed)
    draw = lambda *shape: torch.randn(shape, generator=rng)  # noqa: E731
    tensors = {"mapping.w_avg": draw(W)}
    if classes:
        tensors |= {"mapping.embed.weight": draw(W, classes), "mapping.embed.bias": draw(W)}
    for layer in range(2):
        into = Z + W * bool(classes) if layer == 0 else W
        tensors |= {f"mapping.fc{layer}.weight": 100 * draw(W, into), f"mapping.fc{layer}.bias": draw(W)}
    tensors["synthesis.b4.const"] = draw(channels[0], 4, 4)
    for index, out in enumerate(channels):
        size = 4 * 2**index
        block = f"synthesis.b{size}"
        into = channels[max(0, index - 1)]
        for name, inputs in ([("conv0", into)] if index else []) + [("conv1", out)]:
            tensors |= {
                f"{block}.{name}.weight": draw(out, inputs, 3, 3),
                f"{block}.{name}.bias": draw(out),
                f"{block}.{name}.noise_strength": draw(1)[0],
                f"{block}.{name}.noise_const": draw(size, size),
                f"{block}.{name}.affine.weight": draw(inputs, W),
                f"{block}.{name}.affine.bias": 1 + draw(inputs),
                f"{block}.{name}.resample_filter": KERNEL,
            }
        tensors |= {
            f"{block}.resample_filter": KERNEL,
            f"{block}.torgb.weight": draw(3, out, 1, 1),
            f"{block}.torgb.bias": draw(3),
            f"{block}.torgb.affine.weight": draw(out, W),
            f"{block}.torgb.affine.bias": 1 + draw(out),
        }
    return tensors


def rosinality(nvidia_tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the same generator as rosinality's classes name it."""
    theirs: dict[str, Tensor] = {"input.input": nvidia_tensors["synthesis.b4.const"][None]}
    for layer in range(2):
        for part in ("weight", "bias"):
            theirs[f"style.{layer + 1}.{part}"] = nvidia_tensors[f"mapping.fc{layer}.{part}"]
    blocks = sum(name.endswith("torgb.weight") for name in nvidia_tensors)
    convolutions = ["b4.conv1"] + [f"b{4 * 2**k}.conv{c}" for k in range(1, blocks) for c in (0, 1)]
    for index, name in enumerate(convolutions):
        into, source = "conv1" if index == 0 else f"convs.{index - 1}", f"synthesis.{name}"
        noise = nvidia_tensors[f"{source}.noise_const"]
        theirs |= {
            f"{into}.conv.weight": nvidia_tensors[f"{source}.weight"][None],
            f"{into}.conv.modulation.weight": nvidia_tensors[f"{source}.affine.weight"],
            f"{into}.conv.modulation.bias": nvidia_tensors[f"{source}.affine.bias"],
            f"{into}.noise.weight": nvidia_tensors[f"{source}.noise_strength"][None],
            f"{into}.activate.bias": nvidia_tensors[f"{source}.bias"],
            f"noises.noise_{index}": noise[None, None],
        }
        if name.endswith("conv0"):
            theirs[f"{into}.conv.blur.kernel"] = 4 * KERNEL
    for index in range(blocks):
        into, source = f"to_rgbs.{index - 1}" if index else "to_rgb1", f"synthesis.b{4 * 2**index}.torgb"
        theirs |= {
            f"{into}.conv.weight": nvidia_tensors[f"{source}.weight"][None],
            f"{into}.conv.modulation.weight": nvidia_tensors[f"{source}.affine.weight"],
            f"{into}.conv.modulation.bias": nvidia_tensors[f"{source}.affine.bias"],
            f"{into}.bias": nvidia_tensors[f"{source}.bias"][None, :, None, None],
        }
        if index:
            theirs[f"{into}.upsample.kernel"] = 4 * KERNEL
    return theirs


def r3gan(classes: int = 0, seed: int = 0) -> dict[str, Tensor]:
    """Return an R3GAN generator of 8 pixels, as its pickles name it: 6 and 4 channels, expanded to 8 in two groups."""
    rng = torch.Generator().manual_seed(seed)
    draw = lambda *shape: torch.randn(shape, generator=rng) / math.sqrt(math.prod(shape[1:]))  # noqa: E731
    embedding = 3 * bool(classes)
    tensors = {
        "Model.MainLayers.0.Layers.0.Basis": draw(6, 4, 4),
        "Model.MainLayers.0.Layers.0.LinearLayer.weight": draw(6, Z + embedding),
        "Model.MainLayers.1.Layers.0.LinearLayer.Layer.weight": draw(4, 6, 1, 1),
        "Model.MainLayers.1.Layers.0.Resampler.Kernel": KERNEL,
        "Model.AggregationLayer.Layer.weight": draw(3, 4, 1, 1),
    }
    for stage, channels in enumerate((6, 4)):
        for block in (1, 2):
            name = f"Model.MainLayers.{stage}.Layers.{block}"
            tensors |= {
                f"{name}.LinearLayer1.Layer.weight": draw(8, channels, 1, 1),
                f"{name}.NonLinearity1.Bias": draw(8),
                f"{name}.LinearLayer2.Layer.weight": draw(8, 4, 3, 3),
                f"{name}.NonLinearity2.Bias": draw(8),
                f"{name}.LinearLayer3.Layer.weight": draw(channels, 8, 1, 1),
            }
    return tensors | ({"Model.EmbeddingLayer.weight": draw(3, classes)} if classes else {})


def lucidrains(seed: int = 0, attention: bool = False) -> dict[str, Tensor]:
    """Return a generator of 8 pixels by stylegan2_pytorch, its mapping and its synthesis network in one group."""
    rng = torch.Generator().manual_seed(seed)
    draw = lambda *shape: torch.randn(shape, generator=rng)  # noqa: E731
    tensors = {f"S.net.{2 * k}.{part}": draw(*shape) for k in range(2) for part, shape in _linear(W, W)}
    tensors |= {"G.initial_block": draw(1, 6, 4, 4), "G.initial_conv.weight": draw(6, 6, 3, 3) / 7}
    tensors["G.initial_conv.bias"] = draw(6)
    for index, (into, out) in enumerate([(6, 6), (6, 4)]):
        block = f"G.blocks.{index}"
        layers = {"to_style1": (into, W), "to_style2": (out, W), "to_noise1": (out, 1), "to_noise2": (out, 1)}
        for name, shape in (layers | {"to_rgb.to_style": (out, W)}).items():
            tensors |= {f"{block}.{name}.{part}": draw(*size) / 3 for part, size in _linear(*shape)}
        tensors |= {
            f"{block}.conv1.weight": draw(out, into, 3, 3),
            f"{block}.conv2.weight": draw(out, out, 3, 3),
            f"{block}.to_rgb.conv.weight": draw(3, out, 1, 1) / 20,
        }
    tensors["G.blocks.0.to_rgb.upsample.1.f"] = torch.tensor([1.0, 2.0, 1.0])
    return tensors


def _linear(out: int, into: int) -> list[tuple[str, tuple[int, ...]]]:
    return [("weight", (out, into)), ("bias", (out,))]


def stylegan3(radial: bool = False, seed: int = 0) -> dict[str, Tensor]:
    """Return a StyleGAN3 generator of 16 pixels with a margin of 2, as NVIDIA's classes name it.

    Sampling rates are 8, 8, 16, 16; the features are 12, 12, 20 and, without a margin, 16 and 16 pixels wide.
    """
    rng = torch.Generator().manual_seed(seed)
    draw = lambda *shape: torch.randn(shape, generator=rng)  # noqa: E731
    tensors = {"mapping.w_avg": draw(W), "synthesis.input.freqs": 3 * draw(6, 2), "synthesis.input.phases": draw(6)}
    for layer in range(2):
        tensors |= {f"mapping.fc{layer}.weight": 100 * draw(W, W), f"mapping.fc{layer}.bias": draw(W)}
    tensors |= {
        "synthesis.input.weight": draw(6, 6),
        "synthesis.input.affine.weight": draw(4, W) / 9,
        "synthesis.input.affine.bias": torch.tensor([1.0, 0, 0, 0]),
        "synthesis.input.transform": torch.eye(3),
    }
    rates, into = (8, 8, 16, 16, 16), 6
    for index, (size, out) in enumerate([(12, 6), (12, 5), (20, 4), (16, 4), (16, 3)]):
        name, last = f"synthesis.L{index}_{size}_{out}", index == 4
        before = rates[max(0, index - 1)]
        up, down = 2 * rates[index] // before, 2 * max(before, rates[index]) // rates[index]
        side = 1 if last or radial else 3
        tensors |= {
            f"{name}.weight": draw(out, into, side, side),
            f"{name}.bias": draw(out),
            f"{name}.magnitude_ema": 1 + draw(1)[0].abs(),
            f"{name}.affine.weight": draw(into, W),
            f"{name}.affine.bias": 1 + draw(into),
        }
        if not last:
            flat = _lowpass(3 * down)
            tensors[f"{name}.up_filter"] = _lowpass(3 * up)
            tensors[f"{name}.down_filter"] = torch.outer(flat, flat) if radial else flat
        into = out
    return tensors


def _lowpass(taps: int) -> Tensor:
    window = torch.hann_window(taps + 2, periodic=False)[1:-1]
    return window / window.sum()
