"""Adaptation of a foreign ONNX generator to the inputs and output of ``gan.onnx_export.generator_onnx``.

The foreign graph stays as it is. Nodes before it turn our latents and one-hot classes into its inputs, nodes behind it
turn its output into images (N, C, H, W) in [-1, 1]. A graph for a fixed number of rows becomes the body of a Scan,
which runs it once for each of our rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

from gan_demo.weights.onnx_models.images import TO_OURS, ImageLayout
from gan_demo.weights.onnx_models.inference import opset
from gan_demo.weights.onnx_models.interface import Interface

_PREFIX, _OURS = "foreign/", "ours/"  # of all names in the foreign graph, and of those that are added
_OLDEST_OPSET = 13  # of the nodes that are added
_MAX_IR = 10


_FACTOR, _SHIFT = "factor", "shift"  # constants that turn the range of values into ours


class _Nodes:
    """Nodes and constants that are added to a graph."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def add(self, kind: str, inputs: Sequence[str], output: str = "", **attributes: Any) -> str:
        """Append a node and return the name of its output."""
        name = output or f"{self.prefix}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, value: NDArray[np.generic], name: str = "") -> str:
        """Add a constant and return its name."""
        name = f"{self.prefix}{name or f'constant{len(self.constants)}'}"
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def integers(self, *values: int) -> str:
        """Add a constant int64 vector and return its name."""
        return self.constant(np.array(values, np.int64))


def adapted(model: ModelProto, interface: Interface, layout: ImageLayout | None) -> bytes:
    """Return a model with inputs ``z`` (N, Z), ``y`` (N, K) if there are classes, ``psi`` (1,), all float32.

    Its output ``x`` is (N, C, H, W) in [-1, 1] by ``layout``; without one it is the raw output as float32 (N, …).
    """
    foreign = _prepared(model)
    ours = _Nodes(_OURS)
    z = "z" if interface.psi else ours.add("Mul", ["z", "psi"])
    rows = {_PREFIX + interface.latent.name: _latents(ours, interface, z)}
    if interface.classes:
        rows[_PREFIX + interface.classes.name] = _classes(ours, interface)
    settings = {_PREFIX + value.name: ours.constant(np.full(value.dims, value.value)) for value in interface.switches}
    if interface.psi:
        settings[_PREFIX + interface.psi] = _psi(ours, interface)
    output = _PREFIX + interface.output
    if interface.latent.batch is None:
        _insert(ours, foreign, rows | settings)
    else:
        output = _scanned(ours, foreign, rows, settings, output, interface.latent.batch)
    _images(ours, output, layout)
    content: bytes = _model(foreign, ours, interface, layout).SerializeToString()
    return content


def in_range(content: bytes, value_range: str) -> bytes:
    """Return an adapted model whose raw values are read as of another range of ``images.RANGES``."""
    model = onnx.load_model_from_string(content)
    values = dict(zip((_OURS + _FACTOR, _OURS + _SHIFT), TO_OURS[value_range], strict=True))
    for constant in model.graph.initializer:
        if constant.name in values:
            constant.CopyFrom(numpy_helper.from_array(np.array(values[constant.name], np.float32), constant.name))
    changed: bytes = model.SerializeToString()
    return changed


def _prepared(model: ModelProto) -> ModelProto:
    """Return a copy with prefixed names, without the known shapes, which a free number of rows may contradict."""
    if opset(model) < _OLDEST_OPSET:
        model = onnx.version_converter.convert_version(model, _OLDEST_OPSET)
    foreign = onnx.compose.add_prefix(model, _PREFIX)
    del foreign.graph.value_info[:]
    return foreign


def _latents(ours: _Nodes, interface: Interface, z: str) -> str:
    dims = interface.latent.dims
    return ours.add("Reshape", [z, ours.integers(-1, *dims)]) if len(dims) > 1 else z


def _classes(ours: _Nodes, interface: Interface) -> str:
    classes = interface.classes
    assert classes is not None
    if not classes.is_index:
        return "y" if classes.type == TensorProto.FLOAT else ours.add("Cast", ["y"], to=classes.type)
    index = ours.add("ArgMax", ["y"], axis=1, keepdims=int(classes.rank == 2))
    return ours.add("Cast", [index], to=classes.type)


