"""Networks: shapes for every architecture with and without labels, the tutorial's exact layers, seeds."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor, nn

from gan_demo.config import LabelField, ModelConfig
from gan_demo.errors import ConfigError
from gan_demo.gan.models import build as model_build
from gan_demo.gan.models.build import build_discriminator, build_generator, outline_generator, parameter_count
from gan_demo.presets import PRESETS

FIELDS = (LabelField("hat", ("no", "yes")), LabelField("tone", ("a", "b", "c")))
SHAPES = [
    ("points", (2,)),
    *itertools.product(("mlp", "dcgan", "resnet"), ((1, 28, 28), (3, 32, 32), (3, 64, 64))),
    ("dcgan64", (1, 64, 64)),
    ("dcgan64", (3, 64, 64)),
]


def small(arch: str, shape: tuple[int, ...], labels: bool = False, mapping: int = 0) -> ModelConfig:
    fields = FIELDS if labels else ()
    return ModelConfig(arch, 5, 3, 4, 2, mapping=mapping, conditional=labels, shape=shape, labels=fields)


def noise(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def linear_sizes(network: nn.Module) -> list[int]:
    layers = [each for each in network.modules() if isinstance(each, nn.Linear)]
    return [layers[0].in_features, *(each.out_features for each in layers)]


@pytest.mark.parametrize("mapping", [0, 2])
@pytest.mark.parametrize("labels", [False, True])
@pytest.mark.parametrize(("arch", "shape"), SHAPES)
def test_samples_and_logits_have_their_shapes(arch: str, shape: tuple[int, ...], labels: bool, mapping: int) -> None:
    model = small(arch, shape, labels, mapping)
    G, D = build_generator(model), build_discriminator(model)
    z = noise(4, 5)
    y = torch.tensor([[1.0, 0, 0, 1, 0]] * 4) if labels else None
    w = G.map(z, y)
    assert w.shape == (4, 5 if mapping or not labels else 10)
    samples = G(z, y)
    assert samples.shape == (4, *shape)
    if arch != "points":
        assert samples.abs().max() <= 1
    logits = D(samples, y)
    assert logits.shape == (4,)
    assert torch.isfinite(logits).all()


@pytest.mark.parametrize(("arch", "shape"), SHAPES)
def test_a_sample_is_what_map_and_synthesise_make(arch: str, shape: tuple[int, ...]) -> None:
    G = build_generator(small(arch, shape, labels=True, mapping=1)).eval()
    z, y = noise(3, 5), torch.tensor([[1.0, 0, 0, 1, 0]] * 3)
    assert torch.equal(G(z, y), G.synthesise(G.map(z, y)))


@pytest.mark.parametrize(("arch", "shape"), SHAPES)
def test_labels_change_samples_and_logits_and_every_weight_learns(arch: str, shape: tuple[int, ...]) -> None:
    model = small(arch, shape, labels=True)
    G, D = build_generator(model), build_discriminator(model)
    z = noise(4, 5)
    labels, other = torch.tensor([[1.0, 0, 1, 0, 0]] * 4), torch.tensor([[0.0, 1, 0, 0, 1]] * 4)
    samples = G(z, labels)
    assert not torch.equal(samples, G(z, other))
    assert D.label is not None
    torch.nn.init.normal_(D.label.weight, generator=torch.Generator().manual_seed(0))  # it begins at zero
    x = samples.detach()
    assert not torch.equal(D(x, labels), D(x, other))
    D(samples, labels).square().sum().backward()
    for network in (G, D):
        assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in network.parameters())


@pytest.mark.parametrize("arch", ["points", "mlp", "dcgan"])
def test_a_conditional_generator_without_labels_is_refused(arch: str) -> None:
    G = build_generator(small(arch, (2,) if arch == "points" else (1, 28, 28), labels=True))
    with pytest.raises(ConfigError) as caught:
        G(noise(1, 5))
    assert caught.value.field == "labels"


def test_the_tutorials_networks_are_its_own() -> None:
    config = PRESETS["tutorial"].fit((1, 28, 28), ())
    assert not config.model.conditional
    G, D = build_generator(config.model), build_discriminator(config.model)
    assert linear_sizes(G) == [100, 256, 512, 784]
    assert [each.out_features for each in D.net.modules() if isinstance(each, nn.Linear)] == [512, 256]  # type: ignore[union-attr]
    assert (D.head.in_features, D.head.out_features) == (256, 1)
    assert [type(each).__name__ for each in G.net] == ["Linear", "LeakyReLU", "Linear", "LeakyReLU", "Linear", "Tanh"]  # type: ignore[union-attr,arg-type]
    assert {each.negative_slope for each in (*G.modules(), *D.modules()) if isinstance(each, nn.LeakyReLU)} == {0.2}
    assert parameter_count(G) == 100 * 256 + 256 + 256 * 512 + 512 + 512 * 784 + 784
    assert parameter_count(D) == 784 * 512 + 512 + 512 * 256 + 256 + 256 + 1


def test_the_mapping_network_ignores_how_long_z_is() -> None:
    G = build_generator(small("points", (2,), mapping=2))
    z = noise(4, 5)
    assert torch.allclose(G.map(z), G.map(10 * z), atol=1e-6)


@pytest.mark.parametrize(("arch", "shape"), SHAPES)
def test_the_outline_has_the_networks_names_and_shapes_and_no_memory(arch: str, shape: tuple[int, ...]) -> None:
    model = small(arch, shape, labels=True, mapping=1)
    outline = outline_generator(model).state_dict()
    assert {key: value.shape for key, value in outline.items()} == {
        key: value.shape for key, value in build_generator(model).state_dict().items()
    }
    assert {value.device.type for value in outline.values()} == {"meta"}


# ---- seeds


def weights(network: nn.Module) -> Tensor:
    return torch.cat([p.detach().flatten() for p in network.parameters()])


@pytest.mark.parametrize(("arch", "shape"), SHAPES)
def test_building_leaves_the_global_generator_alone(arch: str, shape: tuple[int, ...]) -> None:
    torch.manual_seed(11)
    before = torch.get_rng_state()
    build_generator(small(arch, shape), 1)
    build_discriminator(small(arch, shape), 1)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("build", [build_generator, build_discriminator])
def test_the_same_seed_gives_the_same_weights(build: object) -> None:
    model = small("dcgan", (1, 28, 28))
    torch.manual_seed(1)
    first = weights(build(model, 5))  # type: ignore[operator]
    torch.manual_seed(2)
    assert torch.equal(first, weights(build(model, 5)))  # type: ignore[operator]
    assert not torch.equal(first, weights(build(model, 6)))  # type: ignore[operator]


def test_networks_built_by_threads_at_once_are_those_of_their_seeds() -> None:
    model = ModelConfig("mlp", 16, 8, 8, shape=(1, 28, 28))
    wanted = {seed: weights(build_generator(model, seed)) for seed in range(4)}
    with ThreadPoolExecutor(8) as threads:
        built = list(threads.map(lambda k: (k % 4, weights(build_generator(model, k % 4))), range(64)))
    assert all(torch.equal(state, wanted[seed]) for seed, state in built)


@pytest.mark.parametrize("seed", [0, 2**63 - 1])
def test_the_largest_seed_builds_too(seed: int) -> None:
    build_discriminator(small("points", (2,)), seed)


def test_convolutions_keep_channels_last() -> None:
    for network in (build_generator(small("dcgan", (3, 32, 32))), build_discriminator(small("dcgan", (3, 32, 32)))):
        kernels = [p for p in network.parameters() if p.dim() == 4 and p.shape[1] > 1]
        assert kernels
        assert all(p.is_contiguous(memory_format=torch.channels_last) for p in kernels)


def test_every_architecture_has_both_networks() -> None:
    assert set(model_build._GENERATORS) == set(model_build._DISCRIMINATORS) == {arch for arch, _ in SHAPES}
