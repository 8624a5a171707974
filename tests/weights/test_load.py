"""Loading of weights files: those that are read draw the same images as before, others are refused with a reason."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

from gan_demo.config import LabelField, ModelConfig
from gan_demo.errors import DataError
from gan_demo.gan import latent
from gan_demo.gan.models.build import build_discriminator, build_generator
from gan_demo.weights import containers, limits, load, networks, save

DIGIT = LabelField("digit", tuple("0123456789"))
HAT = LabelField("hat", ("no", "yes"))


pytestmark = pytest.mark.usefixtures("one_thread")


def saved(content: object, legacy: bool = False) -> bytes:
    file = io.BytesIO()
    torch.save(content, file, _use_new_zipfile_serialization=not legacy)
    return file.getvalue()


def tutorial_generator(seed: int = 0) -> nn.Sequential:
    """Build the tutorial's generator as its code does."""
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Linear(100, 256), nn.LeakyReLU(0.2), nn.Linear(256, 512), nn.LeakyReLU(0.2), nn.Linear(512, 784), nn.Tanh()
    )


def small_generator() -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(5, 3), nn.LeakyReLU(0.2), nn.Linear(3, 784), nn.Tanh())


def dcgan_generator(nz: int, ngf: int, nc: int) -> nn.Sequential:
    """Build the layers of examples/dcgan/main.py; its network holds them as ``main``."""
    torch.manual_seed(0)
    widths = [nz, ngf * 8, ngf * 4, ngf * 2, ngf]
    layers: list[nn.Module] = []
    for k in range(4):
        layers += [nn.ConvTranspose2d(widths[k], widths[k + 1], 4, min(k, 1) + 1, min(k, 1), bias=False)]
        layers += [nn.BatchNorm2d(widths[k + 1]), nn.ReLU(True)]
    main = nn.Sequential(*layers, nn.ConvTranspose2d(ngf, nc, 4, 2, 1, bias=False), nn.Tanh())
    for module in main.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return main.eval()


def renamed(network: nn.Module, prefix: str) -> OrderedDict[str, Tensor]:
    return OrderedDict((prefix + name, value) for name, value in network.state_dict().items())


def draws_like(loaded: load.Loaded, network: nn.Module, z: Tensor) -> bool:
    with torch.no_grad():
        wanted = network(z)
    return torch.allclose(loaded.generator(z).reshape(wanted.shape), wanted, atol=1e-5)


LEAKY = {"activation": "leaky_relu_0.2"}  # of the small generators here, which weights do not say


def refusal(data: bytes | Path, filename: str = "w.pt") -> str:
    with pytest.raises(DataError) as caught:
        load.load_weights(data, filename)
    assert caught.value.field == "file"
    assert caught.value.value == filename
    assert caught.value.remedy
    return str(caught.value)


# ---- our own files

CONFIGS = [
    ModelConfig(arch="points", z_dim=4, width=8, shape=(2,)),
    ModelConfig(arch="mlp", z_dim=6, width=2, shape=(3, 32, 32), labels=(DIGIT, HAT)),
    ModelConfig(arch="dcgan", z_dim=6, width=4, shape=(1, 28, 28), labels=(DIGIT,), mapping=2),
    ModelConfig(arch="resnet", z_dim=6, width=4, depth=1, shape=(3, 32, 32)),
    ModelConfig(arch="dcgan64", z_dim=6, width=2, shape=(3, 64, 64)),
]


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.arch)
@pytest.mark.parametrize("half", [False, True])
def test_our_own_file_brings_back_settings_and_images(tmp_path: Path, config: ModelConfig, half: bool) -> None:
    generator = build_generator(config, seed=3).eval()
    path = tmp_path / "mine.safetensors"
    path.write_bytes(save.weights_file(generator, config, half))
    loaded = load.load_weights(path)
    assert (loaded.config, loaded.source) == (config, "gan_demo")
    z = latent.sample_z(3, config.z_dim, 0)
    y = latent.random_labels(3, config.labels, 0) if config.labels else None
    same = latent.generate(loaded.generator, z, y), latent.generate(generator, z, y)
    assert torch.allclose(*same, atol=0.02 if half else 0)
    assert list(tmp_path.iterdir()) == [path]


