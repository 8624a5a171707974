"""The inert reader of pickles: plain values come out as they are, objects as descriptions, and nothing is run."""

from __future__ import annotations

import io
import pickle
import pickletools
import sys
from collections import OrderedDict
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from gan_demo.weights.containers import read
from gan_demo.weights.pickle_reader import Inert
from tests.weights.stored import D, G, Generator, Touch, holds, offered, refusal, saved

pytestmark = pytest.mark.usefixtures("one_thread")
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4) | st.tuples(inner, inner),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(value=PLAIN, protocol=st.integers(0, 5))
def test_plain_values_come_out_as_pickle_reads_them(value: Any, protocol: int) -> None:
    assert read(pickle.dumps({"value": value}, protocol), "w.pkl").content == {"value": value}


@pytest.mark.parametrize("protocol", range(6))
def test_bytes_numbers_and_arrays_of_numpy_are_read_in_every_protocol(protocol: int) -> None:
    array = np.arange(12, dtype=np.float32).reshape(3, 4)
    value = {
        "f": np.float64(0.5),
        "i": np.int32(7),
        "a": array,
        "t": np.asfortranarray(array),
        "b": b"\x00\xff",
        "s": {3},
    }
    content = read(pickle.dumps(value, protocol), "w.pkl").content
    assert (content["f"], content["i"], bytes(content["b"]), content["s"]) == (0.5, 7, b"\x00\xff", [3])
    assert np.array_equal(content["a"].numpy(), array)
    assert np.array_equal(content["t"].numpy(), array)


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_values_stay_shared_and_may_hold_themselves(protocol: int) -> None:
    shared: list[Any] = [1]
    value = {"a": shared, "b": shared}
    shared.append(value)
    content = read(pickle.dumps(value, protocol), "w.pkl").content
    assert content["a"] is content["b"]
    assert content["a"][1] is content


# ---- objects


@pytest.mark.parametrize("protocol", [0, 1, 2, 4])
def test_code_is_described_and_not_run(tmp_path: Path, protocol: int) -> None:
    data = pickle.dumps({"a": Touch(tmp_path / "trap")}, protocol)
    described = read(data, "w.pkl").content["a"]
    assert isinstance(described, Inert)
    assert (described.class_name, described.arguments) == ("posix.mkdir", (str(tmp_path / "trap"),))
    assert not (tmp_path / "trap").exists()
    pickle.loads(data)
    assert (tmp_path / "trap").exists()  # the trap was a real one


@pytest.mark.parametrize("legacy", [False, True])
def test_code_in_the_place_of_a_weight_is_named_and_not_run(tmp_path: Path, legacy: bool) -> None:
    data = saved({"0.weight": torch.zeros(3), "0.bias": Touch(tmp_path / "trap")}, legacy)
    assert "holds code (posix.mkdir) in the place of the weight 0.bias" in refusal(data)
    assert not (tmp_path / "trap").exists()


@pytest.mark.parametrize("legacy", [False, True])
def test_the_weights_of_a_whole_network_are_taken_out(legacy: bool) -> None:
    network = Generator()
    data = saved(network, legacy)
    state = dict(network.state_dict())
    assert holds(data, state)
    (stored,) = offered(data)
    assert stored.class_name.endswith(".Generator")
    assert stored.settings["modules"]["main.1"] == {
        "class": "torch.nn.modules.activation.LeakyReLU", "training": True, "negative_slope": 0.1, "inplace": False
    }  # fmt: skip
    assert [n.kind for n in offered(saved({"b": nn.DataParallel(network), "a": nn.Linear(784, 1)}, legacy))] == [
        "unknown"
    ] * 2
    normed = nn.Sequential(nn.utils.spectral_norm(nn.Linear(5, 3)), nn.Linear(3, 784))
    assert {"0.weight_orig", "0.weight_u"} <= offered(saved(normed, legacy))[0].tensors.keys()


def test_an_object_without_weights_is_named_with_the_lines_that_save_them() -> None:
    sentence = refusal(saved(OrderedDict(G=nn.ReLU())))
    assert "ReLU" in sentence
    assert "torch.save(G.state_dict(), 'generator.pt')" in sentence


