"""Generators with self-attention draw what their own networks draw, also with weights normalised by an iteration."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_demo.errors import DataError
from gan_demo.gan import latent, onnx_export
from gan_demo.weights import load, ranking

pytestmark = pytest.mark.usefixtures("one_thread")
Z = 16
LATENTS = torch.randn(3, Z, generator=torch.Generator().manual_seed(1))


class Iterated(nn.Conv2d):
    """Convolution that goes on with power iteration from a stored vector whenever it draws."""

    def __init__(self, into: int, out: int) -> None:
        super().__init__(into, out, 1)
        self.register_buffer("sn_u", torch.randn(1, out))
        self.register_buffer("sn_sigma", torch.ones(1))

    def forward(self, x: Tensor) -> Tensor:
        rows = self.weight.flatten(1)
        v = F.normalize(self.sn_u @ rows)
        u = F.normalize(v @ rows.T)
        return F.conv2d(x, self.weight / (u @ rows @ v.T), self.bias)


class Plain(nn.Module):
    """Attention over all pixels."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.query_conv, self.key_conv = Iterated(width, 2), Iterated(width, 2)
        self.value_conv, self.gamma = nn.Conv2d(width, width, 1), nn.Parameter(torch.tensor([0.8]))

    def forward(self, x: Tensor) -> Tensor:
        energy = torch.einsum("ncp,ncr->npr", self.query_conv(x).flatten(2), self.key_conv(x).flatten(2))
        read = torch.einsum("ncr,npr->ncp", self.value_conv(x).flatten(2), energy.softmax(2))
        return self.gamma * read.view_as(x) + x


class Pooled(nn.Module):
    """Attention over the largest of each four pixels, with a convolution behind it."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.theta, self.phi, self.g = (nn.Conv2d(width, out, 1, bias=False) for out in (2, 2, 4))
        self.o, self.gamma = nn.Conv2d(4, width, 1, bias=False), nn.Parameter(torch.tensor(0.8))

    def forward(self, x: Tensor) -> Tensor:
        keys, values = (F.max_pool2d(maps, 2).flatten(2) for maps in (self.phi(x), self.g(x)))
        energy = torch.einsum("ncp,ncr->npr", self.theta(x).flatten(2), keys)
        read = torch.einsum("ncr,npr->ncp", values, energy.softmax(2)).view(len(x), 4, *x.shape[2:])
        return x + self.gamma * self.o(read)


class Stack(nn.Module):
    """Transposed convolutions, the second of which is followed by attention that is registered last."""

    def __init__(self) -> None:
        super().__init__()
        sizes = [(Z, 24, 4, 1, 0), (24, 16, 4, 2, 1), (16, 8, 4, 2, 1)]
        self.layers = nn.ModuleList(
            nn.Sequential(nn.ConvTranspose2d(*size), nn.BatchNorm2d(size[1]), nn.ReLU()) for size in sizes
        )
        self.last = nn.ConvTranspose2d(8, 3, 4, 2, 1)
        self.attn = Plain(16)

    def forward(self, z: Tensor) -> Tensor:
        x = z[:, :, None, None]
        for layer in self.layers:
            x = layer(x)
            x = self.attn(x) if x.shape[1] == 16 else x
        return self.last(x).tanh()


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.c1, self.c2, self.shortcut = (nn.Conv2d(8, 8, k, padding=k // 2) for k in (3, 3, 1))

    def forward(self, x: Tensor) -> Tensor:
        x, skip = F.relu(x), x
        x = self.c2(F.relu(self.c1(F.interpolate(x, scale_factor=2))))
        return x + self.shortcut(F.interpolate(skip, scale_factor=2))


class Residual(nn.Module):
    """Blocks of one width: attention may stand behind the first or, as here, behind the second."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(Z, 8 * 16)
        self.blocks = nn.ModuleList(Block() for _ in range(3))
        self.last = nn.Conv2d(8, 3, 3, padding=1)
        self.attn_block = Pooled(8)

    def forward(self, z: Tensor) -> Tensor:
        x = self.linear(z).view(-1, 8, 4, 4)
        x = self.blocks[2](self.attn_block(self.blocks[1](self.blocks[0](x))))
        return self.last(F.relu(x)).tanh()


@pytest.fixture(params=[Stack, Residual])
def network(request: pytest.FixtureRequest) -> nn.Module:
    torch.manual_seed(0)
    built: nn.Module = request.param().eval().requires_grad_(False)
    return built


def test_self_attention_is_drawn_as_the_network_draws_it(network: nn.Module) -> None:
    file = io.BytesIO()
    torch.save(network.state_dict(), file)
    recognised = load.open_weights(file.getvalue(), "w.pt").recognise()
    loaded = recognised.build()
    expected = network(LATENTS)
    torch.testing.assert_close(latent.generate(loaded.generator, LATENTS), expected, rtol=0, atol=1e-5)
    assert any(layer.startswith("Self-attention") for layer in recognised.layers)
    assert ("attention" in loaded.options) == isinstance(network, Residual)
    assert all(recognised.build(options) for options in ranking.rank(recognised)[:3])

    import onnxruntime

    content = onnx_export.explorer_onnx(loaded.generator, loaded.config)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (x,) = session.run(["x"], {"z": LATENTS.numpy(), "psi": np.ones(1, np.float32)})
    torch.testing.assert_close(torch.from_numpy(x), expected, rtol=0, atol=1e-4)


def test_attention_of_large_maps_bounds_the_samples_that_are_drawn_at_once() -> None:
    torch.manual_seed(0)
    network = Stack()
    network.layers.append(nn.Sequential(nn.ConvTranspose2d(8, 8, 4, 4), nn.BatchNorm2d(8), nn.ReLU()))
    network.attn = Plain(8)
    network.layers[2][0] = nn.ConvTranspose2d(16, 12, 4, 2, 1)
    network.layers[2][1] = nn.BatchNorm2d(12)
    network.layers[3][0] = nn.ConvTranspose2d(12, 8, 4, 4)
    file = io.BytesIO()
    torch.save(network.state_dict(), file)
    loaded = load.load_weights(file.getvalue(), "w.pt")
    assert loaded.generator.largest_batch() <= 2**26 // (loaded.config.shape[1] // 2) ** 4


def test_attention_whose_channels_no_layer_has_is_an_unknown_network() -> None:
    network = Stack()
    network.attn = Plain(17)
    file = io.BytesIO()
    torch.save(network.state_dict(), file)
    with pytest.raises(DataError, match="unknown kind of network"):
        load.load_weights(file.getvalue(), "w.pt")