def test_a_loaded_generator_is_frozen_and_in_eval_mode() -> None:
    loaded = load.load_weights(saved(small_generator().state_dict()))
    assert not loaded.generator.training
    assert not any(weight.requires_grad for weight in loaded.generator.parameters())


def test_a_foreign_generator_can_be_saved_as_our_own_file() -> None:
    network = nn.Sequential(*[layer for k in range(11) for layer in (nn.Linear(5, 5), nn.LeakyReLU(0.2))])
    network = nn.Sequential(*network, nn.Linear(5, 784), nn.Tanh())  # more than ten layers: order is not alphabetical
    foreign = load.load_weights(saved(network.state_dict()), options=LEAKY)
    again = load.load_weights(save.loaded_file(foreign))
    assert again.config == foreign.config
    assert draws_like(again, network, latent.sample_z(2, 5, 0))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": "discriminator"}, "is a discriminator"),
        ({"kind": "optimizer"}, "state of a training"),
        ({"kind": "banana"}, "holds banana"),
        ({"model": {"arch": "mlp", "z_dim": 10**9}}, "z_dim = 1000000000: must be between 1 and 1024"),
        ({"model": {"arch": "mlp", "shape": [2, 28, 28]}}, "makes samples of the shape (2, 28, 28)"),
        (
            {"model": {"arch": "mlp", "shape": [3, 64, 64], "width": 1024}},
            "net.0.weight of shape (3, 5), not (8192, 64)",
        ),
        ({"model": {"arch": "dcgan", "shape": [1, 28, 28]}}, "lacks the weights linear.weight"),
        ({"model": {"arch": "warp"}}, "is not known"),
        ({"model": 3}, "can't be used"),
        ({"model": {"surprise": 1}}, "is not a setting of this version"),
    ],
)
def test_wrong_settings_in_our_header_are_refused(changes: dict[str, Any], reason: str) -> None:
    model = {"arch": "mlp", "z_dim": 5, "width": 1, "shape": [1, 28, 28]}
    entry = {"format": 1, "kind": "generator", "model": model} | changes
    tensors = dict(renamed(small_generator(), "net."))
    assert reason in refusal(safetensors.torch.save(tensors, {"gan_demo": json.dumps(entry)}))


def test_a_header_that_is_no_json_is_refused() -> None:
    tensors = dict(small_generator().state_dict())
    assert "can't be used" in refusal(safetensors.torch.save(tensors, {"gan_demo": "[" * 5_000}))


# ---- the two foreign kinds


@pytest.mark.parametrize("legacy", [False, True])
def test_the_tutorials_generator_draws_the_same_images(legacy: bool) -> None:
    network = tutorial_generator()
    loaded = load.load_weights(saved(network.state_dict(), legacy))
    assert loaded.source == "mlp"
    assert (loaded.config.z_dim, loaded.config.shape, loaded.config.width) == (100, (1, 28, 28), 32)
    assert draws_like(loaded, network, latent.sample_z(5, 100, 0))


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: state,
        lambda state: {"state_dict": state, "epoch": 3, "loss": 0.5},
        lambda state: {"generator": state, "discriminator": {"0.weight": torch.ones(1, 784)}},
        lambda state: {"netG": state, "netD": {}, "optimizerG": {"state": {}, "param_groups": []}},
        lambda state: {
            "D": {"0.weight": torch.ones(1, 784)},
            "G": {k: v + 9 for k, v in state.items()},
            "G_ema": state,
        },
        lambda state: {"model": {"generator": state}},
        lambda state: {f"module.{name}": value for name, value in state.items()},
        lambda state: {f"main.{name}": value for name, value in state.items()},
        lambda state: {f"module.net.layers.{name}": value for name, value in state.items()},
        lambda state: {f"generator.{k}": v for k, v in state.items()} | {"discriminator.0.weight": torch.ones(1, 784)},
        lambda state: {name: nn.Parameter(value) for name, value in state.items()},
        lambda state: {name: value.double() for name, value in state.items()},
        lambda state: dict(zip(["fc1.weight", "fc1.bias", "out.weight", "out.bias"], state.values(), strict=True)),
    ],
)
def test_wrappers_and_prefixes_around_the_weights_do_not_matter(wrap: Callable[[Any], Any]) -> None:
    network = small_generator()
    assert draws_like(
        load.load_weights(saved(wrap(network.state_dict())), options=LEAKY), network, latent.sample_z(3, 5, 0)
    )


