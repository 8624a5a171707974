"""What a file holds besides its generators: named by kind, within bounds, and never opened as a network."""

from __future__ import annotations

import json
import pickle
from argparse import Namespace
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from gan_demo.weights import load
from gan_demo.weights.reading import extras, walk
from gan_demo.weights.reading.extras import Extra, Skipped
from tests.weights.stored import OPTIMIZER, D, G, saved, zipped

pytestmark = pytest.mark.usefixtures("one_thread")


def skipped(data: bytes | Path) -> Skipped:
    file = load.open_weights(data, "w.pt")
    return file.skipped(file.recognise())


BESIDE: dict[str, tuple[Any, Extra]] = {
    "epoch": (np.int64(3), Extra("epoch", "number")),
    "best": (torch.tensor(0.5), Extra("best", "number")),
    "is_best": (True, Extra("is_best", "bool")),
    "losses": ([0.1 * k for k in range(20_000)], Extra("losses", "numbers", 20_000)),
    "curve": (np.linspace(0, 1, 50), Extra("curve", "tensor", 50)),
    "shape": (torch.Size([1, 28, 28]), Extra("shape", "numbers", 3)),
    "device": (torch.device("cuda:0"), Extra("device", "text")),
    "dtype": (torch.float16, Extra("dtype", "code", 0, "torch.float16")),
    "args": (Namespace(z=5, out=Path("runs/a")), Extra("args", "settings")),
    "opt": (SimpleNamespace(lr=2e-4), Extra("opt", "settings")),
    "config": ({"z": 5, "lr": 2e-4}, Extra("config", "settings", 2)),
    "history": (defaultdict(list, {"d": [1.0]}), Extra("history", "dict", 1)),
    "rng_state": (torch.get_rng_state(), Extra("rng_state", "tensor", 5056)),
    "numpy_rng": (np.random.RandomState(1).get_state(), Extra("numpy_rng", "list", 5)),
    "function": (json.dumps, Extra("function", "code", 0, "json.dumps")),
    "act": (torch.nn.ReLU(), Extra("act", "object", 0, "torch.nn.modules.activation.ReLU")),
    "bytes": (b"abc", Extra("bytes", "bytes")),
    "optimizer_G": (OPTIMIZER, Extra("optimizer_G", "optimizer")),
    "adam": (OPTIMIZER, Extra("adam", "optimizer", 2)),
    "optimizer_states": ([OPTIMIZER, OPTIMIZER], Extra("optimizer_states", "optimizer")),
    "scheduler": ({"last_epoch": 3}, Extra("scheduler", "training_state")),
    "grad_norm": ({"a": torch.ones(3), "b": torch.ones(3)}, Extra("grad_norm", "tensors", 2)),
    "netD": (D, Extra("netD", "discriminator")),
    "diverged": ({"0.weight": torch.full((3, 3), torch.nan)}, Extra("diverged", "unusable")),
    "sparse": (torch.eye(3).to_sparse(), Extra("sparse", "unusable")),
}


@pytest.mark.parametrize("name", BESIDE)
@pytest.mark.parametrize("position", ["beside", "in front", "within"])
def test_each_kind_of_value_beside_the_weights_is_named(name: str, position: str) -> None:
    value, expected = BESIDE[name]
    content = {name: value, "generator": G} if position == "in front" else {"generator": G, name: value}
    if position == "within" and not isinstance(value, torch.Tensor | np.ndarray) and name != "netD":
        content = {**G, name: value}  # in the state dict itself
    assert skipped(saved(content)) == Skipped((expected,), 1)


@pytest.mark.parametrize(
    "write", [saved, lambda content: saved(content, legacy=True), lambda content: pickle.dumps(content, 4)]
)
def test_every_format_names_the_same(write: Callable[[Any], bytes]) -> None:
    skips = skipped(write({"G": G, "epoch": 3, "optimizer": OPTIMIZER, "losses": [0.1, 0.2]}))
    assert skips.named == (
        Extra("epoch", "number"),
        Extra("optimizer", "optimizer"),
        Extra("losses", "numbers", 2),
    )


def test_weights_alone_and_counters_in_them_leave_nothing_to_say() -> None:
    counters = {"1.num_batches_tracked": torch.tensor(5)}
    assert skipped(saved(G)) == skipped(safetensors.torch.save(G)) == skipped(saved({**G, **counters})) == Skipped()
    assert skipped(saved({"G": G, "G_ema": G, "nothing": None})) == Skipped()


def test_a_value_within_others_is_named_by_its_path_where_a_network_lies_beside_it() -> None:
    skips = skipped(saved({"model": {"netG": G, "epoch": 1}, "log": {"d": {"epoch": 1}, "g": [[1], [2]]}}))
    assert skips.named == (Extra("model.epoch", "number"), Extra("log", "dict", 2))


