"""Networks of a checkpoint by name: which are offered, in which order, and as what."""

from __future__ import annotations

import io
from typing import Any

import pytest
import torch
from torch import Tensor

from gan_demo.errors import DataError
from gan_demo.weights.containers import read
from gan_demo.weights.networks import StoredNetwork, networks_in

State = dict[str, Tensor]
G = {"0.weight": torch.ones(3, 5), "0.bias": torch.ones(3), "2.weight": torch.ones(784, 3), "2.bias": torch.ones(784)}
D = {"0.weight": torch.ones(8, 784), "0.bias": torch.ones(8), "2.weight": torch.ones(1, 8), "2.bias": torch.ones(1)}
OPTIMIZER = {"state": {0: {"step": torch.ones(()), "exp_avg": torch.ones(3, 5)}}, "param_groups": [{"lr": 2e-4}]}


def prefixed(prefix: str, state: State) -> State:
    return {prefix + name: value for name, value in state.items()}


def average(state: State) -> State:
    return {name: value / 2 for name, value in state.items()}


def offered(content: dict[Any, Any]) -> list[StoredNetwork]:
    file = io.BytesIO()
    torch.save(content, file)
    return networks_in(read(file.getvalue(), "w.pt"), "w.pt")


def names(content: dict[Any, Any]) -> list[tuple[str, str, bool]]:
    return [(network.name, network.kind, network.averaged) for network in offered(content)]


def refusal(content: dict[Any, Any]) -> str:
    with pytest.raises(DataError) as caught:
        offered(content)
    return str(caught.value)


KEYS = (
    "netG", "G", "generator", "gen", "Generator", "modelG", "model_G", "avgG", "G_dict", "G_weights", "netG_A", "gen_state",
    "generator_params", "G_state_dict", "generator_state_dict", "g", "g_ema", "G_ema", "ema_g", "gen_model", "gnet", "Gs", "genA2B",
    "ema", "model_ema", "params_ema", "G_model", "g_model_state_dict", "model", "net", "weights", "netg", "G1", "teacher",
)  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_a_generator_opens_under_any_key(key: str) -> None:
    other = {"D_state_dict": D, "optimizer_G": OPTIMIZER, "optimizerD": OPTIMIZER}
    first, second = offered({"epoch": 3, key: G, "loss": 0.3, "losses_G": [0.1, 0.2], **other})
    assert first.kind in ("generator", "unknown")
    assert all(torch.equal(value, G[name]) for name, value in first.tensors.items())
    assert second.kind == "discriminator"


def test_averages_come_first_and_discriminators_last() -> None:
    assert names({"netD": D, "netG": G, "G_ema": average(G)}) == [
        ("G_ema", "generator", True),
        ("netG", "generator", False),
        ("netD", "discriminator", False),
    ]
    assert names({"model": {"netD_A": D, "netG_A": G, "netG_B": G}, "epoch": 1}) == [
        ("model.netG_A", "generator", False),
        ("model.netG_B", "generator", False),
        ("model.netD_A", "discriminator", False),
    ]
    assert names({"generator": {"state_dict": G, "optimizer": OPTIMIZER}}) == [("", "generator", False)]


def test_networks_under_one_list_of_names_are_divided() -> None:
    both = prefixed("generator.", G) | prefixed("discriminator.", D)
    assert names({"state_dict": both}) == [("generator", "generator", False), ("discriminator", "discriminator", False)]
    assert set(offered({"state_dict": both})[0].tensors) == set(G)
    assert names({"state_dict": prefixed("model.netG.", G) | prefixed("model.netD.", D)})[0][0] == "model.netG"
    averages = prefixed("ema_model.", average(G)) | prefixed("online_model.", G) | {"initted": torch.tensor(True)}
    assert names(averages) == [("ema_model", "generator", True), ("online_model", "unknown", False)]
    swa = prefixed("module.", G) | {"n_averaged": torch.tensor(3)}
    assert names(swa) == [("", "generator", True)]
    assert set(offered(swa)[0].tensors) == set(G)


def test_layers_of_a_network_are_not_divided() -> None:
    conditional = prefixed("gen.", G) | {"embed.weight": torch.ones(10, 5)}
    assert set(offered(conditional)[0].tensors) == set(conditional)
    layers = {f"d{k}.conv.weight": torch.ones(4, 4) for k in range(3)} | {"g1.conv.weight": torch.ones(4, 4)}
    assert set(offered(layers)[0].tensors) == set(layers)
    assert set(offered(prefixed("main.", G))[0].tensors) == set(prefixed("main.", G))


def test_a_synthesis_network_keeps_its_mapping() -> None:
    stylegan = {"GAN": prefixed("S.net.", G) | prefixed("G.blocks.", G) | prefixed("D.blocks.", D), "version": "1"}
    stylegan["GAN"] |= prefixed("SE.net.", G) | prefixed("GE.blocks.", G)
    networks = offered(stylegan)
    assert [(network.name, network.averaged) for network in networks] == [
        ("GAN.GE", True),
        ("GAN.G", False),
        ("GAN.D", False),
    ]
    assert set(networks[0].tensors) == set(networks[1].tensors) == set(prefixed("S.net.", G) | prefixed("G.blocks.", G))


def test_single_tensors_and_settings_beside_the_networks_are_handed_on() -> None:
    (network,) = offered({"g_ema": G, "latent_avg": torch.ones(5), "args": {"latent": 5}})
    assert network.settings["args"] == {"latent": 5}
    assert torch.equal(network.settings["latent_avg"], torch.ones(5))


def test_what_holds_no_generator_is_refused_for_what_it_is() -> None:
    assert "is a discriminator" in refusal({"netD": D})
    assert "is a discriminator" in refusal({"model": D})
    assert "state of a training" in refusal(OPTIMIZER)
    assert "state of a training" in refusal({"optimizer_G": OPTIMIZER, "epoch": 3})
    assert "holds no weights" in refusal({"epoch": 3})


def test_a_network_with_nan_is_refused_unless_another_remains() -> None:
    broken = G | {"0.bias": torch.full((3,), float("nan"))}
    assert "NaN or infinite numbers in 0.bias" in refusal({"netG": broken, "netD": D})
    assert names({"netG": broken, "G_ema": G}) == [("", "generator", True)]