def test_half_precision_is_read_as_float32() -> None:
    network = small_generator().half()
    loaded = load.load_weights(saved(network.state_dict()), options=LEAKY)
    assert {value.dtype for value in loaded.generator.parameters()} == {torch.float32}
    assert draws_like(loaded, network.float(), latent.sample_z(3, 5, 0))


def test_transposed_weights_are_read_by_their_strides() -> None:
    network = small_generator()
    state = {name: value.t().contiguous().t() for name, value in network.state_dict().items()}
    assert not state["0.weight"].is_contiguous()
    assert draws_like(load.load_weights(saved(state), options=LEAKY), network, latent.sample_z(3, 5, 0))


def test_an_mlp_with_batch_normalisation_draws_the_same_images() -> None:
    network = nn.Sequential(
        nn.Linear(7, 9),
        nn.LeakyReLU(0.2),
        nn.Linear(9, 11),
        nn.BatchNorm1d(11),
        nn.LeakyReLU(0.2),
        nn.Linear(11, 3 * 32 * 32),
        nn.Tanh(),
    )
    network(torch.randn(64, 7))  # moves the batch statistics
    loaded = load.load_weights(saved(network.eval().state_dict()), options=LEAKY)
    assert loaded.config.shape == (3, 32, 32)
    assert draws_like(loaded, network, latent.sample_z(3, 7, 0))


@pytest.mark.parametrize(
    ("outputs", "shape"),
    [(784, (1, 28, 28)), (1024, (1, 32, 32)), (3072, (3, 32, 32)), (4096, (1, 64, 64)), (12288, (3, 64, 64))],
)
def test_the_number_of_outputs_says_the_image_shape(outputs: int, shape: tuple[int, ...]) -> None:
    network = nn.Sequential(nn.Linear(2, 2), nn.LeakyReLU(0.2), nn.Linear(2, outputs), nn.Tanh())
    assert load.load_weights(saved(network.state_dict()), options=LEAKY).config.shape == shape


@pytest.mark.parametrize(("nz", "ngf", "nc"), [(100, 4, 3), (7, 2, 1), (3, 1, 3)])
@pytest.mark.parametrize("prefix", ["main.", "module.main.", ""])
def test_pytorchs_dcgan_example_draws_the_same_images(nz: int, ngf: int, nc: int, prefix: str) -> None:
    network = dcgan_generator(nz, ngf, nc)
    loaded = load.load_weights(saved(renamed(network, prefix)))
    assert loaded.source == "transposed"
    assert (loaded.config.arch, loaded.config.z_dim, loaded.config.width) == ("dcgan64", nz, ngf)
    assert loaded.config.shape == (nc, 64, 64)
    z = latent.sample_z(2, nz, 0)
    with torch.no_grad():
        assert torch.allclose(loaded.generator(z), network(z[:, :, None, None]), atol=1e-5)


def test_a_foreign_safetensors_file_is_read_by_its_shapes() -> None:
    network = dcgan_generator(6, 2, 3)
    loaded = load.load_weights(safetensors.torch.save(dict(renamed(network, "main."))))
    assert loaded.source == "transposed"


# ---- files of other kinds


