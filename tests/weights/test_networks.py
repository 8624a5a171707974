"""Networks of a checkpoint by name: which are offered, in which order, and as what."""

from __future__ import annotations

import io
from typing import Any

import pytest
import torch

from gan_demo.weights.reading import roles
from tests.weights import stored
from tests.weights.stored import OPTIMIZER, D, G, State, saved

pytestmark = pytest.mark.usefixtures("one_thread")


def prefixed(prefix: str, state: State) -> State:
    return {prefix + name: value for name, value in state.items()}


def average(state: State) -> State:
    return {name: value / 2 for name, value in state.items()}


def offered(content: dict[Any, Any]) -> list[stored.StoredNetwork]:
    return stored.offered(saved(content))


def names(content: dict[Any, Any]) -> list[tuple[str, str, bool]]:
    return [(network.name, network.kind, network.averaged) for network in offered(content)]


def refusal(content: dict[Any, Any]) -> str:
    return stored.refusal(saved(content))


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


def test_averages_without_names_take_those_of_their_network() -> None:
    buffers = {
        "1.running_mean": torch.ones(3),
        "1.running_var": torch.ones(3),
        "1.num_batches_tracked": torch.tensor(3),
    }
    ema = {"decay": 0.99, "num_updates": 5, "shadow_params": list(average(G).values()), "collected_params": None}
    first, second, third = offered({"D": D, "net": G | buffers, "ema": ema})
    assert (first.name, first.averaged, second.name, third.name) == ("ema.shadow_params", True, "net", "D")
    assert all(torch.equal(first.tensors[name], value) for name, value in average(G).items())
    assert torch.equal(first.tensors["1.running_mean"], torch.ones(3))
    ema["shadow_params"] = [torch.ones(7), torch.ones(2)]  # of no network in this file
    assert names({"netG": G, "ema": ema}) == [("", "generator", False)]


def test_a_checkpoint_of_lightning_gives_its_networks_and_settings() -> None:
    state = prefixed("generator.", G) | prefixed("discriminator.", D) | {"val_z": torch.zeros(8, 5)}
    lightning = {
        "epoch": 3, "global_step": 100, "pytorch-lightning_version": "2.1.0", "state_dict": state, "loops": {"fit_loop": {"state_dict": {}}},
        "callbacks": {}, "optimizer_states": [OPTIMIZER, OPTIMIZER], "lr_schedulers": [], "hyper_parameters": {"latent_dim": 5},
    }  # fmt: skip
    assert names(lightning) == [("generator", "generator", False), ("discriminator", "discriminator", False)]
    assert offered(lightning)[0].settings["hyper_parameters"] == {"latent_dim": 5}


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_torch_saves_in_any_protocol_of_pickles(protocol: int) -> None:
    file = io.BytesIO()
    torch.save({"netG": G, "netD": D}, file, pickle_protocol=protocol)
    assert stored.holds(file.getvalue())


def test_networks_in_lists_are_numbered() -> None:
    assert names({"networks": [G, D]}) == [("networks.1", "unknown", False), ("networks.2", "discriminator", False)]


SHAPES: dict[str, list[tuple[int, ...]]] = {  # of the weights, first to last
    "generator of upsampling and convolutions": [(8192, 100), (128, 128, 3, 3), (64, 128, 3, 3), (1, 64, 3, 3)],
    "generator of an MLP": [(128, 100), (256, 128), (784, 256)],
    "generator of transposed convolutions": [(100, 512, 4, 4), (512, 256, 4, 4), (64, 1, 4, 4)],
    "generator with one class": [(1, 100), (128, 100), (784, 128)],
    "discriminator of an MLP": [(512, 784), (256, 512), (1, 256)],
    "discriminator of labels and an MLP": [(10, 10), (512, 794), (1, 512)],
    "discriminator of convolutions": [(64, 3, 4, 4), (128, 64, 4, 4), (1, 128, 4, 4)],
    "discriminator with a linear head": [(16, 1, 3, 3), (32, 16, 3, 3), (1, 512), (10, 512)],
}


@pytest.mark.parametrize("what", SHAPES)
def test_shapes_tell_a_discriminator_where_names_do_not(what: str) -> None:
    names = {f"{k}.weight": torch.ones(shape) for k, shape in enumerate(SHAPES[what])}
    if "one class" in what:
        names["embedding.weight"] = names.pop("0.weight")
    (*_, last) = offered({"model": names, "netG": G})
    assert last.kind == ("discriminator" if "discriminator" in what else "unknown")
    shuffled = {f"{k}.weight": torch.ones(shape) for k, shape in reversed(list(enumerate(SHAPES[what])))}
    if "one class" not in what:
        assert roles.by_shapes(shuffled, ordered=False) == last.kind


def test_names_of_any_kind_are_no_error() -> None:
    odd = {
        "": G,
        "_": {"": torch.zeros(3)},
        "生成器": D,
        3: {"...": torch.zeros(2, 2)},
        ("a", 1): {"x": torch.zeros(1)},
    }
    assert offered(odd)[0].kind == "unknown"
