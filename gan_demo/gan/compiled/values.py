"""Values of a graph that is being written: tensors by name, and tensors of a single number, which need no operator."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

OPSET = 20
IR_VERSION = 9  # what onnxruntime-web reads since 1.17


@dataclass(frozen=True)
class Value:
    """A tensor. Operators with broadcasting take it as it is; others need ``GraphWriter.whole``."""

    name: str  # "" for a tensor of a single number
    shape: tuple[int, ...]  # that it stands for
    stored: tuple[int, ...]  # that its tensor has, which broadcasts to ``shape``
    number: float | None = None
    reshaped_from: Value | None = None  # the same numbers in the same order
    transposed_from: Value | None = None  # of matrices


def constant(number: float, shape: tuple[int, ...] = ()) -> Value:
    """Return a tensor of a single number."""
    return Value("", shape, (), float(number))


@dataclass
class GraphWriter:
    """Nodes and constants; the same operator on the same values is written once."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: dict[tuple[Any, ...], tuple[str, np.ndarray]] = field(default_factory=dict)
    known: dict[tuple[Any, ...], tuple[str, ...]] = field(default_factory=dict)

    def node(self, operator: str, inputs: list[str], outputs: int = 1, **attributes: Any) -> tuple[str, ...]:
        """Write an operator; return the names of its outputs."""
        key = (operator, *inputs, outputs, *sorted((name, str(value)) for name, value in attributes.items()))
        if key not in self.known:
            names = tuple(f"v{len(self.known)}" if outputs == 1 else f"v{len(self.known)}_{k}" for k in range(outputs))
            self.nodes.append(helper.make_node(operator, inputs, names, **attributes))
            self.known[key] = names
        return self.known[key]

    def operator(self, name: str, values: list[Value], shape: tuple[int, ...], **attributes: Any) -> Value:
        """Write an operator of whole tensors with one output of ``shape``."""
        (output,) = self.node(name, [self.whole(value) for value in values], **attributes)
        return Value(output, shape, shape)

    def elementwise(self, name: str, values: list[Value], shape: tuple[int, ...], **attributes: Any) -> Value:
        """Write an operator with broadcasting."""
        stored = np.broadcast_shapes(*(value.stored for value in values))
        (output,) = self.node(name, [self.loose(value) for value in values], **attributes)
        return Value(output, shape, stored)

    def integers(self, numbers: list[int] | tuple[int, ...]) -> str:
        """Return the name of a constant of int64 (n,), for axes, shapes and sizes."""
        return self._constant(np.array(numbers, np.int64))

    def loose(self, value: Value) -> str:
        """Return the name of a tensor that broadcasts to the value's shape."""
        return value.name if value.number is None else self._constant(np.array(value.number, np.float32))

    def whole(self, value: Value) -> str:
        """Return the name of a tensor of exactly the value's shape."""
        if value.stored == value.shape:
            return self.loose(value)
        if value.number is not None and math.prod(value.shape) <= 8:
            return self._constant(np.full(value.shape, value.number, np.float32))
        return self.node("Expand", [self.loose(value), self.integers(value.shape)])[0]

    def reshape(self, value: Value, shape: tuple[int, ...]) -> Value:
        """Return the same numbers in another shape."""
        if value.number is not None:
            return constant(value.number, shape)
        source = value.reshaped_from or value
        if shape in (value.shape, source.shape):
            return value if shape == value.shape else source
        (name,) = self.node("Reshape", [self.whole(source), self.integers(shape)])
        return Value(name, shape, shape, reshaped_from=source)

    def _constant(self, array: np.ndarray) -> str:
        key = (array.dtype.str, array.shape, array.tobytes())
        return self.constants.setdefault(key, (f"c{len(self.constants)}", array))[0]

    def model(self, inputs: dict[str, tuple[int, ...]], outputs: dict[str, Value]) -> bytes:
        """Return the ONNX file; nodes that no output needs are left out."""
        tail = [helper.make_node("Identity", [self.whole(value)], [name]) for name, value in outputs.items()]
        needed_nodes, needed = [], {node.input[0] for node in tail}
        for node in reversed(self.nodes):
            if needed.intersection(node.output):
                needed_nodes.append(node)
                needed.update(node.input)
        nodes = _without_identities(list(reversed(needed_nodes)), tail, set(inputs))
        graph = helper.make_graph(
            nodes,
            "g",
            [_declared(name, shape) for name, shape in inputs.items()],
            [_declared(name, value.shape) for name, value in outputs.items()],
            [numpy_helper.from_array(array, name) for name, array in self.constants.values() if name in needed],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        model.producer_name = ""
        content: bytes = model.SerializeToString()
        return content


def _declared(name: str, shape: tuple[int, ...]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)


def _without_identities(
    nodes: list[onnx.NodeProto], tail: list[onnx.NodeProto], inputs: set[str]
) -> list[onnx.NodeProto]:
    """Let operators write an output under its own name, where each output is a value of its own."""
    sources = [node.input[0] for node in tail]
    outputs = {name for node in nodes for name in node.output}
    renamed = {
        node.input[0]: node.output[0] for node in tail if node.input[0] in outputs and sources.count(node.input[0]) == 1
    }
    for node in nodes:
        for field_ in (node.input, node.output):
            for k, name in enumerate(field_):
                field_[k] = renamed.get(name, name)
    return nodes + [node for node in tail if node.input[0] not in renamed]
