"""Networks in parts with an index, in folders, zip files and on the Hub: joined, or refused for what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from gan_demo.errors import DataError
from gan_demo.weights import containers, hub, limits, load
from gan_demo.weights.reading import parts
from tests.hub_server import Hub, Repository, serving
from tests.weights.stored import D, G, State, holds, offered, refusal, saved, zipped

pytestmark = pytest.mark.usefixtures("one_thread")
FIRST, SECOND = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"
INDEX = "model.safetensors.index.json"


def in_parts(ending: str = "safetensors", stem: str = "model", state: State = G) -> dict[str, bytes]:
    """Return the files of a network in two parts, as transformers writes them."""
    names = list(state)
    chosen = {1: names[: len(names) // 2], 2: names[len(names) // 2 :]}
    file = {number: f"{stem}-0000{number}-of-00002.{ending}" for number in chosen}
    write = safetensors.torch.save if ending == "safetensors" else saved
    index = {"metadata": {"total_size": 1}, "weight_map": {n: file[k] for k in chosen for n in chosen[k]}}
    return {file[k]: write({name: state[name] for name in chosen[k]}) for k in chosen} | {
        f"{stem}.{ending}.index.json": json.dumps(index).encode()
    }


def put(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize(("ending", "stem"), [("safetensors", "model"), ("bin", "pytorch_model"), ("pt", "G")])
@pytest.mark.parametrize("prefix", ["", "generator/"])
def test_a_network_in_parts_is_joined(tmp_path: Path, ending: str, stem: str, prefix: str) -> None:
    files = {prefix + name: data for name, data in in_parts(ending, stem).items()} | {"config.json": b'{"z": 5}'}
    assert holds(put(tmp_path, files))
    assert holds(zipped(files))
    (network,) = offered(tmp_path)
    assert network.settings["config"] == {"z": 5}


def test_two_networks_in_parts_are_offered_by_the_names_of_their_indexes(tmp_path: Path) -> None:
    put(tmp_path, in_parts(stem="generator") | in_parts(stem="discriminator", state=D))
    assert [(network.name, network.kind) for network in offered(tmp_path)] == [
        ("generator", "generator"),
        ("discriminator", "discriminator"),
    ]


def test_an_index_of_another_format_does_not_matter(tmp_path: Path) -> None:
    put(tmp_path, {"model.safetensors": safetensors.torch.save(G)} | in_parts("bin", "pytorch_model"))
    assert holds(tmp_path)
    put(tmp_path, {"model.bin.index.json": b'{"weight_map": {"a": "elsewhere.bin"}}'})
    assert holds(tmp_path)


def with_index(content: Any) -> dict[str, bytes]:
    return in_parts() | {INDEX: content if isinstance(content, bytes) else json.dumps(content).encode()}


def naming(*names: str) -> dict[str, Any]:
    return {"weight_map": dict(zip(G, (FIRST, *names), strict=False))}


WRONG: dict[str, tuple[dict[str, bytes], str]] = {
    "missing part": (
        {name: data for name, data in in_parts().items() if name != SECOND},
        f"lacks a part of its weights: {SECOND}",
    ),
    "missing weight": (
        with_index({"weight_map": {**naming()["weight_map"], "9.weight": SECOND}}),
        "lacks the weights 9.weight",
    ),
    "no JSON": (with_index(b"{"), "can't be read"),
    "a list": (with_index([1]), "can't be read"),
    "no map": (with_index({"weights": {}}), "can't be read"),
    "a list as map": (with_index({"weight_map": [FIRST]}), "can't be read"),
    "numbers": (with_index({"weight_map": {"a": 3}}), "can't be read"),
    "deep": (with_index(b"[" * 100_000), "can't be read"),
    "large": (with_index(b" " * (parts.MAX_INDEX_BYTES + 9)), "can't be read"),
    "the folder above": (with_index(naming("../secret.safetensors")), "beside it: ../secret"),
    "an absolute path": (with_index(naming("/etc/secret.safetensors")), "beside it: /etc"),
    "another drive": (with_index(naming("C:secret.safetensors")), "beside it: C:"),
    "a backslash": (with_index(naming("..\\secret.safetensors")), "beside it"),
    "another folder": (with_index(naming("b/secret.safetensors")), "beside it: b/"),
    "another kind": (with_index(naming("secret.txt")), "beside it: secret.txt"),
    "a long name": (with_index(naming("x" * 300 + ".safetensors")), "beside it: xxx"),
    "too many": (
        with_index({"weight_map": {f"w{k}": FIRST for k in range(limits.MAX_TENSORS + 1)}}),
        "too many tensors",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_with_an_index_is_said(tmp_path: Path, kind: str) -> None:
    files, reason = WRONG[kind]
    put(tmp_path / "inner", files)
    (tmp_path / "secret.safetensors").write_bytes(safetensors.torch.save(G))
    assert reason in refusal(tmp_path / "inner")
    assert reason in refusal(zipped(files))


def test_parts_together_are_within_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, in_parts())
    sizes = [path.stat().st_size for path in tmp_path.glob("*.safetensors")]
    monkeypatch.setattr(containers, "_OTHER_BYTES", 0)
    monkeypatch.setattr(containers, "max_weight_bytes", lambda: sum(sizes) - 1)
    assert "is too large" in refusal(tmp_path)
    monkeypatch.setattr(containers, "max_weight_bytes", lambda: sum(sizes))
    assert holds(tmp_path)


def test_one_part_alone_is_refused_as_such(tmp_path: Path) -> None:
    path = put(tmp_path, in_parts()) / FIRST
    for data in (path, path.read_bytes()):
        with pytest.raises(DataError) as caught:
            load.open_weights(data, FIRST)
        assert "is part 1 of 2 of a network. Put all parts" in str(caught.value)
    whole = put(tmp_path, {"model-00001-of-00001.safetensors": safetensors.torch.save(G)})
    assert load.open_weights(whole / "model-00001-of-00001.safetensors").names == ("",)


def test_weights_of_a_folder_may_be_large(tmp_path: Path) -> None:
    large = {"0.weight": torch.ones(3_000, 100), "2.weight": torch.ones(3072, 3_000), "2.bias": torch.ones(3072)}
    put(tmp_path, {"generator.safetensors": safetensors.torch.save(large), "config.json": b"{}"})
    assert holds(tmp_path, large)


# ---- on the Hub


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with serving(monkeypatch) as server:
        yield server


@pytest.mark.parametrize("address", ["hf:me/gan", f"hf:me/gan:{INDEX}", f"hf:me/gan:{SECOND}"])
def test_all_parts_of_a_repository_come_with_one_progress(server: Hub, tmp_path: Path, address: str) -> None:
    files = in_parts()
    server.repositories["me/gan"] = Repository(files | {"config.json": b'{"z": 5}', "README.md": b"text"})
    reports: list[tuple[int, int]] = []
    copy = hub.fetch(hub.parse(address), tmp_path, 2**20, report=lambda done, total: reports.append((done, total)))
    size = len(files[FIRST]) + len(files[SECOND])
    assert reports == sorted(reports)
    assert {total for _, total in reports} == {size}
    assert reports[-1] == (size, size)
    assert copy.address.file == INDEX
    assert copy.source == tmp_path
    assert holds(copy.source)


def refused(folder: Path, most_bytes: int = 2**20) -> str:
    with pytest.raises(DataError) as caught:
        hub.fetch(hub.parse("hf:me/gan"), folder, most_bytes)
    assert caught.value.field == "hub"
    return caught.value.message()


@pytest.mark.parametrize("kind", ["missing part", "no map", "the folder above", "another drive", "a long name"])
def test_a_wrong_index_is_refused_before_weights_are_asked_for(server: Hub, tmp_path: Path, kind: str) -> None:
    files, reason = WRONG[kind]
    server.repositories["me/gan"] = Repository(files)
    assert reason in refused(tmp_path / ".")
    assert not any(path.endswith(".safetensors") for _, path, _ in server.requests)


def test_parts_that_are_too_large_together_are_refused(server: Hub, tmp_path: Path) -> None:
    files = in_parts()
    server.repositories["me/gan"] = Repository(files)
    size = len(files[FIRST]) + len(files[SECOND])
    assert "is too large" in refused(tmp_path, size - 1)
    assert not any(path.endswith(".safetensors") for _, path, _ in server.requests)
    server.repositories["me/gan"].claims = dict.fromkeys(files, 1)  # the listing lies
    assert "is too large" in refused(tmp_path, size - 1)
    assert sum(path.stat().st_size for path in tmp_path.glob("*.safetensors")) < size
