"""Containers of weights: what opens, bit for bit, and what is refused for what it is."""

from __future__ import annotations

import io
import json
import pickle
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from gan_demo.weights import containers, limits
from gan_demo.weights.reading import memory
from tests.weights.stored import OPTIMIZER, D, G, State, holds, offered, refusal, repacked, saved, zipped

pytestmark = pytest.mark.usefixtures("one_thread")


def tarred(files: dict[str, bytes], mode: str = "w:") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


CONTAINERS: dict[str, Callable[[State], bytes]] = {
    "zip": saved,
    "legacy": lambda state: saved(state, legacy=True),
    "compressed": lambda state: repacked(saved(state), lambda _, record: record, zipfile.ZIP_DEFLATED),
    "safetensors": safetensors.torch.save,
    "pickle of numpy arrays": lambda state: pickle.dumps({name: value.numpy() for name, value in state.items()}),
    "pickle 2": lambda state: pickle.dumps(state, protocol=2),
    "pickle 5": lambda state: pickle.dumps(state, protocol=5),
    "tar": lambda state: tarred({"models/G.pth": saved(state), "models/readme.txt": b"by hand"}),
    "zip of a repository": lambda state: zipped({"repo/config.json": b"{}", "repo/model.safetensors": safetensors.torch.save(state)}),
    "compressed zip": lambda state: zipped({"generator.pth": saved(state), "sample.png": b"\x89PNG"}, zipfile.ZIP_DEFLATED),
}  # fmt: skip


@pytest.mark.parametrize("from_path", [False, True], ids=["bytes", "path"])
@pytest.mark.parametrize("container", CONTAINERS)
def test_a_generator_comes_out_of_its_container_bit_for_bit(tmp_path: Path, container: str, from_path: bool) -> None:
    data = CONTAINERS[container](G)
    (tmp_path / "weights").write_bytes(data)
    assert holds(tmp_path / "weights" if from_path else data)


@pytest.fixture
def _every_warning() -> Iterator[None]:
    """Let torch warn each time, and not once in a process."""
    torch.set_warn_always(True)
    yield
    torch.set_warn_always(False)


@pytest.mark.usefixtures("_every_warning")
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("container", CONTAINERS)
def test_read_only_bytes_are_no_reason_for_a_warning(container: str) -> None:
    assert holds(CONTAINERS[container](G))


@pytest.mark.parametrize("offset", range(9))
@pytest.mark.parametrize("dtype", set(memory.DTYPES.values()))
def test_numbers_are_read_at_any_address_and_where_they_are_aligned_without_a_copy(
    dtype: torch.dtype, offset: int
) -> None:
    data = bytes([0, 1] * 40) if dtype == torch.bool else bytes(range(80))
    region = memoryview(data)[offset : offset + 64]
    numbers = memory.flat(memory.Storage(dtype, region))
    assert bytes(numbers.view(torch.uint8).numpy()) == bytes(region)
    start = np.frombuffer(data, np.uint8).ctypes.data + offset
    assert (numbers.data_ptr() == start) == (start % dtype.itemsize == 0)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("container", ["zip", "legacy", "safetensors"])
def test_other_precisions_become_float32(container: str, dtype: torch.dtype) -> None:
    assert holds(
        CONTAINERS[container]({name: value.to(dtype) for name, value in G.items()}),
        {n: v.to(dtype) for n, v in G.items()},
    )


def test_views_of_one_memory_are_read_by_their_strides_and_offsets() -> None:
    memory = torch.randn(40)
    state = {
        "a.weight": memory[3:27].view(4, 6).t(),
        "b.weight": memory[::2].view(5, 4),
        "c.weight": memory[7],
        "d.weight": memory[:0],
    }
    for legacy in (False, True):
        assert holds(saved(state, legacy), state)


def test_a_folder_of_a_repository_opens_with_its_settings(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"z_dim": 5}))
    (tmp_path / "model.safetensors").write_bytes(safetensors.torch.save(G))
    (tmp_path / "pytorch_model.bin").write_bytes(b"the same weights again, which are not read")
    (tmp_path / "readme.md").write_text("A generator.")
    (network,) = offered(tmp_path)
    assert network.settings["config"] == {"z_dim": 5}
    assert holds(tmp_path)


