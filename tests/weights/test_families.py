"""Families of others' generators: with the right options they draw what their own network draws."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import spectral_norm as old_spectral_norm
from torch.nn.utils import weight_norm as old_weight_norm
from torch.nn.utils.parametrizations import spectral_norm, weight_norm

from gan_demo.errors import ConfigError
from gan_demo.explorer import artifacts
from gan_demo.gan import latent, onnx_export
from gan_demo.weights import load, ranking, save

pytestmark = pytest.mark.usefixtures("one_thread")

Z = 16
Layout = tuple[tuple[int, int, int], ...]  # kernel, stride, padding
CLASSIC: Layout = ((4, 1, 0), (4, 2, 1), (4, 2, 1), (4, 2, 1))
COURSE: Layout = ((3, 2, 0), (4, 1, 0), (3, 2, 0), (4, 2, 0))


def mlp(activation: nn.Module, end: nn.Module, norm: str = "", widths: tuple[int, ...] = (32, 48)) -> nn.Sequential:
    layers: list[nn.Module] = []
    into = Z
    for out in widths:
        block = {
            "": [activation],
            "before": [nn.BatchNorm1d(out), activation],
            "after": [activation, nn.BatchNorm1d(out)],
        }
        layers += [nn.Linear(into, out), *block[norm]]
        into = out
    return nn.Sequential(*layers, nn.Linear(into, 784), end, nn.Unflatten(1, (1, 28, 28)))


def stack(layout: Layout, channels: int, bias: bool = False) -> nn.Sequential:
    layers: list[nn.Module] = [nn.Unflatten(1, (Z, 1, 1))]
    into = Z
    for k, (kernel, stride, padding) in enumerate(layout):
        last = k == len(layout) - 1
        out = channels if last else 5 << (len(layout) - 2 - k)
        layers.append(nn.ConvTranspose2d(into, out, kernel, stride, padding, bias=bias))
        layers += [nn.Tanh()] if last else [nn.BatchNorm2d(out), nn.ReLU()]
        into = out
    return nn.Sequential(*layers)


class Conditional(nn.Module):
    """MLP whose labels are embedded or one-hot, joined with the latents or multiplied."""

    def __init__(self, join: Callable[[Tensor, Tensor], Tensor], width: int, embedded: int = 0) -> None:
        super().__init__()
        self.label_emb = nn.Embedding(10, embedded) if embedded else None
        self.model = nn.Sequential(nn.Linear(width, 32), nn.LeakyReLU(0.2), nn.Linear(32, 784), nn.Tanh())
        self.join = join

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        labels = F.one_hot(y, 10).float() if self.label_emb is None else self.label_emb(y)
        return self.model(self.join(labels, z)).view(-1, 1, 28, 28)


class UpsampleConv(nn.Module):
    """Fully connected layer, then upsampling and convolutions whose norms have eps 0.8 except the first."""

    def __init__(self, start: int, channels: int) -> None:
        super().__init__()
        self.l1 = nn.Sequential(nn.Linear(Z, 16 * start * start))
        self.start = start
        layers: list[nn.Module] = [nn.BatchNorm2d(16)]
        for out in (16, 8):
            layers += [
                nn.Upsample(scale_factor=2),
                nn.Conv2d(16, out, 3, 1, 1),
                nn.BatchNorm2d(out, 0.8),
                nn.LeakyReLU(0.2),
            ]
        self.conv_blocks = nn.Sequential(*layers, nn.Conv2d(8, channels, 3, 1, 1), nn.Tanh())

    def forward(self, z: Tensor) -> Tensor:
        return self.conv_blocks(self.l1(z).view(-1, 16, self.start, self.start))


class ResidualBlock(nn.Module):
    def __init__(self, into: int, out: int) -> None:
        super().__init__()
        self.b1, self.b2 = nn.BatchNorm2d(into), nn.BatchNorm2d(out)
        self.conv1, self.conv2 = nn.Conv2d(into, out, 3, padding=1), nn.Conv2d(out, out, 3, padding=1)
        self.shortcut = nn.Conv2d(into, out, 1)

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv1(F.interpolate(F.relu(self.b1(x)), scale_factor=2))
        return self.conv2(F.relu(self.b2(h))) + self.shortcut(F.interpolate(x, scale_factor=2))


class Residual(nn.Module):
    """Network of SNGAN's kind, from 4 to 32 pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = nn.Linear(Z, 8 * 16)
        self.blocks = nn.ModuleList([ResidualBlock(8, 8), ResidualBlock(8, 8), ResidualBlock(8, 4)])
        self.end = nn.Sequential(nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 3, 3, padding=1), nn.Tanh())

    def forward(self, z: Tensor) -> Tensor:
        h = self.dense(z).view(-1, 8, 4, 4)
        for block in self.blocks:
            h = block(h)
        return self.end(h)


