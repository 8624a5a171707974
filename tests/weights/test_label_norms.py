"""Norms whose gains and shifts depend on the label, in every family: they draw what the network itself draws."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_demo.errors import DataError
from gan_demo.gan import latent, onnx_export
from gan_demo.weights import load, ranking, save

pytestmark = pytest.mark.usefixtures("one_thread")
Z, K = 16, 5


class Halves(nn.Module):
    """One embedding of gains and shifts beside a norm; ``about``: what is added to the gains."""

    def __init__(self, width: int, shift_first: bool = False, about: float = 0.0, classes: int = K) -> None:
        super().__init__()
        self.bn = nn.BatchNorm1d(width, affine=False)
        self.embed = nn.Embedding(classes, 2 * width)
        self.shift_first, self.about = shift_first, about
        gains = slice(width, None) if shift_first else slice(0, width)
        self.embed.weight.data.mul_(0.3)[:, gains] += 1 - about

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        first, second = self.embed(y).chunk(2, 1)
        gains, shifts = (second, first) if self.shift_first else (first, second)
        normal = self.bn(x.flatten(2)).view(x.shape) if x.dim() == 4 else self.bn(x)
        shape = (len(x), -1, *[1] * (x.dim() - 2))
        return (self.about + gains).view(shape) * normal + shifts.view(shape)


class Pair(nn.BatchNorm2d):
    """Embeddings of gains and of shifts below a norm."""

    def __init__(self, width: int) -> None:
        super().__init__(width, affine=False)
        self.biases, self.weights = nn.Embedding(K, width), nn.Embedding(K, width)
        self.weights.weight.data.mul_(0.3).add_(1)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.weights(y)[:, :, None, None] * super().forward(x) + self.biases(y)[:, :, None, None]


class Unlabelled(nn.BatchNorm2d):
    def __init__(self, width: int) -> None:
        super().__init__(width, affine=False)


Norm = Callable[[int], nn.Module]


class Block(nn.Module):
    def __init__(self, into: int, out: int, norm: Norm) -> None:
        super().__init__()
        self.b1, self.b2 = norm(into), norm(out)
        self.c1, self.c2 = nn.Conv2d(into, out, 3, padding=1), nn.Conv2d(out, out, 3, padding=1)
        self.shortcut = nn.Conv2d(into, out, 1)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        h = self.c1(F.interpolate(F.relu(self.b1(x, y)), scale_factor=2))
        return self.c2(F.relu(self.b2(h, y))) + self.shortcut(F.interpolate(x, scale_factor=2))


class Residual(nn.Module):
    def __init__(self, norm: Norm) -> None:
        super().__init__()
        self.l1 = nn.Linear(Z, 8 * 16)
        self.block2, self.block3, self.block4 = Block(8, 8, norm), Block(8, 6, norm), Block(6, 4, norm)
        self.b5, self.c5 = nn.BatchNorm2d(4), nn.Conv2d(4, 3, 3, padding=1)

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        h = self.l1(z).view(-1, 8, 4, 4)
        for block in (self.block2, self.block3, self.block4):
            h = block(h, y)
        return self.c5(F.relu(self.b5(h))).tanh()


class Transposed(nn.Module):
    def __init__(self, norm: Norm) -> None:
        super().__init__()
        self.conv1, self.norm1 = nn.ConvTranspose2d(Z, 8, 4, bias=False), norm(8)
        self.conv2, self.norm2 = nn.ConvTranspose2d(8, 6, 4, 2, 1, bias=False), norm(6)
        self.conv3, self.norm3 = nn.ConvTranspose2d(6, 4, 4, 2, 1, bias=False), norm(4)
        self.conv4 = nn.ConvTranspose2d(4, 1, 4, 2, 1, bias=False)

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        h = F.relu(self.norm1(self.conv1(z[:, :, None, None]), y))
        h = F.relu(self.norm2(self.conv2(h), y))
        return self.conv4(F.relu(self.norm3(self.conv3(h), y))).tanh()


class Dense(nn.Module):
    def __init__(self, norm: Norm) -> None:
        super().__init__()
        self.fc1, self.norm1 = nn.Linear(Z, 24), norm(24)
        self.fc2, self.norm2 = nn.Linear(24, 40), norm(40)
        self.fc3 = nn.Linear(40, 784)

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        h = F.relu(self.norm2(self.fc2(F.relu(self.norm1(self.fc1(z), y))), y))
        return self.fc3(h).tanh().view(-1, 1, 28, 28)


NORMS: dict[str, tuple[Norm, str]] = {
    "halves": (Halves, "gain_first"),
    "shift first": (lambda width: Halves(width, shift_first=True), "shift_first"),
    "gains about 0": (lambda width: Halves(width, about=1.0), "gain_about_zero"),
    "pair": (Pair, "gain_first"),
}
CASES = [
    *(("residual", Residual, norm) for norm in NORMS),
    *(("transposed", Transposed, norm) for norm in NORMS),
    *(("mlp", Dense, norm) for norm in NORMS if norm != "pair"),
]


def built(network: Callable[[Norm], nn.Module], norm: str = "halves") -> nn.Module:
    torch.manual_seed(0)
    instance = network(NORMS[norm][0])
    for module in instance.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return instance.eval()


def saved(network: nn.Module) -> bytes:
    file = io.BytesIO()
    torch.save(network.state_dict(), file)
    return file.getvalue()


@pytest.mark.parametrize("write", [saved, lambda network: safetensors.torch.save(network.state_dict())])
@pytest.mark.parametrize(("family", "network", "norm"), CASES)
@torch.no_grad()
def test_the_likeliest_options_draw_what_the_network_draws(
    family: str, network: type[nn.Module], norm: str, write: Callable[[nn.Module], bytes]
) -> None:
    theirs = built(network, norm)
    likely = {"activation": "relu"} if family == "mlp" else {}
    loaded = load.load_weights(write(theirs), options=likely)
    assert loaded.source == family
    assert loaded.options["label_norm"] == NORMS[norm][1]
    assert [len(field.values) for field in loaded.config.labels] == [K]
    z, y = latent.sample_z(2 * K, Z, 0), torch.arange(2 * K) % K
    torch.testing.assert_close(loaded.generator(z, F.one_hot(y, K).float()), theirs(z, y), atol=1e-5, rtol=1e-5)
    others = loaded.generator(z, F.one_hot((y + 1) % K, K).float())
    assert float((others - theirs(z, y)).abs().mean()) > 0.005, "labels change nothing"


@torch.no_grad()
def test_another_order_can_be_chosen_and_statistics_of_norms_find_the_right_one() -> None:
    theirs = built(Dense)
    theirs.norm1.embed.weight.data -= 0.8  # of which the means no longer speak
    theirs.norm2.embed.weight.data -= 0.8
    for module in theirs.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.reset_running_stats()
            module.momentum = None  # a plain mean
    theirs.train()
    for _ in range(8):
        theirs(torch.randn(200, Z), torch.arange(200) % K)
    recognised = load.open_weights(saved(theirs.eval())).recognise()
    assert recognised.build().options["label_norm"] != "gain_first", "the default would be right by chance"
    assert ranking.ranked(recognised).build({"activation": "relu"}).options["label_norm"] == "gain_first"


@pytest.mark.parametrize("network", [Residual, Transposed, Dense])
def test_a_saved_network_and_its_onnx_file_draw_the_same(network: type[nn.Module]) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    loaded = load.load_weights(saved(built(network)))
    z, y = latent.sample_z(3, Z, 1), latent.random_labels(3, loaded.config.labels, 1)
    images = loaded.generator(z, y)
    again = load.load_weights(save.loaded_file(loaded))
    assert (again.config, again.options, again.source) == (loaded.config, loaded.options, loaded.source)
    assert torch.equal(again.generator(z, y), images)
    session = onnxruntime.InferenceSession(onnx_export.generator_onnx(loaded.generator, loaded.config))
    inputs = {"z": z.numpy(), "y": y.numpy(), "psi": np.ones(1, np.float32)}
    assert np.allclose(session.run(None, inputs)[0], images.numpy(), atol=1e-5)


def test_norms_without_gains_behind_a_view_are_exported() -> None:
    network = built(lambda _: Residual(Unlabelled))
    loaded = load.load_weights(saved(network))
    assert loaded.config.labels == ()
    onnx_export.generator_onnx(loaded.generator, loaded.config)


def test_a_mixture_of_labels_has_the_mixture_of_their_gains_and_shifts() -> None:
    theirs = built(Residual)
    mixed = built(Residual)
    for module in mixed.modules():
        if isinstance(module, nn.Embedding):
            module.weight.data[0] = (module.weight.data[1] + module.weight.data[2]) / 2
    z, y = latent.sample_z(1, Z, 1), torch.tensor([[0, 0.5, 0.5, 0, 0]])
    with torch.no_grad():
        expected = mixed(z, torch.tensor([0]))
    torch.testing.assert_close(load.load_weights(saved(theirs)).generator(z, y), expected, atol=1e-5, rtol=1e-5)


def test_norms_that_disagree_in_their_labels_are_refused_by_name() -> None:
    network = built(Residual)
    network.block3.b1 = Halves(8, classes=7)
    with pytest.raises(DataError, match="file") as caught:
        load.load_weights(saved(network))
    assert "is an unknown kind of network" in str(caught.value)


def test_a_layer_behind_a_norm_of_twice_its_width_is_no_embedding() -> None:
    network = nn.Sequential()
    network.add_module(
        "a", nn.ModuleDict({"fc": nn.Linear(32, 16, bias=False), "bn": nn.BatchNorm1d(16, affine=False)})
    )
    network.add_module("b", nn.ModuleDict({"fc": nn.Linear(16, 784)}))
    recognised = load.open_weights(saved(network)).recognise()
    assert (recognised.z_dim, recognised.labels) == (32, ())