def test_several_files_of_an_archive_are_offered_by_name() -> None:
    data = zipped({"discriminator.pth": saved(D), "generator.pth": saved(G), "optimizer.pt": saved(OPTIMIZER)})
    assert [(network.name, network.kind) for network in offered(data)] == [
        ("generator", "generator"),
        ("discriminator", "discriminator"),
    ]
    assert holds(data)


def test_extras_beside_the_weights_are_left_alone() -> None:
    from argparse import Namespace
    from collections import defaultdict
    from datetime import UTC, datetime
    from types import SimpleNamespace

    extras = {
        "epoch": np.int64(3), "loss": np.float32(0.5), "losses": [0.1 * k for k in range(80_000)], "curve": np.linspace(0, 1, 50),
        "shape": torch.Size([1, 28, 28]), "device": torch.device("cuda:0"), "dtype": torch.float16, "args": Namespace(z=5, out=Path("runs/a")),
        "when": datetime.now(UTC), "history": defaultdict(list, {"d": [1.0]}), "seen": {1, 2}, "opt": SimpleNamespace(lr=2e-4),
        "rng": torch.get_rng_state(), "function": json.dumps, "act": torch.nn.ReLU(), "numpy_rng": np.random.RandomState(1).get_state(),
        "optimizer_G": OPTIMIZER, "generator": G,
    }  # fmt: skip
    for data in (saved(extras), saved(extras, legacy=True), pickle.dumps(extras, 4)):
        assert holds(data)
    settings = offered(saved(extras))[0].settings
    assert settings["args"] == {"z": 5, "out": "runs/a"}
    assert settings["opt"] == {"lr": 2e-4}


# ---- refusals


KINDS = {
    "is empty": b"",
    "is a text, not weights": b"just some text, renamed",
    "is a Git LFS pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12345\n",
    "is a web page": b"\n<!DOCTYPE html><html><head><title>Sign in</title></head></html>",
    "is an image, not weights": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "of Keras or TensorFlow": b"\x89HDF\r\n\x1a\n" + bytes(600),
    "is an ONNX network": b"\x08\x08\x12\x07pytorch\x1a\x052.1.0" + bytes(100),
    "is an array of NumPy": b"\x93NUMPY\x01\x00" + bytes(100),
    "compressed archive (tar.gz)": tarred({"G.pth": b"weights"}, "w:gz"),
    "holds images, not weights": zipped({"photos/cat.jpg": b"cat", "photos/dog.jpg": b"dog"}),
    "without a weights file: a.txt": zipped({"a.txt": b"text"}),
    "without a weights file: b.txt": tarred({"b.txt": b"text"}),
    "is an archive in an archive": zipped({"inner.pt": zipped({"G.pth": saved(G)})}),
    "TorchScript archive, which is code": zipped({"net/constants.pkl": b"", "net/code/__torch__.py": b"def forward(): ..."}),
    "neither a safetensors nor a PyTorch file": bytes(range(128, 256)) * 4,
    "holds no weights": pickle.dumps({"a": 1}),
    "holds a tensor instead": saved(torch.zeros(3)),
    "holds list instead": saved([1, 2]),
}  # fmt: skip


@pytest.mark.parametrize("reason", KINDS)
def test_a_file_of_another_kind_is_refused_for_what_it_is(reason: str) -> None:
    sentence = refusal(KINDS[reason])
    assert reason in sentence
    assert "damaged" not in sentence


def test_paths_that_are_no_files_are_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path / "missing.pt")
    assert "without a weights file" in refusal(tmp_path)


@pytest.mark.parametrize("container", ["zip", "legacy", "safetensors", "pickle 5", "tar"])
def test_a_file_that_is_cut_short_is_refused_as_such(container: str) -> None:
    data = CONTAINERS[container](G)
    for offset in np.linspace(600, len(data) * (0.5 if container == "tar" else 0.95), 12).astype(int):
        assert "ends too early" in refusal(data[:offset])


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.pt"
    with open(path, "wb") as file:
        file.truncate(40 * 1024**3)  # a hole: takes no place on the disk
    monkeypatch.setattr(containers.memory, "from_path", lambda _: pytest.fail("it was read"))
    assert "is too large. At most 500 MB" in refusal(path)
    monkeypatch.setenv(limits.SIZE_VARIABLE, "1")
    assert "At most 1 MB" in refusal(saved({"0.weight": torch.zeros(2000, 3000)}))