class Branches(nn.Module):
    """Transposed convolutions of latents and of labels, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.deconv1_1, self.bn1_1 = nn.ConvTranspose2d(Z, 8, 4), nn.BatchNorm2d(8)
        self.deconv1_2, self.bn1_2 = nn.ConvTranspose2d(10, 8, 4), nn.BatchNorm2d(8)
        self.deconv2, self.bn2 = nn.ConvTranspose2d(16, 8, 4, 2, 1), nn.BatchNorm2d(8)
        self.deconv3, self.bn3 = nn.ConvTranspose2d(8, 4, 4, 2, 1), nn.BatchNorm2d(4)
        self.deconv4 = nn.ConvTranspose2d(4, 1, 4, 2, 1)

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        labels = F.one_hot(y, 10).float()[:, :, None, None]
        h = torch.cat(
            [F.relu(self.bn1_1(self.deconv1_1(z[:, :, None, None]))), F.relu(self.bn1_2(self.deconv1_2(labels)))], 1
        )
        return self.deconv4(F.relu(self.bn3(self.deconv3(F.relu(self.bn2(self.deconv2(h))))))).tanh()


def joined(labels: Tensor, z: Tensor) -> Tensor:
    return torch.cat([labels, z], 1)


Case = tuple[Callable[[], nn.Module], Mapping[str, str], bool]  # network, its options, whether they come first
RELU, SIGMOID = {"activation": "relu"}, {"activation": "relu", "output": "sigmoid"}
CASES: dict[str, Case] = {
    "mlp_relu": (lambda: mlp(nn.ReLU(), nn.Tanh()), RELU, True),
    "mlp_slope_0.01": (lambda: mlp(nn.LeakyReLU(0.01), nn.Tanh()), {"activation": "leaky_relu_0.01"}, False),
    "mlp_sigmoid": (lambda: mlp(nn.ReLU(), nn.Sigmoid(), "before"), SIGMOID, False),
    "mlp_norm_after": (lambda: mlp(nn.SELU(), nn.Identity(), "after"), {"activation": "selu", "output": "none"}, False),
    "dcgan32": (lambda: stack(CLASSIC, 3), {}, True),
    "dcgan64_bias": (lambda: stack((*CLASSIC, (4, 2, 1)), 3, bias=True), {}, True),
    "dcgan28_kernels_3434": (lambda: stack(COURSE, 1, bias=True), {}, True),
    "dcgan128_four_channels": (lambda: stack((*CLASSIC, (4, 2, 1), (4, 2, 1), (1, 1, 0)), 4), {}, True),
    "conditional_embedding": (lambda: Conditional(joined, Z + 10, 10), {}, True),
    "conditional_one_hot": (lambda: Conditional(joined, 110), {"activation": "leaky_relu_0.2", "label_order": "label_first"}, False),
    "conditional_multiplied": (lambda: Conditional(torch.mul, Z, Z), {}, True),
    "conditional_branches": (Branches, {}, True),
    "upsample_conv": (lambda: UpsampleConv(7, 1), {}, True),
    "upsample_conv64": (lambda: UpsampleConv(16, 3), {}, True),
    "residual": (Residual, {}, True),
}  # fmt: skip


def built(make: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(0)
    network = make()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return network.eval()


def saved(network: nn.Module) -> bytes:
    file = io.BytesIO()
    torch.save(network.state_dict(), file)
    return file.getvalue()


@torch.no_grad()
def drawn(network: nn.Module, loaded: load.Loaded, sigmoid: bool = False) -> tuple[Tensor, Tensor]:
    """Return what the network draws, and what its reading draws, in [-1, 1]."""
    z = latent.sample_z(12, loaded.config.z_dim, 0)
    y = torch.arange(12) % 10
    x = network(z, y) if loaded.config.labels else network(z)
    own = loaded.generator(z, F.one_hot(y, 10).float() if loaded.config.labels else None)
    return 2 * x - 1 if sigmoid else x, own


@pytest.mark.parametrize("name", CASES)
def test_right_options_draw_what_the_network_itself_draws(name: str) -> None:
    make, options, _ = CASES[name]
    network = built(make)
    loaded = load.load_weights(saved(network), options=options)
    own, read = drawn(network, loaded, options.get("output") == "sigmoid")
    assert own.shape == read.shape
    assert float((own - read).abs().max()) <= 1e-4
    assert loaded.options | options == loaded.options
    assert set(loaded.assumed) == loaded.options.keys() - options.keys()


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[2] and "128" not in name])
def test_the_likeliest_options_of_untrained_weights_follow_the_habits_of_public_code(name: str) -> None:
    make, options, _ = CASES[name]
    likeliest = load.open_weights(saved(built(make))).recognise().build()
    assert likeliest.options | options == likeliest.options
    own, read = drawn(built(make), likeliest)
    assert torch.allclose(own, read, atol=1e-4)


NORMALISATIONS = (old_spectral_norm, spectral_norm, old_weight_norm, weight_norm)


@pytest.mark.filterwarnings("ignore:.*weight_norm.*")
@pytest.mark.parametrize("normalise", NORMALISATIONS, ids=["spectral-old", "spectral", "weight-old", "weight"])
def test_normalisations_of_weights_are_folded_in(normalise: Callable[[nn.Module], nn.Module]) -> None:
    network = built(lambda: stack(((4, 1, 0), (4, 2, 1), (4, 2, 1), (4, 2, 1)), 3))
    for module in network:
        if isinstance(module, nn.ConvTranspose2d):
            normalise(module)
    network.train()(torch.randn(32, Z))  # power iteration
    own, read = drawn(network.eval(), load.load_weights(saved(network)))
    assert torch.allclose(own, read, atol=1e-4)


@torch.no_grad()
def with_statistics(network: nn.Module) -> nn.Module:
    """Let the norms see what comes before them, as in a training."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None  # a plain mean
    network.train()
    for _ in range(8):
        network(torch.randn(256, Z))
    return network.eval()