def test_files_that_hold_no_weights_are_refused_with_the_reason(tmp_path: Path) -> None:
    assert "is empty" in refusal(b"")
    assert "neither a safetensors nor a PyTorch file" in refusal(b"just some text, renamed")
    assert "neither" in refusal(b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert "cannot be read" in refusal(tmp_path / "missing.pt")
    assert "is not a file" in refusal(tmp_path)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("photos/cat.jpg", b"cat")
    assert "that torch.save did not write" in refusal(file.getvalue())
    assert "that torch.save did not write" in refusal(pickle.dumps({"a": 1}, protocol=2))
    assert "could run code" in refusal(pickle.dumps({"a": 1}, protocol=4))


def test_other_contents_of_pytorch_files_are_refused_with_the_reason() -> None:
    network = small_generator()
    optimizer = torch.optim.Adam(network.parameters())
    assert "the state of a training" in refusal(saved(optimizer.state_dict()))
    assert "the state of a training" in refusal(saved({"rng": torch.zeros(3), "counts": torch.zeros(2)}))
    assert "holds a tensor instead" in refusal(saved(torch.zeros(3)))
    assert "holds no weights" in refusal(saved({}))
    assert "holds list" in refusal(saved([1, 2]))
    assert "holds no weights" in refusal(saved({"epoch": 3}))
    assert "holds code (torch.nn.modules.container.Sequential)" in refusal(saved(network))


def test_discriminators_are_refused_as_such() -> None:
    mlp = nn.Sequential(nn.Linear(784, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1), nn.Sigmoid())
    convolutions = nn.Sequential(nn.Conv2d(3, 2, 4), nn.Conv2d(2, 4, 4), nn.BatchNorm2d(4), nn.Conv2d(4, 1, 4))
    for content in (mlp.state_dict(), convolutions.state_dict(), {"netD": mlp.state_dict()}):
        assert "is a discriminator" in refusal(saved(content))
    config = ModelConfig(arch="mlp", width=2, d_width=2, shape=(1, 28, 28))
    assert "is a discriminator" in refusal(saved({"D.0.weight": torch.ones(3, 3)}))
    assert "unknown kind" in refusal(saved(build_discriminator(ModelConfig(shape=(1, 28, 28))).state_dict()))
    assert "is a discriminator" in refusal(
        saved(renamed(build_discriminator(config).net, "net.") | {"head.weight": torch.ones(1, 16)})
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"3.weight": torch.zeros(784, 784), "3.bias": torch.zeros(784), "5.weight": torch.zeros(784, 3)},
            "do not fit together",
        ),
        ({"2.weight": torch.zeros(784, 4)}, "Layer 2 takes 4 inputs, but gets 3"),
        ({"2.weight": torch.zeros(785, 3), "2.bias": torch.zeros(785)}, "makes 785 numbers"),
        ({"0.bias": torch.zeros(4)}, "at its layer 0"),
        ({"0.weight": torch.zeros(3, 0)}, "at its layer 0"),
        ({"0.weight": torch.zeros(3, 5, 1)}, "at its layer 0"),
        ({"0.weight": torch.zeros(3, 5, 1, 1)}, "unknown kind"),
        ({"0.weight": torch.zeros(3, 2_000)}, "unusual sizes"),
        ({"0.weight_orig": torch.zeros(3, 5)}, "at its layer 0.weight_orig"),
        ({"0.weight": torch.zeros(3, 5, dtype=torch.int64)}, "0.weight in whole numbers"),
        ({"2.bias": torch.full((784,), float("nan"))}, "NaN or infinite numbers in 2.bias"),
        ({"2.bias": torch.full((784,), float("inf"))}, "NaN or infinite numbers in 2.bias"),
        ({"2.bias": torch.full((784,), 1e300, dtype=torch.float64)}, "NaN or infinite"),
        ({"0.bias": 3}, "not a weight: 0.bias"),
        ({"0.bias": torch.zeros(3, dtype=torch.complex64)}, "ComplexFloatStorage"),
        ({"0.bias": torch.zeros(3).to_sparse()}, "unsupported kind: sparse"),
        ({"0.bias": torch.zeros(3, device="meta")}, "unsupported kind: meta"),
        ({"0.bias": torch.zeros(3).to(torch.float8_e4m3fn)}, "unsupported kind"),
    ],
)
def test_weights_that_make_no_generator_are_refused(change: dict[str, Any], reason: str) -> None:
    assert reason in refusal(saved(dict(small_generator().state_dict()) | change))


@pytest.mark.filterwarnings("ignore")
def test_quantised_weights_are_refused() -> None:
    weights = torch.quantize_per_tensor(torch.zeros(3), 0.1, 0, torch.qint8)
    assert "unsupported kind: quantised" in refusal(saved({"0.bias": weights}))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"main.7.running_mean": torch.ones(5)}, "at its layer main.7"),
        ({"main.12.bias": torch.ones(4)}, "unknown kind"),
        ({"main.12.weight": torch.ones(2, 5, 4, 4)}, "unknown kind"),
        ({"main.15.weight": torch.ones(5, 3, 4, 4)}, "unknown kind"),
    ],
)
def test_other_convolutional_generators_are_refused(change: dict[str, Tensor], reason: str) -> None:
    assert reason in refusal(saved(renamed(dcgan_generator(6, 2, 3), "main.") | change))


