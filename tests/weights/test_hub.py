"""Weights from the Hugging Face Hub, tried against a server that speaks its API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gan_demo.config import ModelConfig
from gan_demo.errors import DataError
from gan_demo.gan.models.build import build_generator
from gan_demo.weights import hub, load, save
from gan_demo.weights.reading import hub_files
from tests.hub_server import COMMIT, TOKEN, Hub, Repository, serving

MODEL = ModelConfig("mlp", 6, 2, 2, shape=(1, 28, 28))
MOST = 2**20


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with serving(monkeypatch) as server:
        yield server


def weights() -> bytes:
    return save.weights_file(build_generator(MODEL).eval(), MODEL)


def refused(address: str, folder: Path, most: int = MOST, token: bool | None = False) -> DataError:
    with pytest.raises(DataError) as caught:
        hub.fetch(hub.parse(address), folder, most, token)
    assert caught.value.field == "hub"
    return caught.value


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("hf:me/gan", hub.Address("me/gan")),
        (" hf:me/gan@v1.0 ", hub.Address("me/gan", "v1.0")),
        ("hf:me/gan@refs/pr/1:a/G.pt", hub.Address("me/gan", "refs/pr/1", "a/G.pt")),
        ("https://huggingface.co/me/gan", hub.Address("me/gan")),
        ("https://huggingface.co/me/gan/blob/main/a/G.pt", hub.Address("me/gan", "main", "a/G.pt")),
    ],
)
def test_an_address_names_repository_revision_and_file(text: str, address: hub.Address) -> None:
    assert hub.parse(text) == address
    assert hub.parse(str(address)) == address


@pytest.mark.parametrize(
    "text", ["", "me/gan", "hf:gan", "hf:me/gan@", "hf:me/gan:../x", "hf:me/g n", "hf:a/b/c", "hf:" + "x" * 500]
)
def test_what_is_no_address_is_refused_without_asking_anybody(text: str) -> None:
    with pytest.raises(DataError, match="no address"):
        hub.parse(text)


def test_the_likeliest_weights_are_those_called_generator_then_safetensors() -> None:
    files = ["README.md", "D.safetensors", "optimizer.bin", "model.safetensors", "old/netG.pth", "generator.pt", "x.pt"]
    assert hub_files.likeliest(files) == [
        "generator.pt",
        "old/netG.pth",
        "model.safetensors",
        "x.pt",
        "D.safetensors",
        "optimizer.bin",
    ]


def test_the_likeliest_file_comes_with_its_settings_and_opens(server: Hub, tmp_path: Path) -> None:
    settings = json.dumps({"z_dim": 6}).encode()
    files = {"discriminator.pt": b"no", "generator.safetensors": weights(), "config.json": settings}
    server.repositories["me/gan"] = Repository(files)
    reports: list[tuple[int, int]] = []
    copy = hub.fetch(hub.parse("hf:me/gan"), tmp_path, MOST, report=lambda done, total: reports.append((done, total)))
    assert (copy.address.revision, copy.address.file) == (COMMIT, "generator.safetensors")
    assert copy.settings is not None
    assert copy.settings.read_bytes() == settings
    size = len(files["generator.safetensors"])
    assert reports[-1] == (size, size)
    assert load.load_weights(copy.path).config == MODEL


def test_an_onnx_file_comes_with_the_files_of_its_weights(server: Hub, tmp_path: Path) -> None:
    files = {"onnx/G.onnx": b"a", "onnx/G.onnx.data": b"bb", "onnx/D.onnx.data": b"c", "G.onnx.data": b"d"}
    server.repositories["me/gan"] = Repository(files)
    copy = hub.fetch(hub.parse("hf:me/gan"), tmp_path, MOST)
    assert copy.source == tmp_path
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"G.onnx": b"a", "G.onnx.data": b"bb"}


def test_a_strangers_download_sends_no_token(server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    server.repositories["me/gan"] = Repository({"G.safetensors": weights()})
    hub.fetch(hub.parse("hf:me/gan"), tmp_path, MOST)
    assert {authorization for _, _, authorization in server.requests} == {""}
    server.repositories["me/secret"] = Repository({"G.safetensors": weights()}, private=True)
    assert "download its file and upload it" in refused("hf:me/secret", tmp_path).remedy
    hub.fetch(hub.parse("hf:me/secret"), tmp_path, MOST, token=None)
    assert server.requests[-1][2] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    ("address", "problem", "remedy"),
    [
        ("hf:me/none", "no public model", "Check the name"),
        ("hf:me/gan@v9", "no such revision", "behind @"),
        ("hf:me/gan:H.pt", "no such file", "Its weights"),
        ("hf:me/empty", "no weights", "safetensors"),
        ("hf:me/gated", "only to those", "upload"),
    ],
)
def test_each_refusal_has_a_sentence_of_its_own(
    server: Hub, tmp_path: Path, address: str, problem: str, remedy: str
) -> None:
    server.repositories["me/gan"] = Repository({"G.pt": b"x"})
    server.repositories["me/empty"] = Repository({"README.md": b"x"})
    server.repositories["me/gated"] = Repository({"G.pt": b"x"}, gated=True)
    error = refused(address, tmp_path)
    assert problem in error.problem
    assert remedy in error.remedy


def test_a_file_that_is_too_large_is_refused_before_it_is_asked_for(server: Hub, tmp_path: Path) -> None:
    server.repositories["me/gan"] = Repository({"G.pt": bytes(3 * MOST)})
    error = refused("hf:me/gan", tmp_path)
    assert (error.details["size"], error.details["limit"]) == (3, 1)
    assert not any("resolve" in path for _, path, _ in server.requests)


def test_a_file_that_is_larger_than_the_listing_says_is_not_kept(server: Hub, tmp_path: Path) -> None:
    server.repositories["me/gan"] = Repository({"G.pt": bytes(3 * MOST)}, claims={"G.pt": 10})
    assert "too large" in refused("hf:me/gan", tmp_path).problem
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= MOST


def test_whoever_stops_waiting_ends_the_download(server: Hub, tmp_path: Path) -> None:
    server.repositories["me/gan"] = Repository({"G.pt": bytes(MOST)})

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        hub.fetch(hub.parse("hf:me/gan"), tmp_path, MOST, report=stop)


def test_without_a_connection_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(monkeypatch):
        pass  # its address answers no more
    assert "no connection" in refused("hf:me/gan", tmp_path).problem
