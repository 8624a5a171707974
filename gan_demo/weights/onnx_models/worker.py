"""The process that reads a foreign ONNX file and draws with it, within limits of memory and processor time.

    python -m gan_demo.weights.onnx_models.worker FOLDER MEMORY_BYTES

It reads FOLDER/model.onnx, writes FOLDER/generator.onnx as ``adapt.adapted`` makes it, and prints one line of JSON: a
description, or why the file is refused, or the names of files that it needs: FOLDER/beside.json says by which names
other files of FOLDER go. Then each line of JSON on stdin is a request: {"n": N}, followed by the float32
bytes of z (N, Z) and y (N, K), is answered by the float32 bytes of x (N, C, H, W); {"range": R} writes
FOLDER/generator-R.onnx for another range of values and is answered by an empty line.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import ModelProto

from gan_demo.errors import DataError
from gan_demo.support import own_process
from gan_demo.weights.onnx_models.adapt import adapted, in_range
from gan_demo.weights.onnx_models.images import layout, stated_range
from gan_demo.weights.onnx_models.interface import ONE_LATENT, Interface, interface, parse
from gan_demo.weights.onnx_models.joining import FilesNeededError

CPU_SECONDS = 600  # of one process; a new one takes its place
_TOO_LARGE = "needs too much memory or ends the process that runs it"
_PROBES = 4  # images from which layout and range of values are read


def main() -> None:
    """Read the file, then draw until stdin ends."""
    folder, memory = Path(sys.argv[1]), int(sys.argv[2])
    own_process.limit(memory, CPU_SECONDS)
    output = sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints is no answer
    try:
        description = _prepare(folder)
    except FilesNeededError as refusal:
        _answer(output, {"needs": refusal.names})
        return
    except DataError as refusal:
        _answer(output, {"problem": refusal.problem, "remedy": refusal.remedy, "details": _texts(refusal.details)})
        return
    _answer(output, description)
    session = _session((folder / "generator.onnx").read_bytes())
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        if "range" in request:
            content = in_range((folder / "generator.onnx").read_bytes(), request["range"])
            (folder / f"generator-{request['range']}.onnx").write_bytes(content)
            output.write(b"\n")
            output.flush()
            continue
        count = int(request["n"])
        z = _read(sys.stdin.buffer, count, description["z_dim"])
        y = _read(sys.stdin.buffer, count, description["classes"])
        output.write(np.ascontiguousarray(_drawn(session, z, y)).tobytes())
        output.flush()


def _answer(output: BinaryIO, values: dict[str, Any]) -> None:
    output.write(json.dumps(values).encode() + b"\n")
    output.flush()


def _texts(details: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in details.items()}


def _read(stream: BinaryIO, count: int, width: int) -> NDArray[np.float32]:
    data = stream.read(4 * count * width)
    return np.frombuffer(data, np.float32).reshape(count, width)


def _prepare(folder: Path) -> dict[str, Any]:
    """Write generator.onnx, unless an earlier process has, and return the description of the generator."""
    described = folder / "description.json"
    if described.is_file():
        values: dict[str, Any] = json.loads(described.read_text())
        return values
    names = folder / "beside.json"
    beside = {name: folder / file for name, file in json.loads(names.read_text()).items()} if names.is_file() else {}
    model = parse((folder / "model.onnx").read_bytes(), beside)
    inputs, raw = _probed(model, interface(model))
    images = layout(raw.samples, stated_range(model.graph, inputs.output))
    content = adapted(model, inputs, images)
    _probe(content, inputs)
    (folder / "generator.onnx").write_bytes(content)
    description = {
        "z_dim": inputs.latent.size,
        "classes": inputs.classes.count if inputs.classes else 0,
        "shape": images.shape,
        "value_range": images.value_range,
        "operators": len(model.graph.node),
        "milliseconds": raw.milliseconds,
    }
    described.write_text(json.dumps(description))
    return description


class _Probe(NamedTuple):
    samples: NDArray[np.float32]  # (N, …)
    milliseconds: float  # of each


def _probed(model: ModelProto, inputs: Interface) -> tuple[Interface, _Probe]:
    """Draw raw samples. A graph that says it takes any number of rows, but fails on several, gets one at a time."""
    try:
        return inputs, _probe(adapted(model, inputs, None), inputs)
    except DataError:
        if inputs.latent.batch is not None:
            raise
    row_by_row = replace(inputs, latent=replace(inputs.latent, batch=1))
    return row_by_row, _probe(adapted(model, row_by_row, None), row_by_row)


def _probe(content: bytes, inputs: Interface) -> _Probe:
    """Draw a few samples. Raises DataError where the graph does not run."""
    rng = np.random.default_rng(0)
    z = rng.standard_normal((_PROBES, inputs.latent.size)).astype(np.float32)
    classes = inputs.classes.count if inputs.classes else 0
    y = np.eye(max(1, classes), dtype=np.float32)[np.arange(_PROBES) % max(1, classes)][:, :classes]
    try:
        session = _session(content)
        begin = time.perf_counter()
        samples = _drawn(session, z, y)
    except DataError:
        raise
    except MemoryError as failure:
        raise DataError("file", "", _TOO_LARGE, "Export a smaller generator") from failure
    except Exception as failure:  # onnxruntime's errors have no common base that it exports
        why = next((line for line in str(failure).splitlines() if line.strip()), "?")[:200]
        raise DataError("file", "", "does not run: {why}", ONE_LATENT, why=why) from failure
    return _Probe(samples, 1e3 * (time.perf_counter() - begin) / _PROBES)


def _session(content: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def _drawn(
    session: onnxruntime.InferenceSession, z: NDArray[np.float32], y: NDArray[np.float32]
) -> NDArray[np.float32]:
    feeds = {"z": z, "psi": np.ones(1, np.float32)} | ({"y": y} if y.shape[1] else {})
    (x,) = session.run(["x"], feeds)
    if x.shape[0] != len(z):
        raise DataError(
            "file", "", "makes {count} images for {expected} latents", ONE_LATENT, count=x.shape[0], expected=len(z)
        )
    drawn: NDArray[np.float32] = x
    return drawn


if __name__ == "__main__":
    main()