STATISTICS: dict[str, tuple[Callable[[], nn.Module], dict[str, str]]] = {
    "tanh": (lambda: mlp(nn.Tanh(), nn.Tanh(), "before", (64, 48)), {"activation": "tanh"}),
    "elu behind which norms stand": (lambda: mlp(nn.ELU(), nn.Tanh(), "after", (64, 48)), {"activation": "elu"}),
    "another layout": (lambda: stack(((3, 1, 0), (4, 2, 1), (3, 2, 0), (4, 2, 0)), 1), {"layout": "k3s1p0,k4s2p1,k3s2p0,k4s2p0"}),
}  # fmt: skip


@pytest.mark.parametrize("name", STATISTICS)
def test_statistics_of_norms_tell_the_network_that_they_come_from(name: str) -> None:
    make, right = STATISTICS[name]
    recognised = load.open_weights(saved(with_statistics(built(make)))).recognise()
    assert recognised.build().options | right != recognised.build().options, "the default would be right by chance"
    ranked = ranking.ranked(recognised).build()
    assert ranked.options | right == ranked.options


def test_every_ranked_option_can_be_built_and_differs_in_one_choice() -> None:
    recognised = load.open_weights(saved(built(CASES["mlp_sigmoid"][0]))).recognise()
    best, *others = ranking.rank(recognised)
    assert best.keys() == {choice.name for choice in recognised.choices}
    assert [sum(value != best[name] for name, value in options.items()) for options in others] == [1] * len(others)
    assert all(recognised.build(options).options == options for options in others)
    ranked = ranking.ranked(recognised)
    assert {choice.name: choice.default for choice in ranked.choices} == best
    values = [{choice.name: sorted(choice.values) for choice in each.choices} for each in (ranked, recognised)]
    assert values[0] == values[1]


def test_options_that_are_not_open_are_refused_by_name() -> None:
    recognised = load.open_weights(saved(built(CASES["mlp_relu"][0]))).recognise()
    for options, field in (({"activation": "cosine"}, "activation"), ({"layout": "k4"}, "layout")):
        with pytest.raises(ConfigError) as caught:
            recognised.build(options)
        assert (caught.value.field, caught.value.value) == (field, options[field])
        assert caught.value.remedy


@pytest.mark.parametrize("name", ["mlp_slope_0.01", "conditional_one_hot", "upsample_conv", "residual"])
def test_a_saved_network_keeps_its_weights_and_options(name: str) -> None:
    make, options, _ = CASES[name]
    loaded = load.load_weights(saved(built(make)), options=options)
    again = load.load_weights(save.loaded_file(loaded))
    assert (again.config, again.options, again.source) == (loaded.config, loaded.options, loaded.source)
    first, second = drawn(built(make), loaded)[1], drawn(built(make), again)[1]
    assert torch.equal(first, second)


@pytest.mark.parametrize("name", ["mlp_norm_after", "conditional_embedding", "dcgan28_kernels_3434", "residual"])
def test_the_explorer_gets_network_and_directions_of_every_family(name: str) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    make, options, _ = CASES[name]
    loaded = load.load_weights(saved(built(make)), options=options)
    space = artifacts.generator_space(loaded.generator, loaded.config, "")
    assert all(len(direction["u"]) == loaded.config.z_dim for direction in space["directions"])
    assert space["directions"]
    session = onnxruntime.InferenceSession(onnx_export.generator_onnx(loaded.generator, loaded.config))
    z = latent.sample_z(3, loaded.config.z_dim, 1)
    y = latent.random_labels(3, loaded.config.labels, 1) if loaded.config.labels else None
    inputs = {"z": z.numpy(), "psi": np.ones(1, np.float32)} | ({} if y is None else {"y": y.numpy()})
    assert np.allclose(session.run(None, inputs)[0], loaded.generator(z, y).numpy(), atol=1e-4)