def test_a_network_of_tensorflow_is_said_to_be_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("dnnlib.tflib.network")
    exec("class Network: pass", module.__dict__)
    module.Network.__module__ = module.__name__
    for name in ("dnnlib", "dnnlib.tflib", "dnnlib.tflib.network"):
        monkeypatch.setitem(sys.modules, name, module)
    networks = [module.Network() for _ in range(3)]
    for network in networks:
        network.variables = [("conv/weight", np.zeros((3, 3), np.float32))]
    assert "of Keras or TensorFlow" in refusal(pickle.dumps(tuple(networks), 3))


def _persistent(name: str, state: dict[str, Tensor], **arguments: Any) -> Any:
    """Return an object that pickles as NVIDIA's persistent classes do."""
    modules = OrderedDict()
    for layer in dict.fromkeys(key.partition(".")[0] for key in state):
        inner = {
            key.partition(".")[2]: nn.Parameter(value) for key, value in state.items() if key.startswith(f"{layer}.")
        }
        modules[layer] = _Reduced(
            {"class_name": "Layer", "state": {"_parameters": inner, "_buffers": {}, "_modules": {}}}
        )
    inner_state = {"_parameters": {}, "_buffers": {}, "_modules": modules, "_init_args": (), "_init_kwargs": arguments}
    return _Reduced(
        {"type": "class", "version": 6, "module_src": "raise SystemExit", "class_name": name, "state": inner_state}
    )


class _Reduced:
    def __init__(self, meta: dict[str, Any]) -> None:
        self.meta = meta

    def __reduce__(self) -> tuple[Any, ...]:
        return sys.modules["torch_utils.persistence"]._reconstruct_persistent_obj, (self.meta,)


@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_network_pickles_of_nvidia_give_weights_and_arguments(monkeypatch: pytest.MonkeyPatch, protocol: int) -> None:
    package, module = ModuleType("torch_utils"), ModuleType("torch_utils.persistence")
    exec("def _reconstruct_persistent_obj(meta): raise SystemExit", module.__dict__)
    monkeypatch.setitem(sys.modules, "torch_utils", package)
    monkeypatch.setitem(sys.modules, "torch_utils.persistence", module)
    average = {name: value / 2 for name, value in G.items()}
    networks = {
        "G": _persistent("Generator", G),
        "D": _persistent("Discriminator", D),
        "G_ema": _persistent("Generator", average, z_dim=5),
    }
    data = pickle.dumps({**networks, "training_set_kwargs": {"xflip": True}, "augment_pipe": None}, protocol)
    first, second, third = offered(data)
    assert [(n.name, n.kind, n.class_name) for n in (first, second, third)] == [
        ("G_ema", "generator", "Generator"), ("G", "generator", "Generator"), ("D", "discriminator", "Discriminator")
    ]  # fmt: skip
    assert first.settings["z_dim"] == 5
    assert holds(data, average)


# ---- files of old versions of torch


def _without_hooks(tensor: Tensor, function: str) -> tuple[Any, ...]:
    """Describe a tensor as torch 0.3 and 0.4 did."""
    storage = torch.storage.TypedStorage(wrap_storage=tensor.untyped_storage(), dtype=tensor.dtype, _internal=True)
    arguments = (storage, tensor.storage_offset(), tuple(tensor.size()), tensor.stride())
    if function == "_rebuild_tensor":
        return torch._utils._rebuild_tensor, arguments
    return torch._utils._rebuild_tensor_v2, (*arguments, False, None)


@pytest.mark.parametrize("function", ["_rebuild_tensor", "_rebuild_tensor_v2"])
def test_files_of_torch_0_3_and_0_4_open(monkeypatch: pytest.MonkeyPatch, function: str) -> None:
    monkeypatch.setattr(Tensor, "__reduce_ex__", lambda tensor, _: _without_hooks(tensor, function))
    data = saved(G, legacy=True)
    monkeypatch.undo()
    assert any(
        op.name == "GLOBAL" and argument == f"torch._utils {function}" for op, argument, _ in _instructions(data)
    )
    assert holds(data)


def _instructions(data: bytes) -> list[Any]:
    """Return the instructions of all five pickles of the format before torch 1.6."""
    file = io.BytesIO(data)
    return [instruction for _ in range(5) for instruction in pickletools.genops(file)]