def test_tensors_that_belong_to_no_network_of_a_flat_file_are_named() -> None:
    flat = {f"G.{name}": value for name, value in G.items()} | {f"D.{name}": value for name, value in D.items()}
    skips = skipped(saved({**flat, "sigma": torch.ones(7)}))
    assert set(skips.named) == {Extra("sigma", "tensor", 7), Extra("D", "discriminator")}


def test_an_average_without_names_is_weights_and_its_settings_are_not() -> None:
    ema = {"decay": 0.999, "num_updates": 5, "shadow_params": list(G.values())}
    file = load.open_weights(saved({"G": G, "ema": ema}))
    assert file.names == ("ema.shadow_params", "G")
    assert file.skipped(file.recognise()) == Skipped(
        (Extra("ema.decay", "number"), Extra("ema.num_updates", "number")), 2
    )


def test_numbers_of_a_callback_are_no_network() -> None:
    file = load.open_weights(saved({"state_dict": G, "callbacks": {"best": {"score": torch.tensor(0.5)}}}))
    assert len(file.names) == 1
    assert file.skipped(file.recognise()).named == (Extra("callbacks.best", "tensors", 1),)


def test_weights_files_beside_safetensors_are_named(tmp_path: Path) -> None:
    files = {"model.safetensors": safetensors.torch.save(G), "pytorch_model.bin": saved(G), "readme.md": b"text"}
    assert skipped(zipped(files)) == Skipped((Extra("pytorch_model.bin", "file"),), 1)
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    assert skipped(tmp_path) == Skipped((Extra("pytorch_model.bin", "file"),), 1)


def test_a_network_that_cannot_be_used_is_named_first() -> None:
    nan = {"0.weight": torch.full((3, 3), torch.nan)}
    skips = skipped(saved({"epoch": 3, "G": G, "G_ema": nan}))
    assert skips == Skipped((Extra("G_ema", "unusable"), Extra("epoch", "number")), 2)


def test_names_are_cut_and_hold_nothing_that_moves_the_line() -> None:
    names = ("a" * 200, "line\nbreak", "right\u202eto left", "b" * 300)
    skips = skipped(saved({"G": G, **dict.fromkeys(names, 1), 2.5: 1}))
    assert [extra.name for extra in skips.named] == ["a" * 39 + "…", "line\\nbreak", "right\\u202eto left", "…", "…"]


def test_the_first_values_are_named_and_the_others_counted() -> None:
    skips = skipped(saved({"G": G, **{f"n{k}": k for k in range(5_000)}}))
    assert len(skips.named) == extras._MOST_NAMED
    assert skips.count == 5_000


def test_a_list_that_stands_in_a_file_many_times_is_described_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []
    described = extras._described
    monkeypatch.setattr(extras, "_described", lambda *entry: counts.append(1) or described(*entry))
    long = [0] * 100_000
    nested = {f"a{k}": {"b": {"c": long}} for k in range(1_000)}
    assert skipped(saved({"G": G, **nested})).count == 1_000
    assert len(counts) <= extras._MOST_NAMED


def test_a_dict_that_stands_in_a_file_many_times_is_looked_into_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "_MOST_ENTRIES", 10_000)
    entries: list[object] = []
    entry = walk.Walk._entry
    monkeypatch.setattr(
        walk.Walk, "_entry", lambda self, value, path: entries.append(value) or entry(self, value, path)
    )
    large = dict.fromkeys(map(str, range(1_000)), 0)
    skips = skipped(saved({"G": G, "log": [{"a": large}] * 16, "logs": {str(k): large for k in range(500)}}))
    assert [(extra.name, extra.kind) for extra in skips.named] == [("log", "list"), ("logs", "dict")]
    assert len(entries) < 12_000


def test_a_checkpoint_of_an_exported_script_names_what_else_is_in_it() -> None:
    from gan_demo.config import ModelConfig
    from gan_demo.gan.models.build import build_generator
    from gan_demo.weights import save

    model = ModelConfig(arch="mlp", z_dim=6, width=2, shape=(1, 28, 28))
    with_header = save.weights_file(build_generator(model).eval(), model)
    header = json.loads(with_header[8 : 8 + int.from_bytes(with_header[:8], "little")])["__metadata__"]
    weights = safetensors.torch.load(with_header)
    assert skipped(with_header) == Skipped()
    assert skipped(saved({**header, "generator": weights})) == Skipped()
    assert skipped(saved({**header, "generator": weights, "step": 5})).named == (Extra("step", "number"),)