def _psi(ours: _Nodes, interface: Interface) -> str:
    return ours.add("Reshape", ["psi", ours.integers(*interface.psi_dims)])


def _insert(ours: _Nodes, foreign: ModelProto, inputs: dict[str, str]) -> None:
    """Append the foreign graph's nodes behind copies of ours under the names of its inputs."""
    for name, source in inputs.items():
        ours.add("Identity", [source], name)
    ours.nodes += foreign.graph.node


def _scanned(
    ours: _Nodes, foreign: ModelProto, rows: dict[str, str], settings: dict[str, str], output: str, batch: int
) -> str:
    """Append a Scan over our rows, whose body draws ``batch`` copies of a row and keeps the first."""
    body = _Nodes("row/")
    types = {value.name: value.type.tensor_type.elem_type for value in [*foreign.graph.input, *foreign.graph.output]}
    row_inputs = []
    for name in rows:
        row_inputs.append(_free(f"row/{name}", types[name]))
        row = body.add("Unsqueeze", [row_inputs[-1].name, body.integers(0)])
        body.add("Concat", [row] * batch, name, axis=0)
    for name, source in settings.items():
        body.add("Identity", [source], name)
    body.nodes += foreign.graph.node
    first = body.add("Gather", [output, body.constant(np.array(0, np.int64))], "row/output", axis=0)
    weights = [*body.constants, *foreign.graph.initializer]
    graph = helper.make_graph(body.nodes, "row", row_inputs, [_free(first, types[output])], weights)
    graph.sparse_initializer.extend(foreign.graph.sparse_initializer)
    return ours.add("Scan", list(rows.values()), body=graph, num_scan_inputs=len(rows))


def _free(name: str, element_type: int) -> ValueInfoProto:
    """Return a value of unknown shape."""
    value = ValueInfoProto()
    value.name = name
    value.type.tensor_type.elem_type = element_type
    return value


def _images(ours: _Nodes, raw: str, layout: ImageLayout | None) -> None:
    x = ours.add("Cast", [raw], "" if layout else "x", to=TensorProto.FLOAT)
    if layout is None:
        return
    channels, height, width = layout.shape
    if layout.last:
        x = ours.add(
            "Transpose",
            [ours.add("Reshape", [x, ours.integers(-1, height, width, layout.channels)])],
            perm=[0, 3, 1, 2],
        )
    else:
        x = ours.add("Reshape", [x, ours.integers(-1, layout.channels, height, width)])
    if layout.channels > channels:
        x = ours.add("Slice", [x, ours.integers(0), ours.integers(channels), ours.integers(1)])
    factor, shift = TO_OURS[layout.value_range]
    scaled = ours.add("Mul", [x, ours.constant(np.array(factor, np.float32), _FACTOR)])
    ours.add("Add", [scaled, ours.constant(np.array(shift, np.float32), _SHIFT)], "x")


def _model(foreign: ModelProto, ours: _Nodes, interface: Interface, layout: ImageLayout | None) -> ModelProto:
    """Return the whole model; the foreign weights are at its top level also where a Scan's body uses them."""
    inputs = [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["n", interface.latent.size])]
    if interface.classes:
        inputs.append(helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", interface.classes.count]))
    inputs.append(helper.make_tensor_value_info("psi", TensorProto.FLOAT, [1]))
    output = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *layout.shape] if layout else None)
    is_scanned = interface.latent.batch is not None
    weights = [] if is_scanned else list(foreign.graph.initializer)
    graph = helper.make_graph(ours.nodes, "generator", inputs, [output], [*ours.constants, *weights])
    graph.sparse_initializer.extend([] if is_scanned else foreign.graph.sparse_initializer)
    opsets = [helper.make_opsetid("", opset(foreign))]
    return helper.make_model(graph, opset_imports=opsets, ir_version=min(max(foreign.ir_version, 8), _MAX_IR))