def test_weights_that_draw_nan_are_refused() -> None:
    state = renamed(dcgan_generator(6, 2, 3), "main.")
    state["main.1.running_var"] -= 5  # the root of it is no number
    assert "makes images with NaN or infinite values" in refusal(saved(state))


# ---- hostile files


class Touch:
    """Makes a folder when Python's own pickle unpickles it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("legacy", [False, True])
def test_code_in_a_file_is_named_and_not_run(tmp_path: Path, legacy: bool) -> None:
    trap = tmp_path / "trap"
    data = saved({"0.weight": torch.zeros(3), "0.bias": Touch(trap)}, legacy)
    assert "holds code (posix.mkdir), which is never run" in refusal(data)
    assert not trap.exists()
    torch.load(io.BytesIO(data), weights_only=False)
    assert trap.exists()  # the trap was a real one


@pytest.mark.parametrize("protocol", [0, 1, 2, 4])
def test_a_plain_pickle_with_code_is_not_run(tmp_path: Path, protocol: int) -> None:
    trap = tmp_path / "trap"
    refusal(pickle.dumps({"a": Touch(trap)}, protocol=protocol))
    assert not trap.exists()


def repacked(data: bytes, change: Callable[[str, bytes], bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """Return the zip archive with some of its records changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", method) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change(entry.filename, old.read(entry)))
    return file.getvalue()


def with_pickle(old: bytes, new: bytes) -> bytes:
    def change(name: str, record: bytes) -> bytes:
        if not name.endswith("data.pkl"):
            return record
        assert record.count(old) == 1
        return record.replace(old, new)

    return repacked(saved({"w": torch.arange(6.0).reshape(2, 3)}), change)


def test_the_tampering_below_starts_from_a_file_that_passes() -> None:
    assert "at its layer w" in refusal(with_pickle(b"K\x06", b"K\x06"))  # read to the end: but w is no network's weight


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"cpuq\x06K\x06t", b"cpuq\x06J\xff\xff\xff\x7ft"),  # a storage of 2^31 numbers
        (b"K\x02K\x03\x86", b"J\x00\xe1\xf5\x05J\x00\xe1\xf5\x05\x86"),  # a shape of 10^16
        (b"K\x03K\x01\x86", b"K\x00K\x00\x86q\x09J\x00\xe1\xf5\x05K\x01\x86"),  # strides beyond the storage
        (b"QK\x00", b"QK\x07"),  # an offset beyond it
        (b"QK\x00", b"QJ\xff\xff\xff\xff"),  # a negative one
        (b"K\x02K\x03\x86", b"}}\x86"),  # a shape of dicts
    ],
)
def test_a_tensor_that_claims_other_numbers_than_there_are_is_refused(old: bytes, new: bytes) -> None:
    assert any(reason in refusal(with_pickle(old, new)) for reason in ("claims more or fewer", "damaged", "too large"))


@pytest.mark.parametrize("legacy", [False, True])
def test_a_tensor_of_a_trillion_numbers_in_one_is_refused(legacy: bool) -> None:
    huge = torch.zeros(1).expand(10**6, 10**6)
    assert "claims more or fewer numbers than it holds" in refusal(saved({"0.weight": huge}, legacy))


def test_many_views_of_one_memory_count_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "MAX_WEIGHT_BYTES", 4 * 1_000)
    memory = torch.zeros(600)
    assert "is too large" in refusal(saved({"0.weight": memory.reshape(2, 300), "1.weight": memory.reshape(300, 2)}))


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.pt"
    with open(path, "wb") as file:
        file.truncate(40 * 1024**3)  # a hole: takes no place on the disk
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    assert "is too large" in refusal(path)


def test_a_safetensors_header_that_claims_gigabytes_is_refused() -> None:
    entry = {"dtype": "F32", "shape": [25_000, 1_000_000], "data_offsets": [0, 10**11]}
    header = json.dumps({"w": entry}).encode()
    assert "damaged" in refusal(struct.pack("<Q", len(header)) + header + bytes(64))
    assert "damaged" in refusal(struct.pack("<Q", 10**11) + header)
    many = json.dumps({f"w{k}": entry for k in range(limits.MAX_TENSORS + 1)}).encode()
    assert "too many tensors" in refusal(struct.pack("<Q", len(many)) + many)
    nested = b'{"w":' + b"[" * 100_000
    assert "damaged" in refusal(struct.pack("<Q", len(nested)) + nested)


