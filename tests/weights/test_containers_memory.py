"""Memory and time of weights files, measured in a process of its own for each."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import safetensors.torch
import torch

from tests.weights.stored import G, repacked, saved, zipped

MEGABYTE = 2**20
LARGE = 128  # megabytes of weights

MEASURE = """
import json, sys, time
from pathlib import Path
from gan_demo.errors import DataError
from gan_demo.weights.load import open_weights

def memory(name):
    return int(next(line for line in open("/proc/self/status") if line.startswith(name)).split()[1]) * 1024

def measure(path, in_memory):
    Path("/proc/self/clear_refs").write_text("5")  # begins a new peak
    before, started = memory("VmRSS"), time.process_time()
    try:
        networks = open_weights(path.read_bytes() if in_memory else path, path.name).networks
        said = "opened: " + ", ".join(network.name or "-" for network in networks)
    except DataError as refusal:
        said = str(refusal)
    return {"said": said, "seconds": time.process_time() - started, "bytes": memory("VmHWM") - before}

print(json.dumps([measure(Path(path), sys.argv[1] == "bytes") for path in sys.argv[2:]]))
"""


def weights(megabytes: int, rows: int = 1024) -> dict[str, torch.Tensor]:
    """Return weights of 16 layers of an MLP, and no generator."""
    columns = megabytes * MEGABYTE // (4 * 16 * rows)
    return {f"{k}.weight": torch.rand(rows, columns) for k in range(16)}


def nan(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    state["15.weight"][-1, -1] = float("nan")
    return state


CASES: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "torch.save": ("opened", lambda size: saved(weights(size))),
    "before torch 1.6": ("opened", lambda size: saved(weights(size), legacy=True)),
    "half precision": ("opened", lambda size: saved({name: value.half() for name, value in weights(size).items()})),
    "safetensors": ("opened", lambda size: safetensors.torch.save(weights(size))),
    "pickle of arrays": ("opened", lambda size: pickle.dumps({name: value.numpy() for name, value in weights(size).items()}, 4)),
    "compressed": ("opened", lambda size: repacked(saved(weights(size)), lambda _, record: record, zipfile.ZIP_DEFLATED)),
    "zip of a repository": ("opened", lambda size: zipped({"model.safetensors": safetensors.torch.save(weights(size)), "config.json": b"{}"})),
    "several networks": ("opened", lambda size: saved({"G": weights(size // 3), "G_ema": weights(size // 3), "D": weights(size // 3)})),
    "NaN": ("NaN", lambda size: saved(nan(weights(size)))),
    "half with NaN": ("NaN", lambda size: saved({name: value.half() for name, value in nan(weights(size)).items()})),
    "discriminator": ("is a discriminator", lambda size: saved({"netD": weights(size)})),
    "optimizer": ("state of a training", lambda size: saved({"state": weights(size), "param_groups": []})),
    "cut short": ("ends too early", lambda size: saved(weights(size))[:-1000]),
    "cut short before torch 1.6": ("ends too early", lambda size: saved(weights(size), legacy=True)[:-1000]),
    "views of one memory": ("the same numbers", lambda size: saved(views(size))),
    "text": ("is a text", lambda size: b"words " * (size * MEGABYTE // 6)),
    "zip bomb": ("unpacks to far more", lambda size: repacked(saved(G), lambda _, record: record + bytes(size * 8 * MEGABYTE), zipfile.ZIP_DEFLATED)),
    "pickle of dicts": ("too many values", lambda size: b"\x80\x02]" + b"}" * (size * MEGABYTE) + b"."),
    "pickle of empty lists": ("too many values", lambda size: b"\x80\x02(" + b"]" * (size * MEGABYTE) + b"l."),
    "pickle of marks": ("too many values", lambda size: b"\x80\x02" + b"(" * (size * MEGABYTE) + b"l."),
    "pickle of texts": ("too many values", lambda size: b"\x80\x02(" + (b"X\x04\x00\x00\x00\xf0\x9f\x98\x80" * (size * MEGABYTE // 9)) + b"l."),
    "pickle of numbers": ("", lambda size: b"\x80\x02(" + b"G\x3f\xf1\x99\x99\x99\x99\x99\x9a" * (size * MEGABYTE // 9) + b"l."),
    "pickle of tuples": ("too many values", lambda size: b"\x80\x02)" + b"\x85" * (size * MEGABYTE) + b"."),
    "pickle of memos": ("too many values", lambda size: b"\x80\x04N" + b"\x94" * (size * MEGABYTE) + b"."),
    "pickle of classes": ("too many values", lambda size: b"\x80\x04(" + b"ca\nb\n)\x81" * (size * MEGABYTE // 7) + b"l."),
    "header of tensors": ("too many tensors", lambda size: header(size)),
}  # fmt: skip


def views(size: int) -> dict[str, torch.Tensor]:
    memory = torch.rand(size * MEGABYTE // 4)
    return {f"{k}.weight": memory.view(-1, 1024).t() for k in range(500)}


def header(size: int) -> bytes:
    """Return a safetensors file whose header fills it."""
    entry = b'{"dtype":"F32","shape":[0],"data_offsets":[0,0]}'
    text = b"{" + b",".join(b'"%d":%s' % (k, entry) for k in range(size * MEGABYTE // 60)) + b"}"
    return len(text).to_bytes(8, "little") + text


def check(tmp_path: Path, kinds: Sequence[str], source: str, size: int) -> None:
    """Read a file of each kind in one process of its own. Fails for another sentence, or for more memory than allowed."""
    paths = [tmp_path / f"{kind.replace(' ', '_')}.pt" for kind in kinds]
    for kind, path in zip(kinds, paths, strict=True):
        path.write_bytes(CASES[kind][1](size))
    command = [sys.executable, "-c", MEASURE, source, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    for kind, path, result in zip(kinds, paths, json.loads(done.stdout), strict=True):
        assert CASES[kind][0] in result["said"]
        length, used = path.stat().st_size, result["bytes"]
        seconds, megabytes = result["seconds"], used / MEGABYTE
        print(
            f"\n| {kind} | {source} | {length / MEGABYTE:.0f} MB | {result['said']} | {seconds:.1f} s | {megabytes:.0f} MB |"
        )
        assert used < 3 * length + 100 * MEGABYTE, kind
        path.unlink()


on_linux = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="peaks of memory are read as Linux has them"
)


@pytest.mark.soak
@on_linux
@pytest.mark.parametrize("source", ["path", "bytes"])
@pytest.mark.parametrize("kind", CASES)
def test_memory_of_large_files_stays_within_the_limit(tmp_path: Path, kind: str, source: str) -> None:
    check(tmp_path, [kind], source, LARGE)
