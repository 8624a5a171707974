"""Number of classes that a graph's index input chooses from: by the table or the one-hot code that it ends in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from onnx import GraphProto, NodeProto, TensorProto, numpy_helper

# Operators behind which an index is still one: copies in other types and shapes, and what exporters write around a
# look-up, such as negative indices counted from the end (TensorFlow, JAX) and limits of the range (PyTorch).
_COPIES = ("Cast", "Clip", "Expand", "Flatten", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze")
_ARITHMETIC = ("Add", "Max", "Min", "Mod", "Mul", "Sub", "Where")
_COMPARISONS = ("And", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Not", "Or")


def class_count(graph: GraphProto, name: str) -> int | None:
    """Return the number of classes of the index input ``name``; None where the graph does not look an index up."""
    constants = _constants(graph)
    indices = {name}  # values that follow from the input and constants alone, element by element
    for node in graph.node:
        if indices.isdisjoint(node.input):
            continue
        count = _looked_up(node, indices, constants)
        if count is not None:
            return count
        if (node.op_type in _COPIES and node.input[0] in indices) or (
            node.op_type in (*_ARITHMETIC, *_COMPARISONS)
            and all(value in indices or value in constants for value in node.input)
        ):
            indices.update(node.output)
    return None


def _looked_up(node: NodeProto, indices: set[str], constants: dict[str, TensorProto]) -> int | None:
    """Return the number of entries that a node looks an index up in; None if it does something else."""
    if node.op_type in ("Gather", "GatherND") and node.input[1] in indices and node.input[0] in constants:
        dims = constants[node.input[0]].dims
        return int(dims[_attribute(node, "axis")]) if dims else None
    if node.op_type == "OneHot" and node.input[0] in indices and node.input[1] in constants:
        return int(_array(constants[node.input[1]]).item())
    if node.op_type == "ScatterElements" and node.input[1] in indices and node.input[0] in constants:
        return int(constants[node.input[0]].dims[_attribute(node, "axis")])
    if node.op_type == "Equal":  # a one-hot code: is the index equal to 0, 1, 2 …?
        for value in node.input:
            size = int(np.prod(constants[value].dims)) if value in constants else 1
            if size > 1 and np.array_equal(_array(constants[value]).ravel(), np.arange(size)):
                return size
    return None


def _constants(graph: GraphProto) -> dict[str, TensorProto]:
    constants = {tensor.name: tensor for tensor in graph.initializer}
    constants |= dict(_constant_outputs(graph))
    for node in graph.node:  # copies, such as tables in half precision that are cast
        if node.op_type in ("Cast", "Identity") and node.input[0] in constants:
            constants[node.output[0]] = constants[node.input[0]]
    return constants


def _constant_outputs(graph: GraphProto) -> Iterator[tuple[str, TensorProto]]:
    for node in graph.node:
        for attribute in node.attribute if node.op_type == "Constant" else ():
            if attribute.name == "value":
                yield node.output[0], attribute.t
            elif attribute.name == "value_int":
                yield node.output[0], numpy_helper.from_array(np.array(attribute.i))
            elif attribute.name == "value_ints":
                yield node.output[0], numpy_helper.from_array(np.array(attribute.ints))


def _attribute(node: NodeProto, name: str) -> int:
    return next((int(attribute.i) for attribute in node.attribute if attribute.name == name), 0)


def _array(tensor: TensorProto) -> NDArray[np.generic]:
    array: NDArray[np.generic] = numpy_helper.to_array(tensor)
    return array