def test_a_zip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MAX_WEIGHT_BYTES", 1_000_000)
    monkeypatch.setattr(containers, "_OTHER_BYTES", 0)
    bomb = repacked(saved({"w": torch.zeros(10)}), lambda name, record: record * 100_000, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 200_000
    assert "is too large" in refusal(bomb)
    small = repacked(saved({"w": torch.zeros(10)}), lambda name, record: record, zipfile.ZIP_DEFLATED)
    assert "that torch.save did not write" in refusal(small)


def test_an_archive_of_countless_entries_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for k in range(2 * limits.MAX_TENSORS + 1):
            archive.writestr(f"archive/data/{k}", b"")
    assert "too many tensors" in refusal(file.getvalue())


def test_a_torchscript_archive_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("net/constants.pkl", b"")
        archive.writestr("net/code/__torch__.py", b"def forward(): ...")
    assert "TorchScript archive, which is code" in refusal(file.getvalue())


def test_a_pickle_of_exponential_size_is_refused() -> None:
    """A dict key of 2^60 nested parts: a few bytes to write, centuries to hash."""
    get, pair, put = b"h", b"\x86", b"q"
    doubled = b"".join(get + bytes([k]) + get + bytes([k]) + pair + put + bytes([k + 1]) for k in range(60))
    program = b"\x80\x02" + b")q\x00" + doubled + b"}" + get + bytes([60]) + b"K\x01s."
    data = repacked(saved({}), lambda name, record: program if name.endswith("data.pkl") else record)
    with pytest.raises(DataError) as caught:
        load.load_weights(data)
    assert isinstance(caught.value.__cause__, TypeError)


# ---- damaged files give Loaded or DataError, and nothing else


def tampered(data: bytes, rng: np.random.Generator) -> bytes:
    kind = rng.integers(4)
    place = int(rng.integers(len(data)))
    if kind == 0:
        return data[:place]
    changed = bytearray(data)
    if kind == 1:
        changed[place] ^= 1 << int(rng.integers(8))
    elif kind == 2:
        changed[place : place + 8] = rng.bytes(8)
    else:  # where structure lies: the first kilobyte and the last
        near = int(rng.integers(min(1024, len(data))))
        changed[near if rng.random() < 0.5 else -near - 1] = int(rng.integers(256))
    return bytes(changed)


FORMATS: dict[str, Callable[[], bytes]] = {
    "zip": lambda: saved(small_generator().state_dict()),
    "legacy": lambda: saved(small_generator().state_dict(), legacy=True),
    "dcgan": lambda: saved(renamed(dcgan_generator(3, 1, 1), "main.")),
    "safetensors": lambda: save.weights_file(build_generator(CONFIGS[2]).eval(), CONFIGS[2]),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_damage_of_any_kind_gives_a_generator_or_a_reason(kind: str) -> None:
    data = FORMATS[kind]()
    load.load_weights(data)
    rng = np.random.default_rng(2026)
    refused = 0
    for _ in range(150):
        try:
            loaded = load.load_weights(tampered(data, rng), "damaged.bin")
        except DataError:
            refused += 1
        else:
            assert (
                latent.generate(loaded.generator, latent.sample_z(1, loaded.config.z_dim, 0), labels(loaded))
                .isfinite()
                .all()
            )
    assert refused > 30


def labels(loaded: load.Loaded) -> Tensor | None:
    return latent.random_labels(1, loaded.config.labels, 0) if loaded.config.labels else None


def test_damage_inside_of_an_intact_archive_gives_a_generator_or_a_reason() -> None:
    """The archive's checksums would show it; here they are computed anew."""
    data = saved(small_generator().state_dict())
    rng = np.random.default_rng(2027)

    def damage(name: str, record: bytes) -> bytes:
        return tampered(record, rng) if name.endswith("data.pkl") else record

    refused = 0
    for _ in range(150):
        try:
            load.load_weights(repacked(data, damage))
        except DataError:
            refused += 1
    assert refused > 100


@pytest.mark.parametrize("kind", FORMATS)
def test_every_truncation_is_refused(kind: str) -> None:
    data = FORMATS[kind]()
    for place in np.linspace(0, len(data) - 1, 40).astype(int):
        refusal(data[:place])
